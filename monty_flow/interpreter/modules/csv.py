"""`csv`: readers over lines of text and writers to a StringIO, as objects of ours that a snapshot can hold.

One record is parsed at a time, by CPython's own reader over just the lines of that record; so the state is the source
of lines and the options.
"""

from __future__ import annotations

import csv
import io
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper, iterator_checked, typed, with_error
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.metering import sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import text_of

_OPTIONS: Final = frozenset({
    'delimiter', 'quotechar', 'escapechar', 'doublequote', 'skipinitialspace', 'lineterminator', 'quoting', 'strict',
})  # fmt: skip
_DIALECTS: Final[dict[str, dict[str, Any]]] = {
    'excel': {},
    'excel-tab': {'delimiter': '\t'},
    'unix': {'quoting': csv.QUOTE_ALL, 'lineterminator': '\n'},
}

#: CPython's class, with no attribute of the class to change.
Error: Any = FrozenType('Error', (csv.Error,), {'__module__': '_csv'})


def options_of(dialect: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a dialect and those given beside it; refuse others."""
    if dialect not in _DIALECTS:
        raise Error('unknown dialect')
    unknown = given.keys() - _OPTIONS
    if unknown:
        raise TypeError(f"'{min(unknown)}' is an invalid keyword argument for this function")
    return {**_DIALECTS[dialect], **given}


class Reader(Stepper):
    """Records of text."""

    __slots__ = ('_options', '_source', 'line_num')
    script_type_name = 'reader'
    #: Lines read so far.
    line_num: int

    def __init__(self, run: Run, source: Any, options: dict[str, Any]) -> None:
        super().__init__(run, source)
        _checked(csv.reader, (), **options)
        self._source, self._options = iter(source), options
        self.line_num = 0

    def __next__(self) -> list[Any]:
        record: list[Any] = _checked(next, csv.reader(self._lines(), **self._options))
        return record

    def _lines(self) -> Any:
        for line in self._source:
            if type(line) is str:
                self._run.charge(1 + (len(line) >> 4))
            self.line_num += 1
            yield line

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._options, self.line_num

    def _go_on(self, source: Any, options: Any, line_num: Any) -> None:
        self._source = iterator_checked(source)
        self._options, self.line_num = typed(options, dict), typed(line_num, int)


class DictReader(Stepper):
    """Records of text as dicts; the first one gives the names unless they are given."""

    __slots__ = ('_names', '_reader', '_rest_key', '_rest_value')
    script_type_name = 'DictReader'

    def __init__(self, reader: Reader, names: Any, rest_key: Any, rest_value: Any) -> None:
        super().__init__(reader._run, reader)
        self._reader, self._rest_key, self._rest_value = reader, rest_key, rest_value
        self._names: list[Any] | None = None if names is None else list(names)

    @property
    def fieldnames(self) -> list[Any] | None:
        if self._names is None:
            self._names = next(self._reader, None)
        return self._names

    @property
    def line_num(self) -> int:
        return self._reader.line_num

    def __next__(self) -> dict[Any, Any]:
        names = self.fieldnames
        row = next(self._reader)
        while not row:
            row = next(self._reader)
        names = names or []
        record = dict(zip(names, row, strict=False))
        if len(row) > len(names):
            record[self._rest_key] = row[len(names) :]
        for name in names[len(row) :]:
            record[name] = self._rest_value
        return record

    def _state(self) -> tuple[Any, ...]:
        return self._reader, self._names, self._rest_key, self._rest_value

    def _go_on(self, reader: Any, names: Any, rest_key: Any, rest_value: Any) -> None:
        self._reader, self._names = typed(reader, Reader), typed(names, list, type(None))
        self._rest_key, self._rest_value = rest_key, rest_value


class Writer:
    """Write records to anything with a `write` of its own."""

    __slots__ = ('_file', '_options', '_run')
    script_type_name: ClassVar[str] = 'writer'
    _file: Any
    _options: dict[str, Any]
    _run: Run

    def __init__(self, run: Run, file: Any, options: dict[str, Any]) -> None:
        if not hasattr(type(file), 'write'):
            raise TypeError('argument 1 must have a "write" method')
        _checked(csv.writer, io.StringIO(), **options)
        self._run, self._file, self._options = run, file, options

    def writerow(self, row: Any, /) -> Any:
        fields = list(sized(self._run.charge, row))
        text = io.StringIO(newline='')
        for field in fields:
            self._run.charge(1 + (len(field) >> 4 if type(field) is str else 0))
        shown = [field if type(field) in _WRITTEN else text_of(field, self._run) for field in fields]
        size = sum([len(field) for field in shown if type(field) is str])
        if size > _FEW:
            quote = self._options.get('quotechar', '"')
            if type(quote) is str and quote:
                size += sum([field.count(quote) for field in shown if type(field) is str])
            # The writer makes a record of characters of four bytes, and a text of that.
            self._run.reserve(8 * size)
        _checked(csv.writer(text, **self._options).writerow, shown)
        return self._file.write(text.getvalue())

    def writerows(self, rows: Any, /) -> None:
        for row in sized(self._run.charge, rows):
            self.writerow(row)


class DictWriter:
    """Write dicts as records."""

    __slots__ = ('_extras', '_rest_value', '_writer', 'fieldnames')
    script_type_name: ClassVar[str] = 'DictWriter'

    def __init__(self, writer: Writer, fieldnames: Any, rest_value: Any, extras: str) -> None:
        self._writer, self.fieldnames, self._rest_value, self._extras = writer, fieldnames, rest_value, extras

    def writeheader(self) -> Any:
        return self.writerow(dict(zip(self.fieldnames, self.fieldnames, strict=True)))

    def writerow(self, rowdict: Any) -> Any:
        if self._extras == 'raise':
            wrong = [name for name in rowdict if name not in self.fieldnames]
            if wrong:
                raise ValueError('dict contains fields not in fieldnames: ' + ', '.join(repr(name) for name in wrong))
        return self._writer.writerow([rowdict.get(name, self._rest_value) for name in self.fieldnames])

    def writerows(self, rowdicts: Any) -> None:
        for rowdict in rowdicts:
            self.writerow(rowdict)


#: Characters of a record up to which it is not worth a look at the limits.
_FEW: Final = 4096
_WRITTEN: Final = frozenset({str, int, float, type(None)})


def _checked(function: Any, *args: Any, **options: Any) -> Any:
    return with_error(Error, csv.Error, function, *args, **options)


class CsvFunctions(LibraryFunctions):
    """What makes readers and writers."""

    __slots__ = ()
    module = 'csv'

    def reader(self, csvfile: Any, /, dialect: Any = 'excel', **options: Any) -> Reader:
        return Reader(self._run, csvfile, options_of(dialect, options))

    def writer(self, csvfile: Any, /, dialect: Any = 'excel', **options: Any) -> Writer:
        return Writer(self._run, csvfile, options_of(dialect, options))

    def DictReader(
        self,
        f: Any,
        fieldnames: Any = None,
        restkey: Any = None,
        restval: Any = None,
        dialect: Any = 'excel',
        **options: Any,
    ) -> DictReader:
        return DictReader(Reader(self._run, f, options_of(dialect, options)), fieldnames, restkey, restval)

    def DictWriter(
        self,
        f: Any,
        fieldnames: Any,
        restval: Any = '',
        extrasaction: Any = 'raise',
        dialect: Any = 'excel',
        **options: Any,
    ) -> DictWriter:
        action = extrasaction.lower() if type(extrasaction) is str else extrasaction
        if action not in ('raise', 'ignore'):
            raise ValueError(f"extrasaction ({extrasaction}) must be 'raise' or 'ignore'")
        names = list(self._sized(fieldnames))
        return DictWriter(Writer(self._run, f, options_of(dialect, options)), names, restval, action)

    def list_dialects(self) -> list[str]:
        return list(_DIALECTS)

    def field_size_limit(self) -> int:
        return csv.field_size_limit()


class Records(LibraryFunctions):
    """What the source of `csv` in the script language takes from here."""

    __slots__ = ()
    module = '_csv_records'

    def options_of(self, dialect: Any, given: dict[str, Any]) -> dict[str, Any]:
        options = options_of(dialect, given)
        _checked(csv.reader, (), **options)
        return options

    def record(self, lines: list[Any], options: dict[str, Any], is_last: bool) -> list[Any] | None:
        """Return the record that these lines are, None for one that goes on in the next line."""
        self._run.charge(1 + sum(len(line) >> 4 for line in lines if type(line) is str))
        ended: list[bool] = []
        reader = csv.reader(_told(lines, ended), **options)
        try:
            found: list[Any] = _checked(next, reader)
        except csv.Error:
            if ended and not is_last:
                return None
            raise
        return None if ended and not is_last else found


def _told(lines: Any, ended: list[bool]) -> Any:
    """Give lines, and tell when more are asked for."""
    yield from lines
    ended.append(True)


MODULE = Definition(
    'csv',
    static={
        **{name: getattr(csv, name) for name in ('QUOTE_ALL', 'QUOTE_MINIMAL', 'QUOTE_NONE', 'QUOTE_NONNUMERIC')},
        'Error': Error,
    },
    functions=CsvFunctions,
    left_out={
        'give the options themselves': 'Dialect excel excel_tab get_dialect register_dialect unix_dialect unregister_dialect',
        'it is not part of this release': 'Sniffer QUOTE_NOTNULL QUOTE_STRINGS',
        'it is not meant for users of the module': 'StringIO io re types',
    },
)
RECORDS = Definition('_csv_records', functions=Records)
#: Readers of what the script generates, where that may stop.
BY_STEPS = Definition('_csv_by_steps', scripted=Scripted('csv'))
