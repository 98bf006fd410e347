# Programs use eval and exec for formulas, rules, plugins and code that an agent has written.
import math

SAFE = {name: getattr(math, name) for name in ('sqrt', 'floor', 'pi')} | {'abs': abs, '__builtins__': {}}


def calculate(formula, **variables):
    try:
        return eval(formula, SAFE, variables)
    except (NameError, SyntaxError, ZeroDivisionError) as error:
        return f'{type(error).__name__}'


print(calculate('floor(sqrt(x) * pi)', x=ext(16)))
print(calculate('x / 0', x=1), calculate('open("a")'), calculate('1 +'), calculate('y'))
rules = {'even': 'n % 2 == 0', 'big': 'n > 10', 'square': 'int(n ** 0.5) ** 2 == n'}
compiled = {name: compile(text, name, 'eval') for name, text in rules.items()}
for n in ext_list(18)[::4]:
    print(n, [name for name, code in compiled.items() if eval(code)])


class Plugins:
    def __init__(self):
        self.found = {}

    def load(self, source):
        space = {'register': self.register, 'ext': ext}
        exec(source, space)
        return sorted(name for name in space if not name.startswith('__'))

    def register(self, function):
        self.found[function.__name__] = function
        return function


plugins = Plugins()
print(plugins.load("""
@register
def shout(text):
    return ext(text).upper() + '!'

@register
def twice(text, *, sep=' '):
    return sep.join([ext(text)] * 2)
"""))
print({name: plugin('hi') for name, plugin in plugins.found.items()})

tests = """
def check(candidate):
    assert candidate([1, 2]) == 3
    assert candidate([]) == 0
"""
for answer in ('def total(xs): return sum(xs)', 'def total(xs): return xs[0] + xs[1]', 'def total(xs) return 0'):
    space = {}
    try:
        exec(answer + '\n' + tests, space)
        space['check'](space['total'])
        print('passed')
    except Exception as error:
        print('failed', type(error).__name__)


def apply(operators):
    value = 10
    for line in operators:
        value = eval(f'value {line}')
    return value


print(apply(['+ 5', '* 2', '// 7', '** ext(3)']))
counter = 0
for step in range(3):
    exec('counter += step\nlast = f"step {step}"')
print(counter, last)
sorted(name for name in globals() if name in ('counter', 'last', 'rules', 'nothing'))
