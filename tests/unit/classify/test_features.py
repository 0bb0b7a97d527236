"""The native loop of the classifier against a plain one, and against scikit-learn."""

import json
import math
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext._cues import CueTable
from socialtext.classify._features import FeatureTable, FeatureWeights
from socialtext.classify.features import cue_values, iter_pair_names, iter_word_names, read_sentences
from socialtext.classify.themes import build_table, score_sentences
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import load_model
from socialtext.normalize.normalizer import load_fold
from socialtext.types import LANGUAGES

FOLDS = {lang: load_fold(lang) for lang in LANGUAGES}
MATCHERS = {lang: CueMatcher(lang, fold) for lang, fold in FOLDS.items()}
TABLES = {lang: build_table(matcher, load_model("themes")) for lang, matcher in MATCHERS.items()}


def passages(lang):
    text = (files("socialtext") / "corpora" / "passages" / f"{lang}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["text"] for line in text.splitlines()[::25]]


def vectorize_plainly(words, lang):
    model = load_model("themes")
    counts = Counter()
    for word in words:
        counts.update(iter_word_names(word))
    counts.update(iter_pair_names(words))
    values = {
        name: (1.0 + math.log(count)) * float(model.idf[model.index[name]])
        for name, count in counts.items()
        if name in model.index
    }
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    cues = cue_values(words, MATCHERS[lang].find(words))
    return {name: value / norm for name, value in values.items()} | {
        name: value for name, value in cues.items() if name in model.index
    }


def check(words, lang):
    model = load_model("themes")
    expected = vectorize_plainly(words, lang)
    rows, values = TABLES[lang].vectorize(words)
    names = list(model.index)
    assert {names[row]: value for row, value in zip(rows, values, strict=True)} == pytest.approx(expected, abs=1e-6)
    margins = model.intercepts + sum(
        (value * model.weights[model.index[name]] for name, value in expected.items()), np.zeros(5)
    )
    assert np.allclose(TABLES[lang].margins([words]), margins, atol=1e-4)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_native_loop_equals_the_plain_one_on_passages(lang):
    for text in passages(lang):
        check(WORD_RE.findall(FOLDS[lang](text)), lang)


@settings(max_examples=60)
@given(st.sampled_from(LANGUAGES), st.text("ابpقa 1/۲\u200cنسی.", max_size=60), st.integers(0, 5))
def test_the_native_loop_equals_the_plain_one_on_any_text(lang, text, at):
    known = passages(lang)[at]
    check(WORD_RE.findall(FOLDS[lang](known[:40] + text + known[20:70])), lang)


sentence_marks = st.lists(st.sampled_from([*'.!?؟…:؛»"”\n 1/_', "kata", "کلمه", "é²", "\u2003"]), max_size=30).map(
    "".join
)


@settings(max_examples=300)
@given(st.one_of(sentence_marks, st.text()), st.integers(0, 5))
def test_a_text_has_the_words_and_sentences_of_the_patterns(text, at):
    text = passages("fa")[at][:50] + text + passages("fa")[at][50:100]
    found = TABLES["fa"].margins_of_sentences([text])
    assert np.array_equal(found, TABLES["fa"].margins_of_sentences([read_sentences(text)]))
    assert np.array_equal(found[0], TABLES["fa"].margins([WORD_RE.findall(text)]))
    assert np.array_equal(found[0], TABLES["fa"].margins([text]))


def test_margins_equal_those_of_scikit_learn():
    linear = pytest.importorskip("sklearn.linear_model")
    extraction = pytest.importorskip("sklearn.feature_extraction")
    model = load_model("themes")
    twin = linear.LogisticRegression()
    twin.classes_ = np.arange(5)
    twin.coef_, twin.intercept_ = model.weights.T.astype(float), model.intercepts.astype(float)
    vectorizer = extraction.DictVectorizer()
    vectorizer.fit([dict.fromkeys(model.index, 1.0)])
    order = [vectorizer.vocabulary_[name] for name in model.index]
    twin.coef_ = twin.coef_[:, np.argsort(order)]
    for lang in LANGUAGES:
        words = [WORD_RE.findall(FOLDS[lang](text)) for text in passages(lang)]
        matrix = vectorizer.transform([vectorize_plainly(passage, lang) for passage in words])
        assert np.allclose(TABLES[lang].margins(words), twin.decision_function(matrix), atol=1e-4)


def test_sentences_are_scored_apart():
    texts = ["Balas komentar pelanggan. Toko kami di Bandung! Ukur tingkat konversi", "Satu kalimat saja", ""]
    sentences = [read_sentences(FOLDS["id"](text)) for text in texts]
    assert [len(passage) for passage in sentences] == [3, 1, 0]
    found = score_sentences(TABLES["id"], sentences)
    apart = TABLES["id"].margins(sentences[0])
    assert np.allclose(found.strongest[0], apart.max(axis=0))
    assert np.allclose(found.first[0], apart[0])
    for at in (1, 2):
        assert np.array_equal(found.whole[at], found.strongest[at])


def test_what_is_no_word_is_refused_and_leaves_no_trace():
    words = WORD_RE.findall("ukur tingkat konversi toko")
    before = TABLES["id"].margins([words])
    with pytest.raises(TypeError):
        TABLES["id"].margins([["konversi", None]])
    assert np.array_equal(TABLES["id"].margins([words]), before)


def test_a_table_that_knows_nothing_of_a_passage_gives_its_intercepts():
    weights, no_cues = FeatureWeights({"w:konversi": 0}, np.ones(1), np.ones((1, 2))), CueTable({}, {}, {}, False)
    table = FeatureTable(weights, np.array([0.5, -0.5]), (), no_cues)
    assert table.margins([["toko", "x"], []]).tolist() == [[0.5, -0.5], [0.5, -0.5]]
    assert table.margins([["konversi"]]).tolist() == [[1.5, 0.5]]
