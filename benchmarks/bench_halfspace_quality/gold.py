"""Bring the half-spaces of a treebank to one spelling, which is that of the project.

The plural ending «ها» takes its half-space after a letter that joins it («کتاب‌ها»), as part of one treebank and none
of the other has it; after letters that do not join forward a half-space cannot be seen, and goes.
"""

import re

from benchmarks.bench_halfspace_quality.measure import NON_JOINING, ZWNJ

UNCUT = frozenset(["آن", "این", "همان", "فق", "تن", "عن", "گرانب", "من", "انت"])
"""What stands before «ها» in words where it is no ending, or where it is written joined («آنها»)."""

PLURAL_RE = re.compile(rf"(?<![\w{ZWNJ}])(\w{{2,}})(ها(?:یی|ی|یم|یت|یش|یمان|یتان|یشان)?)(?![\w{ZWNJ}])")
INVISIBLE_RE = re.compile(f"(?<=[{''.join(sorted(NON_JOINING))}]){ZWNJ}")


def spell_half_spaces(sentence: str) -> str:
    """Return a sentence with its half-spaces where they belong."""
    return INVISIBLE_RE.sub("", PLURAL_RE.sub(part_plural, sentence))


def part_plural(match: re.Match[str]) -> str:
    """Return a plural with a half-space before its ending."""
    stem, ending = match.groups()
    whole = stem in UNCUT or stem[-1] in NON_JOINING
    return match[0] if whole else f"{stem}{ZWNJ}{ending}"
