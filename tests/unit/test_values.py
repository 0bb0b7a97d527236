"""Values that are made without their ``__init__`` are those that it would make."""

import gc
import pickle
from dataclasses import dataclass, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext._values import Maker
from socialtext.types import AdviceUnit, Block, Classification, Sentence

VALUES = [
    (Block, (1, 2, "heading")),
    (Sentence, (3, 9, 0.5)),
    (AdviceUnit, (1, 2, None, "teks", True, 0.75, ("data",), {"data": 0.9})),
    (Classification, (("data",), {"data": 0.9}, False, 0.25, None)),
]


@pytest.mark.parametrize(("cls", "values"), VALUES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_value_is_the_one_that_its_class_makes(cls, values):
    made, other = Maker(cls).from_columns(*([value] * 2 for value in values))
    assert made == other
    assert made == cls(*values)
    assert repr(made) == repr(cls(*values))
    assert pickle.loads(pickle.dumps(made)) == made
    assert gc.is_tracked(made)
    with pytest.raises(AttributeError):
        setattr(made, fields(cls)[0].name, 0)


@given(st.integers(), st.integers(), st.floats(allow_nan=False))
def test_any_fields_are_kept(start, end, score):
    assert Maker(Sentence).from_columns([start], [end], [score]) == [Sentence(start, end, score)]


@pytest.mark.parametrize("columns", [(), ([1], [2]), ([1], [2], ["heading"], [3]), ([1], [2, 3], ["heading"])])
def test_values_with_other_fields_are_refused(columns):
    with pytest.raises(TypeError, match="Block wants 3 lists of one length"):
        Maker(Block).from_columns(*columns)


@dataclass(frozen=True, slots=True)
class Place(Block):
    page: int


@dataclass(frozen=True)
class WithoutSlots:
    page: int = 0


def test_fields_of_a_base_class_count_and_those_without_slots_are_refused():
    assert Maker(Place).from_columns([1], [2], ["heading"], [3]) == [Place(1, 2, "heading", 3)]
    with pytest.raises(TypeError, match=r"WithoutSlots\.page is no slot"):
        Maker(WithoutSlots)
