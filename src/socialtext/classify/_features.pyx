# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the classifier: from a passage to its words, to rows of the weight table, and to its margins.

Comes in: folded texts, or their words. Goes out: what `features.py` names and values, as rows and values of the
table, or multiplied with it. Each word type is taken apart once and remembered, until there are too many; then all
are forgotten.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log, sqrt
from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc

import threading

import numpy as np

from socialtext.classify.features import CUE_FLOOR, CUE_PAIR_VALUE, CUE_VALUE, iter_word_names

cdef extern from "Python.h":
    Py_UCS4 PyUnicode_READ(int kind, void* data, Py_ssize_t index) nogil

cdef extern from *:
    void prefetch "__builtin_prefetch"(const void* address) nogil

cdef enum:
    MAX_KINDS = 64
    N_AHEAD = 8  # rows that are asked of the memory before their turn
    MAX_WORDS = 200000
    N_LOGS = 64

cdef struct Word:
    int32_t first  # of its rows in the buffer
    int32_t last
    uint64_t kinds  # of cue, one bit each
    bint has_phrases
    bint begins_pair


cdef class FeatureTable:
    """Rows and values of passages in a weight table.

    Parameters
    ----------
    index : dict of str to int
        Row of each feature.
    idf : float array, shape (n_features,)
        1 for cues.
    weights : float32 array, shape (n_features, n_classes)
    intercepts : float array, shape (n_classes,)
    pairs : dict of str to dict of str to int
        Rows of the pairs of words, by first and second word.
    kinds : sequence of str
        Kinds of cue, at most 64.
    look_up : callable
        Of a word the kinds of cue that it is, and the phrases that begin with it: see `socialtext.cues.CueMatcher`.
    matches : callable
        What `socialtext.cues.begins_with` is.
    """

    cdef dict _index, _ids
    # Of each word type: the phrases that it begins by their second word, those whose second word is cut short, and
    # the rows of the pairs that it begins by their second word.
    cdef list _phrases, _cut_phrases, _pairs
    cdef dict _all_pairs
    cdef object _look_up, _matches, _lock
    cdef double[::1] _intercepts
    cdef int32_t _n_classes
    # Of each row its weights times its idf, then the idf: all that a row needs lies together.
    cdef float[:, ::1] _table
    cdef double _logs[N_LOGS]
    cdef int32_t[:, ::1] _pair_rows
    cdef int32_t[::1] _kind_rows
    cdef dict _kind_numbers
    cdef int32_t _n_kinds
    cdef double _cue_value, _cue_pair_value, _cue_floor
    # All word types, and their rows one after the other.
    cdef Word* _words
    cdef Py_ssize_t _n_words, _words_room
    cdef int32_t* _rows
    cdef Py_ssize_t _n_rows, _rows_room
    # Of the passage at hand: how often each row occurs, and which rows occur.
    cdef int32_t* _counts
    cdef int32_t* _touched
    cdef Py_ssize_t _n_touched
    cdef int32_t* _numbers  # of its words
    cdef Py_ssize_t _numbers_room
    cdef int32_t _kind_counts[MAX_KINDS]

    def __cinit__(self, dict index, idf, weights, intercepts, pairs, kinds, look_up, matches):
        self._words = NULL
        self._rows = NULL
        self._numbers = NULL
        self._counts = <int32_t*>calloc(max(1, len(index)), sizeof(int32_t))
        self._touched = <int32_t*>malloc(max(1, len(index)) * sizeof(int32_t))
        if self._counts == NULL or self._touched == NULL:
            raise MemoryError

    def __init__(self, dict index, idf, weights, intercepts, pairs, kinds, look_up, matches):
        if len(kinds) > MAX_KINDS:
            raise ValueError(f"{len(kinds)} kinds of cue: the table has bits for {MAX_KINDS}")
        self._index = index
        column = np.asarray(idf, dtype=np.float32).reshape(-1, 1)
        self._table = np.concatenate([np.asarray(weights, dtype=np.float32) * column, column], axis=1)
        cdef int32_t count
        for count in range(1, N_LOGS):
            self._logs[count] = 1.0 + log(count)
        self._n_classes = weights.shape[1]
        self._intercepts = np.ascontiguousarray(intercepts, dtype=np.float64)
        self._look_up = look_up
        self._matches = matches
        self._lock = threading.Lock()
        names = sorted(kinds)
        self._n_kinds = len(names)
        self._kind_numbers = {name: at for at, name in enumerate(names)}
        self._kind_rows = np.array([index.get(f"q:{name}", -1) for name in names], dtype=np.int32)
        pair_rows = np.full((len(names), len(names)), -1, dtype=np.int32)
        for at, name in enumerate(names):
            for other in range(at + 1, len(names)):
                pair_rows[at, other] = index.get(f"q:{name}+{names[other]}", -1)
        self._pair_rows = pair_rows
        self._cue_value = CUE_VALUE
        self._cue_pair_value = CUE_PAIR_VALUE
        self._cue_floor = CUE_FLOOR
        self._all_pairs = pairs
        self._forget()

    def __dealloc__(self):
        free(self._words)
        free(self._rows)
        free(self._counts)
        free(self._touched)
        free(self._numbers)

    cdef int _forget(self) except -1:
        self._ids = {}
        self._phrases, self._cut_phrases, self._pairs = [], [], []
        self._n_words = self._n_rows = 0
        return 0

    cdef Py_ssize_t _learn(self, str word) except -1:
        """Take a word apart and return its number."""
        cdef Word* entry
        cdef void* grown
        kinds, phrases = self._look_up(word)
        rows = [row for row in map(self._index.get, iter_word_names(word)) if row is not None]
        if self._n_words == self._words_room:
            self._words_room = 2 * self._words_room + 1024
            grown = realloc(self._words, self._words_room * sizeof(Word))
            if grown == NULL:
                raise MemoryError
            self._words = <Word*>grown
        while self._n_rows + <Py_ssize_t>len(rows) > self._rows_room:
            self._rows_room = 2 * self._rows_room + 16384
            grown = realloc(self._rows, self._rows_room * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError
            self._rows = <int32_t*>grown
        entry = &self._words[self._n_words]
        entry.first = self._n_rows
        for row in rows:
            self._rows[self._n_rows] = row
            self._n_rows += 1
        entry.last = self._n_rows
        entry.kinds = 0
        for kind in kinds:
            entry.kinds |= (<uint64_t>1) << <int>self._kind_numbers[kind]
        entry.has_phrases = bool(phrases)
        by_second, cut = {}, []
        for phrase in phrases:
            second = phrase[0][0]
            (cut if second.endswith("*") else by_second.setdefault(second, [])).append(phrase)
        self._phrases.append(by_second)
        self._cut_phrases.append(cut)
        pairs = self._all_pairs.get(word)
        entry.begins_pair = pairs is not None
        self._pairs.append(pairs)
        self._ids[word] = self._n_words
        self._n_words += 1
        return self._n_words - 1

    cdef inline void _count(self, int32_t row) noexcept nogil:
        if self._counts[row] == 0:
            self._touched[self._n_touched] = row
            self._n_touched += 1
        self._counts[row] += 1

    cdef int _find_numbers(self, list words) except -1:
        """Find the numbers of the word types of a passage."""
        cdef Py_ssize_t at, n = len(words)
        cdef void* grown
        if self._n_words > MAX_WORDS:
            self._forget()
        if n > self._numbers_room:
            grown = realloc(self._numbers, 2 * n * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError
            self._numbers = <int32_t*>grown
            self._numbers_room = 2 * n
        for at in range(n):
            known = self._ids.get(words[at])
            self._numbers[at] = <int32_t>(self._learn(<str>words[at]) if known is None else <Py_ssize_t>known)
        return 0

    cdef int _collect(self, list words, Py_ssize_t start, Py_ssize_t end) except -1:
        """Count rows and kinds of cue of some of the words whose numbers were found last."""
        cdef Py_ssize_t at, number
        cdef int32_t k
        cdef uint64_t kinds
        cdef Word entry
        cdef dict pairs = None
        for at in range(self._n_touched):  # what the last passage left, even if it failed half way
            self._counts[self._touched[at]] = 0
        self._n_touched = 0
        for k in range(self._n_kinds):
            self._kind_counts[k] = 0
        for at in range(start, end):
            number = self._numbers[at]
            entry = self._words[number]
            for k in range(entry.first, entry.last):
                self._count(self._rows[k])
            if pairs is not None:
                row = pairs.get(words[at])
                if row is not None:
                    self._count(row)
            pairs = <dict>self._pairs[number] if entry.begins_pair else None
            kinds = entry.kinds
            k = 0
            while kinds:
                if kinds & 1:
                    self._kind_counts[k] += 1
                kinds >>= 1
                k += 1
            if entry.has_phrases and at + 1 < end:
                self._count_phrases(words, at + 1, end, (<dict>self._phrases[number]).get(words[at + 1]))
                self._count_phrases(words, at + 1, end, self._cut_phrases[number])
        return 0

    cdef int _count_phrases(self, list words, Py_ssize_t at, Py_ssize_t end, object phrases) except -1:
        if phrases is not None:
            for rest, kind in <list>phrases:
                if at + <Py_ssize_t>len(rest) <= end and self._matches(words, at, rest):
                    self._kind_counts[<int>self._kind_numbers[kind]] += 1
        return 0

    cdef inline double _weigh(self, int32_t count) noexcept nogil:
        return self._logs[count] if count < N_LOGS else 1.0 + log(count)

    cdef double _cue_scale(self, Py_ssize_t n_words) noexcept nogil:
        cdef double root = sqrt(<double>n_words)
        return self._cue_floor if root < self._cue_floor else root

    cdef inline double _kind_value(self, int32_t kind, double scale) noexcept nogil:
        cdef double share = self._kind_counts[kind] / scale
        return self._cue_value * (share if share < 1.0 else 1.0)

    def vectorize(self, list words):
        """Return rows and values of one passage, two lists.

        Words and n-grams have the value (1 + log count) × idf, scaled to length 1 together; cues stand beside them.
        """
        cdef Py_ssize_t at
        cdef int32_t row, kind, other
        cdef double value, scale, total = 0.0
        with self._lock:
            self._find_numbers(words)
            self._collect(words, 0, len(words))
            rows, values = [], []
            for at in range(self._n_touched):
                row = self._touched[at]
                value = self._weigh(self._counts[row]) * self._table[row, self._n_classes]
                rows.append(row)
                values.append(value)
                total += value * value
            values = [value / sqrt(total) for value in values]
            scale = self._cue_scale(len(words))
            for kind in range(self._n_kinds):
                if not self._kind_counts[kind]:
                    continue
                if self._kind_rows[kind] >= 0:
                    rows.append(self._kind_rows[kind])
                    values.append(self._kind_value(kind, scale))
                for other in range(kind + 1, self._n_kinds):
                    if self._kind_counts[other] and self._pair_rows[kind, other] >= 0:
                        rows.append(self._pair_rows[kind, other])
                        values.append(self._cue_pair_value)
        return rows, values

    def margins(self, list passages):
        """Return the margins of passages, each a list of words: float array, shape (n_passages, n_classes)."""
        cdef Py_ssize_t number, n = len(passages)
        result = np.empty((n, self._n_classes))
        cdef double[:, ::1] out = result
        with self._lock:
            for number in range(n):
                words = <list>passages[number]
                self._find_numbers(words)
                self._collect(words, 0, len(words))
                self._multiply(&out[number, 0], len(words))
        return result

    def margins_of_sentences(self, list passages):
        """Return the margins of passages and of their sentences.

        Parameters
        ----------
        passages : list of (list of str, list of int)
            As `read_passage` gives them.

        Returns
        -------
        whole, strongest, first : float array, shape (n_passages, n_classes)
            Of the passages; the highest of their sentences; of their first sentences.
        """
        cdef Py_ssize_t number, n = len(passages)
        cdef Py_ssize_t start, end
        cdef int32_t k, n_classes = self._n_classes
        whole, strongest, first = np.empty((n, n_classes)), np.empty((n, n_classes)), np.empty((n, n_classes))
        cdef double[:, ::1] of_whole = whole
        cdef double[:, ::1] of_strongest = strongest
        cdef double[:, ::1] of_first = first
        cdef double[::1] own = np.empty(n_classes)
        cdef list words, ends
        with self._lock:
            for number in range(n):
                words, ends = passages[number]
                self._find_numbers(words)
                self._collect(words, 0, len(words))
                self._multiply(&of_whole[number, 0], len(words))
                if len(ends) < 2:
                    for k in range(n_classes):
                        of_strongest[number, k] = of_first[number, k] = of_whole[number, k]
                    continue
                start = 0
                for end in ends:
                    self._collect(words, start, end)
                    self._multiply(&own[0], end - start)
                    for k in range(n_classes):
                        if start == 0:
                            of_first[number, k] = of_strongest[number, k] = own[k]
                        elif own[k] > of_strongest[number, k]:
                            of_strongest[number, k] = own[k]
                    start = end
        return whole, strongest, first

    cdef void _multiply(self, double* out, Py_ssize_t n_words) noexcept nogil:
        cdef Py_ssize_t at
        cdef int32_t row, kind, other, k, n_classes = self._n_classes
        cdef double weight, value, scale, total = 0.0
        cdef const float* entry
        for k in range(n_classes):
            out[k] = 0.0
        for at in range(self._n_touched):
            row = self._touched[at]
            if at + N_AHEAD < self._n_touched:
                prefetch(&self._table[self._touched[at + N_AHEAD], 0])
            weight = self._weigh(self._counts[row])
            entry = &self._table[row, 0]
            for k in range(n_classes):
                out[k] += weight * entry[k]
            value = weight * entry[n_classes]
            total += value * value
        scale = sqrt(total) if total > 0.0 else 1.0
        for k in range(n_classes):
            out[k] = out[k] / scale + self._intercepts[k]
        scale = self._cue_scale(n_words)
        for kind in range(self._n_kinds):
            if not self._kind_counts[kind]:
                continue
            row = self._kind_rows[kind]
            if row >= 0:
                value = self._kind_value(kind, scale)
                for k in range(n_classes):
                    out[k] += value * self._table[row, k]
            for other in range(kind + 1, self._n_kinds):
                row = self._pair_rows[kind, other]
                if self._kind_counts[other] and row >= 0:
                    for k in range(n_classes):
                        out[k] += self._cue_pair_value * self._table[row, k]


cdef inline bint is_word(Py_UCS4 c) noexcept:
    if c < 0x80:
        return u"a" <= c <= u"z" or u"0" <= c <= u"9" or u"A" <= c <= u"Z" or c == u"_"
    return 0x0620 <= c <= 0x064A or c.isalpha() or c.isdigit() or c.isnumeric()


cdef inline bint is_stop(Py_UCS4 c) noexcept:
    return c == u"." or c == u"!" or c == u"?" or c == 0x061F or c == 0x2026 or c == u":" or c == 0x061B


def read_passage(str folded not None):
    """Return the words of a folded text, and how many there are at the end of each sentence.

    The words are those of `socialtext.cues.WORD_RE`, the sentences those of `features.SENTENCE_END_RE`; no sentence is
    empty.
    """
    cdef int kind = PyUnicode_KIND(folded)
    cdef void* data = PyUnicode_DATA(folded)
    cdef Py_ssize_t at = 0, start, n = len(folded)
    cdef Py_ssize_t n_words = 0, n_before = 0
    cdef bint after_stop = False
    cdef Py_UCS4 c
    cdef list words = [], ends = []
    while at < n:
        c = PyUnicode_READ(kind, data, at)
        if is_word(c):
            start = at
            while at < n and is_word(PyUnicode_READ(kind, data, at)):
                at += 1
            if at + 1 < n and PyUnicode_READ(kind, data, at) == u"/" and is_word(PyUnicode_READ(kind, data, at + 1)):
                at += 2
                while at < n and is_word(PyUnicode_READ(kind, data, at)):
                    at += 1
            words.append(folded[start:at])
            n_words += 1
            after_stop = False
            continue
        if n_words > n_before and (
            c == u"\n" or (after_stop and (c == 0xBB or c == u'"' or c == 0x201D or c.isspace()))
        ):
            ends.append(n_words)
            n_before = n_words
        after_stop = is_stop(c)
        at += 1
    if n_words > n_before:
        ends.append(n_words)
    return words, ends
