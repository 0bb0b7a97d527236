"""The lines of a raw text as a reader sees them: hard-wrapped ones joined, lists run together taken apart.

Comes in: a raw text. Goes out: one row a line (see `_page.scan_lines`), and the marker that each begins with.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from socialtext.segment._page import (
    HAS_ITEMS,
    find_wrapped_runs,
    match_markers,
    measure_lines,
    scan_lines,
    union_signs,
)

LineArray = npt.NDArray[np.int64]
# Columns of a line.
START, END, AFTER_BLANK, N_WORDS, N_STOPS, LAST, SIGNS = range(7)
MARKERS: Final = (None, "bullet", "number", "letter")
# A marker in three digit systems: bullet, dash with a space, pictograph, number or single letter.
MARKER_RE: Final = re.compile(
    r"(?P<bullet>[•◦▪▫‣⁃●○■□◆◇★☆✓✔✅✗☑➤➜►▶→·∙*+]\s*(?=\w)|[-\N{EN DASH}\N{EM DASH}\u0640]\s+"
    r"|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?\s+)"
    r"|(?P<number>\(?\d{1,2}(?:\ufe0f?\u20e3|\s*[.):/\-\N{EN DASH}\u0640]\)?)(?!\d)\s*(?=\w))"
    r"|(?P<letter>\(?[A-Za-z\u0627\u0623\u0628\u062a\u062c\u062f\u067e\u0647\u0633]\d?(?:[.)]|\s?[-):])\s+(?=\w))"
)
# Lines are taken for hard-wrapped if they are this long at most and the next word would not have fitted.
WRAP_WIDTHS: Final = range(40, 101)
N_WRAPPED_LINES: Final = 3
WRAPPED_SHARE: Final = 0.7
DIGITS_RE: Final = re.compile(r"\d+")
FIRST_WORD_RE: Final = re.compile(r"\S+")
# Items run together on one line, each with its marker; a comma or conjunction before it makes it part of a sentence.
ITEM_BULLET_RE: Final = re.compile(r"(?:(?<=\s)|^)[•●▪◦✓✔✅]\s*(?=\w)")
ITEM_NUMBER_RE: Final = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2})(?:[.)]|\s?[-\N{EN DASH}])\s+(?=\w)")
IN_SENTENCE_RE: Final = re.compile("(?:[,;،؛]|\\s(?:و|أو|یا|dan|atau|serta))\\s*$")
N_ITEMS: Final = 3
N_ITEM_WORDS: Final = 2


def find_lines(raw: str) -> LineArray:
    """Return the rows of the lines, in order; a line that is not hard-wrapped holds no line break."""
    return _join_wrapped(raw, _split_lists(raw, scan_lines(raw)))


def find_markers(raw: str, lines: LineArray) -> LineArray:
    """Return the index in `MARKERS` of the marker that each line begins with."""
    return match_markers(raw, lines, MARKER_RE)


def _rescan(raw: str, start: int, end: int, after_blank: bool) -> LineArray:
    """Return the rows of a part of a line."""
    lines = scan_lines(raw[start:end])
    lines[:, START:AFTER_BLANK] += start
    lines[:, AFTER_BLANK] = after_blank
    return lines


def _split_lists(raw: str, lines: LineArray) -> LineArray:
    """Take lists apart that were run together on one line."""
    if not union_signs(lines) & HAS_ITEMS:
        return lines
    parts = []
    kept = 0
    for at in np.flatnonzero(lines[:, SIGNS] & HAS_ITEMS).tolist():
        start, end = int(lines[at, START]), int(lines[at, END])
        cuts = list(_find_items(raw[start:end]))
        if cuts:
            borders = sorted({0, *cuts, end - start})
            parts.append(lines[kept:at])
            parts += [
                _rescan(raw, start + left, start + right, bool(lines[at, AFTER_BLANK]) and left == 0)
                for left, right in pairwise(borders)
            ]
            kept = at + 1
    return np.concatenate([*parts, lines[kept:]]) if parts else lines


def _find_items(text: str) -> Iterator[int]:
    """Yield where the items of a list begin that was run together on one line; nothing where there is none."""
    bullets = [match.start() for match in ITEM_BULLET_RE.finditer(text)]
    if len(bullets) > 1:
        yield from bullets
        return
    items: list[int] = []
    for match in ITEM_NUMBER_RE.finditer(text):
        if int(match[1]) == len(items) + 1 and not IN_SENTENCE_RE.search(text, 0, match.start()):
            items.append(match.start())
    if len(items) < N_ITEMS:
        return
    lead = text[: items[0]].rstrip()
    sizes = [len(text[left:right].split()) - 1 for left, right in pairwise([*items, len(text)])]
    if (not lead or lead[-1] in ":.!?؟") and min(sizes) >= N_ITEM_WORDS:
        yield from items


def _join_wrapped(raw: str, lines: LineArray) -> LineArray:
    """Join the lines of paragraphs that were broken at a fixed width, as mails and plain-text files have them.

    A line was broken there if the first word of the next would not have fitted. A page is hard-wrapped if that holds
    for most lines that a line follows without a blank one; on other pages single paragraphs may be.
    """
    if len(lines) < N_WRAPPED_LINES:
        return lines
    broken = _find_broken(raw, lines)
    if broken is None:
        runs = find_wrapped_runs(raw, lines, WRAP_WIDTHS.start, WRAP_WIDTHS.stop - 1)
        if not runs:
            return lines
        broken = np.zeros(len(lines) - 1, dtype=bool)
        for first, last in runs:
            if not find_markers(raw, lines[first + 1 : last + 1]).any():
                broken[first:last] = True
    starts = np.flatnonzero(np.append(True, ~broken))
    joined = lines[starts].copy()
    for column in (N_WORDS, N_STOPS):
        joined[:, column] = np.add.reduceat(lines[:, column], starts)
    joined[:, SIGNS] = np.bitwise_or.reduceat(lines[:, SIGNS], starts)
    lasts = np.append(starts[1:], len(lines)) - 1
    joined[:, [END, LAST]] = lines[lasts][:, [END, LAST]]
    return joined


def _find_broken(raw: str, lines: LineArray) -> npt.NDArray[np.bool_] | None:
    """Return of each line but the last whether it was broken before the next, None on pages not hard-wrapped."""
    width, n_following, n_full = measure_lines(raw, lines)
    if width not in WRAP_WIDTHS or min(n_following, n_full) < N_WRAPPED_LINES - 1:
        return None
    lengths = lines[:, END] - lines[:, START]
    follows = lines[1:, AFTER_BLANK] == 0
    first_words = [
        len(FIRST_WORD_RE.match(raw, start, end)[0])  # type: ignore[index]
        for start, end in zip(lines[1:, START].tolist(), lines[1:, END].tolist(), strict=True)
    ]
    markers = find_markers(raw, lines)
    markers[_find_numbers_within(raw, lines, markers)] = 0
    markers = markers[1:]
    broken: npt.NDArray[np.bool_] = follows & (markers == 0) & (lengths[:-1] + 1 + np.array(first_words) > width)
    # The last line of a paragraph is shorter; it is none of those that must be full.
    full = follows & (markers == 0) & np.append(follows[1:], False)
    if broken.sum() < N_WRAPPED_LINES - 1 or (broken & full).sum() < WRAPPED_SHARE * full.sum():
        return None
    return broken


def _find_numbers_within(raw: str, lines: LineArray, markers: npt.NDArray[np.int64]) -> list[int]:
    """Return the lines whose number begins no item: it is not the first, and the number before it begins no line."""
    numbered = np.flatnonzero(markers == MARKERS.index("number")).tolist()
    numbers = [int(DIGITS_RE.search(raw, int(lines[at, START]))[0]) for at in numbered]  # type: ignore[index]
    return [at for at, n, before in zip(numbered, numbers, [0, *numbers], strict=False) if n != 1 and before != n - 1]
