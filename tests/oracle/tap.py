"""The least of a test harness: one line a test, `ok NAME` or `not ok NAME: why`."""

import sys
import traceback


def run(tests):
    """Runs functions; their names are the sentences. Answers the number that failed."""
    failed = 0
    for test in tests:
        try:
            test()
        except AssertionError as why:
            failed += 1
            where = traceback.extract_tb(sys.exc_info()[2])[-1]
            print(f"not ok {test.__name__}: {why or where.line} (line {where.lineno})", flush=True)
        except Exception:
            failed += 1
            last = traceback.format_exc().strip().splitlines()
            print(f"not ok {test.__name__}: {last[-1]}", flush=True)
            print("\n".join("# " + line for line in last), flush=True)
        else:
            print(f"ok {test.__name__}", flush=True)
    return failed


def tests_of(namespace):
    """The functions of a module whose names do not begin with an underscore."""
    return [f for name, f in namespace.items()
            if callable(f) and getattr(f, "__module__", None) == "__main__"
            and not name.startswith("_") and not isinstance(f, type)]
