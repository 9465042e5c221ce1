#!/bin/bash
# A configuration taken up while running. At stake: an operator who changes a limit or dismisses a
# clerk must not have to stop the settlement of a province. So a hundred reloads under load fail no
# request, a dismissed principal loses every right on the connection it already has, and a
# configuration with a mistake changes nothing.
exec /usr/bin/python3 "$(dirname "$0")/reload.py"
