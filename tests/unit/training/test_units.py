"""What the border scorer learns from."""

import json
from importlib.resources import files

import numpy as np
import pytest

pytest.importorskip("sklearn")

from socialtext.segment.units import fixed_borders
from socialtext.training.units import break_paragraphs, read_content, true_borders

ARTICLES = (files("socialtext") / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
CONTENT, UNITS = read_content(json.loads(ARTICLES[0]))
BORDERS = true_borders(UNITS)


def _break(split, join):
    return break_paragraphs(CONTENT, BORDERS, split, join, np.random.default_rng(1))


def test_paragraphs_stay_where_nothing_is_split_or_joined():
    new = CONTENT.blocks[1:] != CONTENT.blocks[:-1]
    blocks = _break(0.0, 0.0).blocks
    assert np.array_equal(blocks[1:] != blocks[:-1], new)


def test_each_sentence_gets_a_paragraph_of_its_own_where_all_are_split():
    blocks = _break(1.0, 0.0).blocks
    prose = ~CONTENT.is_item
    assert len(set(blocks[prose].tolist())) == prose.sum()


@pytest.mark.parametrize(("split", "join"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5)])
def test_rules_decide_the_same_borders_whatever_the_paragraphs(split, join):
    assert CONTENT.is_item.any()
    for found, expected in zip(fixed_borders(_break(split, join)), fixed_borders(CONTENT), strict=True):
        assert np.array_equal(found, expected)
