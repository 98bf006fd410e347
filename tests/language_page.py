"""Make docs/language.md of the tables of the interpreter: `python -m tests.language_page > docs/language.md`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler import check
from monty_flow.interpreter.compiler.words import MAX_WORDS
from monty_flow.interpreter.divergences import DIVERGENCES
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime import universe
from monty_flow.interpreter.runtime.classes import UNDEFINABLE

HEAD = """# The language and its library

A script is Python 3.11 or newer, as far as the running Python parses it. This page is made of the tables that the compiler and the runtime work
with (`python -m tests.language_page`); a test keeps the two equal.
"""
#: Node classes that are parts of others and need no line of their own.
_PARTS = {
    'Module', 'Expr', 'alias', 'arg', 'arguments', 'keyword', 'withitem', 'comprehension', 'match_case', 'FormattedValue',
    'ExceptHandler', 'Slice', 'Starred',
}  # fmt: skip
#: What no script misses: names that CPython's modules happen to bind.
_NOT_FOR_USERS = 'it is not meant for users of the module'
#: Exports that only newer versions of Python have.
_LATER = {'math': {'fma', 'sumprod'}}
#: Modules whose other names differ from version to version, all with one reason.
_ELSE_BY_VERSION = {'ast'}
_VERSION_DEPENDENT = {'TypeAlias', 'TypeVar', 'ParamSpec', 'TypeVarTuple', 'TemplateStr', 'Interpolation'}


def names(found: Iterable[str]) -> str:
    return ', '.join(f'`{name}`' for name in sorted(found))


def by_reason(reasons: Mapping[str, str]) -> list[str]:
    """Return lines that say what to do instead of names, the names with the same answer together."""
    grouped: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        grouped.setdefault(reason, []).append(name)
    return [f'* {names(group)}: {reason}' for reason, group in sorted(grouped.items())]


def syntax() -> list[str]:
    kinds: dict[str, list[str]] = {'Statements': [], 'Expressions': [], 'Patterns': []}
    for kind in check.ALLOWED:
        name = kind.__name__
        if name in _PARTS or name in _VERSION_DEPENDENT:
            continue
        group = (
            'Statements'
            if issubclass(kind, ast.stmt)
            else 'Patterns'
            if issubclass(kind, ast.pattern)
            else 'Expressions'
        )
        kinds[group].append(name)
    lines = [
        '## Syntax',
        '',
        "Every node of Python's grammar that is not listed here is refused when the script is compiled.",
        '',
    ]
    lines += [f'* {group}: {names(found)}' for group, found in kinds.items()]
    lines += ['', 'Type parameters and `type` statements (PEP 695) are taken where the running Python parses them.', '']
    lines += ['A class cannot define:', '', *by_reason(UNDEFINABLE), '']
    lines += ['These names are reserved: ' + names(check.RESERVED) + '.', '']
    lines += [
        f'Nodes nest at most {check.MAX_DEPTH} levels deep, comprehensions {check.MAX_COMPREHENSION_DEPTH}; a script has at most'
        f' {MAX_WORDS:,} words (names, numbers, texts and brackets), {check.MAX_NODES:,} nodes and {check.MAX_SCOPES:,} functions, classes and comprehensions.',
        '',
    ]
    return lines


def built_ins() -> list[str]:
    exceptions = [
        name for name, row in BUILTINS.items() if isinstance(row.value, type) and issubclass(row.value, BaseException)
    ]
    others = [name for name in BUILTINS if name not in exceptions and not name.startswith('_')]
    lines = ['## Built-ins', '', names(others), '', f'Exceptions: {names(exceptions)}', '', 'Refused:', '']
    return [*lines, *by_reason(REFUSED_BUILTINS), '']


def attributes() -> list[str]:
    lines = [
        '## Attributes',
        '',
        "Names with a leading underscore that are not a script's own are out of reach. Refused for every object:",
        '',
    ]
    return [*lines, *by_reason({**universe.REFUSED, **universe.DUNDERS}), '']


def module_lines(definition: Definition) -> list[str]:
    source = definition.scripted
    if source is not None and source.installed and not definition.native:
        told = "CPython's own source, compiled as a part of the script."
    else:
        later = _LATER.get(definition.name, set())
        told = names(definition.exports - later)
        if later:
            told += f'; where Python has them, {names(later)}'
    lines = [f'### `{definition.name}`', '', told, '']
    missing = {name: reason for name, reason in definition.reasons.items() if reason != _NOT_FOR_USERS}
    if definition.name in _ELSE_BY_VERSION:
        lines += [f'* nothing else: {reason}' for reason in sorted(set(missing.values()))] + ['']
    elif missing:
        lines += [*[line.replace('* ', '* not ', 1) for line in by_reason(missing)], '']
    return lines


def library() -> list[str]:
    lines = [
        '## Modules',
        '',
        f'{names(modules.NAMES)}',
        '',
        'Well-known modules that are refused, and what to do instead:',
        '',
    ]
    lines += [*by_reason(modules.REFUSED), '']
    for name in sorted(modules.NAMES):
        lines += module_lines(modules.DEFINITIONS[name])
    return lines


def divergences() -> list[str]:
    lines = ['## Divergences from CPython', '', '| here | why |', '|---|---|']
    return [*lines, *[f'| {row.what} | {row.why} |' for row in DIVERGENCES], '']


def remaining() -> list[str]:
    return [
        "## Remaining failures of CPython's own tests",
        '',
        "What of CPython's own tests and of other people's programs does not pass, by cause, is in [conformance](design/conformance.md).",
        '',
    ]


def pauses() -> list[str]:
    return [
        '## Pauses',
        '',
        'An external call may be made anywhere, but for what Python itself calls from the middle of an operation: `__hash__` (a snapshot asks for it when'
        ' it is loaded), what functions of the library call back, and a metaclass that makes a class. Methods that operators, containers, texts and numbers ask (`__eq__` of keys,'
        ' `__repr__` of items, `__index__`) may make calls. Elsewhere it is `PauseRefused`, which names the place. With `Monty.run` and functions that'
        ' answer at once it works there too.',
        '',
    ]


def page() -> str:
    """Return the whole page."""
    return (
        '\n'.join(
            [HEAD, *syntax(), *built_ins(), *attributes(), *divergences(), *pauses(), *remaining(), *library()]
        ).rstrip('\n')
        + '\n'
    )


if __name__ == '__main__':
    print(page(), end='')
