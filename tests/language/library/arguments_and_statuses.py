# argparse over given arguments, HTTP statuses, literals of a text.
import argparse
import ast
import http
from http import HTTPStatus

parser = argparse.ArgumentParser(prog='job', description='A job.')
parser.add_argument('count', type=int, help='how many')
parser.add_argument('--mode', choices=['fast', 'slow'], default='slow')
parser.add_argument('-v', '--verbose', action='count', default=0)
parser.add_argument('--tag', action='append')
found = parser.parse_args(['3', '--mode', 'fast', '-vv', '--tag', 'a', '--tag=b'])
ext(1)
print(found, found.count + 1, vars(found))
print(parser.format_usage())
try:
    parser.parse_args(['x'])
except SystemExit as e:
    print('exit', e.code)
commands = argparse.ArgumentParser(prog='tool').add_subparsers(dest='command')
commands.add_parser('go', help='goes').add_argument('--far', type=lambda text: ext(int(text)))
ext(2)
print(sorted(commands.choices))
print(HTTPStatus.OK, HTTPStatus(404).phrase, HTTPStatus.OK == 200, http.HTTPStatus['GONE'].value, repr(HTTPStatus.CREATED))

for text in ('1', '-2.5', '1+2j', "[1, 'a', b'b', None, True]", '{1: 2, "a": (1,)}', '{1}', 'set()', "'a' 'b'", '  3', '[1,\n2]'):
    print(ast.literal_eval(text), end=' ')
ext(3)
for text in ('x', 'f()', '1 +', '1\n2', '{[]: 1}', '--1', 'a.b', '(' * 50 + '1'):
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError) as e:
        print(type(e).__name__, end=' ')
print()


class Base:
    def __init__(self):
        self.seen = ['base']

    def note(self, what):
        self.seen.append(ext(what))


class Derived(Base):
    def __init__(self):
        parent = super()
        parent.__init__()
        parent.note('derived')

    def note(self, what):
        above = super(Derived, self)
        above.note(what + '!')
        above.note(what + '?')


d = Derived()
d.note('later')
print(d.seen)
