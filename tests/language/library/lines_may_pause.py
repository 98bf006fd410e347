# Readers of `csv` over lines that stop while they are generated: one record at a time, as the lines come.
import csv
from csv import DictReader
from csv import reader as rows_of


def lines(*texts):
    for text in texts:
        print('line', text)
        yield ext(text)


for row in csv.reader(lines('a,b', '"1\n', 'x",2', '', 'c')):
    print(row, ext(len(row)))
found = rows_of(lines('p;q', "'r;s';t"), delimiter=';', quotechar="'")
print(next(found), found.line_num, ext('between'), next(found), found.line_num, next(found, 'end'), type(found).__name__)
print(list(csv.reader((ext(text) for text in ('x\ty', 'z')), 'excel-tab')), list(csv.reader(lines())), list(csv.reader(lines('"open'))))
for record in csv.DictReader(lines('name,size', 'a,1', '', 'b', 'c,3,4'), restkey='rest', restval='none'):
    print(record, ext(record['name']))
given = DictReader(lines('1,2', '3,4'), fieldnames=['x', 'y'])
print(next(given), given.fieldnames, given.line_num, list(given), list(DictReader(lines())))
print(list(csv.reader(['a,b'])), list(csv.reader([ext('c')])))


class Feed:
    def __iter__(self):
        yield ext('k,v')
        yield ext('1,2')


print(list(csv.reader(Feed())), list(csv.DictReader(Feed())))
for attempt in (
    lambda: list(csv.reader((ext(text) for text in ('"a"b', 'c')), strict=True)),
    lambda: list(csv.reader((ext(text) for text in ('"open', 'end')), strict=True)),
    lambda: list(csv.reader(ext(number) for number in (1, 2))),
    lambda: csv.reader(lines('a'), delimiter='too long'),
):
    try:
        print(attempt())
    except (csv.Error, TypeError) as error:
        print(type(error).__name__)
