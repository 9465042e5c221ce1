#!/bin/bash
# More connections than there are files. At stake: a daemon that spins on a socket it cannot accept
# takes a core from the settlement, and one that dies of it stops the hospitals. So beyond the bound
# a peer is told BUSY, out of files the door rests, and a second after there is room it is open.
exec /usr/bin/python3 "$(dirname "$0")/crowd.py"
