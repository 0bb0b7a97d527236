"""The net of concepts: the scores of scikit-learn, and something that a sum of words cannot say."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.neural_network import MLPClassifier

from socialtext.models import NetModel
from socialtext.training import net as training
from socialtext.training.net import NetInput, fit_net, score_alone, score_pages

WORDS = ["pelanggan", "toko", "laporan", "harga", "balas", "beli", "sekolah", "hari"]


def chance_examples(n, seed=0):
    chance = np.random.default_rng(seed)
    return [NetInput("id", " ".join(chance.choice(WORDS, 4)), str(chance.choice(["", *WORDS]))) for _ in range(n)]


def test_scores_are_those_of_scikit_learn(monkeypatch):
    fitted = []

    class Spied(MLPClassifier):
        def fit(self, inputs, targets):
            fitted.append((self, inputs))
            return super().fit(inputs, targets)

    monkeypatch.setattr(training, "MLPClassifier", Spied)
    examples = chance_examples(300)
    pages = [list(range(start, start + 10)) for start in range(0, 200, 10)]
    targets = np.array([["toko" in example.folded, "laporan" in example.above] for example in examples])
    net = fit_net(examples, pages, targets)
    ((theirs, inputs),) = fitted
    scale = np.array([1.0, training.SURROUNDINGS, training.SURROUNDINGS])[:, None, None]
    theirs.coefs_[0] = (net.hidden / scale).reshape(-1, training.N_HIDDEN)  # the steps that are released
    margins = np.concatenate([score_pages(net, examples, pages)[:200], score_alone(net, examples[200:])])
    assert np.allclose(1 / (1 + np.exp(-margins)), theirs.predict_proba(inputs), atol=1e-4)


def test_what_matters_only_beside_another_word_is_learned():
    examples = [example._replace(above="") for example in chance_examples(4000)]
    either = np.array([("toko" in e.folded) != ("harga" in e.folded) for e in examples])
    found = score_alone(fit_net(examples, [], np.column_stack([either, ~either])), examples)[:, 0] > 0.0
    assert (found == either).mean() > 0.95  # a sum of words is right in about two of three


def test_a_net_without_hidden_units_says_nothing():
    nothing = np.zeros(0, np.float32)
    net = NetModel(("shop",), np.ones(1), np.zeros((3, 1, 0)), nothing, np.zeros((0, 1)), np.full(1, 0.25))
    assert score_alone(net, [NetInput("id", "toko", "")]).tolist() == [[0.25]]
