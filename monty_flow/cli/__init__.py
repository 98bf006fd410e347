"""The command line: `monty-flow submit`, `worker`, `show` and the rest, over the engine's public names.

One file a group of commands; what several share lies in `options`, `database`, `exit_codes`, `failures`,
`records` and `tables`. Commands import the engine when they run, not when they are declared: `--help`
answers before SQLAlchemy could be loaded. May import `monty_flow.engine` and the interpreter's front door.
"""

from __future__ import annotations

import sys
import traceback


def main() -> None:
    """Run the `monty-flow` command and exit with a code of `monty_flow.cli.exit_codes`."""
    from monty_flow.cli.app import app
    from monty_flow.cli.exit_codes import ExitCode

    try:
        app()
    except Exception:
        # Python's own exit code for this is 1, which says that a run has failed.
        traceback.print_exc()
        sys.exit(ExitCode.ENGINE)


__all__ = ['main']
