#!/bin/bash
# The first thing a new user does is type what the README shows. Its ```sh blocks are run here, in
# order, in one shell and without a pause, as somebody does who pastes them, exactly as printed but for
# the folder /tmp/try (a private one, so that two runs do not meet); each block must end well, and what
# the text claims must be what was printed.

. "$(dirname "$0")/../support/daemon.sh"

mkdir -p "$work/checkout" "$work/try"
ln -s "$DEMERIT_BUILD" "$work/checkout/build"
rmdir "$work/try"

# Each block becomes a piece between two marks; the shell's pid lets us end what it left behind.
/usr/bin/python3 - "$DEMERIT_SOURCE/README.md" "$work" <<'PYTHON'
import re, sys
text, work = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]
blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
with open(f"{work}/readme.bash", "w", encoding="utf-8") as out:
    out.write("set -e -o pipefail -m\ntrap 'kill %1 2>/dev/null' EXIT\n")
    for number, block in enumerate(blocks, 1):
        out.write(f'exec >{work}/block{number} 2>&1\n')
        block = block.replace("/tmp/try", f"{work}/try")
        out.write(block)
        out.write(f'touch {work}/done{number}\n')
open(f"{work}/blocks", "w").write(str(len(blocks)))
PYTHON
blocks=$(cat "$work/blocks")
(cd "$work/checkout" && env -u DEMERIT_SERVER LC_ALL=C.UTF-8 timeout 60 bash "$work/readme.bash")
for ((i = 1; i <= blocks; i++)); do
	if [ -e "$work/done$i" ]; then
		ok "block $i"
		continue
	fi
	not_ok "block $i, and those after it" "$(tail -n 1 "$work/block$i" 2>/dev/null)"
	tail -n 8 "$work/block$i" 2>/dev/null | sed 's/^/# /'
	break
done

# says BLOCK-THAT-CONTAINS TEXT...
said()
{
	local block
	block=$(grep -lE -- "$1" "$work"/block[0-9]* | sort -V | head -n 1)
	if [ -n "$block" ]; then
		ok "it shows $1"
	else
		not_ok "it shows" "$1"
	fi
}
said 'NEEDS_CHOICE 303'
said 'refused, exit code 3'
said suspended
said 'refuse,SUSPENDED'
said 'exempt,EMERGENCY_EXEMPT'
said 'undetermined,UNKNOWN_PRACTITIONER'
said 'With entry E[0-9]+ the points of the year reached the threshold together'
said 'it fell because its penalty was overturned'
# Paid as known now, refused as known before the appeal.
then=$(grep -l '^known_at' "$work"/block[0-9]* | head -n 1)
same "what was known before stays visible" "pay refuse" \
	"$(awk '$1 == "decision" { printf "%s%s", n++ ? " " : "", $2 }' "${then:-/dev/null}")"
said 'sound +true'
said 'epoch +2'
same "nothing is left behind" true "$([ ! -e "$work/try" ] && echo true)"
finish
