"""The corpora: records fit the guidelines, the numbers are there, and no passage repeats another."""

import importlib.util
import itertools
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

import socialtext as st
from socialtext.training.articles import compile_article

SPEC = importlib.util.spec_from_file_location("data_card", Path(__file__).with_name("data_card.py"))
data_card = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(data_card)

CORPORA = files("socialtext") / "corpora"
LANGUAGES = ("ar", "fa", "id")


PASSAGES = {lang: data_card.read(CORPORA / "passages" / f"{lang}.jsonl") for lang in LANGUAGES}
ARTICLES = data_card.read(CORPORA / "articles.jsonl")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_passages_are_records_of_the_guidelines(lang):
    rows = PASSAGES[lang]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["lang"] == lang
        assert row["text"].strip()
        assert set(row["themes"]) <= set(st.THEMES)
        assert len(row["themes"]) == len(set(row["themes"])) <= 2
        assert isinstance(row["advice"], bool)
        assert row["source"] == "written for this project"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_of_passage_is_there_in_numbers(lang):
    rows = PASSAGES[lang]
    mains = Counter(row["themes"][0] if row["themes"] else "none" for row in rows)
    assert len(rows) >= 900
    assert all(mains[theme] >= 150 for theme in st.THEMES)
    assert mains["none"] >= 300
    assert sum(len(row["themes"]) == 2 for row in rows) >= 100
    assert sum(row["advice"] for row in rows) >= 400
    assert sum(row["noise"] for row in rows) >= len(rows) / 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_passage_repeats_another(lang):
    text = pytest.importorskip("sklearn.feature_extraction.text")
    texts = [" ".join(row["text"].split()) for row in PASSAGES[lang]]
    matrix = text.CountVectorizer(analyzer="char", ngram_range=(5, 5), binary=True).fit_transform(texts)
    shared = (matrix @ matrix.T).tocoo()
    sizes = matrix.sum(axis=1).A1
    for row, column, count in zip(shared.row, shared.col, shared.data, strict=True):
        if row < column:
            jaccard = count / (sizes[row] + sizes[column] - count)
            assert jaccard < 0.5, (PASSAGES[lang][row]["id"], PASSAGES[lang][column]["id"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_articles_are_what_their_markup_says(lang):
    articles = {article["id"]: article for article in ARTICLES if article["lang"] == lang}
    names = [path.name.removesuffix(".txt") for path in (CORPORA / "markup").iterdir()]
    assert articles.keys() == {name for name in names if name.startswith(f"{lang}-")}
    different = []
    for id, article in articles.items():
        raw, record = compile_article((CORPORA / "markup" / f"{id}.txt").read_text(encoding="utf-8"), id)
        page = (CORPORA / "articles" / f"{id}.txt").read_text(encoding="utf-8")
        if record != article or page != raw + "\n":
            different.append(id)
    assert different == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_articles_are_pages_whose_units_follow_each_other(lang):
    for article in ARTICLES:
        if article["lang"] == lang:
            assert len(article["text"].split()) >= 150, article["id"]
            assert "boilerplate" in {block["kind"] for block in article["blocks"]}, article["id"]
            spans = [(unit["start"], unit["end"]) for unit in article["units"]]
            assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans)), article["id"]


def test_each_language_has_long_articles_with_all_kinds_of_blocks():
    kinds = {"heading", "paragraph", "list_item", "boilerplate"}
    long = [article for article in ARTICLES if len(article["text"].split()) >= 600]
    whole = [article for article in long if {block["kind"] for block in article["blocks"]} == kinds]
    counts = Counter(article["lang"] for article in whole)
    assert all(counts[lang] >= 25 for lang in LANGUAGES)


def test_the_data_card_counts_what_is_there():
    card = data_card.CARD.read_text(encoding="utf-8")
    assert data_card.write_card(card) == card
