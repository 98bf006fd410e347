"""Methods of native types that are held bound: while the arguments of a call wait for something, or because a script keeps them.

What a script can read of an object itself is stored as the object and the name, and read again from it.
"""

from __future__ import annotations

from types import BuiltinMethodType, MethodType, MethodWrapperType
from typing import Any, Final

from monty_flow.interpreter.compiler.attribute_loads import reads_plainly
from monty_flow.interpreter.modules.library import typed
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import OF_RUN, SCRIPT_TYPES, TypeStandIn, is_script_function, native_type
from monty_flow.interpreter.runtime.dunders import Scrubbed, scrubbed_parts
from monty_flow.interpreter.runtime.inherited import Inherited, inherited_parts
from monty_flow.interpreter.runtime.paying_bases import Filling
from monty_flow.interpreter.runtime.universe import TYPES, growing
from monty_flow.interpreter.snapshot.registry import Kind

_UNIVERSE: Final = growing(TYPES)
#: Where the classes live that extend those of the universe.
_OURS: Final = 'monty_flow.interpreter.'
#: What `super().name` gives for a method of a native base where it is guarded.
_OF_BASE: Final = (Inherited, Scrubbed, MethodWrapperType, MethodType, BuiltinMethodType)


def _native_method(owner: Any, name: Any) -> Any:
    """Return a method that a script can read of an instance of a type of the universe or of ours, None for anything else."""
    kind = type(owner)
    if type(name) is not str or access_of(name)[0] is not Access.NATIVE or type(kind) in SCRIPT_TYPES:
        return None
    if isinstance(owner, TypeStandIn):
        owner = native_type(owner)
    elif kind not in _UNIVERSE and not kind.__module__.startswith(_OURS):
        return None
    method = getattr(owner, name, None)
    return method if type(method) is BuiltinMethodType and method.__self__ is owner else None


def _reduce_native(method: Any, context: Any) -> Any:
    owner, name = method.__self__, method.__name__
    if isinstance(owner, type):
        # A script knows the class as an object of its run.
        place = OF_RUN.get(owner)
        owner = None if place is None else getattr(context.module(place[0]), place[1])
    return None if _native_method(owner, name) is None else ((owner, name), ())


def _build_native(context: Any, owner: Any, name: Any) -> Any:
    method = _native_method(owner, typed(name, str))
    if method is None:
        raise ValueError('a bound method is not on the list')
    return method


def _last_class(owner: Any) -> Any:
    """Return the class of the script after which native ones are asked for a method of an instance, None where there is none."""
    classes = [base for base in type(owner).__mro__ if type(base) in SCRIPT_TYPES]
    return classes[-1] if classes else None


def _method_of_base(context: Any, owner: Any, name: str) -> Any:
    """Return what `super().name` gives to a script for a method of the native base of an instance, None for anything else."""
    last = _last_class(owner)
    if last is None:
        return None
    try:
        found = context.objects().methods.super_attribute(last, owner, name)
    except AttributeError:
        return None
    if type(found) is MethodType:
        # A function of ours, of a class that scripts may extend.
        return found if type(found.__func__) is Filling or not is_script_function(found.__func__) else None
    return found if type(found) in _OF_BASE else None


def _reduce_of_base(method: Any, context: Any) -> Any:
    if type(method) is MethodType:
        function = method.__func__
        if is_script_function(function):
            return None
        owner, name = method.__self__, '__init__' if type(function) is Filling else getattr(function, '__name__', '')
    elif type(method) is Inherited:
        owner, name = inherited_parts(method)
    elif type(method) is Scrubbed:
        owner, name = scrubbed_parts(method)
    else:
        owner, name = method.__self__, method.__name__
    found = _method_of_base(context, owner, name)
    return ((owner, name), ()) if type(found) is type(method) and found == method else None


def _build_of_base(context: Any, owner: Any, name: Any) -> Any:
    found = _method_of_base(context, owner, typed(name, str))
    if found is None:
        raise ValueError('a method of a native base is not on the list')
    return found


def _wrapper(owner: Any, name: str) -> Any:
    """Return what `super().name` gives where nothing has to be guarded, None for anything but a method of a native type."""
    last = _last_class(owner)
    found = None if last is None or not reads_plainly(name) else getattr(super(last, owner), name, None)
    return found if type(found) is MethodWrapperType else None


def _build_wrapper(context: Any, owner: Any, name: Any) -> Any:
    found = _wrapper(owner, typed(name, str))
    if found is None:
        raise ValueError('a method of a native base is not on the list')
    return found


def method_kinds() -> tuple[Kind, ...]:
    """Return the rows for these methods; each is asked after those for methods of a run."""
    return (
        Kind('method_of_type', BuiltinMethodType, _reduce_native, _build_native),
        Kind('method_of_base', _OF_BASE, _reduce_of_base, _build_of_base),
        Kind(
            'wrapper_of_base',
            MethodWrapperType,
            lambda v, _: ((v.__self__, v.__name__), ()) if _wrapper(v.__self__, v.__name__) == v else None,
            _build_wrapper,
        ),
    )
