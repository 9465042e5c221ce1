#!/bin/bash
# Watching the book. At stake: whoever mirrors the ledger must hear of every record once and in
# order, from any sequence, live, through filters, restarts and its own slowness; must know from
# heartbeats how far it has heard; must never cost the others anything; and must be told by name
# when the place it asks for does not exist.
exec /usr/bin/python3 "$(dirname "$0")/watching.py"
