"""`locals()`, `globals()` and `dir()`: copies of the names that a script bound, never the dicts that code runs in."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler.check import REGISTRY, RESERVED
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

#: Put into a run's globals what the code of a program asks for; `namespace` puts its own here.
PROVIDERS: Final[list[Callable[[Any, Any], None]]] = []


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
    found = {name: value for name, value in scope.items() if is_global_name(name)}
    return found | local_names(names)


def is_global_name(name: Any) -> bool:
    """Tell whether a key of the dict that emitted code runs in is a name of the script."""
    if type(name) is not str or name == '__builtins__' or name == REGISTRY:
        return False
    return not name.startswith('$') and ':' not in name and '.' not in name


def may_bind(program: Any, name: Any) -> bool:
    """Tell whether a name may be bound in the dict that the code of a program runs in by other means than that code.

    What is no name of a script may not. Nor may a built-in that the source does not bind: the compiler took it for what it is.
    """
    if not is_global_name(name) or not name.isidentifier() or name in RESERVED or name == '__debug__':
        return False
    return name in program.own_names or not is_builtin_name(name)


def is_builtin_name(name: str) -> bool:
    return name in BUILTINS or name in REFUSED_BUILTINS


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
