"""The context of a run's decimal arithmetic.

CPython keeps one context for each thread, which operators (`a / b`) consult in C. The run has a context of its own,
which is the thread's while the script computes and only then: not while a function of the host is called, nor between
two stretches. A context cannot have a precision at which one operation takes seconds.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, NoReturn

from monty_flow.interpreter.runtime.immutable import Immutable

#: Digits; `ln` takes half a second at this precision, and eight times that at twice of it.
MAX_PREC: Final = 4_000
MAX_EMAX: Final = 999_999
MIN_EMIN: Final = -MAX_EMAX
MIN_ETINY: Final = MIN_EMIN - (MAX_PREC - 1)

_ROUNDING: Final = decimal.ROUND_HALF_EVEN
_TRAPS: Final = (decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow)
#: Attributes of a context with numbers -> the least and the greatest that a script may set.
_RANGES: Final[dict[str, tuple[int, int]]] = {
    'prec': (1, MAX_PREC), 'Emin': (MIN_EMIN, 0), 'Emax': (0, MAX_EMAX), 'capitals': (0, 1), 'clamp': (0, 1),
}  # fmt: skip
_SIGNALS: Final = ('flags', 'traps')
_SETTINGS: Final = (*_RANGES, 'rounding', *_SIGNALS)
# CPython serves flags and traps in these two, so properties of a subclass would not be asked.
_read: Any = decimal.Context.__getattribute__
_write: Any = decimal.Context.__setattr__


class Context(decimal.Context):
    """A context of a run: CPython's own, with limits to what can be set."""

    __slots__ = ()
    script_type_name: ClassVar[str] = 'Context'

    def __init__(
        self,
        prec: Any = None,
        rounding: Any = None,
        Emin: Any = None,
        Emax: Any = None,
        capitals: Any = None,
        clamp: Any = None,
        flags: Any = None,
        traps: Any = None,
    ) -> None:
        super().__init__(28, _ROUNDING, MIN_EMIN, MAX_EMAX, 1, 0, [], list(_TRAPS))
        given = {'prec': prec, 'Emin': Emin, 'Emax': Emax, 'capitals': capitals, 'clamp': clamp, 'rounding': rounding}
        for name, value in given.items():
            if value is not None:
                setattr(self, name, value)
        for name, signals in (('flags', flags), ('traps', traps)):
            if signals is not None:
                setattr(self, name, _as_dict(signals))

    def copy(self) -> Context:
        made = Context()
        copy_settings(self, made)
        return made

    __copy__ = copy

    def __reduce__(self) -> NoReturn:
        raise TypeError('a Context of a script cannot be pickled')

    def __getattribute__(self, name: str) -> Any:
        return Signals(self, name) if name in _SIGNALS else _read(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _SETTINGS:
            raise AttributeError(f"'decimal.Context' object has no attribute '{name}'")
        if name in _RANGES and isinstance(value, int):
            least, greatest = _RANGES[name]
            if not least <= value <= greatest:
                raise ValueError(f'valid range for {name} is [{least}, {greatest}]')
        _write(self, name, signals_native(value) if type(value) is Signals else value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f'context attribute {name} cannot be deleted')

    def __repr__(self) -> str:
        return str(decimal.Context.__repr__(self))


def _as_dict(signals: Any) -> Any:
    """Return flags or traps, given as a list of signals or by signal, as CPython's setter takes them."""
    if isinstance(signals, Signals | dict):
        return signals
    chosen = list(signals)
    known = list(decimal.Context().flags)
    for signal in chosen:
        if not any(signal is one for one in known):
            raise TypeError(f'values for this keyword argument must be signals, not {type(signal).__name__}')
    return {signal: any(signal is one for one in chosen) for signal in known}


def copy_settings(source: Any, target: Any) -> None:
    """Give a context all that another one has."""
    for name in _SETTINGS:
        value = _read(source, name)
        _write(target, name, dict(value) if name in _SIGNALS else value)


def context_state(context: Context) -> tuple[Any, ...]:
    """Return what `restored_context` takes: plain values, with signals by name."""
    signals = [tuple(signal.__name__ for signal, is_set in _read(context, name).items() if is_set) for name in _SIGNALS]
    return (*[_read(context, name) for name in (*_RANGES, 'rounding')], *signals)


def restored_context(
    prec: Any, emin: Any, emax: Any, capitals: Any, clamp: Any, rounding: Any, *signals: Any
) -> Context:
    """Return the context of a snapshot; raise TypeError or ValueError for what is none."""
    known = {signal.__name__: signal for signal in decimal.Context().flags}
    flags, traps = [[known[name] for name in names] for names in signals]
    return Context(prec, rounding, emin, emax, capitals, clamp, flags, traps)


class Signals(Immutable):
    """The flags or traps of a context, by signal."""

    __slots__ = ('_context', '_name')
    script_type_name: ClassVar[str] = 'SignalDict'
    _context: Context
    _name: str

    def __init__(self, context: Context, name: str) -> None:
        object.__setattr__(self, '_context', context)
        object.__setattr__(self, '_name', name)

    def __getitem__(self, signal: Any) -> Any:
        return signals_native(self)[signal]

    def __setitem__(self, signal: Any, value: Any) -> None:
        signals_native(self)[signal] = bool(value)

    def __delitem__(self, signal: Any) -> None:
        raise ValueError('signal keys cannot be deleted')

    def __iter__(self) -> Iterator[Any]:
        return iter(signals_native(self))

    def __len__(self) -> int:
        return len(signals_native(self))

    def __contains__(self, signal: object) -> bool:
        return any(signal is one for one in signals_native(self))

    def __eq__(self, other: object) -> bool:
        mine = dict(signals_native(self))
        return mine == (dict(signals_native(other)) if type(other) is Signals else other)

    __hash__ = None  # type: ignore[assignment]

    def copy(self) -> dict[Any, Any]:
        return dict(signals_native(self))

    def keys(self) -> Any:
        return self.copy().keys()

    def values(self) -> Any:
        return self.copy().values()

    def items(self) -> Any:
        return self.copy().items()

    def get(self, signal: Any, default: Any = None) -> Any:
        return next((value for one, value in self.items() if one is signal), default)

    def update(self, other: Any = (), /) -> None:
        for signal, value in dict(other.items() if hasattr(type(other), 'keys') else other).items():
            self[signal] = value

    def __repr__(self) -> str:
        return repr(signals_native(self))


def signals_native(signals: Any) -> Any:
    """Return CPython's own object of flags or traps."""
    return _read(signals._context, signals._name)


def signals_parts(signals: Signals) -> tuple[Context, str]:
    """Return what a `Signals` is made of, for a snapshot."""
    return signals._context, signals._name


class Arithmetic:
    """Put the run's context in the place of the thread's while the script computes."""

    __slots__ = ('_saved', 'context')

    def __init__(self) -> None:
        self.context: Any = Context()
        #: The context of the host, None while the script does not compute.
        self._saved: decimal.Context | None = None

    def enter(self) -> None:
        """Make the run's context that of the thread."""
        if self._saved is None:
            self._saved = decimal.getcontext()
            decimal.setcontext(self.context)

    def leave(self) -> None:
        """Give the thread back its own."""
        if self._saved is not None:
            self.context = decimal.getcontext()
            decimal.setcontext(self._saved)
            self._saved = None

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Give the thread back its own while a function of the host runs."""
        inside = self._saved is not None
        self.leave()
        try:
            yield
        finally:
            if inside:
                self.enter()


class DecimalTuple(tuple[Any, ...]):
    """What `as_tuple()` gives: sign, digits and exponent."""

    __slots__ = ()
    script_type_name: ClassVar[str] = 'DecimalTuple'

    def __new__(cls, sign: Any, digits: Any, exponent: Any) -> DecimalTuple:
        return tuple.__new__(cls, (sign, digits, exponent))

    @property
    def sign(self) -> Any:
        return self[0]

    @property
    def digits(self) -> Any:
        return self[1]

    @property
    def exponent(self) -> Any:
        return self[2]

    def __repr__(self) -> str:
        return 'DecimalTuple(sign={!r}, digits={!r}, exponent={!r})'.format(*self)
