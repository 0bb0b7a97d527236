# cython: language_level=3
"""What speaks for a half-space: the features of the scorers.

Comes in: what is known of words (`halfspace_words`), and a place in a word or a pair of words. Goes out: a bag of named
features, or None where nothing speaks for a half-space. It decides nothing; the judge of ``halfspace.py`` does, and the
training fits the weights.
"""

cimport cython

from socialtext.normalize._packed cimport PackedTable

import math

from socialtext.normalize.halfspace_words import (
    ALLAH, AMBIGUOUS_COPULAS, COMPOUND, COPULAS, DEMONSTRATIVES, DERIVED, FARSI_YEH, HEH, INDEFINITE, INFLECTION,
    INTERCEPT, INVISIBLE, MAX_PREFIX, MIN_ADJECTIVE, MIN_PART, MONTH, MONTH_LEADS, NUMBER, PLURAL, SOUNDED_HEH, VERB,
    WORD, ZWNJ,
)

cdef Py_UCS4 HEH_LETTER = ord(HEH)
cdef Py_UCS4 YEH_LETTER = ord(FARSI_YEH)
cdef Py_ssize_t LEAST_PART = MIN_PART
cdef Py_ssize_t LEAST_ADJECTIVE = MIN_ADJECTIVE
cdef Py_ssize_t MOST_PREFIX = MAX_PREFIX


cdef inline bint has(object table, str text) except -1:
    """Whether a text is in a table: a released one, or what it is packed from."""
    if type(table) is PackedTable:
        return (<PackedTable>table).find(text) >= 0
    return text in table


cdef inline long count(object table, str text) except -1:
    """Return the number of a text in a table; 0 where it is not there."""
    cdef Py_ssize_t at
    if type(table) is PackedTable and (<PackedTable>table).counts is not None:
        at = (<PackedTable>table).find(text)
        return <long>(<PackedTable>table).counts[at] if at >= 0 else 0
    return table.get(text, 0)


cdef str bucket(long n):
    """Return the class of a count."""
    if n <= 0:
        return "0"
    if n <= 1:
        return "1"
    if n <= 3:
        return "3"
    if n <= 10:
        return "10"
    if n <= 40:
        return "40"
    return "200" if n <= 200 else "more"


cdef inline bint takes_heh_ending(str left, str right) except -1:
    """Whether an ending of words in heh can stand here: after heh, and all but the ezafe after yeh too."""
    cdef Py_UCS4 last = left[len(left) - 1]
    if last == HEH_LETTER:
        return right != INDEFINITE or not left.endswith(SOUNDED_HEH)
    return last == YEH_LETTER and not (len(right) == 1 and right[0] == YEH_LETTER)


cdef list find_stems(str word):
    """Return a word and what it may be derived from."""
    cdef list stems = [word]
    cdef str ending, instead
    if word:
        for ending, instead in DERIVED.get(word[len(word) - 1:], ()):
            if word.endswith(ending) and len(word) - len(ending) >= LEAST_PART:
                stems.append(word[:len(word) - len(ending)] + instead)
    return stems


cdef int name_compound(dict features, str left, str right) except -1:
    """Put the features that name a compound."""
    features[COMPOUND] = 1.0
    features[f"compound of {left}"] = 1.0
    features[f"compound with {right}"] = 1.0
    return 0


cpdef weigh(dict features, weights):
    """Return the margin of features by their weights."""
    cdef double total = 0.0
    cdef Py_ssize_t at
    cdef str name
    cdef double value
    cdef PackedTable table
    if type(weights) is PackedTable and (<PackedTable>weights).weights is not None:
        table = weights
        for name, value in features.items():
            at = table.find(name)
            if at >= 0:
                total += table.weights[at] * value
    else:
        for name, value in features.items():
            total += weights.get(name, 0.0) * value
    return weights[INTERCEPT] + total


def reading_name(str stem not None, grammar):
    """Return the name under which contexts of a word with two readings are known."""
    return "participle" if stem + HEH in grammar.participles else "noun"


@cython.final
cdef class HalfspaceFeatures:
    """The features of words, by what is known of them.

    Parameters
    ----------
    lexicon : Lexicon
    grammar : Grammar
    """

    cdef object grammar
    cdef object words, spellings, places, joined, apart, firsts, seconds, web, listed, listed_words
    cdef object listed_nouns, listed_firsts, listed_seconds
    cdef dict endings
    cdef frozenset frequent, prefixes, numbers, verb_prefixes, participles, non_joining

    def __init__(self, lexicon, grammar):
        self.grammar = grammar
        self.words, self.spellings, self.places = lexicon.words, lexicon.spellings, lexicon.places
        self.joined, self.apart, self.firsts = lexicon.joined, lexicon.apart, lexicon.firsts
        self.seconds, self.web, self.listed = lexicon.seconds, lexicon.web, lexicon.listed
        self.listed_words, self.listed_nouns = lexicon.listed_words, lexicon.listed_nouns
        self.listed_firsts, self.listed_seconds = lexicon.listed_firsts, lexicon.listed_seconds
        self.frequent = lexicon.frequent
        self.endings, self.prefixes, self.numbers = grammar.endings, grammar.prefixes, grammar.numbers
        self.verb_prefixes, self.participles = grammar.verb_prefixes, grammar.participles
        self.non_joining = grammar.non_joining

    cdef str know(self, str word):
        if has(self.words, word) or has(self.spellings, word):
            return "known"
        if has(self.listed_words, word):
            return "listed"
        return "on the web" if has(self.web, word) else "new"

    cdef str know_prefixed(self, str word):
        """Return what is known of a word; of one that begins with a prefix or a number («دوصفحه») what follows counts.
        """
        cdef str knows = self.know(word)
        cdef Py_ssize_t at
        if knows == "new":
            for at in range(LEAST_PART, min(MOST_PREFIX, len(word) - LEAST_PART) + 1):
                if word[:at] in self.prefixes and has(self.words, word[at:]):
                    return "prefixed"
        return knows

    cdef str is_whole(self, str word):
        """Return whether a word, or what it is derived from, is known to be written without a half-space."""
        cdef list stems = find_stems(word)
        cdef str stem
        cdef Py_ssize_t at
        for stem in stems:
            if has(self.listed_words, stem):
                return "listed"
        for at in range(1, len(stems)):
            stem = stems[at]
            if has(self.words, stem) or has(self.web, stem):
                return "derived"
        return "no"

    cpdef strip_ending(self, str word):
        """Return a word without an ending that takes no half-space, for the letter before it does not join: «راهنماها».
        """
        cdef str ending, stem
        for ending in INVISIBLE:
            if word.endswith(ending) and len(word) > len(ending):
                stem = word[:len(word) - len(ending)]
                if stem[len(stem) - 1:] in self.non_joining and self.know(stem) != "new":
                    return stem
        return word

    cdef str find_listing(self, str left, str right):
        cdef str stem
        for stem in find_stems(right):
            if has(self.listed, f"{left} {stem}"):
                return "as it is" if stem == right else "derived"
        return "no"

    cdef long count_listed_seconds(self, str right) except -1:
        """Return with how many words a part, or what it is derived from, is listed as the second."""
        cdef long most = 0
        cdef str stem
        for stem in find_stems(right):
            most = max(most, count(self.listed_seconds, stem))
        return most

    def roles(self, str part not None):
        """Return the roles of a word in a pair: 1 an ending, 2 a prefix, 4 a first part, 8 a second part."""
        return (
            (part in self.endings)
            + 2 * (part in self.verb_prefixes or part in self.prefixes)
            + 4 * (has(self.firsts, part) or has(self.listed_firsts, part))
            + 8 * (has(self.seconds, part) or self.count_listed_seconds(part) > 0)
        )

    def context(self, str word not None):
        """Return what a neighbour is: a frequent word itself, a verb, any other; empty where there is none."""
        if word and (word in self.frequent or word in COPULAS):
            return word
        return self.context_class(word)

    cpdef context_class(self, str word):
        """Return what a neighbour is, whichever word it is."""
        if not word:
            return ""
        if word in MONTH_LEADS:
            return MONTH
        if word.isdigit():
            return NUMBER
        return VERB if self.grammar.is_verb(word) else WORD

    def join_name(self, str left not None, str right not None):
        """Return the name under which contexts of a pair are known."""
        if right in self.endings:
            return right
        return left if left in self.prefixes else COMPOUND

    def weigh_places(self, str word not None, weights):
        """Return the places in a word of which something speaks for a half-space: offset, margin, and whether it would
        make a compound.
        """
        cdef list places = []
        cdef Py_ssize_t at, name
        word = self.strip_ending(word)
        name = word.find(ALLAH)
        for at in range(1, len(word)):
            if name >= 0 and name < at < name + len(ALLAH):
                continue
            features = self.split(word, at)
            if features is not None:
                places.append((at, weigh(features, weights), COMPOUND in features))
        return places

    cpdef split(self, str word, Py_ssize_t at):
        """Return what speaks for and against a half-space in a word before letter `at`; None where nothing does."""
        if not 0 < at < len(word):
            raise IndexError(f"{at} is no place within a word of {len(word)} letters")
        if word[at - 1:at] in self.non_joining:
            return None
        cdef str left = word[:at], right = word[at:], knows_left, knows_right, kind, form, listing, whole
        cdef tuple kinds
        cdef dict features
        cdef long n_spelled, plain, plural, web, joined, seconds, firsts
        cdef bint evidence = False
        cdef Py_UCS4 last = left[at - 1]
        if left in DEMONSTRATIVES or (left in self.verb_prefixes and right in self.grammar.contracted_verbs):
            return None
        n_spelled = count(self.spellings, word)
        if not (
            n_spelled
            or right in self.endings
            or left in self.prefixes
            or left in self.verb_prefixes
            or has(self.seconds, right)
            or has(self.firsts, left)
            or has(self.listed_firsts, left)
            or self.count_listed_seconds(right)
        ):
            return None  # most places: nothing can speak for them
        if last == HEH_LETTER and right == INDEFINITE and left[max(0, at - 2):at - 1] in self.non_joining:
            # «مردهای» is the plural of «مرد», «خاطره‌ای» an indefinite: where the plural is not known, the commoner
            # word decides.
            form = left[:at - 1]
            plural = count(self.words, form)
            if has(self.words, word) or has(self.words, form + "ها") or plural > 4 * count(self.words, left):
                return None
        features = {}
        plain = count(self.words, word)
        if n_spelled:
            evidence = bool(self.places[word] >> at & 1)
            if evidence:
                features[f"written so={bucket(n_spelled)}, plain={bucket(plain)}"] = 1.0
            else:
                features["written with a half-space elsewhere"] = 1.0
        knows_left, knows_right = self.know_prefixed(left), self.know(right)
        web = count(self.web, word)
        kinds = self.endings.get(right, ())
        if kinds and INFLECTION.intersection(kinds) and self.grammar.is_inflected_verb(word):
            return None  # «بچسباند»
        for kind in kinds:
            if kind == "heh" and not takes_heh_ending(left, right):
                continue
            if right == FARSI_YEH and knows_left == "new":
                continue
            if kind == "copula" and left not in self.participles and last != HEH_LETTER:
                continue
            if kind not in ("copula", "heh", "second") and at < (LEAST_ADJECTIVE if kind == "degree" else LEAST_PART):
                continue
            features[f"ending {kind}"] = 1.0
            features[f"ending {right} after {knows_left}"] = 1.0
            features[f"{kind} after {knows_left}, word={bucket(plain)}"] = 1.0
            features[f"{kind} after {knows_left}, web={web}"] = 1.0
            features[f"{kind} after {min(at, 4)} letters"] = 1.0
            features[f"{kind} {right} after heh: {last == HEH_LETTER}, yeh: {last == YEH_LETTER}"] = 1.0
            if left in self.participles:
                features[f"{kind} after a participle"] = 1.0
            evidence = True
        joined = count(self.joined, f"{left} {right}")
        if kinds and not features and not joined:
            return None  # an ending that does not go with what is before it
        if left in self.verb_prefixes:
            form = "a verb" if self.grammar.is_verb(right) else "no verb"
            features[f"{left} before {form}, word={bucket(plain)}"] = 1.0
            features[f"{left} before {form}, web={web}"] = 1.0
            features[f"{left} before joined={bucket(joined)}"] = 1.0
            evidence = evidence or self.grammar.is_verb(right) or joined > 0
        elif left in self.prefixes and len(word) - at > LEAST_PART:
            features[f"prefix {left} before {knows_right}"] = 1.0
            features[f"prefix before {knows_right}, word={bucket(plain)}"] = 1.0
            features[f"prefix before {knows_right}, web={web}"] = 1.0
            features[f"prefix {left} before {knows_right}, web={web}"] = 1.0
            if left in self.numbers:
                features[f"number before {knows_right} in heh: {right[len(right) - 1] == HEH_LETTER}"] = 1.0
            evidence = evidence or knows_right == "known"
        if joined:
            features[f"pair={bucket(joined)}"] = 1.0
            evidence = True
        listing = self.find_listing(left, right)
        whole = self.is_whole(word)
        seconds, firsts = self.count_listed_seconds(right), count(self.listed_firsts, left)
        if listing != "no":
            features[f"listed {listing}, whole={whole}, word={bucket(plain)}"] = 1.0
            features[f"listed {listing}, whole={whole}, web={web}"] = 1.0
            evidence = True
        if seconds > 1 and at >= LEAST_PART and knows_left != "new":
            features[f"listed second={bucket(seconds)} after {knows_left}, whole={whole}, web={web}"] = 1.0
            evidence = True
        if firsts > 1 and len(word) - at > LEAST_PART and knows_right != "new":
            features[f"listed first={bucket(firsts)} before {knows_right}, whole={whole}, web={web}"] = 1.0
            evidence = True
        seconds, firsts = count(self.seconds, right), count(self.firsts, left)
        if seconds > 1 and at >= LEAST_PART and knows_left != "new":
            features[f"second={bucket(seconds)}, word={bucket(plain)}, web={web}"] = 1.0
            evidence = True
        if firsts > 1 and len(word) - at > LEAST_PART and knows_right != "new":
            features[f"first={bucket(firsts)}, word={bucket(plain)}, web={web}"] = 1.0
            evidence = True
        if not evidence:
            return None
        if self.grammar.is_compound(left, right):
            name_compound(features, left, right)
            features[f"compound of {knows_left} and {knows_right}, web={web}"] = 1.0
        features[f"whole={whole}, word={bucket(plain)}"] = 1.0
        features[f"word={bucket(plain)}"] = 1.0
        features[f"web={web}"] = 1.0
        features[f"web with half-space={count(self.web, left + ZWNJ + right)}, without={web}"] = 1.0
        features[f"left {knows_left}={bucket(count(self.words, left))}"] = 1.0
        features[f"right {knows_right}={bucket(count(self.words, right))}"] = 1.0
        features[f"left letters={min(at, 5)}"] = 1.0
        features[f"right letters={min(len(word) - at, 5)}"] = 1.0
        return features

    def join(self, str left not None, str right not None):
        """Return what speaks for and against joining two words written apart; None where nothing speaks for it."""
        if not left or not right:
            return None
        cdef str pair = f"{left} {right}", together, knows_left = self.know(left), kind, form, listing, whole
        cdef long joined = count(self.joined, pair), apart = count(self.apart, pair), seconds, firsts
        cdef bint evidence = joined > 0
        cdef Py_UCS4 last = left[len(left) - 1]
        cdef dict features = {}
        cdef double share
        for kind in self.endings.get(right, ()):
            if kind == "copula" and right in AMBIGUOUS_COPULAS and (
                last != HEH_LETTER or not takes_heh_ending(left, right)
            ):
                continue
            if kind == "heh" and not takes_heh_ending(left, right):
                continue
            if len(left) < LEAST_PART:
                continue
            features[f"ending {kind}"] = 1.0
            features[f"ending {right} after {knows_left}"] = 1.0
            features[f"{kind} {right} after heh: {last == HEH_LETTER}, yeh: {last == YEH_LETTER}"] = 1.0
            features[f"ending {right} shows: {left[len(left) - 1:] not in self.non_joining}"] = 1.0
            features[f"ending {right}, apart={bucket(apart)}, joined={bucket(joined)}"] = 1.0
            seconds = count(self.seconds, right)
            features[f"{kind} of {bucket(seconds)}"] = 1.0
            if left in self.participles:
                features[f"{right} after a participle"] = 1.0
            if has(self.firsts, left):
                features[f"{kind} after a first part"] = 1.0
            evidence = True
        if left in self.verb_prefixes:
            form = "a verb" if self.grammar.is_verb(right) else "no verb"
            if form == "no verb" and joined < 2:
                return None  # «ماه می سال گذشته»
            features[f"{left} before {form}"] = 1.0
            features[f"{left} before {form}, apart={bucket(apart)}, joined={bucket(joined)}"] = 1.0
            evidence = True
        elif left in self.prefixes and len(right) > LEAST_PART:
            features[f"prefix {left}"] = 1.0
            features[f"prefix, apart={bucket(apart)}, joined={bucket(joined)}"] = 1.0
            features[f"prefix {left} before {self.know(right)}"] = 1.0
            if left in self.numbers:
                features[f"number before heh: {right[len(right) - 1] == HEH_LETTER}"] = 1.0
            evidence = evidence or count(self.firsts, left) > 2
        listing = self.find_listing(left, right)
        seconds, firsts = self.count_listed_seconds(right), count(self.listed_firsts, left)
        if listing != "no":
            features[f"listed {listing}, apart={bucket(apart)}, joined={bucket(joined)}"] = 1.0
            evidence = True
        if not evidence:
            return None
        together = left + right
        whole = self.is_whole(together)
        features[f"listed {listing}, whole={whole}"] = 1.0
        features[f"listed {listing}, first={bucket(firsts)}"] = 1.0
        features[f"listed {listing}, second={bucket(seconds)}"] = 1.0
        if self.grammar.is_compound(left, right):
            name_compound(features, left, right)
        features[f"apart={bucket(apart)}, joined={bucket(joined)}"] = 1.0
        share = <double>joined / (joined + apart) if joined + apart else -1.0
        features[f"share joined={'none' if share < 0 else str(<long>(share * 5))}"] = 1.0
        if has(self.spellings, together):
            features[f"spelled with a half-space={bucket(count(self.spellings, together))}"] = 1.0
        features[f"first={bucket(count(self.firsts, left))}"] = 1.0
        features[f"second={bucket(count(self.seconds, right))}"] = 1.0
        features[f"web={count(self.web, together)}"] = 1.0
        features[f"web with half-space={count(self.web, left + ZWNJ + right)}"] = 1.0
        if has(self.firsts, left) and has(self.seconds, right):
            features[f"apart={bucket(apart)}, neither an affix: {right not in self.endings}"] = 1.0
        features[f"left {knows_left}={bucket(count(self.words, left))}"] = 1.0
        features[f"right={bucket(count(self.words, right))}"] = 1.0
        return features

    def has_plural(self, str stem not None):
        """Whether somebody writes the plural of a word: the dictionary, the training text or the web."""
        return (
            has(self.listed_nouns, stem) or has(self.web, stem + "ها") or has(self.words, stem + "ها")
            or has(self.words, stem + PLURAL)
        )

    def reading(self, str word not None):
        """Return what speaks for reading «زمینهای» as «زمینه‌ای» rather than as «زمین‌های»; None where one is out of
        question.
        """
        cdef str stem, with_heh, knows_stem, knows_heh
        cdef long n_stem, n_heh, n_plural, n_indefinite, web_plural, web_indefinite
        if not word.endswith(PLURAL):
            return None
        stem = word[:len(word) - len(PLURAL)]
        if len(stem) < LEAST_PART or stem in DEMONSTRATIVES:
            return None
        if has(self.listed_words, word) or (stem[len(stem) - 1:] not in self.non_joining and has(self.words, word)):
            return None  # «منهای»
        with_heh = stem + HEH
        if not takes_heh_ending(with_heh, INDEFINITE):
            return None  # «کوهای» for «کوه‌های»
        knows_stem, knows_heh = self.know(stem), self.know(with_heh)
        if knows_stem == "new" or knows_heh == "new":
            return None
        n_stem, n_heh = count(self.words, stem), count(self.words, with_heh)
        n_plural = self.count_written(stem, "ها") + self.count_written(stem, "های") + self.count_written(stem, "هایی")
        n_indefinite = self.count_written(with_heh, INDEFINITE)
        web_plural = count(self.web, stem + ZWNJ + PLURAL)
        web_indefinite = count(self.web, with_heh + ZWNJ + INDEFINITE)
        name = reading_name(stem, self.grammar)
        return {
            f"{name}, stem {knows_stem}={bucket(n_stem)}": 1.0,
            f"{name}, heh {knows_heh}={bucket(n_heh)}": 1.0,
            f"{name}, plural listed: {has(self.listed_nouns, stem)}": 1.0,
            f"{name}, plural written: {self.has_plural(stem)}, verb: {self.grammar.is_inflected_verb(stem)}": 1.0,
            f"plural={bucket(n_plural)}": 1.0,
            f"indefinite={bucket(n_indefinite)}": 1.0,
            f"{name}, plural={bucket(n_plural)}, indefinite={bucket(n_indefinite)}": 1.0,
            f"web plural={web_plural}, indefinite={web_indefinite}": 1.0,
            "web indefinite more than plural": <double>(web_indefinite - web_plural),
            "log plural": math.log1p(n_plural),
            "log indefinite": math.log1p(n_indefinite),
            "log stem": math.log1p(n_stem),
            "log heh": math.log1p(n_heh),
        }

    cdef long count_written(self, str stem, str ending) except -1:
        """Return how often a word is written with this ending, after a half-space where the stem joins."""
        cdef str word = stem + ending
        if has(self.places, word) and self.places[word] == (<object>1) << len(stem):
            return count(self.spellings, word)
        return count(self.words, word)
