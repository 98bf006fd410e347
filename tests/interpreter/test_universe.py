"""The universe is closed: every attribute of every type in it has a rule."""

from __future__ import annotations

import datetime

import pytest

from monty_flow import Monty, MontyRuntimeError
from monty_flow.interpreter.modules.module import Module
from monty_flow.interpreter.runtime.async_generators import AsyncGenerator, AsyncStep
from monty_flow.interpreter.runtime.buffers import ViewIterator
from monty_flow.interpreter.runtime.classes import ScriptType
from monty_flow.interpreter.runtime.coroutines import AwaitableGenerator, Coroutine, CoroutineWrapper
from monty_flow.interpreter.runtime.loads import GuardedMethod
from monty_flow.interpreter.runtime.metering import Metered
from monty_flow.interpreter.runtime.methods import CALLED, Methods
from monty_flow.interpreter.runtime.universe import (
    COLLECTIONS,
    GUARDED,
    NATIVE,
    REFUSED,
    TYPES,
    Rule,
    TypeFacade,
    Verdict,
    attribute_rule,
    facade_named,
    type_of,
)

#: What `async` makes; native coroutines never reach a script.
COROUTINES = (Coroutine, CoroutineWrapper, AwaitableGenerator, AsyncGenerator, AsyncStep)


@pytest.mark.parametrize('kind', COROUTINES, ids=lambda kind: kind.__name__)
def test_what_async_makes_shows_its_protocol_and_nothing_else(kind: type) -> None:
    names = {name for name in dir(kind) if not name.startswith('_')} - {'script_type_name'}

    assert names <= {'send', 'throw', 'close', 'asend', 'athrow', 'aclose'}


@pytest.mark.parametrize('kind', TYPES, ids=lambda kind: kind.__name__)
def test_every_public_attribute_of_a_type_of_the_universe_is_in_exactly_one_group(kind: type) -> None:
    names = {name for name in dir(kind) if not name.startswith('_')}

    assert names - NATIVE - GUARDED - REFUSED.keys() == set()
    assert (names & NATIVE & GUARDED) | (names & NATIVE & REFUSED.keys()) | (names & GUARDED & REFUSED.keys()) == set()


@pytest.mark.parametrize('kind', TYPES, ids=lambda kind: kind.__name__)
def test_underscore_attributes_of_a_type_of_the_universe_are_never_native(kind: type) -> None:
    rules = {attribute_rule(name).rule for name in dir(kind) if name.startswith('_')}

    assert Rule.NATIVE not in rules


@pytest.mark.parametrize(
    'kind', [GuardedMethod, Metered, TypeFacade, ViewIterator, *COROUTINES], ids=lambda kind: kind.__name__
)
def test_slots_of_our_own_types_cannot_be_named_by_a_script(kind: type) -> None:
    rules = {name: attribute_rule(name).rule for name in kind.__slots__}  # type: ignore[attr-defined]

    assert rules == dict.fromkeys(rules, Rule.REFUSED)


@pytest.mark.parametrize('kind', [kind for kind in TYPES if kind not in COLLECTIONS], ids=lambda kind: kind.__name__)
def test_a_type_that_all_runs_share_cannot_be_changed(kind: type) -> None:
    with pytest.raises((TypeError, AttributeError)):
        kind.left_by_a_script = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    'kind', ['ExceptionGroup', 'type(time.gmtime())', 'type(datetime.date(2000, 1, 1).timetuple())']
)
@pytest.mark.parametrize(
    'store', ['kind.tm_year = 5', "setattr(kind, 'split', 5)", "type.__setattr__(kind, 'derive', 5)"]
)
def test_a_script_leaves_nothing_in_a_type_of_the_host(kind: str, store: str) -> None:
    with pytest.raises(MontyRuntimeError, match='of immutable type'):
        Monty(f'import time, datetime\nkind = {kind}\n{store}').run()


#: What all runs share, or what only we fill.
MADE_ONCE = [
    'type(lambda: 0)', 'type', 'type(len)', 'super', 'collections.abc.Sized', 'dataclasses.MISSING', 're.compile("a")', 'typing.Any', 'math', "', '.join",
    'itertools.chain([1])', 'iter(memoryview(b"a"))', 'functools.partial', 'collections.deque', 'fetch', 'struct.Struct("i")',
]  # fmt: skip
CALLS_OF_INIT = [
    'made.__init__(*args)',
    "getattr(made, '__init__')(*args)",
    'type(made).__init__(made, *args)',
    "operator.methodcaller('__init__', *args)(made)",
    "object.__getattribute__(made, '__init__')(*args)",
    'made.__class__.__init__(made, *args)',
]


@pytest.mark.parametrize('made', MADE_ONCE)
def test_what_is_made_once_cannot_be_made_again_by_its_init(made: str) -> None:
    calls = ''.join(
        f'for args in [(int, "a.left", print), ("left",), ("left", int), ("left", int, "left")]:\n'
        f'    try: {call}\n    except (TypeError, AttributeError, NotImplementedError): pass\n'
        for call in CALLS_OF_INIT
    )
    imports = (
        'import collections, collections.abc, dataclasses, functools, itertools, math, operator, re, struct, typing\n'
    )

    shown = Monty(f'{imports}made = {made}\n{calls}repr(made)').run(external_functions={'fetch': len})

    assert 'left' not in shown
    assert shown == Monty(f'{imports}repr({made})').run(external_functions={'fetch': len})


@pytest.mark.parametrize(
    'made',
    ['csv.reader([])', 'itertools.chain([1])', 'os.walk("/")', 'struct.iter_unpack("i", bytes(4))', 'heapq.merge([1])'],
)
def test_a_class_of_ours_is_not_had_by_its_type_arguments(made: str) -> None:
    source = f'import csv, heapq, itertools, os, struct\n{made}.__class_getitem__(int).__origin__.left = 1'

    with pytest.raises(MontyRuntimeError, match="no attribute '__class_getitem__'"):
        Monty(source).run()


@pytest.mark.parametrize('kind', ['deque', 'Counter', 'OrderedDict', 'defaultdict', 'ChainMap', 'UserList'])
def test_a_class_of_the_library_takes_type_arguments_and_shows_what_scripts_hold(kind: str) -> None:
    source = (
        f'from collections import {kind} as kind\nclass Own(kind): pass\n'
        'aliases = [kind.__class_getitem__(int), kind().__class_getitem__(int), type(kind()).__class_getitem__(int)]\n'
        '[alias.__origin__ is kind for alias in aliases], Own.__class_getitem__(int).__origin__ is Own'
    )

    assert Monty(source).run() == ([True, True, True], True)


def test_a_container_of_the_library_is_filled_again_by_its_init() -> None:
    source = 'import collections\nmade = collections.deque([1])\nmade.__init__([2, 3])\nlist(made)'

    assert Monty(source).run() == [2, 3]


def test_every_guarded_method_has_a_guard() -> None:
    guards = {name.removeprefix('m_') for name in dir(Methods) if name.startswith('m_')}

    assert guards == CALLED


def test_a_name_that_no_type_bears_is_native() -> None:
    assert attribute_rule('sqrt') == Verdict(Rule.NATIVE)


def test_a_frame_is_refused_with_a_reason() -> None:
    assert attribute_rule('gi_frame') == Verdict(Rule.REFUSED, 'frames and code objects are not part of a script')


def test_an_unknown_dunder_is_refused_with_a_reason() -> None:
    verdict = attribute_rule('__reduce_ex__')

    assert verdict == Verdict(
        Rule.REFUSED, 'names with a leading underscore are private to the sandbox; use a name without it'
    )


@pytest.mark.parametrize('value', [1, 'a', [], {}, None, datetime.date(2020, 1, 1), ValueError('x'), iter([])])
def test_the_type_of_a_value_of_the_universe_is_its_class(value: object) -> None:
    assert type_of(value) is type(value)


def test_the_type_of_a_function_is_a_facade_that_makes_nothing() -> None:
    facade = type_of(lambda: 1)

    with pytest.raises(TypeError) as caught:
        facade()

    assert (repr(facade), str(caught.value)) == ("<class 'function'>", "cannot create 'function' instances")
    assert facade is type_of(test_every_guarded_method_has_a_guard)


def test_the_type_of_a_class_is_the_facade_of_type_and_makes_classes_of_a_script_alone() -> None:
    facade = type_of(int)

    made = facade('X', (int,), {'y': 1})

    assert (repr(facade), facade(1), type(made), made.y) == ("<class 'type'>", int, ScriptType, 1)
    with pytest.raises(TypeError) as caught:
        facade('X', (Module,), {})
    assert str(caught.value) == "type 'Module' is not an acceptable base type in a script"


def test_a_facade_cannot_be_changed() -> None:
    facade = type_of(len)

    with pytest.raises(AttributeError) as caught:
        facade._name = 'x'

    assert str(caught.value) == "cannot set '_name' attribute of immutable type 'builtin_function_or_method'"


@pytest.mark.parametrize(
    ('name', 'said'),
    [
        ('EnumType', "type 'EnumType' is not an acceptable base type in a script"),
        ('function', "type 'function' is not an acceptable base type in a script"),
    ],
)
def test_a_facade_is_no_base_and_the_error_names_what_it_stands_for(name: str, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        facade_named('type')('X', (facade_named(name),), {})

    assert str(caught.value) == said
