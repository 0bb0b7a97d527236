"""Advice units: where between two sentences of a page another recommendation or claim begins.

Comes in: the content sentences of a page, each with its folded words and cues. Goes out: for each pair of
neighbours the margin of a border between them. Where the guidelines are exact, a rule decides (headings,
boilerplate, list items, the sentence that introduces a list); elsewhere a linear model over discourse cues, lexical
cohesion and length, trained on the annotated articles (``models/units``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from socialtext.types import BlockKind

DISCOURSE_CUES: Final = ("support", "contrast", "shift", "anaphora", "conclusion")
ADVICE_CUES: Final = frozenset({"modal", "imperative", "prohibition", "evaluation"})
# Cues of what a sentence is about: the concepts of the themes.
TOPIC_CUES: Final = frozenset(
    {"platform", "audience", "dialogue", "reaction", "loyalty", "channel", "presence", "selling", "shop",
     "purchase_path", "measure", "metric", "report", "segment", "research", "brand", "advertising", "technique",
     "company"}
)  # fmt: skip
# Margin from which a border is drawn. Above 0, since the guidelines split only on evidence; over the annotated
# articles (with C of the training) the boundary similarity is level from -0.5 to 1.
BORDER_MARGIN: Final = 1.0
N_PREFIX: Final = 5  # letters that stand for the stem of a word in the cohesion
N_WINDOW: Final = 3  # sentences before the gap
N_UNIT_SENTENCES: Final = 40


class Decider(Protocol):
    """A model that gives margins for named features."""

    def decide(self, features: Mapping[str, float], /) -> npt.NDArray[np.floating[Any]]:
        """Return the margin of each class."""
        ...


@dataclass(frozen=True, slots=True)
class SentenceView:
    """What the border scorer sees of a sentence.

    Attributes
    ----------
    words : list of str, folded
    cues : list of (int, str)
        Index of the word, kind of the cue.
    block : int
        Index of its block.
    kind : str
        Kind of its block.
    section : int
        Changes at each heading and boilerplate block: no unit reaches over it.
    text : str, raw
    """

    words: list[str]
    cues: list[tuple[int, str]]
    block: int
    kind: BlockKind
    section: int
    text: str


def _stems(view: SentenceView) -> set[str]:
    return {word[:N_PREFIX] for word in view.words if len(word) > 3 and not word.isdigit()}


def _first_cues(view: SentenceView) -> set[str]:
    return {kind for at, kind in view.cues if at == 0 and kind in DISCOURSE_CUES}


def _topics(view: SentenceView) -> set[str]:
    return {kind for _, kind in view.cues if kind in TOPIC_CUES}


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def ends_in_colon(view: SentenceView) -> bool:
    """Whether the sentence announces what follows."""
    return view.text.rstrip(" \u200c»\"'").endswith(":")


def fixed_border(left: SentenceView, right: SentenceView, after_right: SentenceView | None) -> bool | None:
    """Decide by the rules of the guidelines, or return None where they leave it open.

    `after_right` is the sentence after `right`.
    """
    if left.section != right.section:
        return True
    if left.kind == "list_item" or right.kind == "list_item":
        return left.block != right.block
    if (
        after_right is not None
        and after_right.kind == "list_item"
        and after_right.section == right.section
        and ends_in_colon(right)
    ):
        return True  # the one sentence that introduces a list
    return None


def border_features(views: Sequence[SentenceView], at: int, unit_start: int) -> dict[str, float]:
    """Return the features of a border before sentence `at`; the unit so far began with `unit_start`."""
    left, right = views[at - 1], views[at]
    first = _first_cues(right)
    new_block = left.block != right.block
    where = "paragraph" if new_block else "inside"
    features: dict[str, float] = {where: 1.0}
    for cue in first:
        features[f"{where}: begins with {cue}"] = 1.0
    if not first:
        features[f"{where}: begins with no cue"] = 1.0
    window = [view for view in views[max(unit_start, at - N_WINDOW) : at]]
    stems_before: set[str] = set().union(*(_stems(view) for view in window))
    following = [view for view in views[at : at + 2] if view.section == right.section]
    features[f"{where}: cohesion"] = _jaccard(_stems(right), stems_before)
    features[f"{where}: cohesion of two"] = _jaccard(set().union(*(_stems(view) for view in following)), stems_before)
    features[f"{where}: cohesion with the neighbour"] = _jaccard(_stems(left), _stems(right))
    topics_before: set[str] = set().union(*(_topics(view) for view in window))
    topics = _topics(right)
    features[f"{where}: topics kept"] = _jaccard(topics, topics_before)
    if topics and topics_before and not topics & topics_before:
        features[f"{where}: other topics"] = 1.0
    n_sentences = min(at - unit_start, 6)
    features[f"{where}: sentences so far={n_sentences}"] = 1.0
    # What lies further back than this changes nothing; a unit without end must not make the page quadratic.
    unit = views[max(unit_start, at - N_UNIT_SENTENCES) : at]
    n_words = sum(len(view.words) for view in unit)
    features[f"{where}: words so far={min(n_words // 20, 6)}"] = 1.0
    advice_right = {kind for _, kind in right.cues} & ADVICE_CUES
    advice_before = {kind for view in unit for _, kind in view.cues} & ADVICE_CUES
    features[f"{where}: advice {bool(advice_before)} then {bool(advice_right)}"] = 1.0
    if advice_right and any(index == 0 for index, kind in right.cues if kind in ("imperative", "modal")):
        features[f"{where}: begins with advice"] = 1.0
    if len(right.words) <= 5:
        features[f"{where}: short"] = 1.0
    if left.text.rstrip().endswith(("?", "؟")):
        features[f"{where}: after a question"] = 1.0
    if right.text.rstrip().endswith(("?", "؟")):
        features[f"{where}: a question"] = 1.0
    if ends_in_colon(left):
        features[f"{where}: after a colon"] = 1.0
    left_here = sum(view.block == left.block for view in unit)
    if new_block:
        features[f"paragraph of {min(left_here, 4)} before"] = 1.0
        size = sum(view.block == right.block for view in views[at : at + 8])
        features[f"paragraph of {min(size, 4)} after"] = 1.0
    else:
        rest = sum(view.block == right.block for view in views[at : at + 8])
        features[f"rest of paragraph={min(rest, 4)}"] = 1.0
    if at == 1 or views[at - 2].section != left.section:
        features[f"{where}: second of its section"] = 1.0
    return features


def find_units(views: Sequence[SentenceView], model: Decider, *, threshold: float = BORDER_MARGIN) -> list[int]:
    """Return the index of the first sentence of each unit; from left to right, each decision seeing the last."""
    starts = [0] if views else []
    for at in range(1, len(views)):
        following = views[at + 1] if at + 1 < len(views) else None
        border = fixed_border(views[at - 1], views[at], following)
        if border is None:
            margin = float(model.decide(border_features(views, at, starts[-1]))[0])
            border = margin > threshold
        if border:
            starts.append(at)
    return starts
