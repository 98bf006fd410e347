"""The options by which runs are chosen, declared once, and the filter that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.times import parse_moment

if TYPE_CHECKING:
    from monty_flow.engine import RunFilter

Status = Annotated[
    list[str] | None,
    typer.Option('--status', metavar='STATUS', help='Runs of this status, such as waiting. Repeatable.'),
]
ScriptName = Annotated[
    str | None, typer.Option('--script', metavar='NAME', help='Runs of the script with this name.', show_default=False)
]
Namespace = Annotated[
    str | None, typer.Option('--namespace', metavar='NAME', help='Runs of this namespace.', show_default=False)
]
Tags = Annotated[
    list[str] | None, typer.Option('--tag', metavar='NAME=VALUE', help='Runs that have this tag. Repeatable.')
]
OfKey = Annotated[
    str | None,
    typer.Option('--key', metavar='KEY', help='The run that was submitted with this key.', show_default=False),
]
Words = Annotated[
    str | None,
    typer.Option(
        '--text', metavar='TEXT', help='Runs with this in the id, the key, the script or a tag.', show_default=False
    ),
]
After = Annotated[
    str | None,
    typer.Option('--after', metavar='MOMENT', help='Runs submitted from this moment on.', show_default=False),
]
Before = Annotated[
    str | None,
    typer.Option('--before', metavar='MOMENT', help='Runs submitted before this moment.', show_default=False),
]


def run_filter(
    status: list[str] | None,
    script: str | None,
    namespace: str | None,
    tags: list[str] | None,
    key: str | None,
    text: str | None,
    after: str | None,
    before: str | None,
) -> RunFilter:
    """Return the filter that the options make."""
    from monty_flow.engine import RunFilter

    return RunFilter(
        status=status or None,
        script_name=script,
        namespace=namespace,
        tags=parse_tags(tags),
        key=key,
        text=text,
        submitted_after=parse_moment('--after', after),
        submitted_before=parse_moment('--before', before),
    )


def parse_tags(pairs: list[str] | None, option: str = '--tag') -> dict[str, str]:
    """Return the texts by name that an option is given, each as NAME=VALUE."""
    found = {}
    for pair in pairs or ():
        name, sign, value = pair.partition('=')
        if not sign or not name:
            raise typer.BadParameter(f'{option} {pair!r} is not written NAME=VALUE.')
        found[name] = value
    return found
