"""Compare the spaces and half-spaces of two spellings of one sentence, letter by letter.

A gap stands between two neighbouring letters (or digits) and is nothing, a space or a ZWNJ. Everything that is no
letter is looked through: a space beside a punctuation mark is a space between the letters around it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
SPACE = " "
NOTHING = ""

NON_JOINING = frozenset("اآأإدذرزژوؤةء")
"""Letters that do not join forward: a ZWNJ after them shows nothing and is not scored."""

FOLDS = {
    "\N{ARABIC LETTER YEH}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER FARSI YEH}",
    "\N{ARABIC LETTER KAF}": "\N{ARABIC LETTER KEHEH}",
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC TATWEEL}": "",
}
"""Spellings of one letter; the combining hamza above goes with all other marks."""

GapPair = tuple[tuple[str, ...], tuple[str, ...]]


def letters_and_gaps(text: str) -> tuple[str, list[str]]:
    """Return the folded letters, and the gap before each of them and one at the end; the outer two are empty."""
    letters: list[str] = []
    gaps = [NOTHING]
    for character in unicodedata.normalize("NFKC", text):
        folded = FOLDS.get(character, character)
        if character == ZWNJ:
            gaps[-1] = gaps[-1] or ZWNJ
        elif character.isspace():
            gaps[-1] = SPACE
        elif folded and unicodedata.category(folded)[0] in "LN":
            if gaps[-1] == ZWNJ and letters and letters[-1] in NON_JOINING:
                gaps[-1] = NOTHING
            digit = unicodedata.digit(folded, None)
            letters.append(folded if digit is None else str(digit))
            gaps.append(NOTHING)
    gaps[0] = gaps[-1] = NOTHING
    return "".join(letters), gaps


def gap_pairs(gold: str, output: str) -> Iterator[GapPair]:
    """Yield the gaps of the gold and of the output that belong together.

    Where both have the same or equally many letters these are single gaps. Where letters were added or dropped, the
    gaps in and around that stretch are compared as a whole.
    """
    gold_letters, gold_gaps = letters_and_gaps(gold)
    letters, gaps = letters_and_gaps(output)
    if gold_letters == letters:
        yield from zip_single(gold_gaps, gaps)
        return
    matcher = SequenceMatcher(None, gold_letters, letters, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":  # the gap before its first letter belongs to the stretch before
            yield from zip_single(gold_gaps[i1 + 1 : i2], gaps[j1 + 1 : j2])
        elif i2 - i1 == j2 - j1:  # other letters, but as many
            yield from zip_single(gold_gaps[i1 : i2 + 1], gaps[j1 : j2 + 1])
        else:
            yield tuple(gold_gaps[i1 : i2 + 1]), tuple(gaps[j1 : j2 + 1])


def zip_single(gold_gaps: list[str], gaps: list[str]) -> Iterator[GapPair]:
    """Pair gaps one by one."""
    for gold_gap, gap in zip(gold_gaps, gaps, strict=True):
        yield (gold_gap,), (gap,)


def zwnj_f1(golds: list[str], outputs: list[str]) -> dict[str, float]:
    """Return precision, recall and F1 of the visible ZWNJ of all sentences together."""
    n_gold = n_output = n_both = 0
    for gold, output in zip(golds, outputs, strict=True):
        for gold_gaps, gaps in gap_pairs(gold, output):
            in_gold, in_output = gold_gaps.count(ZWNJ), gaps.count(ZWNJ)
            n_gold += in_gold
            n_output += in_output
            n_both += min(in_gold, in_output)
    precision = n_both / n_output if n_output else 0.0
    recall = n_both / n_gold if n_gold else 0.0
    f1 = 2 * n_both / (n_gold + n_output) if n_gold + n_output else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


def harm(golds: list[str], outputs: list[str]) -> dict[str, float]:
    """Return the share of correct sentences whose gaps were changed, at all and by kind; one may have several."""
    counts: Counter[str] = Counter()
    for gold, output in zip(golds, outputs, strict=True):
        kinds = {kind for pair in gap_pairs(gold, output) for kind in changes(*pair)}
        counts.update(kinds)
        counts["changed"] += bool(kinds)
    names = ("changed", "zwnj_lost", "zwnj_added", "space_lost", "space_added")
    return {name: counts[name] / len(golds) for name in names}


def changes(gold_gaps: tuple[str, ...], gaps: tuple[str, ...]) -> Iterator[str]:
    """Yield the kinds of change between gaps that belong together."""
    for mark, name in ((ZWNJ, "zwnj"), (SPACE, "space")):
        difference = gaps.count(mark) - gold_gaps.count(mark)
        if difference:
            yield f"{name}_{'added' if difference > 0 else 'lost'}"
