"""Options, offsets and explanations of the normalizer."""

import sys
import tracemalloc
import unicodedata
from array import array
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

import socialtext as st
from socialtext.errors import OptionError
from socialtext.types import LANGUAGES


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


class Marked(str):
    pass


@pytest.mark.parametrize("raw", ["كتاب  خوب", "plain"])
def test_a_subclass_of_str_is_a_text_and_gives_a_plain_one(raw):
    normalizer = st.Normalizer("fa")
    results = [
        normalizer.normalize(Marked(raw)),
        normalizer.align(Marked(raw)).text,
        *normalizer.normalize_batch([Marked(raw)]),
    ]
    assert results == [normalizer.normalize(raw)] * 3
    assert {type(result) for result in results} == {str}


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


@pytest.mark.parametrize("length", [*range(1, 40), 64, 65, 66, 200, 5000])
def test_ordinary_ascii_text_of_any_length_is_the_same_object(length):
    raw = ("Kata, lain (baru): pagi-siang; 12 orang!\n\nHarga 50. " * 100)[:length].rstrip(" (-")
    assert st.Normalizer("id", colloquial=False).normalize(raw) is raw


@pytest.mark.parametrize("place", [0, 1, 30, 31, 32, 33, 63, 64, 65])
@pytest.mark.parametrize(
    ("odd", "mended"), [(" ,", ", "), ("  ", " "), ("\n\n\n", "\n\n"), (" \u00a0", " "), ("eee", "e")]
)
def test_what_is_not_ordinary_is_found_at_any_place(place, odd, mended):
    lead = ("ulang kata baru lagi dan pula esok hari atau nanti bila perlu saja" * 2)[:place]
    lead = f"{lead[:-1]}z" if place else ""
    normalize = st.Normalizer("id", colloquial=False).normalize
    assert normalize(f"x{lead}{odd}bagus") == f"x{lead}{mended}bagus"


def test_the_memory_of_a_normalized_column_is_freed_with_it():
    normalizer = st.Normalizer("ar")
    column = pa.array(["في الواقع ، نعم"] * 10_000)
    normalizer.normalize_batch(column[:10])
    tracemalloc.start()
    try:
        result = normalizer.normalize_batch(column)
        size = sum(len(text.encode()) for text in result[:1].to_pylist()) * len(result)
        held = tracemalloc.get_traced_memory()[0]
        part = result[5_000:]
        del result
        assert part.to_pylist() == ["في الواقع، نعم"] * 5_000
        assert tracemalloc.get_traced_memory()[0] >= size
        del part
        assert tracemalloc.get_traced_memory()[0] < held - size + 10_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("offsets", [[], [0, 8, 2, 10], [-1, 3], [0, 11], [4, 2]])
def test_bytes_are_not_read_outside_of_their_buffer(offsets):
    kernel = st.Normalizer("id")._kernel
    with pytest.raises(ValueError, match="offsets"):
        kernel.normalize_utf8(b"0123456789", array("q", offsets))


def test_threads_that_share_a_normalizer_write_columns_of_their_own():
    normalizer = st.Normalizer("id", colloquial=False)
    columns = [pa.array([f"baris {k} ,kolom {j}", None, ""] * 2_000) for j in range(2) for k in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(normalizer.normalize_batch, columns))
    for column, result in zip(columns, results, strict=True):
        assert result.to_pylist() == [raw and normalizer.normalize(raw) for raw in column.to_pylist()]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("marks", ["ِْ", "ًٓ", "ّ̣", "ٰ̣́"])
def test_marks_without_end_cost_what_letters_do(lang, marks):
    """Were each compared with all before it, this would take minutes."""
    raw = "س" + marks * 100_000
    aligned = st.Normalizer(lang, profile="minimal").align(raw)
    assert aligned.text == "س" + "".join(sorted(marks * 100_000, key=unicodedata.combining))
    assert aligned.raw_span(0, len(raw)) == (0, len(raw))


def test_ranges_without_end_cost_what_one_does():
    raw = "1.5-2.5-" * 50_000 + "3.5"
    assert st.Normalizer("id").normalize(raw) == raw


@pytest.mark.parametrize(
    "line",
    [
        'قال "\u200fنعم" ثم مضى',
        "kata bagusss\u200b.Lagi ,ya",
        "متن,و متن\u200f:5",
        "e\u0301 kata",
        'متن "متن\u200f:5" متن',
    ],
)
@pytest.mark.parametrize("between", ["\n", " "])
def test_a_long_text_is_mended_where_it_is(line, between):
    raw = between.join([line] * 50_000)
    normalizer = st.Normalizer("ar")
    normalizer.normalize(raw[:10_000])
    tracemalloc.start()
    try:
        normalizer.normalize(raw)
        assert tracemalloc.get_traced_memory()[1] < 2.1 * sys.getsizeof(raw)
    finally:
        tracemalloc.stop()


def test_a_mended_text_is_no_wider_than_its_characters():
    raw = "kata " * 2000 + "\N{KELVIN SIGN}"
    assert st.Normalizer("ar").normalize(raw) == "kata " * 2000 + "K"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("h\u0331 yaaaa h\u0331 yaaaa", "\u1e96 ya \u1e96 ya"), ("\u03b9\u0308\u0301 heeeey hooo", "\u0390 hey ho")],
)
def test_words_behind_marks_that_compose_are_shortened_all_alike(raw, expected):
    normalizer = st.Normalizer("id", profile="search")
    assert normalizer.normalize(raw) == expected
    assert normalizer.align(raw).text == expected
    assert normalizer.normalize(expected) == expected
