"""The native table of cues against the matcher in plain Python."""

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext._cues import CueTable
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.normalize.normalizer import load_fold
from socialtext.types import LANGUAGES

MATCHERS = {lang: CueMatcher(lang, load_fold(lang), discourse=True) for lang in LANGUAGES}
TABLES = {lang: matcher.build_table(matcher.kinds) for lang, matcher in MATCHERS.items()}
# What may stand before an Arabic word, and words that begin cues with or without it.
PROCLITICS = ("", "و", "ف", "ال", "بال", "كال", "لل", "ب", "ك", "ل", "وال", "فلل", "وب", "وو", "لا")
FORMS = {lang: sorted({*matcher._words, *matcher._prefixes, *matcher._phrases}) for lang, matcher in MATCHERS.items()}


def check(word, lang):
    matcher = MATCHERS[lang]
    bits, numbers = TABLES[lang].look_up_word(word)
    assert tuple(kind for at, kind in enumerate(matcher.kinds) if bits >> at & 1) == matcher.look_up(word)
    assert [matcher.kinds[number] for number in numbers] == [kind for _, kind in matcher.phrases(word)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_form_of_the_tables_is_known(lang):
    for form in FORMS[lang]:
        for proclitic in PROCLITICS:
            check(proclitic + form, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_articles_are_what_the_matcher_says(lang):
    for line in (files("socialtext") / "corpora" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        if article["lang"] == lang:
            for word in set(WORD_RE.findall(load_fold(lang)(article["text"]))):
                check(word, lang)


@given(st.sampled_from(LANGUAGES), st.data())
def test_a_word_with_anything_around_it_is_what_the_matcher_says(lang, data):
    letters = st.text("وفالبكلنتa1é😀", max_size=4)
    check(data.draw(letters) + data.draw(st.sampled_from(FORMS[lang])) + data.draw(letters), lang)


def test_kinds_that_are_not_asked_for_are_left_out():
    matcher = CueMatcher("id", load_fold("id"))
    assert matcher.look_up("konversi") == ("purchase_path",)
    assert matcher.build_table(("purchase_path",)).look_up_word("konversi") == (1, [])
    assert matcher.build_table(("shop",)).look_up_word("konversi") == (0, [])


def test_an_empty_table_knows_no_word():
    assert CueTable({}, {}, {}, True).look_up_word("والكتاب") == (0, [])
