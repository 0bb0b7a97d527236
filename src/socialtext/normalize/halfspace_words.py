"""What is known of Persian words: their grammar, and how often they were met in which spelling.

Comes in: the tables of ``languages/fa``, and counts from the training text, from the web and from a dictionary. Goes
out: both ready for look-up. What of it speaks for a half-space, ``_halfspace_features.pyx`` says.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from socialtext.languages.load import load_affixes, load_joining, load_verbs
from socialtext.normalize._packed import PackedTable

ZWNJ: Final = "\N{ZERO WIDTH NON-JOINER}"
HEH: Final = "\N{ARABIC LETTER HEH}"
FARSI_YEH: Final = "\N{ARABIC LETTER FARSI YEH}"
MIN_PART: Final = 2  # letters of a part that is not an ending
MAX_PREFIX: Final = 4
MIN_ADJECTIVE: Final = 3  # «کهتر», «مهتر» and «بهتر» are words
INFLECTION: Final = frozenset({"plural", "degree", "copula", "heh", "clitic"})
COMPOUND: Final = "compound"
INTERCEPT: Final = "intercept"
# «آنها» and «آن‌ها» are both right: the source's spelling stays.
ALLAH: Final = "الله"  # also written in one character, ﷲ: nothing stands within it
DEMONSTRATIVES: Final = frozenset({"این", "آن", "همین", "همان", "چنین", "چنان"})
PLURAL: Final = "های"
INDEFINITE: Final = "ای"
# Before one of these only the plural stands, «حرف‌های من»; before one of those only the indefinite, «حرفه‌ای که».
PERSONS: Final = frozenset({"من", "تو", "او", "ما", "شما"})
NO_COMPLEMENTS: Final = frozenset({"و", "یا", "که", "را", "به", "از", "با", "در", "برای", "است", "می", "نمی"})
# After these the heh is sounded: «گروهی» is the indefinite of «گروه», and «گروهای» no form of it.
SOUNDED_HEH: Final = ("اه", "روه", "کوه", "دوه", "بوه", "توه")
COPULAS: Final = ("ام", INDEFINITE, "ایم", "اید", "اند")
AMBIGUOUS_COPULAS: Final = frozenset({"ام", INDEFINITE})  # «ام کلثوم», «ای کاش»
# What takes no half-space where the letter before it does not join.
INVISIBLE: Final = ("ها", PLURAL, "هایی", "هایش", "تر", "ترین", "تری")
# What may follow the second part of a compound that is listed without it, by its last letter: the ending, and what
# stood in its place.
DERIVED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "ی": (("ی", ""), ("انی", ""), ("گی", HEH)),
    "ن": (("ان", ""), ("گان", HEH)),
    "م": (("م", ""),),
    "ت": (("ت", ""),),
    "ش": (("ش", ""),),
}
PERSON_PAST: Final = ("", "م", "ی", "یم", "ید", "ند")
PERSON_PRESENT: Final = ("م", "ی", "د", "یم", "ید", "ند")
PERSON_SPOKEN: Final = ("ه", "ین", "ن", "یم", "م", "ی", "د")
PERSON_SPOKEN_PAST: Final = ("ن", "ین")
OBJECT: Final = ("ش", "شان", "م", "مان", "ت", "تان", "شون", "تون", "مون")
OBJECT_LAST: Final = frozenset(clitic[-1] for clitic in OBJECT)
# What stands before the month of May rather than before a verb: «ماه می», «نوزدهم می».
MONTH_LEADS: Final = frozenset(
    [
        *["ماه", "اول", "اوایل", "اواخر", "اواسط", "یکم", "دوم", "سوم", "چهارم", "پنجم", "ششم", "هفتم", "هشتم", "نهم"],
        *["دهم", "یازدهم", "دوازدهم", "سیزدهم", "چهاردهم", "پانزدهم", "شانزدهم", "هفدهم", "هجدهم", "نوزدهم", "بیستم"],
    ]
)
# Contexts that are no words.
MONTH: Final = "month"
NUMBER: Final = "number"
VERB: Final = "verb"
WORD: Final = "word"
BEFORE: Final = "before"
AFTER: Final = "after"


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the tables of Persian say, ready for look-up."""

    endings: Mapping[str, tuple[str, ...]]
    prefixes: frozenset[str]
    numbers: frozenset[str]
    verb_prefixes: frozenset[str]
    verbs: frozenset[str]
    past_verbs: frozenset[str]
    verbs_with_object: frozenset[str]
    contracted_verbs: frozenset[str]
    participles: frozenset[str]
    non_joining: frozenset[str]

    def is_verb(self, word: str) -> bool:
        """Whether a word is a form of a verb, with or without the object at its end («دیدمش»)."""
        if word in self.verbs:
            return True
        return word[-1:] in OBJECT_LAST and any(
            word.endswith(clitic) and word.removesuffix(clitic) in self.verbs_with_object for clitic in OBJECT
        )

    def is_inflected_verb(self, word: str) -> bool:
        """Whether a word is a verb with its person, after the prefix of the subjunctive or of the negation too."""
        return word in self.verbs_with_object or (word[:1] in "بن" and word[1:] in self.verbs_with_object)

    def is_compound(self, left: str, right: str) -> bool:
        """Whether two parts would make a compound: no verb with its prefix, and no inflected word."""
        return left not in self.verb_prefixes and not INFLECTION.intersection(self.endings.get(right, ()))


@cache
def load_grammar() -> Grammar:
    """Build the grammar from the tables, once a process."""
    endings: dict[str, list[str]] = {}
    prefixes, numbers, verb_prefixes = set(), set(), set()
    for row in load_affixes("fa"):
        if row.kind == "prefix":
            prefixes.add(row.form)
        elif row.kind == "number":
            prefixes.add(row.form)
            numbers.add(row.form)
        elif row.kind == "verb_prefix":
            verb_prefixes.add(row.form)
        else:
            endings.setdefault(row.form, []).append(row.kind)
    verbs = load_verbs("fa")
    participles = frozenset(verb.past + HEH for verb in verbs)
    past_verbs = frozenset(verb.past + person for verb in verbs for person in PERSON_PAST)
    # «آ» → «آید»: after a vowel stands a yeh.
    stems = [verb.present + FARSI_YEH if verb.present[-1] in "اآ" else verb.present for verb in verbs]
    with_object = past_verbs.union([stem + person for stem in stems for person in PERSON_PRESENT])
    spoken = [verb.past + person for verb in verbs for person in PERSON_SPOKEN_PAST]
    spoken += [verb.present + person for verb in verbs for person in PERSON_SPOKEN]
    # «میام» is a word of its own in speech: the verb has lost its long vowel.
    contracted = {
        verb.present + person + clitic
        for verb in verbs
        if verb.past[0] == "آ" and verb.present[0] == "ا"
        for person in (*PERSON_PRESENT, *PERSON_SPOKEN)
        for clitic in ("", *OBJECT)
    }
    return Grammar(
        endings={form: tuple(kinds) for form, kinds in endings.items()},
        prefixes=frozenset(prefixes),
        numbers=frozenset(numbers),
        verb_prefixes=frozenset(verb_prefixes),
        verbs=with_object.union(participles, spoken),
        past_verbs=past_verbs,
        verbs_with_object=with_object,
        contracted_verbs=frozenset(contracted),
        participles=participles,
        non_joining=frozenset(map(chr, load_joining())),
    )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Counts of the training text: of dicts where they are gathered, packed as they are released.

    Attributes
    ----------
    words : dict of str to int
        Words written without a half-space.
    spellings : dict of str to int
        Words written with half-spaces by the same letters without them: the count of their most frequent spelling.
    places : dict of str to int
        Where that spelling has its half-spaces: bit n is set where one stands before letter n.
    joined, apart : dict of str to int
        Pairs of neighbours with a half-space or a blank between them; the pair is written with a blank.
    firsts, seconds : dict of str to int
        Number of different words that a part is joined to as the first or the second.
    web : dict of str to int
        Frequency class (Zipf scale) of words on the web, whatever their spelling is worth.
    listed : collection of str
        Pairs that a dictionary writes with a half-space between them; the pair is written with a blank.
    listed_words : collection of str
        Words that the dictionary writes without a half-space.
    listed_nouns : collection of str
        Nouns that the dictionary gives a plural in ها, and to which a heh makes another word.
    listed_firsts, listed_seconds : dict of str to int
        Number of different words that a part is listed with as the first or the second.
    frequent : frozenset of str
        The most frequent parts of words, which tell something as neighbours.
    """

    words: Mapping[str, int]
    spellings: Mapping[str, int]
    places: Mapping[str, int]
    joined: Mapping[str, int]
    apart: Mapping[str, int]
    firsts: Mapping[str, int]
    seconds: Mapping[str, int]
    web: Mapping[str, int]
    listed: Collection[str]
    listed_words: Collection[str]
    listed_nouns: Collection[str]
    listed_firsts: Mapping[str, int]
    listed_seconds: Mapping[str, int]
    frequent: frozenset[str]


def find_places(spelling: str) -> int:
    """Return where a word has half-spaces: bit n is set where one stands before letter n, not counting them."""
    places = at = 0
    for part in spelling.split(ZWNJ)[:-1]:
        at += len(part)
        places |= 1 << at
    return places


def context_features(name: str, before: str, after: str) -> dict[str, float]:
    """Return the features of the contexts `before` and `after` what is called `name`."""
    return {f"{name}|{BEFORE}|{before}": 1.0, f"{name}|{AFTER}|{after}": 1.0}


def unpack_lexicon(arrays: Mapping[str, Any]) -> Lexicon:
    """Return the lexicon of the released model, which is looked up in its arrays."""
    from socialtext.models import unpack_lines  # not before a model is needed

    def counts(name: str) -> Mapping[str, int]:
        return PackedTable(arrays[name], arrays[f"{name}_counts"])

    return Lexicon(
        words=counts("words"),
        spellings=counts("spellings"),
        places=PackedTable(arrays["spellings"], arrays["spellings_places"]),
        joined=counts("joined"),
        apart=counts("apart"),
        firsts=counts("firsts"),
        seconds=counts("seconds"),
        web=counts("web"),
        listed=PackedTable(arrays["listed"]),
        listed_words=PackedTable(arrays["listed_words"]),
        listed_nouns=PackedTable(arrays["listed_nouns"]),
        listed_firsts=counts("listed_firsts"),
        listed_seconds=counts("listed_seconds"),
        frequent=frozenset(unpack_lines(arrays["frequent"])),
    )
