"""Words lengthened for emphasis: which of their letters are too many.

Comes in: a normalized text in which some letter stands three times in a row, the spans of its protected tokens, and the
words known to be written with a doubled letter. Goes out: the spans to take out. It is asked only about such texts,
and needs whole words and a word list: that is why this step is no rule of the kernel.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

WORD_RE: Final = re.compile(r"[^\W\d_]+")
RUN_RE: Final = re.compile(r"(.)\1\1+", re.DOTALL | re.IGNORECASE)
MAX_RUNS: Final = 4


def find_surplus(text: str, protected: list[tuple[int, int]], known: frozenset[str]) -> list[tuple[int, int]]:
    """Return the spans of `text` that only lengthen a word, in order.

    Of three or more of one letter two stay where that makes a known word («خیلییی» → «خیلی», «زیباییی» →
    «زیبایی»), else one. Known words with three («www», «xiii») and words in capitals stay as they are.
    """
    surplus: list[tuple[int, int]] = []
    tokens = iter(protected)
    token = next(tokens, None)
    for word in WORD_RE.finditer(text):
        while token is not None and token[1] <= word.start():
            token = next(tokens, None)
        form = word[0]
        runs = list(RUN_RE.finditer(form))
        if not runs or form.isupper() or form.lower() in known or (token is not None and token[0] < word.end()):
            continue
        for run, n_kept in zip(runs, _choose_lengths(form, runs, known), strict=True):
            surplus.append((word.start() + run.start() + n_kept, word.start() + run.end()))
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
