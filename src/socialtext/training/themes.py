"""Train the classifier of themes and advice, and measure it by cross-validation grouped by source.

Comes in: labelled passages and annotated articles. Goes out: weights, calibration, context weights and thresholds
of one model for all languages. Three layers, each fitted on predictions for sources that the layer below has not
seen: a linear model of words, n-grams and cues; a logistic of nine context margins shared by all themes; thresholds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from socialtext.classify.features import Vectorizer, cue_values, iter_pair_names, iter_word_names
from socialtext.classify.themes import N_THEMES, FloatArray, Passage, context_features, expit
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.normalize.normalizer import load_fold
from socialtext.pipeline import build_passages
from socialtext.types import LANGUAGES, THEMES, Block

BoolArray = npt.NDArray[np.bool_]
MIN_PASSAGES: Final = 3  # a feature must occur in so many passages
N_FOLDS: Final = 5
STRENGTH: Final = 10.0  # inverse regularization of the linear model; by cross-validation on the corpora
CONTEXT_STRENGTH: Final = 1.0
THRESHOLD_GRID: Final = np.arange(0.2, 0.71, 0.02)
F1_TOLERANCE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled passage; `source` groups those that share a writer or an article."""

    words: list[str]
    cues: list[tuple[int, str]]
    lang: str
    themes: tuple[str, ...]
    advice: bool
    source: str
    passage: Passage
    heading_words: list[str]
    heading_cues: list[tuple[int, str]]


class ExampleReader:
    """Turn records of the corpora into examples.

    Parameters
    ----------
    load : callable
        Gives the fold of a language by which words are looked up.
    """

    def __init__(self, load: Callable[[str], Callable[[str], str]] = load_fold) -> None:
        self._folds = {lang: load(lang) for lang in LANGUAGES}
        self._matchers = {lang: CueMatcher(lang, fold) for lang, fold in self._folds.items()}

    def _see(self, lang: str, text: str) -> tuple[list[str], list[tuple[int, str]]]:
        words = WORD_RE.findall(self._folds[lang](text))
        return words, self._matchers[lang].find(words)

    def read_passage(self, record: Mapping[str, Any], source: str) -> Example:
        """Read one labelled passage."""
        words, cues = self._see(record["lang"], record["text"])
        passage = Passage(record["text"], None, -1, -1, False)
        return Example(words, cues, record["lang"], tuple(record["themes"]), record["advice"], source, passage, [], [])

    def read_article(self, record: Mapping[str, Any]) -> list[Example]:
        """Read the units of an annotated article, in order."""
        text, lang = record["text"], record["lang"]
        units = record["units"]
        blocks = [Block(block["start"], block["end"], block["kind"]) for block in record["blocks"]]
        passages = build_passages(text, blocks, [(unit["start"], unit["end"]) for unit in units])
        examples = []
        for unit, passage in zip(units, passages, strict=True):
            words, cues = self._see(lang, passage.text)
            heading_words, heading_cues = self._see(lang, passage.heading or "")
            examples.append(
                Example(
                    words, cues, lang, tuple(unit["themes"]), unit["advice"], record["id"], passage,
                    heading_words, heading_cues,
                )
            )  # fmt: skip
        return examples


@dataclass(frozen=True, slots=True)
class LinearLayer:
    """The first layer: a vocabulary, and one logistic regression for each theme and for advice."""

    names: list[str]
    idf: FloatArray
    weights: FloatArray
    intercepts: FloatArray

    def margins(self, examples: Sequence[Example], *, of_headings: bool = False) -> FloatArray:
        """Return the margins of the examples, or of the headings above them."""
        matrix = build_matrix(examples, self.names, self.idf, of_headings=of_headings)
        return np.asarray(matrix @ self.weights + self.intercepts)


def _feature_names(example: Example) -> set[str]:
    names = {name for word in example.words for name in iter_word_names(word)}
    names.update(iter_pair_names(example.words))
    names.update(cue_values(example.words, example.cues))
    return names


def build_matrix(
    examples: Sequence[Example], names: Sequence[str], idf: FloatArray, *, of_headings: bool = False
) -> "csr_matrix[np.float64]":
    """Return the examples, or the headings above them, as rows of a sparse matrix, one column a feature."""
    vectorizer = Vectorizer({name: row for row, name in enumerate(names)}, idf.tolist())
    indptr, indices, values = [0], [], []
    for example in examples:
        seen = (example.heading_words, example.heading_cues) if of_headings else (example.words, example.cues)
        rows, row_values = vectorizer.vectorize(*seen)
        indices += rows
        values += row_values
        indptr.append(len(indices))
    return csr_matrix((values, indices, indptr), shape=(len(examples), len(names)))


def find_features(examples: Sequence[Example], *, min_passages: int) -> tuple[list[str], FloatArray]:
    """Return the features that occur in at least so many examples, sorted, and their inverse document frequency."""
    counts: dict[str, int] = {}
    for example in examples:
        for name in _feature_names(example):
            counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= min_passages)
    idf = np.array(
        [1.0 if name.startswith("q:") else 1.0 + np.log((1 + len(examples)) / (1 + counts[name])) for name in names]
    )
    # What is released is float16: fit with the values that prediction will have.
    return names, idf.astype(np.float16).astype(np.float64)


def fit_linear(examples: Sequence[Example]) -> LinearLayer:
    """Fit the first layer."""
    names, idf = find_features(examples, min_passages=MIN_PASSAGES)
    matrix = build_matrix(examples, names, idf)
    weights, intercepts = [], []
    for target in _targets(examples).T:
        model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix, target)
        weights.append(model.coef_[0])
        intercepts.append(model.intercept_[0])
    return LinearLayer(names, idf, np.array(weights).T, np.array(intercepts))


def _targets(examples: Sequence[Example]) -> FloatArray:
    return np.array(
        [[theme in example.themes for theme in THEMES] + [example.advice] for example in examples],
        dtype=float,
    )


def assign_folds(examples: Sequence[Example]) -> list[int]:
    """Return the fold of each example: sources stay together, each language is spread over all folds."""
    sources = sorted({(example.lang, example.source) for example in examples})
    fold_of = {source: at % N_FOLDS for at, (_, source) in enumerate(sources)}
    return [fold_of[example.source] for example in examples]


@dataclass(frozen=True, slots=True)
class HeldOutMargins:
    """Margins of each example, and of its heading, by layers that have not seen its source."""

    own: FloatArray
    heading: FloatArray


def hold_out(examples: Sequence[Example]) -> HeldOutMargins:
    """Fit the first layer once for each fold and score the fold left out."""
    folds = np.array(assign_folds(examples))
    own = np.zeros((len(examples), N_THEMES + 1))
    heading = np.zeros_like(own)
    for fold in range(N_FOLDS):
        layer = fit_linear([example for example, at in zip(examples, folds, strict=True) if at != fold])
        left_out = [example for example, at in zip(examples, folds, strict=True) if at == fold]
        own[folds == fold] = layer.margins(left_out)
        heading[folds == fold] = layer.margins(left_out, of_headings=True)
    return HeldOutMargins(own, heading)


def _documents(examples: Sequence[Example]) -> list[list[int]]:
    """Return the indices of the examples of each article."""
    documents: dict[str, list[int]] = {}
    for at, example in enumerate(examples):
        if example.passage.section >= 0:
            documents.setdefault(example.source, []).append(at)
    return list(documents.values())


def context_matrix(examples: Sequence[Example], margins: HeldOutMargins) -> tuple[FloatArray, list[int]]:
    """Return the context margins of all article units and the indices of those units."""
    parts, order = [], []
    for document in _documents(examples):
        passages = [examples[at].passage for at in document]
        parts.append(context_features(passages, margins.own[document], margins.heading[document]))
        order += document
    return np.concatenate(parts), order


def macro_f1(examples: Sequence[Example], labels: BoolArray, advice: BoolArray) -> dict[str, float]:
    """Return F1 of each theme, of none and of advice, and the macro average of the first five."""
    gold = _targets(examples).astype(bool)
    none_gold, none_labels = gold[:, :N_THEMES].sum(axis=1) == 0, labels.sum(axis=1) == 0
    scores: dict[str, float] = {theme: _f1(gold[:, at], labels[:, at]) for at, theme in enumerate(THEMES)}
    scores["none"] = _f1(none_gold, none_labels)
    macro = sum(scores.values()) / len(scores)
    return {**scores, "macro": macro, "advice": _f1(gold[:, N_THEMES], advice)}


def _f1(gold: BoolArray, predicted: BoolArray) -> float:
    total = int(gold.sum() + predicted.sum())
    return 2.0 * int((gold & predicted).sum()) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """All that is released: the first layer, and what `socialtext.classify.themes.ThemeScorer` reads beside it."""

    layer: LinearLayer
    info: dict[str, Any]


def train_themes(examples: Sequence[Example]) -> ThemeModel:
    """Fit all layers; the figures in ``info["cross_validation"]`` are of sources that no layer has seen."""
    targets = _targets(examples)
    margins = hold_out(examples)
    slopes, offsets = [], []
    for at in range(N_THEMES + 1):
        scale = LogisticRegression(C=1e3).fit(margins.own[:, [at]], targets[:, at])
        slopes.append(float(scale.coef_[0, 0]))
        offsets.append(float(scale.intercept_[0]))
    matrix, order = context_matrix(examples, margins)
    units = [examples[at] for at in order]
    unit_targets = targets[order]
    folds = np.array(assign_folds(examples))[order]
    scores = np.zeros((len(order), N_THEMES))
    for fold in range(N_FOLDS):
        layer = _fit_context(matrix[folds != fold], unit_targets[folds != fold])
        scores[folds == fold] = expit(matrix[folds == fold] @ layer[0] + layer[1])
    introduces = np.array([unit.passage.introduces_list for unit in units])
    scores[introduces] = 0.0
    advice = expit(margins.own[order, N_THEMES] * slopes[N_THEMES] + offsets[N_THEMES])
    advice[introduces] = 0.0
    thresholds = [_best_threshold(unit_targets[:, at].astype(bool), scores[:, at]) for at in range(N_THEMES)] + [
        _best_threshold(unit_targets[:, N_THEMES].astype(bool), advice)
    ]
    labels = scores >= np.array(thresholds[:N_THEMES])
    weights, intercept = _fit_context(matrix, unit_targets)
    passages = [at for at, example in enumerate(examples) if example.passage.section < 0]
    alone = expit(margins.own[passages] * np.array(slopes) + np.array(offsets))
    info = {
        "classes": [*THEMES, "advice"],
        "n_passages": len(passages),
        "n_article_units": len(order),
        "calibration": {"slopes": slopes, "offsets": offsets},
        "context": {"weights": weights.tolist(), "intercept": intercept},
        "thresholds": thresholds,
        "cross_validation": {
            "article_units_in_context": _rounded(macro_f1(units, labels, advice >= thresholds[N_THEMES])),
            "passages_alone": _rounded(
                macro_f1([examples[at] for at in passages], alone[:, :N_THEMES] >= 0.5, alone[:, N_THEMES] >= 0.5)
            ),
            "calibration_error": round(
                float(np.mean([_calibration_error(unit_targets[:, at], scores[:, at]) for at in range(N_THEMES)])),
                4,
            ),
        },
    }
    return ThemeModel(fit_linear(examples), info)


def _fit_context(matrix: FloatArray, targets: FloatArray) -> tuple[FloatArray, float]:
    """Fit one logistic that all themes share."""
    n_features = matrix.shape[2]
    model = LogisticRegression(C=CONTEXT_STRENGTH, max_iter=1000)
    model.fit(matrix.reshape(-1, n_features), targets[:, :N_THEMES].reshape(-1))
    return model.coef_[0], float(model.intercept_[0])


def _best_threshold(gold: BoolArray, scores: FloatArray) -> float:
    """Return the middle of the thresholds whose F1 is as good as the best: less a matter of chance than the best."""
    values = np.array([_f1(gold, scores >= threshold) for threshold in THRESHOLD_GRID])
    return round(float(THRESHOLD_GRID[values >= values.max() - F1_TOLERANCE].mean()), 3)


def _calibration_error(gold: FloatArray, scores: FloatArray, n_bins: int = 10) -> float:
    """Expected calibration error: mean distance of score and frequency over equal bins, weighted by size."""
    bins = np.minimum((scores * n_bins).astype(int), n_bins - 1)
    error = 0.0
    for number in range(n_bins):
        inside = bins == number
        if inside.any():
            error += inside.mean() * abs(float(scores[inside].mean()) - float(gold[inside].mean()))
    return error


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}
