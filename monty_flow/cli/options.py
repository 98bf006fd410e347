"""The options and arguments that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Database = Annotated[
    str | None,
    typer.Option(
        '--database',
        metavar='URL',
        help='The database; else $MONTY_FLOW_DATABASE, else [tool.monty-flow] database in pyproject.toml, '
        'else sqlite:///monty-flow.db.',
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option('--json', help='Print JSON for programs instead of text for people.')]
RunId = Annotated[str, typer.Argument(metavar='RUN', help='The id of a run, or a beginning of it that only it has.')]
Script = Annotated[
    Path, typer.Argument(metavar='SCRIPT', help='A file of Python source; - for standard input.', dir_okay=False)
]
InputPairs = Annotated[
    list[str] | None,
    typer.Option('--input', '-i', metavar='NAME=VALUE', help='An input of the script; JSON, else text. Repeatable.'),
]
InputFile = Annotated[
    Path | None,
    typer.Option('--inputs', metavar='FILE.json', help='A JSON object of inputs; --input goes over it.', exists=True),
]
Key = Annotated[
    str | None,
    typer.Option('--key', metavar='KEY', help='Submit once only: the same key gives the first run again.'),
]
Concurrency = Annotated[
    int, typer.Option('--concurrency', metavar='N', min=1, help='How many calls the worker has in hand at once.')
]
Lease = Annotated[
    float,
    typer.Option('--lease', metavar='SECONDS', min=1, help='How soon others take over when this worker has died.'),
]
SecretsFile = Annotated[
    Path | None,
    typer.Option(
        '--secrets-file',
        metavar='FILE',
        help='Secrets of functions: a JSON object, or lines NAME=VALUE; $MONTY_FLOW_SECRET_NAME goes over it.',
        show_default=False,
    ),
]

#: Where functions are found, as `load_functions` reads it.
FUNCTIONS_HELP = 'Where the functions are: package.module:name or path/to/file.py:name.'
