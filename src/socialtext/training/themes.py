"""Train the classifier of themes and advice, and measure it by cross-validation grouped by source.

Comes in: labelled passages and annotated articles. Goes out: weights, calibration, context weights and thresholds
of one model for all languages. Three layers, each fitted on predictions for sources that the layer below has not
seen: two linear models of words, n-grams, concepts and cues, one of the units and one of what stands above them, which
judges the units below, and a net of concepts; two logistics of context margins, one that all themes share and one of
advice; thresholds.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags_array
from sklearn.linear_model import LogisticRegression

from socialtext.classify.features import cue_values, iter_places
from socialtext.classify.themes import (
    N_ADVICE_CONTEXT,
    N_THEME_CONTEXT,
    N_THEMES,
    Calibration,
    FloatArray,
    Margins,
    Passage,
    advice_context,
    build_table,
    expit,
    theme_context,
)
from socialtext.concepts import load_concepts
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.evaluation.labels import BoolArray, calibration_error, label_f1, theme_f1
from socialtext.models import LinearModel, Names, NetModel, pack_names, round_weights
from socialtext.normalize.normalizer import load_fold
from socialtext.pipeline import build_passages
from socialtext.training.linear import inverse_frequency, stack_rows
from socialtext.training.net import NetInput, fit_net, score_alone, score_pages
from socialtext.types import LANGUAGES, THEMES, Block

# A feature must occur in so many passages and units, and n-grams, which are many, in so many times as many: what is
# rarer adds next to nothing in cross-validation over the corpora, and makes the model larger.
MIN_PASSAGES: Final = 4
MIN_GRAM_FACTOR: Final = 3
# What a concept counts beside a word, and a pair; by cross-validation on the corpora, level from 2 to 4.
MEANING_VALUE: Final = 2.0
N_FOLDS: Final = 5
# Inverse regularization of the linear model; by cross-validation on the corpora, level from 10 to 30.
STRENGTH: Final = 20.0
# The same for the model of what stands above units: few words, level from 0.3 to 3. And how many a feature must stand
# above: half as many more than for units change next to nothing.
ABOVE_STRENGTH: Final = 1.0
MIN_ABOVE: Final = 6
# What an example of a theme weighs against one without it; keeps themes that few passages have from being missed.
THEME_WEIGHT: Final = 2.0
# The power of the log-count ratio by which a feature may weigh the more, the better it tells the two sides of a label
# apart (Wang and Manning 2012, who take the whole ratio); by average precision on articles and passages left out, with
# the strength above.
RATIO_POWER: Final = 0.5
# Inverse regularization of the context layers: strong, since real pages keep less to what ours have in common, such as
# that they open without advice. And how much more pages of one theme weigh in that of themes.
CONTEXT_STRENGTH: Final = 0.1
PAGE_POWER: Final = 1.0
THRESHOLD_GRID: Final = np.arange(0.1, 0.71, 0.02)
F1_TOLERANCE: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One labelled passage, folded; `source` groups those that share a writer or an article.

    `above` is what stands above it, with the same labels; None where nothing does.
    """

    folded: str
    names: frozenset[str]
    lang: str
    themes: tuple[str, ...]
    advice: bool
    source: str
    passage: Passage
    above: "Example | None" = None

    @property
    def net_input(self) -> NetInput:
        """What the net reads of it."""
        return NetInput(self.lang, self.folded, self.above.folded if self.above else "")


class ExampleReader:
    """Turn records of the corpora into examples.

    Parameters
    ----------
    load : callable
        Gives the fold of a language by which words are looked up.
    """

    def __init__(self, load: Callable[[str], Callable[[str], str]] = load_fold) -> None:
        self._folds = {lang: load(lang) for lang in LANGUAGES}
        self.matchers = {lang: CueMatcher(lang, fold) for lang, fold in self._folds.items()}

    def read_passage(self, record: Mapping[str, Any], source: str) -> Example:
        """Read one labelled passage."""
        passage = Passage(record["text"], "", -1, -1, False)
        return self._read(record["lang"], passage, record["themes"], record["advice"], source)

    def read_article(self, record: Mapping[str, Any]) -> list[Example]:
        """Read the units of an annotated article, in order."""
        units = record["units"]
        blocks = [Block(block["start"], block["end"], block["kind"]) for block in record["blocks"]]
        passages = build_passages(record["text"], blocks, [(unit["start"], unit["end"]) for unit in units])
        return [
            self._read(record["lang"], passage, unit["themes"], unit["advice"], record["id"])
            for unit, passage in zip(units, passages, strict=True)
        ]

    def _read(self, lang: str, passage: Passage, themes: Sequence[str], advice: bool, source: str) -> Example:
        def build(text: str, above: Example | None = None) -> Example:
            folded = self._folds[lang](text)
            words = WORD_RE.findall(folded)
            names = {name for *_, of_piece in iter_places(folded, load_concepts(lang)) for name in of_piece}
            names |= cue_values(words, self.matchers[lang].find(words)).keys()
            return Example(folded, frozenset(names), lang, tuple(themes), advice, source, passage, above)

        return build(passage.text, build(passage.above) if passage.above else None)


@dataclass(frozen=True, slots=True, eq=False)
class LinearLayer:
    """A vocabulary, and one logistic regression for each theme and for advice."""

    model: LinearModel
    matchers: Mapping[str, CueMatcher]

    def score(self, passages: Sequence[str], langs: Sequence[str]) -> Margins:
        """Return the margins of folded passages."""
        parts = np.zeros((3, len(passages), N_THEMES + 1))
        for lang, matcher in self.matchers.items():
            here = [at for at, other in enumerate(langs) if other == lang]
            if here:
                parts[:, here] = build_table(matcher, self.model).margins_of_sentences([passages[at] for at in here])
        return Margins(*parts)


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayer:
    """What reads the units, what reads the text above them, and what reads both with the page."""

    units: LinearLayer
    above: LinearLayer
    net: NetModel

    def score_above(self, examples: Sequence[Example]) -> FloatArray:
        """Return the margins of what stands above examples, 0 where nothing does."""
        margins = np.zeros((len(examples), N_THEMES + 1))
        rows = [at for at, example in enumerate(examples) if example.above]
        texts = [example.above.folded for example in examples if example.above]
        margins[rows] = self.above.score(texts, [examples[at].lang for at in rows]).whole
        return margins


def find_features(examples: Sequence[Example], *, min_passages: int) -> LinearModel:
    """Return a model without classes: the features that occur often enough, and what each is worth.

    Parameters
    ----------
    examples : sequence of Example
    min_passages : int
        In so many examples, n-grams within words in `MIN_GRAM_FACTOR` times as many.
    """
    counts: Counter[str] = Counter()
    for example in examples:
        counts.update(example.names)
    names = sorted(
        name
        for name, count in counts.items()
        if count >= min_passages * (MIN_GRAM_FACTOR if name.startswith("c:") else 1)
    )
    idf = np.array([_weigh_name(name, counts[name], len(examples)) for name in names])
    # What is released is float16: fit with the values that prediction will have.
    idf = idf.astype(np.float16).astype(np.float32)
    nothing = np.zeros((len(names), 0), np.float32)
    return LinearModel({}, (), Names(pack_names(names)), nothing, np.zeros(0, np.float32), idf)


def _weigh_name(name: str, count: int, n_examples: int) -> float:
    if name.startswith("q:"):
        return 1.0
    idf = inverse_frequency(count, n_examples)
    return MEANING_VALUE * idf if name.startswith(("k:", "p:", "n:")) else idf


def fit_first(examples: Sequence[Example], matchers: Mapping[str, CueMatcher]) -> FirstLayer:
    """Fit the first layer."""
    above = [example.above for example in examples if example.above]
    return FirstLayer(
        fit_linear(examples, matchers),
        fit_linear(above, matchers, strength=ABOVE_STRENGTH, min_passages=MIN_ABOVE),
        fit_net(
            [example.net_input for example in examples], list_documents(examples), label_matrix(examples)[:, :N_THEMES]
        ),
    )


def fit_linear(
    examples: Sequence[Example],
    matchers: Mapping[str, CueMatcher],
    *,
    strength: float = STRENGTH,
    min_passages: int = MIN_PASSAGES,
) -> LinearLayer:
    """Fit one logistic regression for each theme and for advice."""
    empty = find_features(examples, min_passages=min_passages)
    matrix = build_matrix(examples, empty, matchers)
    weights, intercepts = [], []
    for target, weight in zip(label_matrix(examples).T, [THEME_WEIGHT] * N_THEMES + [1.0], strict=True):
        model = LogisticRegression(
            C=strength, solver="liblinear", random_state=0, class_weight={False: 1, True: weight}
        )
        scales = ratio_scales(matrix, target)
        model.fit(matrix @ diags_array(scales), target)
        weights.append(model.coef_[0] * scales)
        intercepts.append(model.intercept_[0])
    fitted = replace(
        empty,
        classes=(*THEMES, "advice"),
        stored=round_weights(np.array(weights).T),  # as they will be released
        intercepts=np.array(intercepts, np.float32),
    )
    return LinearLayer(fitted, matchers)


def ratio_scales(matrix: "csr_matrix[np.float64]", target: BoolArray) -> FloatArray:
    """Return what each feature is multiplied with before a logistic regression is fitted, shape (n_features,).

    A power of its log-count ratio: by how much its share of all that occurs in examples with the label differs from its
    share of what occurs in the others. The root of the mean of the squares is 1.
    """
    shares = []
    for rows in (matrix[target], matrix[~target]):
        counts = rows.getnnz(axis=0) + 1.0
        shares.append(np.log(counts / counts.sum()))
    scales = np.abs(shares[0] - shares[1]) ** RATIO_POWER
    return np.asarray(scales / np.sqrt((scales**2).mean()))


def build_matrix(
    examples: Sequence[Example], model: LinearModel, matchers: Mapping[str, CueMatcher]
) -> "csr_matrix[np.float64]":
    """Return the features of whole passages, one row an example."""
    tables = {lang: build_table(matcher, model) for lang, matcher in matchers.items()}
    rows = (tables[example.lang].vectorize(example.folded) for example in examples)
    return stack_rows(rows, len(model.index))


def label_matrix(examples: Sequence[Example]) -> BoolArray:
    """Return themes and advice of each example, shape (n_examples, 5)."""
    return np.array([[theme in example.themes for theme in THEMES] + [example.advice] for example in examples])


def assign_folds(examples: Sequence[Example]) -> npt.NDArray[np.intp]:
    """Return the fold of each example: sources stay together, each language is spread over all folds."""
    sources = sorted({(example.lang, example.source) for example in examples})
    fold_of = {source: at % N_FOLDS for at, source in enumerate(sources)}
    return np.array([fold_of[example.lang, example.source] for example in examples])


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the context layers see of examples, in the order of the examples.

    Attributes
    ----------
    margins : float array, shape (n_examples, 5)
    net : float array, shape (n_examples, 4)
        Margins of the net, as if each stood alone.
    themes : float array, shape (n_examples, 4, 20)
        Zero for passages that stand in no document.
    advice : float array, shape (n_examples, 10)
        Likewise.
    """

    margins: FloatArray
    net: FloatArray
    themes: FloatArray
    advice: FloatArray


def gather_evidence(layer: FirstLayer, examples: Sequence[Example]) -> Evidence:
    """Score examples; units of one document must all be among them."""
    margins = layer.units.score([example.folded for example in examples], [example.lang for example in examples])
    above = layer.score_above(examples)
    themes = np.zeros((len(examples), N_THEMES, N_THEME_CONTEXT))
    advice = np.zeros((len(examples), N_ADVICE_CONTEXT))
    documents = list_documents(examples)
    inputs = [example.net_input for example in examples]
    net = score_pages(layer.net, inputs, documents)
    for document in documents:
        passages = [examples[at].passage for at in document]
        of_document = margins.take(document)
        themes[document] = theme_context(passages, of_document, above[document], net[document])
        advice[document] = advice_context(passages, of_document, above[document])
    return Evidence(margins.whole, score_alone(layer.net, inputs), themes, advice)


def list_documents(examples: Sequence[Example]) -> list[list[int]]:
    """Return the indices of the examples of each article."""
    documents: dict[tuple[str, str], list[int]] = {}
    for at, example in enumerate(examples):
        if example.passage.section >= 0:
            documents.setdefault((example.lang, example.source), []).append(at)
    return list(documents.values())


Fit = Callable[[Sequence[Example]], FirstLayer]


def hold_out(examples: Sequence[Example], fit: Fit) -> Evidence:
    """Fit the first layer once for each fold and score the fold left out."""
    folds = assign_folds(examples)
    parts = []
    for fold in range(N_FOLDS):
        layer = fit([example for example, at in zip(examples, folds, strict=True) if at != fold])
        left_out = [example for example, at in zip(examples, folds, strict=True) if at == fold]
        parts.append(gather_evidence(layer, left_out))
    order = np.argsort(np.concatenate([np.flatnonzero(folds == fold) for fold in range(N_FOLDS)]))
    return Evidence(
        *(
            np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("margins", "net", "themes", "advice")
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class ContextLayer:
    """The second layer: one logistic that all themes share, and one of advice."""

    theme_weights: FloatArray
    theme_intercept: float
    advice_weights: FloatArray
    advice_intercept: float

    def score(self, evidence: Evidence, rows: Sequence[int], examples: Sequence[Example]) -> FloatArray:
        """Return the probabilities of themes and advice of some examples, shape (n_rows, 5)."""
        themes = expit(evidence.themes[rows] @ self.theme_weights + self.theme_intercept)
        advice = expit(evidence.advice[rows] @ self.advice_weights + self.advice_intercept)
        scores = np.column_stack([themes, advice])
        scores[[examples[at].passage.introduces_list for at in rows]] = 0.0
        return scores


def weigh_pages(examples: Sequence[Example], targets: BoolArray) -> FloatArray:
    """Return what each example weighs when the context of themes is fitted, shape (n_examples,).

    Real pages keep to one theme more than articles that were written to show all of them: the units of an article
    weigh by the share of its main theme among its themes.
    """
    weights = np.ones(len(examples))
    for document in list_documents(examples):
        counts = targets[document, :N_THEMES].sum(axis=0)
        weights[document] = (counts.max() / counts.sum()) ** PAGE_POWER if counts.any() else 1.0
    return weights


def fit_context(evidence: Evidence, targets: BoolArray, rows: Sequence[int], weights: FloatArray) -> ContextLayer:
    """Fit the second layer on some examples; `weights` are those of `weigh_pages`."""
    features = evidence.themes[rows]
    themes = LogisticRegression(C=CONTEXT_STRENGTH, max_iter=1000)
    themes.fit(
        features.reshape(-1, features.shape[2]),
        targets[rows, :N_THEMES].reshape(-1),
        sample_weight=np.repeat(weights[rows], N_THEMES),
    )
    advice = LogisticRegression(C=CONTEXT_STRENGTH, max_iter=1000)
    advice.fit(evidence.advice[rows], targets[rows, N_THEMES])
    return ContextLayer(themes.coef_[0], float(themes.intercept_[0]), advice.coef_[0], float(advice.intercept_[0]))


def measure(targets: BoolArray, labels: BoolArray) -> dict[str, float]:
    """Return F1 of each theme and of none, their mean, and F1 of advice; arrays of shape (n_examples, 5)."""
    figures = theme_f1(targets[:, :N_THEMES], labels[:, :N_THEMES])
    figures["advice"] = label_f1(targets[:, N_THEMES], labels[:, N_THEMES])
    return {name: round(figure or 0.0, 4) for name, figure in figures.items()}


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """All that is released: the first layer, and what `socialtext.classify.themes.ThemeScorer` reads beside it."""

    layer: FirstLayer
    info: dict[str, Any]


def calibrate(evidence: Evidence, targets: BoolArray) -> Calibration:
    """Fit the logistics of what stands alone."""
    columns = [np.column_stack([evidence.margins[:, at], evidence.net[:, at]]) for at in range(N_THEMES)]
    columns.append(evidence.margins[:, [N_THEMES]])
    scales = [LogisticRegression(C=1e3).fit(of_class, targets[:, at]) for at, of_class in enumerate(columns)]
    return Calibration(
        np.array([scale.coef_[0, 0] for scale in scales]),
        np.array([scale.coef_[0, 1] for scale in scales[:N_THEMES]]),
        np.array([scale.intercept_[0] for scale in scales]),
    )


def train_themes(examples: Sequence[Example], matchers: Mapping[str, CueMatcher]) -> ThemeModel:
    """Fit all layers; the figures in ``info["cross_validation"]`` are of sources that no layer has seen."""
    targets = label_matrix(examples)
    evidence = hold_out(examples, lambda part: fit_first(part, matchers))
    units = [at for at, example in enumerate(examples) if example.passage.section >= 0]
    passages = [at for at, example in enumerate(examples) if example.passage.section < 0]
    calibration = calibrate(evidence, targets)
    alone = calibration.score(evidence.margins, evidence.net)
    alone_thresholds = find_thresholds(targets, alone)
    scores = cross_score(evidence, targets, units, examples)
    thresholds = find_thresholds(targets[units], scores)
    context = fit_context(evidence, targets, units, weigh_pages(examples, targets))
    errors = [calibration_error(targets[units, at], scores[:, at]) for at in range(N_THEMES)]
    info = {
        "classes": [*THEMES, "advice"],
        "n_passages": len(passages),
        "n_article_units": len(units),
        "alone": {
            "slopes": calibration.slopes.tolist(),
            "net_slopes": calibration.net_slopes.tolist(),
            "offsets": calibration.offsets.tolist(),
            "thresholds": alone_thresholds,
        },
        "context": {"weights": context.theme_weights.tolist(), "intercept": context.theme_intercept},
        "advice_context": {"weights": context.advice_weights.tolist(), "intercept": context.advice_intercept},
        "thresholds": thresholds,
        "cross_validation": {
            "article_units_in_context": measure(targets[units], scores >= np.array(thresholds)),
            "passages_alone": measure(targets[passages], alone[passages] >= np.array(alone_thresholds)),
            "calibration_error": round(float(np.mean(errors)), 4),
        },
    }
    return ThemeModel(fit_first(examples, matchers), info)


def cross_score(
    evidence: Evidence, targets: BoolArray, units: Sequence[int], examples: Sequence[Example]
) -> FloatArray:
    """Return the probabilities of article units by context layers that have not seen their articles."""
    rows = np.array(units)
    weights = weigh_pages(examples, targets)
    folds = assign_folds(examples)[rows]
    scores = np.zeros((len(rows), N_THEMES + 1))
    for fold in range(N_FOLDS):
        context = fit_context(evidence, targets, rows[folds != fold].tolist(), weights)
        scores[folds == fold] = context.score(evidence, rows[folds == fold].tolist(), examples)
    return scores


def find_thresholds(targets: BoolArray, scores: FloatArray) -> list[float]:
    """Return the middle of the thresholds by which F1 is good: nearly as high as the best, but less by chance."""
    thresholds = []
    for at in range(targets.shape[1]):
        values = np.array([label_f1(targets[:, at], scores[:, at] >= threshold) or 0.0 for threshold in THRESHOLD_GRID])
        good = THRESHOLD_GRID[values >= values.max() - F1_TOLERANCE]
        thresholds.append(round(float(good.mean()), 3))
    return thresholds
