"""Where a half-space (U+200C) belongs: in a word written together, or between two words written apart.

Comes in: words of normalized Persian text. Goes out: decisions, for a word where it falls apart, for a pair of words
whether they belong together. The knowledge is in four layers: what the training text writes (a lexicon with counts),
what a dictionary lists, what the grammar allows (``languages/fa``: verb stems, affixes), and small logistic scorers
over them that were trained on words held out from the lexicon. The native loop in ``_halfspace.pyx`` asks once for
each word type and each pair; what their neighbours say it adds each time.

A half-space is written only after a letter that joins the one after it; after others it would be invisible.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise
from typing import Any, Final

from socialtext.normalize._halfspace import HalfspaceRepairer
from socialtext.normalize._halfspace_features import HalfspaceFeatures, reading_name, weigh
from socialtext.normalize._packed import PackedTable
from socialtext.normalize.halfspace_words import (
    AFTER,
    COMPOUND,
    COPULAS,
    FARSI_YEH,
    HEH,
    MONTH,
    NO_COMPLEMENTS,
    NUMBER,
    PERSONS,
    PLURAL,
    VERB,
    ZWNJ,
    Lexicon,
    load_grammar,
    unpack_lexicon,
)

IMPERFECTIVE: Final = "می"
SATURDAY: Final = "شنبه"  # with a number before it another weekday
SEPARABLE: Final = frozenset({"باز"})  # «متن باز می‌شود»: before a verb it belongs to the verb
N_SPLITS: Final = 3  # half-spaces restored within one word
SURE_READING: Final = 5.0
SURE: Final = 50.0
NEVER: Final = -2 * SURE
MAY: Final = {MONTH: NEVER, NUMBER: NEVER}
NO_COPULA: Final = dict.fromkeys(COPULAS, NEVER)  # «عقب مانده‌اید» is a verb
NO_PERSON: Final = dict.fromkeys(PERSONS, NEVER)
NO_CONTEXTS: Final[tuple[dict[str, float], dict[str, float]]] = ({}, {})

Weighed = dict[str, list[tuple[int, float, bool]]]
"""Places in words, as `HalfspaceFeatures.weigh_places` returns them."""


@dataclass(frozen=True, slots=True)
class Margins:
    """From which margin a half-space is written, and from which in a text that has lost its half-spaces.

    Each for inflections and for compounds: of compounds the joined and the open spelling are both in use.
    """

    split: tuple[float, float]
    split_in_glued: tuple[float, float]
    join: tuple[float, float]
    join_in_spaced: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the three scorers by name of the feature, and of their neighbours' contexts by `context_features`."""

    split: Mapping[str, float]
    join: Mapping[str, float]
    reading: Mapping[str, float]
    join_contexts: Mapping[str, float]
    reading_contexts: Mapping[str, float]


class HalfspaceJudge:
    """Decide for word types and for pairs; made once a process by `load_judge`.

    Parameters
    ----------
    lexicon : Lexicon
    weights : Weights
    margins : Margins
    """

    def __init__(self, lexicon: Lexicon, weights: Weights, margins: Margins) -> None:
        self._grammar = load_grammar()
        self._features = HalfspaceFeatures(lexicon, self._grammar)
        self._weights = weights
        self._margins = margins
        self._join_contexts = group_contexts(weights.join_contexts)
        self._reading_contexts = {
            name: (self._add_frequent(before, lexicon.frequent), self._add_frequent(after, lexicon.frequent))
            for name, (before, after) in group_contexts(weights.reading_contexts).items()
        }
        verbs = [VERB, *self._grammar.verb_prefixes, *filter(self._grammar.is_verb, lexicon.frequent)]
        self._no_verb = dict.fromkeys(verbs, NEVER)

    def _add_frequent(self, weights: Mapping[str, float], frequent: Iterable[str]) -> dict[str, float]:
        """Return the weights with those of frequent words, each of which counts as any other too."""
        classes = {word: self._features.context_class(word) for word in frequent}
        return {**weights, **{word: weights.get(word, 0.0) + weights.get(is_a, 0.0) for word, is_a in classes.items()}}

    def split_word(self, word: str) -> tuple[int, ...]:
        """Return the offsets in a word without half-spaces at which one belongs, ascending."""
        return tuple(sorted(self._split(word, 0, N_SPLITS, self._margins.split, {})))

    def _split(
        self, word: str, offset: int, n_left: int, least: tuple[float, float], weighed: Weighed
    ) -> Iterator[int]:
        best, best_margin = 0, 0.0
        if word not in weighed:
            weighed[word] = self._features.weigh_places(word, self._weights.split)
        for at, margin, is_a_compound in weighed[word]:
            if margin - least[is_a_compound] > best_margin:
                best, best_margin = at, margin - least[is_a_compound]
        if best and n_left:
            yield offset + best
            left, right = word[:best], word[best:]
            yield from self._split(left, offset, n_left - 1, least, weighed)
            if left not in self._grammar.verb_prefixes or not self._grammar.is_verb(right):
                yield from self._split(right, offset + best, n_left - 1, least, weighed)

    def describe(self, word: str) -> tuple[Any, ...]:
        """Return all that the native loop needs to know of one word as it is written.

        Returns
        -------
        offsets, low_offsets : tuple of int
            Where a half-space is missing in the word, and where one is in a text that has lost them.
        is_proof : bool
            Whether one is missing that every writer writes: of an inflection.
        choice : tuple or None
            Where the word has two readings: margin and context weights of the first, offsets of both, and what the
            margin must exceed where half-spaces are written.
        first_roles, last_roles : int
            `HalfspaceFeatures.roles` of its first and of its last part.
        first, last : str
            These parts.
        first_context, last_context : str
            What they are as neighbours.
        second_context, second_to_last_context : str or None
            The parts beside them as neighbours, where the word has several.
        """
        offsets: tuple[int, ...] = ()
        low_offsets: tuple[int, ...] = ()
        choice = None
        parts = word.split(ZWNJ)
        if len(parts) == 1:
            choice = self._choose(word)
            if choice is None:
                weighed: Weighed = {}
                offsets = tuple(sorted(self._split(word, 0, N_SPLITS, self._margins.split, weighed)))
                in_glued = self._split(word, 0, N_SPLITS, self._margins.split_in_glued, weighed)
                # No letter stands between two: where the one cuts «رسان‌های», the other «رسانه‌ای», the former holds.
                beside = {at + step for at in offsets for step in (-1, 1)}
                low_offsets = tuple(sorted({*offsets, *(set(in_glued) - beside)}))
            else:
                offsets = choice[3] if choice[0] > 0 else choice[4]
            parts = cut(word, offsets)
        contexts = list(map(self._features.context, parts))
        first = parts[0]
        if len(parts) > 1 and first in self._grammar.endings and parts[1] not in self._grammar.endings:
            first = word.replace(ZWNJ, "")  # no ending: «ام‌دی‌اف»
        return (
            offsets,
            low_offsets,
            any(not self._grammar.is_compound(left, right) for left, right in pairwise(parts)),
            choice,
            self._features.roles(first),
            self._features.roles(parts[-1]),
            first,
            parts[-1],
            contexts[0],
            contexts[-1],
            contexts[1] if len(parts) > 1 else None,
            contexts[-2] if len(parts) > 1 else None,
        )

    def _choose(self, word: str) -> tuple[Any, ...] | None:
        features = self._features.reading(word)
        if features is None:
            return None
        stem = word.removesuffix(PLURAL)
        inner = self.split_word(stem)
        name = reading_name(stem, self._grammar)
        before, after = self._reading_contexts.get(name, NO_CONTEXTS)
        indefinite, plural, least = (*inner, len(stem) + 1), (*inner, len(stem)), 0.0
        margin = weigh(features, self._weights.reading)
        is_noun = self._features.has_plural(stem)
        if not is_noun and self._grammar.is_inflected_verb(stem):
            margin = max(margin, SURE)  # «کنندهای»: a verb has no plural
        if stem[-1] in self._grammar.non_joining:
            plural = inner
            if is_noun:
                least = SURE_READING  # «بردهای» is right as it is, as far as we know
                after = after | {word: after.get(word, 0.0) + SURE_READING for word in NO_COMPLEMENTS}
        return margin, before, after | NO_PERSON, indefinite, plural, least

    def weigh_pair(self, left: str, right: str) -> tuple[Any, ...] | None:
        """Return what decides whether two words written apart belong together; None where they do not.

        Returns
        -------
        margin : float
        before, after : dict of str to float
            What the neighbours' contexts add to it.
        least, least_in_spaced : float
            What it must exceed, and in a text that has lost its half-spaces.
        is_proof : bool
            Whether every writer writes a half-space here: an inflection.
        """
        if right == FARSI_YEH and left[-1] == HEH:
            return (SURE, {}, {}, 0.0, 0.0, True)  # the ezafe after heh: yeh is no word of its own
        grammar = self._grammar
        if right == SATURDAY and left in grammar.numbers:
            return (SURE, {}, {}, 0.0, 0.0, True)
        if left in grammar.verb_prefixes and grammar.is_verb(right):
            is_past = left == IMPERFECTIVE and right in grammar.past_verbs
            return (SURE, MAY if is_past else {}, {}, 0.0, 0.0, True)
        if (
            right == PLURAL
            and left[-1] in grammar.non_joining
            and not self._features.has_plural(left)
            and self._features.reading(left + right) is not None
        ):
            return None  # «دید های مختلف»: together it would be read as «دیده‌ای»
        features = self._features.join(left, right)
        if features is None:
            return None
        margin = weigh(features, self._weights.join)
        before, after = self._join_contexts.get(self._features.join_name(left, right), NO_CONTEXTS)
        if COMPOUND in features and right in grammar.participles:
            after = after | NO_COPULA
        elif right in SEPARABLE:
            after = after | self._no_verb
        least_in_spaced = self._margins.join_in_spaced[COMPOUND in features]
        if margin + max(before.values(), default=0.0) + max(after.values(), default=0.0) < least_in_spaced:
            return None  # no neighbour can make up for it
        return (
            margin,
            before,
            after,
            self._margins.join[COMPOUND in features],
            least_in_spaced,
            COMPOUND not in features,
        )

    def joins(self, left: str, right: str, before: str = "", after: str = "") -> bool:
        """Whether two words written apart belong together between these two."""
        facts = self.weigh_pair(left, right)
        if facts is None:
            return False
        margin, befores, afters, least = facts[:4]
        margin += befores.get(self._features.context(before), 0.0)
        return bool(margin + afters.get(self._features.context(after), 0.0) > least)


def cut(word: str, offsets: Sequence[int]) -> list[str]:
    """Return the parts of a word between these offsets."""
    borders = (0, *offsets, len(word))
    return [word[start:end] for start, end in pairwise(borders)]


def group_contexts(weights: Mapping[str, float]) -> dict[str, tuple[dict[str, float], dict[str, float]]]:
    """Return the weights of the contexts before and after, by the name of what stands in them."""
    groups: dict[str, tuple[dict[str, float], dict[str, float]]] = {}
    for feature, weight in weights.items():
        name, side, neighbour = feature.split("|")
        groups.setdefault(name, ({}, {}))[side == AFTER][neighbour] = weight
    return groups


def build_judge(info: Mapping[str, Any], arrays: Mapping[str, Any]) -> HalfspaceJudge:
    """Build the judge from the content of a model folder."""
    tables = {
        field.name: PackedTable(arrays[f"{field.name}_features"], arrays[f"{field.name}_weights"])
        for field in fields(Weights)
    }
    return HalfspaceJudge(unpack_lexicon(arrays), Weights(**tables), Margins(**info["margins"]))


@cache
def load_judge() -> HalfspaceJudge:
    """Read the released model, once a process."""
    from socialtext.models import load_lexicon  # not before a model is needed

    return build_judge(*load_lexicon("fa-halfspace"))


@cache
def load_repairer(*, folds: bool) -> HalfspaceRepairer:
    """Return the repairer that all normalizers of this process share; one that `folds` writes no half-space."""
    return HalfspaceRepairer(load_judge(), load_grammar().non_joining, folds)
