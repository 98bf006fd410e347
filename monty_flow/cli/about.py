"""The command that says what is installed: `version`."""

from __future__ import annotations

import platform

import typer

from monty_flow.cli.options import AsJson
from monty_flow.cli.records import print_json


def version(as_json: AsJson = False) -> None:
    """Print the version of monty-flow and of Python."""
    from importlib.metadata import version as version_of  # it loads forty modules, which no other command needs

    installed = version_of('monty-flow')
    if as_json:
        print_json({'monty-flow': installed, 'python': platform.python_version()})
    else:
        typer.echo(f'monty-flow {installed}, Python {platform.python_version()}')


COMMANDS = (version,)
