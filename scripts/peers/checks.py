"""Runs checks, and says of each in one line whether it holds."""

import contextlib
import sys
import traceback


def run(*checks):
    """Each check is a function that says in its docstring what it checks, returns what it saw, and raises if it fails."""
    failed = False
    for check in checks:
        try:
            # The libraries print on standard output too; that is for the lines below.
            with contextlib.redirect_stdout(sys.stderr):
                line = f"ok      {check.__doc__}: {check()}"
        except Exception as error:
            traceback.print_exc()
            reason = " ".join(str(error).split())[:500]
            line = f"FAILED  {check.__doc__}: {type(error).__name__}: {reason}"
            failed = True
        print(line, flush=True)
    sys.exit(1 if failed else 0)


def expect(holds, what):
    if not holds:
        raise AssertionError(what)
