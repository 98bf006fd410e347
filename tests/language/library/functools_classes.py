from functools import cached_property, partialmethod, total_ordering


@total_ordering
class Version:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return ext(self.number) < other.number


class Report:
    made = 0

    @cached_property
    def text(self):
        Report.made += 1
        return ext('text')

    def add(self, left, right):
        return left + right

    add_one = partialmethod(add, 1)


a, b = Version(1), Version(2)
report = Report()
(a <= b, a > b, a >= b, a < b, report.text, report.text, Report.made, report.add_one(4))
