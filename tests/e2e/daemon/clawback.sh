#!/bin/bash
# Claw-back lists exactly the paid lines that are decided otherwise than by what was known when they
# were paid. At stake: money asked back from a hospital that owes nothing, or never asked back.
# 20,000 lines, 1,000,000 with tests/run --long (DEMERIT_LONG=1).
exec /usr/bin/python3 "$(dirname "$0")/clawback.py"
