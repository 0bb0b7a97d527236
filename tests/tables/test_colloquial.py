"""The table of colloquial forms: no row undoes another, and each does what it says."""

import pytest

from socialtext import Normalizer
from socialtext.errors import TableError
from socialtext.languages.load import load_colloquial, load_words
from socialtext.languages.schema import ColloquialRow, WordRow
from socialtext.normalize.colloquial import DROP

ROWS = load_colloquial("id")
CERTAIN = [row for row in ROWS if not row.ambiguous]


def test_there_are_thousands_of_forms_each_once_and_in_order():
    forms = [row.form for row in ROWS]
    assert len(forms) > 3000
    assert forms == sorted(set(forms))
    assert all(form == form.lower() for form in forms)


def test_a_row_changes_something():
    assert [row.form for row in ROWS if row.standard == row.form and row.formal == (row.form,)] == []


def test_a_certain_form_becomes_its_standard_spelling_whatever_stands_beside_it():
    normalizer = Normalizer("id")
    wrong = [row.form for row in CERTAIN if normalizer.normalize(f"itu {row.form} juga") != f"itu {row.standard} juga"]
    assert wrong == []


def test_a_certain_form_becomes_its_formal_word():
    normalizer = Normalizer("id", register="formal")
    doubtful = {row.form for row in ROWS if row.ambiguous or DROP in row.formal}
    rows = [
        row
        for row in CERTAIN
        if row.form not in doubtful
        and len(row.formal) == 1
        and doubtful.isdisjoint([*row.formal, *row.formal[0].split(" ")])
    ]
    results = {row.form: normalizer.normalize(f"itu {row.form} juga") for row in rows}
    wrong = {row.form: results[row.form] for row in rows if results[row.form] != f"itu {row.formal[0]} juga"}
    assert wrong == {}


def test_places_are_no_forms_of_their_own():
    words = load_words("id")
    assert not words["place"] & words["position"]
    assert not (words["place"] | words["position"]) & {row.form for row in CERTAIN}


@pytest.mark.parametrize(
    ("row", "cells", "code"),
    [
        (ColloquialRow, {"form": "gk", "standard": "", "formal": "tidak", "ambiguous": "no"}, "ST210"),
        (ColloquialRow, {"form": "gk", "standard": "enggak", "formal": "tidak", "ambiguous": "maybe"}, "ST211"),
        (WordRow, {"form": "rumah", "kind": ""}, "ST212"),
    ],
)
def test_a_wrong_row_is_refused(row, cells, code):
    with pytest.raises(TableError, match=code):
        row.parse(cells, "here")
