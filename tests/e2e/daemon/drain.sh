#!/bin/bash
# Stopping. At stake: a write that is acknowledged and then gone, or one whose answer never comes
# although the daemon stopped in good order. So SIGTERM lets nobody in, answers what was asked, and
# ends; a second one ends at once; and what was acknowledged is there afterwards either way.
exec /usr/bin/python3 "$(dirname "$0")/drain.py"
