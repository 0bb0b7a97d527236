"""Advice units by simple baselines and by this project, on annotated articles."""

import json
from collections.abc import Callable
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from socialtext.segment._page import measure_cohesion
from socialtext.segment.units import BorderScorer, Content, find_starts, fixed_borders
from socialtext.training.units import fit_borders, read_content

N_FOLDS = 5
Article = tuple[Content, list[int]]


def measure_units() -> list[dict[str, Any]]:
    """Return one row a contestant: F1 of borders and of exact units."""
    path = files("socialtext") / "corpora" / "articles.jsonl"
    articles = [read_content(json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]
    rows = []
    for name, find in (("one a sentence", per_sentence), ("one a paragraph", per_paragraph), ("TextTiling", tile_text)):
        rows.append({"contestant": name, **score([(find(content), units) for content, units in articles])})
    pairs = []
    for fold in range(N_FOLDS):
        scorer = BorderScorer(fit_borders([article for at, article in enumerate(articles) if at % N_FOLDS != fold]))
        pairs += [(find_starts(scorer.score(content), 0.5), units) for content, units in articles[fold::N_FOLDS]]
    rows.append({"contestant": "socialtext", **score(pairs)})
    return rows


def with_rules(find: Callable[[Content], "np.ndarray[Any, np.dtype[np.bool_]]"], content: Content) -> list[int]:
    """Return the starts of the units; the rules of the guidelines go before what a baseline says of a gap."""
    fixed, borders = fixed_borders(content)
    return [0, *(np.flatnonzero(np.where(fixed, borders, find(content))) + 1).tolist()]


def per_sentence(content: Content) -> list[int]:
    """Each sentence is a unit."""
    return with_rules(lambda c: np.ones(len(c) - 1, dtype=bool), content)


def per_paragraph(content: Content) -> list[int]:
    """Each paragraph is a unit."""
    return with_rules(lambda c: c.blocks[1:] != c.blocks[:-1], content)


def tile_text(content: Content) -> list[int]:
    """Hearst's TextTiling (1997): borders in the valleys of cohesion that are deeper than most."""

    def find(content: Content) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        page = content.page
        together = np.zeros_like(content.sections)
        cohesion = measure_cohesion(page.stems, page.offsets, page.n_stems, content.chosen, content.blocks, together)[
            :, 2
        ]
        depths = np.array([depth(cohesion, at) for at in range(len(cohesion))])
        return depths > depths.mean() - depths.std() / 2

    return with_rules(find, content)


def depth(cohesion: "np.ndarray[Any, np.dtype[np.float64]]", at: int) -> float:
    """Return how far the cohesion rises on both sides of a gap."""
    left = right = at
    while left > 0 and cohesion[left - 1] >= cohesion[left]:
        left -= 1
    while right + 1 < len(cohesion) and cohesion[right + 1] >= cohesion[right]:
        right += 1
    return float(cohesion[left] + cohesion[right] - 2 * cohesion[at])


def score(pairs: list[tuple[list[int], list[int]]]) -> dict[str, float]:
    """Return F1 of the borders and of the exact units."""
    n_right = n_borders = n_exact = n_units = 0
    for starts, units in pairs:
        true = [0, *(at for at in range(1, len(units)) if units[at] != units[at - 1])]
        n_right += len(set(true) & set(starts)) - 1
        n_borders += len(true) + len(starts) - 2
        spans = [set(pairwise([*found, len(units)])) for found in (true, starts)]
        n_exact += len(spans[0] & spans[1])
        n_units += len(spans[0]) + len(spans[1])
    return {"border_f1": round(2 * n_right / n_borders, 4), "exact_unit_f1": round(2 * n_exact / n_units, 4)}
