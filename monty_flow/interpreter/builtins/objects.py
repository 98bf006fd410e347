"""Built-ins about objects: their attributes, classes, identity, and printing them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MethodType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from monty_flow.interpreter.runtime.attributes import (
    Access,
    access_of,
    delete_script_attribute,
    is_dunder,
    script_attribute,
    set_script_attribute,
)
from monty_flow.interpreter.runtime.classes import (
    SCRIPT_TYPES,
    SHARED,
    MetaclassType,
    is_script_class,
    is_script_function,
    is_script_instance,
)
from monty_flow.interpreter.runtime.identity import Numbers
from monty_flow.interpreter.runtime.kinship import CLAIMED, is_instance, is_subclass
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.methods import Methods
from monty_flow.interpreter.runtime.namespaces import global_names, names_in
from monty_flow.interpreter.runtime.redefinition import WRITERS, check_entry
from monty_flow.interpreter.runtime.reflection import DIRECTORIES, is_script_value, own_attribute, read
from monty_flow.interpreter.runtime.run import STREAMS, Run
from monty_flow.interpreter.runtime.text import text_of
from monty_flow.interpreter.runtime.universe import DATES, SCALARS, VALUES, class_of_parts, growing, type_in_run

#: Characters up to which a line is not worth a look at the limits.
if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.open_files import File

_FEW: Final = 1 << 16
_PRINT_OPTIONS: Final = frozenset({'sep', 'end', 'file', 'flush'})
#: What type() gives as it is, whichever modules there are.
_PLAIN_TYPES: Final = frozenset({bool, bytes, dict, float, int, list, set, str, tuple, type(None)})
#: By names of their own: a member of an enum is looked up by code in Python.
_NATIVE, _GUARDED, _SCRIPT, _REFUSED = Access.NATIVE, Access.GUARDED, Access.SCRIPT, Access.REFUSED
#: Levels of tuples that hash() follows; CPython recurses in C, without a check of its own.
MAX_HASH_DEPTH: Final = 200
#: Hashed by CPython: nothing of a script is inside, and no address.
_HASHED: Final = growing({*SCALARS, *DATES, *VALUES, range, memoryview} - {slice})
#: How numbers are hashed that may be a NaN.
_FLOAT_HASH: Final[Any] = float.__hash__
_DECIMAL_HASH: Final[Any] = Decimal.__hash__
#: Of the types above, those of which no value is a NaN.
_BY_VALUE: Final = frozenset({str, bytes, bool, int, type(None), *DATES})


class Objects:
    """The part of `Builtins` about objects."""

    __slots__ = ()
    run: Run
    methods: Methods
    #: Numbers given by id(), with the objects, which must live as long as their numbers mean them.

    def b_getattr(self, /, *args: Any, **kwargs: Any) -> Any:
        if 2 <= len(args) <= 3 and not kwargs and type(args[1]) is str and args[1].isascii():
            # The commonest case: a name that is read natively.
            access, refused = access_of(args[1])
            if access is _NATIVE and not refused and args[1][:1] != '$':
                return getattr(*args)
        if kwargs or not 2 <= len(args) <= 3 or not isinstance(args[1], str):
            # Always an error; a name that is no str never gets as far as the object.
            return getattr(*args, **kwargs)
        try:
            return self._attribute(args[0], args[1])
        except AttributeError:
            if len(args) == 2:
                raise
        return args[2]

    def b_hasattr(self, /, *args: Any, **kwargs: Any) -> bool:
        if kwargs or len(args) != 2 or not isinstance(args[1], str):
            return hasattr(*args, **kwargs)
        if type(args[1]) is str and args[1].isascii():
            access, refused = access_of(args[1])
            if access is _NATIVE and not refused and args[1][:1] != '$':
                return hasattr(*args)
        try:
            self._attribute(args[0], args[1])
        except AttributeError:
            return False
        return True

    def _attribute(self, obj: Any, name: str) -> Any:
        name, access = self._computed(name)
        if access is _GUARDED:
            return self.methods.attribute(obj, name)
        if access is _SCRIPT:
            return script_attribute(obj, name)
        return getattr(obj, name)

    def _computed(self, name: str) -> tuple[str, Access]:
        """Return a computed name in the form in which the parser would give it, and how it is read."""
        # A subclass of str may lie about its text: look at, and use, an exact copy.
        name = str.__str__(name)
        if not name.isascii():
            import unicodedata  # few names need it

            name = unicodedata.normalize('NFKC', name)
        access, reason = access_of(name)
        if access is _REFUSED or name.startswith('$'):
            raise AttributeError(f"the attribute '{name}' is refused: {reason or 'no script can write such a name'}")
        return name, access

    def b_setattr(self, /, *args: Any, **kwargs: Any) -> None:
        if kwargs or len(args) != 3 or not isinstance(args[1], str):
            setattr(*args, **kwargs)
        name, access = self._computed(args[1])
        if access is Access.SCRIPT or is_dunder(name):
            set_script_attribute(args[0], name, args[2])
        else:
            setattr(args[0], name, args[2])

    def set_plain(self, obj: Any, name: str, value: Any) -> None:
        """Do `object.__setattr__(obj, name, value)`."""
        name, access = self._computed(name)
        _check_target(obj, '__setattr__')
        if is_script_class(obj) and not is_dunder(name):
            if obj in SHARED:
                raise TypeError(f"cannot set '{name}' attribute of immutable type '{obj.__name__}'")
            (MetaclassType if type(obj) is MetaclassType else type).__setattr__(obj, name, value)
        elif is_script_instance(obj) and not is_script_class(obj) and name not in WRITERS:
            check_entry(obj, name)
            object.__setattr__(obj, name, value)
        elif access is Access.SCRIPT or is_dunder(name):
            set_script_attribute(obj, name, value)
        else:
            setattr(obj, name, value)

    def delete_plain(self, obj: Any, name: str) -> None:
        """Do `object.__delattr__(obj, name)`."""
        name, access = self._computed(name)
        _check_target(obj, '__delattr__')
        if is_script_class(obj) and not is_dunder(name):
            if obj in SHARED:
                raise TypeError(f"cannot delete '{name}' attribute of immutable type '{obj.__name__}'")
            type.__delattr__(obj, name)
        elif is_script_instance(obj) and not is_script_class(obj) and name not in WRITERS:
            check_entry(obj, name)
            object.__delattr__(obj, name)
        elif access is Access.SCRIPT or is_dunder(name):
            delete_script_attribute(obj, name)
        else:
            delattr(obj, name)

    def get_plain(self, obj: Any, name: str) -> Any:
        """Do `object.__getattribute__(obj, name)`."""
        name, access = self._computed(name)
        if is_script_class(obj) and access in (Access.NATIVE, Access.SCRIPT):
            return type.__getattribute__(obj, name)
        if is_script_instance(obj) and access in (Access.NATIVE, Access.SCRIPT):
            return object.__getattribute__(obj, name)
        return self._attribute(obj, name)

    def b_delattr(self, /, *args: Any, **kwargs: Any) -> None:
        if kwargs or len(args) != 2 or not isinstance(args[1], str):
            delattr(*args, **kwargs)
        name, access = self._computed(args[1])
        if access is Access.SCRIPT or is_dunder(name):
            delete_script_attribute(args[0], name)
        else:
            delattr(args[0], name)

    def b_hash(self, /, *args: Any, **kwargs: Any) -> int:
        if len(args) != 1 or kwargs:
            return hash(*args, **kwargs)
        value = args[0]
        kind = type(value)
        if kind in _BY_VALUE or (kind is tuple and len(value) <= FREE and _BY_VALUE.issuperset(map(type, value))):
            return hash(value)
        return hash(self._hashed(value, 0))

    def _hashed(self, value: Any, depth: int) -> Any:
        """Return a value with the hash of `value`, where objects without a value count by their number."""
        kind = type(value)
        if (kind.__hash__ is _FLOAT_HASH and value != value) or (kind.__hash__ is _DECIMAL_HASH and value.is_qnan()):
            # CPython hashes a NaN by its address.
            return self.b_id(value)
        if kind in _HASHED:
            return value
        if kind is tuple or kind is frozenset:
            if depth > MAX_HASH_DEPTH:
                raise RecursionError('maximum recursion depth exceeded while hashing a tuple')
            if len(value) > FREE:
                self.run.charge(len(value))
            return kind([self._hashed(item, depth + 1) for item in value])
        if kind.__hash__ is None or kind is slice:
            # Unhashable: CPython's own error, which cannot depend on what is inside.
            return hash(value)
        if kind is MethodType and is_script_function(value.__func__):
            return (self.b_id(value.__self__), self.b_id(value.__func__))
        hashes: object = kind.__hash__
        if type(kind) in SCRIPT_TYPES and hashes is not object.__hash__:
            return value
        return self.b_id(value)

    def b_id(self, /, *args: Any, **kwargs: Any) -> int:
        if len(args) != 1 or kwargs:
            return id(*args, **kwargs)
        if self.run.numbers is None:
            self.run.numbers = Numbers()
        return self.run.numbers.of(args[0])

    def b_isinstance(self, /, *args: Any, **kwargs: Any) -> bool:
        if len(args) != 2 or kwargs:
            return isinstance(*args, **kwargs)
        value, classes = args
        kind = type(value)
        if type(kind) not in SCRIPT_TYPES or not hasattr(kind, CLAIMED):
            # Nothing claims to be of another class than it is: each class is asked once.
            for item in classes if type(classes) is tuple else (classes,):
                if type(item) is type or type(item) in SCRIPT_TYPES:
                    if isinstance(value, item):
                        return True
                elif any(is_instance(value, inner) for inner in _flatten(item)):
                    return True
            return False
        return any(is_instance(value, item) for item in _flatten(classes))

    def b_issubclass(self, /, *args: Any, **kwargs: Any) -> bool:
        if len(args) != 2 or kwargs:
            return issubclass(*args, **kwargs)
        if type(args[0]) is type and type(args[1]) is type:
            return issubclass(args[0], args[1])
        return any(is_subclass(args[0], item) for item in _flatten(args[1]))

    def b_type(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            kind = type(args[0])
            if kind in _PLAIN_TYPES or type(kind) in SCRIPT_TYPES:
                return kind
        return type_in_run(self.run, args[0]) if len(args) == 1 and not kwargs else class_of_parts(args, kwargs)

    def global_names(self, names: dict[str, Any]) -> dict[str, Any]:
        """Return the names of the top level; `names` are its locals, where it is the one that asks."""
        return global_names(self.run.globals, names)

    def b_locals(self, /, *args: Any, **kwargs: Any) -> dict[str, Any]:
        raise TypeError('locals() has to be called by its name, where the names are')

    def b_vars(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) != 1 or kwargs:
            raise TypeError(f'vars expected at most 1 argument, got {len(args)}')
        try:
            return read(args[0], '__dict__')
        except AttributeError:
            raise TypeError('vars() argument must have __dict__ attribute') from None

    def b_dir(self, /, *args: Any, **kwargs: Any) -> list[str]:
        if len(args) != 1 or kwargs:
            raise TypeError(f'dir expected at most 1 argument, got {len(args)}')
        if is_script_instance(args[0]) and hasattr(type(args[0]), '$__dir__'):
            return sorted(own_attribute(args[0], '__dir__')())
        listing = DIRECTORIES.get(type(args[0])) or DIRECTORIES.get(type(type(args[0])))
        found = names_in(args[0]) if listing is None else listing(args[0])
        self.run.charge(len(found))
        return found

    def b_open(self, /, *args: Any, **kwargs: Any) -> File:
        if not args and 'file' not in kwargs:
            raise TypeError("open() missing required argument 'file' (pos 1)")
        from monty_flow.interpreter.runtime.open_files import open_file  # loaded with the first file

        return open_file(self.run, *args, **kwargs)

    def b_exit(self, code: object = None, /) -> NoReturn:
        raise SystemExit(code)

    b_quit = b_exit

    def b_input(self, /, *args: Any, **kwargs: Any) -> str:
        """Give a line of what a script has put in the place of `sys.stdin`; its own has ended when it begins."""
        if kwargs:
            raise TypeError('input() takes no keyword arguments')
        if len(args) > 1:
            raise TypeError(f'input expected at most 1 argument, got {len(args)}')
        for prompt in args:
            print_text(self.run, text_of(prompt, self.run))
        stdin = self.run.globals.get(STREAMS, {}).get('stdin')
        line = '' if stdin is None else stdin.readline()
        if not isinstance(line, str):
            raise TypeError('object.readline() returned non-string')
        if not line:
            raise EOFError('EOF when reading a line')
        return line.removesuffix('\n')

    def b_print(self, /, *args: Any, **kwargs: Any) -> None:
        file = kwargs.get('file')
        writer = self.script_writer(kwargs)
        parts = self.print_parts(args if writer is None else (), kwargs)
        if writer is not None:
            between = kwargs.get('sep')
            for place, item in enumerate(args):
                if place:
                    writer.write(' ' if between is None else between)
                writer.write(text_of(item, self.run))
            writer.write(parts[-1])
        elif file is not None:
            file.write(''.join(parts))
        else:
            print_text(self.run, ''.join(parts))
        if kwargs.get('flush') and file is not None:
            file.flush()

    def script_writer(self, options: dict[str, Any]) -> Any:
        """Return what `print` writes to, where that is an instance of a script's class, which sees each part."""
        file = options.get('file')
        if file is None:
            file = (self.run.globals.get(STREAMS) or {}).get('stdout')
        return file if type(type(file)) in SCRIPT_TYPES else None

    def print_parts(self, args: Any, kwargs: dict[str, Any]) -> list[str]:
        """Return the texts that `print` writes, one after the other."""
        separator = end = None
        if kwargs:
            unknown = kwargs.keys() - _PRINT_OPTIONS
            if unknown:
                # Always an error, before anything is written.
                _refuse_keywords(**dict.fromkeys(unknown))
            separator, end = kwargs.get('sep'), kwargs.get('end')
            for name, value in (('sep', separator), ('end', end)):
                if value is not None and type(value) is not str:
                    raise TypeError(f'{name} must be None or a string, not {type_name(value)}')
        run = self.run
        if len(args) > FREE:
            run.charge(len(args))
        between = ' ' if separator is None else separator
        parts: list[str] = []
        size = 0
        for item in args:
            if parts:
                parts.append(between)
            parts.append(item if type(item) is str else text_of(item, run))
            size += len(parts[-1]) + len(between)
            if size > _FEW:
                run.reserve(size)
        parts.append('\n' if end is None else end)
        return parts


def _check_target(obj: Any, name: str) -> None:
    """Refuse what `object.__setattr__` and its kin would change and a script may not: objects of ours."""
    if not is_script_value(obj) and not (isinstance(obj, type) and type(obj) is type):
        raise TypeError(f"can't apply this {name} to {type_name(obj)} object")


_refuse_keywords: Final[Any] = print


def print_text(run: Any, text: str) -> None:
    """Write to what `sys.stdout` is now."""
    replaced = run.globals.get(STREAMS)
    if replaced is None or 'stdout' not in replaced:
        run.write('stdout', text)
    elif replaced['stdout'] is not None:
        replaced['stdout'].write(text)


def type_name(value: object) -> str:
    """Return the name of the type of value, as error texts show it."""
    name: str = getattr(type(value), 'script_type_name', type(value).__name__)
    return name


def _flatten(classes: Any) -> Iterator[Any]:
    """Yield the classes of nested tuples in order, each shared tuple once."""
    pending = [classes]
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        if type(item) is not tuple:
            yield item
        elif id(item) not in seen:
            seen.add(id(item))
            pending.extend(reversed(item))
