"""Words lengthened for emphasis: which of their letters are too many.

Comes in: a normalized text, the spans of its words in which some letter stands three times in a row, and the words
known to be written with a doubled letter. Goes out: the spans to take out. It needs whole words and a word list, for
few words: that is why this step is no rule of the kernel.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

RUN_RE: Final = re.compile(r"(.)\1\1+", re.DOTALL | re.IGNORECASE)
PLURAL_RE: Final = re.compile("(.*هه)(?:ها|های|هایی)")
MAX_RUNS: Final = 4

Span = tuple[int, int]


def find_surplus(text: str, words: list[Span], known: frozenset[str]) -> list[Span]:
    """Return the spans of `text` that only lengthen a word, in order.

    Of three or more of one letter two stay where that makes a known word («خیلییی» → «خیلی», «زیباییی» →
    «زیبایی»), else one. Known words with three («www», «xiii»), capitals («AAA», «idBBB-») and a plural that has lost
    its half-space («جبههها») stay as they are.
    """
    surplus: list[Span] = []
    for start, end in words:
        form = text[start:end]
        plural = PLURAL_RE.fullmatch(form)
        if form.lower() in known or (plural is not None and plural[1] in known):
            continue
        runs = [run for run in RUN_RE.finditer(form) if not run[0].isupper()]
        for run, n_kept in zip(runs, _choose_lengths(form, runs, known), strict=True):
            surplus.append((start + run.start() + n_kept, start + run.end()))
    return surplus


def _choose_lengths(form: str, runs: list[re.Match[str]], known: frozenset[str]) -> tuple[int, ...]:
    """Return how many letters of each run stay."""
    if len(runs) <= MAX_RUNS:
        for lengths in product((2, 1), repeat=len(runs)):
            if "".join(_shorten(form, runs, lengths)).lower() in known:
                return lengths
    return (1,) * len(runs)


def _shorten(form: str, runs: list[re.Match[str]], lengths: tuple[int, ...]) -> Iterator[str]:
    done = 0
    for run, n_kept in zip(runs, lengths, strict=True):
        yield form[done : run.start() + n_kept]
        done = run.end()
    yield form[done:]
