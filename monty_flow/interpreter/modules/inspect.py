"""`inspect`, as far as it tells of a script's own functions, classes and values, and not of frames, code or files."""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.modules.module import Definition, Functions, Module
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.async_generators import AsyncGenerator
from monty_flow.interpreter.runtime.classes import is_script_function
from monty_flow.interpreter.runtime.coroutines import AwaitableGenerator, Coroutine
from monty_flow.interpreter.runtime.generators import PausableGenerator
from monty_flow.interpreter.runtime.loads import GuardedMethod

_POSITIONAL_ONLY, _POSITIONAL_OR_KEYWORD, _VAR_POSITIONAL, _KEYWORD_ONLY, _VAR_KEYWORD = range(5)
_VARARGS: Final = 0x04
_VARKEYWORDS: Final = 0x08
#: What the first parameter of a method that `dataclasses` has made is called.
_OF_INSTANCE: Final = '$.s'
_GENERATORS: Final = (types.GeneratorType, PausableGenerator)


class Inspection(Functions):
    """What `inspect` asks the runtime for; scripts cannot import it."""

    __slots__ = ()
    module = '_inspection'

    def parameters(self, function: Any, /) -> list[tuple[str, int]] | None:
        """Return (name, kind) of each parameter of a script's function, None for anything else."""
        if not is_script_function(function):
            return None
        code = function.__code__
        names = code.co_varnames
        count, first = code.co_argcount, code.co_posonlyargcount
        found = [(name, _POSITIONAL_ONLY) for name in names[:first]]
        found += [(name, _POSITIONAL_OR_KEYWORD) for name in names[first:count]]
        after = count + code.co_kwonlyargcount
        if code.co_flags & _VARARGS:
            found.append((names[after], _VAR_POSITIONAL))
        found += [(name, _KEYWORD_ONLY) for name in names[count:after]]
        if code.co_flags & _VARKEYWORDS:
            found.append((names[after + bool(code.co_flags & _VARARGS)], _VAR_KEYWORD))
        if names[:1] == (_OF_INSTANCE,):
            found[0] = ('__dataclass_self__' if 'self' in names else 'self', found[0][1])
        return found

    def kind(self, value: Any, /) -> str:
        """Return what a value is, for the predicates."""
        if is_script_function(value):
            return self._kind_of_function(value)
        if type(value) is types.MethodType:
            return 'method' if is_script_function(value.__func__) else 'builtin'
        if isinstance(value, types.BuiltinFunctionType | GuardedMethod):
            return 'builtin'
        if type(value) in _GENERATORS:
            return 'generator'
        if type(value) is Coroutine:
            return 'coroutine'
        if type(value) is AsyncGenerator:
            return 'async generator'
        if type(value) is AwaitableGenerator:
            return 'awaitable'
        if isinstance(value, Module):
            return 'module'
        return 'method descriptor' if isinstance(value, types.MethodDescriptorType) else 'other'

    def _kind_of_function(self, function: Any) -> str:
        found = self._run.program.function_of_code(function.__code__)
        if found is not None and found[1].gives_coroutine:
            return 'coroutine function'
        return 'generator function' if found is not None and found[1].is_generator else 'function'


_NO_FRAMES: Final = 'frames and code objects are not part of a script'
_NO_FILES: Final = 'a script has no file of its own'

TOOLS = Definition('_inspection', functions=Inspection)
MODULE = Definition(
    'inspect',
    scripted=Scripted('inspect'),
    left_out={
        _NO_FRAMES: 'ArgInfo Arguments ClosureVars FrameInfo Traceback currentframe formatargvalues getargs getargvalues'
        ' getclosurevars getframeinfo getinnerframes getlineno getouterframes iscode isframe istraceback stack trace'
        ' CO_ASYNC_GENERATOR CO_COROUTINE CO_GENERATOR CO_ITERABLE_COROUTINE CO_NESTED CO_NEWLOCALS CO_NOFREE'
        ' CO_OPTIMIZED CO_VARARGS CO_VARKEYWORDS getasyncgenlocals getasyncgenstate getcoroutinelocals'
        ' getcoroutinestate getgeneratorlocals getgeneratorstate AGEN_CLOSED AGEN_CREATED AGEN_RUNNING AGEN_SUSPENDED'
        ' CORO_CLOSED CORO_CREATED CORO_RUNNING CORO_SUSPENDED GEN_CLOSED GEN_CREATED GEN_RUNNING GEN_SUSPENDED'
        ' BlockFinder EndOfBlock indentsize BufferFlags markcoroutinefunction',
        _NO_FILES: 'findsource getabsfile getblock getcomments getfile getmodule getmodulename getsource getsourcefile'
        ' getsourcelines modulesbyfile ClassFoundException TPFLAGS_IS_ABSTRACT',
        'it is not part of this release': 'Attribute classify_class_attrs classtree formatannotation'
        ' formatannotationrelativeto getattr_static getcallargs getclasstree get_annotations isasyncgenfunction'
        ' isdatadescriptor isgetsetdescriptor ismemberdescriptor ismethodwrapper getmembers_static walktree'
        ' getannotations',
    },
)
