"""Built-ins that call back, written in the script language itself.

Native `sorted` cannot be stopped in the middle. Where the compiler finds that a callback or an iterator may
stop, it calls the version of this module instead, which is compiled by our own compiler and so
can be captured and resumed like any function of the script. Names that begin with an underscore mean helpers
of the runtime: `_next` is `$next`, `_p_sorted` is the prelude's own `sorted`.

The names of these functions and the numbers of their nodes, counted from the first line of all, are part of the snapshot format: what is new is
put at the end, and what is not called any more stays for the snapshots that stand in it (`map_steps`).
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from monty_flow.interpreter.limits import DEFAULT_LIMITS
from monty_flow.interpreter.runtime.own_names import OwnNames

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.program import Program

SOURCE = """
def collect(iterable):
    if not _is_pausable(iterable):
        return iterable
    iterable = _p_iterate(iterable)
    found = []
    while True:
        item = _p_step(iterable)
        if item is _end:
            return found
        found.append(item)

def collect_some(iterable, count):
    if not _is_pausable(iterable):
        return iterable
    iterable = _p_iterate(iterable)
    found = []
    while _len(found) <= count:
        item = _p_step(iterable)
        if item is _end:
            return found
        found.append(item)
    return found

def sum(iterable, start=0):
    if not _is_pausable(iterable):
        return _native_sum(iterable, start)
    iterable = _p_iterate(iterable)
    total = _native_sum((), start)
    while True:
        item = _p_step(iterable)
        if item is _end:
            return total
        total = total + item

def sum_items(iterable, start=0):
    iterator = _p_iterate(iterable)
    total = _native_sum((), start)
    while True:
        item = _p_step(iterator)
        if item is _end:
            return total
        total = _add(total, item)

def call(callee, *args, **kwargs):
    if not _is_class(callee):
        return callee(*args, **kwargs)
    instance = _new(callee, args, kwargs)
    init = _initialiser(callee, instance)
    if init is not None:
        init(*args, **kwargs)
    return instance

def step(iterator):
    if not _is_script(iterator):
        return _next(iterator)
    try:
        return iterator.__next__()
    except _StopIteration:
        return _end

def contains(container, item):
    if _has_contains(container):
        return not not container.__contains__(item)
    if not _is_pausable(container):
        return _contains(container, item)
    container = _p_iterate(container)
    while True:
        found = _p_step(container)
        if found is _end:
            return False
        if found is item or found == item:
            return True

def next(iterator, *default):
    if not _is_pausable(iterator):
        return _native_next(iterator, *default)
    if not default:
        return iterator.__next__() if _is_script(iterator) else _step(iterator)
    item = _p_step(iterator)
    return default[0] if item is _end else item

def any(iterable):
    iterator = _p_iterate(iterable)
    while True:
        item = _p_step(iterator)
        if item is _end:
            return False
        if item:
            return True

def all(iterable):
    iterator = _p_iterate(iterable)
    while True:
        item = _p_step(iterator)
        if item is _end:
            return True
        if not item:
            return False

def keys_of(key, items):
    keys = []
    for item in items:
        keys.append(key(item))
    return keys

def sorted(iterable, *, key=None, reverse=False):
    items = _list(_p_collect(iterable))
    if key is None:
        return _native_sorted(items, reverse=reverse)
    keys = _p_keys_of(key, items)
    return _pick(items, _order(keys, reverse))

def sort(items, *, key=None, reverse=False):
    if not _is_list(items):
        return items.sort(key=key, reverse=reverse)
    if key is None:
        return _native_sort(items, reverse)
    keys = _p_keys_of(key, items)
    _replace(items, _pick(items, _order(keys, reverse)))

def extreme(largest, args, key, default):
    if _len(args) == 1:
        items = _list(_p_collect(args[0]))
        if not items and default is not _end:
            return default
    else:
        items = args
    if key is None or not items:
        return _native_max(items) if largest else _native_min(items)
    keys = _p_keys_of(key, items)
    return items[keys.index(_native_max(keys) if largest else _native_min(keys))]

def min(*args, key=None, default=_end):
    return _p_extreme_items(False, args, key, default)

def max(*args, key=None, default=_end):
    return _p_extreme_items(True, args, key, default)

def reduce(function, iterable, *initial):
    iterator = _p_iterate(iterable)
    if initial:
        value = initial[0]
    else:
        value = _p_step(iterator)
        if value is _end:
            raise _TypeError('reduce() of empty iterable with no initial value')
    while True:
        item = _p_step(iterator)
        if item is _end:
            return value
        value = function(value, item)

def sub(target, *args, **options):
    parts = _substitution(target, args, options)
    if parts is None:
        return _substitute(target, args, options)
    function, matches, text = parts
    made = []
    end = 0
    for match in matches:
        made.append(text[end:match.start()])
        made.append(function(match))
        end = match.end()
    made.append(text[end:])
    return _join(text, made)

def map_steps(function, iterators):
    while True:
        args = []
        for iterator in iterators:
            item = _p_step(iterator)
            if item is _end:
                return
            args.append(item)
        yield function(*args)

def map(function, *iterables):
    if not iterables:
        raise _TypeError('map() must have at least two arguments.')
    return _pausable(_p_map_items(function, [_p_iterate(one) for one in iterables]))

def filter_steps(function, iterator):
    while True:
        item = _p_step(iterator)
        if item is _end:
            return
        if item if function is None else function(item):
            yield item

def filter(function, iterable):
    return _pausable(_p_filter_items(function, _p_iterate(iterable)))

def zip_steps(iterators, strict):
    if not iterators:
        return
    while True:
        items = []
        for iterator in iterators:
            item = _p_step(iterator)
            if item is _end:
                if strict:
                    place = _len(items)
                    if place:
                        raise _zip_error('shorter', place)
                    for other in iterators[1:]:
                        place = place + 1
                        item = _p_step(other)
                        if item is not _end:
                            raise _zip_error('longer', place)
                return
            items.append(item)
        yield _tuple(items)

def zip(*iterables, strict=False):
    return _pausable(_p_zip_steps([_p_iterate(one) for one in iterables], strict))

def enumerate_steps(iterator, number):
    while True:
        item = _p_step(iterator)
        if item is _end:
            return
        yield (number, item)
        number = number + 1

def enumerate(iterable, start=0):
    return _pausable(_p_enumerate_steps(_p_iterate(iterable), start))

def make_replaced(instance, /, **changes):
    return _p_construct(_type(instance), **_replaced(instance, changes))

def iter_until_steps(function, sentinel):
    while True:
        try:
            item = function()
        except _StopIteration:
            return
        if sentinel == item:
            return
        yield item

def iter_until(function, sentinel):
    if not _callable_(function):
        raise _TypeError('iter(v, w): v must be callable')
    return _pausable(_p_iter_until_steps(function, sentinel))

def consume(callee, *args, **kwargs):
    if _is_own_method(callee):
        return callee(*args, **kwargs)
    collected = []
    for value in args:
        collected.append(_p_collect(value))
    return callee(*collected, **kwargs)

def finish_class(begun, keywords):
    cls, namespace = begun
    if namespace is None:
        return
    for name, hook in _name_hooks(namespace):
        try:
            hook(cls, name)
        except _Exception as error:
            _set_name_error(cls, name, namespace, error)
    init = _subclass_hook(cls, keywords)
    if init is not None:
        init(**keywords)

def make_type(*args, **keywords):
    begun = _begin_type(args, keywords)
    _p_finish_class(begun, keywords)
    return begun[0]

def operate(name, a, b, in_place=False):
    tries = _attempts(name, a, b)
    if tries is None:
        parts = _parts_of(name, a, b)
        if parts == 'items':
            return _p_compare_items(name, a, b)
        if parts == 'values':
            return _p_compare_values(name, a, b)
        return _operation(name, a, b)
    for method, one, which, other in tries:
        value = _native_attempt(one, which, other) if method is None else method(other)
        if value is not _NotImplemented:
            return not value if name == '__ne__' and which == '__eq__' else value
    return _unsupported(name, a, b, in_place)

def operate_in_place(name, a, b):
    method = _own_method(a, name)
    if method is not None:
        value = method(b)
        if value is not _NotImplemented:
            return value
    elif _attempts(_plain_name(name), a, b) is None:
        return _operation(name, a, b)
    return _p_operate(_plain_name(name), a, b, True)

def compare_items(name, a, b):
    if name == '__eq__' or name == '__ne__':
        if _len(a) != _len(b):
            return name == '__ne__'
    place = 0
    while place < _len(a) and place < _len(b):
        x = a[place]
        y = b[place]
        place = place + 1
        if x is y or _p_operate('__eq__', x, y):
            continue
        if name == '__eq__' or name == '__ne__':
            return name == '__ne__'
        return _p_operate(name, x, y)
    return _operation(name, _len(a), _len(b))

def compare_values(name, a, b):
    if _len(a) != _len(b):
        return name == '__ne__'
    for key in a:
        if not _contains(b, key):
            return name == '__ne__'
        x = a[key]
        y = b[key]
        if x is not y and not _p_operate('__eq__', x, y):
            return name == '__ne__'
    return name == '__eq__'

def holds(container, item):
    if _has_contains(container):
        return not not container.__contains__(item)
    if _holds_instances(container, item):
        for found in container:
            if found is item or _p_operate('__eq__', found, item):
                return True
        return False
    if not _is_pausable(container):
        return _contains(container, item)
    container = _p_iterate(container)
    while True:
        found = _p_step(container)
        if found is _end:
            return False
        if found is item or _p_operate('__eq__', found, item):
            return True

def sum_operands(iterable, start=0):
    iterator = _p_iterate(iterable)
    total = _native_sum((), start)
    while True:
        item = _p_step(iterator)
        if item is _end:
            return total
        total = _p_operate('__add__', total, item)

def first_run(keys, places):
    falls = not not _p_operate('__lt__', keys[places[1]], keys[places[0]])
    count = 2
    while count < _len(places):
        less = not not _p_operate('__lt__', keys[places[count]], keys[places[count - 1]])
        if less != falls:
            break
        count = count + 1
    if falls:
        _turn(places, count)
    return count

def order_by_steps(keys, reverse):
    places = _places(keys, reverse)
    if _len(places) > 1:
        start = _p_first_run(keys, places)
        while start < _len(places):
            low = 0
            high = start
            while low < high:
                middle = _middle(low, high)
                if _p_operate('__lt__', keys[places[start]], keys[places[middle]]):
                    high = middle
                else:
                    low = middle + 1
            _move(places, start, low)
            start = start + 1
    if reverse:
        _turn(places, _len(places))
    return places

def order_of(keys, reverse):
    if _have_instances(keys):
        return _p_order_by_steps(keys, reverse)
    return _order(keys, reverse)

def sorted_by_steps(iterable, *, key=None, reverse=False):
    items = _list(_p_collect(iterable))
    keys = items if key is None else _p_keys_of(key, items)
    return _pick(items, _p_order_of(keys, reverse))

def sort_by_steps(items, *, key=None, reverse=False):
    if not _is_list(items):
        return items.sort(key=key, reverse=reverse)
    keys = items if key is None else _p_keys_of(key, items)
    _replace(items, _pick(items, _p_order_of(keys, reverse)))

def best_by_steps(name, args, key, default):
    if _len(args) == 1:
        items = _list(_p_collect(args[0]))
        if not items:
            if default is not _end:
                return default
            return _native_min(items) if name == '__lt__' else _native_max(items)
    else:
        items = args
    keys = items if key is None else _p_keys_of(key, items)
    best = 0
    place = 1
    while place < _len(keys):
        if _p_operate(name, keys[place], keys[best]):
            best = place
        place = place + 1
    return items[best]

def min_by_steps(*args, key=None, default=_end):
    return _p_best_of('__lt__', args, key, default)

def max_by_steps(*args, key=None, default=_end):
    return _p_best_of('__gt__', args, key, default)

def print_texts(*args, **options):
    texts = []
    for item in args:
        method = _text_method(item)
        texts.append(item if method is None else method())
    _native_print(*texts, **options)

def collect_mapping(source):
    if not _has_keys(source):
        return _p_collect(source)
    found = {}
    for key in source.keys():
        found[key] = source[key]
    return found

def consume_mappings(callee, *args, **kwargs):
    if _is_own_method(callee):
        return callee(*args, **kwargs)
    collected = []
    for value in args:
        collected.append(_p_collect_mapping(value))
    return callee(*collected, **kwargs)

def eval(*args, **kwargs):
    piece = _piece('eval', args, kwargs)
    try:
        return piece()
    finally:
        _piece_ended(piece)

def exec(*args, **kwargs):
    piece = _piece('exec', args, kwargs)
    try:
        piece()
    finally:
        _piece_ended(piece)

def map_items(function, iterators):
    while True:
        args = []
        for iterator in iterators:
            item = _p_step(iterator)
            if item is _end:
                return
            args.append(item)
        try:
            value = function(*args)
        except _StopIteration:
            # Where CPython's map ends too: `map(next, iterators)` relies on it.
            return
        yield value

def filter_items(function, iterator):
    while True:
        item = _p_step(iterator)
        if item is _end:
            return
        try:
            chosen = item if function is None else function(item)
        except _StopIteration:
            return
        if chosen:
            yield item

def call_native(callee, *args, **kwargs):
    collected = []
    for value in args:
        collected.append(value if _has_keys(value) else _p_collect(value))
    return _apply(callee, collected, kwargs)

def getattr(*args, **kwargs):
    if kwargs or _len(args) != 3:
        return _native_getattr(*args, **kwargs)
    obj, name, default = args
    try:
        return _native_getattr(obj, name)
    except _AttributeError:
        return default

def hasattr(*args, **kwargs):
    if kwargs or _len(args) != 2 or not _is_str(args[1]):
        return _native_hasattr(*args, **kwargs)
    try:
        _native_getattr(*args)
    except _AttributeError:
        return False
    return True

def setattr(*args, **kwargs):
    _native_setattr(*args, **kwargs)

def delattr(*args, **kwargs):
    _native_delattr(*args, **kwargs)

def holds_by_steps(container, item):
    if _has_contains(container):
        return not not container.__contains__(item)
    if _goes_by_steps(container) or _is_pausable(container):
        container = _p_iterate(container)
        while True:
            found = _p_step(container)
            if found is _end:
                return False
            if found is item or _p_operate('__eq__', found, item):
                return True
    return _holds_whole(container, item)

def place_of(target, item, start, end):
    place = start
    while place < end and place < _len(target):
        found = target[place]
        if found is item or _p_operate('__eq__', found, item):
            return place
        place = place + 1
    return None

def index_by_steps(target, *args, **kwargs):
    bounds = _searched('index', target, args, kwargs)
    if bounds is None:
        return _native_getattr(target, 'index')(*args, **kwargs)
    place = _p_place_of(target, args[0], *bounds)
    if place is None:
        raise _not_found('index', target, args[0], _native_repr)
    return place

def remove_by_steps(target, *args, **kwargs):
    bounds = _searched('remove', target, args, kwargs)
    if bounds is None:
        return _native_getattr(target, 'remove')(*args, **kwargs)
    place = _p_place_of(target, args[0], *bounds)
    if place is None:
        raise _not_found('remove', target, args[0], _native_repr)
    _delete_item(target, place)

def count_by_steps(target, *args, **kwargs):
    if _searched('count', target, args, kwargs) is None:
        return _native_getattr(target, 'count')(*args, **kwargs)
    item = args[0]
    number = 0
    for found in target:
        if found is item or _p_operate('__eq__', found, item):
            number = number + 1
    return number

def item(container, key):
    factory = _factory_of(container, key)
    if factory is None:
        return _item_of(container, key)
    made = _p_construct(factory)
    container[key] = made
    return made

def items_of(sequence):
    method = _own_method(sequence, '__getitem__')
    place = 0
    while True:
        try:
            item = method(place)
        except (_IndexError, _StopIteration):
            return
        yield item
        place = place + 1

def items_backwards(method, place):
    while place > 0:
        place = place - 1
        try:
            item = method(place)
        except (_IndexError, _StopIteration):
            return
        yield item

def collect_entries(source):
    if not _has_keys(source):
        return _p_collect(source)
    method = _entry_method(source)
    if method is None:
        return source
    found = {}
    for key in _p_collect(_native_getattr(source, 'keys')()):
        found[key] = method(key)
    return found

def consume_entries(callee, *args, **kwargs):
    if _is_own_method(callee):
        return callee(*args, **kwargs)
    collected = []
    for value in args:
        collected.append(_p_collect_entries(value))
    return callee(*collected, **kwargs)

def reverse(*args, **kwargs):
    if kwargs or _len(args) != 1:
        return _native_reversed(*args, **kwargs)
    method = _own_method(args[0], '__reversed__')
    if method is not None:
        return method()
    if not _has_places(args[0]):
        return _native_reversed(args[0])
    method = _own_method(args[0], '__getitem__')
    size = _own_method(args[0], '__len__')
    return _pausable(_p_items_backwards(method, _len(args[0]) if size is None else size()))

def iterate(iterable):
    if _is_sequence(iterable):
        return _pausable(_p_items_of(iterable))
    return _iter(iterable)

def extreme_items(largest, args, key, default):
    if _is_wrong_call(args, default):
        return _native_max(*args, default=default) if largest else _native_min(*args, default=default)
    if key is None:
        return _p_extreme(largest, args, key, default)
    iterator = _p_iterate(args[0] if _len(args) == 1 else args)
    best = _end
    most = None
    while True:
        item = _p_step(iterator)
        if item is _end:
            break
        found = key(item)
        if best is _end or (found > most if largest else found < most):
            best = item
            most = found
    if best is not _end:
        return best
    if default is not _end:
        return default
    return _native_max(()) if largest else _native_min(())

def best_of(name, args, key, default):
    if _is_wrong_call(args, default):
        return _native_min(*args, default=default) if name == '__lt__' else _native_max(*args, default=default)
    iterator = _p_iterate(args[0] if _len(args) == 1 else args)
    best = _end
    most = None
    while True:
        item = _p_step(iterator)
        if item is _end:
            break
        found = item if key is None else key(item)
        if best is _end or _p_operate(name, found, most):
            best = item
            most = found
    if best is not _end:
        return best
    if default is not _end:
        return default
    return _native_min(()) if name == '__lt__' else _native_max(())

def reduce_of(target, *args, **kwargs):
    if kwargs or not _is_module(target):
        return _native_getattr(target, 'reduce')(*args, **kwargs)
    return _p_reduce(*args)

def sub_of(target, *args, **options):
    if not _substitutes(target):
        return _native_getattr(target, 'sub')(*args, **options)
    parts = _substitution(target, args, options)
    return _substitute(target, args, options) if parts is None else _p_substituted(*parts)

def subn_of(target, *args, **options):
    if not _substitutes(target):
        return _native_getattr(target, 'subn')(*args, **options)
    parts = _substitution(target, args, options)
    return _substitute_counting(target, args, options) if parts is None else (_p_substituted(*parts), _len(parts[1]))

def substituted(function, matches, text):
    made = []
    end = 0
    for match in matches:
        made.append(text[end:match.start()])
        made.append(function(match))
        end = match.end()
    made.append(text[end:])
    return _join(text, made)

def sort_in_place(items, *args, **kwargs):
    if args or not _sorts_as_list(items):
        return _native_getattr(items, 'sort')(*args, **kwargs)
    _p_sort_list(items, **kwargs)

def sort_list(items, *, key=None, reverse=False):
    if key is None:
        return _native_sort(items, reverse)
    found = _items_in(items)
    _replace(items, _pick(found, _order(_p_keys_of(key, found), reverse)))

def sort_in_place_by_steps(items, *args, **kwargs):
    if args or not _sorts_as_list(items):
        return _native_getattr(items, 'sort')(*args, **kwargs)
    _p_sort_list_by_steps(items, **kwargs)

def sort_list_by_steps(items, *, key=None, reverse=False):
    found = _items_in(items)
    keys = found if key is None else _p_keys_of(key, found)
    _replace(items, _pick(found, _p_order_of(keys, reverse)))

def construct(callee, *args, **kwargs):
    if not _is_class(callee):
        return callee(*args, **kwargs)
    maker = _maker(callee)
    instance = _new(callee, args, kwargs) if maker is None else maker(callee, *args, **kwargs)
    init = _initialiser(callee, instance)
    if init is not None:
        init(*args, **kwargs)
    return instance

def print_by_steps(*args, **options):
    writer = _script_writer(options)
    texts = [] if writer is None else _print_parts((), options)
    between = options.get('sep')
    place = 0
    for item in args:
        if place and writer is not None:
            _native_getattr(writer, 'write')(' ' if between is None else between)
        place = place + 1
        method = _text_method(item)
        text = item if method is None else method()
        if writer is None:
            texts.append(text)
        else:
            _native_getattr(writer, 'write')(_print_parts((text,), {})[0])
    if writer is None:
        return _native_print(*texts, **options)
    _native_getattr(writer, 'write')(texts[0])
    if options.get('flush') and options.get('file') is not None:
        _native_getattr(writer, 'flush')()

def delegate(iterator, value, error):
    if not _is_script(iterator):
        return _delegate_await(iterator, value, error)
    try:
        if error is None:
            return iterator.__next__() if value is None else _native_getattr(iterator, 'send')(value)
        if _is_exit(error):
            method = _p_getattr(iterator, 'close', None)
            if method is not None:
                method()
            raise error
        method = _p_getattr(iterator, 'throw', None)
        if method is None:
            raise error
        return method(error)
    except _StopIteration as stop:
        if stop is error:
            raise
        return _Done(stop.value)

def answered(callee, *args, **kwargs):
    answers = []
    while True:
        found = _ask(callee, args, kwargs, answers)
        if found[0]:
            return found[1]
        method = found[1]
        try:
            answer = (method, True, method(*found[2]))
        except _Catchable as error:
            answer = (method, False, error)
        answers.append(answer)

def answered_items(callee, *args, **kwargs):
    collected = []
    for value in args:
        collected.append(_repeatable(_p_collect_entries(value)))
    return _p_answered(callee, *collected, **kwargs)

def answered_method(name, target, *args, **kwargs):
    if not _is_native_method(target, name):
        return _native_getattr(target, name)(*args, **kwargs)
    return _p_answered('.' + name, target, *args, **kwargs)

def answered_method_items(name, target, *args, **kwargs):
    if not _is_native_method(target, name):
        return _native_getattr(target, name)(*args, **kwargs)
    return _p_answered_items('.' + name, target, *args, **kwargs)

def answered_item(container, key):
    if not _has_native_items(container, '__getitem__'):
        return _p_item(container, key)
    if not _has_factory(container):
        return _p_answered('item', container, key)
    found = _p_answered('held_item', container, key)
    if found is _end:
        found = _p_construct(container.default_factory)
        _p_answered('set_item', found, container, key)
    return found

def answered_store(value, container, key):
    if not _has_native_items(container, '__setitem__'):
        _store_item(value, container, key)
    else:
        _p_answered('set_item', value, container, key)

def answered_deletion(container, key):
    if not _has_native_items(container, '__delitem__'):
        _delete_item(container, key)
    else:
        _p_answered('delete_item', container, key)

def answered_operation(name, a, b, in_place=False):
    if _attempts(name, a, b) is None and _parts_of(name, a, b) != 'items':
        return _p_answered(name, a, b)
    return _p_operate(name, a, b, in_place)

def answered_in_place(name, a, b):
    if _own_method(a, name) is None and _attempts(_plain_name(name), a, b) is None:
        return _p_answered(name, a, b)
    return _p_operate_in_place(name, a, b)

def answered_search(container, item):
    if _has_contains(container) or _goes_by_steps(container) or _is_pausable(container):
        return _p_holds_by_steps(container, item)
    return _p_answered('contains', container, item)

def answered_print(*args, **options):
    writer = _script_writer(options)
    texts = [] if writer is None else _print_parts((), options)
    between = options.get('sep')
    place = 0
    for item in args:
        if place and writer is not None:
            _native_getattr(writer, 'write')(' ' if between is None else between)
        place = place + 1
        text = item if _type(item) in _plain else _p_answered('str', item)
        if writer is None:
            texts.append(text)
        else:
            _native_getattr(writer, 'write')(_print_parts((text,), {})[0])
    if writer is None:
        return _native_print(*texts, **options)
    _native_getattr(writer, 'write')(texts[0])
    if options.get('flush') and options.get('file') is not None:
        _native_getattr(writer, 'flush')()

def got_items(keys, container):
    items = []
    for key in keys:
        items.append(_p_answered_item(container, key))
    return items[0] if _len(items) == 1 else _tuple(items)

def got_attributes(paths, obj):
    found = []
    for path in paths:
        value = obj
        for name in path.split('.'):
            value = _native_getattr(value, name)
        found.append(value)
    return found[0] if _len(found) == 1 else _tuple(found)

def called_method(name, args, kwargs, obj):
    return _native_getattr(obj, name)(*args, **kwargs)
"""


class _Names(OwnNames):
    """Turn `_p_name` into the prelude's own function and `_name` into a helper."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        self.generic_visit(node)
        if node.id.startswith('_p_'):
            node.id = '$p.' + node.id[3:]
        elif node.id.startswith('_'):
            node.id = '$' + node.id[1:]
        return node


@functools.cache
def prelude_program() -> Program:
    """Return the compiled prelude, made once."""
    from monty_flow.interpreter.compiler.build import build_program
    from monty_flow.interpreter.compiler.own import Own

    return build_program(
        SOURCE, 'prelude', (), stopping_names(), DEFAULT_LIMITS, forced=False, prelude=None, own=Own(_Names().rename)
    )


@functools.cache
def stopping_names() -> frozenset[str]:
    """Return the helper names whose call may stop."""
    functions = [node.name for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]
    accesses = ('$native_getattr', '$native_setattr', '$native_delattr', '$store_item', '$delete_item')
    return frozenset(
        {
            '$next',
            '$step',
            '$iter',
            '$contains',
            '$add',
            '$item_of',
            '$delegate_await',
            *accesses,
            *(f'$p.{name}' for name in functions),
        }
    )
