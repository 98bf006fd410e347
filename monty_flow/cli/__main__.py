"""Let `python -m monty_flow.cli` stand for the `monty-flow` command."""

from __future__ import annotations

from monty_flow.cli import main

if __name__ == '__main__':
    main()
