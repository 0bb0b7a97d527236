"""The native loop of the classifier against a plain one, and against scikit-learn."""

import json
import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext._concepts import HEADER, ConceptTable
from socialtext._cues import CueTable
from socialtext.classify._features import FeatureTable, FeatureWeights
from socialtext.classify.features import cue_values, iter_places, read_sentences
from socialtext.classify.themes import build_table
from socialtext.concepts import load_concepts
from socialtext.cues import CueMatcher
from socialtext.models import find_steps, load_model, pack_names, weigh_steps
from socialtext.normalize.normalizer import load_fold
from socialtext.types import LANGUAGES

FOLDS = {lang: load_fold(lang) for lang in LANGUAGES}
MATCHERS = {lang: CueMatcher(lang, fold) for lang, fold in FOLDS.items()}
TABLES = {lang: build_table(matcher, load_model("themes")) for lang, matcher in MATCHERS.items()}


def passages(lang):
    text = (files("socialtext") / "corpora" / "passages" / f"{lang}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["text"] for line in text.splitlines()[::25]]


def vectorize_plainly(folded, lang):
    model = load_model("themes")
    sentences = read_sentences(folded)
    places = list(iter_places(folded, load_concepts(lang)))
    counts = Counter(piece for piece, *_ in places)
    values, squares = Counter(), 0.0
    for piece, names in {piece: names for piece, _, names in places}.items():
        for name in names:
            if name in model.index:
                value = (1.0 + math.log(counts[piece])) * float(model.idf[model.index[name]])
                values[name] += value
                squares += value**2
    words = [word[0] for sentence in sentences for word in sentence.words]
    cues = cue_values(words, MATCHERS[lang].find(words))
    return {name: value / math.sqrt(squares) for name, value in values.items()} | {
        name: value for name, value in cues.items() if name in model.index
    }


def score_plainly(folded, lang):
    model = load_model("themes")
    values = vectorize_plainly(folded, lang)
    return model.intercepts + sum(
        (value * model.weights[model.index[name]] for name, value in values.items()), np.zeros(5)
    )


def names_of(folded, lang):
    return {name for *_, names in iter_places(folded, load_concepts(lang)) for name in names}


def check(folded, lang):
    expected = vectorize_plainly(folded, lang)
    rows, values = TABLES[lang].vectorize(folded)
    names = list(load_model("themes").index)
    assert {names[row]: value for row, value in zip(rows, values, strict=True)} == pytest.approx(expected, abs=1e-6)
    assert np.allclose(TABLES[lang].margins([folded]), score_plainly(folded, lang), atol=1e-4)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_native_loop_equals_the_plain_one_on_passages(lang):
    for text in passages(lang):
        check(FOLDS[lang](text), lang)


@settings(max_examples=60)
@given(st.sampled_from(LANGUAGES), st.text("ابpقa 1/۲\u200cنسی.؟(%\n", max_size=60), st.integers(0, 5))
def test_the_native_loop_equals_the_plain_one_on_any_text(lang, text, at):
    known = passages(lang)[at]
    check(FOLDS[lang](known[:40] + text + known[20:70]), lang)


marks_and_words = st.lists(
    st.sampled_from([*'.!?؟…:؛»"”\n 1/_(«“%٪;', "kata", "کلمه", "é²", "\u2003"]), max_size=30
).map("".join)


@settings(max_examples=300)
@given(st.one_of(marks_and_words, st.text()), st.integers(0, 5))
def test_sentences_are_scored_apart_as_passages_of_their_own(text, at):
    text = passages("fa")[at][:50] + text + passages("fa")[at][50:100]
    check(text, "fa")
    whole, strongest, first = TABLES["fa"].margins_of_sentences([text])
    assert np.array_equal(whole, TABLES["fa"].margins([text]))
    apart = [score_plainly(text[sentence.start : sentence.end], "fa") for sentence in read_sentences(text)]
    if len(apart) > 1:
        assert np.allclose(first[0], apart[0], atol=1e-4)
        assert np.allclose(strongest[0], np.max(apart, axis=0), atol=1e-4)
    else:
        assert np.array_equal(whole, first)
        assert np.array_equal(whole, strongest)


def test_what_stands_at_the_edges_of_a_sentence_has_names_of_its_own():
    (sentence,) = read_sentences("3. «balas komentar 50%» sekarang?")
    assert [word[0] for word in sentence.words] == ["3", "balas", "komentar", "50", "sekarang"]
    assert sentence.marks == [3, 21, 32]
    names = names_of("3. «balas komentar 50%» sekarang?", "id")
    assert {"^: balas ", "^: ba", "^:las ", "$: sekarang ", "$:ang ", "m:?"} <= names
    assert "^: 3 " not in names


def test_what_means_the_same_has_the_same_names_in_each_language():
    sentences = {
        "ar": "اكتب رسالة الى كل عميل",
        "fa": "به هر مشتری پیام بنویسید",
        "id": "tulis pesan kepada setiap pelanggan",
    }
    names = [names_of(FOLDS[lang](sentence), lang) for lang, sentence in sentences.items()]
    assert {"k:write!", "k:write", "k:message", "k:customer", "n:message write"} <= names[0] & names[2]
    assert {"k:write!", "k:message", "n:customer message", "n:message write"} <= names[1]
    assert "p:write! message" in names[0] & names[2]


def test_pairs_end_with_the_sentence_and_words_without_a_concept_stand_for_themselves():
    names = names_of("balas qwertyui. pesan 50 pelanggan", "id")
    assert {"p:reply! qwertyui", "n:qwertyui reply", "p:message 50", "n:customer message"} <= names
    assert not any(name.startswith(("p:qwertyui", "n:message qwertyui")) for name in names)


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("satu! ؟؟؟\n«»\ndua", [["satu"], ["dua"]], [["!"], []]),
        ("1. satu: dua. 2", [["1", "satu"], ["dua"], ["2"]], [[":"], [], []]),
        ("2:\n3.", [["2", "3"]], [[":"]]),
    ],
)
def test_neither_marks_nor_numbers_are_a_sentence(text, words, marks):
    sentences = read_sentences(text)
    assert [[word[0] for word in sentence.words] for sentence in sentences] == words
    assert [[text[at] for at in sentence.marks] for sentence in sentences] == marks


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
        folded = [FOLDS[lang](text) for text in passages(lang)]
        matrix = vectorizer.transform([vectorize_plainly(passage, lang) for passage in folded])
        assert np.allclose(TABLES[lang].margins(folded), twin.decision_function(matrix), atol=1e-4)


def test_a_table_that_knows_nothing_of_a_passage_gives_its_intercepts():
    weights, no_cues = FeatureWeights(" w:konversi", np.ones(1), np.ones((1, 2))), CueTable({}, {}, {}, False)
    table = FeatureTable(weights, np.array([0.5, -0.5]), (), no_cues, ConceptTable(HEADER, "none"))
    assert table.margins(["toko x", ""]).tolist() == [[0.5, -0.5], [0.5, -0.5]]
    assert table.margins(["konversi"]).tolist() == [[1.5, 0.5]]


words = st.text(st.characters(codec="utf-8", categories=("Ll", "Lo")), min_size=1, max_size=120)


@given(st.lists(words, unique=True, min_size=1, max_size=12), st.integers(0, 90))
def test_the_native_table_finds_each_packed_name_in_its_row(words, n_shared):
    words = sorted({"a" * n_shared + word for word in words})
    weights = FeatureWeights(pack_names([f"w:{word}" for word in words]), np.ones(len(words)), np.ones((len(words), 1)))
    table = FeatureTable(weights, np.zeros(1), (), CueTable({}, {}, {}, False), ConceptTable(HEADER, "none"))
    assert [table.vectorize(word)[0] for word in words] == [[row] for row in range(len(words))]


def test_weights_in_steps_are_laid_out_as_the_floats_that_they_stand_for():
    names, chance = pack_names(["w:iklan", "w:konversi", "w:toko"]), np.random.default_rng(0)
    steps, idf = find_steps(chance.normal(size=(3, 2))), chance.random(3).astype(np.float32)
    margins = [
        FeatureTable(
            FeatureWeights(names, idf, weights),
            np.zeros(2),
            (),
            CueTable({}, {}, {}, False),
            ConceptTable(HEADER, "none"),
        ).margins(["konversi toko iklan toko", "iklan"])
        for weights in (steps, weigh_steps(*steps))
    ]
    assert np.allclose(*margins, rtol=1e-6, atol=0)


@pytest.mark.parametrize("names", [["w:a", "w:a"], ["w:a", "w:b", "w:c"], ["n:a b", "n:b a"], ["w:a"], []])
def test_names_that_do_not_fit_the_weights_are_refused(names):
    with pytest.raises(ValueError, match="there twice, or has no row|names for 2 features"):
        FeatureWeights(pack_names(names), np.ones(2), np.ones((2, 2)))


def test_what_is_no_text_is_refused_and_leaves_no_trace():
    before = TABLES["id"].margins(["ukur tingkat konversi toko"])
    with pytest.raises(TypeError):
        TABLES["id"].margins_of_sentences(["ukur konversi", None])
    assert np.array_equal(TABLES["id"].margins(["ukur tingkat konversi toko"]), before)


def test_a_word_that_occurs_very_often_counts_as_the_plain_loop_counts_it():
    text = "komentar " + "dan " * 70_000
    assert np.allclose(TABLES["id"].margins([text]), score_plainly(text, "id"), atol=1e-4)


def test_threads_of_all_languages_share_the_weights():
    folded = {lang: [FOLDS[lang](text) for text in passages(lang)] for lang in LANGUAGES}
    expected = {lang: TABLES[lang].margins(texts) for lang, texts in folded.items()}
    with ThreadPoolExecutor(6) as pool:
        found = [(lang, pool.submit(TABLES[lang].margins, folded[lang])) for _ in range(10) for lang in LANGUAGES]
        assert all(np.array_equal(margins.result(), expected[lang]) for lang, margins in found)


def test_words_are_forgotten_when_there_are_too_many_and_learned_again():
    before = TABLES["id"].margins(["ukur tingkat konversi toko"])
    for start in range(0, 240_000, 40_000):
        TABLES["id"].margins([" ".join(f"kata{number}" for number in range(start, start + 40_000))])
    assert np.array_equal(TABLES["id"].margins(["ukur tingkat konversi toko"]), before)
