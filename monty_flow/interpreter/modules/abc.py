"""`abc`: abstract base classes."""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.abstract import ABC, AbstractType, set_abstract_names
from monty_flow.interpreter.runtime.classes import SHARED
from monty_flow.interpreter.runtime.redefinition import write
from monty_flow.interpreter.runtime.universe import facade_named


class AbcFunctions(LibraryFunctions):
    """The functions of `abc`."""

    __slots__ = ()
    module = 'abc'

    def abstractmethod(self, funcobj: Any) -> Any:
        write(funcobj, '__isabstractmethod__', True)
        return funcobj

    def abstractclassmethod(self, callable: Any) -> Any:
        return classmethod(self.abstractmethod(callable))

    def abstractstaticmethod(self, callable: Any) -> Any:
        return staticmethod(self.abstractmethod(callable))

    def abstractproperty(self, fget: Any = None, fset: Any = None, fdel: Any = None) -> Any:
        return property(self.abstractmethod(fget), fset, fdel)

    def update_abstractmethods(self, cls: Any) -> Any:
        if isinstance(cls, AbstractType) and cls not in SHARED:
            set_abstract_names(cls)
        return cls

    def get_cache_token(self) -> int:
        return 0


MODULE = Definition(
    'abc',
    static={'ABC': ABC, 'ABCMeta': facade_named('ABCMeta')},
    functions=AbcFunctions,
)
