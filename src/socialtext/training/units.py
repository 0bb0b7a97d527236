"""Train the border scorer of advice units on annotated articles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
# Inverse regularization, together with the scale of the figures. Cross-validation over the articles would have it
# fifty times as large, but what is learned of their layout does not hold on pages of other hands.
STRENGTH: Final = 0.001
# Shares of sentences within a paragraph that get one of their own, and of paragraphs that are joined to the one before,
# in the copies of the articles that are learned from beside them: other pages break their paragraphs elsewhere.
LAYOUTS: Final = ((0.1, 0.1), (0.2, 0.2), (0.3, 0.3), (0.4, 0.1))
# A border is so much likelier to get a paragraph of its own, and so much less likely to lose it.
BORDER_ODDS: Final = 3.0
# A border between paragraphs weighs like so many other gaps: on pages of other hands more of them are borders than the
# model says.
BORDER_WEIGHT: Final = 1.5
SEED: Final = 0
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


def iter_layouts(articles: Sequence[tuple[Content, list[int]]]) -> Iterator[tuple[Content, npt.NDArray[np.bool_]]]:
    """Yield the articles with their borders, as they are and with their paragraphs broken elsewhere."""
    random = np.random.default_rng(SEED)
    for content, units in articles:
        yield content, true_borders(units)
    for split, join in LAYOUTS:
        for content, units in articles:
            borders = true_borders(units)
            yield break_paragraphs(content, borders, split, join, random), borders


def break_paragraphs(
    content: Content, borders: npt.NDArray[np.bool_], split: float, join: float, random: np.random.Generator
) -> Content:
    """Return the content with other paragraphs; list items, headings and boilerplate stay."""
    new = content.blocks[1:] != content.blocks[:-1]
    prose = ~content.is_item[1:] & ~content.is_item[:-1] & (content.sections[1:] == content.sections[:-1])
    splits = np.where(borders, min(1.0, BORDER_ODDS * split), split)
    joins = np.where(borders, join / BORDER_ODDS, join)
    chance = random.random(len(new))
    new = np.where(prose, np.where(new, chance >= joins, chance < splits), new)
    return replace(content, blocks=np.append(0, np.cumsum(new)).astype(np.int32))


def fit_borders(articles: Sequence[tuple[Content, list[int]]]) -> FittedLinear:
    """Fit the model on the gaps that no rule decides."""
    rows, targets, weights_of = [], [], []
    for content, borders in iter_layouts(articles):
        fixed, _ = fixed_borders(content)
        figures = gap_figures(content)[~fixed]
        rows.append(expand_figures(figures))
        targets.append(borders[~fixed])
        weights_of.append(np.where(targets[-1] & (figures[:, 0] != 0), BORDER_WEIGHT, 1.0))
    matrix = np.concatenate(rows)
    spread = np.ones(matrix.shape[1])
    spread[:N_FIGURES] = np.maximum(matrix[:, :N_FIGURES].std(axis=0), 1e-6) / FIGURE_SCALE
    mean = np.zeros(matrix.shape[1])
    mean[:N_FIGURES] = matrix[:, :N_FIGURES].mean(axis=0)
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit((matrix - mean) / spread, np.concatenate(targets), np.concatenate(weights_of))
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
