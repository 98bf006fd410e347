"""The methods that `@dataclass` generates, as source in the script language.

A generated method is a function like any of the script: it may stop where a factory, `__post_init__` or a method of a
field's value does, and it is kept in snapshots. What it depends on is its *shape*: which method, which fields in
which order, what each field gets its value from. The shape is its identity, written as one line:

    identity = 'dataclass|' method '|' flags '|' [field {',' field}]
    field    = name ':' kind

so two classes of one shape share the code, nothing has to be kept beside the function, and a snapshot needs the line
alone to make it again. Values that differ (factories, the class) are captured variables, defaults are defaults.

The texts below are part of the snapshot format: stops are found by their node numbers, so a change of a method's text
needs a new flag. In the text, `f_name` is a name of the class, `d_name` a captured variable, `h_name` a helper
of the runtime and `p_name` a function of the prelude, so that no field can be mistaken for one of ours.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Sequence
from typing import Any, Final

from monty_flow.interpreter.runtime.dataclass_fields import PREFIX
from monty_flow.interpreter.runtime.own_names import OwnNames

#: Fields of one class.
MAX_FIELDS: Final = 2_000

#: Kinds of the fields of `__init__`.
REQUIRED, DEFAULT, FACTORY, CALLED_FACTORY = 'r', 'd', 'f', 'F'
#: The same for fields that are no parameters, and for `InitVar`.
UNASKED, UNASKED_CALLED, UNASKED_DEFAULT, INIT_VAR = 'n', 'N', 'u', 'i'
#: Suffix of a field that is passed by keyword only, and of an `InitVar` with a default.
BY_KEYWORD, WITH_DEFAULT = 'k', 'd'
#: Flags: the instance is frozen; there is a `__post_init__`; calls and operators may stop; fields are compared one by one.
FROZEN, POST_INIT, STOPPING, ONE_BY_ONE = 'z', 'p', 's', 'o'

Field = tuple[str, str]


def identity_of(method: str, flags: str, fields: Sequence[Field]) -> str:
    """Return the line that names a generated method."""
    return '|'.join((PREFIX, method, flags, ','.join(f'{name}:{kind}' for name, kind in fields)))


def parse_identity(identity: str) -> tuple[str, str, list[Field]]:
    """Take a line apart; raise ValueError for one that no class has."""
    prefix, method, flags, listed = identity.split('|')
    fields = [_field(item) for item in listed.split(',')] if listed else []
    if prefix != PREFIX or method not in _METHODS or not set(flags) <= _FLAGS or len(fields) > MAX_FIELDS:
        raise ValueError('a generated method is unknown')
    if len({name for name, _ in fields}) < len(fields):
        raise ValueError('a generated method has a field twice')
    return method, flags, fields


_FLAGS = {FROZEN, POST_INIT, STOPPING, ONE_BY_ONE}
_KINDS = {REQUIRED, DEFAULT, FACTORY, CALLED_FACTORY, UNASKED, UNASKED_CALLED, UNASKED_DEFAULT, INIT_VAR, 'id'}


def _field(item: str) -> Field:
    name, _, kind = item.partition(':')
    check_name(name)
    if kind.removesuffix(BY_KEYWORD) not in _KINDS:
        raise ValueError('a generated method has a field of an unknown kind')
    return name, kind


def check_name(name: Any) -> None:
    """Refuse a name that no script could write."""
    if type(name) is not str or not name.isidentifier() or keyword.iskeyword(name) or name.startswith('__'):
        raise ValueError(f'a field cannot be named {name!r}')
    if ast.parse(name, mode='eval').body.id != name:  # type: ignore[attr-defined]
        raise ValueError(f'a field cannot be named {name!r}: the parser would read another name')


def source_of(identity: str) -> str:
    """Return the source of the method: a function `outer` of the captured variables, and in it the method."""
    method, flags, fields = parse_identity(identity)
    captured, lines = _METHODS[method](method, flags, fields)
    body = ''.join(f'        {line}\n' for line in lines[1:])
    return f'def outer({", ".join(captured)}):\n    def {method}({lines[0]}):\n{body}    return {method}\n'


def _init(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    captured: list[str] = []
    positional = ['s']
    by_keyword: list[str] = []
    body = ['h_own(s)'] if FROZEN in flags else []
    for name, full in fields:
        kind = full.removesuffix(BY_KEYWORD)
        value = f'f_{name}'
        if kind in (UNASKED, UNASKED_CALLED, UNASKED_DEFAULT):
            captured.append(f'd_{name}')
            value = {UNASKED: f'd_{name}()', UNASKED_CALLED: f'p_construct(d_{name})'}.get(kind, f'd_{name}')
        else:
            optional = '=0' if kind in (DEFAULT, FACTORY, CALLED_FACTORY, 'id') else ''
            (by_keyword if full.endswith(BY_KEYWORD) else positional).append(f'f_{name}{optional}')
        if kind in (FACTORY, CALLED_FACTORY):
            captured.append(f'd_{name}')
            made = f'd_{name}()' if kind == FACTORY else f'p_construct(d_{name})'
            if kind == CALLED_FACTORY:
                body += [f'if f_{name} is h_factory:', f'    f_{name} = {made}']
            else:
                value = f'{made} if f_{name} is h_factory else f_{name}'
        if not kind.startswith(INIT_VAR):
            body.append(f'h_object_set(s, {name!r}, {value})' if FROZEN in flags else f's.f_{name} = {value}')
    if POST_INIT in flags:
        given = ', '.join(f'f_{name}' for name, kind in fields if kind.startswith(INIT_VAR))
        body.append(f's.f___post_init__({given})')
    parameters = ', '.join([*positional, *(['*', *by_keyword] if by_keyword else [])])
    return captured, [parameters, *(body or ['pass'])]


def _tuple(owner: str, fields: list[Field]) -> str:
    return '(' + ''.join(f'{owner}.f_{name}, ' for name, _ in fields) + ')'


def _equal(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    body = ['s, o', 'if h_type(o) is not h_type(s):', '    return h_NotImplemented']
    if ONE_BY_ONE not in flags:
        return [], [*body, f'return {_tuple("s", fields)} == {_tuple("o", fields)}']
    # Where an `__eq__` may stop, a tuple could not be resumed in the middle; CPython does so from 3.13 on anyway.
    test = ' and '.join(f's.f_{name} == o.f_{name}' for name, _ in fields) or 'True'
    return [], [*body, 'if s is o:', '    return True', f'return {test}']


def _order(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    sign = {'__lt__': '<', '__le__': '<=', '__gt__': '>', '__ge__': '>='}[method]
    test = f'{_tuple("s", fields)} {sign} {_tuple("o", fields)}'
    return [], ['s, o', 'if h_type(o) is not h_type(s):', '    return h_NotImplemented', f'return {test}']


def _hash(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    return [], ['s', f'return b_hash({_tuple("s", fields)})']


def _repr(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    shown = ', '.join(f'{name}={{s.f_{name}!r}}' for name, _ in fields)
    return [], [
        's',
        'if h_showing(s):',
        '    return "..."',
        'try:',
        f'    return h_class_name(s) + f"({shown})"',
        'finally:',
        '    h_shown(s)',
    ]


def _new(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    parameters = ', '.join(['s', *(f'f_{name}' if kind == REQUIRED else f'f_{name}=0' for name, kind in fields)])
    values = ''.join(f'f_{name}, ' for name, _ in fields)
    return [], [parameters, f'return h_tuple_new(s, ({values}))']


def _set_attribute(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    return ['d_cls', 'd_names'], [
        's, n, v',
        'if h_type(s) is d_cls or n in d_names:',
        '    raise h_frozen("cannot assign to field ", n)',
        'h_set_above(d_cls, s, n, v)',
    ]


def _delete_attribute(method: str, flags: str, fields: list[Field]) -> tuple[list[str], list[str]]:
    return ['d_cls', 'd_names'], [
        's, n',
        'if h_type(s) is d_cls or n in d_names:',
        '    raise h_frozen("cannot delete field ", n)',
        'h_delete_above(d_cls, s, n)',
    ]


_METHODS: Final[dict[str, Callable[[str, str, list[Field]], tuple[list[str], list[str]]]]] = {
    '__init__': _init,
    '__new__': _new,
    '__repr__': _repr,
    '__eq__': _equal,
    **dict.fromkeys(('__lt__', '__le__', '__gt__', '__ge__'), _order),
    '__hash__': _hash,
    '__setattr__': _set_attribute,
    '__delattr__': _delete_attribute,
}


class DataclassNames(OwnNames):
    """Turn the prefixed names of a text into those that the emitted code uses."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        self.generic_visit(node)
        node.id = emitted_name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = emitted_name(node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = node.attr[2:]
        return node


def emitted_name(name: str) -> str:
    """Return the name in emitted code of a name in a text."""
    prefix, _, rest = name.partition('_')
    if prefix == 'f':
        return rest
    if not rest or prefix not in _EMITTED:
        return name if name in _METHODS or name == 'outer' else '$.' + name
    return _EMITTED[prefix] + rest


_EMITTED: Final = {'d': '$d.', 'h': '$', 'p': '$p.', 'b': '$b.'}
