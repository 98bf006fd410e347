"""The table of attributes with one leading underscore is complete: none of ours is ever read natively."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import monty_flow.interpreter
from monty_flow.interpreter.modules.module import Module
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, SHARED
from monty_flow.interpreter.runtime.private_names import OURS, PRIVATE_NAMES, PYTHONS

#: Parts whose objects no script can hold: the pool's, and what is no part of the interpreter at all.
_OUTSIDE = ('monty_flow.interpreter.pool', 'monty_flow.interpreter.modules.scripts')


def classes_of_the_interpreter() -> set[type]:
    """Return every class that a module of the interpreter binds, those of Python too."""
    for found in pkgutil.walk_packages(monty_flow.interpreter.__path__, 'monty_flow.interpreter.'):
        if not found.name.startswith(_OUTSIDE):
            importlib.import_module(found.name)
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith('monty_flow.interpreter') and not name.startswith(_OUTSIDE)
    ]
    found = {value for module in modules for value in list(vars(module).values()) if isinstance(value, type)}
    # Those of modules are made when they are imported.
    found |= set(type.__subclasses__(Module))
    # Classes of library modules in the script language, which a run before has loaded, are a script's.
    found = {kind for kind in found if type(kind) not in SCRIPT_TYPES or kind in SHARED}
    return {kind for kind in found if not str(kind.__module__).startswith(_OUTSIDE)}


def private_names(kind: type) -> set[str]:
    names = {name for name in dir(kind) if name.startswith('_') and not name.startswith('__')}
    # What a module exports under such a name is for scripts.
    return names - set(vars(kind)['__slots__']) if issubclass(kind, Module) and kind is not Module else names


def is_ours(kind: type, name: str) -> bool:
    owner = next((base for base in kind.__mro__ if name in vars(base)), None)
    if owner is None:
        return False
    # A class of ours may say the module that scripts know it of, which has another one, or none, under its name.
    return getattr(sys.modules.get(owner.__module__), owner.__name__, None) is not owner or owner.__module__.startswith(
        'monty_flow.'
    )


def test_every_private_attribute_of_a_class_of_the_interpreter_is_in_the_table() -> None:
    missing = {name for kind in classes_of_the_interpreter() for name in private_names(kind)} - PRIVATE_NAMES

    assert sorted(missing) == [], 'add these to OURS (or PYTHONS) of runtime/private_names.py'


def test_no_name_of_ours_is_in_the_table_that_no_class_of_ours_has() -> None:
    found = {name for kind in classes_of_the_interpreter() for name in private_names(kind) if is_ours(kind, name)}

    assert sorted(OURS - found) == [], 'take these out of runtime/private_names.py'


def test_a_name_stands_in_one_part_of_the_table() -> None:
    assert set() == OURS & PYTHONS
    assert isinstance(PRIVATE_NAMES, frozenset)
