"""Half-space restoration: what it never does, whatever the text."""

import os
import re
from dataclasses import fields
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext import Normalizer
from socialtext.models import load_lexicon
from socialtext.normalize._halfspace_features import HalfspaceFeatures
from socialtext.normalize._packed import PackedTable
from socialtext.normalize.halfspace import load_judge, load_repairer
from socialtext.normalize.halfspace_words import ZWNJ, Lexicon, load_grammar, unpack_lexicon
from socialtext.normalize.steps import PROFILES

WORDS = [
    *[
        "می",
        "نمی",
        "ها",
        "های",
        "هایی",
        "تر",
        "ترین",
        "ام",
        "ای",
        "اند",
        "ی",
        "بی",
        "هم",
        "پیش",
        "رفته",
        "خانه",
        "کتاب",
    ],
    *["کار", "شبکه", "شود", "کنم", "سال", "ماه", "مرد", "گفت", "رسانههای", "میشود", "نمیدانم", "دیدهاید", "علاقهمند"],
    *["مردهای", "نهایی", "میدان", "میز", "همین", "بزرگترین", "پیشبینی", "گذاری"],
    *[ZWNJ, ZWNJ * 2, " ", " ", " ", "\n", "، ", ",", ".", "«", "»", "#", "@", "/", "_", "H2O", "۱۲", "abc", "هٔ", "ً"],
]
texts = st.lists(st.sampled_from(WORDS), max_size=20).map("".join)
# What meets where words are joined and parted: endings after any letter, letters that are doubled or do not join.
LETTERS = [*"ابپدرسکلمنوهیءئكي", "اا", "من", "خانه", "می", "\N{ARABIC TATWEEL}", "a", "9"]
ENDINGS = ["ها", "های", "تر", "ترین", "ی", "ام", "ات", "اش", "ای", "ایم", "اند", "تان", "م", "شود", "۵", "Z"]
BETWEEN = [" ", " ", " ", ZWNJ, "", "\n"]
stems = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=3).map("".join)
inflected = st.tuples(stems, st.sampled_from(BETWEEN), st.sampled_from(ENDINGS), st.sampled_from(BETWEEN)).map("".join)
mixtures = st.lists(inflected, max_size=8).map("".join)
# Words are parted and joined in every profile; where half-spaces are folded they are joined without one.
normalizers = st.builds(
    lambda profile, steps: Normalizer("fa", profile=profile, halfspace=True, **steps),
    st.sampled_from(PROFILES),
    st.dictionaries(st.sampled_from(["fold", "punctuation"]), st.booleans()),
)
NON_JOINING = "".join(sorted(load_grammar().non_joining))


@settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))
@given(texts)
def test_a_half_space_stands_between_two_letters_of_which_the_first_joins(raw):
    text = Normalizer("fa").normalize(raw)
    for token in text.split():
        if not re.search("[#@/_a-zA-Z0-9]", token):
            assert not re.search(f"{ZWNJ}{ZWNJ}|^{ZWNJ}|{ZWNJ}$|[{NON_JOINING}]{ZWNJ}", token)


@settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))
@given(texts)
def test_only_blanks_and_half_spaces_change(raw):
    plain, repaired = Normalizer("fa", halfspace=False), Normalizer("fa")
    raw = re.sub(rf"(?<!\w){ZWNJ}+|{ZWNJ}+(?!\w)", "", raw)  # these go, and what they parted meets: «.|..»
    # Line breaks too: a line that holds a half-space alone becomes an empty one.
    bare = str.maketrans("", "", f" \n{ZWNJ}")
    assert repaired.normalize(raw).translate(bare) == plain.normalize(raw).translate(bare)


@settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))
@given(normalizers, texts | mixtures)
def test_repairing_twice_equals_repairing_once_and_spans_hold(normalizer, raw):
    once = normalizer.normalize(raw)
    assert normalizer.normalize(once) == once
    aligned = normalizer.align(raw)
    assert aligned.text == once
    assert list(aligned.starts) == sorted(aligned.starts)
    if once:
        assert aligned.raw_span(0, len(once)) == (0, len(raw))


@pytest.mark.parametrize(
    "token",
    ["#رسانههای_اجتماعی", "@کتابهای_ما", "https://fa.wikipedia.org/wiki/رسانههای_اجتماعی", '<a title="شبکههای ما">'],
)
def test_protected_tokens_are_not_repaired(token):
    assert token in Normalizer("fa").normalize(f"متن {token} متن")


def test_the_step_has_a_switch_of_its_own():
    raw = "رسانههای اجتماعی می شود"
    assert Normalizer("fa").normalize(raw) == "رسانه\u200cهای اجتماعی می\u200cشود"
    assert Normalizer("fa", halfspace=False).normalize(raw) == raw
    changes = Normalizer("fa").explain(raw)
    assert {change.step for change in changes} == {"halfspace"}


def test_where_half_spaces_are_folded_words_are_joined_without_one():
    normalizer = Normalizer("fa", profile="search", halfspace=True)
    assert normalizer.normalize("می شود و رسانههای ما، کتاب ها") == "میشود و رسانههای ما، کتابها"


def test_a_letter_is_not_joined_where_a_mark_behind_it_would_move():
    normalizer = Normalizer("fa", fold=True)
    assert normalizer.normalize("خانه ی.من") == "خانه ی.من"
    assert normalizer.normalize("خانه ی، او") == "خانهی، او"


def test_words_that_a_writer_has_lengthened_are_left_alone():
    normalizer = Normalizer("fa", profile="minimal", halfspace=True)
    assert normalizer.normalize("کتابـ های ما و کتاب های ما") == "کتابـ های ما و کتاب\u200cهای ما"


def test_letters_without_end_are_no_word():
    normalizer = Normalizer("fa", elongation=False)
    word = "کتابهای" * 100_000
    assert normalizer.normalize(f"{word} و کتابهای ما") == f"{word} و کتاب\u200cهای ما"


def test_a_compound_is_repaired_where_the_text_has_lost_its_half_spaces_and_left_alone_where_it_has_them():
    normalizer = Normalizer("fa")
    assert "پیش\u200cنیاز" in normalizer.normalize("پیش نیاز دوره که می شود، چراغ ها را می بینیم")
    clean = "پیش نیاز دوره که می\u200cشود، چراغ\u200cها را می\u200cبینیم"
    assert normalizer.normalize(clean) == clean


def test_half_spaces_lost_in_one_way_say_nothing_of_the_other():
    normalizer = Normalizer("fa")
    assert "پژوهش\u200cنامه" in normalizer.normalize("پژوهشنامه را میخواند و نمیداند")
    assert normalizer.normalize("پژوهشنامه را می خواند و نمی داند").startswith("پژوهشنامه را می\u200cخواند")


@pytest.mark.parametrize("word", ["می\u200c", "\u200c", "م", "های", "هایهای", "هیهی", "ننننن"])
def test_any_word_can_be_described(word):
    offsets = load_judge().describe(word)[0]
    assert all(0 < offset < len(word) for offset in offsets)


@settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))
@given(texts, texts)
def test_what_a_text_says_of_its_half_spaces_says_nothing_of_another_text(one, other):
    normalizer = Normalizer("fa")
    assert normalizer.normalize_batch([one, other, one]) == [
        normalizer.normalize(one),
        normalizer.normalize(other),
        normalizer.normalize(one),
    ]


def test_a_half_space_inside_of_what_one_character_became_has_its_span():
    aligned = Normalizer("fa").align("\N{ARABIC LIGATURE ALLAH ISOLATED FORM}\N{ARABIC LETTER ALEF}")
    assert list(aligned.ends) == sorted(aligned.ends)
    assert {aligned.raw_span(at, at + 1) for at in range(len(aligned.text) - 1)} == {(0, 1)}


def test_a_repairer_is_not_made_without_a_judge():
    repairer = type(load_repairer(folds=False))
    with pytest.raises(TypeError):
        repairer.__new__(repairer)


@cache
def load_judge_lexicon():
    return unpack_lexicon(load_lexicon("fa-halfspace")[1])


def test_features_are_the_same_over_a_released_lexicon_and_over_what_it_is_packed_from():
    lexicon = load_judge_lexicon()
    tables = {field.name: getattr(lexicon, field.name) for field in fields(lexicon)}
    plain = Lexicon(
        **{name: dict(table) if isinstance(table, PackedTable) else table for name, table in tables.items()}
    )
    packed, unpacked = (HalfspaceFeatures(one, load_grammar()) for one in (lexicon, plain))
    words = ["کتابهای", "رسانههای", "میشود", "بزرگترین", "پیشبینی", "علاقهمند", "دوصفحه", "راهنماها", "مردهای", "گ"]
    for word in words:
        assert packed.strip_ending(word) == unpacked.strip_ending(word)
        assert packed.roles(word) == unpacked.roles(word)
        assert packed.reading(word) == unpacked.reading(word)
        for at in range(1, len(word)):
            assert packed.split(word, at) == unpacked.split(word, at)
            assert packed.join(word[:at], word[at:]) == unpacked.join(word[:at], word[at:])
    assert packed.split("کتابهای", 4)["ending plural"] == 1.0
    assert packed.join("", "ها") is None


def test_a_place_outside_of_a_word_is_refused():
    with pytest.raises(IndexError, match="no place within a word of 2 letters"):
        HalfspaceFeatures(load_judge_lexicon(), load_grammar()).split("می", 2)
