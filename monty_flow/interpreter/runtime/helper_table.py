"""The helpers that emitted code calls, by the names under which it loads them: `$`, which no source can spell, and a word."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any, NoReturn

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.compiler.core import CoreFunction
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.compiler.stopping import CALLED_BY_CALL, EVALUATING, PRELUDE
from monty_flow.interpreter.modules.module import Functions
from monty_flow.interpreter.runtime import awaiting, comparers, groups, operating
from monty_flow.interpreter.runtime import collections_support as support
from monty_flow.interpreter.runtime.attributes import delete_script_attribute, script_attribute, set_script_attribute
from monty_flow.interpreter.runtime.cancellation import CancelledError
from monty_flow.interpreter.runtime.classes import (
    SCRIPT_TYPES,
    ScriptBaseException,
    ScriptType,
    TypeStandIn,
    annotate,
    begin_or_make,
    has_contains,
    initialiser,
    is_constructible,
    is_own_method,
    is_script_instance,
    make_class,
    maker_of,
    name_hooks,
    new_instance,
    set_name_error,
    subclass_hook,
)
from monty_flow.interpreter.runtime.dataclass_fields import replaced
from monty_flow.interpreter.runtime.dataclass_support import (
    GENERATED_STATIC,
)
from monty_flow.interpreter.runtime.external import ExternalFunction
from monty_flow.interpreter.runtime.generators import END, Done, PausableGenerator, delegate, is_exit, next_or_end
from monty_flow.interpreter.runtime.loads import METHOD_TYPES
from monty_flow.interpreter.runtime.metering import bound
from monty_flow.interpreter.runtime.namespaces import local_names
from monty_flow.interpreter.runtime.pause import Barrier, Pause, capture
from monty_flow.interpreter.runtime.run import FUEL, PRIVATE
from monty_flow.interpreter.runtime.universe import begin_type

#: What `except:` and `except BaseException` of a script catch.
CATCHABLE = (
    Exception,
    SystemExit,
    KeyboardInterrupt,
    GeneratorExit,
    BaseExceptionGroup,
    CancelledError,
    ScriptBaseException,
)


def again(iterator: Any) -> Any:
    """Return an iterator whose first item stands for the one in hand when the loop was left."""
    return itertools.chain((None,), iterator)


def _same(value: Any) -> Any:
    """Return the value; CPython looks at what is to be raised in this thread when a function begins."""
    return value


def refuse_builtin(name: str) -> NoReturn:
    """Raise the error of a built-in that the sandbox does not give."""
    raise NameError(f"the built-in '{name}' is refused: {REFUSED_BUILTINS[name]}", name=name)


def no_module(name: str) -> NoReturn:
    """Raise the error of an import of a module that is not there, or that is in a package that is not."""
    words = name.split('.')
    packages = ('.'.join(words[:count]) for count in range(1, len(words) + 1))
    missing = next(package for package in packages if package not in modules.NAMES)
    error = ModuleNotFoundError(f"No module named '{missing}'", name=missing)
    error.add_note(f'in the sandbox: {modules.reason_against(name)}')
    raise error


#: Helpers that all runs share, by the name under which emitted code loads them.
STATIC: dict[str, Any] = {
    '$Pause': Pause, '$capture': capture, '$locals': locals, '$Private': PRIVATE, '$Catchable': CATCHABLE,
    '$Any': BaseException, '$again': again, '$end': END, '$next': next_or_end, '$step': PausableGenerator.__next__, '$delegate': delegate, '$is_exit': is_exit, '$Done': Done, '$pausable': PausableGenerator,
    '$type': type, '$int': int, '$float': float, '$bool': bool, '$iter': iter, '$slice': slice, '$set': set, '$dict': dict, '$list': list,
    '$tuple': tuple, '$len': len, '$same': _same, '$bound': bound, '$AssertionError': AssertionError, '$StopIteration': StopIteration,
    '$TypeError': TypeError, '$is_pausable': support.is_pausable, '$has_keys': support.has_keys, '$is_list': support.is_list, '$sorts_as_list': support.sorts_as_list, '$is_module': support.is_module, '$is_wrong_call': support.is_wrong_call, '$items_in': support.items_in, '$is_str': support.is_str, '$is_sequence': support.is_sequence, '$has_places': support.has_places, '$entry_method': support.entry_method, '$IndexError': IndexError,
    '$native_next': next, '$zip': zip, '$enumerate': enumerate, '$take': next, '$isinstance': isinstance, '$function': FunctionType, '$Method': MethodType, '$str': str, '$pick': support.pick, '$order': support.order, '$replace': support.replace,
    '$native_sort': support.native_sort, '$zip_error': support.zip_error, '$enter': support.enter,
    '$leave': support.leave, '$make_class': make_class, '$begin_class': begin_or_make, '$begin_type': begin_type, '$name_hooks': name_hooks, '$subclass_hook': subclass_hook, '$set_name_error': set_name_error, '$Exception': Exception, '$AttributeError': AttributeError, '$local_names': local_names, '$ScriptType': ScriptType, '$method_types': METHOD_TYPES, '$callable_': callable, '$sorted': sorted, '$native_super': super, '$has_contains': has_contains, '$is_class': is_constructible,
    '$set_any': setattr, '$delete_item': operator.delitem, '$delete_any': delattr, '$in_place': support.in_place,
    '$is_script': is_script_instance, '$new': new_instance, '$maker': maker_of, '$initialiser': initialiser,
    '$script_attribute': script_attribute, '$set_attribute': set_script_attribute,
    '$delete_attribute': delete_script_attribute, '$substitution': support.substitution, '$substitute': support.substitute, '$substitute_counting': support.substitute_counting, '$substitutes': support.substitutes,
    '$join': support.join, '$matches': support.matches, **GENERATED_STATIC, '$replaced': replaced, '$annotate': annotate, '$is_own_method': is_own_method, '$apply': support.apply, **awaiting.HELPERS,
    '$no_module': no_module, '$refused': refuse_builtin, **groups.HELPERS, **operating.HELPERS,
}  # fmt: skip
#: Helpers of classes that are enumerations: their module is loaded with the first program that needs one.
OF_ENUMS = {'$notes_of': 'notes_of', '$note': 'note_binding', '$finish_members': 'finish_members'}
#: The same for operations of C that are begun anew.
OF_ASKED = frozenset({'$is_native_method', '$has_native_items', '$has_factory'})
#: The same for code that a script makes of text.
OF_PIECES = frozenset({'$mapping', '$put', '$store', '$drop', '$display'})
#: Prelude helpers that are guarded built-ins.
NATIVE = {
    '$native_sorted': 'sorted',
    '$native_min': 'min',
    '$native_max': 'max',
    '$native_sum': 'sum',
    '$native_print': 'print',
    '$native_repr': 'repr',
    '$native_reversed': 'reversed',
    '$native_getattr': 'getattr',
    '$native_hasattr': 'hasattr',
    '$native_setattr': 'setattr',
    '$native_delattr': 'delattr',
}
#: Functions of the prelude for scripts of which C may ask something that stops, and for those that import `operator`.
OF_ASKING = frozenset(
    'answered answered_items answered_method answered_method_items answered_item answered_store answered_deletion'
    ' answered_operation answered_in_place answered_search answered_print got_items got_attributes called_method'.split()
)
#: Helpers that functions of the prelude may load; the last two run what a script has made of text.
OF_PRELUDE = frozenset(
    {
        *STATIC,
        *NATIVE,
        *OF_ASKED,
        '$contains',
        '$add',
        '$holds_whole',
        '$operation',
        '$script_writer',
        '$print_parts',
        '$ask',
        '$repeatable',
        '$piece',
        '$piece_ended',
    }
)


def prelude_function(program: Program, function: CoreFunction, scope: dict[str, Any]) -> FunctionType:
    """Return a function of the program's prelude that finds its helpers in a run's globals."""
    assert program.prelude is not None
    made = FunctionType(program.prelude.codes[function.number], scope, function.name)
    args = function.args
    values = [default_of(default) for default in args.defaults]
    made.__defaults__ = tuple(values) or None
    made.__kwdefaults__ = {
        arg.arg: default_of(default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
    }
    return made


#: Helpers that are functions of the asyncio library.
OF_LOOP = {
    '$start_call': 'asyncio:start_call',
    '$run_main': 'asyncio:run',
    '$anext_or': 'asyncio:anext_or',
    '$awaited': 'asyncio:awaited',
}
OF_RUN = frozenset({*OF_LOOP, FUEL, '$refuel', '$import', '$import_from', '$stoppable'})
#: Guards that need nothing but the run's limits.
OPERATORS = frozenset(
    {
        '$add',
        '$mul',
        '$pow',
        '$lshift',
        '$mod',
        '$iadd',
        '$grown',
        '$imul',
        '$ipow',
        '$ilshift',
        '$imod',
        '$floordiv',
        '$ifloordiv',
    }
)
#: Of these, the ones that judge sizes and charge nothing.
SIZED_ONLY = frozenset({'$add', '$mul', '$pow', '$lshift'})
#: Guards whose method has another name.
_OPERATIONS = {'$in': 'is_in', '$holds_whole': 'contains'}


def of_enums(name: str) -> Any:
    from monty_flow.interpreter.runtime import enum_making  # loaded with the first enumeration

    return getattr(enum_making, OF_ENUMS[name])


def of_asked(name: str) -> Any:
    from monty_flow.interpreter.runtime import asking  # loaded with the first script that needs the prelude

    return getattr(asking, name[1:])


#: Helper -> what gets it from a module that is loaded with the first program that needs one.
LATER: dict[str, Callable[[str], Any]] = {**dict.fromkeys(OF_ENUMS, of_enums), **dict.fromkeys(OF_ASKED, of_asked)}


def of_pieces(name: str) -> Any:
    from monty_flow.interpreter.runtime import evaluation  # loaded with the first piece

    return getattr(evaluation, name[1:])


def default_of(node: Any) -> Any:
    """Return the value of a default in the prelude: a literal or `$end`."""
    return END if getattr(node, 'id', None) == '$end' else node.value


def binder_of(name: str) -> Callable[[Builtins], Any]:
    """Return what gives the helper of that name for a run."""
    if name.startswith('$m.'):
        method = f'm_{name[3:]}'
        return lambda objects: getattr(objects.methods, method)
    if name.startswith('$b.'):
        guard = BUILTINS[name[3:]].guard
        assert guard is not None
        return lambda objects: getattr(objects, guard)
    if name in NATIVE:
        return lambda objects: objects.value(NATIVE[name])
    if name.startswith('$B.'):
        return lambda objects: objects.value(name[3:])
    if name == '$attribute':
        return lambda objects: objects.methods.attribute
    if name in ('$global_names', '$globals_view', '$piece', '$piece_ended', '$script_writer', '$print_parts'):
        return lambda objects: getattr(objects, name[1:])
    if name in ('$ask', '$repeatable'):
        from monty_flow.interpreter.runtime.asking import (  # loaded with the first script that needs the prelude
            Asking,
            repeatable,
        )

        return Asking if name == '$ask' else lambda objects: functools.partial(repeatable, objects)
    if name == '$super':
        return lambda objects: objects.methods.super_attribute
    if name == '$format_value':
        return lambda objects: objects.formatter.format_value
    if name in ('$passing', '$showing', '$shown'):
        return lambda objects: getattr(objects.run, name[1:])
    operation = _OPERATIONS.get(name, name[1:])
    return lambda objects: getattr(objects.guards, operation)


#: Functions of `re` that call back.
_SUBSTITUTING = frozenset({'sub', 'subn'})


def _is_of_module(method: Any) -> bool:
    """Tell whether a method is one of a library module in Python, which cannot stop where it calls the script's."""
    return (getattr(method, '__module__', None) or '').startswith('monty_flow.interpreter.modules.')


class Callees:
    """Look at what a call that may stop is about to call."""

    __slots__ = ('_begun_anew', '_objects', '_scope')

    def __init__(self, scope: dict[str, Any], objects: Builtins) -> None:
        from monty_flow.interpreter.runtime.asking import (
            begun_anew,  # loaded with the first script that needs the prelude
        )

        self._scope = scope
        self._objects = objects
        self._begun_anew = begun_anew

    def _substituting(self, function: MethodType) -> Any:
        """Return the pattern, or the module `re`, whose function this is; None for any other's."""
        owner = function.__self__
        if type(owner) in support.PATTERNS:
            return owner
        is_of_module = isinstance(owner, Functions) and owner.module == 're'
        return (self._objects.run.modules or {}).get('re') if is_of_module else None

    def stoppable(self, function: Any) -> Any:
        """Return what to call: script functions as they are, built-ins that call back in a form that can stop."""
        kind = type(function)
        if kind is FunctionType or kind is ExternalFunction:
            return function
        if kind is MethodType and getattr(function, '__name__', '') in _SUBSTITUTING:
            target = self._substituting(function)
            if target is not None:
                return functools.partial(self._scope[f'$p.{function.__name__}_of'], target)
        made_by = getattr(function, '_make', function) if isinstance(function, TypeStandIn) else function
        owner = getattr(made_by, '__self__', None)
        if kind is MethodType and not isinstance(owner, Builtins | Functions) and not _is_of_module(function.__func__):
            return function
        if type(kind) in SCRIPT_TYPES:
            return function
        if is_constructible(function) and not self._objects.run.program.stopping_methods.isdisjoint(CALLED_BY_CALL):
            return functools.partial(self._scope['$p.construct'], function)
        name = getattr(made_by, '__name__', '').removeprefix('b_')
        if isinstance(owner, Functions) and name in owner.stopping:
            return self._scope[f'$p.{owner.stopping[name]}']
        if isinstance(owner, Functions) and name in owner.consuming:
            return functools.partial(self._scope['$p.call_native'], function)
        written = comparers.written(self._objects.run, function)
        if written is not None:
            return written
        if isinstance(owner, Builtins) or any(function is native for native in (map, filter, zip, enumerate, next)):
            prelude = self._scope.get(f'$p.{name}')
            if prelude is not None and (name in PRELUDE or name in EVALUATING):
                return prelude
        begun = self._begun_anew(self._objects.run, function)
        if begun is not None:
            return functools.partial(self._scope[f'$p.{begun[0]}'], *begun[1:])
        called = self._objects.guards.callable(function)
        if any(function is one for one in operating.ASKING) or (name == 'repr' and isinstance(owner, Builtins)):
            return operating.Asking(called)
        return Barrier(called)
