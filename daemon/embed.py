#!/usr/bin/python3
"""Turn the shipped rulebooks and policies into a C table: embed.py OUTPUT FILE...

The files come out in the order given; their folder says what they are.
"""
import os
import sys

KINDS = {"rulebooks": "RULES_RULEBOOK", "policies": "RULES_POLICY", "calendars": "RULES_CALENDAR"}


def rows(data):
    """Numbers, not a string literal: ISO C promises no more than 4,095 bytes of one."""
    for start in range(0, len(data), 20):
        yield "\t" + ", ".join(str(byte) for byte in data[start:start + 20]) + ","


def main(output, paths):
    with open(output, "w", encoding="ascii") as out:
        out.write("/* Made by embed.py from the files named below. */\n")
        out.write('#include "rules_shipped.h"\n')
        table = []
        for number, path in enumerate(paths):
            with open(path, "rb") as file:
                data = file.read()
            name = os.path.basename(path)
            kind = KINDS[os.path.basename(os.path.dirname(path))]
            out.write(f"\nstatic const uint8_t text_{number}[] = {{\n")
            out.write("\n".join(rows(data)) + "\n};\n")
            table.append(f'\t{{{kind}, "{name}", text_{number}, sizeof(text_{number})}},\n')
        out.write("\nconst struct rules_file rules_shipped_files[] = {\n")
        out.write("".join(table) + "};\n\n")
        out.write(f"const size_t rules_shipped_count = {len(paths)};\n")


main(sys.argv[1], sys.argv[2:])
