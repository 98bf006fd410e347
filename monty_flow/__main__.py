"""Let `python -m monty_flow` be the command."""

from monty_flow.cli import main

if __name__ == '__main__':
    main()
