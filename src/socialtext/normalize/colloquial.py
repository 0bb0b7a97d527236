"""Colloquial Indonesian in standard or formal spelling: what a word is read as, and when.

Comes in: words of normalized text with their neighbours. Goes out: what each becomes in a register, or that it stays.
The knowledge is in five layers: a table of forms (``languages/id/colloquial.tsv``), rules for what people make anew
(reduplication by 2, «-in», nasal prefixes, doubled letters, vowels left out), a lexicon of known words, which rules
never touch, a table of neighbours that leave no doubt (``languages/id/contexts.tsv``), and a scorer for the other
forms that are words, names or units too. The native loop in ``_colloquial.pyx`` asks once for each word type and,
where the neighbours decide, once for each set of neighbours.

Respelling twice equals respelling once: what a word becomes is not read as something else, and the scorer sees of a
neighbour only its `key`, which is the same before and after; the table of neighbours has both spellings of each.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from socialtext.languages.load import load_abbreviations, load_colloquial, load_contexts, load_words
from socialtext.languages.schema import ColloquialRow, ContextRow
from socialtext.normalize._colloquial import ColloquialRespeller

DROP: Final = "-"  # in the table: the formal register has no such particle
KEEP: Final = "="  # the choice to leave a form alone
USUAL: Final = "+"  # in the table of contexts: what the register usually writes
CHANGE: Final = "change"

# What stands for a neighbour: borders, a number, any other token; for the kind of a neighbour
# also a word, in small letters or not.
START, END, NUMBER, TOKEN, WORD, NAME = "^", "$", "0", "@", "a", "A"
# In the table of contexts `START` and `END` stand for any border of a clause: the line's, or a mark.
OPENS_SENTENCE: Final = frozenset("^.!?:;…(\"'-–*•")

DOUBLED_RE: Final = re.compile(r"([a-z]{2,}?)([a-z])2(nya|an|ku|mu|lah|kah|kan|in)?")
# How the prefix «meN-» meets the first letter of a root; without a row here both stay: «melihat».
NASALS: Final = {
    **dict.fromkeys("aeiougkh", "meng"), **dict.fromkeys("bfp", "mem"), **dict.fromkeys("cdjt", "men"), "s": "meny"
}  # fmt: skip
MELTING: Final = frozenset("kpst")  # letters that the nasal takes the place of: «menunggu» of «tunggu»
VOWEL_RE: Final = re.compile("[aeiou]")
DOUBLE_LETTER_RE: Final = re.compile(r"([a-z])\1$")
# What a rule asks of the word it arrives at, in tenths of the Zipf scale.
COMMON: Final = 35
FREQUENT: Final = 42
MIN_STEM: Final = 3
CLITIC: Final = "nya"
CLITICS: Final = (CLITIC, "ku", "mu", "lah", "kah", "pun")

Reading = ColloquialRow
"""What a form stands for: a row of the table, or one that a rule makes."""


class ColloquialReader:
    """Read word types: the table, then the rules.

    Parameters
    ----------
    table : dict of str to Reading
    words : dict of str to frozenset of str
        ``place``: nouns before which «di» and «ke» are words of their own; ``position``: such nouns as edited text
        joins too, so that only the formal register parts them; ``word``: words that look like what a rule reads.
    known : dict of str to int
        Frequency of known words, in tenths of the Zipf scale.
    abbreviations : dict of str to str
        Known words by their consonants, where one word is by far the likeliest.
    """

    def __init__(
        self,
        table: Mapping[str, Reading],
        words: Mapping[str, frozenset[str]],
        known: Mapping[str, int],
        abbreviations: Mapping[str, str],
    ) -> None:
        self._table = table
        self._places = words.get("place", frozenset())
        self._positions = words.get("position", frozenset())
        self._own_words = words.get("word", frozenset())
        self._known = known
        self._abbreviations = abbreviations
        # Words between which the scorer chooses count as one in a neighbour.
        self.aliases = {text: row.formal[0] for row in table.values() for text in row.formal[1:] if text != DROP}
        self.ambiguous = frozenset(form for form, row in table.items() if row.ambiguous)
        self.particles = frozenset(form for form, row in table.items() if DROP in row.formal)

    def read(self, word: str) -> Reading | None:
        """Return what a word in small letters stands for, None where it stands for itself."""
        reading = self._table.get(word)
        if reading is not None:
            return reading
        return None if word in self._known else self.derive(word)

    def derive(self, word: str) -> Reading | None:
        """Return what the rules say of a word that is in no table."""
        if word in self._own_words:
            return None
        if "-" in word:
            return self._read_hyphenated(word)
        if word[-1] in "0123456789" or "2" in word:
            return self._read_doubled(word)
        if not word.isascii() or not word.isalpha():
            return None
        for rule in (self._read_place, self._read_clitic, self._read_long, self._read_abbreviation, self._read_verb):
            reading = rule(word)
            if reading is not None:
                return reading
        return None

    def is_listed(self, word: str) -> bool:
        """Whether the table has a word, or what is written once of a doubled one: «Temen2» is no name."""
        return word in self._table or word.partition("2")[0] in self._table

    def _resolve(self, word: str) -> Reading | None:
        """Return the reading of a part of a word: itself where it is known, None where it is unknown or doubtful."""
        reading = self.read(word)
        if reading is None:
            return Reading(word, word, (word,)) if word in self._known else None
        if reading.ambiguous or reading.formal[0] == DROP:
            return None
        return reading

    def _is_common(self, word: str, least: int = COMMON) -> bool:
        return self._known.get(word, 0) >= least

    def _read_doubled(self, word: str) -> Reading | None:
        """«anak2» and «teman2nya»: the word twice; «dibuang2»: its root twice."""
        match = DOUBLED_RE.fullmatch(word)
        if match is None:
            return None
        base, suffix = match[1] + match[2], match[3] or ""
        if len(base) < MIN_STEM and base not in self._table:
            return None
        place = None if base in self._own_words else self._read_place(base)
        if place is not None:  # only apart can the place be said twice: «di atas-atas»
            return Reading(word, self._double(place.formal[0]) + suffix, (self._double(place.formal[0]) + suffix,))
        reading = self._resolve(base)
        if reading is None and base not in self._table and suffix and base + suffix in self._known:
            reading = Reading(base, base, (base,))  # «membanding2kan»
        if reading is None:
            return None
        return Reading(word, self._double(reading.standard) + suffix, (self._double(reading.formal[0]) + suffix,))

    def _double(self, text: str) -> str:
        """Return a text with its last word said twice; after a prefix only the root is («di mana-mana»)."""
        word = text.rpartition(" ")[2]
        return f"{text}-{self._find_repeated(word)}"

    def _find_repeated(self, word: str) -> str:
        """Return what is said again of a word: «lari» of «berlari», «nunggu» of «menunggu», else all of it."""
        roots = [root for root in _iter_roots(word) if word not in self._own_words and self._is_root(root, word)]
        if not roots:
            return word
        root = max(roots, key=self._known.__getitem__)
        return root if word.endswith(root) else word[2:]

    def _is_root(self, root: str, word: str) -> bool:
        """Whether another form than the word says that there is such a root: «media» is none of «dia»."""
        forms = {_prefix_active(root), f"di{root}", f"pe{root}", f"{root}an", f"{root}kan"} - {word}
        return len(root) >= MIN_STEM and self._is_common(root) and not forms.isdisjoint(self._known)

    def _read_hyphenated(self, word: str) -> Reading | None:
        """«temen-temennya»: both halves of a doubled word; «dimana-mana»: the preposition before one."""
        first, _, second = word.partition("-")
        place = self._read_place(first)
        if place is not None and first[2:] == second:
            return Reading(word, f"{place.standard}-{second}", (f"{place.formal[0]}-{second}",))
        if not second.startswith(first) or not second.isalpha():
            return None
        left, right = self.read(first), self.read(second)
        if left is None or right is None or " " in left.standard:
            return None
        if left.formal[0] != left.standard or right.formal[0] != right.standard:
            return None  # another word: it need not double
        text = f"{left.standard}-{right.standard}"
        return Reading(word, text, (text,))

    def _read_place(self, word: str) -> Reading | None:
        """«dirumah» and «kepasar»: the preposition is a word of its own."""
        if word[:2] in ("di", "ke"):
            place, clitic = word[2:], ""
            if place not in self._places | self._positions and place.endswith(CLITIC):
                place, clitic = place.removesuffix(CLITIC), CLITIC
            text = f"{word[:2]} {place}{clitic}"
            if place in self._places:
                return Reading(word, text, (text,))
            if place in self._positions:
                return Reading(word, word, (text,))
        return None

    def _read_clitic(self, word: str) -> Reading | None:
        """«tmnnya» is «temannya»; «hargany» «harganya»."""
        for clitic in CLITICS:
            base = word.removesuffix(clitic)
            if base != word and len(base) > 1:
                reading = self.read(base)
                if reading is not None and not reading.ambiguous and reading.formal[0] != DROP:
                    return Reading(word, reading.standard + clitic, (reading.formal[0] + clitic,))
        if word.endswith("ny") and len(word) > MIN_STEM + 2:
            reading = self._resolve(word[:-2])
            if reading is not None and (reading.standard != word[:-2] or self._is_common(word[:-2])):
                return Reading(word, reading.standard + "nya", (reading.formal[0] + "nya",))
        return None

    def _read_long(self, word: str) -> Reading | None:
        """«semuaa»: the last letter is written twice."""
        if DOUBLE_LETTER_RE.search(word) is None or word[-3:-2] == word[-1]:
            return None  # three that the step before has left are meant: «GILAAA»
        base = word[:-1]
        reading = self.read(base)
        if reading is not None:
            return None if reading.ambiguous else reading
        is_word = self._is_common(base, FREQUENT) and len(base) >= MIN_STEM
        return Reading(word, base, (base,)) if is_word else None

    def _read_abbreviation(self, word: str) -> Reading | None:
        """«bnyk»: a word without its vowels."""
        full = self._abbreviations.get(word)
        return None if full is None else Reading(word, full, (full,))

    def _read_verb(self, word: str) -> Reading | None:
        """«ngambil» is formally «mengambil», «kirimin» «kirimkan», «kepotong» «terpotong»."""
        for formal in self._iter_formal_verbs(word):
            if self._is_common(formal):
                return Reading(word, word, (formal,))
        return None

    def _iter_formal_verbs(self, word: str) -> Iterator[str]:
        """Yield what the verb might be, likeliest first."""
        if len(word) < MIN_STEM + 2:
            return
        if word[0] in "nm" and (word[:2] in ("ng", "ny") or word[1] not in "aeiou"):
            yield from _iter_active(word)
        stem = word.removesuffix("in")
        if stem != word:
            for ending in ("kan", "i"):
                if stem[0] in "nm":
                    yield from (verb + ending for verb in _iter_active(stem))
                elif self._is_common(stem) or stem[:2] in ("di", "ke"):
                    yield stem + ending
        if word.startswith("ke") and self._is_common(word[2:]):
            yield "ter" + word[2:]


def _iter_active(verb: str) -> Iterator[str]:
    """Yield the prefix «meN-» of a verb that has only its nasal: «ngambil», «nyari», «ngerusak»."""
    yield "me" + verb
    if verb.startswith("ny"):
        yield "menc" + verb[2:]
    if verb.startswith("nge"):
        yield from (prefix + verb[3:] for prefix in ("me", "mem", "men"))


def _iter_roots(word: str) -> Iterator[str]:
    """Yield what the word might have before it a prefix of verbs: «di-», «ber-», «ter-», «meN-»."""
    for prefix in ("di", "ber", "ter"):
        if word.startswith(prefix):
            yield word.removeprefix(prefix)
    if word.startswith("ber"):
        yield word[2:]  # «beramai» of «ramai»
    if word.startswith("me"):
        roots = [word[end:] for end in (2, 3, 4)] + [first + word[end:] for first in sorted(MELTING) for end in (3, 4)]
        yield from (root for root in roots if _prefix_active(root) == word)


def _prefix_active(root: str) -> str:
    """Return a root with the prefix «meN-»: «membuang», «menunggu»."""
    return NASALS.get(root[:1], "me") + (root[1:] if root[:1] in MELTING else root)


class ColloquialJudge:
    """Decide what becomes of a word in one register.

    Parameters
    ----------
    reader : ColloquialReader
    register : {"standard", "formal"}
    weights : dict of str to float
        Of the scorer, by the names that `name_evidence` gives.
    contexts : sequence of ContextRow
        Neighbours that decide before the scorer is asked; the first row that fits.
    """

    def __init__(
        self,
        reader: ColloquialReader,
        register: str,
        weights: Mapping[str, float],
        contexts: Sequence[ContextRow] = (),
    ) -> None:
        self._reader = reader
        self._register = register
        self.particles = reader.particles
        self.ambiguous = reader.ambiguous
        self._weights = weights
        self._contexts: defaultdict[str, list[ContextRow]] = defaultdict(list)
        for row in contexts:
            for form in row.forms:
                self._contexts[form].append(row)
        self._keys: dict[str, tuple[str, str]] = {}

    def choices(self, word: str) -> tuple[str, ...] | None:
        """Return what a word in small letters may become, the usual one first; None where it always stays.

        One choice is certain; among several, which `KEEP` may be of, the neighbours decide.
        """
        reading = self._reader.read(word)
        if reading is None:
            return None
        if self._register == "standard":
            found: tuple[str, ...] = (reading.standard,)
        else:
            found = reading.formal
        found = tuple(text for text in found if text == DROP or self._is_settled(text))
        if reading.ambiguous and word not in found:
            found = (*found, KEEP)
        return None if found in ((), (word,), (KEEP,)) else tuple(KEEP if text == word else text for text in found)

    def _is_settled(self, text: str) -> bool:
        """Whether a result is made of words that the register leaves alone."""
        for word in text.lower().split(" "):
            reading = self._reader.read(word)
            if reading is not None:
                if self._register == "standard" and reading.standard != word:
                    return False
                if self._register == "formal" and reading.formal != (word,) and not reading.ambiguous:
                    return False
        return True

    def decide(self, word: str, choices: tuple[str, ...], before: str, after: str) -> str:
        """Return what becomes of a word between two neighbours, `KEEP` or `DROP`.

        Parameters
        ----------
        word : str
            As it is written.
        choices : tuple of str
            What `choices` gives for it.
        before, after : str
            The neighbours as they are written, or what stands in their place: a mark, `START`, `END`, `NUMBER` or
            `TOKEN`.
        """
        settled = self._settle(word.lower(), choices, before, after)
        if not word.islower() and not self._may_change(word, choices, before, after, settled=settled is not None):
            return KEEP
        if len(word) == 1 and not before[0].isalpha():
            return KEEP  # the letter of a list or of a formula
        if after == "." and len(choices) > 1 and word.lower() in _load_abbreviated():
            return KEEP  # «no. 5»
        choice = choices[0] if settled is None else settled
        if len(choices) > 1 and settled is None:
            choice = max(choices, key=lambda choice: self._weigh(word.lower(), choice, before, after))
        if choice in (KEEP, DROP) or word.islower():
            return choice
        return choice.upper() if len(word) > 1 and word.isupper() else choice[0].upper() + choice[1:]

    def _settle(self, word: str, choices: tuple[str, ...], before: str, after: str) -> str | None:
        """Return what the table of contexts makes of a word in small letters, None where it leaves that open."""
        rows = self._contexts.get(word)
        if rows is None:
            return None
        names_before, names_after = self._name(before, START, last=True), self._name(after, END, last=False)
        for row in rows:
            if (not row.before or not names_before.isdisjoint(row.before)) and (
                not row.after or not names_after.isdisjoint(row.after)
            ):
                choice = choices[0] if row.becomes == USUAL else row.becomes
                return None if choice == DROP and DROP not in choices else choice  # standard spelling drops no word
        return None

    def _name(self, neighbour: str, border: str, *, last: bool) -> set[str]:
        """Return the names that the table of contexts has for a neighbour."""
        kind = _kind(neighbour)
        if kind in (WORD, NAME):
            word = neighbour.lower()
            return {word, self.key(word, last=last), kind}
        return {kind} if kind in (NUMBER, TOKEN) else {kind, border}

    def _weigh(self, word: str, choice: str, before: str, after: str) -> float:
        return sum(self._weights.get(name, 0.0) for name in self.name_evidence(word, choice, before, after))

    def name_evidence(self, word: str, choice: str, before: str, after: str) -> list[str]:
        """Return the names of what speaks for and against one choice for a word in small letters."""
        before_kind, after_kind = _kind(before), _kind(after)
        before = self.key(before.lower(), last=True) if before[:1].isalpha() else before
        after = self.key(after.lower(), last=False) if after[:1].isalpha() else after
        kind = choice if choice in (KEEP, DROP) else CHANGE
        rank = self.key(word, last=False)
        return [
            kind,
            f"{word} {choice}",
            f"{rank} {choice}",
            f"{before} {rank} {choice}",
            f"{rank} {choice} {after}",
            f"{before_kind} {word} {choice} {after_kind}",
            f"{before_kind} {kind}",
            f"{kind} {after_kind}",
        ]

    def _may_change(
        self, word: str, choices: tuple[str, ...], before: str, after: str, *, settled: bool = False
    ) -> bool:
        """Whether a word with capitals is neither an abbreviation nor likely a name."""
        listed = self._reader.is_listed(word.lower())
        if len(word) == 1 or not (VOWEL_RE.search(word.lower()) or listed):
            return False
        if word.isupper():
            return KEEP not in choices and (_shouts(before) or _shouts(after))
        if not word[0].isupper() or not word[1:].islower():
            return False
        if before in OPENS_SENTENCE:
            return after[0].islower() or settled or (KEEP not in choices and ("2" not in word or listed))
        return KEEP not in choices and VOWEL_RE.search(word.lower()) is None

    def key(self, word: str, *, last: bool) -> str:
        """Return what the scorer sees of a word: the first or the last word of what the register usually writes."""
        keys = self._keys.get(word)
        if keys is None:
            keys = self._keys[word] = self._find_key(word)
        return keys[last]

    def _find_key(self, word: str) -> tuple[str, str]:
        clitic = CLITIC if word.endswith(CLITIC) else ""
        reading = self._reader.read(word)
        if reading is None and clitic:
            word = word[:-3] or word
            reading = self._reader.read(word)
        text = word
        if reading is not None and reading.formal[0] != DROP:
            text = (reading.standard if self._register == "standard" else reading.formal[0]).lower()
        first, last = text.split(" ")[0], text.split(" ")[-1]
        aliases = self._reader.aliases
        return aliases.get(first, first), clitic or aliases.get(last, last)

    def join_clitic(self, word: str) -> str | None:
        """Return a word and the clitic «-nya» after it in one, None where that might be another word."""
        choices = self.choices(word)
        if choices is not None:
            if len(choices) > 1:
                return None
            word = choices[0]
        joined = word + CLITIC
        if word in (DROP, CLITIC) or self.choices(joined.split(" ")[-1]) is not None:
            return None
        if word.endswith(2 * CLITIC[0]):
            return None  # «inn nya»: three in a row would be taken for a lengthened letter
        return joined


def _kind(neighbour: str) -> str:
    if neighbour[:1].isalpha():
        return NAME if neighbour[0].isupper() else WORD
    return neighbour


def _shouts(neighbour: str) -> bool:
    return len(neighbour) > 2 and neighbour.isupper() and VOWEL_RE.search(neighbour.lower()) is not None


@cache
def _load_abbreviated() -> frozenset[str]:
    return frozenset(row.form for row in load_abbreviations("id") if not row.ends)


@cache
def load_table() -> dict[str, Reading]:
    """Return the readings of the table by their form."""
    return {row.form: row for row in load_colloquial("id")}


def build_reader(arrays: Mapping[str, Any]) -> ColloquialReader:
    """Build the reader from the table and from the arrays of the released model."""
    from socialtext.models import unpack_lines  # not before a model is needed

    return ColloquialReader(
        load_table(),
        load_words("id"),
        dict(zip(unpack_lines(arrays["known"]), arrays["known_counts"].tolist(), strict=True)),
        dict(zip(unpack_lines(arrays["abbreviations"]), unpack_lines(arrays["abbreviated"]), strict=True)),
    )


@cache
def _load_model() -> tuple[ColloquialReader, Mapping[str, float]]:
    from socialtext.models import load_lexicon  # not before a model is needed

    info, arrays = load_lexicon("id-colloquial")
    return build_reader(arrays), info["weights"]


@cache
def load_respeller(register: str) -> ColloquialRespeller:
    """Return the respeller that all normalizers of this process share in one register."""
    reader, weights = _load_model()
    return ColloquialRespeller(ColloquialJudge(reader, register, weights, load_contexts("id")))
