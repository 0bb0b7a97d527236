"""The concepts of words: the tables, and words that mean the same in three languages."""

from importlib.resources import files

import pytest

from socialtext._concepts import ConceptTable
from socialtext.concepts import load_concepts
from socialtext.cues import WORD_RE
from socialtext.errors import TableError
from socialtext.normalize.normalizer import load_fold
from socialtext.types import LANGUAGES

HEADER = "concept\tkind\tforms\n"


def rows(lang):
    text = (files("socialtext") / "languages" / lang / "concepts.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_is_one_folded_word_and_found(lang):
    fold, concepts = load_fold(lang), load_concepts(lang)
    for concept, kind, forms in rows(lang):
        for form in forms.split(" "):
            assert fold(form) == form
            assert WORD_RE.fullmatch(form)
            assert concepts.look_up(form) == (concept, kind == "content")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tables_are_in_order(lang):
    names = [concept for concept, *_ in rows(lang)]
    assert names == sorted(set(names))
    assert all(forms.split(" ") == sorted(forms.split(" ")) for *_, forms in rows(lang))


def test_a_concept_is_of_one_kind_in_all_languages():
    kinds = {(concept.removesuffix("!"), kind) for lang in LANGUAGES for concept, kind, _ in rows(lang)}
    assert len(kinds) == len({concept for concept, _ in kinds})


def test_most_of_what_is_said_is_shared_by_the_languages():
    forms = {lang: {concept: len(forms.split(" ")) for concept, _, forms in rows(lang)} for lang in LANGUAGES}
    shared = set.intersection(*map(set, forms.values()))
    for of_language in forms.values():
        assert sum(of_language[concept] for concept in shared) > 0.6 * sum(of_language.values())


@pytest.mark.parametrize(
    ("concept", "arabic", "persian", "indonesian"),
    [
        ("customer", "العملاء", "مشتریان", "pelanggan"),
        ("buy", "يشتري", "خرید", "membeli"),
        ("buyer", "المشتري", "خریدار", "pembeli"),
        ("follower", "المتابعين", "دنبالکننده", "pengikut"),
        ("comment", "التعليقات", "کامنت", "komentar"),
        ("reply", "الرد", "پاسخ", "membalas"),
        ("basket", "السله", "سبد", "keranjang"),
        ("measure", "نقيس", "سنجش", "mengukur"),
        ("write!", "اكتب", "بنویسید", "tulis"),
        ("if", "اذا", "اگر", "jika"),
    ],
)
def test_words_that_mean_the_same_have_one_concept(concept, arabic, persian, indonesian):
    found = [load_concepts(lang).look_up(form) for lang, form in (("ar", arabic), ("fa", persian), ("id", indonesian))]
    assert [name for name, _ in found] == [concept] * 3
    assert {is_content for _, is_content in found} == {concept != "if"}


def test_unknown_words_have_none():
    assert load_concepts("id").look_up("qwertyuiop") is None
    assert load_concepts("id").look_up("") is None


@pytest.mark.parametrize(
    "table",
    [
        "buy\tcontent",
        "buy\tverb\tbeli",
        "buy\tcontent\t",
        "buy\tcontent\tbeli  membeli",
        "buy\tcontent\tbeli beli",
        "buy\tcontent\tbeli\nsell\tcontent\tjual beli",
        "buy\tcontent\tbeli\nbuy\tfunction\tmembeli",
        "buy\tcontent\tbeli\tmembeli",
        "buy\tcontent\tbeli\r",
        "\tcontent\tbeli",
        "buy",
        "",
    ],
)
def test_a_wrong_line_is_refused_with_its_place(table):
    with pytest.raises(TableError, match="ST215: here, line [23]"):
        ConceptTable(HEADER + table + "\n", "here")


@pytest.mark.parametrize("table", ["", "buy\tcontent\tbeli", "form\tconcept\nbeli\tbuy\n"])
def test_another_header_is_refused(table):
    with pytest.raises(TableError, match="ST215: here, line 1"):
        ConceptTable(table, "here")


def test_a_table_without_a_last_line_feed_is_whole():
    table = ConceptTable(f"{HEADER}buy\tcontent\tbeli membeli\nnot\tfunction\ttidak", "here")
    assert table.look_up("membeli") == ("buy", True)
    assert table.look_up("tidak") == ("not", False)
    assert ConceptTable(HEADER, "here").look_up("beli") is None
