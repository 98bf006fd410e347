"""One contender of the compute benchmark, in a process of its own: reads requests, one JSON object a line, and answers them.

    {"source": text, "times": n, "processor": whether to count processor time}  ->  {"seconds": of all n runs, "value": repr of the last expression}  or  {"error": text}

A process each, since two releases of pydantic-monty cannot be imported beside each other, and since a contender that
hangs or crashes must not end the others. Whatever can be done once for a program, such as compiling it, is done
before the time is taken, for every contender whose API allows it.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import importlib.metadata
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

#: Runs the program once and returns the value of its last expression.
Run = Callable[[], Any]
#: Makes a program ready.
Prepare = Callable[[str], Run]

#: Where `make bench` puts the newest pydantic-monty, beside the pinned one of the environment.
NEWEST = Path(sys.prefix) / 'newest'


def monty_flow() -> tuple[str, Prepare]:
    """Return this package, with the limits that it has by default."""
    package = importlib.import_module('monty_flow')
    return 'monty-flow', lambda source: package.Monty(source).run


def cpython() -> tuple[str, Prepare]:
    """Return CPython itself: no sandbox, no limits, no pauses."""

    def prepare(source: str) -> Run:
        program = compile(_assigning_last(source), 'main.py', 'exec')

        def run() -> Any:
            names = {'__name__': '__main__'}
            exec(program, names)
            return names['$last']

        return run

    return f'CPython {sys.version_info.major}.{sys.version_info.minor}', prepare


def pydantic_monty() -> tuple[str, Prepare]:
    """Return the last release of pydantic-monty that runs in the process."""
    package = importlib.import_module('pydantic_monty')
    return f'pydantic-monty {_version("pydantic-monty")}', lambda source: package.Monty(source).run


def newest_pydantic_monty() -> tuple[str, Prepare]:
    """Return the newest pydantic-monty, whose scripts run in a pool of processes; the way there is a part of its time."""
    sys.path.insert(0, str(NEWEST))
    package = importlib.import_module('pydantic_monty')
    pool = package.Monty(binary_path=str(NEWEST / 'bin' / 'monty')).__enter__()

    def prepare(source: str) -> Run:
        def run() -> Any:
            with pool.checkout() as session:
                return session.feed_run(source)

        return run

    found = importlib.metadata.distributions(path=[str(NEWEST)])
    version = next(each.version for each in found if each.metadata['Name'] == 'pydantic-monty')
    return f'pydantic-monty {version}', prepare


def restricted_python() -> tuple[str, Prepare]:
    """Return RestrictedPython with the guards that it brings and no others."""
    package = importlib.import_module('RestrictedPython')
    guards = importlib.import_module('RestrictedPython.Guards')
    iterating = importlib.import_module('RestrictedPython.Eval')
    limited = importlib.import_module('RestrictedPython.Limits').limited_builtins
    more = importlib.import_module('RestrictedPython.Utilities').utility_builtins
    names = {'sum': sum, 'max': max, 'min': min, 'list': list, 'dict': dict, 'set': set, 'enumerate': enumerate}
    names |= {'map': map, 'filter': filter, 'reversed': reversed, 'any': any, 'all': all, 'iter': iter, 'next': next}
    builtins = {**guards.safe_builtins, **more, **limited, **names, '__import__': importlib.__import__, 'range': range}
    builtins['__metaclass__'] = type

    def update_in_place(operator: str, left: Any, right: Any) -> Any:
        changed = {'left': left, 'right': right}
        exec(f'left {operator} right', changed)
        return changed['left']

    def prepare(source: str) -> Run:
        program = package.compile_restricted(_assigning_last(source, 'last'), 'main.py', 'exec')

        def run() -> Any:
            scope = {
                '__builtins__': builtins,
                '__name__': '__main__',
                '__metaclass__': type,
                '_getattr_': guards.safer_getattr,
                '_getitem_': iterating.default_guarded_getitem,
                '_getiter_': iterating.default_guarded_getiter,
                '_iter_unpack_sequence_': guards.guarded_iter_unpack_sequence,
                '_unpack_sequence_': guards.guarded_unpack_sequence,
                '_write_': guards.full_write_guard,
                '_inplacevar_': update_in_place,
            }
            exec(program, scope)
            return scope['last']

        return run

    return f'RestrictedPython {_version("RestrictedPython")}', prepare


def smolagents() -> tuple[str, Prepare]:
    """Return the executor that smolagents has for code of language models; it walks the syntax tree."""
    package = importlib.import_module('smolagents.local_python_executor')

    def prepare(source: str) -> Run:
        def run() -> Any:
            executor = package.LocalPythonExecutor(additional_authorized_imports=['*'])
            executor.send_tools({})
            return executor(source).output

        return run

    return f'smolagents {_version("smolagents")}', prepare


def asteval() -> tuple[str, Prepare]:
    """Return asteval, which walks the syntax tree; it has no classes and no generators."""
    package = importlib.import_module('asteval')

    def prepare(source: str) -> Run:
        def run() -> Any:
            errors = io.StringIO()
            interpreter = package.Interpreter(err_writer=errors)
            value = interpreter(source)
            if interpreter.error:
                raise RuntimeError(' '.join(str(interpreter.error[0].get_error()).split()))
            return value

        return run

    return f'asteval {_version("asteval")}', prepare


CONTENDERS: dict[str, Callable[[], tuple[str, Prepare]]] = {
    'monty_flow': monty_flow,
    'cpython': cpython,
    'pydantic_monty': pydantic_monty,
    'newest_pydantic_monty': newest_pydantic_monty,
    'restricted_python': restricted_python,
    'smolagents': smolagents,
    'asteval': asteval,
}


def _version(distribution: str) -> str:
    return importlib.metadata.version(distribution)


def _assigning_last(source: str, name: str = '$last') -> ast.Module:
    """Return the program with the value of its last expression put under a name."""
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    tree.body[-1] = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], last.value), last)
    return ast.fix_missing_locations(tree)


def main() -> None:
    """Say the name and version, then answer requests until there are none."""
    answers = sys.stdout
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            name, prepare = CONTENDERS[sys.argv[1]]()
        except Exception as error:  # it is not installed, or does not work here
            print(json.dumps({'error': f'{type(error).__name__}: {error}'}), file=answers, flush=True)
            return
        print(json.dumps({'name': name}), file=answers, flush=True)
        programs: dict[str, Run] = {}
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), programs, prepare)), file=answers, flush=True)


def _answer(request: dict[str, Any], programs: dict[str, Run], prepare: Prepare) -> dict[str, Any]:
    source = request['source']
    clock = process_time if request['processor'] else perf_counter
    try:
        if source not in programs:
            programs.clear()
            programs[source] = prepare(source)
        run = programs[source]
        gc.collect()
        gc.disable()
        begin = clock()
        for _ in range(request['times']):
            value = run()
        seconds = clock() - begin
    except BaseException as error:  # what a contender cannot do is a result too
        return {'error': ' '.join(f'{type(error).__name__}: {error}'.split())[:120]}
    finally:
        gc.enable()
    return {'seconds': seconds, 'value': repr(value)}


if __name__ == '__main__':
    main()
