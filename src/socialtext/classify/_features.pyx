# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the classifier: from a passage to its words, to rows of the weight table, and to its margins.

Comes in: folded texts, or their words. Goes out: what `features.py` names and values, as rows and values of the
table, or multiplied with it. Each word type is taken apart once and remembered, until there are too many; then all
are forgotten.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log, sqrt
from libc.stdint cimport int16_t, int32_t, uint64_t
from libc.stdlib cimport free, malloc

from socialtext._cues cimport Cue, CueTable
from socialtext._words cimport (
    HASH_START, NO_NUMBER, N_TYPES, Numbers, PyUnicode_READ, Span, Spans, add_number, add_span, continues, enlarge,
    extend_hash, find_number, forget_numbers, hash_text, is_word, make_numbers, mix, prefetch, prefetch_slot, word_end,
)

import threading
from itertools import accumulate

import numpy as np

from socialtext.classify.features import CUE_FLOOR, CUE_PAIR_VALUE, CUE_VALUE, GRAM_LENGTHS

cdef extern from *:
    int lowest_bit "__builtin_ctzll"(unsigned long long bits) noexcept nogil

cdef enum:
    MAX_KINDS = 64
    MAX_WORDS = 200000
    N_LOGS = 64
    N_AHEAD = 8         # rows that are asked of the memory before their turn
    N_WORDS_AHEAD = 2
    LINE = 8            # rows of the table are as long as a multiple of so many numbers

cdef struct Word:
    int32_t first  # of its rows in the buffer
    int32_t last
    Cue cue
    bint begins_pair


@cython.final
cdef class FeatureIndex:
    """The rows of features in a weight table; any number of tables may share it.

    Parameters
    ----------
    rows : dict of str to int
        Row of each feature, by the names of `features.py`.
    """

    cdef readonly Py_ssize_t n_features
    cdef Numbers _names, _pairs, _firsts
    cdef int32_t* _rows  # of the names
    cdef int32_t* _rows_of_pairs
    cdef Py_ssize_t _rows_room, _pairs_room

    def __cinit__(self, dict rows):
        make_numbers(&self._names, N_TYPES)
        make_numbers(&self._pairs, N_TYPES)
        make_numbers(&self._firsts, N_TYPES)

    def __init__(self, dict rows):
        cdef str name
        cdef int32_t row
        self.n_features = len(rows)
        for name, row in rows.items():
            self._rows = <int32_t*>enlarge(self._rows, &self._rows_room, self._names.n + 1, sizeof(int32_t))
            self._rows[add_number(&self._names, hash_text(name))] = row
            if name.startswith("w:") and " " in name:
                first, second = name[2:].split(" ")
                self._add_pair(first, second, row)

    def __dealloc__(self):
        free(self._names.slots)
        free(self._pairs.slots)
        free(self._firsts.slots)
        free(self._rows)
        free(self._rows_of_pairs)

    cdef int _add_pair(self, str first, str second, int32_t row) except -1:
        cdef uint64_t hash = hash_text(first)
        self._rows_of_pairs = <int32_t*>enlarge(
            self._rows_of_pairs, &self._pairs_room, self._pairs.n + 1, sizeof(int32_t)
        )
        self._rows_of_pairs[add_number(&self._pairs, hash_pair(hash, hash_text(second)))] = row
        if find_number(&self._firsts, hash) == NO_NUMBER:
            add_number(&self._firsts, hash)
        return 0

    cdef int32_t find(self, uint64_t hash) noexcept nogil:
        """Return the row of a feature by the hash of its name, `NO_NUMBER` where it has none."""
        cdef int32_t number = find_number(&self._names, hash)
        return NO_NUMBER if number == NO_NUMBER else self._rows[number]

    cdef int32_t find_pair(self, uint64_t first, uint64_t second) noexcept nogil:
        """Return the row of a pair of words by their hashes, `NO_NUMBER` where it has none."""
        cdef int32_t number = find_number(&self._pairs, hash_pair(first, second))
        return NO_NUMBER if number == NO_NUMBER else self._rows_of_pairs[number]


@cython.final
cdef class FeatureTable:
    """Rows and values of passages in a weight table.

    Parameters
    ----------
    index : FeatureIndex
    idf : float array, shape (n_features,)
        1 for cues.
    weights : float32 array, shape (n_features, n_classes)
    intercepts : float array, shape (n_classes,)
    kinds : sequence of str
        Kinds of cue, at most 64, sorted.
    cues : CueTable
        With the numbers of these kinds.
    """

    cdef FeatureIndex _index
    cdef CueTable _cues
    cdef object _lock
    cdef double[::1] _intercepts
    cdef int32_t _n_classes
    # Of each row its weights times its idf, the idf, and how often it occurs in the passage at hand: all that a row
    # needs lies together.
    cdef float[:, ::1] _table
    cdef double _logs[N_LOGS]
    cdef int32_t[:, ::1] _pair_rows
    cdef int32_t[::1] _kind_rows
    cdef int32_t _n_kinds
    cdef double _cue_value, _cue_pair_value, _cue_floor
    # All word types, and their rows one after the other.
    cdef Numbers _numbers
    cdef Word* _words
    cdef int32_t* _rows
    cdef Py_ssize_t _words_room, _n_rows, _rows_room
    # Of the word that is learned the hashes of its features.
    cdef uint64_t* _hashes
    cdef Py_ssize_t _hashes_room
    # The passage at hand: its words, where its sentences end, and which rows occur.
    cdef str _text
    cdef Spans _spans
    cdef list _ends
    cdef int32_t* _touched
    cdef Py_ssize_t _n_touched
    cdef int32_t _kind_counts[MAX_KINDS]
    cdef uint64_t _kinds

    def __cinit__(self, FeatureIndex index not None, idf, weights, intercepts, kinds, CueTable cues not None):
        make_numbers(&self._numbers, N_TYPES)
        self._touched = <int32_t*>malloc(max(1, index.n_features) * sizeof(int32_t))
        if self._touched == NULL:
            raise MemoryError

    def __init__(self, FeatureIndex index not None, idf, weights, intercepts, kinds, CueTable cues not None):
        if len(kinds) > MAX_KINDS:
            raise ValueError(f"{len(kinds)} kinds of cue: the table has bits for {MAX_KINDS}")
        self._index = index
        self._n_classes = weights.shape[1]
        column = np.asarray(idf, dtype=np.float32).reshape(-1, 1)
        width = (self._n_classes + 2 + LINE - 1) // LINE * LINE
        table = np.zeros((len(column), width), dtype=np.float32)
        table[:, : self._n_classes] = np.asarray(weights, dtype=np.float32) * column
        table[:, self._n_classes] = column[:, 0]
        self._table = table
        cdef int32_t count
        for count in range(1, N_LOGS):
            self._logs[count] = 1.0 + log(count)
        self._intercepts = np.ascontiguousarray(intercepts, dtype=np.float64)
        self._cues = cues
        self._lock = threading.Lock()
        self._n_kinds = <int32_t>len(kinds)
        self._kind_rows = np.array([index.find(hash_text(f"q:{name}")) for name in kinds], dtype=np.int32)
        pair_rows = np.full((len(kinds), len(kinds)), NO_NUMBER, dtype=np.int32)
        for at, name in enumerate(kinds):
            for other in range(at + 1, len(kinds)):
                pair_rows[at, other] = index.find(hash_text(f"q:{name}+{kinds[other]}"))
        self._pair_rows = pair_rows
        self._cue_value = CUE_VALUE
        self._cue_pair_value = CUE_PAIR_VALUE
        self._cue_floor = CUE_FLOOR

    def __dealloc__(self):
        free(self._numbers.slots)
        free(self._words)
        free(self._rows)
        free(self._hashes)
        free(self._spans.items)
        free(self._touched)

    cdef int _forget(self) except -1:
        forget_numbers(&self._numbers)
        self._n_rows = 0
        return 0

    cdef int32_t _learn(self, int kind, const void* data, const Span* span) except -1:
        """Take a word apart, as `features.iter_word_names` does, and return its number."""
        cdef Word* entry
        cdef Py_ssize_t at, k, length, n_hashes = 1, size = span.end - span.start + 2  # with its edges
        cdef uint64_t h, of_grams = extend_hash(extend_hash(HASH_START, u"c"), u":")
        cdef int32_t row
        self._hashes = <uint64_t*>enlarge(
            self._hashes, &self._hashes_room, len(GRAM_LENGTHS) * size + 1, sizeof(uint64_t)
        )
        h = extend_hash(extend_hash(HASH_START, u"w"), u":")
        for at in range(span.start, span.end):
            h = extend_hash(h, PyUnicode_READ(kind, data, at))
        self._hashes[0] = mix(h)
        for length in GRAM_LENGTHS:
            length = min(length, size)
            for at in range(size - length + 1):
                h = of_grams
                for k in range(at, at + length):
                    if k == 0 or k == size - 1:
                        h = extend_hash(h, u" ")
                    else:
                        h = extend_hash(h, PyUnicode_READ(kind, data, span.start + k - 1))
                self._hashes[n_hashes] = mix(h)
                n_hashes += 1
            if length == size:
                break
        for at in range(n_hashes):
            prefetch_slot(&self._index._names, self._hashes[at])
        self._words = <Word*>enlarge(self._words, &self._words_room, self._numbers.n + 1, sizeof(Word))
        self._rows = <int32_t*>enlarge(self._rows, &self._rows_room, self._n_rows + n_hashes, sizeof(int32_t))
        entry = &self._words[self._numbers.n]
        entry.first = <int32_t>self._n_rows
        for at in range(n_hashes):
            row = self._index.find(self._hashes[at])
            if row != NO_NUMBER:
                self._rows[self._n_rows] = row
                self._n_rows += 1
        entry.last = <int32_t>self._n_rows
        entry.cue = self._cues.look_up(kind, data, span.start, span.end)
        entry.begins_pair = find_number(&self._index._firsts, span.hash) != NO_NUMBER
        return add_number(&self._numbers, span.hash)

    cdef inline void _count(self, int32_t row) noexcept nogil:
        cdef float* count = &self._table[row, self._n_classes + 1]
        if count[0] == 0.0:
            self._touched[self._n_touched] = row
            self._n_touched += 1
        count[0] += 1.0

    cdef int _read_words(self, list words) except -1:
        """Take a passage that is given as its words."""
        cdef Py_ssize_t start = 0
        cdef str word
        self._text = " ".join(words)
        self._spans.n = 0
        for word in words:
            add_span(&self._spans, PyUnicode_KIND(self._text), PyUnicode_DATA(self._text), start, start + len(word))
            start += len(word) + 1
        return self._number_words()

    cdef int _read_text(self, str folded) except -1:
        """Take a passage that is given as a folded text.

        The words are those of `socialtext.cues.WORD_RE`, the sentences those of `features.SENTENCE_END_RE`.
        """
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_ssize_t at = 0, start, n_before = 0, n = len(folded)
        cdef bint after_stop = False
        cdef Py_UCS4 c
        self._text = folded
        self._spans.n = 0
        self._ends = []
        while at < n:
            c = PyUnicode_READ(kind, data, at)
            if is_word(c):
                start = at
                at = word_end(kind, data, at, n)
                add_span(&self._spans, kind, data, start, at)
                prefetch_slot(&self._numbers, self._spans.items[self._spans.n - 1].hash)
                after_stop = False
                continue
            if self._spans.n > n_before and (
                c == u"\n" or (after_stop and (c == 0xBB or c == u'"' or c == 0x201D or c.isspace()))
            ):
                n_before = self._spans.n
                self._ends.append(n_before)
            after_stop = is_stop(c)
            at += 1
        if self._spans.n > n_before:
            self._ends.append(self._spans.n)
        return self._number_words()

    cdef int _number_words(self) except -1:
        """Find the numbers of the words of the passage."""
        cdef int kind = PyUnicode_KIND(self._text)
        cdef void* data = PyUnicode_DATA(self._text)
        cdef Py_ssize_t at
        cdef Span* span
        if self._numbers.n > MAX_WORDS:
            self._forget()
        for at in range(self._spans.n):
            span = &self._spans.items[at]
            span.number = find_number(&self._numbers, span.hash)
            if span.number == NO_NUMBER:
                span.number = self._learn(kind, data, span)
            prefetch(&self._words[span.number])
        for at in range(self._spans.n):
            prefetch(&self._rows[self._words[self._spans.items[at].number].first])
        return 0

    cdef void _prefetch_rows(self, Py_ssize_t at, Py_ssize_t end) noexcept nogil:
        """Ask the memory for the rows of a word."""
        cdef Word* entry
        cdef int32_t k
        if at < end:
            entry = &self._words[self._spans.items[at].number]
            for k in range(entry.first, entry.last):
                prefetch(&self._table[self._rows[k], 0])

    cdef int _collect(self, Py_ssize_t start, Py_ssize_t end) except -1:
        """Count rows and kinds of cue of some of the words of the passage."""
        cdef Py_ssize_t at
        cdef int32_t k
        cdef int16_t group
        cdef uint64_t kinds
        cdef int kind = PyUnicode_KIND(self._text)
        cdef void* data = PyUnicode_DATA(self._text)
        cdef Word entry
        for at in range(self._n_touched):  # what the last passage left
            self._table[self._touched[at], self._n_classes + 1] = 0.0
        self._n_touched = 0
        for k in range(self._n_kinds):
            self._kind_counts[k] = 0
        self._kinds = 0
        for at in range(start, min(start + N_WORDS_AHEAD, end)):
            self._prefetch_rows(at, end)
        for at in range(start, end):
            self._prefetch_rows(at + N_WORDS_AHEAD, end)
            entry = self._words[self._spans.items[at].number]
            for k in range(entry.first, entry.last):
                self._count(self._rows[k])
            if entry.begins_pair and at + 1 < end:
                k = self._index.find_pair(self._spans.items[at].hash, self._spans.items[at + 1].hash)
                if k != NO_NUMBER:
                    self._count(k)
            kinds = entry.cue.kinds
            while kinds:
                self._kind_counts[lowest_bit(kinds)] += 1
                kinds &= kinds - 1
            self._kinds |= entry.cue.kinds
            for group in entry.cue.groups:
                if group < 0:
                    continue
                for k in range(self._cues.group_starts[group], self._cues.group_starts[group + 1]):
                    if continues(&self._cues.phrases, k, &self._spans, kind, data, at + 1, end):
                        self._kind_counts[self._cues.phrases.items[k].mark] += 1
                        self._kinds |= (<uint64_t>1) << self._cues.phrases.items[k].mark
        return 0

    cdef inline double _weigh(self, float count) noexcept nogil:
        return self._logs[<int32_t>count] if count < N_LOGS else 1.0 + log(count)

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
            self._read_words(words)
            self._collect(0, self._spans.n)
            rows, values = [], []
            for at in range(self._n_touched):
                row = self._touched[at]
                value = self._weigh(self._table[row, self._n_classes + 1]) * self._table[row, self._n_classes]
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
        """Return the margins of passages: float array, shape (n_passages, n_classes).

        Parameters
        ----------
        passages : list of str, or of list of str
            Folded texts, or their words.
        """
        cdef Py_ssize_t number, n = len(passages)
        result = np.empty((n, self._n_classes))
        cdef double[:, ::1] out = result
        with self._lock:
            for number in range(n):
                if isinstance(passages[number], str):
                    self._read_text(passages[number])
                else:
                    self._read_words(passages[number])
                self._collect(0, self._spans.n)
                self._multiply(&out[number, 0], self._spans.n)
        return result

    def margins_of_sentences(self, list passages):
        """Return the margins of passages and of their sentences.

        Parameters
        ----------
        passages : list of str, or of list of list of str
            Folded texts, or the words of their sentences, of which none is empty.

        Returns
        -------
        whole, strongest, first : float array, shape (n_passages, n_classes)
            Of the passages; the highest of their sentences; of their first sentences.
        """
        cdef Py_ssize_t number, n = len(passages)
        cdef Py_ssize_t start, end
        cdef int32_t k, n_classes = self._n_classes
        margins = np.empty((3, n, n_classes))
        cdef double[:, :, ::1] out = margins
        cdef double[::1] own = np.empty(n_classes)
        with self._lock:
            for number in range(n):
                if isinstance(passages[number], str):
                    self._read_text(passages[number])
                else:
                    self._read_words([word for words in passages[number] for word in words])
                    self._ends = list(accumulate(map(len, passages[number])))
                self._collect(0, self._spans.n)
                self._multiply(&out[0, number, 0], self._spans.n)
                if len(self._ends) < 2:
                    for k in range(n_classes):
                        out[1, number, k] = out[2, number, k] = out[0, number, k]
                    continue
                start = 0
                for end in self._ends:
                    self._collect(start, end)
                    self._multiply(&own[0], end - start)
                    for k in range(n_classes):
                        if start == 0:
                            out[1, number, k] = out[2, number, k] = own[k]
                        elif own[k] > out[1, number, k]:
                            out[1, number, k] = own[k]
                    start = end
        return margins[0], margins[1], margins[2]

    cdef void _multiply(self, double* out, Py_ssize_t n_words) noexcept nogil:
        """Write the margins of what was collected."""
        cdef Py_ssize_t at
        cdef int32_t row, kind, other, k, n_classes = self._n_classes
        cdef double weight, value, scale, total = 0.0
        cdef const float* entry
        cdef uint64_t kinds = self._kinds, others
        for k in range(n_classes):
            out[k] = 0.0
        for at in range(self._n_touched):
            if at + N_AHEAD < self._n_touched:
                prefetch(&self._table[self._touched[at + N_AHEAD], 0])
            entry = &self._table[self._touched[at], 0]
            weight = self._weigh(entry[n_classes + 1])
            for k in range(n_classes):
                out[k] += weight * entry[k]
            value = weight * entry[n_classes]
            total += value * value
        scale = sqrt(total) if total > 0.0 else 1.0
        for k in range(n_classes):
            out[k] = out[k] / scale + self._intercepts[k]
        scale = self._cue_scale(n_words)
        while kinds:
            kind = lowest_bit(kinds)
            kinds &= kinds - 1
            row = self._kind_rows[kind]
            if row >= 0:
                value = self._kind_value(kind, scale)
                for k in range(n_classes):
                    out[k] += value * self._table[row, k]
            others = kinds
            while others:
                other = lowest_bit(others)
                others &= others - 1
                row = self._pair_rows[kind, other]
                if row >= 0:
                    for k in range(n_classes):
                        out[k] += self._cue_pair_value * self._table[row, k]


cdef inline uint64_t hash_pair(uint64_t first, uint64_t second) noexcept nogil:
    return mix(first * 0x9E3779B97F4A7C15ULL + second)


cdef inline bint is_stop(Py_UCS4 c) noexcept:
    return c == u"." or c == u"!" or c == u"?" or c == 0x061F or c == 0x2026 or c == u":" or c == 0x061B
