#!/bin/bash
# What machines watch. At stake: an operator who is not told that the disk fills or the book has
# stopped learns it from the hospitals. So /metrics is what Prometheus reads, /readyz names each
# alarm and how far a start has come, /healthz answers as long as the process does, and the pages
# take nothing but short GETs on loopback.
exec /usr/bin/python3 "$(dirname "$0")/metrics.py"
