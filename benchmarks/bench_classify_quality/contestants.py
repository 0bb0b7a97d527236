"""What stands in the table: each takes training examples and others, and gives scores of the others.

Scores have the shape (n_examples, 5): the four themes, then advice.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from socialtext.classify.themes import Calibration
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import load_model
from socialtext.normalize.normalizer import load_fold
from socialtext.training.net import fit_net, score_alone
from socialtext.training.themes import Example, fit_linear, label_matrix, list_documents
from socialtext.types import LANGUAGES, THEMES

Contestant = Callable[[Sequence[Example], Sequence[Example]], Any]

# Which kinds of cue name a theme, or advice.
KINDS: tuple[frozenset[str], ...] = (
    frozenset({"dialogue", "reaction", "loyalty"}),
    frozenset({"channel", "presence", "platform"}),
    frozenset({"selling", "shop", "purchase_path"}),
    frozenset({"measure", "metric", "report", "segment", "research"}),
    frozenset({"modal", "imperative", "prohibition", "evaluation"}),
)


def fit_majority(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """Give every passage the labels that most have: no theme, and advice or not."""
    share = label_matrix(train).mean(axis=0)
    scores = np.zeros((len(test), len(share)))
    scores[:, len(THEMES)] = float(share[len(THEMES)] >= 0.5)
    return scores


def count_keywords(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """Give a theme where two of its keywords stand and no other theme has more; advice where one stands."""
    matchers = {lang: CueMatcher(lang, load_fold(lang)) for lang in LANGUAGES}
    scores = np.zeros((len(test), len(KINDS)))
    for at, example in enumerate(test):
        found = [kind for _, kind in matchers[example.lang].find(WORD_RE.findall(example.folded))]
        counts = np.array([sum(kind in kinds for kind in found) for kinds in KINDS])
        themes = counts[: len(THEMES)]
        scores[at, : len(THEMES)] = (themes >= 2) & (themes == themes.max())
        scores[at, len(THEMES)] = counts[len(THEMES)] >= 1
    return scores


def fit_ngram_bag(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """Hash words, word pairs and parts of words, average them, and fit by stochastic descent, as fastText does."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline, make_union

    vectors = make_union(
        HashingVectorizer(analyzer="word", token_pattern=r"\w+", ngram_range=(1, 2), norm="l2", n_features=2**18),
        HashingVectorizer(analyzer="char_wb", ngram_range=(3, 6), norm="l2", n_features=2**18),
    )
    return _fit_each(make_pipeline(vectors, SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0)), train, test)


def fit_tfidf(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """Fit scikit-learn's TfidfVectorizer over words and pairs of the raw text, and its LogisticRegression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectors = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), sublinear_tf=True)
    return _fit_each(make_pipeline(vectors, LogisticRegression(C=20.0, max_iter=1000)), train, test)


def _fit_each(model: Any, train: Sequence[Example], test: Sequence[Example]) -> Any:
    texts, others = [example.passage.text for example in train], [example.passage.text for example in test]
    columns = [model.fit(texts, target).predict_proba(others)[:, 1] for target in label_matrix(train).T]
    return np.column_stack(columns)


def fit_socialtext(train: Sequence[Example], test: Sequence[Example]) -> Any:
    """Fit our linear model and our net, and judge each passage by itself; both count as in the released model."""
    layer = fit_linear(train, {lang: CueMatcher(lang, load_fold(lang)) for lang in LANGUAGES})
    inputs = [example.net_input for example in train]
    net = fit_net(inputs, list_documents(train), label_matrix(train)[:, : len(THEMES)])
    alone: Any = load_model("themes").info["alone"]
    calibration = Calibration(*(np.array(alone[name]) for name in ("slopes", "net_slopes", "offsets")))
    margins = layer.score([example.folded for example in test], [example.lang for example in test]).whole
    return calibration.score(margins, score_alone(net, [example.net_input for example in test]))


CONTESTANTS: dict[str, Contestant] = {
    "majority": fit_majority,
    "keyword rules": count_keywords,
    "bag of n-grams, as fastText": fit_ngram_bag,
    "TF-IDF, logistic regression": fit_tfidf,
    "socialtext, alone": fit_socialtext,
}
