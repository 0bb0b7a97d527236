"""What the classifier learns from: which features it keeps, what they are worth, and how they are scaled."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from scipy.sparse import csr_matrix

from socialtext.training.themes import MIN_GRAM_FACTOR, RATIO_POWER, ExampleReader, find_features, ratio_scales

READER = ExampleReader()


def read(texts):
    records = [{"text": text, "lang": "id", "themes": [], "advice": False} for text in texts]
    return [READER.read_passage(record, "x") for record in records]


def test_n_grams_must_occur_more_often_than_words():
    texts = ["zqzqzq"] * 4 + ["hujan"] * 4 * MIN_GRAM_FACTOR + ["lain"] * 3
    names = set(find_features(read(texts), min_passages=4).index)
    assert {"w:zqzqzq", "w:hujan", "c:huj"} <= names
    assert not {"c:zqz", "w:lain"} & names


def test_concepts_are_worth_more_than_words_as_frequent():
    model = find_features(read(["balas pelanggan kami"] * 4 + ["hujan"] * 9), min_passages=4)
    worth = {name: float(model.idf[row]) for name, row in model.index.items()}
    assert worth["k:reply"] == worth["p:reply! customer"] == worth["n:customer reply"] == 2 * worth["w:balas"]
    assert worth["w:balas"] > worth["w:hujan"]


def test_a_feature_is_scaled_by_how_well_it_tells_the_sides_apart():
    # Of what occurs with the label, counted from one: 3, 3, 2, 1; of what occurs without it: 3, 1, 2, 3.
    matrix = csr_matrix(np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 1, 1], [1, 0, 0, 1.0]]))
    scales = ratio_scales(matrix, np.array([True, True, False, False]))
    ratios = np.abs(np.log(np.array([3, 3, 2, 1]) / 9) - np.log(np.array([3, 1, 2, 3]) / 9)) ** RATIO_POWER
    assert scales == pytest.approx(ratios / np.sqrt((ratios**2).mean()))
    assert scales[0] == scales[2] == 0.0
    assert scales[1] == pytest.approx(scales[3])
