"""Train the model that tells headings, paragraphs, list items and boilerplate apart."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from socialtext.normalize.normalizer import load_fold
from socialtext.segment.blocks import NAMES, CodeArray, LineClassifier, line_columns
from socialtext.segment.lines import AFTER_BLANK, END, START
from socialtext.segment.page import Page, PageReader
from socialtext.training.linear import FittedLinear

N_FOLDS = 5
# How much a line counts, by the words of its page: whole articles are what comes most. So does boilerplate, of which
# pages by other hands have more.
PAGE_WEIGHTS = ((600, 3.0), (0, 0.5))
BOILERPLATE_WEIGHT = 1.5
# The shapes in which a page is learned, with their weights: as differently thorough crawlers deliver it, and pieces of
# it, for posts and notes are as short, and often have no full stops.
VARIANTS = {
    "as written": 1.0,
    "no blank lines": 1.0,
    "blank lines everywhere": 1.0,
    "no head": 1.0,
    "no foot": 1.0,
    "content": 1.0,
    "beginning": 1.0,
    "first section with head and foot": 0.25,
    "section": 0.1,
    "list": 0.05,
    "content, no stops": 0.5,
    "beginning, no stops": 0.5,
}
JUDGED = ("as written", "no head", "beginning", "section", "content, no stops")
BEGINNING = 3  # the third part of the lines
N_LINES_OF_BEGINNING = 4
STOP_RE = re.compile(r"(?<!\d)[.…](?=\s|$)")

# The features of lines as a sparse matrix, their kinds and their weights.
Examples = tuple["csr_matrix[np.float64]", list[str], npt.NDArray[np.float64]]


@cache
def _load_reader(lang: str) -> PageReader:
    return PageReader(lang, load_fold(lang))


def _read_page(record: Mapping[str, Any], text: str) -> tuple[Page, list[str]]:
    """Return the page of an article and the kinds of its lines; the text has the offsets of that of the article."""
    starts = [block["start"] for block in record["blocks"]]
    page = _load_reader(record["lang"]).read(text)
    # A line whose parts are read as a list («Blog • 14 Mar 2022 • 2 Komentar») is one block.
    kinds = [record["blocks"][bisect_right(starts, start) - 1]["kind"] for start in page.lines[:, START].tolist()]
    return page, kinds


def _find_content(kinds: Sequence[str]) -> tuple[list[int], range]:
    """Return the lines of the content, and the range of those of its beginning."""
    content = [at for at, kind in enumerate(kinds) if kind != "boilerplate"]
    first = content[0]
    return content, range(first, first + max(N_LINES_OF_BEGINNING, (content[-1] + 1 - first) // BEGINNING))


def _find_sections(kinds: Sequence[str]) -> Iterator[range]:
    """Yield the ranges of the lines from each heading to the next or to boilerplate; those of more than one line."""
    borders = [
        at
        for at, kind in enumerate(kinds)
        if kind == "boilerplate" or (kind == "heading" and (at == 0 or kinds[at - 1] != "heading"))
    ]
    for start, end in pairwise([0, *borders, len(kinds)]):
        if end - start > 1 and kinds[start] != "boilerplate":
            yield range(start, end)


def _find_lists(record: Mapping[str, Any], page: Page, kinds: Sequence[str]) -> Iterator[range]:
    """Yield the ranges of the lines of lists, each with the line that introduces it and ends in a colon."""
    for at, (kind, after) in enumerate(pairwise(kinds)):
        if kind == "paragraph" and after == "list_item" and record["text"][page.lines[at, END] - 1] == ":":
            end = next((end for end in range(at + 1, len(kinds)) if kinds[end] != "list_item"), len(kinds))
            yield range(at, end)


def iter_variants(record: Mapping[str, Any]) -> Iterator[tuple[str, Page, list[str]]]:
    """Yield page and kinds of the lines of an article in the shapes of `VARIANTS`."""
    page, kinds = _read_page(record, record["text"])
    content, beginning = _find_content(kinds)
    first, last, n = content[0], content[-1], len(kinds)
    sections = list(_find_sections(kinds))
    shapes: list[tuple[str, Sequence[int]]] = [
        ("as written", range(n)),
        ("no blank lines", range(n)),
        ("blank lines everywhere", range(n)),
        ("no head", range(first, n)),
        ("no foot", range(last + 1)),
        ("content", content),
        ("beginning", beginning),
        *[("section", section) for section in sections],
        *[("list", lines) for lines in _find_lists(record, page, kinds)],
    ]
    if sections:
        shapes.append(("first section with head and foot", [*range(sections[0].stop), *range(last + 1, n)]))
    for variant, chosen in shapes:
        after_blank = page.lines[chosen, AFTER_BLANK]
        if variant == "no blank lines":
            after_blank = np.zeros_like(after_blank)
        if variant == "blank lines everywhere":
            after_blank = (np.arange(len(chosen)) > 0).astype(np.int64)
        yield variant, page.take_lines(chosen, after_blank), [kinds[at] for at in chosen]
    page, kinds = _read_page(record, STOP_RE.sub(" ", record["text"]))
    content, beginning = _find_content(kinds)
    for variant, chosen in (("content, no stops", content), ("beginning, no stops", beginning)):
        yield variant, page.take_lines(chosen, page.lines[chosen, AFTER_BLANK]), [kinds[at] for at in chosen]


def weigh_page(record: Mapping[str, Any]) -> float:
    """Return how much the lines of an article count."""
    n_words = len(record["text"].split())
    return next(weight for least, weight in PAGE_WEIGHTS if n_words >= least)


Article = list[tuple[str, CodeArray, list[str]]]


def read_article(record: Mapping[str, Any]) -> Article:
    """Return of each variant its name, the columns of the features and the kinds of its lines."""
    return [(variant, line_columns(page), kinds) for variant, page, kinds in iter_variants(record)]


def build_examples(articles: Iterable[Article], page_weights: Iterable[float]) -> Examples:
    """Return features, kinds and weights of the lines of all variants."""
    columns: list[CodeArray] = []
    kinds: list[str] = []
    weights: list[float] = []
    for article, of_page in zip(articles, page_weights, strict=True):
        for variant, of_variant, kinds_of_lines in article:
            columns.append(of_variant)
            kinds += kinds_of_lines
            weights += [of_page * VARIANTS[variant]] * len(kinds_of_lines)
    rows = np.concatenate(columns)
    filled = rows > 0
    indptr = np.append(0, np.cumsum(filled.sum(axis=1)))
    matrix = csr_matrix((np.ones(indptr[-1]), rows[filled], indptr), shape=(len(rows), len(NAMES)))
    boilerplate = np.array(kinds) == "boilerplate"
    return matrix, kinds, np.array(weights) * np.where(boilerplate, BOILERPLATE_WEIGHT, 1.0)


def cross_validate(
    articles: Sequence[Article], page_weights: Sequence[float], fit: Callable[[Examples], FittedLinear]
) -> dict[str, float]:
    """Return the share of lines right in articles left out, in each of the variants that are `JUDGED`."""
    n_right = dict.fromkeys(JUDGED, 0)
    n_lines = dict(n_right)
    for fold in range(N_FOLDS):
        seen = [at for at in range(len(articles)) if at % N_FOLDS != fold]
        model = fit(build_examples([articles[at] for at in seen], [page_weights[at] for at in seen]))
        classifier = LineClassifier(model)
        for article in articles[fold::N_FOLDS]:
            for variant, columns, kinds in article:
                if variant in JUDGED:
                    n_right[variant] += sum(
                        found == kind for found, kind in zip(classifier.choose_from(columns), kinds, strict=True)
                    )
                    n_lines[variant] += len(kinds)
    return {variant: round(n_right[variant] / n_lines[variant], 4) for variant in JUDGED}
