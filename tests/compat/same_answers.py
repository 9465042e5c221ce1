#!/usr/bin/python3
"""same_answers.py NAME THEN NOW: every value that was answered then is answered now.

Keys may have been added since; a key that is gone, another value, or a list of another length is
a difference. The sequence and ledger belong to the book and are compared like the rest.
"""

import json
import os
import sys


def difference(then, now, place):
    if isinstance(then, dict) and isinstance(now, dict):
        for key in then:
            if key not in now:
                return f'{place}.{key} is gone'
            found = difference(then[key], now[key], f'{place}.{key}')
            if found:
                return found
        return None
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for index, (a, b) in enumerate(zip(then, now)):
            found = difference(a, b, f'{place}[{index}]')
            if found:
                return found
        return None
    return None if then == now else f'{place}: then {then!r}, now {now!r}'


def read(path):
    """The document, and the line an exit status left behind it."""
    with open(path, encoding='utf-8') as file:
        lines = file.read().splitlines()
    return [json.loads(lines[0]), lines[1:]]


name, then, now = sys.argv[1:]
failed = 0
for file in sorted(os.listdir(then)):
    try:
        found = difference(read(os.path.join(then, file)), read(os.path.join(now, file)), '')
    except (OSError, ValueError, IndexError) as error:
        found = str(error)
    failed += found is not None
    question = file.removesuffix('.json')
    print(f'not ok {name}: {question}: {found}' if found else f'ok {name}: {question}')
sys.exit(failed > 0)
