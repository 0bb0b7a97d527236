"""The objects that users hold, as a notebook shows them."""

import subprocess
import sys

import pytest

import socialtext as st
from socialtext.errors import InputError, ModelError, OptionError


def test_a_new_interpreter_lists_every_public_name_and_nothing_else():
    code = "import socialtext; print(dir(socialtext) == sorted([*socialtext.__all__, '__version__']))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.stdout == "True\n"


def test_objects_say_what_they_are():
    assert repr(st.Pipeline("fa", granularity=0.3)) == "Pipeline('fa', profile='standard', granularity=0.3)"
    assert repr(st.Segmenter("id")) == "Segmenter('id', profile='standard', granularity=0.5)"
    assert repr(st.ThemeClassifier.load()) == (
        "ThemeClassifier('default', themes=engagement, channel_choice, social_commerce, data)"
    )


def test_passages_may_come_from_any_iterable():
    classifier = st.ThemeClassifier.load()
    texts = ["Balas setiap komentar pelanggan.", "Ukur konversi toko setiap bulan."]
    assert classifier.classify(iter(texts), lang="id") == classifier.classify(texts, lang="id")


@pytest.mark.parametrize("raw", [None, 5, float("nan"), b"x", ["x"]])
def test_what_is_no_text_is_refused_by_name(raw):
    normalizer, segmenter, nlp = st.Normalizer("fa"), st.Segmenter("fa"), st.Pipeline("fa")
    name = "None" if raw is None else type(raw).__name__
    for call in (normalizer.normalize, normalizer.align, normalizer.explain, segmenter.segment, nlp):
        with pytest.raises(TypeError, match=name):
            call(raw)


def test_one_text_where_many_are_expected_is_refused_with_the_way_out():
    with pytest.raises(TypeError, match=r"nlp\(text\)"):
        list(st.Pipeline("id").pipe("satu teks"))
    with pytest.raises(TypeError, match=r"classify\(\[text\]"):
        st.ThemeClassifier.load().classify("satu teks", lang="id")
    with pytest.raises(st.SocialtextError, match=r"ST108: .*not str; list\(…\)"):
        st.Normalizer("id").normalize_batch("satu teks")


MIXED = ["رد على كل تعليق في اليوم نفسه.", "به هر نظر همان روز پاسخ دهید.", "Balas setiap komentar di hari yang sama."]


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_texts_that_go_through_together_become_what_each_becomes_by_itself(batch_size):
    nlp = st.Pipeline()
    assert list(nlp.pipe(iter(MIXED), batch_size=batch_size)) == [nlp(raw) for raw in MIXED]


def test_a_text_that_fails_stops_the_others_at_its_turn_and_not_before():
    documents = st.Pipeline().pipe([*MIXED, "Eine Antwort auf jede Frage, und zwar am selben Tag.", MIXED[0]])
    assert [next(documents).lang for _ in MIXED] == ["ar", "fa", "id"]
    with pytest.raises(InputError, match="ST320"):
        next(documents)


def test_texts_before_an_error_of_their_source_become_documents():
    def read():
        yield from MIXED
        raise OSError("the line is dead")

    documents = st.Pipeline().pipe(read())
    assert [next(documents).lang for _ in MIXED] == ["ar", "fa", "id"]
    with pytest.raises(OSError, match="the line is dead"):
        next(documents)


def test_one_at_a_time_holds_none_back_and_long_texts_are_not_gathered():
    read = []
    for batch_size, text, n_read in ((1, MIXED[2], 1), (256, MIXED[2] * 5000, 2)):
        read.clear()
        next(st.Pipeline("id").pipe((read.append(k) or text for k in range(9)), batch_size=batch_size))
        assert len(read) == n_read


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, None, "3", True])
def test_a_batch_holds_at_least_one_text(batch_size):
    with pytest.raises(OptionError, match="ST131.*batch_size="):
        st.Pipeline().pipe(MIXED, batch_size=batch_size)


def test_a_model_that_cannot_be_read_is_tried_once(monkeypatch):
    tried = []

    def load(lang, chosen=None):
        tried.append(lang)
        raise ModelError("ST503", "damaged")

    monkeypatch.setattr("socialtext.pipeline._load_scorer", load)
    with pytest.raises(ModelError, match="ST503"):
        list(st.Pipeline("id").pipe(MIXED))
    assert tried == ["id"]
