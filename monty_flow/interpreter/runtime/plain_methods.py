"""What guarded methods of every kind do: pay for a scan, and leave objects that the guard is not about as they are."""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS, settled
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.groups import check_group
from monty_flow.interpreter.runtime.inherited import base_of_method, call_inherited
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import HELD_TYPES

TEXTS: Final = (str, bytes, bytearray)
#: Characters, bytes or items up to which a scan is part of the tick of the call.
SHORT: Final = 4096
#: Bytes of a result that are not worth a look at the limits.
FEW: Final = 1 << 16


class PlainMethods:
    """What the parts of `Methods` build on."""

    __slots__ = ()
    run: Run

    def _plain(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a method of an object that its guard is not about; for a class, guard its first argument."""
        found = getattr(obj, name)
        if isinstance(obj, type) and args:
            if type(found) is types.MethodDescriptorType and (base := found.__objclass__) in HELD_TYPES:
                if type(args[0]) is base:
                    return getattr(self, f'm_{name}')(*args, **kwargs)
                if isinstance(args[0], base) and base_of_method(found) is not None:
                    bound = found.__get__(args[0])
                    return call_inherited(self, base, bound, name, args[0], args[1:], kwargs)
        elif type(type(obj)) in SCRIPT_TYPES:
            base = base_of_method(found)
            if base is not None:
                return call_inherited(self, base, found, name, obj, args, kwargs)
        return found(*args, **kwargs)

    def _scan(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Pay for work over all of obj."""
        kind = type(obj)
        if kind in TEXTS:
            if len(obj) > SHORT:
                self.run.charge(len(obj) >> 6)
                if name == 'copy':
                    self._reserve_text(len(obj))
            if kind is bytearray and args:
                args = tuple([settled(value) for value in args])
        elif kind is list or kind is tuple or kind is dict or kind is set or kind is frozenset:
            if len(obj) > FREE:
                self.run.charge(len(obj))
                if name == 'copy' and len(obj) > SHORT:
                    self.run.reserve(obj.__sizeof__())
        elif kind in ARRAYS and args and not kwargs:
            return arrays.SCANS[name](self.run, obj, *args)
        else:
            return self._plain(obj, name, args, kwargs)
        return getattr(obj, name)(*args, **kwargs)

    def _reserve_text(self, nbytes: int) -> None:
        if nbytes > FEW:
            self.run.reserve(nbytes)
            self.run.charge(nbytes >> 9)

    def _check_groups(self, obj: Any, args: tuple[Any, ...]) -> None:
        for value in (obj, *args):
            check_group(value)
