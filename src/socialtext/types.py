"""The values that travel between the stages: frozen, picklable, in code points.

A field named ``start`` or ``end`` of a `Block`, `Sentence` or `AdviceUnit` is an offset into the raw text; where
both sides occur together, the raw side says so (``raw_start``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from socialtext._alignment import Alignment as Alignment

BlockKind = Literal["heading", "paragraph", "list_item", "boilerplate"]
Theme = Literal["engagement", "channel_choice", "social_commerce", "data"]

THEMES: Final[tuple[Theme, ...]] = ("engagement", "channel_choice", "social_commerce", "data")
LANGUAGES: Final[tuple[str, ...]] = ("ar", "fa", "id")


@dataclass(frozen=True, slots=True)
class Change:
    """One change that normalizing made: ``before`` stood at the raw span, ``after`` stands there now."""

    raw_start: int
    raw_end: int
    before: str
    after: str
    step: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of lines of one kind; ``raw[start:end]`` has no line break at its ends."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or list item of its own: ``raw[start:end]``.

    Attributes
    ----------
    start, end : int
    border_score : float
        Probability that an advice unit begins with this sentence; 0 in headings and boilerplate.
    """

    start: int
    end: int
    border_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Classification:
    """What the classifier says of one passage.

    Attributes
    ----------
    themes : tuple of str
        Of `THEMES`, or of the model's own; ordered by score, main theme first; empty where none.
    scores : dict of str to float
        Calibrated probability of each theme.
    advice : bool
    advice_score : float
        Calibrated probability that the passage tells its reader what to do.
    """

    themes: tuple[str, ...]
    scores: Mapping[str, float]
    advice: bool
    advice_score: float


@dataclass(frozen=True, slots=True)
class AdviceUnit:
    """One recommendation or claim with all that serves it.

    Attributes
    ----------
    start, end : int
        ``raw[start:end]``.
    heading : str or None
        Normalized heading above the unit.
    text : str
        Normalized text of the unit.
    advice, advice_score, themes, scores
        See `Classification`; without labels ``False``, 0.0, empty.
    """

    start: int
    end: int
    heading: str | None
    text: str
    advice: bool = False
    advice_score: float = 0.0
    themes: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One text after the pipeline: structure, sentences and advice units, all in raw offsets."""

    id: str | None
    lang: str
    raw: str = field(repr=False)
    text: str = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False)
    units: tuple[AdviceUnit, ...] = field(repr=False)
