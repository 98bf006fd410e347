"""No method of a script's class runs in code of the host, whatever the host does with what it gets.

The classes of the scripts define every method that CPython calls by itself, and each says so on `print`. Values of them go to the host by every way that
there is: as a result, as arguments of calls, inside containers and exceptions, by the views of a stopped script. The host then does to each
part all that hosts do to values.
"""

from __future__ import annotations

import copy
import gc
import json
import logging
import pickle
import pprint
import reprlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from monty_flow import Monty, MontyRuntimeError, ScriptObject, Session, Snapshot
from monty_flow.interpreter.boundary import SCALARS, SCRIPT_EXCEPTIONS
from monty_flow.interpreter.errors import LimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import SandboxPool
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.pause import Pause

#: Methods that do what those of `object` do, and say that they were called; `__hash__` and `__eq__` make keys of the instances.
METHODS = (
    '__repr__ __str__ __bytes__ __format__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __bool__ __len__ __iter__ __next__ __contains__ __getitem__'
    ' __setitem__ __delitem__ __missing__ __reversed__ __length_hint__ __call__ __getattr__ __setattr__ __delattr__ __dir__ __add__ __radd__ __sub__ __mul__ __mod__ __or__ __ror__ __and__'
    ' __neg__ __abs__ __int__ __float__ __complex__ __index__ __round__ __trunc__ __enter__ __exit__ __get__ __set__ __copy__ __deepcopy__ __reduce_ex__'
    ' __getstate__ __setstate__ __sizeof__ __instancecheck__ __subclasscheck__ __class_getitem__ __fspath__ __await__ __aiter__ __anext__ __aenter__ __aexit__'
).split()
_ANSWERS = {
    '__repr__': '"r"',
    '__str__': '"s"',
    '__format__': '"f"',
    '__hash__': '1',
    '__eq__': 'self is a[0]',
    '__len__': '1',
    '__bool__': 'True',
}
HOSTILE = 'class Hostile:\n' + ''.join(
    f'    def {name}(self, *a, **k):\n        print({name!r})\n        return {_ANSWERS.get(name, "NotImplemented")}\n'
    for name in METHODS
)
#: Classes with these methods: name -> what makes one, and an expression for an instance.
CLASSES = {
    'plain': ('class C(Hostile): pass', 'C()'),
    **{
        f'derived from {base}': (f'class C(Hostile, {base}): pass', f'{base}.__new__(C{"" if base in ("list", "dict", "set") else given})')
        for base, given in (
            ('int', ', 5'), ('float', ', 1.5'), ('str', ', "text"'), ('bytes', ', b"text"'), ('tuple', ', (1, 2)'), ('frozenset', ', [1]'),
            ('list', ''), ('dict', ''), ('set', ''),
        )
    },
    'exception': ('class C(Hostile, Exception): pass', 'C(1, [2])'),
    'exception with texts of its own': ('class S(Hostile, str): pass\nclass C(Exception): pass', 'C(str.__new__(S, "x"), {1: str.__new__(S, "y")})'),
    'built-in exception': ('class C(Hostile): pass', 'ValueError(C(), [C()])'),
    'dataclass': ('from dataclasses import dataclass\n@dataclass\nclass C(Hostile):\n    x: int = 1\n    def __setattr__(self, *a): object.__setattr__(self, *a)', 'C()'),
    'enumeration': ('from enum import Enum\nclass C(Enum):\n    A = 1\n    B = "text"\n    def __str__(self):\n        print("__str__")\n        return ""\n    __repr__ = __format__ = __str__', 'C.A'),
    'named tuple': ('from collections import namedtuple\nclass C(Hostile, namedtuple("N", "a b")): pass', 'tuple.__new__(C, (1, 2))'),
    'class': ('class C(Hostile): pass', 'C'),
    'bound method': ('class C(Hostile): pass', 'C().__repr__'),
    'function': ('class C(Hostile): pass\ndef f(x=C()): pass\nf.x = C()', 'f'),
    'generator': ('class C(Hostile): pass\ndef g(x=C()):\n    try: yield x\n    finally: print("went on")\nheld = g()\nnext(held)', 'held'),
    'deque': ('class C(Hostile): pass\nimport collections', 'collections.deque([C()])'),
    'defaultdict': ('class C(Hostile): pass\nimport collections', 'collections.defaultdict(C, {1: C()})'),
    'OrderedDict': ('class C(Hostile): pass\nimport collections', 'collections.OrderedDict({1: C()})'),
}  # fmt: skip
#: Ways of holding a value; those that hash it do so while the script computes.
HOLDERS = ('@', '[@]', '(@, 1)', '{1: @}', '[[@], (@,)]', '(lambda v: [v, v])(@)')


def acts() -> Iterator[Callable[[Any], Any]]:
    """Give what hosts do with a value; each may fail."""
    yield from (repr, str, bool, hash, len, iter, list, dir, vars, callable, int, float, bytes, abs, reversed, type, id)
    yield from (copy.copy, copy.deepcopy, reprlib.repr, pprint.pformat, Counter, json.dumps)
    yield lambda value: json.dumps(value, default=str)
    yield lambda value: json.dumps(value, default=repr)
    yield lambda value: pickle.loads(pickle.dumps(value))
    yield lambda value: f'{value} {value!r} {value:>20} %s %r' % (value, value)
    yield lambda value: (value == value, value != value, value == copy.copy(value), value == 1, value == 1)
    yield lambda value: sorted([value, value])
    yield lambda value: (value < value, value <= 1, value < 1)
    yield lambda value: (value in [value, 1], [value].index(value), [1, value].count(value))
    yield lambda value: ({value: 1}[value], {value} | {1})
    yield lambda value: value + value
    yield lambda value: 1 + value
    yield lambda value: value | {}
    yield lambda value: value[0]
    yield lambda value: value()
    yield lambda value: next(value)
    yield lambda value: (getattr(value, 'x', 1), hasattr(value, 'y'))
    yield lambda value: setattr(value, 'x', 1)
    yield lambda value: isinstance(1, value)
    yield lambda value: isinstance(value, (int, str, Exception))
    yield lambda value: logging.LogRecord('x', 10, '', 1, '%s', (value,), None).getMessage()
    yield lambda value: print(value, file=open('/dev/null', 'w'))  # noqa: SIM115
    yield lambda value: max([value, value], key=str)


def parts_of(value: Any) -> Iterator[Any]:
    """Give a value and all that it holds."""
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from parts_of(key)
            yield from parts_of(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from parts_of(item)
    elif isinstance(value, BaseException):
        yield from parts_of(value.args)
        yield from parts_of(vars(value))


#: Types that the host may get.
KNOWN = {*SCALARS, list, tuple, dict, set, frozenset, bytearray, range, ScriptObject, *SCRIPT_EXCEPTIONS, MemoryError}


def use(value: Any) -> None:
    """Do to a value, and to all that it holds, whatever hosts do, and see that it is what a host may get."""
    for part in parts_of(value):
        assert type(part) in KNOWN, type(part)
        if type(part) is ScriptObject:
            assert (type(part.type_name), type(part.text)) == (str, str)
        for act in acts():
            try:
                act(part)
            except Exception:  # what a value cannot do is not asked here
                continue


def source_of(title: str, holder: str, ending: str) -> str:
    made, instance = CLASSES[title]
    return f'{HOSTILE}{made}\n{ending.replace("{}", holder.replace("@", instance))}'


@pytest.fixture(scope='module')
def pool() -> Iterator[SandboxPool]:
    with SandboxPool(1) as made:
        yield made


@pytest.mark.parametrize('holder', HOLDERS)
@pytest.mark.parametrize('title', CLASSES)
def test_nothing_of_a_script_runs_when_the_host_uses_a_result(title: str, holder: str) -> None:
    printed: list[str] = []
    value = Monty(source_of(title, holder, 'value = {}\nprint("made")\nvalue')).run(
        print_callback=lambda stream, text: printed.append(text)
    )
    by_the_copy = printed[printed.index('made\n') + 1 :]
    del printed[:]

    use(value)

    assert by_the_copy == []
    assert printed == []


@pytest.mark.parametrize('title', CLASSES)
def test_nothing_of_a_script_runs_when_a_function_of_the_host_uses_its_arguments(title: str) -> None:
    printed: list[str] = []
    within: list[str] = []

    def take(*args: Any, **named: Any) -> None:
        del printed[:]
        use(args)
        use(named)
        within.extend(printed)

    Monty(source_of(title, '[@]', 'value = {}\ntake(value, *value, name=value[0])')).run(
        external_functions={'take': take}, print_callback=lambda stream, text: printed.append(text)
    )

    assert within == []


@pytest.mark.parametrize('title', CLASSES)
def test_nothing_of_a_script_runs_when_the_host_looks_at_a_stopped_one(title: str) -> None:
    printed: list[str] = []
    state = Monty(source_of(title, '[@]', 'value = {}\ndef f(value):\n    take(value, name=value[0])\nf(value)')).start(
        print_callback=lambda stream, text: printed.append(text)
    )
    assert isinstance(state, Snapshot)
    del printed[:]

    use((state.args, state.kwargs))
    looked = (repr(state), state.position, [repr(frame) for frame in state.frames], state.dump())
    del looked, state
    gc.collect()

    assert printed == []


@pytest.mark.parametrize('title', CLASSES)
def test_nothing_of_a_script_runs_in_the_parent_of_a_child(title: str, pool: SandboxPool) -> None:
    printed: list[str] = []
    value = pool.run(
        source_of(title, '[@]', 'value = {}\nprint("made")\nvalue'),
        print_callback=lambda stream, text: printed.append(text),
    )
    assert printed[-1] == 'made\n'

    use(value)

    assert printed[-1] == 'made\n'


def hanging_on(error: BaseException) -> Iterator[Any]:
    """Give what a debugger or a collector of errors shows of an error: its links, and the variables of the host's frames."""
    pending: list[BaseException | None] = [error]
    while pending:
        link = pending.pop()
        if link is None:
            continue
        yield link
        pending += [link.__cause__, link.__context__]
        passed = link.__traceback__
        while passed is not None:
            if passed.tb_frame.f_code.co_filename != __file__:
                yield from passed.tb_frame.f_locals.values()
            passed = passed.tb_next


def is_of_script(value: Any) -> bool:
    return type(type(value)) in SCRIPT_TYPES or (
        isinstance(value, BaseException) and any(map(is_of_script, value.args))
    )


#: Ways for an exception to leave a script.
WAYS: dict[str, tuple[str, Callable[[Monty, dict[str, Any]], Any]]] = {
    'run': ('raise {}', lambda script, options: script.run(**options)),
    'run, with functions': (
        'take()\nraise {}',
        lambda script, options: script.run(external_functions={'take': lambda: 1}, **options),
    ),
    'start': ('value = {}\nif 0: take()\nraise value', lambda script, options: script.start(**options)),
    'resume': ('value = {}\ntake()\nraise value', lambda script, options: resumed(script.start(**options), options)),
    'a task': (
        'import asyncio\nasync def f(): raise {}\nasync def m(): await asyncio.gather(f(), f())\nasyncio.run(m())',
        lambda script, options: script.run(**options),
    ),
    'a handler': (
        'try: raise {}\nexcept BaseException as e: raise KeyError(e) from e',
        lambda script, options: script.run(**options),
    ),
    'a session': ('raise {}', lambda script, options: Session().feed(script.code, **options)),
}


def resumed(state: Any, options: dict[str, Any]) -> Any:
    return state.resume(return_value=1, **options)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('title', [title for title in CLASSES if 'exception' in title])
def test_nothing_of_a_script_hangs_on_the_error_that_the_host_gets(title: str, way: str) -> None:
    printed: list[str] = []
    ending, run = WAYS[way]
    script = Monty(source_of(title, '@', ending))
    with pytest.raises(MontyRuntimeError) as caught:
        run(script, {'print_callback': lambda stream, text: printed.append(text)})
    # The text of an exception is the script's own: it is asked for while the run computes.
    del printed[:]

    error = caught.value
    use((error.exception_type, error.message, error.traceback, str(error), repr(error), error.args))

    assert [value for value in hanging_on(error) if is_of_script(value)] == []
    assert printed == []


@pytest.mark.parametrize('limit', ['max_pauses', 'max_int_bits'])
def test_nothing_of_a_script_hangs_on_the_error_of_a_limit(limit: str) -> None:
    source = source_of(
        'plain', '@', 'value = {}\ntry: 1 / 0\nexcept ZeroDivisionError:\n    take(value)\n    x = 5\n    x << 5_000'
    )

    def run_to_the_limit() -> None:
        state = Monty(source).start(limits=ResourceLimits(**{limit: 0}), print_callback=lambda *_: None)
        resumed(state, {})

    with pytest.raises(LimitError) as caught:
        run_to_the_limit()

    assert [type(value) for value in hanging_on(caught.value) if is_of_script(value) or isinstance(value, Pause)] == []


def test_the_stand_in_of_a_value_is_two_texts_and_nothing_else() -> None:
    value = ScriptObject('Point', '<Point object>')

    assert [name for name in dir(value) if not name.startswith('_')] == ['text', 'type_name']
    assert (repr(value), str(value)) == ("ScriptObject(type_name='Point', text='<Point object>')",) * 2
    assert value == ScriptObject('Point', '<Point object>') != ScriptObject('Point', 'other')
    assert hash(value) == hash(copy.deepcopy(value)) == hash(pickle.loads(pickle.dumps(value)))
    with pytest.raises(AttributeError):
        value.text = ''  # type: ignore[misc]
    with pytest.raises(TypeError):
        len(value)  # type: ignore[arg-type]
