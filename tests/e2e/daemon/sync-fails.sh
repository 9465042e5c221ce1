#!/bin/bash
# A sync that fails. At stake: after a failed sync nobody knows what the disk has, and a daemon that
# tries again and goes on tells a lie sooner or later. So nobody waiting is told "done", the daemon
# stops with a failure, and after the next start everything acknowledged is there and each write
# whose outcome was unknown has exactly one.
exec /usr/bin/python3 "$(dirname "$0")/sync-fails.py"
