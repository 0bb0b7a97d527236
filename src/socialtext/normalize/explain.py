"""What differs between two normalizations of one raw text.

Comes in: the alignments before and after a step was switched on. Goes out: the changes, each with its raw span. It
knows no rule: it compares the two texts piece by piece, cut where both have a border at the same raw offset.
"""

from collections.abc import Iterator

from socialtext.types import Alignment, Change


def _borders(alignment: Alignment) -> Iterator[tuple[int, int]]:
    """Yield (raw offset, text offset) where no character spans over the raw offset; the first at each offset."""
    furthest = 0
    last = -1
    for at, (start, end) in enumerate(zip(alignment.starts, alignment.ends, strict=True)):
        if start >= furthest and start != last:
            yield start, at
            last = start
        furthest = max(furthest, end)
    yield len(alignment.raw), len(alignment.text)


def find_changes(before: Alignment, after: Alignment, step: str) -> list[Change]:
    """Return the pieces in which two alignments of one raw text differ, in the order of the text."""
    if before.text == after.text:
        return []
    right = dict(_borders(after))
    changes = []
    raw_start = start = other_start = 0
    for raw_end, end in _borders(before):
        other_end = right.get(raw_end)
        if other_end is None or (raw_end == 0 and end == 0 and other_end == 0):
            continue
        old, new = before.text[start:end], after.text[other_start:other_end]
        if old != new:
            changes.append(Change(raw_start, raw_end, old, new, step))
        raw_start, start, other_start = raw_end, end, other_end
    return changes
