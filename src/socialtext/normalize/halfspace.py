"""Where a half-space (U+200C) belongs: in a word written together, or between two words written apart.

Comes in: words of normalized Persian text. Goes out: decisions, for a word where it falls apart, for a pair of words
whether they belong together. The knowledge is in three layers: what the training text writes (a lexicon with
counts), what the grammar allows (``languages/fa``: verb stems, affixes), and a small logistic scorer over both that
was trained on words held out from the lexicon. The native loop in ``_halfspace.pyx`` asks once for each word type.

A half-space is written only after a letter that joins the one after it; after others it would be invisible.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from socialtext.languages.load import load_affixes, load_joining, load_verbs
from socialtext.normalize._halfspace import HalfspaceRepairer

ZWNJ: Final = "\N{ZERO WIDTH NON-JOINER}"
HEH: Final = "\N{ARABIC LETTER HEH}"
FARSI_YEH: Final = "\N{ARABIC LETTER FARSI YEH}"
MIN_PART: Final = 2  # letters of a part that is not an ending
MIN_ADJECTIVE: Final = 3  # «کهتر», «مهتر» and «بهتر» are words
INFLECTION: Final = frozenset({"plural", "degree", "copula", "heh", "clitic"})
COMPOUND: Final = "compound"
# «آنها» and «آن‌ها» are both right: the source's spelling stays.
DEMONSTRATIVES: Final = frozenset({"این", "آن", "همین", "همان", "چنین", "چنان"})
N_SPLITS: Final = 3  # half-spaces restored within one word


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the tables of Persian say, ready for look-up."""

    endings: Mapping[str, tuple[str, ...]]
    prefixes: frozenset[str]
    verb_prefixes: frozenset[str]
    verbs: frozenset[str]
    verbs_with_object: frozenset[str]
    participles: frozenset[str]
    non_joining: frozenset[str]

    def is_verb(self, word: str) -> bool:
        """Whether a word is a form of a verb, with or without the object at its end («دیدمش»)."""
        return word in self.verbs or any(
            word.endswith(clitic) and word.removesuffix(clitic) in self.verbs_with_object for clitic in OBJECT
        )


# What stands before the month of May rather than before a verb: «ماه می», «۱۲ می», «نوزدهم می».
MONTH_LEADS: Final = frozenset({"ماه", "اول", "اوایل", "اواخر", "اواسط"})
ORDINAL: Final = ("هم", "دوم", "سوم")
PERSON_PAST: Final = ("", "م", "ی", "یم", "ید", "ند")
PERSON_PRESENT: Final = ("م", "ی", "د", "یم", "ید", "ند")
PERSON_SPOKEN: Final = ("ه", "ین", "ن", "یم", "م", "ی", "د")
OBJECT: Final = ("ش", "شان", "م", "مان", "ت", "تان", "شون", "تون", "مون")


@cache
def load_grammar() -> Grammar:
    """Build the grammar from the tables, once a process."""
    endings: dict[str, list[str]] = {}
    prefixes, verb_prefixes = set(), set()
    for row in load_affixes("fa"):
        if row.kind == "prefix":
            prefixes.add(row.form)
        elif row.kind == "verb_prefix":
            verb_prefixes.add(row.form)
        else:
            endings.setdefault(row.form, []).append(row.kind)
    verbs: set[str] = set()
    with_object: set[str] = set()
    participles = set()
    for verb in load_verbs("fa"):
        participles.add(verb.past + HEH)
        # «آ» → «آید»: after a vowel stands a yeh.
        stem = verb.present + FARSI_YEH if verb.present[-1] in "اآ" else verb.present
        with_object.update(verb.past + person for person in PERSON_PAST)
        with_object.update(stem + person for person in PERSON_PRESENT)
        verbs.update(verb.present + person for person in PERSON_SPOKEN)
        verbs.add(verb.past + HEH)
    return Grammar(
        {form: tuple(kinds) for form, kinds in endings.items()},
        frozenset(prefixes),
        frozenset(verb_prefixes),
        frozenset(verbs | with_object),
        frozenset(with_object),
        frozenset(participles),
        frozenset(map(chr, load_joining())),
    )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Counts of the training text.

    Attributes
    ----------
    words : dict of str to int
        Words written without a half-space.
    spellings : dict of str to (str, int)
        Words written with half-spaces by the same letters without them: the most frequent spelling and its count.
    joined, apart : dict of str to int
        Pairs of neighbours with a half-space or a blank between them; the pair is written with a blank.
    firsts, seconds : dict of str to int
        Number of different words that a part is joined to as the first or the second.
    web : dict of str to int
        Frequency class (Zipf scale) of words on the web, whatever their spelling is worth.
    """

    words: Mapping[str, int]
    spellings: Mapping[str, tuple[str, int]]
    joined: Mapping[str, int]
    apart: Mapping[str, int]
    firsts: Mapping[str, int]
    seconds: Mapping[str, int]
    web: Mapping[str, int]


def _bucket(count: int) -> str:
    for limit in (0, 1, 3, 10, 40, 200):
        if count <= limit:
            return str(limit)
    return "more"


def _knowledge(word: str, lexicon: Lexicon) -> str:
    if word in lexicon.words or word in lexicon.spellings:
        return "known"
    return "on the web" if word in lexicon.web else "new"


def is_compound(left: str, right: str, grammar: Grammar) -> bool:
    """Whether two parts would make a compound: no verb with its prefix, and no inflected word."""
    return left not in grammar.verb_prefixes and not INFLECTION.intersection(grammar.endings.get(right, ()))


def _name_compound(left: str, right: str) -> dict[str, float]:
    return {COMPOUND: 1.0, f"compound of {left}": 1.0, f"compound with {right}": 1.0}


def split_features(word: str, at: int, lexicon: Lexicon, grammar: Grammar) -> dict[str, float] | None:
    """Return what speaks for and against a half-space in a word before letter `at`; None where nothing does."""
    left, right = word[:at], word[at:]
    if left[-1] in grammar.non_joining or left in DEMONSTRATIVES:
        return None
    spelling = lexicon.spellings.get(word)
    if not (
        spelling is not None
        or right in grammar.endings
        or left in grammar.prefixes
        or left in grammar.verb_prefixes
        or right in lexicon.seconds
        or left in lexicon.firsts
    ):
        return None  # most places: nothing can speak for them
    if right == "ای" and left[-1] == HEH and left[-2:-1] in grammar.non_joining:
        # «مردهای» is the plural of «مرد», «خاطره‌ای» an indefinite: where the plural is not known, the commoner
        # word decides.
        plural = lexicon.words.get(left[:-1], 0)
        if word in lexicon.words or left[:-1] + "ها" in lexicon.words or plural > 4 * lexicon.words.get(left, 0):
            return None
    features: dict[str, float] = {}
    plain = lexicon.words.get(word, 0)
    evidence = False
    if spelling is not None:
        evidence = at in places(spelling[0])
        if evidence:
            features[f"written so={_bucket(spelling[1])}, plain={_bucket(plain)}"] = 1.0
        else:
            features["written with a half-space elsewhere"] = 1.0
    knows_left, knows_right = _knowledge(left, lexicon), _knowledge(right, lexicon)
    web = lexicon.web.get(word, 0)
    for kind in grammar.endings.get(right, ()):
        if kind == "heh" and left[-1] != HEH:
            continue
        if kind == "copula" and left not in grammar.participles and left[-1] != HEH:
            continue
        if kind not in ("copula", "heh", "second") and len(left) < (MIN_ADJECTIVE if kind == "degree" else MIN_PART):
            continue
        features[f"ending {kind}"] = 1.0
        features[f"ending {right} after {knows_left}"] = 1.0
        features[f"{kind} after {knows_left}, word={_bucket(plain)}"] = 1.0
        features[f"{kind} after {knows_left}, web={web}"] = 1.0
        features[f"{kind} after {min(len(left), 4)} letters"] = 1.0
        features[f"ending {right} after heh: {left[-1] == HEH}"] = 1.0
        if left in grammar.participles:
            features[f"{kind} after a participle"] = 1.0
        evidence = True
    joined = lexicon.joined.get(f"{left} {right}", 0)
    if left in grammar.verb_prefixes:
        form = "a verb" if grammar.is_verb(right) else "no verb"
        features[f"{left} before {form}, word={_bucket(plain)}"] = 1.0
        features[f"{left} before {form}, web={web}"] = 1.0
        features[f"{left} before joined={_bucket(joined)}"] = 1.0
        evidence = evidence or grammar.is_verb(right) or joined > 0
    elif left in grammar.prefixes and len(right) > MIN_PART:
        features[f"prefix {left} before {knows_right}"] = 1.0
        features[f"prefix before {knows_right}, word={_bucket(plain)}"] = 1.0
        features[f"prefix before {knows_right}, web={web}"] = 1.0
        evidence = evidence or knows_right == "known"
    if joined:
        features[f"pair={_bucket(joined)}"] = 1.0
        evidence = True
    if lexicon.seconds.get(right, 0) > 1 and len(left) >= MIN_PART and knows_left != "new":
        features[f"second={_bucket(lexicon.seconds[right])}, word={_bucket(plain)}, web={web}"] = 1.0
        evidence = True
    if lexicon.firsts.get(left, 0) > 1 and len(right) > MIN_PART and knows_right != "new":
        features[f"first={_bucket(lexicon.firsts[left])}, word={_bucket(plain)}, web={web}"] = 1.0
        evidence = True
    if not evidence:
        return None
    if is_compound(left, right, grammar):
        features |= _name_compound(left, right)
        features[f"compound of {knows_left} and {knows_right}, web={web}"] = 1.0
    features[f"word={_bucket(plain)}"] = 1.0
    features[f"web={web}"] = 1.0
    features[f"web with half-space={lexicon.web.get(left + ZWNJ + right, 0)}, without={web}"] = 1.0
    features[f"left {knows_left}={_bucket(lexicon.words.get(left, 0))}"] = 1.0
    features[f"right {knows_right}={_bucket(lexicon.words.get(right, 0))}"] = 1.0
    features[f"left letters={min(len(left), 5)}"] = 1.0
    features[f"right letters={min(len(right), 5)}"] = 1.0
    return features


def places(spelling: str) -> frozenset[int]:
    """Offsets of the half-spaces, in the letters without them."""
    places = set()
    at = 0
    for part in spelling.split(ZWNJ)[:-1]:
        at += len(part)
        places.add(at)
    return frozenset(places)


def join_features(left: str, right: str, lexicon: Lexicon, grammar: Grammar) -> dict[str, float] | None:
    """Return what speaks for and against joining two words written apart; None where nothing speaks for it."""
    pair = f"{left} {right}"
    joined, apart = lexicon.joined.get(pair, 0), lexicon.apart.get(pair, 0)
    evidence = joined > 0
    features: dict[str, float] = {}
    knows_left = _knowledge(left, lexicon)
    for kind in grammar.endings.get(right, ()):
        if kind in ("heh", "copula") and left[-1] != HEH:
            continue
        if len(left) < MIN_PART:
            continue
        features[f"ending {kind}"] = 1.0
        features[f"ending {right} after {knows_left}"] = 1.0
        features[f"ending {right}, apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
        seconds = lexicon.seconds.get(right, 0)
        features[f"{kind} of {_bucket(seconds)}"] = 1.0
        if left in grammar.participles:
            features[f"{right} after a participle"] = 1.0
        if left in lexicon.firsts:
            features[f"{kind} after a first part"] = 1.0
        evidence = True
    if left in grammar.verb_prefixes:
        form = "a verb" if grammar.is_verb(right) else "no verb"
        if form == "no verb" and joined < 2:
            return None  # «ماه می سال گذشته»
        features[f"{left} before {form}"] = 1.0
        features[f"{left} before {form}, apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
        evidence = True
    elif left in grammar.prefixes and len(right) > MIN_PART:
        features[f"prefix {left}"] = 1.0
        features[f"prefix, apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
        evidence = evidence or lexicon.firsts.get(left, 0) > 2
    if not evidence:
        return None
    if is_compound(left, right, grammar):
        features |= _name_compound(left, right)
    features[f"apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
    share = joined / (joined + apart) if joined + apart else -1.0
    features[f"share joined={'none' if share < 0 else int(share * 5)}"] = 1.0
    if left + right in lexicon.spellings:
        features[f"spelled with a half-space={_bucket(lexicon.spellings[left + right][1])}"] = 1.0
    features[f"first={_bucket(lexicon.firsts.get(left, 0))}"] = 1.0
    features[f"second={_bucket(lexicon.seconds.get(right, 0))}"] = 1.0
    features[f"web={lexicon.web.get(left + right, 0)}"] = 1.0
    features[f"web with half-space={lexicon.web.get(left + ZWNJ + right, 0)}"] = 1.0
    if left in lexicon.firsts and right in lexicon.seconds:
        features[f"apart={_bucket(apart)}, neither an affix: {right not in grammar.endings}"] = 1.0
    features[f"left {knows_left}={_bucket(lexicon.words.get(left, 0))}"] = 1.0
    features[f"right={_bucket(lexicon.words.get(right, 0))}"] = 1.0
    return features


class HalfspaceJudge:
    """Decide for word types and for pairs; made once a process by `load_judge`.

    Parameters
    ----------
    lexicon : Lexicon
    split_weights, join_weights : dict of str to float
        With the intercept under the empty name.
    split_margin, join_margin : float
        From which a half-space is written.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        split_weights: Mapping[str, float],
        join_weights: Mapping[str, float],
        split_margin: float,
        join_margin: float,
    ) -> None:
        self._lexicon = lexicon
        self._grammar = load_grammar()
        self._split_weights = split_weights
        self._join_weights = join_weights
        self._split_margin = split_margin
        self._join_margin = join_margin

    def split_word(self, word: str) -> tuple[int, ...]:
        """Return the offsets in a word without half-spaces at which one belongs, ascending."""
        return tuple(sorted(self._split(word, 0, N_SPLITS)))

    def _split(self, word: str, offset: int, n_left: int) -> Iterator[int]:
        best, best_margin = 0, self._split_margin
        for at in range(1, len(word)):
            features = split_features(word, at, self._lexicon, self._grammar)
            if features is not None:
                margin = _margin(features, self._split_weights)
                if margin > best_margin:
                    best, best_margin = at, margin
        if best and n_left:
            yield offset + best
            left, right = word[:best], word[best:]
            yield from self._split(left, offset, n_left - 1)
            if left not in self._grammar.verb_prefixes or not self._grammar.is_verb(right):
                yield from self._split(right, offset + best, n_left - 1)

    def describe(self, word: str) -> tuple[Any, ...]:
        """Return all that the native loop needs to know of one word as it is written.

        Returns
        -------
        offsets : tuple of int or None
            Where a half-space is missing in the word.
        first_roles, last_roles : int
            `roles` of its first and of its last part.
        first, last : str
            These parts.
        second_to_last : str or None
            The part before the last, where it has half-spaces.
        """
        offsets: tuple[int, ...] | None = None
        parts = word.split(ZWNJ)
        if len(parts) == 1:
            offsets = self.split_word(word) or None
            if offsets:
                borders = (0, *offsets, len(word))
                parts = [word[start:end] for start, end in pairwise(borders)]
        return (
            offsets,
            self.roles(parts[0]),
            self.roles(parts[-1]),
            parts[0],
            parts[-1],
            parts[-2] if len(parts) > 1 else None,
        )

    def roles(self, part: str) -> int:
        """Return the roles of a word in a pair: 1 an ending, 2 a prefix, 4 a first part, 8 a second part, 16 a prefix
        of verbs, which wants its context.
        """
        grammar, lexicon = self._grammar, self._lexicon
        is_verb_prefix = part in grammar.verb_prefixes
        return (
            (part in grammar.endings)
            + 2 * (is_verb_prefix or part in grammar.prefixes)
            + 4 * (part in lexicon.firsts)
            + 8 * (part in lexicon.seconds)
            + 16 * is_verb_prefix
        )

    def joins(self, left: str, right: str, before: str) -> bool:
        """Whether two words written apart belong together; `before` stands before a prefix of verbs."""
        if right == FARSI_YEH and left[-1] == HEH:
            return True  # the ezafe after heh: yeh is no word of its own
        if left in self._grammar.verb_prefixes and self._grammar.is_verb(right):
            return before not in MONTH_LEADS and not before.isdigit() and not before.endswith(ORDINAL)
        features = join_features(left, right, self._lexicon, self._grammar)
        return features is not None and _margin(features, self._join_weights) > self._join_margin


def _margin(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return weights[""] + sum(weights.get(name, 0.0) * value for name, value in features.items())


def build_lexicon(arrays: Mapping[str, Any]) -> Lexicon:
    """Build the lexicon from the arrays of the released model."""
    from socialtext.models import unpack_lines  # numpy: not before it is needed

    def counts(name: str) -> dict[str, int]:
        return dict(zip(unpack_lines(arrays[name]), arrays[f"{name}_counts"].tolist(), strict=True))

    joined = counts("joined")
    parts = [pair.split(" ") for pair in joined]
    return Lexicon(
        words=counts("words"),
        spellings={
            spelling.replace(ZWNJ, ""): (spelling, count)
            for spelling, count in zip(
                unpack_lines(arrays["spellings"]), arrays["spellings_counts"].tolist(), strict=True
            )
        },
        joined=joined,
        apart=counts("apart"),
        firsts=Counter(left for left, _ in parts),
        seconds=Counter(right for _, right in parts),
        web=counts("web"),
    )


@cache
def load_judge() -> HalfspaceJudge:
    """Read the released model, once a process."""
    from socialtext.models import load_arrays  # numpy: not before it is needed

    info, arrays = load_arrays("fa-halfspace")
    return HalfspaceJudge(
        build_lexicon(arrays), info["split_weights"], info["join_weights"], info["split_margin"], info["join_margin"]
    )


@cache
def load_repairer() -> HalfspaceRepairer:
    """Return the repairer that all normalizers of this process share."""
    return HalfspaceRepairer(load_judge(), load_grammar().non_joining)
