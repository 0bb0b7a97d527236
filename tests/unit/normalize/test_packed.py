"""Tables of a released model: they answer as the dict does from which they were packed."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext.normalize._packed import PackedTable

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1, max_size=20)
counts = st.dictionaries(texts, st.integers(0, 2**32 - 1), max_size=50)


def pack(numbers, type_code):
    return PackedTable(memoryview("\n".join(numbers).encode()), array(type_code, numbers.values()))


@given(counts, st.lists(texts))
def test_a_table_answers_as_a_dict_does(numbers, others):
    table = pack(numbers, "I")
    assert dict(table) == numbers
    assert list(table) == list(numbers)
    assert len(table) == len(numbers)
    for text in [*numbers, *others, ""]:
        assert (text in table) == (text in numbers)
        assert table.get(text) == numbers.get(text)
        assert table.get(text, -1) == numbers.get(text, -1)


@given(st.dictionaries(texts, st.floats(allow_nan=False), max_size=20))
def test_numbers_may_be_fractions(numbers):
    assert dict(pack(numbers, "d")) == numbers


def test_texts_without_numbers_count_one_each():
    assert dict(PackedTable(memoryview("یک\nدو".encode()))) == {"یک": 1, "دو": 1}


def test_a_text_that_is_not_there_raises_a_key_error():
    with pytest.raises(KeyError, match="سه"):
        pack({"یک": 1}, "I")["سه"]


def test_more_numbers_than_texts_are_refused():
    with pytest.raises(ValueError, match="2 numbers for 1 texts"):
        PackedTable(memoryview(b"a"), array("I", [1, 2]))


def test_a_table_is_never_seen_empty_nor_filled_twice():
    with pytest.raises(TypeError):
        PackedTable.__new__(PackedTable)
    table = PackedTable(memoryview(b"a\nb"), array("d", [1.0, 2.0]))
    table.__init__(memoryview(b""))
    assert dict(table) == {"a": 1.0, "b": 2.0}
