"""What the tidy checks share: the tree's C files, their text without comments, their report."""
import os
import re
import sys

FOLDERS = ("daemon", "storage", "proto", "client", "tests", "contrib")


class Check:
    """One rule. Findings are lines "file:line: why"; the last line is what tests/run counts."""

    def __init__(self, name):
        self.name = name
        self.root = sys.argv[1] if len(sys.argv) > 1 else "."
        self.findings = []

    def files(self, *suffixes, folders=FOLDERS):
        """Paths relative to the root, in order."""
        found = []
        for folder in folders:
            for place, inner, names in os.walk(os.path.join(self.root, folder)):
                inner[:] = [n for n in inner if not n.startswith((".", "build", "__"))]
                for name in names:
                    if name.endswith(suffixes):
                        found.append(os.path.relpath(os.path.join(place, name), self.root))
        return sorted(found)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def no(self, path, line, why):
        self.findings.append(f"{path}:{line}: {why}")

    def done(self, checked):
        if checked == 0:
            self.findings.append("nothing was checked")
        for finding in self.findings:
            print("    " + finding)
        if self.findings:
            print(f"not ok {self.name}: {len(self.findings)} findings")
            sys.exit(1)
        print(f"ok {self.name}: {checked} checked")


_SKIP = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_only(text):
    """C text with comments and literals blanked out, every line still where it was."""

    def blank(match):
        return "".join(c if c == "\n" else " " for c in match.group(0))

    return _SKIP.sub(blank, text)


def includes(text):
    """(line, name, system?) of each include; commented-out ones do not count."""
    # Literals cannot be blanked here: the name is one. Comments can.
    bare = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.DOTALL)
    for number, line in enumerate(bare.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*(<([^>]+)>|"([^"]+)")', line)
        if match:
            yield number, match.group(2) or match.group(3), match.group(2) is not None
