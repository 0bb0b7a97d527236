"""Sentences, in the three languages: the rows of tests/cases/sentences, and laws over any text."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext.segment.sentences import load_splitter

FOLDER = Path(__file__).parents[2] / "cases" / "sentences"
LANGUAGES = ("ar", "fa", "id")
ROWS = [
    json.loads(line)
    for lang in LANGUAGES
    for line in (FOLDER / f"{lang}.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
N_CASES = 120


def split(raw, lang):
    return [raw[start:end] for start, end in load_splitter(lang).split(raw, 0, len(raw))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_sentences_end_where_they_should(row):
    assert split(row["raw"], row["lang"]) == row["expected"], row["why"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_has_cases_that_split_and_traps_that_do_not(lang):
    rows = [row for row in ROWS if row["lang"] == lang]
    n_traps = sum(len(row["expected"]) == 1 for row in rows)
    assert len(rows) >= N_CASES
    assert 0.4 <= n_traps / len(rows) <= 0.6


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("id", ["Ia membuka toko.", "Lalu ia menutupnya."]),
        ("fa", ["او مغازه را باز کرد.", "بعد آن را بست."]),
        ("ar", ["فتح المتجر.", "ثم أغلقه."]),
    ],
)
@pytest.mark.parametrize("quote", ['"', "«", "»", "“", "”", "(", ")", "'"])
def test_one_unbalanced_quote_costs_at_most_one_border(lang, sentences, quote):
    raw = " ".join(sentences * 40)
    for at in (0, 5, len(sentences[0]) // 2):
        n_sentences = len(split(raw[:at] + quote + raw[at:], lang))
        assert 79 <= n_sentences <= 80


texts = st.lists(
    st.one_of(
        st.sampled_from(
            [*"aBz5.!?…؟\"'«»()[]: \n،-&", "م", "و", "ه.ش", "Prof.", "dll.", "&nbsp;", "😊", "\u200c", "..."]
        ),
        st.characters(),
    ),
    max_size=60,
).map("".join)


@settings(max_examples=300)
@given(raw=texts, lang=st.sampled_from(LANGUAGES))
def test_sentences_and_the_space_between_them_make_up_the_text(raw, lang):
    spans = load_splitter(lang).split(raw, 0, len(raw))
    at = 0
    for start, end in spans:
        assert not raw[at:start].replace("&nbsp;", "").strip()
        assert raw[start:end].strip()
        at = end
    assert not raw[at:].replace("&nbsp;", "").strip()


@settings(max_examples=100)
@given(raw=texts, before=texts, lang=st.sampled_from(LANGUAGES))
def test_what_stands_outside_the_range_changes_nothing(raw, before, lang):
    splitter = load_splitter(lang)
    shifted = splitter.split(before + raw + "Lalu. ", len(before), len(before) + len(raw))
    assert [(start - len(before), end - len(before)) for start, end in shifted] == splitter.split(raw, 0, len(raw))


def test_a_range_outside_the_text_is_refused():
    with pytest.raises(IndexError, match="not a range"):
        load_splitter("id").split("Satu.", 0, 9)


def test_a_splitter_survives_pickling():
    splitter = pickle.loads(pickle.dumps(load_splitter("id")))
    assert splitter.split("Prof. Budi datang. Ia duduk.", 0, 28) == [(0, 18), (19, 28)]
