"""Turn source text into an AST, or into a `MontySyntaxError`.

CPython's own parser does the work. What is added are bounds: the parser and the byte-code compiler
are C code that recurses, so size and depth are judged before the tree goes any further.
"""

from __future__ import annotations

import ast
import warnings

from monty_flow.interpreter.compiler.words import MAX_WORDS, has_too_many_words
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits

#: Levels of nested AST nodes. CPython's compiler is safe to about 1,000 on all tested versions.
MAX_DEPTH = 200
#: What is said of a source that exhausts the stack or the memory of the compiler.
TOO_DEEP = 'the source is nested too deeply'
#: AST nodes of one script.
MAX_NODES = 200_000
#: Functions, classes and comprehensions of one script: CPython takes the square of their number to compile them.
MAX_SCOPES = 2_500


def parse(source: str, script_name: str, limits: ResourceLimits) -> ast.Module:
    """Return the AST of `source`; raise MontySyntaxError where it is not Python or is too large."""
    try:
        size = len(source.encode('utf-8'))
    except UnicodeEncodeError:
        raise MontySyntaxError('SyntaxError: the source has a lone surrogate', script_name=script_name) from None
    if size > limits.max_source_bytes:
        raise MontySyntaxError(
            f'SyntaxError: the source has {size} bytes, more than max_source_bytes={limits.max_source_bytes}',
            script_name=script_name,
        )
    if has_too_many_words(source):
        raise MontySyntaxError(
            f'SyntaxError: the source has more than {MAX_WORDS} words (names, numbers, texts and brackets); '
            'pass data in as inputs',
            script_name=script_name,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return ast.parse(source, 'script', 'exec', type_comments=False)
    except SyntaxError as error:
        raise syntax_error(error, source, script_name) from None
    except (RecursionError, MemoryError):
        raise MontySyntaxError(f'SyntaxError: {TOO_DEEP}', script_name=script_name) from None
    except (ValueError, OverflowError) as error:
        raise MontySyntaxError(f'SyntaxError: {error}', script_name=script_name) from None


def syntax_error(error: SyntaxError, source: str, script_name: str) -> MontySyntaxError:
    """Return CPython's error as ours, with the source line and a marker."""
    line = error.lineno or 0
    return MontySyntaxError(
        f'{type(error).__name__}: {error.msg}',
        script_name=script_name,
        line=line,
        column=max(0, (error.offset or 1) - 1),
        source_line=source_line(source, line),
    )


def source_line(source: str, line: int) -> str:
    """Return line `line` (1-based) of `source`, or '' where there is none."""
    lines = source.splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ''
