"""Train the border scorer of advice units on annotated articles."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from socialtext.normalize.normalizer import load_fold
from socialtext.segment._page import scan_lines
from socialtext.segment.lines import END, START
from socialtext.segment.page import PageReader
from socialtext.segment.units import (
    EXPANDED_NAMES,
    FIGURE_NAMES,
    FIGURE_SCALE,
    N_SIZES,
    BorderScorer,
    Content,
    FloatArray,
    choose_content,
    expand_figures,
    find_starts,
    fixed_borders,
    gap_figures,
)
from socialtext.training.linear import FittedLinear

N_FOLDS: Final = 5
# Inverse regularization, by cross-validation over the annotated articles, together with the scale of the figures.
STRENGTH: Final = 0.05
# The columns that are no bins are brought to one spread, so that one strength fits all.
N_FIGURES: Final = 2 * len(FIGURE_NAMES) + 2 * (N_SIZES - 1)


@cache
def _load_reader(lang: str) -> PageReader:
    return PageReader(lang, load_fold(lang))


def read_content(record: Mapping[str, Any]) -> tuple[Content, list[int]]:
    """Return the content sentences of an annotated article and the index of its unit for each."""
    raw = record["text"]
    kinds = [block["kind"] for block in record["blocks"]]
    lines = np.concatenate(
        [scan_lines(raw[block["start"] : block["end"]])[:1] for block in record["blocks"]] or [scan_lines("")]
    )
    lines[:, START] = [block["start"] for block in record["blocks"]]
    lines[:, END] = [block["end"] for block in record["blocks"]]
    spans, line_of, units = [], [], []
    for row in record["sentences"]:
        at = next(at for at, b in enumerate(record["blocks"]) if b["start"] <= row["start"] < b["end"])
        if kinds[at] not in ("paragraph", "list_item"):
            continue
        spans.append((row["start"], row["end"]))
        line_of.append(at)
        units.append(next(n for n, u in enumerate(record["units"]) if u["start"] <= row["start"] < u["end"]))
    page = _load_reader(record["lang"]).read_sentences(raw, lines, spans, np.array(line_of, dtype=np.int32))
    return choose_content(page, kinds), units


def true_borders(units: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return whether each gap between two sentences is a border."""
    return np.asarray(np.diff(units) != 0, dtype=np.bool_)


def fit_borders(articles: Sequence[tuple[Content, list[int]]]) -> FittedLinear:
    """Fit the model on the gaps that no rule decides."""
    rows, borders = [], []
    for content, units in articles:
        fixed, _ = fixed_borders(content)
        rows.append(expand_figures(gap_figures(content))[~fixed])
        borders.append(true_borders(units)[~fixed])
    matrix = np.concatenate(rows)
    spread = np.ones(matrix.shape[1])
    spread[:N_FIGURES] = np.maximum(matrix[:, :N_FIGURES].std(axis=0), 1e-6) / FIGURE_SCALE
    mean = np.zeros(matrix.shape[1])
    mean[:N_FIGURES] = matrix[:, :N_FIGURES].mean(axis=0)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit((matrix - mean) / spread, np.concatenate(borders))
    weights: FloatArray = model.coef_[0] / spread
    intercept = model.intercept_ - mean @ weights
    return FittedLinear({name: row for row, name in enumerate(EXPANDED_NAMES)}, weights[:, None], intercept, ["border"])


def cross_validate(articles: Sequence[tuple[Content, list[int]]]) -> dict[str, float]:
    """Return F1 of the borders and of the exact units in articles left out, blocks and sentences given."""
    n_right = n_true = n_found = n_exact = n_units = n_found_units = 0
    for fold in range(N_FOLDS):
        scorer = BorderScorer(fit_borders([article for at, article in enumerate(articles) if at % N_FOLDS != fold]))
        for content, units in articles[fold::N_FOLDS]:
            true = set((np.flatnonzero(true_borders(units)) + 1).tolist())
            found = set(find_starts(scorer.score(content), 0.5)) - {0}
            n_right += len(true & found)
            n_true += len(true)
            n_found += len(found)
            true_units = set(pairwise([0, *sorted(true), len(units)]))
            found_units = set(pairwise([0, *sorted(found), len(units)]))
            n_exact += len(true_units & found_units)
            n_units += len(true_units)
            n_found_units += len(found_units)
    return {
        "border_f1": round(2 * n_right / (n_true + n_found), 4),
        "exact_unit_f1": round(2 * n_exact / (n_units + n_found_units), 4),
    }
