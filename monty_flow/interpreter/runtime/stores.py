"""`object.__setattr__` and its kin as scripts hold them.

CPython's own sets any attribute of anything: a slot of an object of ours, the class of an instance. What a script gets
takes instances of its own classes only, and names that it could write after a dot.
"""

from __future__ import annotations

import types
import unicodedata
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES

#: The methods that store, and what they call.
STORES: Final = frozenset({'__setattr__', '__delattr__'})
_NATIVE: Final = frozenset({types.WrapperDescriptorType, types.MethodWrapperType})


class GuardedStore:
    """`object.__setattr__` or `object.__delattr__`, bound to an instance (`super().__setattr__`) or not."""

    __slots__ = ('_name', '_target')
    _name: str
    _target: Any
    script_type_name: Final = 'wrapper_descriptor'

    def __init__(self, name: str, target: tuple[Any, ...]) -> None:
        object.__setattr__(self, '_name', name)
        object.__setattr__(self, '_target', target)

    def __call__(self, /, *args: Any) -> None:
        args = (*self._target, *args)
        expected = 3 if self._name == '__setattr__' else 2
        if len(args) != expected:
            raise TypeError(f'expected {expected - 1} arguments, got {len(args) - 1}')
        target, name = args[0], args[1]
        if not isinstance(name, str):
            raise TypeError(f"attribute name must be string, not '{type(name).__name__}'")
        # A subclass of str may lie about its text.
        name = unicodedata.normalize('NFKC', str.__str__(name))
        if type(type(target)) not in SCRIPT_TYPES or name.startswith(('__', '$')):
            raise TypeError(f"can't apply this {self._name} to {type(target).__name__} object")
        if expected == 3:
            object.__setattr__(target, name, args[2])
        else:
            object.__delattr__(target, name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"'wrapper_descriptor' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"'wrapper_descriptor' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"<slot wrapper '{self._name}' of 'object' objects>"


def store_parts(store: GuardedStore) -> tuple[str, tuple[Any, ...]]:
    """Return what a `GuardedStore` is made of, for a snapshot."""
    return store._name, store._target


def guarded_store(name: str, found: Any) -> Any:
    """Return what a script gets for a method that stores: its own as it is, CPython's own guarded."""
    if type(found) not in _NATIVE:
        return found
    return GuardedStore(name, (found.__self__,) if type(found) is types.MethodWrapperType else ())
