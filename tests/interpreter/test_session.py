"""Sessions: code that comes piece by piece keeps its names, its limits and its files, and may stop anywhere."""

import re
from pathlib import Path

import pytest

from monty_flow import (
    Complete,
    FutureSnapshot,
    MemoryFile,
    Monty,
    MontyRuntimeError,
    MontySyntaxError,
    OSAccess,
    PauseLimitError,
    ResourceLimits,
    Returned,
    Session,
    SessionError,
    Snapshot,
    SnapshotError,
    StepLimitError,
    load,
)


def reloaded(session):
    """Return the session as another process would load it."""
    return Session.load(session.dump())


@pytest.mark.parametrize('between', [lambda session: session, reloaded], ids=['live', 'reloaded'])
def test_names_functions_classes_and_generators_are_kept_from_feed_to_feed(between):
    session = Session()
    pieces = [
        'import math\nx = 2',
        'def f(y):\n    return x * y + later(y)\nsquares = (n * n for n in range(9))\nnext(squares)',
        'class A:\n    def __init__(self):\n        self.items = [x]\na = A()\nalso = a.items',
        'def later(y):\n    return 100 * y\nx = 3',
        'also.append(math.floor(2.5))\n(f(1), next(squares), next(squares), a.items, also is a.items)',
    ]
    found = []
    for piece in pieces:
        found.append(session.feed(piece))
        session = between(session)

    assert found == [None, 0, None, None, (103, 1, 4, [2, 2], True)]
    assert session.feeds == 5


@pytest.mark.parametrize('code', ['', '# nothing', 'pass', 'y = 1', 'if True:\n    5'])
def test_a_feed_that_does_not_end_in_an_expression_gives_none(code):
    assert Session().feed(code) is None


def test_an_exception_ends_the_feed_and_leaves_what_was_bound_until_then():
    session = Session()
    session.feed('def divide(a):\n    return a / 0')

    with pytest.raises(MontyRuntimeError) as caught:
        session.feed('kept = 1\n\ndivide(kept)\nnever = 2')

    assert caught.value.traceback == (
        'Traceback (most recent call last):\n'
        '  File "feed 2", line 3, in <module>\n    divide(kept)\n'
        '  File "feed 1", line 2, in divide\n    return a / 0\n'
        'ZeroDivisionError: division by zero'
    )
    assert reloaded(session).feed("kept, 'never' in globals()") == (1, False)


@pytest.mark.parametrize(
    ('code', 'text'),
    [
        ('a = 1\nb = = 2', 'File "feed 2", line 2\n    b = = 2\n        ^\nSyntaxError: invalid syntax'),
        ('\nimport subprocess', 'File "feed 2", line 2\n    import subprocess\n    ^\nSyntaxError: the module'),
        ('  a = 1', 'File "feed 2", line 1\n    a = 1\n    ^\nIndentationError: unexpected indent'),
        (
            '\nawait x',
            'File "feed 2", line 2\n    await x\n    ^\nSyntaxError: a session has no await at the top level',
        ),
        ('#$feed 7', 'File "feed 2"\nSyntaxError: no line of a feed can begin with \'#$feed \''),
    ],
)
def test_an_error_of_syntax_tells_its_feed_and_changes_nothing(code, text):
    session = Session()
    session.feed('a = 5')

    with pytest.raises(MontySyntaxError) as caught:
        session.feed(code)

    assert str(caught.value).startswith(text)
    assert session.feed('a') == 5


def test_host_functions_are_called_and_their_errors_can_be_caught():
    def ask(what):
        if what == 'bad':
            raise LookupError('unknown')
        return what.upper()

    code = "first = ask('a')\ntry:\n    ask('bad')\nexcept LookupError as error:\n    text = str(error)\nfirst, text"

    assert Session().feed(code, external_functions={'ask': ask}) == ('A', 'unknown')


def test_a_function_that_nobody_gives_is_a_name_error():
    with pytest.raises(MontyRuntimeError, match=r"NameError: name 'nobody' is not defined$"):
        Session().feed('nobody()')


def test_a_feed_may_pause_and_go_on_from_bytes_in_another_session():
    session = Session()
    session.feed('total = 0\ndef add(n):\n    global total\n    total += fetch(n)\n    return total')
    state = session.feed_start('for n in range(2):\n    add(n)\ntotal')

    loaded = Session.load(state.dump())
    state = loaded.waiting
    assert (type(state), state.function_name, state.args) == (Snapshot, 'fetch', (0,))
    state = state.resume(return_value=10)
    state = Session.load(state.dump()).waiting.resume(return_value=20)

    assert isinstance(state, Complete)
    assert state.output == 30


def test_after_a_feed_that_paused_the_session_is_fed_again():
    session = Session()
    state = session.feed_start("name = ask('name')\nname")

    assert state.resume(return_value='Ann').output == 'Ann'
    assert session.feed('name') == 'Ann'


def test_a_session_is_not_fed_or_dumped_while_a_feed_has_not_ended():
    session = Session()
    with pytest.raises(SessionError, match=r'^nothing was fed yet$'):
        session.dump()
    session.feed_start('ask()')

    with pytest.raises(SessionError, match=r'^feed 1 has not ended: resume the snapshot that it gave'):
        session.feed('1')
    with pytest.raises(SessionError, match=r'^feed 1 has not ended: dump the snapshot that it gave$'):
        session.dump()


CALLS_AT_ONCE = """
import asyncio
async def both():
    return await asyncio.gather(fetch(1), fetch(2), asyncio.sleep(0.001, 'slept'))
asyncio.run(both())
"""


def test_calls_at_once_are_answered_by_the_session_or_by_the_host():
    assert Session().feed(CALLS_AT_ONCE, external_functions={'fetch': lambda n: n * 10}) == [10, 20, 'slept']

    state = Session().feed_start(CALLS_AT_ONCE)
    assert isinstance(state, FutureSnapshot)
    answers = {call.call_id: Returned(call.args[0]) for call in state.pending if call.function_name == 'fetch'}
    state = state.resume(answers)
    (timer,) = state.pending
    assert state.resume({timer.call_id: Returned(None)}).output == [1, 2, 'slept']


def test_limits_count_over_the_whole_session():
    session = Session(limits=ResourceLimits(max_steps=5_000))
    session.feed('for i in range(3000):\n    pass')
    session = reloaded(session)

    with pytest.raises(StepLimitError) as caught:
        session.feed('x = 1\nfor i in range(3000):\n    pass')
    assert caught.value.line == 2
    with pytest.raises(SessionError):
        session.feed('1')


def test_the_ends_of_feeds_are_no_pauses_of_the_script():
    session = Session(limits=ResourceLimits(max_pauses=2))
    for _ in range(5):
        session.feed('1')
    functions = {'ask': lambda: 1}
    session.feed('ask() + ask()', external_functions=functions)

    with pytest.raises(PauseLimitError):
        session.feed('ask()', external_functions=functions)


def test_only_declared_functions_are_external():
    session = Session(external_functions=['known'])

    assert session.feed('known()', external_functions={'known': lambda: 1}) == 1
    with pytest.raises(MontyRuntimeError, match=r"NameError: name 'unknown' is not defined$"):
        reloaded(session).feed('unknown()', external_functions={'unknown': lambda: 1})


def test_files_environment_and_output_belong_to_the_session():
    printed = []
    access = OSAccess(files=[MemoryFile('/data.txt', 'one')], environ={'A': 'b'})
    session = Session(os_access=access, print_callback=lambda stream, text: printed.append(text))
    session.feed("import os\nopen('/new.txt', 'w').write(open('/data.txt').read() + os.environ['A'])")
    session.feed("print(open('/new.txt').read())")

    again = Session.load(session.dump(), print_callback=lambda stream, text: printed.append(text))
    again.feed("print(open('/new.txt').read() + '!')")

    assert ''.join(printed) == 'oneb\noneb!\n'


def test_bytes_of_scripts_and_of_sessions_are_told_apart():
    session = Session()
    session.feed('1')

    with pytest.raises(SnapshotError, match=r'^these are the bytes of a session; load them with Session\.load$'):
        load(session.dump())
    with pytest.raises(SnapshotError, match=r'^these are the bytes of a script; load them with the function load$'):
        Session.load(Monty('ask()').start().dump())


def test_a_name_that_shadows_a_built_in_does_so_from_then_on():
    session = Session()
    session.feed('def size(x):\n    return len(x)')

    assert session.feed('size([1])') == 1
    assert session.feed('len = lambda x: 7\nsize([1])') == 7
    assert session.feed('del len\nsize([1])') == 1


def test_what_the_page_on_sessions_shows_is_what_happens():
    page = (Path(__file__).parents[2] / 'docs' / 'sessions.md').read_text(encoding='utf-8')
    programs = re.findall(r'```python\n(.*?)```', page, re.DOTALL)

    for program in programs:
        exec(compile(program, 'docs/sessions.md', 'exec'), {})
    assert len(programs) == 2


@pytest.mark.parametrize('between', [lambda session: session, reloaded], ids=['live', 'reloaded'])
@pytest.mark.parametrize(
    'binding', ['BaseException = 1', "globals()['BaseException'] = int", "exec('BaseException = ValueError')"]
)
def test_a_feed_ends_by_any_error_whatever_was_bound_to_the_name_of_all_of_them(binding, between):
    session = Session()
    session.feed(binding)
    session = between(session)

    with pytest.raises(MontyRuntimeError, match='ZeroDivisionError: division by zero'):
        session.feed('1 / 0')
    assert between(session).feed('2') == 2
