#!/bin/bash
# Markers of the clock. At stake: what the calendar brings without anybody's deed is told to who
# watches, each once, in order, with its true day, also when the daemon was down on that day or was
# killed while it wrote them; and nothing that is ever answered depends on them.
exec /usr/bin/python3 "$(dirname "$0")/marking.py"
