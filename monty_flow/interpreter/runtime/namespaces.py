"""`locals()`, `globals()` and `dir()`: copies of the names that a script bound, never the dicts that code runs in."""

from __future__ import annotations

import types
from typing import Any

from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    HIDDEN_PREFIX,
    is_script_class,
    is_script_function,
    is_script_instance,
)
from monty_flow.interpreter.runtime.classes import visible_entries as entries_of_class
from monty_flow.interpreter.runtime.reflection import SHOWS_DICT
from monty_flow.interpreter.runtime.universe import DUNDERS, REFUSED, TypeFacade

#: Names in the globals of emitted code that are not the script's.
_OURS = frozenset({'__builtins__'})


def local_names(names: dict[str, Any]) -> dict[str, Any]:
    """Return what a function's `locals()` gives: its locals without temporaries of ours."""
    found: dict[str, Any] = {}
    for name, value in names.items():
        if name.startswith(BODY_PREFIX):
            found[name[1:]] = value
        elif name == '$class':
            found['__class__'] = value
        elif not name.startswith(('$', '.')):
            found[name] = value
    return found


def global_names(scope: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Return what `globals()` gives, or `locals()` at the top level, where `names` are the locals."""
    found = {
        name: value
        for name, value in scope.items()
        if not name.startswith('$') and ':' not in name and name not in _OURS
    }
    return found | local_names(names)


def names_in(obj: Any) -> list[str]:
    """Return what `dir(obj)` gives: the names that a script can read."""
    names: set[str] = set()
    if is_script_class(obj) or is_script_instance(obj):
        kind = obj if is_script_class(obj) else type(obj)
        for base in kind.__mro__:
            names.update(entries_of_class(base))
        if is_script_instance(obj):
            names.update(getattr(obj, '__dict__', ()))
    elif type(obj) is types.GenericAlias:
        names.update(dir(obj))
    elif type(obj) is types.MethodType and is_script_function(obj.__func__):
        names.update(obj.__func__.__dict__)
        names.update(dir(types.MethodType))
    elif type(obj) is TypeFacade:
        names.update(dir(type))
    elif type(obj) in SHOWS_DICT or is_script_function(obj):
        names.update(obj.__dict__)
        names.update(dir(type(obj)))
    else:
        names.update(_plain_names(obj))
    return sorted(name for name in names if type(name) is str and _is_readable(name))


def _plain_names(obj: Any) -> list[str]:
    """Return the names of an object that is not of a script: those of its class, without what it keeps for itself."""
    names = dir(obj) if isinstance(obj, type) else dir(type(obj))
    return [name for name in names if name.startswith('__') or not name.startswith('_')]


def _is_readable(name: str) -> bool:
    return name not in DUNDERS and name not in REFUSED and not name.startswith(HIDDEN_PREFIX)
