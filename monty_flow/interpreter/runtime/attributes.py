"""Attribute names when scripts have classes of their own.

To the table of the built-in universe (`universe.attribute_rule`) come the names that only a script's classes bear:

* one leading underscore: native, unless an object of our own runtime has an attribute of that name; then the
  load, store or delete goes through a helper that asks whose object it is;
* two underscores before and none after: a name of its own, as long as it is not inside a class, where it is mangled.
"""

from __future__ import annotations

import functools
from enum import Enum
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.private_names import PRIVATE_NAMES
from monty_flow.interpreter.runtime.redefinition import delete, write
from monty_flow.interpreter.runtime.universe import Rule, attribute_rule


class Access(Enum):
    """How emitted code reads an attribute."""

    NATIVE = 'native'
    #: `Methods.attribute`, or `Methods.m_<name>` when called.
    GUARDED = 'guarded'
    #: `script_attribute` and its kin.
    SCRIPT = 'script'
    REFUSED = 'refused'


_ACCESS: Final = {Rule.NATIVE: Access.NATIVE, Rule.GUARDED: Access.GUARDED, Rule.REFUSED: Access.REFUSED}


@functools.lru_cache(maxsize=4096)
def access_of(name: str) -> tuple[Access, str]:
    """Return how an attribute name is read, and why it is refused where it is."""
    if name.startswith('_') and not name.startswith('__'):
        return (Access.SCRIPT if name in PRIVATE_NAMES else Access.NATIVE), ''
    if name == '__post_init__':
        # No type of ours or of Python's has it.
        return Access.NATIVE, ''
    verdict = attribute_rule(name)
    if verdict.rule is Rule.REFUSED and name.startswith('__') and not name.endswith('__'):
        return Access.SCRIPT, ''
    return _ACCESS[verdict.rule], verdict.reason


def is_dunder(name: str) -> bool:
    """Tell whether a name has two underscores on both sides: such are stored by rules of their own."""
    return name.startswith('__') and name.endswith('__') and len(name) > 4


def stores_by_helper(name: str) -> bool:
    """Tell whether an attribute of this name is stored and deleted by a helper."""
    return is_dunder(name) or access_of(name)[0] is Access.SCRIPT


def script_attribute(obj: Any, name: str) -> Any:
    """Return an attribute that only a script's class, or a base that it may derive from, shows to scripts."""
    if name == '_abc_impl':
        # What CPython's C code keeps of an abstract class.
        raise AttributeError(_missing(obj, type(obj), name))
    kind = type(obj)
    if type(kind) in SCRIPT_TYPES or kind in SCRIPT_TYPES:
        return getattr(obj, name)
    raise AttributeError(_missing(obj, kind, name))


def set_script_attribute(obj: Any, name: str, value: Any) -> None:
    """Assign such an attribute, or a dunder one."""
    kind = type(obj)
    if type(kind) in SCRIPT_TYPES and name[-2:] != '__':
        setattr(obj, name, value)
        return
    if is_dunder(name):
        write(obj, name, value)
        return
    if kind in SCRIPT_TYPES or type(kind) in SCRIPT_TYPES:
        setattr(obj, name, value)
        return
    raise AttributeError(_missing(obj, kind, name))


def delete_script_attribute(obj: Any, name: str) -> None:
    """Delete such an attribute, or a dunder one."""
    if is_dunder(name):
        delete(obj, name)
        return
    kind = type(obj)
    if kind in SCRIPT_TYPES or type(kind) in SCRIPT_TYPES:
        delattr(obj, name)
        return
    raise AttributeError(_missing(obj, kind, name))


def _missing(obj: Any, kind: type, name: str) -> str:
    if kind is type:
        return f"type object '{obj.__name__}' has no attribute '{name}'"
    return f"'{getattr(kind, 'script_type_name', kind.__name__)}' object has no attribute '{name}'"
