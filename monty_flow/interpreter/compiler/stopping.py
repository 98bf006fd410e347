"""What is known of built-ins, methods of built-in types and modules: which call back, which iterate, which stop by themselves."""

from __future__ import annotations

import ast

from monty_flow.interpreter.modules import flow

#: Built-ins that call back: (index of the callback or keyword name).
CALLBACKS: dict[str, tuple[int | str, ...]] = {
    'sorted': ('key',),
    'min': ('key',),
    'max': ('key',),
    'map': (0,),
    'filter': (0,),
}
#: Functions and methods of `asyncio` that run a loop.
LOOP_RUNNERS = frozenset({'run', 'run_until_complete', 'run_forever'})
#: Module -> its functions that stop.
STOPPING = {'time': frozenset({'sleep'}), 'asyncio': frozenset({'run'}), 'flow': flow.STOPPING, '_flow': flow.STOPPING}
#: Methods of built-in types that call back by keyword.
METHOD_CALLBACKS: dict[str, tuple[int | str, ...]] = {'sort': ('key',)}
#: Functions of modules that call back, by the name under which they are reached.
MODULE_CALLBACKS: dict[str, tuple[int | str, ...]] = {'reduce': (0,), 'sub': (0, 1, 'repl'), 'subn': (0, 1, 'repl')}
#: Built-ins that go through an iterable argument, and so can step a pausing generator.
CONSUMERS = frozenset(
    'all any bytearray bytes dict enumerate filter frozenset iter list map max min next reversed set sorted sum tuple'
    ' zip'.split()
)
#: Built-ins that step an iterator and have a version in the prelude that may stop.
STEPPING = frozenset('all any enumerate filter map max min next sorted sum zip'.split())
#: Built-ins that do with an attribute what its name does, and have such a version.
ACCESSORS = frozenset({'getattr', 'hasattr', 'setattr', 'delattr'})
#: Built-ins that give what one method of their argument gives, also where they are called as a value.
ASKING = frozenset({'str', 'repr', 'int', 'float', 'len', 'abs'})
#: Functions that have such a version.
PRELUDE = STEPPING | ACCESSORS | {'reduce'}
#: Built-ins that run code which is made of text.
EVALUATING = frozenset({'eval', 'exec'})
#: Modules whose functions do so, with the names of the script.
EVALUATING_MODULES = frozenset({'doctest', 'timeit', 'unittest'})
#: Of the consumers, the ones that use up a generator expression before they return, and never call back.
EAGER = frozenset('all any bytearray bytes dict frozenset list max min set sorted sum tuple'.split())
#: Methods of types of modules that use up an iterable, under names that scripts like to give to methods of their own.
LIBRARY_METHOD_CONSUMERS = frozenset({'subtract', 'writerow', 'writerows'})
#: The same for methods of built-in types, and all of them.
METHOD_CONSUMERS = LIBRARY_METHOD_CONSUMERS | frozenset(
    'join extend update union difference intersection symmetric_difference isdisjoint issubset issuperset'
    ' difference_update intersection_update symmetric_difference_update fromkeys extendleft writelines'.split()
)
#: Functions and types of modules that do so -> under these names.
MODULE_CONSUMERS = {
    'collections': frozenset({'Counter', 'OrderedDict', 'defaultdict', 'deque'}),
    'itertools': frozenset({'combinations', 'combinations_with_replacement', 'permutations', 'product'}),
    'math': frozenset({'dist', 'fsum', 'prod', 'sumprod'}),
    'heapq': frozenset({'merge', 'nlargest', 'nsmallest'}),
    'csv': frozenset({'DictReader', 'reader'}),
}
#: Types of modules whose instances call what they were given when an item is read.
MAKING = {'collections': frozenset({'defaultdict'})}
#: Built-ins that give something that calls back later.
LAZY_BUILTINS = frozenset({'map', 'filter', 'iter'})
#: Functions of modules that call back or step later.
LAZY = {'heapq': frozenset({'merge'})}
#: Functions of modules that give what calls back when it is compared.
KEY_MAKERS = {'functools': frozenset({'cmp_to_key'})}
#: Functions of `operator` that give what reads something from its argument.
GETTERS = frozenset({'attrgetter', 'itemgetter', 'methodcaller'})
#: Functions of modules that compare what they are given, or what `key` makes of it.
MODULE_COMPARERS = {
    'bisect': frozenset('bisect bisect_left bisect_right insort insort_left insort_right'.split()),
    'heapq': frozenset('heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest'.split()),
}
#: Built-ins whose result is never a generator, nor anything lazy over one.
PLAIN_RESULTS = frozenset(
    'abs all any ascii bin bool bytearray bytes chr complex dict divmod float format frozenset hash hex id int'
    ' isinstance issubclass len list memoryview oct ord pow range repr round set sorted str sum tuple'.split()
)
PLAIN_NODES = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Lambda,
)  # fmt: skip
#: Methods that calling a class or an instance runs.
CALLED_BY_CALL = frozenset({'__init__', '__new__', '__call__', '__post_init__'})
#: Methods that step a generator.
GENERATOR_METHODS = frozenset({'__next__', 'send', 'throw', 'close'})
#: Methods of built-in types that give something to iterate which is never a generator.
PLAIN_METHODS = frozenset('items keys values split splitlines rsplit partition rpartition copy'.split())
#: Methods of `collections.abc`: those that the mixin methods call, and their names.
_OF_CONTAINERS = (
    frozenset(
        '__getitem__ __setitem__ __delitem__ __iter__ __next__ __len__ __contains__ insert add discard send throw'.split()
    ),
    frozenset(
        'get keys items values pop popitem clear update setdefault index count append extend reverse remove isdisjoint'
        ' close __contains__ __iter__ __next__ __reversed__ __eq__ __ne__ __le__ __lt__ __ge__ __gt__ __and__ __or__'
        ' __sub__ __xor__ __rand__ __ror__ __rsub__ __rxor__ __iadd__ __ior__ __iand__ __isub__ __ixor__ __len__'.split()
    ),
)
#: Modules whose classes give mixin methods to a script's own.
MIXINS = {
    'collections': _OF_CONTAINERS, 'collections.abc': _OF_CONTAINERS, 'typing': _OF_CONTAINERS,
    'numbers': (
        frozenset(
            '__add__ __neg__ __eq__ __floordiv__ __mod__ __rfloordiv__ __rmod__ __int__ numerator denominator'.split()
        ),
        frozenset('__sub__ __rsub__ __bool__ __divmod__ __rdivmod__ __complex__ __float__ __index__'.split()),
    ),
}  # fmt: skip
