"""The three format languages of Python, bounded and closed.

`str.format` is a second attribute language, and has broken more sandboxes than any other method. The
template is split by CPython's own parser, but every step of a field is taken here: an index or a name,
`[key]`, and `.name` by the rules of `universe`. Widths and precisions are checked before CPython pads.
Values are shown by `text`, never by their own `__str__`.
"""

from __future__ import annotations

import _string  # type: ignore[import-not-found]
import datetime
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from monty_flow.interpreter.patterns import pattern
from monty_flow.interpreter.runtime.attributes import Access, access_of, script_attribute
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import ADDRESS, ascii_of, repr_of, text_of
from monty_flow.interpreter.runtime.universe import facade_name, type_of
from monty_flow.interpreter.runtime.widths import text_width

_TEXTS: Final = frozenset({str, bytes, bytearray})
#: Characters of a result that are not worth a look at the limits.
_FEW: Final = 1 << 16
#: Bytes that CPython may take for a character of a format of dates: of two, `%B`, it makes nine wide ones, and tries with more room.
_FORMATTED_BYTES: Final = 32
_DIRECTIVE: Final = pattern('%(.)')
#: Specs up to this many characters cannot ask for much.
_SHORT: Final = 3
_NUMBER: Final = pattern(r'\d+')
_PERCENT_NUMBER: Final = pattern(rb'\d{4,}')
_WIDE: Final = pattern(r'\d{4,}', re.ASCII)
#: A conversion by repr() or ascii().
_QUOTING: Final = pattern(r'%[^%a-zA-Z]*[ra]')
_SPECIFIED: Final = frozenset({str, int, float, complex, bool})
#: Exact types whose text CPython makes without a look at anything else.
_PLAIN: Final = frozenset({str, int, float, bool, type(None), bytes, bytearray, complex})
_CONVERSIONS: Final[dict[str, Callable[[object, Run | None], str]]] = {'s': text_of, 'r': repr_of, 'a': ascii_of}
#: How deep specs may hold fields, as in CPython.
_NESTING: Final = 2

Load = Callable[[Any, str], Any]

#: Characters up to which a template is remembered, and how many are: with what was found in it, once.
_REMEMBERED: Final = 200
_MANY: Final = 500
#: Templates of %-formats, and specs, that ask for no width worth a look.
_MODEST: set[str] = set()
_MODEST_SPECS: set[str] = set()
#: Templates of `str.format` -> their parts: the text before a field, its name, its first part and the rest of them, spec and conversion.
_PARTS: dict[str, tuple[Any, ...]] = {}
#: Those of them that show their arguments as they are, and ask for no width worth a look.
_MODEST_PARTS: set[str] = set()
#: Types whose text is short.
_BRIEF: Final = frozenset({float, bool, type(None), complex})
#: Ints that have few digits.
_FEW_DIGITS: Final = 1 << 1000


def check_spec(run: Run, spec: str) -> None:
    """Reserve what the widths and precisions of a format spec ask for."""
    if len(spec) <= _SHORT or spec in _MODEST_SPECS:
        return
    if len(spec) < _REMEMBERED and spec.isascii() and _WIDE.search(spec) is None:
        _remember(_MODEST_SPECS, spec)
        return
    for number in _NUMBER.findall(spec):
        # CPython refuses what does not fit a machine word; it takes all decimal digits of Unicode, as int() does.
        if len(number) <= 18:
            # A character to fill with may be four bytes wide.
            run.reserve(int(number) * (1 if spec.isascii() else 4))


def _remember(known: set[str], text: str) -> None:
    if len(known) >= _MANY:
        known.clear()
    known.add(text)


def zoned(run: Run, moment: Any, text: str) -> str:
    """Return a format for `strftime` with the name of the time zone in it, and pay for what CPython makes of that.

    A name is as long as a script likes, and CPython puts it into the format before it begins.
    """
    if '%Z' in text and isinstance(moment, datetime.datetime | datetime.time) and moment.tzinfo is not None:
        name = moment.tzname() or ''
        if type(name) is str:
            run.reserve(_FORMATTED_BYTES * (len(text) + len(name) * text.count('%Z')))
            shown = name.replace('%', '%%')
            text = _DIRECTIVE.sub(lambda found: shown if found[1] == 'Z' else found[0], text)
    run.reserve(_FORMATTED_BYTES * len(text))
    run.charge(len(text))
    return text


class Formatter:
    """Format for one run; `load` gives the value of a guarded attribute."""

    __slots__ = ('_load', 'run')

    def __init__(self, run: Run, load: Load) -> None:
        self.run = run
        self._load = load

    def format_value(self, value: Any, conversion: str = '', spec: str = '') -> str:
        """Return what `{value!conversion:spec}` of an f-string gives; conversion is 's', 'r', 'a' or ''."""
        if conversion:
            value = _CONVERSIONS[conversion](value, self.run)
        kind: Any = type(value)
        formats: object = kind.__format__ if type(kind) in SCRIPT_TYPES else object.__format__
        if formats is not object.__format__:
            # The script's own method, or that of a built-in base, which bounds nothing.
            check_spec(self.run, spec)
            text = format(value, zoned(self.run, value, spec))
            if len(text) > _FEW:
                self.run.reserve(len(text))
            return text
        if not spec:
            return value if kind is str else text_of(value, self.run)
        if kind in _SPECIFIED:
            check_spec(self.run, spec)
            return format(value, spec)
        if kind.__format__ is object.__format__:
            shown = type_of(value)
            name = shown.__name__ if isinstance(shown, type) else facade_name(shown)
            raise TypeError(f'unsupported format string passed to {name}.__format__')
        check_spec(self.run, spec)
        return format(value, zoned(self.run, value, spec))

    def format(self, template: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Return template.format(*args, **kwargs)."""
        if template in _MODEST_PARTS and _is_brief(args) and (not kwargs or _is_brief(kwargs.values())):
            return template.format(*args, **kwargs)
        return _Filling(self, args, kwargs).fill(template, _NESTING)

    def format_map(self, template: str, mapping: Any) -> str:
        """Return template.format_map(mapping)."""
        return _Filling(self, None, mapping).fill(template, _NESTING)

    def step(self, value: Any, is_attribute: bool, key: str | int) -> Any:
        """Return value.key or value[key], as a replacement field may say."""
        if not is_attribute:
            return value[key]
        name = str(key)
        access, reason = access_of(name)
        if access is Access.REFUSED or name.startswith('$'):
            reason = reason or 'no script can write such a name'
            raise AttributeError(f"the attribute '{name}' is refused in a format string: {reason}")
        if access is Access.GUARDED:
            return self._load(value, name)
        return script_attribute(value, name) if access is Access.SCRIPT else getattr(value, name)


def _parts_of(template: str) -> Iterable[tuple[Any, ...]]:
    """Return the parts of a template; those of a short one are remembered."""
    found = _PARTS.get(template)
    if found is not None:
        return found
    if len(template) < _REMEMBERED:
        with suppress(ValueError):
            found = tuple([(*part[:3], tuple(part[3]), *part[4:]) for part in _parsed(template)])
    if found is None:
        # What is wrong with a later part is told when the earlier ones have been shown, as in CPython.
        return _parsed(template)
    if len(_PARTS) >= _MANY:
        _PARTS.clear()
        _MODEST_PARTS.clear()
    _PARTS[template] = found
    if all(map(_is_modest, found)) and len(found) <= FREE:
        _MODEST_PARTS.add(template)
    return found


def _parsed(template: str) -> Iterator[tuple[Any, ...]]:
    for literal, field, spec, conversion in _string.formatter_parser(template):
        first, rest = ('', ()) if field is None else _string.formatter_field_name_split(field)
        yield literal, field, first, rest, spec, conversion


def _is_modest(part: tuple[Any, ...]) -> bool:
    """Tell whether a field shows an argument itself, with no width worth a look."""
    _, field, _, rest, spec, conversion = part
    if field is None:
        return True
    return not rest and conversion is None and '{' not in spec and spec.isascii() and _WIDE.search(spec) is None


class _Filling:
    """Fill one template: keep the count of automatic fields."""

    __slots__ = ('_args', '_formatter', '_kwargs', '_next')

    def __init__(self, formatter: Formatter, args: Sequence[Any] | None, kwargs: Any) -> None:
        self._formatter = formatter
        self._args = args
        self._kwargs = kwargs
        #: Number of the next automatic field; None after a manual one, 0 before any.
        self._next: int | None = 0

    def fill(self, template: str, nesting: int) -> str:
        if nesting < 1:
            raise ValueError('Max string recursion exceeded')
        formatter = self._formatter
        parts: list[str] = []
        size = 0
        fields = 0
        for literal, field, first, rest, spec, conversion in _parts_of(template):
            parts.append(literal)
            if field is not None:
                fields += 1
                value = self._value(first, rest)
                if conversion is not None and conversion not in _CONVERSIONS:
                    # Always an error, in the words of this release of CPython.
                    f'{{!{conversion}}}'.format(0)
                if spec and '{' in spec:
                    spec = self.fill(spec, nesting - 1)
                parts.append(formatter.format_value(value, conversion or '', spec or ''))
            size += len(parts[-1])
            if size > 4096:
                formatter.run.reserve(size * max(map(text_width, parts[-2:])))
        if fields > 64:
            formatter.run.charge(fields)
        return ''.join(parts)

    def _value(self, first: str | int, rest: Iterable[tuple[bool, str | int]]) -> Any:
        if first == '':
            if self._next is None:
                raise ValueError('cannot switch from manual field specification to automatic field numbering')
            first = self._next
            self._next += 1
        elif type(first) is int:
            if self._next:
                raise ValueError('cannot switch from automatic field numbering to manual field specification')
            self._next = None
        if type(first) is int:
            if self._args is None:
                raise ValueError('Format string contains positional fields')
            if first >= len(self._args):
                raise IndexError(f'Replacement index {first} out of range for positional args tuple')
            value = self._args[first]
        else:
            value = self._kwargs[first]
        for is_attribute, key in rest:
            value = self._formatter.step(value, is_attribute, key)
        return value


class _Shown:
    """Stand for a value in a %-format, so that it is shown by `text`."""

    __slots__ = ('_run', '_value')

    def __init__(self, run: Run, value: Any) -> None:
        self._run = run
        self._value = value

    def __str__(self) -> str:
        return text_of(self._value, self._run)

    def __repr__(self) -> str:
        return repr_of(self._value, self._run)


def percent(run: Run, template: Any, values: Any) -> Any:
    """Return template % values for a template that is str, bytes or bytearray."""
    if type(template) is str and template in _MODEST and _is_brief(values if type(values) is tuple else (values,)):
        return template % values
    kind = type(values)
    if type(template) is bytearray:
        # C reads on in the bytes that it had before a value showed itself, which may have emptied the bytearray.
        return bytearray(percent(run, bytes(template), values))
    _check_percent(run, template, values)
    _check_texts(run, template, values)
    if kind in _PLAIN or (kind is tuple and all(type(item) in _PLAIN for item in values)):
        return template % values
    try:
        return template % _shown(run, template, values)
    except TypeError:
        # The text would name our stand-in; what failed with it fails again below, in Python's words, and outside of
        # this handler so that the script does not see two errors.
        pass
    return _percent_error(template, values)


def _is_brief(values: Iterable[Any]) -> bool:
    """Tell whether values, of types that show themselves, are short as text, all together."""
    size = 0
    for item in values:
        kind = type(item)
        if kind is str:
            size += len(item)
        elif kind is int:
            if not -_FEW_DIGITS < item < _FEW_DIGITS:
                return False
        elif kind not in _BRIEF:
            return False
    return size < _REMEMBERED


def _percent_error(template: Any, values: Any) -> Any:
    blank = tuple(_blank(item) for item in values) if type(values) is tuple else _blank(values)
    text = template % blank
    return ADDRESS.sub('', text) if type(text) is str else text


def _blank(value: Any) -> Any:
    """Return a value of the same type with nothing of the script in it, where there is one."""
    if type(value) is dict:
        return {key: _blank(item) for key, item in value.items() if type(item) is not dict}
    return type(value)() if type(value) in (list, set, frozenset) else value


def _shown(run: Run, template: Any, values: Any) -> Any:
    if type(values) is tuple:
        return tuple(item if type(item) in _PLAIN else _Shown(run, item) for item in values)
    if type(values) is dict and ('%(' in template if type(template) is str else b'%(' in template):
        if len(values) > 64:
            run.charge(len(values))
        return {key: item if type(item) in _PLAIN else _Shown(run, item) for key, item in values.items()}
    return _Shown(run, values)


def _check_texts(run: Run, template: Any, values: Any) -> None:
    """Reserve what the texts among the values take in the result; a named one may be there many times."""
    if type(values) is dict:
        longest = max((len(item) for item in values.values() if type(item) in _TEXTS), default=0)
        size = longest * template.count('%' if type(template) is str else b'%')
    elif type(values) is tuple:
        size = sum([len(item) for item in values if type(item) in _TEXTS])
    else:
        size = len(values) if type(values) in _TEXTS else 0
    if size > _FEW:
        shown = values if type(values) is tuple else values.values() if type(values) is dict else (values,)
        width = max(map(text_width, (template, *shown)), default=1)
        if _QUOTING.search(template if type(template) is str else template.decode('latin-1')):
            # ascii() of one character makes ten, twice.
            width = 24 if width > 1 else 4
        run.reserve((size + len(template)) * width)
        run.charge(size >> 9)


def _check_percent(run: Run, template: Any, values: Any) -> None:
    text = template.encode('utf-8', 'surrogatepass') if type(template) is str else template
    if len(text) < _REMEMBERED and b'*' not in text and _PERCENT_NUMBER.search(text) is None:
        if type(template) is str:
            _remember(_MODEST, template)
        return
    if len(text) > _SHORT:
        for number in _PERCENT_NUMBER.findall(text):
            if len(number) <= 18:
                run.reserve(int(number))
    if b'*' in text:
        for item in values if type(values) is tuple else (values,):
            if isinstance(item, int) and -sys.maxsize <= item <= sys.maxsize:
                run.reserve(int.__abs__(item))


__all__ = ['Formatter', 'check_spec', 'percent']
