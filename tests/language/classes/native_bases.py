# Classes that extend the containers of collections and the types of datetime, through pauses.
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, timedelta, tzinfo


class Tally(Counter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tag = ext(5)

    def top(self):
        return self.most_common(1)


class Line(deque):
    def push(self, item):
        self.append(item)
        return self


class Doubling(OrderedDict):
    def __setitem__(self, key, value):
        OrderedDict.__setitem__(self, key, value * 2)


class Squares(defaultdict):
    def __missing__(self, key):
        self[key] = key * key
        return self[key]


class Zone(tzinfo):
    def __init__(self, hours):
        self.hours = hours

    def utcoffset(self, moment):
        return timedelta(hours=self.hours)

    def dst(self, moment):
        return timedelta(0)

    def tzname(self, moment):
        return f'Z{self.hours}'


class Moment(datetime):
    def stamp(self):
        return self.strftime('%Y-%m-%d %Z')


class Day(date):
    def __new__(cls, *args):
        made = super().__new__(cls, *args)
        made.note = 'n'
        return made


class Span(timedelta):
    pass


tally = Tally('hello')
line = Line([1, 2], 5)
double = Doubling(a=1, b=2)
squares = Squares(list)
squares[3]
moment = Moment(2020, 1, 2, 3, 4, tzinfo=Zone(3))
day = Day(2021, 5, 6)
span = Span(days=2, seconds=5)
held = [tally, line, double, squares, moment, day, span]
ext(1)
print(tally, tally.top(), tally.tag, isinstance(tally, Counter), issubclass(Tally, dict))
print(line.push(3), line.maxlen, line == deque([1, 2, 3]), type(line).__name__)
double.move_to_end('a')
print(list(double.items()), double == OrderedDict(b=4, a=2), type(double).__name__)
print(squares[4], dict(squares), squares.default_factory)
print(moment, moment.stamp(), moment + timedelta(1), type(moment + timedelta(1)).__name__)
print(moment.astimezone(Zone(5)), moment.utcoffset(), moment < Moment(2021, 1, 1, tzinfo=Zone(0)))
print(day, day.note, day + span, type(span + span).__name__, span.total_seconds())
print(Counter.most_common(tally, 1), deque.rotate(line, 1), line)
print(type(Counter()) is Counter, type(deque([1])) == deque, issubclass(Counter, dict))
line.__init__([9])
ext(2)
print(line, all(a is b for a, b in zip(held, [tally, line, double, squares, moment, day, span])))
print(tally + tally, tally & Tally('hel'), -tally, Tally.fromkeys is not None)
copied = line.copy()
copied.append(1)
print(copied, line, type(copied).__name__, double.copy(), type(squares.copy()).__name__)
[tally.tag, len(line)]
