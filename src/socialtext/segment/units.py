"""Advice units: where between two sentences of a page another recommendation or claim begins.

Comes in: the content sentences of a page. Goes out: for each gap between neighbours the probability of a border.
Where the guidelines are exact, a rule decides (headings, boilerplate, list items, the sentence that introduces a
list); elsewhere a linear model over the shape of page and paragraph, discourse and advice cues, and lexical cohesion,
trained on the annotated articles (``models/units``). All gaps of a page are scored at once, each by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from socialtext.models import LinearWeights
from socialtext.segment._units import Gaps, Signals, choose_sentences, decide_borders, find_places
from socialtext.segment.page import ADVICE_CUES, BIT_OF, DISCOURSE_CUES, TOPIC_CUES, IntArray, Page, bits_of
from socialtext.types import BlockKind

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SIGNAL_CUES: Final = (*DISCOURSE_CUES, *ADVICE_CUES)
TOPIC_BITS: Final = bits_of(*TOPIC_CUES)
ADVICE_BITS: Final = bits_of(*ADVICE_CUES)
SIGNAL_BITS: Final = np.array([BIT_OF[cue] for cue in SIGNAL_CUES])
# Scale of the figures that are used as they are, beside their bins.
FIGURE_SCALE: Final = 0.3

# Figures of a gap with the borders of their bins; none where a figure is 0 or 1.
FIGURES: Final[Mapping[str, tuple[float, ...]]] = {
    "new paragraph": (),
    "sentences of this paragraph before": (1, 2, 3, 4),
    "sentences of this paragraph after": (1, 2, 3, 4),
    "sentences of the paragraph before": (1, 2, 3, 4),
    "sentences of the paragraph after": (1, 2, 3, 4),
    "words of this paragraph before": (15, 30, 50, 80),
    "words of this paragraph after": (10, 20, 35, 50, 80),
    "words of the sentence before": (5, 10, 15, 22, 30),
    "words of the sentence after": (5, 10, 15, 22, 30),
    "sentences a paragraph of the page": (1.3, 1.8, 2.3, 3, 4),
    "share of paragraphs of one sentence": (0.1, 0.3, 0.5, 0.7, 0.9),
    "words a paragraph of the page": (20, 30, 40, 55, 70),
    "blocks a section of the page": (1.5, 2.5, 4, 6, 10),
    "blocks of the section": (1, 2, 3, 5, 8),
    "blocks of the section before": (0, 1, 2, 4),
    "blocks of the section after": (1, 2, 3, 5),
    "sentences of the section before": (1, 2, 3, 4, 6, 9),
    "sentences of the section after": (1, 2, 3, 4, 6, 9),
    "question before": (),
    "question after": (),
    "colon before": (),
    "colon after": (),
    "question two before": (),
    "cohesion of neighbours": (0, 0.1, 0.2, 0.3, 0.45),
    "cohesion with three before": (0, 0.1, 0.2, 0.3, 0.45),
    "cohesion of two with three before": (0, 0.1, 0.2, 0.3, 0.45),
    "cohesion of paragraphs": (0, 0.1, 0.2, 0.3, 0.45),
    "cohesion with the section": (0, 0.1, 0.2, 0.3, 0.45),
    "topics shared with three before": (0, 0.3, 0.6),
    "topics shared by paragraphs": (0, 0.3, 0.6),
    "topics common to paragraphs": (0, 1, 2),
    "topics new to the section": (0, 1, 2),
    "advice in the paragraph before": (),
    "advice after": (),
    "advice in the paragraph after": (),
    "advice before": (),
    "place on the page": (0.1, 0.3, 0.7, 0.9),
    "same first word": (),
    "begins with a digit": (),
    "digit after": (),
    "digit before": (),
} | {
    f"{cue} {place}": ()
    for place, cues in (
        ("begins what follows", SIGNAL_CUES),
        ("early in what follows", SIGNAL_CUES),
        ("after", SIGNAL_CUES),
        ("before", SIGNAL_CUES),
        ("begins the one after", DISCOURSE_CUES),
        ("begins a last sentence", SIGNAL_CUES),
        ("begins what follows several", SIGNAL_CUES),
    )
    for cue in cues
} | {
    "a last sentence after several": (),
    "a last sentence after one": (),
    "no cue begins it, by the share of paragraphs of one sentence": (),
    "no cue begins it, by the share of longer paragraphs": (),
    "advice after advice": (),
    "advice after none": (),
    "a last sentence, advice": (),
}  # fmt: skip
FIGURE_NAMES: Final = tuple(FIGURES)
_SIGNALS: Final = Signals(SIGNAL_BITS, len(DISCOURSE_CUES), TOPIC_BITS, ADVICE_BITS, len(FIGURES))
N_SIZES: Final = 18  # the first figures, of which the logarithm counts too
N_EDGES: Final = max(map(len, FIGURES.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """The content sentences of a page.

    Attributes
    ----------
    page : Page
    chosen : int32 array
        Indices of the sentences in the page.
    blocks : int32 array
        Block of each.
    sections : int32 array
        Changes at each heading and boilerplate block: no unit reaches over it.
    is_item : bool array
        Whether it stands in a list item.
    """

    page: Page
    chosen: IntArray
    blocks: IntArray
    sections: IntArray
    is_item: BoolArray

    def __len__(self) -> int:
        return len(self.chosen)


def choose_content(page: Page, kinds: Sequence[BlockKind]) -> Content:
    """Return the content sentences of a page whose lines have these kinds."""
    return Content(page, *choose_sentences(page.line_of, list(kinds)))


def fixed_borders(content: Content) -> tuple[BoolArray, BoolArray]:
    """Decide by the rules of the guidelines.

    Returns
    -------
    fixed, borders : bool array, shape (n_sentences - 1,)
        Whether a rule decides of the gap, and what.
    """
    return decide_borders(content.chosen, content.blocks, content.sections, content.is_item, content.page.words)


def gap_figures(content: Content) -> FloatArray:
    """Return the figures of each gap between two content sentences, shape (n_sentences - 1, n_figures)."""
    return _find_gaps(content).measure()


def _find_gaps(content: Content) -> Gaps:
    page = content.page
    of_page = (page.words, page.stems, page.offsets, page.n_stems)
    return Gaps(_SIGNALS, *of_page, content.chosen, content.blocks, content.sections, content.is_item)


def _iter_columns() -> Iterator[tuple[str, int | None, int, int]]:
    """Yield the columns of `expand_figures`.

    Each has a form, where it counts (1 at a new paragraph, 0 within one, None everywhere), its figure and its bin.
    """
    for new in (None, 1):
        yield from (("plain", new, column, 0) for column in range(len(FIGURES)))
    for new in (None, 1):
        yield from (("log", new, column, 0) for column in range(1, N_SIZES))
    for column, borders in list(enumerate(FIGURES.values()))[1:]:
        for new in (1, 0):
            if borders:
                yield from (("bin", new, column, place) for place in range(len(borders) + 1))
            else:
                yield "flag", new, column, 0


def _name_column(form: str, new: int | None, column: int, place: int) -> str:
    where = {None: "anywhere", 1: "new paragraph", 0: "same paragraph"}[new]
    end = f" [{place}]" if form == "bin" else ""
    return f"{where}: {form} {FIGURE_NAMES[column]}{end}"


def expand_figures(figures: FloatArray) -> FloatArray:
    """Return what the model weighs: the figures, their logarithms and their bins, at and within paragraphs."""
    new = figures[:, :1]
    logs = np.log1p(figures[:, 1:N_SIZES])
    bins = []
    for column, (name, borders) in enumerate(FIGURES.items()):
        if name == "new paragraph":
            continue
        values = figures[:, column]
        one_hot = np.eye(len(borders) + 1)[np.searchsorted(borders, values)] if borders else values[:, None]
        bins += [one_hot * new, one_hot * (1.0 - new)]
    return np.hstack([figures, figures * new, logs, logs * new, *bins])


EXPANDED_NAMES: Final = tuple(_name_column(*column) for column in _iter_columns())


class BorderScorer:
    """Score the gaps of a page with a linear model.

    Parameters
    ----------
    model : LinearWeights
    """

    def __init__(self, model: LinearWeights) -> None:
        self._intercept = float(model.intercepts[0])
        weights = np.array(
            [model.weights[model.index[name], 0] if name in model.index else 0.0 for name in EXPANDED_NAMES]
        )
        shape = (2, len(FIGURES))
        self._plain, self._logs = np.zeros(shape), np.zeros(shape)
        bins = np.zeros((*shape, N_EDGES + 1))
        self._edges = np.full((len(FIGURES), N_EDGES), np.inf)
        for column, borders in enumerate(FIGURES.values()):
            self._edges[column, : len(borders)] = borders
        for weight, (form, new, column, place) in zip(weights, _iter_columns(), strict=True):
            # What is weighed wherever it stands counts on both sides.
            for side in (0, 1) if new is None else (new,):
                if form == "bin":
                    bins[side, column, place] += weight
                elif form == "log":
                    self._logs[side, column] += weight
                else:
                    self._plain[side, column] += weight
        self._bins = bins.reshape(2 * len(FIGURES), N_EDGES + 1)

    def score(self, content: Content) -> FloatArray:
        """Return the probability of a border before each content sentence; 1 before the first.

        Where a rule decides it is 0 or 1.
        """
        weights = (self._intercept, self._edges, self._plain, self._logs, self._bins)
        return _find_gaps(content).score(*weights, *fixed_borders(content))


def find_starts(scores: FloatArray, granularity: float) -> list[int]:
    """Return the index of the first sentence of each unit: where a border has the probability 1 - granularity.

    At granularity 0 these are the borders that a rule draws, at 1 all that no rule forbids.
    """
    return find_places(scores, 1.0 - granularity)
