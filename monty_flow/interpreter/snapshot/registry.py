"""Which types a snapshot can hold: one `Kind` row per form, found by the exact type of a value.

The codec (`encoder`, `decoder`) knows lists, tuples, dicts and scalars. All else comes from rows.
A row says how a value of its type is taken apart (`reduce`) and made again, in up to three steps:

* `build(context, *build_args)` makes the object. What is mutable has no build arguments as a rule,
  so that it exists before anything that it refers to; only so can cycles be closed.
* `keys(context, obj, *key_args)` puts in what is hashed. It runs when the keys have been filled as far
  as can be, because the hash of an instance may need its attributes.
* `fill(context, obj, *fill_args)` puts in the rest, in any order, when all objects are built.

Arguments of `keys` and `fill` are objects that are built but may be empty yet: what a step reads (the names
of attributes) must be in leaves or tuples of leaves, and what it only stores may be anything.
Build arguments may not lead back to the object itself by build arguments alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.records import record

Arguments = tuple[Any, ...] | list[Any]
#: (build, fill) or (build, fill, keys); None when the row does not know the value.
Parts = tuple[Arguments, Arguments] | tuple[Arguments, Arguments, Arguments]


def fill_nothing(context: Any, obj: Any, *arguments: Any) -> None:
    """Refuse arguments for an object that takes none after it is built."""
    if arguments:
        raise ValueError('this kind takes no such arguments')


@record(frozen=True)
class Kind:
    """Describe one form of value in a snapshot."""

    #: The name in the bytes: never changed and never used again for something else.
    name: str
    #: The exact type or types, or None for a row that is asked about every type that has no row.
    type: type[Any] | tuple[type[Any], ...] | None
    #: `reduce(obj, context)` gives the parts, or None to pass the value on to the next row of the type.
    #: It must leave the object as it was.
    reduce: Callable[[Any, Any], Parts | None]
    #: `build(context, *build_args)` makes the object; it checks what it gets: the bytes may be damaged.
    build: Callable[..., Any]
    #: `fill(context, obj, *fill_args)`.
    fill: Callable[..., None] = fill_nothing
    #: `keys(context, obj, *key_args)`.
    keys: Callable[..., None] = fill_nothing
    #: Whether `build` looks into or hashes its arguments, so that their keys must be in place before
    #: (iterators over a dict; a frozenset).
    late: bool = False
    #: Whether `fill` looks into other objects, so that it runs after all other fills (a place in a list).
    last: bool = False
    #: `leaves(obj, context)` gives the build arguments of an object that has no others, all of them None, numbers and names;
    #: None for an object that is left to `reduce` and the other rows of its type. It is asked before these.
    leaves: Callable[[Any, Any], tuple[Any, ...] | None] | None = None


class Kinds:
    """Hold the rows; fill it once, before the first use, and share it between threads after."""

    __slots__ = ('by_name', 'by_type', 'fallbacks', 'leaves')

    def __init__(self, *kinds: Kind) -> None:
        self.by_name: dict[str, Kind] = {}
        self.by_type: dict[type[Any], tuple[Kind, ...]] = {}
        self.fallbacks: tuple[Kind, ...] = ()
        #: Rows that have `leaves`, each the only one of its type.
        self.leaves: dict[type[Any], Kind] = {}
        self.add(*kinds)

    def add(self, *kinds: Kind) -> None:
        """Add rows; a type may have several, which are asked in the order in which they were added."""
        for kind in kinds:
            if kind.name in self.by_name:
                raise ValueError(f'there is a kind {kind.name!r} already; names in snapshots are for ever')
            self.by_name[kind.name] = kind
            if kind.type is None:
                self.fallbacks += (kind,)
                continue
            for each in kind.type if isinstance(kind.type, tuple) else (kind.type,):
                self.by_type[each] = (*self.by_type.get(each, ()), kind)
                if kind.leaves is not None:
                    self.leaves[each] = kind

    def copy(self) -> Kinds:
        """Return a table that can be extended on its own."""
        return Kinds(*self.by_name.values())
