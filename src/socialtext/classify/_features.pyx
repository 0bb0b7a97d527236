# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the classifier: from a passage to its words, to rows of the weight table, and to its margins.

Comes in: folded texts, or their words. Goes out: what `features.py` names and values, as rows and values of the
table, or multiplied with it. Each word type is taken apart once and remembered, until there are too many; then all
are forgotten.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log, sqrt
from libc.stdint cimport int16_t, int32_t, uint16_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

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
    MOST = 65535        # occurrences that are told apart: beyond, one more adds next to nothing
    N_LOGS = 64
    N_WORDS_AHEAD = 3   # words whose rows are asked of the memory before their turn
    LINE = 8            # rows of the table are as long as a multiple of so many numbers

# How often a row occurs in the passage at hand, and in the sentence; no more than `MOST`.
cdef struct Count:
    uint16_t whole
    uint16_t part

# What a passage or a sentence adds up to: the weights of its rows for each class, then the squares of their values;
# its kinds of cue, and how often each occurs.
cdef struct Sums:
    double* items
    uint64_t kinds
    int32_t[MAX_KINDS] kind_counts

cdef struct Word:
    int32_t first  # of its rows in the buffer
    int32_t last
    Cue cue
    bint begins_pair


@cython.final
cdef class FeatureWeights:
    """The features of a model with their weights, shared by the tables of all languages.

    Parameters
    ----------
    rows : dict of str to int
        Row of each feature, by the names of `features.py`.
    idf : float array, shape (n_features,)
        1 for cues.
    weights : float array, shape (n_features, n_classes)
    """

    cdef Numbers _names, _pairs, _firsts
    cdef int32_t* _rows  # of the names
    cdef int32_t* _rows_of_pairs
    cdef Py_ssize_t _rows_room, _pairs_room
    cdef Py_ssize_t n_classes
    # Of each row its weights times its idf, and the idf.
    cdef float[:, ::1] table
    # Of the passage at hand; whoever counts holds the lock, and leaves zeros.
    cdef Count* counts
    cdef object lock

    def __cinit__(self, dict rows, idf, weights):
        make_numbers(&self._names, len(rows))
        make_numbers(&self._pairs, N_TYPES)
        make_numbers(&self._firsts, N_TYPES)
        self.counts = <Count*>calloc(len(rows) + 1, sizeof(Count))
        if self.counts == NULL:
            raise MemoryError

    def __init__(self, dict rows, idf, weights):
        cdef str name
        cdef int32_t row
        for name, row in rows.items():
            self._rows = <int32_t*>enlarge(self._rows, &self._rows_room, self._names.n + 1, sizeof(int32_t))
            self._rows[add_number(&self._names, hash_text(name))] = row
            if name.startswith("w:") and " " in name:
                first, second = name[2:].split(" ")
                self._add_pair(first, second, row)
        self.n_classes = weights.shape[1]
        column = np.asarray(idf, dtype=np.float32).reshape(-1, 1)
        width = (self.n_classes + 1 + LINE - 1) // LINE * LINE
        table = np.zeros((len(column), width), dtype=np.float32)
        table[:, : self.n_classes] = np.asarray(weights, dtype=np.float32) * column
        table[:, self.n_classes] = column[:, 0]
        self.table = table
        self.lock = threading.Lock()

    def __dealloc__(self):
        free(self._names.slots)
        free(self._pairs.slots)
        free(self._firsts.slots)
        free(self._rows)
        free(self._rows_of_pairs)
        free(self.counts)

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
    weights : FeatureWeights
    intercepts : float array, shape (n_classes,)
    kinds : sequence of str
        Kinds of cue, at most 64, sorted.
    cues : CueTable
        With the numbers of these kinds.
    """

    cdef FeatureWeights _weights
    cdef CueTable _cues
    cdef double[::1] _intercepts
    cdef int32_t _n_classes
    cdef Count* _counts  # those of the weights
    # By how much a row counts more, and its square, when it occurs so often, beyond what one occurrence counts.
    cdef double _more[N_LOGS]
    cdef double _more_squared[N_LOGS]
    cdef int32_t[:, ::1] _pair_rows
    cdef int32_t[::1] _kind_rows
    cdef int32_t _n_kinds
    cdef double _cue_value, _cue_pair_value, _cue_floor
    # All word types, and their rows one after the other.
    cdef Numbers _numbers
    cdef Word* _words
    cdef int32_t* _rows
    # Of each word type what its rows add up to, where each occurs once.
    cdef double* _word_sums
    cdef Py_ssize_t _words_room, _n_rows, _rows_room, _sums_room
    # Of the word that is learned the hashes of its features.
    cdef uint64_t* _hashes
    cdef Py_ssize_t _hashes_room
    # The passage at hand: its words, where its sentences end, and the rows of its pairs of words.
    cdef str _text
    cdef Spans _spans
    cdef list _ends
    cdef int32_t* _pairs
    cdef Py_ssize_t _n_pairs, _pairs_room
    cdef Sums _whole, _part

    def __cinit__(self, FeatureWeights weights not None, intercepts, kinds, CueTable cues not None):
        make_numbers(&self._numbers, N_TYPES)
        self._whole.items = <double*>calloc(weights.n_classes + 1, sizeof(double))
        self._part.items = <double*>calloc(weights.n_classes + 1, sizeof(double))
        if self._whole.items == NULL or self._part.items == NULL:
            raise MemoryError

    def __init__(self, FeatureWeights weights not None, intercepts, kinds, CueTable cues not None):
        if len(kinds) > MAX_KINDS:
            raise ValueError(f"{len(kinds)} kinds of cue: the table has bits for {MAX_KINDS}")
        self._weights = weights
        self._counts = weights.counts
        self._n_classes = <int32_t>weights.n_classes
        cdef int32_t count
        for count in range(2, N_LOGS):
            self._more[count] = more_of(count)
            self._more_squared[count] = more_squared_of(count)
        self._intercepts = np.ascontiguousarray(intercepts, dtype=np.float64)
        self._cues = cues
        self._n_kinds = <int32_t>len(kinds)
        self._kind_rows = np.array([weights.find(hash_text(f"q:{name}")) for name in kinds], dtype=np.int32)
        pair_rows = np.full((len(kinds), len(kinds)), NO_NUMBER, dtype=np.int32)
        for at, name in enumerate(kinds):
            for other in range(at + 1, len(kinds)):
                pair_rows[at, other] = weights.find(hash_text(f"q:{name}+{kinds[other]}"))
        self._pair_rows = pair_rows
        self._cue_value = CUE_VALUE
        self._cue_pair_value = CUE_PAIR_VALUE
        self._cue_floor = CUE_FLOOR

    def __dealloc__(self):
        free(self._numbers.slots)
        free(self._words)
        free(self._rows)
        free(self._hashes)
        free(self._word_sums)
        free(self._spans.items)
        free(self._pairs)
        free(self._whole.items)
        free(self._part.items)

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
            prefetch_slot(&self._weights._names, self._hashes[at])
        self._words = <Word*>enlarge(self._words, &self._words_room, self._numbers.n + 1, sizeof(Word))
        self._rows = <int32_t*>enlarge(self._rows, &self._rows_room, self._n_rows + n_hashes, sizeof(int32_t))
        entry = &self._words[self._numbers.n]
        entry.first = <int32_t>self._n_rows
        for at in range(n_hashes):
            row = self._weights.find(self._hashes[at])
            if row != NO_NUMBER:
                prefetch(&self._weights.table[row, 0])
                self._rows[self._n_rows] = row
                self._n_rows += 1
        entry.last = <int32_t>self._n_rows
        self._word_sums = <double*>enlarge(
            self._word_sums, &self._sums_room, (self._numbers.n + 1) * self._n_sums(), sizeof(double)
        )
        memset(&self._word_sums[self._numbers.n * self._n_sums()], 0, self._n_sums() * sizeof(double))
        for k in range(entry.first, entry.last):
            self._add_row(&self._word_sums[self._numbers.n * self._n_sums()], self._rows[k], 1.0, 1.0)
        entry.cue = self._cues.look_up(kind, data, span.start, span.end)
        entry.begins_pair = find_number(&self._weights._firsts, span.hash) != NO_NUMBER
        return add_number(&self._numbers, span.hash)

    cdef inline Py_ssize_t _n_sums(self) noexcept nogil:
        return self._n_classes + 1

    cdef inline void _add_row(self, double* sums, int32_t row, double value, double square) noexcept nogil:
        """Add a row so often, and the square of its idf so often."""
        cdef const float* entry = &self._weights.table[row, 0]
        cdef Py_ssize_t k, n_classes = self._n_classes
        for k in range(n_classes):
            sums[k] += value * entry[k]
        sums[n_classes] += square * entry[n_classes] * entry[n_classes]

    cdef inline void _add_more(self, Sums* sums, int32_t row, int32_t count) noexcept nogil:
        """Correct the sums for a row that occurs so often now: the logarithm of how often counts."""
        if count < N_LOGS:
            self._add_row(sums.items, row, self._more[count], self._more_squared[count])
        else:
            self._add_row(sums.items, row, more_of(count), more_squared_of(count))

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

    cdef inline void _prefetch_word(self, Py_ssize_t at) noexcept nogil:
        """Ask the memory for what a word of the passage adds up to, and for the counts of its rows."""
        cdef int32_t number = self._spans.items[at].number, k
        prefetch(&self._word_sums[number * self._n_sums()])
        for k in range(self._words[number].first, self._words[number].last):
            prefetch(&self._counts[self._rows[k]])

    cdef void _clear(self, Sums* sums) noexcept nogil:
        memset(sums.items, 0, self._n_sums() * sizeof(double))
        memset(sums.kind_counts, 0, self._n_kinds * sizeof(int32_t))
        sums.kinds = 0

    cdef int _add_word(self, Py_ssize_t at, Py_ssize_t end, bint in_part) except -1:
        """Add a word of the passage, with the pair and the phrases that it begins.

        Parameters
        ----------
        at : int
        end : int
            Where its sentence ends.
        in_part : bool
            Whether the sentence is added up too.
        """
        cdef int kind = PyUnicode_KIND(self._text)
        cdef void* data = PyUnicode_DATA(self._text)
        cdef Word entry = self._words[self._spans.items[at].number]
        cdef const double* sums = &self._word_sums[self._spans.items[at].number * self._n_sums()]
        cdef Py_ssize_t k, n_words = self._spans.n
        cdef int32_t row
        cdef int16_t group
        cdef Count* count
        for k in range(self._n_classes + 1):
            self._whole.items[k] += sums[k]
        if in_part:
            for k in range(self._n_classes + 1):
                self._part.items[k] += sums[k]
        for k in range(entry.first, entry.last):
            row = self._rows[k]
            count = &self._counts[row]
            count.whole += count.whole < MOST
            if count.whole > 1:
                self._add_more(&self._whole, row, count.whole)
                if in_part and count.part:
                    self._add_more(&self._part, row, count.part + 1)
            count.part += in_part and count.part < MOST - 1
        if entry.begins_pair and at + 1 < n_words:
            row = self._weights.find_pair(self._spans.items[at].hash, self._spans.items[at + 1].hash)
            if row != NO_NUMBER:
                self._add_pair(row, in_part and at + 1 < end)
        self._add_kinds(entry.cue.kinds, in_part)
        for group in entry.cue.groups:
            if group < 0:
                continue
            for k in range(self._cues.group_starts[group], self._cues.group_starts[group + 1]):
                if continues(&self._cues.phrases, k, &self._spans, kind, data, at + 1, n_words):
                    self._add_kinds(
                        (<uint64_t>1) << self._cues.phrases.items[k].mark,
                        in_part and continues(&self._cues.phrases, k, &self._spans, kind, data, at + 1, end),
                    )
        return 0

    cdef int _add_pair(self, int32_t row, bint in_part) except -1:
        cdef Count* count = &self._counts[row]
        self._pairs = <int32_t*>enlarge(self._pairs, &self._pairs_room, self._n_pairs + 1, sizeof(int32_t))
        self._pairs[self._n_pairs] = row
        self._n_pairs += 1
        count.whole += count.whole < MOST
        self._add_row(self._whole.items, row, 1.0, 1.0)
        if count.whole > 1:
            self._add_more(&self._whole, row, count.whole)
        if in_part:
            count.part += count.part < MOST
            self._add_row(self._part.items, row, 1.0, 1.0)
            if count.part > 1:
                self._add_more(&self._part, row, count.part)
        return 0

    cdef inline void _add_kinds(self, uint64_t kinds, bint in_part) noexcept nogil:
        self._whole.kinds |= kinds
        if in_part:
            self._part.kinds |= kinds
        while kinds:
            self._whole.kind_counts[lowest_bit(kinds)] += 1
            self._part.kind_counts[lowest_bit(kinds)] += in_part
            kinds &= kinds - 1

    cdef void _forget_counts(
        self, Py_ssize_t start, Py_ssize_t end, Py_ssize_t first_pair, bint of_whole
    ) noexcept nogil:
        """Set the counts of the rows of some words, and of the pairs from one on, to 0 again."""
        cdef Py_ssize_t at
        cdef int32_t k
        cdef Word* entry
        for at in range(start, end):
            entry = &self._words[self._spans.items[at].number]
            for k in range(entry.first, entry.last):
                self._counts[self._rows[k]].part = 0
                if of_whole:
                    self._counts[self._rows[k]].whole = 0
        for at in range(first_pair, self._n_pairs):
            self._counts[self._pairs[at]].part = 0
            if of_whole:
                self._counts[self._pairs[at]].whole = 0

    cdef int _score(self, double* whole, double* strongest, double* first) except -1:
        """Write the margins of the passage and, where these are asked for, of its sentences."""
        cdef Py_ssize_t at, start = 0, end, first_pair, n = self._spans.n
        cdef int32_t k, n_classes = self._n_classes
        cdef bint by_parts = strongest != NULL and len(self._ends) > 1
        self._n_pairs = 0
        self._clear(&self._whole)
        for at in range(min(N_WORDS_AHEAD, n)):
            self._prefetch_word(at)
        for end in (self._ends if by_parts else [n]):
            first_pair = self._n_pairs
            if by_parts:
                self._clear(&self._part)
            for at in range(start, end):
                if at + N_WORDS_AHEAD < n:
                    self._prefetch_word(at + N_WORDS_AHEAD)
                self._add_word(at, end, by_parts)
            if by_parts:
                self._finish(&self._part, end - start, whole)
                self._forget_counts(start, end, first_pair, False)
                for k in range(n_classes):
                    if start == 0:
                        strongest[k] = first[k] = whole[k]
                    elif whole[k] > strongest[k]:
                        strongest[k] = whole[k]
            start = end
        self._finish(&self._whole, n, whole)
        self._forget_counts(0, n, 0, True)
        if strongest != NULL and not by_parts:
            for k in range(n_classes):
                strongest[k] = first[k] = whole[k]
        return 0

    cdef double _cue_scale(self, Py_ssize_t n_words) noexcept nogil:
        cdef double root = sqrt(<double>n_words)
        return self._cue_floor if root < self._cue_floor else root

    cdef inline double _kind_value(self, int32_t count, double scale) noexcept nogil:
        cdef double share = count / scale
        return self._cue_value * (share if share < 1.0 else 1.0)

    def vectorize(self, list words):
        """Return rows and values of one passage, two lists.

        Words and n-grams have the value (1 + log count) × idf, scaled to length 1 together; cues stand beside them.
        """
        cdef Py_ssize_t at
        cdef int32_t row, kind, other
        cdef double value, scale, total = 0.0
        cdef dict counts = {}
        cdef Word entry
        with self._weights.lock:
            self._read_words(words)
            self._clear(&self._whole)
            self._n_pairs = 0
            for at in range(self._spans.n):
                self._add_word(at, self._spans.n, False)
            for at in range(self._spans.n):
                entry = self._words[self._spans.items[at].number]
                for row in range(entry.first, entry.last):
                    counts[self._rows[row]] = self._counts[self._rows[row]].whole
            for at in range(self._n_pairs):
                counts[self._pairs[at]] = self._counts[self._pairs[at]].whole
            self._forget_counts(0, self._spans.n, 0, True)
            rows, values = [], []
            for row, count in counts.items():
                value = (1.0 + log(count)) * self._weights.table[row, self._n_classes]
                rows.append(row)
                values.append(value)
                total += value * value
            values = [value / sqrt(total) for value in values]
            scale = self._cue_scale(len(words))
            for kind in range(self._n_kinds):
                if not self._whole.kind_counts[kind]:
                    continue
                if self._kind_rows[kind] >= 0:
                    rows.append(self._kind_rows[kind])
                    values.append(self._kind_value(self._whole.kind_counts[kind], scale))
                for other in range(kind + 1, self._n_kinds):
                    if self._whole.kind_counts[other] and self._pair_rows[kind, other] >= 0:
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
        with self._weights.lock:
            for number in range(n):
                if isinstance(passages[number], str):
                    self._read_text(passages[number])
                else:
                    self._read_words(passages[number])
                self._score(&out[number, 0], NULL, NULL)
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
        margins = np.empty((3, n, self._n_classes))
        cdef double[:, :, ::1] out = margins
        with self._weights.lock:
            for number in range(n):
                if isinstance(passages[number], str):
                    self._read_text(passages[number])
                else:
                    self._read_words([word for words in passages[number] for word in words])
                    self._ends = list(accumulate(map(len, passages[number])))
                self._score(&out[0, number, 0], &out[1, number, 0], &out[2, number, 0])
        return margins[0], margins[1], margins[2]

    cdef void _finish(self, const Sums* sums, Py_ssize_t n_words, double* out) noexcept nogil:
        """Write the margins of what was added up."""
        cdef int32_t row, kind, other, k, n_classes = self._n_classes
        cdef double value, total = sums.items[n_classes], scale = sqrt(total) if total > 0.0 else 1.0
        cdef uint64_t kinds = sums.kinds, others
        for k in range(n_classes):
            out[k] = sums.items[k] / scale + self._intercepts[k]
        scale = self._cue_scale(n_words)
        while kinds:
            kind = lowest_bit(kinds)
            kinds &= kinds - 1
            row = self._kind_rows[kind]
            if row >= 0:
                value = self._kind_value(sums.kind_counts[kind], scale)
                for k in range(n_classes):
                    out[k] += value * self._weights.table[row, k]
            others = kinds
            while others:
                other = lowest_bit(others)
                others &= others - 1
                row = self._pair_rows[kind, other]
                if row >= 0:
                    for k in range(n_classes):
                        out[k] += self._cue_pair_value * self._weights.table[row, k]


cdef inline double more_of(int32_t count) noexcept nogil:
    """Return how much more a row is worth at this occurrence than the 1 that each is taken for."""
    return log(count) - log(count - 1) - 1.0


cdef inline double more_squared_of(int32_t count) noexcept nogil:
    """Return how much more its square is worth."""
    return (1.0 + log(count)) ** 2 - (1.0 + log(count - 1)) ** 2 - 1.0


cdef inline uint64_t hash_pair(uint64_t first, uint64_t second) noexcept nogil:
    return mix(first * 0x9E3779B97F4A7C15ULL + second)


cdef inline bint is_stop(Py_UCS4 c) noexcept:
    return c == u"." or c == u"!" or c == u"?" or c == 0x061F or c == 0x2026 or c == u":" or c == 0x061B
