"""`types`: names for types that have no built-in name, and SimpleNamespace."""

from __future__ import annotations

import types
from reprlib import recursive_repr
from types import MappingProxyType
from typing import Any, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.classes import is_script_class
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.reflection import SHOWS_DICT
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of
from monty_flow.interpreter.runtime.universe import HELD_TYPES, facade_named

_FACADES: Final = {
    'FunctionType': 'function', 'LambdaType': 'function', 'GeneratorType': 'generator', 'MethodType': 'method',
    'BuiltinFunctionType': 'builtin_function_or_method', 'BuiltinMethodType': 'builtin_function_or_method',
    'CoroutineType': 'coroutine', 'ModuleType': 'module', 'TracebackType': 'traceback', 'CodeType': 'code',
    'FrameType': 'frame', 'CellType': 'cell', 'MethodDescriptorType': 'method_descriptor',
    'WrapperDescriptorType': 'wrapper_descriptor', 'MethodWrapperType': 'method-wrapper',
    'GetSetDescriptorType': 'getset_descriptor', 'MemberDescriptorType': 'member_descriptor',
    'ClassMethodDescriptorType': 'classmethod_descriptor', 'AsyncGeneratorType': 'async_generator',
}  # fmt: skip


class SimpleNamespace(metaclass=FrozenType):
    """An object whose attributes are what the script sets."""

    __slots__ = ('__dict__', '_run')
    _run: Run

    @recursive_repr('namespace(...)')
    def __repr__(self) -> str:
        shown = ', '.join(f'{name}={repr_of(value, self._run)}' for name, value in self.__dict__.items())
        return f'namespace({shown})'

    def __eq__(self, other: object) -> bool:
        if type(other) is not SimpleNamespace:
            return NotImplemented
        return bool(self.__dict__ == other.__dict__)

    __hash__ = None  # type: ignore[assignment]


SHOWS_DICT.add(SimpleNamespace)


def make_namespace(run: Run, attributes: dict[Any, Any]) -> SimpleNamespace:
    """Return a namespace with these attributes; refuse names that no script could set."""
    made = SimpleNamespace()
    object.__setattr__(made, '_run', run)
    set_attributes(made, attributes)
    return made


def set_attributes(namespace: SimpleNamespace, attributes: dict[Any, Any]) -> None:
    """Set attributes; refuse names that no script could set."""
    for name, value in attributes.items():
        if type(name) is not str or name.startswith('_'):
            raise AttributeError(f'the attribute {name!r} is refused: use a name without a leading underscore')
        namespace.__dict__[name] = value


class Makers(LibraryFunctions):
    """What makes the objects of one run."""

    __slots__ = ()
    module = 'types'

    def namespace(self, /, **attributes: Any) -> SimpleNamespace:
        return make_namespace(self._run, attributes)

    def alias(self, origin: Any, args: Any, /) -> types.GenericAlias:
        """Return `origin[args]` of a class."""
        if not (is_script_class(origin) or origin in HELD_TYPES or isinstance(origin, TypeOfRun)):
            raise TypeError('GenericAlias() of a script takes a class')
        return types.GenericAlias(origin, args)


MODULE = Definition(
    'types',
    static={
        **{name: facade_named(shown) for name, shown in _FACADES.items()},
        'MappingProxyType': MappingProxyType,
        'UnionType': facade_named('UnionType'),
        'NoneType': type(None),
        'EllipsisType': type(Ellipsis),
        'NotImplementedType': type(NotImplemented),
    },
    objects={
        'SimpleNamespace': lambda run: TypeOfRun(SimpleNamespace, 'types.SimpleNamespace', Makers(run).namespace),
        'GenericAlias': lambda run: TypeOfRun(types.GenericAlias, 'types.GenericAlias', Makers(run).alias),
    },
    scripted=Scripted('class_tools'),
    left_out={
        'scripts cannot look at or make code': 'CapsuleType FrameLocalsProxyType LazyImportType',
    },
)
