# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the cues: what one word is, without a Python object for it or for what it begins with.

Comes in: the forms of `socialtext.cues.CueMatcher`. Goes out, to other native loops: the kinds of a word and the
phrases that it begins. Words are known by their hash, as in `_words.pxd`.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport int16_t, int32_t, uint64_t
from libc.stdlib cimport free, malloc

from socialtext._words cimport (
    HASH_START, NO_NUMBER, N_TYPES, PyUnicode_READ, add_number, add_phrase, extend_hash, find_number, free_phrases,
    hash_text, make_numbers, mix,
)

cdef enum:
    N_LEAST_PREFIX = 2
    N_LEAST_STEM = 2  # letters that a proclitic leaves
    MAX_GROUPS = 1 << 15


@cython.final
cdef class CueTable:
    """The cues of a language.

    Parameters
    ----------
    words, prefixes : dict of str to int
        Kinds of each word, and of all words that begin so, one bit each.
    phrases : dict of str to list of (tuple of str, int)
        By the first word: the words that continue a phrase, and the number of its kind. A word that ends in ``*``
        stands for all that begin so.
    has_proclitics : bool
        Whether Arabic proclitics may stand before a word.
    """

    def __cinit__(self, dict words, dict prefixes, dict phrases, bint has_proclitics):
        make_numbers(&self.words, N_TYPES)
        make_numbers(&self.prefixes, N_TYPES)
        make_numbers(&self.firsts, N_TYPES)
        self.word_kinds = <uint64_t*>malloc((len(words) + 1) * sizeof(uint64_t))
        self.prefix_kinds = <uint64_t*>malloc((len(prefixes) + 1) * sizeof(uint64_t))
        self.group_starts = <int32_t*>malloc((len(phrases) + 1) * sizeof(int32_t))
        if self.word_kinds == NULL or self.prefix_kinds == NULL or self.group_starts == NULL:
            raise MemoryError

    def __init__(self, dict words, dict prefixes, dict phrases, bint has_proclitics):
        if len(phrases) >= MAX_GROUPS:
            raise ValueError(f"phrases that begin with {len(phrases)} words: {MAX_GROUPS - 1} are the most")
        for word, kinds in words.items():
            self.word_kinds[add_number(&self.words, hash_text(word))] = kinds
        for prefix, kinds in prefixes.items():
            self.prefix_kinds[add_number(&self.prefixes, hash_text(prefix))] = kinds
        for first, rests in phrases.items():
            self.group_starts[add_number(&self.firsts, hash_text(first))] = <int32_t>self.phrases.n
            for rest, number in rests:
                add_phrase(&self.phrases, rest, number)
        self.group_starts[len(phrases)] = <int32_t>self.phrases.n
        self.n_longest = max(map(len, prefixes), default=0)
        self.has_proclitics = has_proclitics

    def __dealloc__(self):
        free(self.words.slots)
        free(self.prefixes.slots)
        free(self.firsts.slots)
        free(self.word_kinds)
        free(self.prefix_kinds)
        free(self.group_starts)
        free_phrases(&self.phrases)

    cdef Cue look_up(self, int kind, const void* data, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
        """Return what a word is."""
        cdef Cue cue
        cdef Py_ssize_t stem
        cue.groups[1] = NO_NUMBER
        cue.kinds = self.find_kinds(kind, data, start, end, &cue.groups[0])
        if self.has_proclitics:
            stem = skip_proclitics(kind, data, start, end)
            if stem > start:
                cue.kinds |= self.find_kinds(kind, data, stem, end, &cue.groups[1])
        return cue

    cdef uint64_t find_kinds(
        self, int kind, const void* data, Py_ssize_t start, Py_ssize_t end, int16_t* group
    ) noexcept nogil:
        """Return the kinds of a word without its proclitics."""
        cdef uint64_t h = HASH_START, kinds = 0
        cdef Py_ssize_t at
        cdef int32_t number
        for at in range(start, end):
            h = extend_hash(h, PyUnicode_READ(kind, data, at))
            if N_LEAST_PREFIX <= at + 1 - start <= self.n_longest:
                number = find_number(&self.prefixes, mix(h))
                if number != NO_NUMBER:
                    kinds |= self.prefix_kinds[number]
        h = mix(h)
        number = find_number(&self.words, h)
        if number != NO_NUMBER:
            kinds |= self.word_kinds[number]
        group[0] = <int16_t>find_number(&self.firsts, h)
        return kinds

    def look_up_word(self, str word not None):
        """Return the bits of the kinds of a word, and the numbers of the kinds of the phrases that it begins."""
        cdef Cue cue = self.look_up(PyUnicode_KIND(word), PyUnicode_DATA(word), 0, len(word))
        cdef Py_ssize_t k, at
        cdef list numbers = []
        for k in range(2):
            if cue.groups[k] >= 0:
                for at in range(self.group_starts[cue.groups[k]], self.group_starts[cue.groups[k] + 1]):
                    numbers.append(self.phrases.items[at].kind)
        return cue.kinds, numbers


cdef inline Py_ssize_t skip_proclitics(
    int kind, const void* data, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    """Return where a word goes on after its proclitics, as `socialtext.cues._PROCLITIC_RE` has them."""
    cdef Py_UCS4 c = PyUnicode_READ(kind, data, start) if start < end else 0
    cdef Py_ssize_t at = start
    if c == u"و" or c == u"ف":
        at += 1
    at = skip_article(kind, data, at, end)
    return at if end - at >= N_LEAST_STEM else start


cdef inline Py_ssize_t skip_article(int kind, const void* data, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
    """Return where a word goes on after a preposition and the article."""
    cdef Py_UCS4 c = PyUnicode_READ(kind, data, at) if at < end else 0
    cdef Py_UCS4 second = PyUnicode_READ(kind, data, at + 1) if at + 1 < end else 0
    if c == u"ا" and second == u"ل":
        return at + 2
    if c == u"ل":
        return at + 2 if second == u"ل" else at + 1
    if c == u"ب" or c == u"ك":
        if second == u"ا" and at + 2 < end and PyUnicode_READ(kind, data, at + 2) == u"ل":
            return at + 3
        return at + 1
    return at
