"""The command that looks at the machine: `doctor`."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import typer

from monty_flow.cli.database import database_url, shown
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json

if TYPE_CHECKING:
    from monty_flow.engine import Stranded

#: What each wall of a child process keeps a script from, should it ever get out of the sandbox.
WALLS: dict[str, str] = {
    'descriptors': 'it inherits no open files but its own channel',
    'environment': 'it sees no environment variables',
    'rlimits': 'its memory, processor time, files and processes are bounded',
    'parent_death': 'it ends with the process that made it',
    'not_dumpable': 'no core dump; no other process may look into it',
    'no_new_privs': 'it can never gain privileges',
    'landlock': 'it can open no file',
    'seccomp': 'it can make no system call that computing does not need',
    'one_watcher': 'its limits of time and memory are watched',
}


def doctor(database: Database = None, as_json: AsJson = False) -> None:
    """Tell which walls around scripts are up on this machine, how the database is set, and which runs stand still for ever."""
    from monty_flow.engine import database as schema
    from monty_flow.interpreter import SandboxPool, SandboxUnavailable

    try:
        with SandboxPool(1) as pool:
            walls = pool.walls
    except SandboxUnavailable as error:
        typer.echo(f'Scripts cannot run in processes of their own here: {error}', err=True)
        typer.echo(
            'Work with `monty-flow worker --isolation none`, behind the sandbox of the language alone.', err=True
        )
        raise typer.Exit(ExitCode.ENGINE) from None
    url = database_url(database)
    settings = schema.settings(url)
    # A database of another release is left as it is.
    is_ours = bool(settings) and schema.is_of_this_release(url)
    stranded = _stranded(url) if is_ours else None
    if as_json:
        told = {'url': shown(url), 'settings': settings, 'stranded': stranded}
        print_json(
            {'python': platform.python_version(), 'system': platform.platform(), 'walls': walls, 'database': told}
        )
        return
    from importlib.metadata import version  # it loads forty modules

    installed = version('monty-flow')
    typer.echo(f'monty-flow {installed}, Python {platform.python_version()}, {platform.platform()}')
    for name, text in WALLS.items():
        typer.echo(f'{"up     " if walls.get(name) else "MISSING"} {name.ljust(12)} {text}')
    if not all(walls.get(name) for name in WALLS):
        typer.echo('What is missing the kernel does not offer here; the other walls hold.')
    typer.echo(f'\n{shown(url)}' if settings else f'\n{shown(url)} is not there yet')
    for setting in settings:
        typer.echo(f'{"ok    " if setting.advice is None else "ADVICE"} {setting.name}: {setting.value}')
        if setting.advice is not None:
            typer.echo(f'       {setting.advice}')
    if stranded is not None:
        typer.echo(f'{"ADVICE" if stranded else "ok    "} runs that nothing will ever move: {len(stranded) or "none"}')
    for run in stranded or ():
        typer.echo(f'       {run.run} is {run.status}: {run.reason}\n       {run.advice}')


def _stranded(url: str) -> list[Stranded]:
    from monty_flow.engine import Engine

    with Engine(url) as engine:
        return engine.stranded()


COMMANDS = (doctor,)
