"""The laws of the normalizer, for every profile and language and for texts made to break them."""

import os
import pickle
import re
import unicodedata
from bisect import bisect_left, bisect_right

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext.normalize.normalizer import Normalizer
from socialtext.normalize.steps import DIGITS, PROFILES, REGISTERS, STEPS
from socialtext.types import LANGUAGES

# Pieces in which the rules meet each other, drawn more often than chance would.
PIECES = [
    *" \t\n\r.,:;!?()[]\"'%<>#@&/-_0159aZé",
    *"\N{ARABIC COMMA}\N{ARABIC SEMICOLON}\N{ARABIC QUESTION MARK}\N{HORIZONTAL ELLIPSIS}«»“”’",
    *"\N{ARABIC TATWEEL}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}",
    *"\N{ARABIC LETTER ALEF}\N{ARABIC LETTER BEH}\N{ARABIC LETTER YEH}\N{ARABIC LETTER FARSI YEH}",
    *"\N{ARABIC LETTER KAF}\N{ARABIC LETTER HEH}\N{ARABIC LETTER AE}\N{ARABIC LETTER HEH WITH YEH ABOVE}",
    *"\N{ARABIC FATHA}\N{ARABIC KASRA}\N{ARABIC SHADDA}\N{ARABIC FATHATAN}\N{ARABIC HAMZA ABOVE}",
    *"\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA BELOW}\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}",
    *"\N{ARABIC-INDIC DIGIT THREE}\N{EXTENDED ARABIC-INDIC DIGIT FOUR}\N{ARABIC DECIMAL SEPARATOR}",
    *"\N{ARABIC THOUSANDS SEPARATOR}\N{ARABIC PERCENT SIGN}\N{ARABIC LIGATURE LAM WITH ALEF ISOLATED FORM}",
    "\N{ARABIC LIGATURE ALLAH ISOLATED FORM}",
    *"\N{ANGSTROM SIGN}\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}\N{LATIN SMALL LIGATURE FI}",
    *"\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}\N{NO-BREAK SPACE}\N{LINE SEPARATOR}\ufeff\x00\x0b\x85\ud800",
    *[
        "...",
        "\r\n",
        "http://a.ir/",
        "www.",
        "a@b.co",
        "#tag",
        "v2.0",
        "H2O",
        "/aaab.com",
        "س هٰي.pdf",
        "x.b/\u200be\u0301",
        "1,250",
        "3.5",
        "98 %",
        "&nbsp;",
    ],
    *["<b>", "</b>", "❤️", "👩‍💻", "1️⃣", "می", "ها", "سلام", "Lalu", "selesai", "10:30", "1.2.3", "\U0001f468"],
]
# Words that one pass may leave unsettled, and some that only seem so.
WORDS = [
    *["bagusss", "خیلییی", "رااائع", "AAA", "www.aaa.com", "Aaa.Bbb"],
    *[
        "con\u200btoh.com/a",
        "a@b.co\u200f",
        "1\u200c.5",
        "\u200f#tag\u200b",
        "ثبت\u200bنام",
        "e\u0323\u0301",
        "x.b/\u200be\u0301",
        "سسس\u0301",
    ],
]
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
marked_texts = st.text(
    "\N{ARABIC LETTER ALEF}\N{ARABIC LETTER WAW}\N{ARABIC LETTER YEH}\N{ARABIC LETTER BEH} "
    "\N{ARABIC FATHATAN}\N{ARABIC DAMMATAN}\N{ARABIC FATHA}\N{ARABIC KASRA}\N{ARABIC SHADDA}\N{ARABIC SUKUN}"
    "\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}\N{ARABIC LETTER SUPERSCRIPT ALEF}"
)
normalizers = st.builds(
    lambda lang, profile, digits, register, steps: Normalizer(
        lang, profile=profile, digits=digits, register=register, **steps
    ),
    st.sampled_from(LANGUAGES),
    st.sampled_from(PROFILES),
    st.sampled_from([None, None, *DIGITS]),
    st.sampled_from([None, None, *REGISTERS]),
    st.dictionaries(st.sampled_from(sorted(STEPS.keys() - {"digits"})), st.booleans(), max_size=2),
)
laws = settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))


@laws
@given(normalizers, texts)
def test_any_text_gives_a_text_that_encodes(normalizer, raw):
    normalizer.normalize(raw).encode("utf-8")


@laws
@given(normalizers, marked_texts)
def test_marks_in_any_order_settle_at_once(normalizer, raw):
    text = normalizer.normalize(raw)
    assert normalizer.normalize(text) == text
    assert normalizer.align(raw).text == text


@laws
@given(st.sampled_from(LANGUAGES), texts | marked_texts)
def test_the_result_is_in_canonical_composition(lang, raw):
    text = Normalizer(lang, profile="minimal").normalize(raw)
    assert unicodedata.is_normalized("NFC", text)


@laws
@given(normalizers, texts)
def test_a_text_is_normalized_alike_alone_and_after_a_line_that_changes(normalizer, raw):
    """What stays as it is at the beginning of a text is skimmed; after a change everything is passed."""
    text = "\N{ARABIC LETTER SEEN}" + raw
    assert normalizer.normalize("\ud800\n" + text) == "\ufffd\n" + normalizer.normalize(text)


@laws
@given(normalizers, texts)
def test_normalizing_twice_equals_normalizing_once(normalizer, raw):
    once = normalizer.normalize(raw)
    assert normalizer.normalize(once) == once


@laws
@given(normalizers, texts)
def test_spans_are_monotone_and_cover_the_raw_text(normalizer, raw):
    check_spans(normalizer.align(raw))


def check_spans(alignment):
    n, n_raw, starts, ends = len(alignment.text), len(alignment.raw), alignment.starts, alignment.ends
    assert len(starts) == len(ends) == n
    if n:
        assert alignment.raw_span(0, n) == (0, n_raw)
    covered = 0
    following = [*starts[1:], n_raw][:n]
    for start, end, next_start in zip(starts, ends, following, strict=True):
        assert 0 <= start <= end <= n_raw
        assert start <= next_start
        covered = max(covered, end)
        assert next_start <= covered
    assert list(ends) == sorted(ends)
    assert [alignment.raw_span(at, at + 1) for at in range(n)] == list(zip(starts, ends, strict=True))
    for raw_start in range(0, n_raw, 1 + n_raw // 50):
        assert alignment.span(raw_start, raw_start)[0] == bisect_right(ends, raw_start)
        assert alignment.span(raw_start, n_raw)[1] == max(bisect_right(ends, raw_start), bisect_left(starts, n_raw))


@laws
@given(normalizers, texts)
def test_align_and_normalize_agree(normalizer, raw):
    assert normalizer.align(raw).text == normalizer.normalize(raw)


@laws
@given(normalizers, texts)
def test_every_character_is_found_again_from_its_raw_span(normalizer, raw):
    alignment = normalizer.align(raw)
    for at in range(len(alignment.text)):
        start, end = alignment.raw_span(at, at + 1)
        if start < end:
            first, last = alignment.span(start, end)
            assert first <= at < last


@laws
@given(st.sampled_from(LANGUAGES), st.sampled_from(PROFILES), st.lists(texts, max_size=6))
def test_a_result_does_not_depend_on_its_neighbours(lang, profile, raws):
    normalizer = Normalizer(lang, profile=profile)
    assert normalizer.normalize_batch(raws) == [normalizer.normalize(raw) for raw in raws]


@laws
@given(st.sampled_from(LANGUAGES), st.sampled_from(PROFILES), texts)
def test_line_breaks_become_line_feeds_and_survive(lang, profile, raw):
    text = Normalizer(lang, profile=profile).normalize(raw)
    lines = re.split("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", raw)
    assert not re.search("[\r\x85\u2028\u2029]|\n{3}", text)
    assert text.count("\n") <= len(lines) - 1
    assert ("\n" in text) == (len(lines) > 1)


@laws
@given(
    normalizers, st.lists(texts.map(lambda text: "k" + text.strip("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")), max_size=8)
)
def test_a_long_text_is_normalized_as_its_lines_are(normalizer, lines):
    """Each line begins with a letter; the text is as long as to be cut into pieces."""
    lines = [line for text in lines for line in text.splitlines() if line[:1].isalpha()] * 40
    lines += ["kata"] * 1000
    if all(normalizer.normalize(line) and "\n" not in normalizer.normalize(line) for line in set(lines)):
        whole = normalizer.align("\n".join(lines))
        assert whole.text == normalizer.normalize(whole.raw) == "\n".join(map(normalizer.normalize, lines))
        check_spans(whole)


@laws
@given(normalizers, texts)
def test_what_stands_far_before_does_not_matter(normalizer, raw):
    """One line, longer than what the kernel keeps in view."""
    filler = "kata " * 1500
    raw = "kata " + raw.lstrip()
    assert normalizer.normalize(filler + raw) == filler + normalizer.normalize(raw)


@settings(laws, max_examples=max(20, laws.max_examples // 10))
@given(normalizers, st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_a_long_line_is_normalized_as_its_words_are(normalizer, words):
    """Of a long text only what is unsettled is passed again: lengthened words, hidden characters, marks to compose."""
    line = " ".join(f"kata {word} kata" for word in words * 10)
    whole = normalizer.align(f"{line} {'kata ' * 800}kata")
    alone = {word: normalizer.normalize(f"kata {word} kata") for word in words}
    assert whole.text == f"{' '.join(alone[word] for word in words * 10)} {'kata ' * 800}kata"
    assert whole.text == normalizer.normalize(whole.raw)
    check_spans(whole)


@settings(laws, max_examples=max(20, laws.max_examples // 10))
@given(normalizers, st.lists(st.sampled_from([*WORDS, '" kata', 'kata "', "«", ">"]), min_size=1, max_size=8))
def test_quotes_far_before_have_their_say_where_a_line_is_mended(normalizer, words):
    begin, end, filler = '"kata" kata', f'"kata {" ".join(words)} kata" kata', "kata " * 1000
    short = normalizer.normalize(f"{begin} {end}")
    whole = normalizer.align(f"{begin} {filler}{end}")
    n_begin = whole.text.index(filler)
    assert whole.text == normalizer.normalize(whole.raw) == short[:n_begin] + filler + short[n_begin:]
    check_spans(whole)


@laws
@given(normalizers, texts, st.sampled_from("é\N{ARABIC LETTER BEH}\N{GRINNING FACE}"))
def test_it_does_not_matter_how_wide_the_characters_are_stored(normalizer, raw, widest):
    raw += "\nkata"
    assert normalizer.normalize(f"{raw}\nkata {widest}") == f"{normalizer.normalize(raw)}\nkata {widest}"


PROTECTED = [
    "https://fa.wikipedia.org/wiki/رسانه‌های_اجتماعی",
    "http://toko.co.id/produk?id=12,5&warna=merah",
    "www.contoh.com/a_b",
    "nama.saya+1@toko-kita.co.id",
    "@كتابخانه_ي_ما",
    "#شبکه‌های_اجتماعي",
    "#toko2",
    "Image2.jpg",
    "laporan_2022.xlsx",
    "v2.0",
    "1.2.3",
    "H2O",
    "B2B",
    "G20",
    "COVID-19",
    "👩‍💻",
    "❤️",
    "1️⃣",
    '<a href="x?y=1" title="۱ ,2">',
    "&nbsp;",
]


@laws
@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(["standard", "formal"]),
    st.sampled_from(PROTECTED),
    st.sampled_from(["", "سلام ", "kata ", "(", "متن: "]),
    st.sampled_from(["", " سلام", " kata", ")", "، و", ".", "\n"]),
)
def test_protected_tokens_are_left_alone(lang, profile, token, before, after):
    assert token in Normalizer(lang, profile=profile).normalize(before + token + after)


@laws
@given(normalizers, texts)
def test_explained_changes_lead_from_the_raw_text_to_the_result(normalizer, raw):
    changes = normalizer.explain(raw)
    assert bool(changes) == (normalizer.normalize(raw) != raw)
    for change in changes:
        assert change.before != change.after
        assert change.step in normalizer.steps
        assert 0 <= change.raw_start <= change.raw_end <= len(raw)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_normalizer_survives_pickling(lang):
    normalizer = Normalizer(lang, profile="search", punctuation=True)
    copy = pickle.loads(pickle.dumps(normalizer))
    assert copy.steps == normalizer.steps
    assert copy.normalize("ABC ، ١") == normalizer.normalize("ABC ، ١")


def test_an_unchanged_text_is_the_same_object():
    raw = "این متن درست است."
    assert Normalizer("fa").normalize(raw) is raw


@laws
@given(
    normalizers, st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])) | texts, max_size=8), st.data()
)
def test_a_column_is_normalized_as_its_rows_are(normalizer, rows, data):
    rows = [None if row is None else row.encode("utf-8", "replace").decode() for row in rows]
    kind = data.draw(st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]))
    first = data.draw(st.integers(0, len(rows)))
    column = pa.array(rows, type=kind)[first:]
    expected = [None if row is None else normalizer.normalize(row) for row in rows[first:]]
    result = normalizer.normalize_batch(column)
    assert (result.type, result.to_pylist()) == (kind, expected)
    chunks = pa.chunked_array([column, column], type=kind)
    assert normalizer.normalize_batch(chunks).to_pylist() == expected * 2


@settings(max_examples=100)
@given(normalizers, texts, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=4))
def test_what_is_cut_at_raw_spans_is_what_came_from_them(normalizer, raw, spans):
    aligned = normalizer.align(raw)
    spans = [(start, end) for start, end in spans if end <= len(raw)]
    places = [aligned.span(start, end) for start, end in spans]
    assert aligned.cut(spans) == [aligned.text[start:end].strip() for start, end in places]
    with pytest.raises(IndexError):
        aligned.cut([(0, len(raw) + 1)])
