"""The character tables against the Unicode database of this Python."""

import importlib.util
import unicodedata
from importlib import resources
from pathlib import Path

import pytest

from socialtext.errors import TableError
from socialtext.languages.load import load_characters, load_cues, load_discourse, load_doubles, load_joining
from socialtext.languages.schema import CharacterRow, DoubleRow
from socialtext.normalize._kernel import character_class
from socialtext.normalize.normalizer import Normalizer
from socialtext.normalize.steps import STEPS

# The generator runs at build time and is not installed.
GENERATOR = Path(__file__).parents[2] / "src" / "socialtext" / "normalize" / "generate_unicode_classes.py"
_spec = importlib.util.spec_from_file_location("generate_unicode_classes", GENERATOR)
_generator = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_generator)
CLASSES, classify = _generator.CLASSES, _generator.classify

TABLES = ("common", "ar", "fa", "id")
KEPT_LIGATURES = {0xFDFA, 0xFDFB, 0xFDFC, 0xFDFD}
CARRIERS = {0x20, 0x640}


def decompose(code):
    """Compatibility decomposition without the carriers of isolated marks."""
    target = unicodedata.normalize("NFKC", chr(code))
    marks = [c for c in target if unicodedata.combining(c)]
    if marks and all(ord(c) in CARRIERS or unicodedata.combining(c) for c in target):
        target = "".join(marks)
    return tuple(ord(c) for c in unicodedata.normalize("NFC", target))


def test_every_presentation_form_of_arabic_and_latin_is_mapped_to_its_decomposition():
    rows = {row.code: row.target for row in load_characters("common") if row.step == "unicode"}
    ranges = (*range(0xFB00, 0xFB07), *range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD), *range(0xFF01, 0xFF5F))
    expected = {
        code: decompose(code)
        for code in ranges
        if code not in KEPT_LIGATURES
        and unicodedata.name(chr(code), "")
        and unicodedata.normalize("NFKC", chr(code)) != chr(code)
    }
    assert rows == expected


def test_every_space_separator_is_a_space():
    rows = {row.code: row.target for row in load_characters("common") if row.step == "spaces"}
    separators = {code for code in range(0x10000) if unicodedata.category(chr(code)) == "Zs"} - {0x20}
    assert {code for code, target in rows.items() if target == (0x20,)} == separators | {0x09}


@pytest.mark.parametrize("lang", TABLES)
def test_digits_keep_their_value(lang):
    for row in load_characters(lang):
        if row.step.startswith("digits"):
            assert unicodedata.digit(chr(row.code)) == unicodedata.digit(chr(row.target[0]))


@pytest.mark.parametrize("lang", TABLES)
def test_no_two_rows_of_a_step_fight(lang):
    places = [(row.code, row.step) for row in load_characters(lang)]
    assert len(places) == len(set(places))


def test_a_row_whose_name_does_not_fit_its_code_point_is_refused():
    cells = {"code": "0641", "name": "ARABIC LETTER KAF", "to": "0643", "step": "letters"}
    with pytest.raises(TableError, match="ST202.*ARABIC LETTER FEH"):
        CharacterRow.parse(cells, "here")


def test_joining_letters_are_arabic_letters():
    assert all(character_class(chr(code)) == CLASSES["ARABIC"] for code in load_joining())


def test_kernel_and_generator_agree_on_the_classes():
    for code in (*range(0x3000), *range(0xFB00, 0x10000)):
        if not 0xD800 <= code <= 0xDFFF:
            assert character_class(chr(code)) == classify(code, unicodedata.category(chr(code)))


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_all_languages_have_the_same_kinds_of_cues(lang):
    assert load_cues(lang).keys() == load_cues("id").keys()
    assert load_discourse(lang).keys() == load_discourse("id").keys()


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_no_kind_of_cue_stands_in_two_tables(lang):
    assert not load_cues(lang).keys() & load_discourse(lang).keys()


ARABIC_BLOCKS = (
    *range(0x0600, 0x0700),
    *range(0x0750, 0x0780),
    *range(0x08A0, 0x0900),
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFF00),
)


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_every_row_does_what_it_says(lang):
    off = dict.fromkeys(STEPS.keys() - {"digits"}, False)
    for row in (*load_characters("common"), *load_characters(lang)):
        step = "digits" if row.step == "digits_ascii" else row.step
        own = {other.code: other for other in load_characters(lang) if other.step == row.step}
        if own.get(row.code, row) is not row:
            continue  # the language has a row of its own
        digits = {"digits_ascii": "ascii", "digits": "local"}.get(row.step, "keep")
        normalizer = Normalizer(lang, digits=digits, **(off if step == "digits" else off | {step: True}))
        raw = "\N{ARABIC LETTER BEH}" + chr(row.code) + "\N{ARABIC LETTER BEH}"
        target = "".join(map(chr, row.target))
        assert normalizer.normalize(raw) == raw[0] + target + raw[2], f"U+{row.code:04X} in {row.step}"


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_an_arabic_character_without_a_row_stays(lang):
    """The default that languages/common/SOURCES.md states for the whole Arabic blocks."""
    normalizer = Normalizer(lang, halfspace=False)
    rows = {row.code for name in ("common", lang) for row in load_characters(name) if row.step in normalizer.steps}
    for code in ARABIC_BLOCKS:
        raw = "\N{ARABIC LETTER BEH}" + chr(code) + "\N{ARABIC LETTER BEH}"
        if code not in rows:
            text = normalizer.normalize(raw)
            assert chr(code) in text, f"U+{code:04X} became {text!r}"


@pytest.mark.parametrize("lang", TABLES)
def test_no_word_is_listed_twice(lang):
    path = resources.files("socialtext") / "languages" / lang / "doubles.tsv"
    forms = [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(forms) == len(set(forms)) == len(load_doubles(lang))


def test_a_word_without_a_doubled_letter_is_refused():
    with pytest.raises(TableError, match="ST213"):
        DoubleRow.parse({"form": "kata"}, "here")
