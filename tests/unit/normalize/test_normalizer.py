"""Options, offsets and explanations of the normalizer."""

import pyarrow as pa
import pytest

import socialtext as st
from socialtext.errors import OptionError


def test_unknown_options_are_named_with_what_is_possible():
    with pytest.raises(OptionError, match="ST101.*'xx'.*ar, fa, id"):
        st.Normalizer("xx")
    with pytest.raises(OptionError, match="ST102.*'pretty'.*standard"):
        st.Normalizer("ar", profile="pretty")
    with pytest.raises(OptionError, match="ST109.*halfspace='no'"):
        st.Normalizer("fa", halfspace="no")
    with pytest.raises(OptionError, match="ST103.*'sparkle'.*unicode"):
        st.Normalizer("ar", sparkle=True)
    with pytest.raises(OptionError, match="ST104.*'roman'.*local"):
        st.Normalizer("ar", digits="roman")


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError):
        st.Normalizer("ar").normalize(b"bytes")


def test_a_normalizer_cannot_be_changed():
    normalizer = st.Normalizer("ar")
    with pytest.raises(AttributeError, match="immutable"):
        normalizer.profile = "search"


def test_a_step_can_be_switched_off_and_on():
    raw = 'سال 2022 ، "خوب"'
    assert st.Normalizer("fa", digits="keep").normalize(raw) == "سال 2022، «خوب»"
    assert st.Normalizer("fa", digits=False, quotes=False).normalize(raw) == 'سال 2022، "خوب"'
    assert st.Normalizer("fa", punctuation=False).normalize(raw) == "سال ۲۰۲۲ ، «خوب»"
    assert st.Normalizer("ar", diacritics=True).normalize("مُحَمَّد") == "محمد"


def test_the_search_profile_makes_matching_keys():
    search = st.Normalizer("ar", profile="search").normalize
    assert search("إلى المَدْرَسَةِ ١٢") == search("الي المدرسه 12")
    assert st.Normalizer("fa", profile="search").normalize("می\u200cشود ۱۲ ABC") == "میشود 12 abc"
    assert st.Normalizer("id", profile="search").normalize("STRASSE Straße") == "strasse strasse"


def test_the_minimal_profile_keeps_letters_digits_and_punctuation():
    assert st.Normalizer("fa", profile="minimal").normalize("كتاب  ١٢ ، \ufeffخوب") == "كتاب ١٢ ، خوب"


def test_a_word_is_found_again_as_it_was_written():
    raw = "مصطفى\u200f ،  كِتـاب را  ﻻ دید"
    aligned = st.Normalizer("fa").align(raw)
    words = {}
    start = 0
    for word in aligned.text.split():
        start = aligned.text.index(word, start)
        begin, end = aligned.raw_span(start, start + len(word))
        words[word] = raw[begin:end]
        start += len(word)
    assert words["کتاب"] == "كِتـاب"
    assert words["لا"] == "ﻻ"
    assert words["دید"] == "دید"


def test_spans_outside_the_text_are_refused():
    aligned = st.Normalizer("ar").align("نص")
    with pytest.raises(IndexError, match="not a range"):
        aligned.raw_span(0, 3)
    with pytest.raises(IndexError, match="not a range"):
        aligned.span(2, 1)


def test_an_explanation_names_the_step_and_the_place_of_each_change():
    raw = "كتاب ، 12"
    changes = st.Normalizer("fa").explain(raw)
    assert [(c.step, raw[c.raw_start : c.raw_end], c.after) for c in changes] == [
        ("letters", "ك", "ک"),
        ("digits", "1", "۱"),
        ("digits", "2", "۲"),
        ("punctuation", " ،", "،"),
    ]


def test_the_batch_wants_a_list_of_texts_or_a_column():
    assert st.Normalizer("ar").normalize_batch(["أ ، ب", ""]) == ["أ، ب", ""]
    for wrong in ("not a list", pa.array([1, 2])):
        with pytest.raises(OptionError, match="ST108"):
            st.Normalizer("ar").normalize_batch(wrong)
    with pytest.raises(TypeError, match="None"):
        st.Normalizer("ar").normalize_batch(["أ", None])
