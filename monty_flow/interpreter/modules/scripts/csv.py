"""Readers of `csv` over lines that the script generates, which may stop; all others are native (`modules/csv.py`)."""

from _csv_records import options_of as _options_of
from _csv_records import record as _record

__all__ = ['DictReader', 'reader']


class reader:
    """Records of text."""

    def __init__(self, csvfile, /, dialect='excel', **options):
        self._options = _options_of(dialect, options)
        self._source = iter(csvfile)
        self.line_num = 0

    def __iter__(self):
        return self

    def __next__(self):
        lines = []
        for line in self._source:
            self.line_num += 1
            lines.append(line)
            found = _record(lines, self._options, False)
            if found is not None:
                return found
        if not lines:
            raise StopIteration
        return _record(lines, self._options, True)


class DictReader:
    """Records of text as dicts; the first one gives the names unless they are given."""

    def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect='excel', **options):
        self.reader = reader(f, dialect, **options)
        self.restkey = restkey
        self.restval = restval
        self._fieldnames = None if fieldnames is None else list(fieldnames)

    def __iter__(self):
        return self

    @property
    def fieldnames(self):
        if self._fieldnames is None:
            self._fieldnames = next(self.reader, None)
        return self._fieldnames

    @property
    def line_num(self):
        return self.reader.line_num

    def __next__(self):
        names = self.fieldnames or []
        row = next(self.reader)
        while not row:
            row = next(self.reader)
        record = dict(zip(names, row))
        if len(row) > len(names):
            record[self.restkey] = row[len(names) :]
        for name in names[len(row) :]:
            record[name] = self.restval
        return record
