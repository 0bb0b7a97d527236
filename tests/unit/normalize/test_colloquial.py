"""The colloquial step: registers, what it never touches, and what holds whatever the text."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext import Normalizer
from socialtext.errors import OptionError
from socialtext.normalize.colloquial import load_table

WORDS = [
    *[
        "yg",
        "gk",
        "gak",
        "bgt",
        "banget",
        "gw",
        "km",
        "min",
        "ya",
        "yaa",
        "kan",
        "kok",
        "dong",
        "sih",
        "nih",
        "nya",
        "lah",
    ],
    *[
        "anak2",
        "teman2nya",
        "dimana",
        "dirumah",
        "kirimin",
        "ngecek",
        "kepotong",
        "bnyk",
        "semuaa",
        "hp",
        "hpnya",
        "dr",
    ],
    *["makasih", "sama", "lagi", "buat", "tapi", "tp", "no", "wa", "y", "g", "Wa", "Ode", "Yg", "GAK", "BISA", "Toko2"],
    *[
        "10",
        "km",
        "H2O",
        "Rp10.000,-",
        "#yg",
        "@gw",
        "yg.com",
        "<b>",
        "</b>",
        "😂",
        ".",
        ",",
        "!",
        "?",
        "(",
        ")",
        "-",
        '"',
    ],
    *["bagus", "barang", "orang", "kaya", "temen-temen", "terima", "kasih", "jkt", "\n", "'", "é", "s/d"],
]
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=16).map(" ".join),
    st.lists(st.sampled_from([*WORDS, " ", " "]), max_size=16).map("".join),
    st.lists(st.sampled_from(sorted(load_table())), max_size=8).map(" ".join),
)
registers = st.sampled_from(["standard", "formal"])
laws = settings(max_examples=int(os.environ.get("LAW_EXAMPLES", "400")))


@laws
@given(registers, texts)
def test_respelling_twice_equals_respelling_once_and_spans_hold(register, raw):
    normalizer = Normalizer("id", register=register)
    once = normalizer.normalize(raw)
    assert normalizer.normalize(once) == once
    aligned = normalizer.align(raw)
    assert aligned.text == once
    assert list(aligned.starts) == sorted(aligned.starts)
    assert list(aligned.ends) == sorted(aligned.ends)
    if once:
        assert aligned.raw_span(0, len(once)) == (0, len(raw))


@laws
@given(texts)
def test_the_standard_register_drops_no_word(raw):
    plain = Normalizer("id", register="keep").normalize(raw)
    assert len(Normalizer("id").normalize(raw).split()) >= len(plain.split()) - plain.lower().count(" nya")


@pytest.mark.parametrize(
    ("register", "text"),
    [("keep", "gak gw bgt yg"), ("standard", "enggak gue banget yang"), ("formal", "tidak saya sekali yang")],
)
def test_a_register_says_which_word_is_written(register, text):
    assert Normalizer("id", register=register).normalize("gak gw bgt yg") == text


def test_profiles_choose_the_register():
    raw = "gak tau, makasih"
    assert Normalizer("id", profile="formal").normalize(raw) == "tidak tahu, terima kasih"
    assert Normalizer("id").normalize(raw) == "enggak tahu, makasih"
    for profile in ("search", "minimal"):
        assert Normalizer("id", profile=profile).normalize(raw) == raw
    assert Normalizer("id", colloquial=False, register="formal").normalize(raw) == raw
    assert Normalizer("id", profile="minimal", register="formal").normalize(raw) == "tidak tahu, terima kasih"


def test_other_languages_have_no_registers():
    assert Normalizer("ar", register="formal").normalize("في yg") == "في yg"


def test_an_unknown_register_is_named():
    with pytest.raises(OptionError, match=r"ST106.*'casual'.*keep, standard, formal"):
        Normalizer("id", register="casual")


@pytest.mark.parametrize(
    "token",
    [
        "https://yg.com/gak?utk=dgn",
        "#yg_bgt",
        "@gw.aja",
        "yg.bgt@toko.id",
        '<a title="yg gak bgt">',
        "gk.txt",
        "H2O",
        "2x",
    ],
)
def test_protected_tokens_are_not_respelled(token):
    for register in ("standard", "formal"):
        assert token in Normalizer("id", register=register).normalize(f"barang {token} yg bagus")


def test_a_result_word_finds_what_was_written():
    aligned = Normalizer("id").align("Anak2 suka, dimana tokonya?")
    assert aligned.text == "Anak-anak suka, di mana tokonya?"
    assert aligned.raw_span(0, 9) == (0, 5)
    assert aligned.raw_span(16, 23) == (12, 18)


def test_a_dropped_particle_is_counted_to_the_word_before():
    normalizer = Normalizer("id", register="formal")
    raw = "mahal sih, kak"
    aligned = normalizer.align(raw)
    assert aligned.text == "mahal, kak"
    assert aligned.raw_span(0, 5) == (0, 9)
    assert [(change.before, change.after, change.step) for change in normalizer.explain(raw)] == [
        ("l sih", "l", "colloquial")
    ]
    assert normalizer.normalize("Sih") == "Sih"


def test_an_unchanged_text_is_the_same_object():
    raw = "Kami membuka toko setiap hari."
    assert Normalizer("id").normalize(raw) is raw
