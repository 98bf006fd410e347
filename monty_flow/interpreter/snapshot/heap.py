"""The heap of a snapshot: values with their identity, as MessagePack.

Each object is one *record*, and objects refer to each other by the index of their record, so that what
was shared or cyclic is so again. The bytes are one MessagePack document:

    heap    = [names, root, records]
    names   = [str ...]                   kinds used: code k stands for names[k - 1]
    root    = slot
    records = [record ...]                a record's place in the array is its index

    record  = [0, plain]                  a list or dict, whole
            | [code, build?, fill?, keys?]    arguments of a kind; empty ones are left out from the right
    build, fill, keys = [slot ...]
    slot    = leaf | [index]              [index] refers to another record
    leaf    = nil | bool | int | float | str | bin
    plain   = leaf | [plain ...] | {leaf: plain ...}

A str is UTF-8, with surrogates as three bytes each. An int is -2**63 .. 2**64-1; larger ones are records, and so is a NaN.
There are no ext types.

Rules that a writer keeps and a reader checks:

* A build argument refers to an earlier record. What is mutable is made empty, without build arguments,
  so every cycle runs through `fill` or `keys`.
* A plain record holds lists and dicts that nothing else refers to. No identity is lost by writing them
  whole, and no Python code runs for what is in them: the C packer does it all.

How the writer works: the state of a script is laid out by `layout.py`, which knows names and numbers from values, so that each
value is looked at once; functions and the like are taken for leaves alone where they are (`Kind.leaves`). Of other values it tries to prove a list or dict plain, level by level, with `gc.get_referents` and reference
counts (`plain.py`); what is on the way to something else gets a record, and what hangs from there is whole again.
When an int does not fit, or when shared long strings would blow up the bytes, all is written again in the
careful way: records for everything, long strings shared too.

How the reader works: MessagePack in C, then builds in the order of the records, then keys, then fills.
No step recurses, so nesting is bounded by memory only.

Kinds with a name of their own here are `list`, `tuple`, `dict` and the long forms `int`, `str`, `bytes`
(decoder.py); all others are in tables (kinds.py).
"""

from __future__ import annotations

from monty_flow.interpreter.snapshot.decoder import decode
from monty_flow.interpreter.snapshot.encoder import encode, encode_laid
from monty_flow.interpreter.snapshot.registry import Kind, Kinds

__all__ = ['Kind', 'Kinds', 'decode', 'encode', 'encode_laid']
