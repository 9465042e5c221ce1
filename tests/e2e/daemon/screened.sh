#!/bin/bash
# A screened claim line is a single check of its people, by the heaviest answer. At stake: a
# settlement that screens a file and a desk that asks about one person must not be told differently.
# 10,000 lines, 100,000 with tests/run --long (DEMERIT_LONG=1).
exec /usr/bin/python3 "$(dirname "$0")/screened.py"
