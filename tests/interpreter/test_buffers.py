"""Views of bytes: what a snapshot may say of one, and what methods of bytes make of them."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow import Monty, load
from monty_flow.interpreter.errors import MontyRuntimeError
from monty_flow.interpreter.snapshot.script_kinds import KINDS

OWNER = bytearray(range(16))


def build(*parts: Any) -> memoryview[Any]:
    made = KINDS.by_name['memoryview'].build(None, *parts)
    assert type(made) is memoryview
    return made


@pytest.mark.parametrize(
    'view',
    [
        memoryview(OWNER),
        memoryview(OWNER)[3:9:2],
        memoryview(OWNER)[9:3:-2],
        memoryview(OWNER)[4:12].cast('I')[::-1],
        memoryview(OWNER)[::100],
        memoryview(OWNER).cast('B', [4, 4])[::2],
        memoryview(OWNER).cast('B', [4, 4])[::-1],
        memoryview(OWNER)[0:4].cast('f', []),
        memoryview(OWNER).cast('B', [4, 4])[4:],
        memoryview(OWNER)[16:].cast('d'),
        memoryview(b''),
        memoryview(bytes(OWNER)).cast('@h')[1:3],
        memoryview(OWNER).toreadonly(),
    ],
    ids=lambda view: f'{view.format}{view.shape}{view.strides}{view.readonly}',
)
def test_a_view_is_made_again_from_what_is_stored_of_it(view: memoryview[Any]) -> None:
    row = KINDS.by_name['memoryview']
    parts = row.reduce(view, None)
    assert parts is not None

    made = build(*parts[0])

    assert made.obj is view.obj
    assert row.reduce(made, None) == parts
    assert made.tolist() == view.tolist()


@pytest.mark.parametrize(
    'parts',
    [
        (OWNER, 0, 'B', 1, (17,), (1,), False),
        (OWNER, 1, 'B', 1, (16,), (1,), False),
        (OWNER, -1, 'B', 1, (1,), (1,), False),
        (OWNER, 0, 'B', 1, (3,), (-1,), False),
        (OWNER, 0, 'B', 1, (3,), (0,), False),
        (OWNER, 0, 'B', 1, (1 << 70,), (1,), False),
        (OWNER, 0, 'B', 1, (-1,), (1,), False),
        (OWNER, 0, 'I', 1, (4,), (1,), False),
        (OWNER, 0, 'I', 4, (2,), (6,), False),
        (OWNER, 0, 'Z', 1, (2,), (1,), False),
        (OWNER, 0, 'B', 1, (2, 0), (0, 1), False),
        (OWNER, 0, 'B', 1, (4, 4), (1, 4), False),
        (OWNER, 0, 'B', 1, (2, 2), (2,), False),
        (OWNER, 0, 'B', 1, [2], [1], False),
        (OWNER, 0, 'B', 1, (2.0,), (1,), False),
        (OWNER, 0, 'B', 1, (1,) * 65, (1,) * 65, False),
        (OWNER, 0, 'B', 1, (2,), (1,), 0),
        (bytes(OWNER), 0, 'B', 1, (2,), (1,), False),
        ('text', 0, 'B', 1, (2,), (1,), False),
        ([], 0, 'B', 1, (0,), (1,), False),
        (OWNER,),
    ],
    ids=lambda parts: ','.join(map(str, parts[1:])),
)
def test_a_view_that_no_object_can_have_is_refused(parts: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError, MemoryError)) as caught:
        build(*parts)

    assert not isinstance(caught.value, MemoryError)


def test_a_view_of_an_instance_of_a_class_that_derives_from_bytearray_is_refused() -> None:
    source = 'class Own(bytearray): pass\nmemoryview(Own(b"ab"))'

    with pytest.raises(MontyRuntimeError) as caught:
        Monty(source).run()

    assert (
        caught.value.message == 'a view of an instance of Own is refused in a script: make it of bytearray(...) of that'
    )


def test_bytes_of_a_snapshot_of_the_first_format_are_read() -> None:
    row = KINDS.by_name['bytearray']

    made = row.build(None)
    row.fill(None, made, b'abc')

    assert made == bytearray(b'abc')


def test_a_separator_of_a_script_cannot_change_the_bytes_that_are_shown() -> None:
    source = (
        'class Separator(str):\n    def __len__(self):\n        data.clear()\n        return 1\n'
        'class Own(bytearray): pass\nfound = []\n'
        "for data in (bytearray(b'A' * 100), Own(b'A' * 100)):\n"
        "    found += [data.hex(Separator(':')), bytearray.hex(data, sep=Separator(':'))]\n"
        'found == [bytes(b"A" * 100).hex(":")] * 4'
    )

    assert Monty(source).run() is True


def test_a_script_method_gets_the_text_that_it_was_given() -> None:
    source = (
        'class Text(str):\n    def strip(self, chars): return type(chars).__name__\n'
        '    def rfind(self, part): return type(part).__name__\n'
        "[Text('a').strip(Text('b')), Text('a').rfind(Text('b'))]"
    )

    assert Monty(source).run() == ['Text', 'Text']


def test_a_view_survives_bytes_with_what_it_is_of() -> None:
    source = (
        "data = bytearray(b'abcd')\nview = memoryview(data)[1:]\nf()\nview[0] = 90\n(bytes(data), view.obj is data)"
    )
    state: Any = Monty(source, external_functions=['f']).start()

    end = load(state.dump()).resume(return_value=None)

    assert end.output == (b'aZcd', True)
