"""Train the model that tells headings, paragraphs, list items and boilerplate apart."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from socialtext.normalize.normalizer import load_fold
from socialtext.segment.blocks import NAMES, CodeArray, LineClassifier, line_columns
from socialtext.segment.lines import AFTER_BLANK, START
from socialtext.segment.page import Page, PageReader
from socialtext.training.linear import FittedLinear

N_FOLDS = 5
# On short pages places and neighbours of lines tell less: the shortest are left out, whole articles weigh more. So does
# boilerplate, of which pages by other hands have more.
MIN_WORDS = 450
WHOLE_WORDS = 600
WHOLE_WEIGHT = 3.0
BOILERPLATE_WEIGHT = 1.5
VARIANTS = ("as written", "no blank lines", "no head", "no foot", "prose only", "blank lines everywhere")


@cache
def _load_reader(lang: str) -> PageReader:
    return PageReader(lang, load_fold(lang))


def choose_articles(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the articles to learn from."""
    return [record for record in records if len(record["text"].split()) >= MIN_WORDS]


def iter_variants(record: Mapping[str, Any]) -> Iterator[tuple[str, Page, list[str]]]:
    """Yield page and kinds of the lines of an article as differently thorough crawlers would deliver it."""
    starts = [block["start"] for block in record["blocks"]]
    page = _load_reader(record["lang"]).read(record["text"])
    # A line whose parts are read as a list («Blog • 14 Mar 2022 • 2 Komentar») is one block.
    kinds = [record["blocks"][bisect_right(starts, start) - 1]["kind"] for start in page.lines[:, START].tolist()]
    content = [at for at, kind in enumerate(kinds) if kind != "boilerplate"]
    first, last = content[0], content[-1]
    for variant in VARIANTS:
        chosen = list(range(len(kinds)))
        if variant in ("no head", "prose only"):
            chosen = [at for at in chosen if at >= first]
        if variant == "no foot":
            chosen = [at for at in chosen if at <= last]
        if variant == "prose only":
            chosen = [at for at in chosen if kinds[at] != "boilerplate"]
        after_blank = page.lines[chosen, AFTER_BLANK]
        if variant == "no blank lines":
            after_blank = np.zeros_like(after_blank)
        if variant == "blank lines everywhere":
            after_blank = (np.arange(len(chosen)) > 0).astype(np.int64)
        yield variant, page.take_lines(chosen, after_blank), [kinds[at] for at in chosen]


def iter_examples(
    records: Iterable[Mapping[str, Any]], variants: Sequence[str] = VARIANTS
) -> Iterator[tuple[CodeArray, list[str]]]:
    """Yield the columns of the features and the kinds of the lines of each variant."""
    for record in records:
        for variant, page, kinds in iter_variants(record):
            if variant in variants:
                yield line_columns(page), kinds


def build_examples(records: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, float]], list[str], list[float]]:
    """Return features, kinds and weights of every line of the variants."""
    bags: list[dict[str, float]] = []
    kinds: list[str] = []
    weights: list[float] = []
    for record in records:
        of_page = WHOLE_WEIGHT if len(record["text"].split()) >= WHOLE_WORDS else 1.0
        for columns, of_lines in iter_examples([record]):
            bags += [{NAMES[column]: 1.0 for column in line if column} for line in columns.tolist()]
            kinds += of_lines
            weights += [of_page * (BOILERPLATE_WEIGHT if kind == "boilerplate" else 1.0) for kind in of_lines]
    return bags, kinds, weights


def cross_validate(
    records: Sequence[Mapping[str, Any]], fit: Callable[[list[dict[str, float]], list[str], list[float]], FittedLinear]
) -> dict[str, float]:
    """Return the share of lines right in articles left out, short ones too, as written and without their heads."""
    n_right = dict.fromkeys(("as written", "no head"), 0)
    n_lines = dict(n_right)
    for fold in range(N_FOLDS):
        seen = [record for at, record in enumerate(records) if at % N_FOLDS != fold]
        model = fit(*build_examples(choose_articles(seen)))
        classifier = LineClassifier(model)
        for variant in n_right:
            for columns, kinds in iter_examples(records[fold::N_FOLDS], (variant,)):
                n_right[variant] += sum(
                    found == kind for found, kind in zip(classifier.choose_from(columns), kinds, strict=True)
                )
                n_lines[variant] += len(kinds)
    return {variant: round(n_right[variant] / n_lines[variant], 4) for variant in n_right}
