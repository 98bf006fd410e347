"""The options by which runs are chosen, declared once, and the filter that they make."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, get_type_hints

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
Queue = Annotated[
    str | None,
    typer.Option('--queue', metavar='NAME', help='Runs whose calls go through this queue.', show_default=False),
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


#: The options by their names in Python, in the order of the help.
_OPTIONS: Final = {
    'status': Status,
    'script': ScriptName,
    'namespace': Namespace,
    'tag': Tags,
    'queue': Queue,
    'key': OfKey,
    'text': Words,
    'after': After,
    'before': Before,
}


def takes_filter(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options in the place of its parameter `wanted`, which gets the filter that they make."""
    hints = get_type_hints(command, localns={'RunFilter': object}, include_extras=True)
    hints.pop('return')
    parameters = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name == 'wanted':
            parameters += [
                inspect.Parameter(name, parameter.kind, default=None, annotation=option)
                for name, option in _OPTIONS.items()
            ]
        else:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))

    @functools.wraps(command)
    def taking(**options: Any) -> None:
        chosen = {name: options.pop(name) for name in _OPTIONS}
        command(wanted=_filter(**chosen), **options)

    taking.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    taking.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return taking


def _filter(
    status: list[str] | None,
    script: str | None,
    namespace: str | None,
    tag: list[str] | None,
    queue: str | None,
    key: str | None,
    text: str | None,
    after: str | None,
    before: str | None,
) -> RunFilter:
    from monty_flow.engine import RunFilter

    return RunFilter(
        status=status or None,
        script_name=script,
        namespace=namespace,
        tags=parse_tags(tag),
        queue=queue,
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
