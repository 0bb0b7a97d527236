"""The net of concepts as the native loop reckons it, against whole arrays."""

import math
from collections import Counter

import numpy as np
import pytest

from socialtext._concepts import HEADER, ConceptTable
from socialtext.classify._meanings import MeaningNet, MeaningTable

CONCEPTS = ["reply", "reply!", "customer", "shop"]
N_HIDDEN = 5
TABLE = (
    HEADER
    + "customer\tcontent\tpelanggan konsumen\nreply\tcontent\tbalasan\nreply!\tcontent\tbalas\nday\tcontent\thari\n"
)
PAGE = ["balas pelanggan dan balas konsumen", "balasan hari ini", "", "konsumen konsumen konsumen"]
ABOVE = ["pelanggan", "hari"]
ABOVE_ROWS = [0, -1, 1, 0]


@pytest.fixture
def weights():
    chance = np.random.default_rng(0)
    return {
        "idf": chance.uniform(1, 3, len(CONCEPTS)),
        "hidden": chance.normal(size=(3, len(CONCEPTS), N_HIDDEN)),
        "hidden_bias": chance.normal(size=N_HIDDEN),
        "output": chance.normal(size=(N_HIDDEN, 2)),
        "output_bias": chance.normal(size=2),
    }


@pytest.fixture
def table(weights):
    return MeaningTable(MeaningNet(CONCEPTS, **weights), ConceptTable(TABLE, "here"))


def bag(text, idf):
    meanings = {"pelanggan": ["customer"], "konsumen": ["customer"], "balasan": ["reply"], "balas": ["reply!", "reply"]}
    counts = Counter(meaning for word in text.split() for meaning in meanings.get(word, []))
    values = np.array(
        [idf[at] * (1 + math.log(counts[name])) if counts[name] else 0.0 for at, name in enumerate(CONCEPTS)]
    )
    return values / (np.linalg.norm(values) or 1.0)


def net(weights, own, above, page):
    sums = own @ weights["hidden"][0] + above @ weights["hidden"][1] + page @ weights["hidden"][2]
    return np.maximum(0.0, sums + weights["hidden_bias"]) @ weights["output"] + weights["output_bias"]


def test_a_bag_counts_concepts_and_what_is_demanded_without_its_mark_too(table, weights):
    rows, values = table.vectorize(PAGE[0])
    found = np.zeros(len(CONCEPTS))
    found[rows] = values
    assert np.allclose(found, bag(PAGE[0], weights["idf"]))
    assert np.count_nonzero(found) == 3


def test_passages_alone_are_read_by_their_own_words(table, weights):
    nothing = np.zeros(len(CONCEPTS))
    expected = [net(weights, bag(text, weights["idf"]), nothing, nothing) for text in PAGE]
    assert np.allclose(table.margins(PAGE), expected, atol=1e-5)


def test_on_a_page_what_stands_above_and_the_page_are_read_too(table, weights):
    bags = [bag(text, weights["idf"]) for text in PAGE]
    page = sum(bags) / np.linalg.norm(sum(bags))
    above = [bag(ABOVE[row], weights["idf"]) if row >= 0 else np.zeros(len(CONCEPTS)) for row in ABOVE_ROWS]
    expected = [net(weights, own, of_above, page) for own, of_above in zip(bags, above, strict=True)]
    assert np.allclose(table.margins_of_page(PAGE, ABOVE, ABOVE_ROWS), expected, atol=1e-5)


def test_a_page_leaves_nothing_behind(table):
    first = table.margins_of_page(PAGE, ABOVE, ABOVE_ROWS)
    table.margins_of_page(["balas"], [], [-1])
    with pytest.raises(TypeError, match="str"):
        table.margins_of_page(["konsumen", None], [], [-1, -1])
    assert (table.margins_of_page(PAGE, ABOVE, ABOVE_ROWS) == first).all()


def test_rows_above_that_are_not_there_are_refused(table):
    for rows in ([0], [0, 1]):
        with pytest.raises(ValueError, match="above 2 passages"):
            table.margins_of_page(["balas", "hari"], ["pelanggan"], rows)


def test_weights_of_another_shape_are_refused(weights):
    for wrong in ({"hidden": weights["hidden"][:, :2]}, {"idf": weights["idf"][:2]}, {"hidden_bias": np.zeros(2)}):
        with pytest.raises(ValueError, match="shapes"):
            MeaningNet(CONCEPTS, **{**weights, **wrong})
    with pytest.raises(ValueError, match="each once"):
        MeaningNet(["shop"] * len(CONCEPTS), **weights)
