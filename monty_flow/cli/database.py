"""Which database a command works on: option, environment, project file, default, in this order."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from monty_flow.engine import Engine

VARIABLE = 'MONTY_FLOW_DATABASE'
DEFAULT = 'sqlite:///monty-flow.db'


def database_url(
    option: str | None, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> str:
    """Return the URL of the first place that names one.

    An empty text counts as not named. Raises a usage error when `pyproject.toml` is there and cannot be read.
    """
    variables = os.environ if environment is None else environment
    return option or variables.get(VARIABLE) or _of_project(folder or Path()) or DEFAULT


def open_engine(option: str | None) -> Engine:
    """Return the engine on the database that `option` and the surroundings name."""
    from monty_flow.engine import Engine

    return Engine(database_url(option))


def _of_project(folder: Path) -> str | None:
    path = folder / 'pyproject.toml'
    if not path.is_file():
        return None
    import tomllib  # most folders have no pyproject.toml

    try:
        document = tomllib.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(
            f'pyproject.toml cannot be read ({error}); mend it, or name the database with --database.'
        ) from None
    table = document.get('tool', {}).get('monty-flow', {})
    url = table.get('database') if isinstance(table, dict) else None
    if url is not None and not isinstance(url, str):
        raise typer.BadParameter(
            f'[tool.monty-flow] database in pyproject.toml is {url!r}; write a URL in quotes, such as "{DEFAULT}".'
        )
    return url


def shown(url: str) -> str:
    """Return a database URL for people to read: without its password."""
    return re.sub(r'(://[^:/@]+):[^@]*@', r'\1:***@', url)
