"""What snapshot bytes can bring in by name: nothing that a script could not hold anyway."""

import pytest

from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.snapshot.heap import Kind, Kinds, decode, encode
from monty_flow.interpreter.snapshot.script_kinds import KINDS

GUARDED = sorted(name for name, row in BUILTINS.items() if row.guard is not None and not isinstance(row.value, type))


class Forged:
    """Stand in a forged heap for an object that the bytes name."""

    def __init__(self, name):
        self.name = name


def forged(name):
    """Return the bytes of a heap that asks for the built-in of that name."""
    writer = Kinds(Kind('named', Forged, lambda value, _: ((value.name,), ()), lambda _, name: name))
    return encode([Forged(name)], writer, None, limit=1 << 20)


@pytest.mark.parametrize('name', GUARDED)
def test_bytes_cannot_bring_in_what_python_has_under_the_name_of_a_guarded_function(name):
    with pytest.raises(SnapshotError):
        decode(forged(name), KINDS, None)


def test_types_and_native_functions_come_back_by_name():
    assert decode(forged('list'), KINDS, None) == [list]
    assert decode(forged('len'), KINDS, None) == [len]
