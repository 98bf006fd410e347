"""Every kind of value that a snapshot can hold, and those that belong to a run: modules and what they export, bound methods, facades, patterns."""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.modules.array import Array
from monty_flow.interpreter.modules.library import typed
from monty_flow.interpreter.modules.matching import Match, Pattern, make_match, make_pattern, match_state, pattern_state
from monty_flow.interpreter.modules.module import Frozen, Functions, Module
from monty_flow.interpreter.modules.sys import Stream, original_stream, stream_name
from monty_flow.interpreter.runtime.async_generators import AsyncGenerator, AsyncStep
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, ScriptType
from monty_flow.interpreter.runtime.coroutines import AwaitableGenerator, Coroutine, CoroutineWrapper
from monty_flow.interpreter.runtime.external import ExternalFunction, name_of
from monty_flow.interpreter.runtime.generators import END, Done, End, PausableGenerator
from monty_flow.interpreter.runtime.libraries import path_of
from monty_flow.interpreter.runtime.loads import GuardedMethod, guarded_method_parts, method_of_class
from monty_flow.interpreter.runtime.metering import Metered, metered_source
from monty_flow.interpreter.runtime.open_files import File
from monty_flow.interpreter.runtime.universe import (
    CONTAINERS,
    DECIMAL_ERRORS,
    GUARDED,
    HELD_TYPES,
    ITERATORS,
    NATIVE,
    SCALARS,
    VIEWS,
    TypeFacade,
    facade_name,
    facade_named,
)
from monty_flow.interpreter.snapshot.class_kinds import class_kinds
from monty_flow.interpreter.snapshot.container_kinds import container_kinds
from monty_flow.interpreter.snapshot.coroutine_kinds import coroutine_kinds
from monty_flow.interpreter.snapshot.dataclass_kinds import dataclass_kinds
from monty_flow.interpreter.snapshot.enum_kinds import enum_kinds
from monty_flow.interpreter.snapshot.file_kinds import file_kinds
from monty_flow.interpreter.snapshot.function_kinds import function_kinds
from monty_flow.interpreter.snapshot.kinds import builtin_kinds
from monty_flow.interpreter.snapshot.library_kinds import library_kinds
from monty_flow.interpreter.snapshot.method_kinds import method_kinds
from monty_flow.interpreter.snapshot.piece_kinds import piece_kinds
from monty_flow.interpreter.snapshot.registry import Kind, Kinds
from monty_flow.interpreter.snapshot.typing_kinds import typing_kinds

_NOTHING = ((), ())

# What library modules have made


def _reduce_library(value: Any, context: Any) -> Any:
    library = context.run.library
    found = None if library is None else library.name_of(value)
    return None if found is None else (found, ())


def _build_library(context: Any, module: Any, path: Any) -> Any:
    if type(module) is not str or type(path) is not str or not modules.is_scripted(module):
        raise ValueError('there is no such library module')
    return context.library().value(module, path)


# What belongs to the run


def _reduce_bound(method: MethodType, context: Any) -> Any:
    owner = method.__self__
    if type(owner) is Builtins:
        return ('builtin', method.__name__.removeprefix('b_')), ()
    if isinstance(owner, Functions) and not callable(owner):
        return (owner.module, method.__name__), ()
    name = getattr(method.__func__, '__name__', '')
    return (('', name, owner), ()) if _may_be_bound(owner, name) else None


#: Where the classes of library modules live.
_LIBRARY = 'monty_flow.interpreter.modules.'
_STEPPING = frozenset({'__next__', 'send', 'throw', 'close'})
#: Types of ours whose methods may be held bound, and which.
METHODS: dict[type, frozenset[str]] = {
    Array: frozenset({'append', 'extend', 'fromlist', 'insert'}),
    PausableGenerator: _STEPPING,
    Coroutine: _STEPPING | {'__await__'},
    CoroutineWrapper: _STEPPING,
    AwaitableGenerator: _STEPPING,
    AsyncStep: _STEPPING | {'__await__'},
    AsyncGenerator: frozenset({'__aiter__', '__anext__', 'asend', 'athrow', 'aclose'}),
}


def _may_be_bound(owner: Any, name: str) -> bool:
    """Tell whether a script can hold a method of an object of ours: what it reads natively, such as `pattern.match`."""
    kind = type(owner)
    if kind in METHODS:
        return name in METHODS[kind]
    # Some classes of ours say the module that a script knows them of.
    is_ours = isinstance(owner, (Frozen, File)) or kind.__module__.startswith(_LIBRARY)
    if type(kind) in SCRIPT_TYPES or not is_ours:
        return False
    return access_of(name)[0] in (Access.NATIVE, Access.GUARDED) and type(getattr(owner, name, None)) is MethodType


def _build_bound(context: Any, owner: Any, name: Any, *target: Any) -> Any:
    if target:
        if not _may_be_bound(target[0], typed(name, str)):
            raise ValueError('a bound method is not on the list')
        return getattr(target[0], name)
    if owner == 'builtin':
        held = context.run.globals['__builtins__'].get(name)
        return context.objects().value(name) if held is None else held
    return _export(context, owner, name)


def _export(context: Any, module: Any, name: Any) -> Any:
    if name not in modules.exports(module):
        raise ValueError('a module has no such name')
    return getattr(context.module(module), name)


def _reduce_of_library(value: Any, context: Any) -> Any:
    path = path_of(context.run, value)
    return None if path is None else ((path,), ())


def _reduce_module(module: Module, context: Any) -> Any:
    for name, known in (context.run.modules or {}).items():
        if known is module:
            return (name,), ()
    return None


def _reduce_export(value: Any, context: Any) -> Any:
    reference = modules.reference_of(value)
    if reference is None:
        reference = _reference_in(context.run.modules or {}, value)
    return None if reference is None else (reference, ())


def _held(module: Module, name: str) -> Any:
    """Return what a module exports by now, END for what a source would have to be run for."""
    try:
        return object.__getattribute__(module, name)
    except AttributeError:
        return END


def _reference_in(loaded: dict[str, Any], value: Any) -> tuple[str, str] | None:
    """Return (module, name) of an object that a loaded module exports to this run, such as `sys.stdout`."""
    for module_name, module in loaded.items():
        for name in modules.native_exports(module_name):
            if _held(module, name) is value:
                return module_name, name
    return None


def _reduce_class_method(method: Any, context: Any) -> Any:
    owner, name = method.__self__, method.__name__
    return ((owner, name), ()) if _is_class_method(owner, name) else None


def _build_class_method(context: Any, owner: Any, name: Any) -> Any:
    if not _is_class_method(owner, name):
        raise ValueError('a class method is not on the list')
    return getattr(owner, name)


def _is_class_method(owner: Any, name: Any) -> bool:
    return type(owner) is type and owner in HELD_TYPES and name in NATIVE


def _reduce_descriptor(method: MethodDescriptorType, context: Any) -> Any:
    return (method.__objclass__, method.__name__), ()


def _build_descriptor(context: Any, owner: Any, name: Any) -> Any:
    if not _is_class_method(owner, name) or type(found := getattr(owner, name)) is not MethodDescriptorType:
        raise ValueError('a method is not on the list')
    return found


def _reduce_guarded(method: GuardedMethod, context: Any) -> Any:
    owner, name = guarded_method_parts(method)
    return (owner, name), ()


def _build_guarded(context: Any, owner: Any, name: Any) -> Any:
    if name not in GUARDED or not (hasattr(type(owner), name) or hasattr(owner, name)):
        raise ValueError('a method is not on the list')
    methods = context.objects().methods
    of_class = isinstance(owner, type) and owner in HELD_TYPES
    return method_of_class(methods, owner, name) if of_class else GuardedMethod(methods, owner, name)


def _build_pattern(context: Any, pattern: Any, flags: Any) -> Pattern:
    if type(pattern) not in (str, bytes) or type(flags) is not int:
        raise TypeError('a pattern is malformed')
    return make_pattern(context.run, pattern, flags)


def _build_match(context: Any, pattern: Any, string: Any, pos: Any, endpos: Any, regs: Any, lastindex: Any) -> Match:
    if type(pattern) is not Pattern or type(string) not in (str, bytes) or type(regs) is not tuple:
        raise TypeError('a match is malformed')
    if len(regs) != pattern.groups + 1 or any(
        type(span) is not tuple or len(span) != 2 or type(span[0]) is not int or type(span[1]) is not int
        for span in regs
    ):
        raise ValueError('a match has other groups than its pattern')
    if type(pos) is not int or type(endpos) is not int or type(lastindex) not in (int, type(None)):
        raise TypeError('a match is malformed')
    return make_match(pattern, string, pos, endpos, regs, lastindex)


def _build_metered(context: Any, source: Any) -> Metered:
    return Metered(context.run.charge, source)


def _named() -> dict[str, object]:
    """Return what is stored by name: types, and functions that are native to scripts.

    A guarded function is held by scripts as a bound method of ours (`bound`). CPython's own is not in the universe, and
    bytes that name it must not bring it in: the real `getattr` would be the way out.
    """
    found: dict[str, object] = {f'type.{kind.__name__}': kind for kind in (*ITERATORS, *VIEWS)}
    found |= {f'decimal.{name}': error for name, error in DECIMAL_ERRORS.items()}
    for name, row in BUILTINS.items():
        is_native = type(row.value) is BuiltinFunctionType and row.guard is None
        if name != 'type' and (isinstance(row.value, type) or is_native):
            found[name] = row.value
    return found


def _methods() -> list[str]:
    """Return the methods of built-in types that may be held bound to a value: those that are emitted natively."""
    types = (*SCALARS, *CONTAINERS, *ARRAYS)
    return [f'{kind.__name__}.{name}' for kind in types for name in NATIVE if hasattr(kind, name)]


def _script_kinds() -> Kinds:
    kinds = builtin_kinds(_named(), _methods())
    # First, so that what a library module has made is known by name before it is taken apart.
    kinds.add(Kind('module_object', None, _reduce_library, _build_library))
    kinds.add(*library_kinds(), *dataclass_kinds(), *enum_kinds(), *file_kinds(), *typing_kinds())
    kinds.add(
        Kind(
            'library', (FunctionType, ScriptType), _reduce_of_library, lambda context, path: context.library_value(path)
        ),
        Kind('module_member', (FunctionType, *SCRIPT_TYPES), _reduce_library, _build_library),
        *function_kinds(),
        Kind(
            'external',
            ExternalFunction,
            lambda v, _: ((name_of(v),), ()),
            lambda context, name: _external(context, name),
        ),
        Kind('done', Done, lambda v, _: ((v.value,), ()), lambda _, value: Done(value)),
        Kind('end', End, lambda v, _: _NOTHING, lambda _: END),
        Kind('bound', MethodType, _reduce_bound, _build_bound),
        Kind('class_method', BuiltinFunctionType, _reduce_class_method, _build_class_method),
        Kind('descriptor', MethodDescriptorType, _reduce_descriptor, _build_descriptor),
        Kind('guarded_method', GuardedMethod, _reduce_guarded, _build_guarded),
        Kind('type_facade', TypeFacade, lambda v, _: ((facade_name(v),), ()), lambda _, name: facade_named(name)),
        Kind('pattern', Pattern, lambda v, _: (pattern_state(v), ()), _build_pattern),
        Kind('match', Match, lambda v, _: (match_state(v), ()), _build_match),
        Kind('metered', Metered, lambda v, _: ((metered_source(v),), ()), _build_metered),
        *container_kinds(),
        *piece_kinds(),
        *method_kinds(),
        *class_kinds(),
        *coroutine_kinds(),
        Kind(
            'sys_stream',
            Stream,
            lambda v, _: ((stream_name(v),), ()),
            lambda context, name: original_stream(context.run, name),
        ),
        Kind('module', None, _reduce_module, lambda context, name: context.module(name)),
        Kind('export', (type, BuiltinFunctionType), _reduce_export, _export),
        Kind('object', None, _reduce_export, _export),
    )
    return kinds


def _external(context: Any, name: Any) -> ExternalFunction:
    if type(name) is not str:
        raise TypeError('an external function has no name')
    return ExternalFunction(name)


#: Every kind that a snapshot of a script can hold.
KINDS = _script_kinds()
