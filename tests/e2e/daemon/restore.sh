#!/bin/bash
# Putting a backup back. At stake: after a restore the book lacks what came later, and whoever still
# holds a later sequence (a settlement run, a watcher) must not take the new book for the old one.
# So a restore begins a new epoch that says what was kept and why, later sequences of the old epoch
# are refused by name, and nothing is restored over a book that is there.
exec /usr/bin/python3 "$(dirname "$0")/restore.py"
