#!/bin/bash
# Peers that dawdle. At stake: one client that sends half a request, or takes none of its answers,
# must cost the others nothing: no memory without end, no place for ever, no second of theirs. So
# half a frame is given so many seconds, answers wait up to a bound and then nothing more is read.
exec /usr/bin/python3 "$(dirname "$0")/slow.py"
