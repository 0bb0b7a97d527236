"""What is known of Persian words, and what of it speaks for a half-space: the features of the scorers.

Comes in: the tables of ``languages/fa``, and counts from the training text, from the web and from a dictionary. Goes
out: for a place in a word or a pair of words a bag of named features, or None where nothing speaks for a half-space.
It decides nothing; the judge of ``halfspace.py`` does, and the training fits the weights.
"""

import math
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
DEMONSTRATIVES: Final = frozenset({"این", "آن", "همین", "همان", "چنین", "چنان"})
PLURAL: Final = "های"
INDEFINITE: Final = "ای"
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
    return Grammar(
        endings={form: tuple(kinds) for form, kinds in endings.items()},
        prefixes=frozenset(prefixes),
        numbers=frozenset(numbers),
        verb_prefixes=frozenset(verb_prefixes),
        verbs=with_object.union(participles, spoken),
        past_verbs=past_verbs,
        verbs_with_object=with_object,
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
    listed_firsts: Mapping[str, int]
    listed_seconds: Mapping[str, int]
    frequent: frozenset[str]


def _bucket(count: int) -> str:
    for limit in (0, 1, 3, 10, 40, 200):
        if count <= limit:
            return str(limit)
    return "more"


def _knowledge(word: str, lexicon: Lexicon) -> str:
    if word in lexicon.words or word in lexicon.spellings:
        return "known"
    if word in lexicon.listed_words:
        return "listed"
    return "on the web" if word in lexicon.web else "new"


def know_prefixed(word: str, lexicon: Lexicon, grammar: Grammar) -> str:
    """Return what is known of a word; of one that begins with a prefix or a number («دوصفحه») what follows counts."""
    knows = _knowledge(word, lexicon)
    if knows == "new":
        for at in range(MIN_PART, min(MAX_PREFIX, len(word) - MIN_PART) + 1):
            if word[:at] in grammar.prefixes and word[at:] in lexicon.words:
                return "prefixed"
    return knows


def _is_whole(word: str, lexicon: Lexicon) -> str:
    """Return whether a word, or what it is derived from, is known to be written without a half-space."""
    stems = find_stems(word)
    if any(stem in lexicon.listed_words for stem in stems):
        return "listed"
    return "derived" if any(stem in lexicon.words or stem in lexicon.web for stem in stems[1:]) else "no"


def strip_ending(word: str, lexicon: Lexicon, grammar: Grammar) -> str:
    """Return a word without an ending that takes no half-space, for the letter before it does not join: «راهنماها»."""
    for ending in INVISIBLE:
        stem = word.removesuffix(ending)
        if stem != word and stem[-1:] in grammar.non_joining and _knowledge(stem, lexicon) != "new":
            return stem
    return word


def find_stems(word: str) -> list[str]:
    """Return a word and what it may be derived from."""
    stems = [word]
    for ending, instead in DERIVED.get(word[-1:], ()):
        if word.endswith(ending) and len(word) - len(ending) >= MIN_PART:
            stems.append(word.removesuffix(ending) + instead)
    return stems


def _listing(left: str, right: str, lexicon: Lexicon) -> str:
    for stem in find_stems(right):
        if f"{left} {stem}" in lexicon.listed:
            return "as it is" if stem == right else "derived"
    return "no"


def count_listed_seconds(right: str, lexicon: Lexicon) -> int:
    """Return with how many words a part, or what it is derived from, is listed as the second."""
    most = lexicon.listed_seconds.get(right, 0)
    if right[-1:] in DERIVED:
        most = max([most, *[lexicon.listed_seconds.get(stem, 0) for stem in find_stems(right)]])
    return most


def is_compound(left: str, right: str, grammar: Grammar) -> bool:
    """Whether two parts would make a compound: no verb with its prefix, and no inflected word."""
    return left not in grammar.verb_prefixes and not INFLECTION.intersection(grammar.endings.get(right, ()))


def _name_compound(left: str, right: str) -> dict[str, float]:
    return {COMPOUND: 1.0, f"compound of {left}": 1.0, f"compound with {right}": 1.0}


def split_features(word: str, at: int, lexicon: Lexicon, grammar: Grammar) -> dict[str, float] | None:
    """Return what speaks for and against a half-space in a word before letter `at`; None where nothing does."""
    if word[at - 1] in grammar.non_joining:
        return None
    left, right = word[:at], word[at:]
    if left in DEMONSTRATIVES:
        return None
    n_spelled = lexicon.spellings.get(word, 0)
    if not (
        n_spelled
        or right in grammar.endings
        or left in grammar.prefixes
        or left in grammar.verb_prefixes
        or right in lexicon.seconds
        or left in lexicon.firsts
        or left in lexicon.listed_firsts
        or count_listed_seconds(right, lexicon)
    ):
        return None  # most places: nothing can speak for them
    if right == INDEFINITE and left[-1] == HEH and left[-2:-1] in grammar.non_joining:
        # «مردهای» is the plural of «مرد», «خاطره‌ای» an indefinite: where the plural is not known, the commoner
        # word decides.
        plural = lexicon.words.get(left[:-1], 0)
        if word in lexicon.words or left[:-1] + "ها" in lexicon.words or plural > 4 * lexicon.words.get(left, 0):
            return None
    features: dict[str, float] = {}
    plain = lexicon.words.get(word, 0)
    evidence = False
    if n_spelled:
        evidence = bool(lexicon.places[word] >> at & 1)
        if evidence:
            features[f"written so={_bucket(n_spelled)}, plain={_bucket(plain)}"] = 1.0
        else:
            features["written with a half-space elsewhere"] = 1.0
    knows_left, knows_right = know_prefixed(left, lexicon, grammar), _knowledge(right, lexicon)
    web = lexicon.web.get(word, 0)
    kinds = grammar.endings.get(right, ())
    if INFLECTION.intersection(kinds) and grammar.is_inflected_verb(word):
        return None  # «بچسباند»
    for kind in kinds:
        if kind == "heh" and not _takes_heh_ending(left, right):
            continue
        if right == FARSI_YEH and knows_left == "new":
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
        features[f"{kind} {right} after heh: {left[-1] == HEH}, yeh: {left[-1] == FARSI_YEH}"] = 1.0
        if left in grammar.participles:
            features[f"{kind} after a participle"] = 1.0
        evidence = True
    joined = lexicon.joined.get(f"{left} {right}", 0)
    if kinds and not features and not joined:
        return None  # an ending that does not go with what is before it
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
        features[f"prefix {left} before {knows_right}, web={web}"] = 1.0
        if left in grammar.numbers:
            features[f"number before {knows_right} in heh: {right[-1] == HEH}"] = 1.0
        evidence = evidence or knows_right == "known"
    if joined:
        features[f"pair={_bucket(joined)}"] = 1.0
        evidence = True
    listing = _listing(left, right, lexicon)
    whole = _is_whole(word, lexicon)
    seconds, firsts = count_listed_seconds(right, lexicon), lexicon.listed_firsts.get(left, 0)
    if listing != "no":
        features[f"listed {listing}, whole={whole}, word={_bucket(plain)}"] = 1.0
        features[f"listed {listing}, whole={whole}, web={web}"] = 1.0
        evidence = True
    if seconds > 1 and len(left) >= MIN_PART and knows_left != "new":
        features[f"listed second={_bucket(seconds)} after {knows_left}, whole={whole}, web={web}"] = 1.0
        evidence = True
    if firsts > 1 and len(right) > MIN_PART and knows_right != "new":
        features[f"listed first={_bucket(firsts)} before {knows_right}, whole={whole}, web={web}"] = 1.0
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
    features[f"whole={whole}, word={_bucket(plain)}"] = 1.0
    features[f"word={_bucket(plain)}"] = 1.0
    features[f"web={web}"] = 1.0
    features[f"web with half-space={lexicon.web.get(left + ZWNJ + right, 0)}, without={web}"] = 1.0
    features[f"left {knows_left}={_bucket(lexicon.words.get(left, 0))}"] = 1.0
    features[f"right {knows_right}={_bucket(lexicon.words.get(right, 0))}"] = 1.0
    features[f"left letters={min(len(left), 5)}"] = 1.0
    features[f"right letters={min(len(right), 5)}"] = 1.0
    return features


def _takes_heh_ending(left: str, right: str) -> bool:
    """Whether an ending of words in heh can stand here: after heh, and all but the ezafe after yeh too."""
    return left[-1] == HEH or (left[-1] == FARSI_YEH and right != FARSI_YEH)


def find_places(spelling: str) -> int:
    """Return where a word has half-spaces: bit n is set where one stands before letter n, not counting them."""
    places = at = 0
    for part in spelling.split(ZWNJ)[:-1]:
        at += len(part)
        places |= 1 << at
    return places


def join_features(left: str, right: str, lexicon: Lexicon, grammar: Grammar) -> dict[str, float] | None:
    """Return what speaks for and against joining two words written apart; None where nothing speaks for it."""
    pair = f"{left} {right}"
    joined, apart = lexicon.joined.get(pair, 0), lexicon.apart.get(pair, 0)
    evidence = joined > 0
    features: dict[str, float] = {}
    knows_left = _knowledge(left, lexicon)
    for kind in grammar.endings.get(right, ()):
        if kind == "copula" and right in AMBIGUOUS_COPULAS and left[-1] != HEH:
            continue
        if kind == "heh" and not _takes_heh_ending(left, right):
            continue
        if len(left) < MIN_PART:
            continue
        features[f"ending {kind}"] = 1.0
        features[f"ending {right} after {knows_left}"] = 1.0
        features[f"{kind} {right} after heh: {left[-1] == HEH}, yeh: {left[-1] == FARSI_YEH}"] = 1.0
        features[f"ending {right} shows: {left[-1] not in grammar.non_joining}"] = 1.0
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
        features[f"prefix {left} before {_knowledge(right, lexicon)}"] = 1.0
        if left in grammar.numbers:
            features[f"number before heh: {right[-1] == HEH}"] = 1.0
        evidence = evidence or lexicon.firsts.get(left, 0) > 2
    listing = _listing(left, right, lexicon)
    seconds, firsts = count_listed_seconds(right, lexicon), lexicon.listed_firsts.get(left, 0)
    if listing != "no":
        features[f"listed {listing}, apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
        evidence = True
    if not evidence:
        return None
    whole = _is_whole(left + right, lexicon)
    features[f"listed {listing}, whole={whole}"] = 1.0
    features[f"listed {listing}, first={_bucket(firsts)}"] = 1.0
    features[f"listed {listing}, second={_bucket(seconds)}"] = 1.0
    if is_compound(left, right, grammar):
        features |= _name_compound(left, right)
    features[f"apart={_bucket(apart)}, joined={_bucket(joined)}"] = 1.0
    share = joined / (joined + apart) if joined + apart else -1.0
    features[f"share joined={'none' if share < 0 else int(share * 5)}"] = 1.0
    if left + right in lexicon.spellings:
        features[f"spelled with a half-space={_bucket(lexicon.spellings[left + right])}"] = 1.0
    features[f"first={_bucket(lexicon.firsts.get(left, 0))}"] = 1.0
    features[f"second={_bucket(lexicon.seconds.get(right, 0))}"] = 1.0
    features[f"web={lexicon.web.get(left + right, 0)}"] = 1.0
    features[f"web with half-space={lexicon.web.get(left + ZWNJ + right, 0)}"] = 1.0
    if left in lexicon.firsts and right in lexicon.seconds:
        features[f"apart={_bucket(apart)}, neither an affix: {right not in grammar.endings}"] = 1.0
    features[f"left {knows_left}={_bucket(lexicon.words.get(left, 0))}"] = 1.0
    features[f"right={_bucket(lexicon.words.get(right, 0))}"] = 1.0
    return features


def context(word: str, lexicon: Lexicon, grammar: Grammar) -> str:
    """Return what a neighbour is: a frequent word itself, a verb, any other; empty where there is none."""
    if not word:
        return ""
    if word in lexicon.frequent or word in COPULAS:
        return word
    if word in MONTH_LEADS:
        return MONTH
    if word.isdigit():
        return NUMBER
    return VERB if grammar.is_verb(word) else WORD


def context_features(name: str, before: str, after: str) -> dict[str, float]:
    """Return the features of the contexts `before` and `after` what is called `name`."""
    return {f"{name}|{BEFORE}|{before}": 1.0, f"{name}|{AFTER}|{after}": 1.0}


def join_name(left: str, right: str, grammar: Grammar) -> str:
    """Return the name under which contexts of a pair are known."""
    if right in grammar.endings:
        return right
    return left if left in grammar.prefixes else COMPOUND


def reading_name(stem: str, grammar: Grammar) -> str:
    """Return the name under which contexts of a word with two readings are known."""
    return "participle" if stem + HEH in grammar.participles else "noun"


def reading_features(word: str, lexicon: Lexicon, grammar: Grammar) -> dict[str, float] | None:
    """Return what speaks for reading «زمینهای» as «زمینه‌ای» rather than as «زمین‌های»; None where one is out of
    question.
    """
    stem = word.removesuffix(PLURAL)
    if stem == word or len(stem) < MIN_PART or stem in DEMONSTRATIVES:
        return None
    if word in lexicon.listed_words or (stem[-1] not in grammar.non_joining and word in lexicon.words):
        return None  # «منهای»
    with_heh = stem + HEH
    knows_stem, knows_heh = _knowledge(stem, lexicon), _knowledge(with_heh, lexicon)
    if knows_stem == "new" or knows_heh == "new":
        return None
    n_stem, n_heh = lexicon.words.get(stem, 0), lexicon.words.get(with_heh, 0)
    n_plural = sum(count_written(stem, ending, lexicon) for ending in ("ها", "های", "هایی"))
    n_indefinite = count_written(with_heh, INDEFINITE, lexicon)
    name = reading_name(stem, grammar)
    return {
        f"{name}, stem {knows_stem}={_bucket(n_stem)}": 1.0,
        f"{name}, heh {knows_heh}={_bucket(n_heh)}": 1.0,
        f"plural={_bucket(n_plural)}": 1.0,
        f"indefinite={_bucket(n_indefinite)}": 1.0,
        f"{name}, plural={_bucket(n_plural)}, indefinite={_bucket(n_indefinite)}": 1.0,
        "log plural": math.log1p(n_plural),
        "log indefinite": math.log1p(n_indefinite),
        "log stem": math.log1p(n_stem),
        "log heh": math.log1p(n_heh),
    }


def count_written(stem: str, ending: str, lexicon: Lexicon) -> int:
    """Return how often a word is written with this ending, after a half-space where the stem joins."""
    if lexicon.places.get(stem + ending) == 1 << len(stem):
        return lexicon.spellings[stem + ending]
    return lexicon.words.get(stem + ending, 0)


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
        listed_firsts=counts("listed_firsts"),
        listed_seconds=counts("listed_seconds"),
        frequent=frozenset(unpack_lines(arrays["frequent"])),
    )
