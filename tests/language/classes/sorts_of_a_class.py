# A class has a method named `sort` of its own, or is a list; keys stop.
class Table:
    def __init__(self, *rows):
        self.rows = list(rows)

    def sort(self, column=0):
        self.rows.sort(key=lambda row: ext(row[column]))
        return self

    def sub(self, a):
        return ext(a)


table = Table((2, 'a'), (1, 'b'))
print(table.sort().rows, table.sort(1).rows, table.sort(column=0).rows)


class Items(list):
    def __iter__(self):
        raise TypeError('not asked')


items = Items([3, 1, 2])
items.sort(key=lambda item: ext(-item))
print(items == [3, 2, 1], len(items))
items.sort(reverse=True, key=lambda item: ext(-item))
print(items == [1, 2, 3])


class Own(list):
    def sort(self, **options):
        super().sort(**ext(options))


own = Own([2, 1])
own.sort()
print(own)
