"""The values that travel between the stages: frozen, picklable, in code points.

A field named ``start`` or ``end`` of a `Block`, `Sentence` or `AdviceUnit` is an offset into the raw text; where
both sides occur together, the raw side says so (``raw_start``).
"""

from collections.abc import Callable, Mapping
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
class Reason:
    """What one piece of a passage says for a label, or against it.

    Attributes
    ----------
    text : str
        The word, the two words, or the mark, as they stand in the passage; empty for ``prior``.
    kind : {"word", "pair", "first", "last", "mark", "cue", "prior"}
        The word with its parts and its meaning; what two words mean together that are neighbours, or content words
        with only function words between them; the word as the first or the last of a sentence; the question
        mark or other mark; the kind of cue that the word is, such as `audience`; what speaks for the label before
        anything is read.
    cue : str or None
        Name of the kind of cue.
    weight : float
        In units of log odds; above 0 it speaks for the label.
    """

    text: str
    kind: Literal["word", "pair", "first", "last", "mark", "cue", "prior"]
    cue: str | None
    weight: float


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
    _find_reasons: Callable[[], Mapping[str, tuple[Reason, ...]]] | None = field(
        default=None, repr=False, compare=False
    )

    def explain(self) -> Mapping[str, tuple[Reason, ...]]:
        """Return what speaks for and against each theme, and ``advice``, in the words of the passage.

        Reasons come in order, the strongest for the label first, the strongest against it last. Their weights add up
        to the log odds of the score.

        Raises
        ------
        ValueError
            For labels that were not made by `ThemeClassifier.classify`.

        Examples
        --------
        >>> import socialtext as st
        >>> (label,) = st.ThemeClassifier.load().classify(["Balas setiap komentar pelanggan Anda."], lang="id")
        >>> sorted({reason.kind for reason in label.explain()["engagement"]})
        ['cue', 'first', 'last', 'pair', 'prior', 'word']
        """
        if self._find_reasons is None:
            raise ValueError("only labels of ThemeClassifier.classify can be explained")
        return self._find_reasons()


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
