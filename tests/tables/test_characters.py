"""The character tables against the Unicode database of this Python."""

import importlib.util
import unicodedata
from pathlib import Path

import pytest

from socialtext.errors import TableError
from socialtext.languages.load import load_characters, load_cues, load_joining
from socialtext.languages.schema import CharacterRow
from socialtext.normalize._kernel import character_class

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
