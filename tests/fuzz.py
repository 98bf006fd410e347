"""Search for programs and bytes that break the sandbox, for as long as one likes.

    make fuzz MINUTES=10
    python -m tests.fuzz [--minutes 10] [--kind text|programs|bytes] [--seed 0] [--atheris]

Three kinds of input take turns: texts of tokens for the compiler, programs of a grammar (Hypothesis) that are run, and forged snapshots that are
loaded and go on. Each batch runs in a process of its own, so that a crash ends the batch and names the input. What must hold: only errors of
ours come out, nothing goes on past its limit, no process crashes, and no text shows an address, a path or a class of the host.
With `--atheris`, where it is installed, its mutator makes the texts, guided by the coverage of the interpreter.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from monty_flow import Monty
from monty_flow.interpreter.errors import InternalError, LimitError, MontyError, MontyRuntimeError, MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits
from tests.forked import CrashedError, HungError, forked
from tests.fuzz_snapshots import snapshots
from tests.interpreter.test_fuzz import TOKENS, forged, go_on

SECONDS: Final = 0.2
LIMITS: Final = ResourceLimits(max_duration_secs=SECONDS, max_memory=32 * 1024 * 1024, max_output_bytes=1 << 16)
#: Processor time over the limit that an input may take, in a process that others share the machine with.
OVER_SECONDS: Final = 1.0
#: Inputs of one process, and seconds after which it hangs.
BATCH: Final = 50
PATIENCE: Final = 900.0
LEAK: Final = re.compile(
    r'0x[0-9a-f]{8,}|monty_flow[./]|/site-packages|/lib/python|<bound method|<module \'|<code object|<frame '
)

NAMES = 'a b c d e print len type int str list dict set getattr range map iter next sorted ValueError object super f C'.split()
ATTRIBUTES = (
    '__class__ __dict__ __mro__ __init__ __self__ __globals__ __code__ __subclasses__ __name__ __doc__ __call__ __get__ __add__ format join append'
    ' extend sort keys items real gi_frame send throw close args with_traceback __traceback__ replace translate split x y _run _x'
).split()
MODULES = 'math re json itertools functools collections operator copy string enum dataclasses typing random datetime asyncio io contextlib'.split()
_LEAVES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(
        [
            '0',
            '1',
            '-1',
            '2.5',
            '10**9',
            '1 << 64',
            "'a'",
            "'{0.__class__}'",
            "b'x'",
            '[]',
            '()',
            '{}',
            'None',
            '...',
            '1j',
        ]
    ),
    st.sampled_from(MODULES),
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from('+ - * ** // % << >> & | ^ == < in is and or @ /'.split())
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda t: f'({t[0]} {t[1]} {t[2]})'),
        st.tuples(inner, st.sampled_from(ATTRIBUTES)).map(lambda t: f'({t[0]}).{t[1]}'),
        st.tuples(inner, st.lists(inner, max_size=3)).map(lambda t: f'({t[0]})({", ".join(t[1])})'),
        st.tuples(inner, inner).map(lambda t: f'({t[0]})[{t[1]}]'),
        st.tuples(inner, inner, inner).map(lambda t: f'({t[0]})[{t[1]}:{t[2]}]'),
        st.lists(inner, max_size=4).map(lambda t: f'[{", ".join(t)}]'),
        st.lists(inner, max_size=3).map(lambda t: '[' + ', '.join(f'*({item})' for item in t) + ']'),
        st.tuples(inner, inner).map(lambda t: f'{{{t[0]}: {t[1]}}}'),
        st.tuples(inner, inner).map(lambda t: f'{{**({t[0]}), **({t[1]})}}'),
        st.tuples(inner, inner).map(lambda t: f"f'{{{t[0]}}}{{{t[1]}!r}}'" if "'" not in t[0] + t[1] else t[0]),
        st.tuples(inner, inner).map(lambda t: f'[{t[0]} for a in {t[1]}]'),
        st.tuples(inner, inner).map(lambda t: f'list({t[0]} for b in {t[1]})'),
        inner.map(lambda t: f'(lambda a=1: {t})'),
        st.tuples(inner, inner, inner).map(lambda t: f'({t[0]} if {t[1]} else {t[2]})'),
        st.tuples(inner, st.sampled_from(ATTRIBUTES)).map(lambda t: f"getattr({t[0]}, '{t[1]}')"),
    )


EXPRESSIONS = st.recursive(_LEAVES, _combined, max_leaves=8)


def _indented(lines: list[str]) -> str:
    return '\n'.join('    ' + line for text in lines for line in text.splitlines()) or '    pass'


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=3).map(_indented)
    return st.one_of(
        st.tuples(EXPRESSIONS, block).map(lambda t: f'for a in {t[0]}:\n{t[1]}'),
        st.tuples(EXPRESSIONS, block).map(lambda t: f'while {t[0]}:\n{t[1]}\n    break'),
        st.tuples(block, block).map(lambda t: f'try:\n{t[0]}\nexcept Exception as e:\n{t[1]}'),
        st.tuples(block, block).map(lambda t: f'try:\n{t[0]}\nfinally:\n{t[1]}'),
        block.map(lambda t: f'def f(a=1, *b, **c):\n{t}\n    return a'),
        block.map(lambda t: f'def f(a=1):\n{t}\n    yield a'),
        st.tuples(st.sampled_from(['', '(list)', '(str)', '(dict)', '(int)', '(Exception)']), block).map(lambda t: f'class C{t[0]}:\n{t[1]}'),
        st.tuples(st.sampled_from(['__eq__', '__getattr__', '__iter__', '__len__', '__repr__', '__hash__', '__index__']), block).map(
            lambda t: f'class C:\n    def {t[0]}(self, *b):\n{_indented([t[1]])}\n        return 1'
        ),
        st.tuples(EXPRESSIONS, block).map(lambda t: f'match {t[0]}:\n    case [a, *b] | {{1: a, **b}}:\n{_indented([t[1]])}\n    case C(x=1): pass'),
    )  # fmt: skip


SIMPLE = st.one_of(
    EXPRESSIONS,
    st.tuples(st.sampled_from('abcde'), EXPRESSIONS).map(lambda t: f'{t[0]} = {t[1]}'),
    st.tuples(st.sampled_from('abcde'), EXPRESSIONS).map(lambda t: f'{t[0]} += {t[1]}'),
    st.tuples(EXPRESSIONS, st.sampled_from(ATTRIBUTES), EXPRESSIONS).map(lambda t: f'({t[0]}).{t[1]} = {t[2]}'),
    st.tuples(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS).map(lambda t: f'({t[0]})[{t[1]}] = {t[2]}'),
    EXPRESSIONS.map(lambda t: f'a, *b = {t}'),
    EXPRESSIONS.map(lambda t: f'del ({t})[0]'),
    EXPRESSIONS.map(lambda t: f'raise {t}'),
    EXPRESSIONS.map(lambda t: f'print({t})'),
)
PROGRAMS = st.lists(st.recursive(SIMPLE, _compound, max_leaves=5), min_size=1, max_size=6).map(
    lambda lines: '\n'.join([f'import {", ".join(MODULES)}', 'a = b = c = d = e = 1', *lines])
)


def run_program(source: str) -> None:
    """Run one program; AssertionError for what must not be."""
    shown: list[str] = []
    started = time.process_time()
    try:
        output = Monty(source).run(limits=LIMITS, print_callback=lambda _, text: shown.append(text))
        shown.append(repr(output))
    except InternalError:
        raise
    except (MontySyntaxError, LimitError):
        pass
    except MontyRuntimeError as error:
        shown.append(str(error))
    except MontyError as error:
        shown.append(str(error))
    except ValueError as error:
        # repr() of a big int of the output, here.
        if 'integer string conversion' not in str(error):
            raise
    took = time.process_time() - started
    assert took < SECONDS + OVER_SECONDS, f'it took {took:.2f} s'
    leak = LEAK.search(''.join(shown))
    assert leak is None, f'it showed {leak}'


def _texts(number: int, note: Callable[[str], None]) -> None:
    for index in range(BATCH):
        source_of = random.Random(f'{number}:{index}')
        text = ''.join(
            source_of.choice(TOKENS) + source_of.choice(('', ' ')) for _ in range(source_of.randrange(1, 40))
        )
        note(text)
        run_program(text)


def _programs(number: int, note: Callable[[str], None]) -> None:
    @seed(number)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(PROGRAMS)
    def one(source: str) -> None:
        note(source)
        run_program(source)

    one()


def _bytes(number: int, note: Callable[[str], None]) -> None:
    for index in range(BATCH):
        source_of = random.Random(f'{number}:{index}')
        data = forged(source_of.choice(snapshots(compress=True)), source_of)
        note(data.hex())
        started = time.process_time()
        go_on(data, source_of)
        assert time.process_time() - started < 5.0


KINDS: Final[dict[str, Callable[[int, Callable[[str], None]], None]]] = {
    'text': _texts,
    'programs': _programs,
    'bytes': _bytes,
}


def batch(kind: str, number: int, folder: Path) -> str:
    """Run one batch in a process of its own; return what is wrong, with the input, or ''."""
    noted = folder / 'input'

    def tried() -> str:
        try:
            with (
                open(os.devnull, 'w') as nowhere,
                contextlib.redirect_stdout(nowhere),
                contextlib.redirect_stderr(nowhere),
            ):
                KINDS[kind](number, lambda source: _write(noted, source))
        except BaseException as error:  # what escapes is what is looked for
            return f'{type(error).__name__}: {error}'[:4000]
        return ''

    try:
        text = forked(tried, PATIENCE)
    except HungError:
        text = 'it hangs'
    except CrashedError as error:
        text = f'it crashed {error}'
    return f'{kind} {number}: {text}\n{noted.read_text(errors="replace")}' if text else ''


def _write(noted: Path, source: str) -> None:
    noted.write_text(source, errors='surrogatepass')


def with_atheris(minutes: float) -> None:
    """Let atheris make the texts, guided by what they reach; it ends the process itself."""
    import atheris  # type: ignore[import-not-found]  # an option

    def one(data: bytes) -> None:
        run_program(atheris.FuzzedDataProvider(data).ConsumeUnicode(4096))

    # The compiler alone: to instrument all that is loaded takes longer than most searches.
    for found in gc.get_objects():
        if type(found) is FunctionType and str(found.__module__).startswith('monty_flow.interpreter.compiler'):
            atheris.instrument_func(found)
    atheris.Setup([sys.argv[0], f'-max_total_time={int(minutes * 60)}'], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else '')
    parser.add_argument('--minutes', type=float, default=10.0)
    parser.add_argument('--kind', choices=sorted(KINDS), help='one kind of input alone')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--atheris', action='store_true')
    options = parser.parse_args()
    if options.atheris:
        with_atheris(options.minutes)
    ends = time.monotonic() + 60 * options.minutes
    kinds = [options.kind] if options.kind else list(KINDS)
    number, done, wrong = options.seed, dict.fromkeys(kinds, 0), []
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < ends:
            for kind in kinds:
                found = batch(kind, number, Path(folder))
                done[kind] += BATCH
                if found:
                    wrong.append(found)
                    print(found, flush=True)
            number += 1
    counts: Any = ', '.join(f'{count} {kind}' for kind, count in done.items())
    print(f'about {counts}; {len(wrong)} batches found something')
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
