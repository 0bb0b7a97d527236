"""Find the cue phrases of a language in a folded text.

Comes in: the cue tables of ``languages/`` and texts after the ``search`` profile (the caller folds, since this
module knows no normalizer). Goes out: which kinds of cue stand at which word. A form ending in ``*`` stands for
every word that begins so. A half-space in a form also matches a blank or nothing, as crawled Persian has it. Arabic
proclitics («و», «ف», «ال», «بال» …) may stand before a word.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from socialtext._cues import CueTable
from socialtext.languages.load import load_cues, load_discourse

WORD_RE: Final = re.compile(r"\w+(?:/\w+)?")
# Conjunction, then preposition and article, as they are written together with the word.
_PROCLITIC_RE: Final = re.compile("(?=(?P<long>[وف]?(?:[بك]?ال|لل|[بلك])|[وف]))(?P=long)(?=..)")
_CACHE_SIZE: Final = 65536


class CueMatcher:
    """Cue phrases of one language, ready to be looked up word by word.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language; applied to the forms of the table.
    discourse : bool
        Whether the cues count too that only tell how sentences hang together.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], *, discourse: bool = False) -> None:
        self.lang = lang
        self._words: dict[str, set[str]] = {}
        self._prefixes: dict[str, set[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._has_proclitics = lang == "ar"
        self._cache: dict[str, tuple[str, ...]] = {}
        table = load_cues(lang) | (load_discourse(lang) if discourse else {})
        self._kinds = tuple(sorted(table))
        for kind, forms in table.items():
            for form in forms:
                for spelling in {form, form.replace("\N{ZERO WIDTH NON-JOINER}", " ")}:
                    self._add(kind, fold(spelling))

    def _add(self, kind: str, form: str) -> None:
        words = form.split()
        if len(words) == 1 and form.endswith("*"):
            self._prefixes.setdefault(form[:-1], set()).add(kind)
        elif len(words) == 1:
            self._words.setdefault(form, set()).add(kind)
        else:
            self._phrases.setdefault(words[0], []).append((tuple(words[1:]), kind))

    def look_up(self, word: str) -> tuple[str, ...]:
        """Return the kinds of one word, without the phrases that begin with it."""
        kinds = self._cache.get(word)
        if kinds is None:
            found: set[str] = set()
            for stem in self._stems(word):
                found |= self._words.get(stem, set())
                for length in range(2, len(stem) + 1):
                    found |= self._prefixes.get(stem[:length], set())
            kinds = tuple(sorted(found))
            if len(self._cache) < _CACHE_SIZE:
                self._cache[word] = kinds
        return kinds

    def _stems(self, word: str) -> tuple[str, ...]:
        if self._has_proclitics and (match := _PROCLITIC_RE.match(word)):
            return word, word[match.end() :]
        return (word,)

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds of cue of the language, sorted."""
        return self._kinds

    def phrases(self, word: str) -> list[tuple[tuple[str, ...], str]]:
        """Return (following words, kind) of each phrase that begins with a word."""
        return [phrase for stem in self._stems(word) for phrase in self._phrases.get(stem, ())]

    @cached_property
    def table(self) -> CueTable:
        """The cues of all kinds, laid out for native loops."""
        return self.build_table(self._kinds)

    def build_table(self, kinds: Sequence[str]) -> CueTable:
        """Lay the cues of some kinds out for native loops; the number of a kind is its place."""
        numbers = {kind: number for number, kind in enumerate(kinds)}
        phrases = {
            first: [(rest, numbers[kind]) for rest, kind in group if kind in numbers]
            for first, group in self._phrases.items()
        }
        return CueTable(
            _as_bits(self._words, numbers), _as_bits(self._prefixes, numbers), phrases, self._has_proclitics
        )

    def find(self, words: list[str]) -> list[tuple[int, str]]:
        """Return (index of the first word, kind) of each cue in a list of folded words."""
        return [(at, kind) for at, _, kind in self.find_spans(words)]

    def find_spans(self, words: list[str]) -> list[tuple[int, int, str]]:
        """Return (index of the first word, of the last word, kind) of each cue in a list of folded words."""
        found = []
        for at, word in enumerate(words):
            found += [(at, at, kind) for kind in self.look_up(word)]
            for rest, kind in self.phrases(word):
                if begins_with(words, at + 1, rest):
                    found.append((at, at + len(rest), kind))
        return found


def _as_bits(kinds_of: Mapping[str, Iterable[str]], numbers: Mapping[str, int]) -> dict[str, int]:
    return {form: sum(1 << numbers[kind] for kind in kinds if kind in numbers) for form, kinds in kinds_of.items()}


def begins_with(words: list[str], at: int, rest: tuple[str, ...]) -> bool:
    """Return whether the words from `at` on are those of the rest of a phrase."""
    for offset, part in enumerate(rest, at):
        if offset >= len(words):
            return False
        if words[offset] != part and not (part.endswith("*") and words[offset].startswith(part[:-1])):
            return False
    return True
