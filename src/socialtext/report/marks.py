"""What is marked in a text of the report: the cue phrases in it, and the places that normalizing changed.

Comes in: normalized texts, and raw texts with their alignment. Goes out: spans of the normalized text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from socialtext.cues import WORD_RE, CueMatcher
from socialtext.normalize.normalizer import Normalizer, load_fold
from socialtext.normalize.steps import PROFILES
from socialtext.types import LANGUAGES, Alignment, Theme

# Kinds of cue that speak for a theme. Those that order a text («but», «then») are left unmarked: they are everywhere.
THEME_CUES: Final[Mapping[str, Theme]] = {
    "audience": "engagement",
    "dialogue": "engagement",
    "reaction": "engagement",
    "loyalty": "engagement",
    "platform": "channel_choice",
    "channel": "channel_choice",
    "presence": "channel_choice",
    "selling": "social_commerce",
    "shop": "social_commerce",
    "purchase_path": "social_commerce",
    "measure": "data",
    "metric": "data",
    "report": "data",
    "segment": "data",
    "research": "data",
}
CUE_KINDS: Final = ("prohibition", "imperative", "modal", "evaluation", *THEME_CUES)
# Where several kinds stand on one phrase, the first of them is shown.
_RANKS: Final = {kind: rank for rank, kind in enumerate(CUE_KINDS)}
_TOKEN_RE: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class CueMark:
    """A cue phrase: ``text[start:end]``, and its kind, one of `CUE_KINDS`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class ChangeMark:
    """Words that normalizing changed: ``text[start:end]`` was written ``before``."""

    start: int
    end: int
    before: str
    steps: tuple[str, ...]


@cache
def _load_cue_tools(lang: str) -> tuple[CueMatcher, Normalizer]:
    return CueMatcher(lang, load_fold(lang)), Normalizer(lang, profile="search")


def find_cues(text: str, lang: str) -> list[CueMark]:
    """Return the cue phrases of a normalized text, none overlapping another; the longest of a place."""
    if lang not in LANGUAGES:
        return []
    matcher, search = _load_cue_tools(lang)
    folded = search.align(text)
    words = list(WORD_RE.finditer(folded.text))
    found = [
        (first, -last, _RANKS[kind])
        for first, last, kind in matcher.find_spans([word.group() for word in words])
        if kind in _RANKS
    ]
    marks = []
    free = 0
    for first, last, rank in sorted(found):
        if first < free:
            continue
        start, end = folded.raw_span(words[first].start(), words[-last].end())
        marks.append(CueMark(start, end, CUE_KINDS[rank]))
        free = -last + 1
    return marks


def find_normalizer(raw: str, text: str, lang: str) -> Normalizer | None:
    """Return the normalizer that makes `text` of `raw`, or None where no profile of this version does."""
    if lang not in LANGUAGES:
        return None
    for profile in PROFILES:
        normalizer = _load_normalizer(lang, profile)
        if normalizer.normalize(raw) == text:
            return normalizer
    return None


@cache
def _load_normalizer(lang: str, profile: str) -> Normalizer:
    return Normalizer(lang, profile=profile)


def find_changes(normalizer: Normalizer, aligned: Alignment) -> list[ChangeMark]:
    """Return the changed words of a text, in order; changes that touch one word are one mark.

    Line breaks, and blanks at the edge of a line, leave nothing to mark.
    """
    raw = aligned.raw
    tokens = [match.span() for match in _TOKEN_RE.finditer(raw)]
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    groups: list[tuple[int, int, list[str]]] = []
    changes = sorted(normalizer.explain(raw), key=lambda change: (change.raw_start, change.raw_end))
    for change in changes:
        if not raw[change.raw_start : change.raw_end].strip() and (
            "\n" in raw[change.raw_start - 1 : change.raw_end + 1] or change.raw_end == len(raw)
        ):
            continue
        first = bisect_left(ends, change.raw_start)
        last = bisect_right(starts, change.raw_end) - 1
        start = min(change.raw_start, starts[first]) if first <= last else change.raw_start
        end = max(change.raw_end, ends[last]) if first <= last else change.raw_end
        if groups and start < groups[-1][1]:
            groups[-1] = (groups[-1][0], max(end, groups[-1][1]), [*groups[-1][2], change.step])
        else:
            groups.append((start, end, [change.step]))
    marks = []
    for start, end, steps in groups:
        begin, stop = aligned.span(start, end)
        if begin < stop and "\n" not in raw[start:end] and aligned.text[begin:stop] != raw[start:end]:
            marks.append(ChangeMark(begin, stop, raw[start:end], tuple(dict.fromkeys(steps))))
    return marks


def utf16_offsets(text: str) -> Callable[[int], int]:
    """Return the function from code points to the UTF-16 units in which a browser counts."""
    if text.isascii() or max(text) <= "\uffff":
        return lambda at: at
    astral = [at for at, character in enumerate(text) if character > "\uffff"]
    return lambda at: at + bisect_left(astral, at)
