#!/usr/bin/python3
"""Do COVERAGE.md's places exist? Each table's line it names begins a title, each table is named."""
import glob
import os
import re
import sys

folder = os.path.dirname(os.path.abspath(__file__))
tables = {}
for path in glob.glob(os.path.join(folder, "*.txt")):
    with open(path, encoding="utf-8") as table:
        tables[os.path.basename(path)] = table.read().splitlines()

faults, places, named = [], 0, set()
with open(os.path.join(folder, "COVERAGE.md"), encoding="utf-8") as coverage:
    for line in coverage:
        for name, numbers in re.findall(r"([a-z]+\.txt)((?:(?:, )?:\d+)+)", line):
            named.add(name)
            for number in map(int, re.findall(r"\d+", numbers)):
                places += 1
                lines = tables.get(name, [])
                if number > len(lines) or not lines[number - 1].startswith("#"):
                    faults.append(f"{name}:{number} is no title")
faults += [f"{name} covers no statement" for name in sorted(set(tables) - named)]
for fault in faults:
    print(f"not ok coverage: {fault}")
if not faults:
    print(f"ok coverage: {places} places of {len(named)} tables")
sys.exit(bool(faults))
