#!/bin/bash
# Under a service manager. At stake: a manager that takes the daemon for ready before it answers
# sends it the first requests of the morning; sockets handed over must survive a restart; and a
# daemon started as root must not stay it. So readiness is announced when it is true, sockets are
# taken over, and --user means that user.
exec /usr/bin/python3 "$(dirname "$0")/manager.py"
