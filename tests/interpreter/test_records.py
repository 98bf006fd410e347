"""Records: classes of named fields, as dataclasses are, but cheap to define."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle

import pytest

from monty_flow.interpreter import ResourceLimits, Returned
from monty_flow.interpreter.records import field, record


@record(frozen=True)
class Point:
    """A value."""

    x: int
    y: int = 2


@record()
class Basket:
    """An object."""

    owner: str
    items: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.owner = self.owner.title()


def test_fields_are_given_by_position_by_name_or_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(y=5, x=4).y) == (1, 2, 5)


def test_a_missing_or_unknown_field_is_an_error_that_names_it() -> None:
    with pytest.raises(TypeError, match=r"Point.__init__\(\) missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=3)  # type: ignore[call-arg]


def test_a_frozen_record_is_a_value() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != (1, 2)
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert repr(Point(1)) == 'Point(x=1, y=2)'


def test_a_frozen_record_is_never_changed() -> None:
    point = Point(1)

    with pytest.raises(AttributeError, match="cannot assign to field 'x': a Point is never changed"):
        point.x = 5  # type: ignore[misc]
    with pytest.raises(AttributeError, match='never changed'):
        del point.x
    assert point.x == 1


def test_other_records_are_objects_with_fresh_defaults() -> None:
    one, other = Basket('ann'), Basket('ann')
    one.items.append('egg')

    assert (one.owner, one.items, other.items) == ('Ann', ['egg'], [])
    assert one != other
    assert len({one, other}) == 2


def test_a_record_has_no_attributes_beside_its_fields() -> None:
    with pytest.raises(AttributeError):
        Basket('ann').colour = 'red'  # type: ignore[attr-defined]


def test_records_are_copied_and_pickled() -> None:
    assert copy.deepcopy(Point(3)) == pickle.loads(pickle.dumps(Point(3))) == Point(3)


def test_a_record_matches_patterns_by_position() -> None:
    match Returned(7):
        case Returned(value):
            assert value == 7


def test_dataclasses_knows_the_fields_of_a_record() -> None:
    limits = dataclasses.replace(ResourceLimits(), max_steps=5)

    assert limits == ResourceLimits(max_steps=5)
    assert dataclasses.asdict(limits)['max_steps'] == 5
    assert [each.name for each in dataclasses.fields(Basket)] == ['owner', 'items']
    assert dataclasses.replace(Basket('bob', ['egg'])).items == ['egg']


def test_the_fields_of_a_record_are_described_to_dataclasses_once() -> None:
    assert dataclasses.fields(Basket)[0] is dataclasses.fields(Basket)[0]


def test_what_is_checked_after_the_fields_are_set_is_checked() -> None:
    with pytest.raises(ValueError, match='max_recursion_depth=0'):
        ResourceLimits(max_recursion_depth=0)


def test_a_record_tells_its_parameters_also_before_there_is_one() -> None:
    @record()
    class Fresh:
        x: int
        names: list[str] = field(default_factory=list)

    parameters = inspect.signature(Fresh).parameters

    assert list(parameters) == ['x', 'names']
    assert parameters['x'].default is inspect.Parameter.empty
    assert list(inspect.signature(Point).parameters) == ['x', 'y']


def test_the_initialiser_of_a_record_is_compiled_with_the_first_one() -> None:
    @record()
    class Fresh:
        x: int

    before = Fresh.__init__
    one, other = Fresh(1), Fresh(x=2)

    assert (one.x, other.x) == (1, 2)
    assert Fresh.__init__ is not before
    assert Fresh.__init__.__code__.co_varnames == ('self', 'x')
