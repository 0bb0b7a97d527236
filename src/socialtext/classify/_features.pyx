# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the classifier: from a passage to its words, to rows of the weight table, and to its margins.

Comes in: folded texts. Goes out: what `features.py` names, as rows and values of the table, or multiplied with it; how
pieces add up to a passage is told there. Each word type, and each that stands at an edge of a sentence, is taken apart
and added up once, and remembered until there are too many; then all are forgotten.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log, sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset
from numpy cimport import_array

from socialtext._arrays cimport NPY_FLOAT64, make_array, ndarray, rows_of
from socialtext._concepts cimport ConceptTable
from socialtext._cues cimport Cue, CueTable
from socialtext._words cimport (
    HASH_START, NO_NUMBER, N_TYPES, Numbers, PyUnicode_READ, Slot, Span, Spans, add_number, add_word, continues,
    enlarge, extend_hash, find_number, forget_numbers, hash_span, hash_text, is_word, make_numbers, mix, prefetch,
    prefetch_slot, put_number,
)

import threading

import numpy as np

from socialtext.classify.features import (
    CUE_FLOOR, CUE_PAIR_VALUE, CUE_VALUE, EDGE_LENGTHS, FIRST, GRAM_LENGTHS, LAST, MARKS,
)
from socialtext.models import NONE_SHARED as MODEL_NONE_SHARED, N_STEPS, STEP_POWER, Steps

import_array()

cdef extern from "Python.h":
    int PyUnicode_4BYTE_KIND

cdef extern from "memory.h" nogil:
    void ask_for_large_pages(const void* memory, size_t n_bytes) noexcept

cdef extern from *:
    int lowest_bit "__builtin_ctzll"(unsigned long long bits) noexcept nogil

cdef Py_ssize_t NONE_SHARED = MODEL_NONE_SHARED

cdef enum:
    MAX_KINDS = 64
    MAX_WORDS = 200000
    MAX_ROWS = 4000000
    N_LOGS = 64
    N_NAMES_AHEAD = 32
    N_WORDS_AHEAD = 3   # words whose rows are asked of the memory before their turn
    NEIGHBOURS = 0      # sorts of pairs
    CONTENT = 1
    LINE = 8            # rows of the table are as long as a multiple of so many numbers

# How often a piece occurs in the passage at hand, and in the sentence.
cdef struct Count:
    int32_t whole
    int32_t part

# What a passage or a sentence adds up to: for each class what its pieces add, then the squares of their lengths; its
# kinds of cue, and how often each occurs.
cdef struct Sums:
    double* items
    uint64_t kinds
    int32_t[MAX_KINDS] kind_counts

# A word type, or one that stands at an edge of a sentence; of the latter there are only rows.
cdef struct Word:
    int32_t first  # of its rows in the buffer
    int32_t last
    Cue cue
    # Hashes of what it means, with and without the mark of a demand; 0 where it stands in no pair of that sort.
    uint64_t meaning
    uint64_t content
    bint is_content

# A pair of the sentence at hand; its row where it has been found.
cdef struct Pair:
    uint64_t hash
    int sort
    int32_t row

# Where the row of a name is noted, and under which hash.
cdef struct Entry:
    Numbers* numbers
    uint64_t hash

# Where a sentence ends, and how many marks there are up to its end; the types of its first and last word as such.
cdef struct Sentence:
    Py_ssize_t end
    Py_ssize_t last_mark
    int32_t[2] edges


@cython.final
cdef class FeatureWeights:
    """The features of a model with their weights, shared by the tables of all languages.

    Parameters
    ----------
    names : str
        Of the features, as `features.py` has them, in the order of the rows, as `models.pack_names` packs them.
    idf : float array, shape (n_features,)
        What a feature is worth before its weights; see `LinearModel`.
    weights : float array, shape (n_features, n_classes), or Steps
    """

    # Rows by the hashes of names; those of pairs by the hashes of their two members, which are noted too.
    cdef Numbers _names
    cdef Numbers[2] _pairs
    cdef Numbers[2] _members
    cdef Py_ssize_t n_classes
    # Of each row its weights times its idf, and the idf.
    cdef float[:, ::1] table
    # Of each row that is a piece by itself, in the passage at hand; whoever counts holds the lock, and leaves zeros.
    cdef Count* counts
    cdef object lock

    def __cinit__(self, str names not None, idf, weights):
        cdef int sort
        largest, values = weights if isinstance(weights, Steps) else (None, weights)
        make_numbers(&self._names, len(values) * 3 // 4)
        ask_for_large_pages(self._names.slots, self._names.size * sizeof(Slot))
        for sort in range(2):
            make_numbers(&self._pairs[sort], len(values) // 4)
            make_numbers(&self._members[sort], N_TYPES)
        self.counts = <Count*>calloc(len(values) + 1, sizeof(Count))
        if self.counts == NULL:
            raise MemoryError
        self.n_classes = values.shape[1]
        self.table = np.zeros((len(values), (self.n_classes + 1 + LINE - 1) // LINE * LINE), dtype=np.float32)
        if len(values):
            ask_for_large_pages(&self.table[0, 0], self.table.nbytes)
        self.lock = threading.Lock()
        column = np.ascontiguousarray(idf, np.float32)
        if column.shape != (len(values),) or (largest is not None and largest.shape != (self.n_classes,)):
            raise ValueError(f"idf or largest weights do not fit {len(values)} features of {self.n_classes} classes")
        if largest is None:
            self._fill_table(column, np.ascontiguousarray(values, np.float32))
        else:
            self._fill_table_by_steps(column, largest / np.float32(N_STEPS ** STEP_POWER), np.ascontiguousarray(values))
        self._read_names(names)

    cdef int _fill_table(self, const float[::1] idf, const float[:, ::1] weights) except -1:
        cdef Py_ssize_t row, k
        for row in range(idf.shape[0]):
            for k in range(self.n_classes):
                self.table[row, k] = weights[row, k] * idf[row]
            self.table[row, self.n_classes] = idf[row]
        return 0

    cdef int _fill_table_by_steps(
        self, const float[::1] idf, const float[::1] scales, const int8_t[:, ::1] steps
    ) except -1:
        """Do the same for weights in steps, as `models.weigh_steps` reckons them."""
        cdef Py_ssize_t row, k
        cdef float step
        for row in range(idf.shape[0]):
            for k in range(self.n_classes):
                step = steps[row, k]
                self.table[row, k] = step * step * step * scales[k] * idf[row]
            self.table[row, self.n_classes] = idf[row]
        return 0

    cdef int _read_names(self, str packed) except -1:
        """Note the row of each name."""
        cdef Py_ssize_t size = 0, at = 0, n = len(packed), k, n_ahead
        cdef int32_t row = 0
        cdef Entry[N_NAMES_AHEAD] ahead
        # No name is longer than all together; what is not touched takes no memory.
        cdef uint32_t* name = <uint32_t*>malloc((n + 1) * sizeof(uint32_t))
        if name == NULL:
            raise MemoryError
        try:
            while at < n:
                n_ahead = 0
                while n_ahead < N_NAMES_AHEAD and at < n:  # asked of the memory together
                    size = read_packed(packed, &at, name, size)
                    self._read_name(name, size, &ahead[n_ahead])
                    prefetch_slot(ahead[n_ahead].numbers, ahead[n_ahead].hash)
                    n_ahead += 1
                for k in range(n_ahead):
                    if row == self.table.shape[0] or not put_number(ahead[k].numbers, ahead[k].hash, row):
                        raise ValueError(f"feature {row} is there twice, or has no row among {self.table.shape[0]}")
                    row += 1
        finally:
            free(name)
        if row != self.table.shape[0]:
            raise ValueError(f"{row} names for {self.table.shape[0]} features")
        return 0

    cdef int _read_name(self, const uint32_t* name, Py_ssize_t size, Entry* entry) except -1:
        """Find where the row of a name is noted. Pairs are ``p:first second`` and ``n:one other``."""
        cdef Py_ssize_t blank = 2
        cdef uint64_t first, second
        cdef int sort
        if size < 2 or name[1] != u":" or (name[0] != u"p" and name[0] != u"n"):
            entry.numbers = &self._names
            entry.hash = hash_span(PyUnicode_4BYTE_KIND, name, 0, size)
            return 0
        sort = NEIGHBOURS if name[0] == u"p" else CONTENT
        while blank < size and name[blank] != u" ":
            blank += 1
        first = hash_span(PyUnicode_4BYTE_KIND, name, 2, blank)
        second = hash_span(PyUnicode_4BYTE_KIND, name, min(blank + 1, size), size)
        entry.numbers = &self._pairs[sort]
        entry.hash = hash_pair(sort, first, second)
        put_number(&self._members[sort], first, 0)
        put_number(&self._members[sort], second, 0)
        return 0

    def __dealloc__(self):
        cdef int sort
        free(self._names.slots)
        for sort in range(2):
            free(self._pairs[sort].slots)
            free(self._members[sort].slots)
        free(self.counts)

    cdef int32_t find(self, uint64_t hash) noexcept nogil:
        """Return the row of a feature, but of a pair, by the hash of its name; `NO_NUMBER` where it has none."""
        return find_number(&self._names, hash)

    cdef uint64_t member(self, int sort, uint64_t hash) noexcept nogil:
        """Return a hash if it is that of a member of pairs, else 0."""
        return 0 if find_number(&self._members[sort], hash) == NO_NUMBER else hash

    cdef int32_t find_pair(self, int sort, uint64_t hash) noexcept nogil:
        """Return the row of a pair by its hash, `NO_NUMBER` where it has none."""
        return find_number(&self._pairs[sort], hash)


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
    concepts : ConceptTable
    """

    cdef FeatureWeights _weights
    cdef CueTable _cues
    cdef ConceptTable _concepts
    cdef double[::1] _intercepts
    cdef int32_t _n_classes
    # By how much a piece counts more, and its square, when it occurs so often.
    cdef double _more[N_LOGS]
    cdef double _more_squared[N_LOGS]
    cdef int32_t[:, ::1] _pair_rows
    cdef int32_t[::1] _kind_rows
    cdef int32_t _n_kinds
    cdef double _cue_value, _cue_pair_value, _cue_floor
    # The hashes of what the names of features at the edges begin with; the marks, and their rows.
    cdef uint64_t[2] _edge_starts
    cdef int32_t[::1] _marks, _mark_rows
    # All word types, and their rows one after the other.
    cdef Numbers _numbers
    cdef Word* _words
    cdef int32_t* _rows
    # Of each word type what its rows add up to, and how often it occurs in the passage at hand.
    cdef double* _word_sums
    cdef Count* _word_counts
    cdef Py_ssize_t _words_room, _n_rows, _rows_room, _sums_room, _counts_room
    # Of the word that is learned, or found at an edge, the hashes of its features.
    cdef uint64_t* _hashes
    cdef Py_ssize_t _hashes_room
    # The passage at hand: its words, its sentences, the rows of its marks, and those of its pairs of words and of the
    # marks that were added up.
    cdef str _text
    cdef Spans _spans
    cdef Sentence* _sentences
    cdef int32_t* _found_marks
    cdef Pair* _found_pairs
    cdef int32_t* _singles
    cdef Py_ssize_t _n_sentences, _sentences_room, _n_marks, _marks_room, _n_singles, _singles_room, _pairs_room
    cdef Sums _whole, _part

    def __cinit__(
        self, FeatureWeights weights not None, intercepts, kinds, CueTable cues not None, ConceptTable concepts not None
    ):
        make_numbers(&self._numbers, N_TYPES)
        self._whole.items = <double*>calloc(weights.n_classes + 1, sizeof(double))
        self._part.items = <double*>calloc(weights.n_classes + 1, sizeof(double))
        if self._whole.items == NULL or self._part.items == NULL:
            raise MemoryError
        if len(intercepts) != weights.n_classes:
            raise ValueError(f"{len(intercepts)} intercepts for {weights.n_classes} classes")
        if len(kinds) > MAX_KINDS:
            raise ValueError(f"{len(kinds)} kinds of cue: the table has bits for {MAX_KINDS}")
        self._weights = weights
        self._n_classes = <int32_t>weights.n_classes
        cdef int32_t count
        for count in range(1, N_LOGS):
            self._more[count] = more_of(count)
            self._more_squared[count] = more_squared_of(count)
        self._intercepts = np.ascontiguousarray(intercepts, dtype=np.float64)
        self._cues = cues
        self._concepts = concepts
        self._n_kinds = <int32_t>len(kinds)
        self._kind_rows = np.array([weights.find(hash_text(f"q:{name}")) for name in kinds], dtype=np.int32)
        pair_rows = np.full((len(kinds), len(kinds)), NO_NUMBER, dtype=np.int32)
        for at, name in enumerate(kinds):
            for other in range(at + 1, len(kinds)):
                pair_rows[at, other] = weights.find(hash_text(f"q:{name}+{kinds[other]}"))
        self._pair_rows = pair_rows
        self._marks = np.array([ord(mark) for mark in MARKS], dtype=np.int32)
        self._mark_rows = np.array([weights.find(hash_text(f"m:{mark}")) for mark in MARKS.values()], dtype=np.int32)
        for at, edge in enumerate((FIRST, LAST)):
            self._edge_starts[at] = extend_hash(extend_hash(HASH_START, ord(edge)), u":")
        self._cue_value = CUE_VALUE
        self._cue_pair_value = CUE_PAIR_VALUE
        self._cue_floor = CUE_FLOOR

    def __dealloc__(self):
        free(self._numbers.slots)
        free(self._words)
        free(self._rows)
        free(self._hashes)
        free(self._word_sums)
        free(self._word_counts)
        free(self._spans.items)
        free(self._sentences)
        free(self._found_marks)
        free(self._found_pairs)
        free(self._singles)
        free(self._whole.items)
        free(self._part.items)

    cdef int _forget(self) except -1:
        forget_numbers(&self._numbers)
        self._n_rows = 0
        if self._rows_room > 2 * MAX_ROWS:  # after a word of millions of letters
            free(self._rows)
            self._rows = NULL
            self._rows_room = 0
        return 0

    cdef int32_t _learn(self, int kind, const void* data, const Span* span) except -1:
        """Take a word apart, as `features.iter_word_names` does, and return its number."""
        cdef Py_ssize_t at, k, length, n_hashes = 1, size = span.end - span.start + 2  # with its edges
        cdef uint64_t h, of_grams = extend_hash(extend_hash(HASH_START, u"c"), u":")
        cdef int32_t number, concept = self._concepts.find(span.hash)
        cdef str meaning, content
        cdef Word* word
        self._hashes = <uint64_t*>enlarge(
            self._hashes, &self._hashes_room, len(GRAM_LENGTHS) * size + 3, sizeof(uint64_t)
        )
        h = extend_hash(extend_hash(HASH_START, u"w"), u":")
        self._hashes[0] = mix(extend_by(h, kind, data, span.start, span.end))
        if concept != NO_NUMBER:
            meaning = self._concepts.names[concept]
            content = self._concepts.bare[concept]
            self._hashes[n_hashes] = hash_text(f"k:{meaning}")
            n_hashes += 1
            if content != meaning:
                self._hashes[n_hashes] = hash_text(f"k:{content}")
                n_hashes += 1
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
        number = self._remember(span.hash, n_hashes)
        word = &self._words[number]
        word.cue = self._cues.look_up(kind, data, span.start, span.end)
        if concept == NO_NUMBER:
            word.is_content = not is_number(PyUnicode_READ(kind, data, span.start))
            word.meaning = self._weights.member(NEIGHBOURS, span.hash)
            word.content = self._weights.member(CONTENT, span.hash)
        else:
            word.is_content = self._concepts.are_content[concept]
            word.meaning = self._weights.member(NEIGHBOURS, hash_text(meaning))
            word.content = self._weights.member(CONTENT, hash_text(content))
        return number

    cdef int32_t _find_edge(self, int edge, int kind, const void* data, const Span* span) except -1:
        """Return the number of a word at the edge of a sentence; take it apart as `features.iter_edge_names` does."""
        cdef uint64_t start = self._edge_starts[edge]
        cdef uint64_t padded = extend_hash(start, u" ")
        cdef uint64_t hash = mix(extend_hash(extend_by(padded, kind, data, span.start, span.end), u" "))
        cdef int32_t number = find_number(&self._numbers, hash)
        cdef Py_ssize_t length, n_hashes = 1
        if number != NO_NUMBER:
            return number
        self._hashes = <uint64_t*>enlarge(
            self._hashes, &self._hashes_room, 2 * len(EDGE_LENGTHS) + 1, sizeof(uint64_t)
        )
        self._hashes[0] = hash
        for length in EDGE_LENGTHS:
            if length >= span.end - span.start:
                break
            self._hashes[n_hashes] = mix(extend_by(padded, kind, data, span.start, span.start + length))
            self._hashes[n_hashes + 1] = mix(
                extend_hash(extend_by(start, kind, data, span.end - length, span.end), u" ")
            )
            n_hashes += 2
        return self._remember(hash, n_hashes)

    cdef int32_t _remember(self, uint64_t hash, Py_ssize_t n_hashes) except -1:
        """Keep the rows of the features whose hashes were found as those of a new word type; return its number."""
        cdef Word* entry
        cdef Py_ssize_t at, k
        cdef int32_t row
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
        self._word_counts = <Count*>enlarge(
            self._word_counts, &self._counts_room, self._numbers.n + 1, sizeof(Count)
        )
        memset(&self._word_counts[self._numbers.n], 0, sizeof(Count))
        memset(&self._word_sums[self._numbers.n * self._n_sums()], 0, self._n_sums() * sizeof(double))
        for k in range(entry.first, entry.last):
            self._add_row(&self._word_sums[self._numbers.n * self._n_sums()], self._rows[k], 1.0, 1.0)
        return add_number(&self._numbers, hash)

    cdef inline Py_ssize_t _n_sums(self) noexcept nogil:
        return self._n_classes + 1

    cdef inline void _add_row(self, double* sums, int32_t row, double value, double square) noexcept nogil:
        """Add a row so often, and the square of its idf so often."""
        cdef const float* entry = &self._weights.table[row, 0]
        cdef Py_ssize_t k, n_classes = self._n_classes
        for k in range(n_classes):
            sums[k] += value * entry[k]
        sums[n_classes] += square * entry[n_classes] * entry[n_classes]

    cdef inline double _more_of(self, int32_t count) noexcept nogil:
        return self._more[count] if count < N_LOGS else more_of(count)

    cdef inline double _more_squared_of(self, int32_t count) noexcept nogil:
        return self._more_squared[count] if count < N_LOGS else more_squared_of(count)

    cdef int _read_text(self, str folded) except -1:
        """Take a passage apart, as `features.read_sentences` does."""
        if folded is None:
            raise TypeError("a passage must be a str, not None")
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_ssize_t at = 0, n_before = 0, marks_before = 0, n = len(folded)
        cdef bint after_stop = False, only_numbers = True
        cdef int32_t row
        cdef Py_UCS4 c
        self._text = folded
        self._spans.n = self._n_sentences = self._n_marks = 0
        while at < n:
            c = PyUnicode_READ(kind, data, at)
            if is_word(c):
                only_numbers = only_numbers and is_number(c)
                at = add_word(&self._spans, &self._numbers, kind, data, at, n)
                after_stop = False
                continue
            if c == u"\n" or (after_stop and (c == 0xBB or c == u'"' or c == 0x201D or c.isspace())):
                if not only_numbers:
                    self._add_sentence()
                    n_before = self._spans.n
                    marks_before = self._n_marks
                    only_numbers = True
                elif self._spans.n == n_before:
                    self._n_marks = marks_before
            elif c != u" ":
                row = self._find_mark(c)
                if row != NO_NUMBER:
                    self._found_marks = <int32_t*>enlarge(
                        self._found_marks, &self._marks_room, self._n_marks + 1, sizeof(int32_t)
                    )
                    self._found_marks[self._n_marks] = row
                    self._n_marks += 1
            after_stop = ends_sentence(c)
            at += 1
        if self._spans.n > n_before:
            self._add_sentence()
        return self._number_words()

    cdef int _add_sentence(self) except -1:
        """End a sentence here."""
        self._sentences = <Sentence*>enlarge(
            self._sentences, &self._sentences_room, self._n_sentences + 1, sizeof(Sentence)
        )
        self._sentences[self._n_sentences].end = self._spans.n
        self._sentences[self._n_sentences].last_mark = self._n_marks
        self._n_sentences += 1
        return 0

    cdef inline int32_t _find_mark(self, Py_UCS4 c) noexcept:
        """Return the row of a mark, `NO_NUMBER` where the character is none or has no row."""
        cdef Py_ssize_t at
        for at in range(self._marks.shape[0]):
            if self._marks[at] == <int32_t>c:
                return self._mark_rows[at]
        return NO_NUMBER

    cdef int _number_words(self) except -1:
        """Find the numbers of the words of the passage, and of those at the edges of its sentences."""
        cdef int kind = PyUnicode_KIND(self._text)
        cdef void* data = PyUnicode_DATA(self._text)
        cdef Py_ssize_t at, first, start = 0
        cdef Sentence* sentence
        cdef Span* span
        if self._numbers.n > MAX_WORDS or self._n_rows > MAX_ROWS:
            self._forget()
        for at in range(self._spans.n):
            span = &self._spans.items[at]
            span.number = find_number(&self._numbers, span.hash)
            if span.number == NO_NUMBER:
                span.number = self._learn(kind, data, span)
            prefetch(&self._words[span.number])
        for at in range(self._n_sentences):
            sentence = &self._sentences[at]
            first = start
            while first < sentence.end and is_number(PyUnicode_READ(kind, data, self._spans.items[first].start)):
                first += 1
            span = &self._spans.items[first if first < sentence.end else start]
            sentence.edges[0] = self._find_edge(0, kind, data, span)
            sentence.edges[1] = self._find_edge(1, kind, data, &self._spans.items[sentence.end - 1])
            start = sentence.end
        # Room for all that may be added singly: nothing fails while counts are held.
        self._singles = <int32_t*>enlarge(
            self._singles, &self._singles_room, 2 * self._spans.n + self._n_marks, sizeof(int32_t)
        )
        self._found_pairs = <Pair*>enlarge(
            self._found_pairs, &self._pairs_room, 2 * self._spans.n, sizeof(Pair)
        )
        return 0

    cdef inline void _prefetch_word(self, Py_ssize_t at) noexcept nogil:
        """Ask the memory for what a word of the passage adds up to."""
        cdef int32_t number = self._spans.items[at].number
        prefetch(&self._word_sums[number * self._n_sums()])
        prefetch(&self._word_counts[number])

    cdef void _clear(self, Sums* sums) noexcept nogil:
        memset(sums.items, 0, self._n_sums() * sizeof(double))
        memset(sums.kind_counts, 0, self._n_kinds * sizeof(int32_t))
        sums.kinds = 0

    cdef void _add_word(self, Py_ssize_t at, Py_ssize_t end, bint in_part) noexcept:
        """Add a word of the passage, with the phrases that it begins.

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
        cdef const Word* word = &self._words[self._spans.items[at].number]
        cdef Py_ssize_t k, n_words = self._spans.n
        cdef int16_t group
        self._add_type(self._spans.items[at].number, in_part)
        self._add_kinds(word.cue.kinds, in_part)
        for group in word.cue.groups:
            if group < 0:
                continue
            for k in range(self._cues.group_starts[group], self._cues.group_starts[group + 1]):
                if continues(&self._cues.phrases, k, &self._spans, kind, data, at + 1, n_words):
                    self._add_kinds(
                        (<uint64_t>1) << self._cues.phrases.items[k].kind,
                        in_part and continues(&self._cues.phrases, k, &self._spans, kind, data, at + 1, end),
                    )

    cdef void _add_pairs(self, Py_ssize_t start, Py_ssize_t end, bint in_part) noexcept nogil:
        """Add the pairs of a sentence: of neighbours, and of content words.

        Each look into the memory is asked for in a turn before the one that needs it.
        """
        cdef Py_ssize_t at, n_pairs = 0, n_rows = 0
        cdef const Word* word
        cdef uint64_t meaning = 0, content = 0
        cdef Pair* pair
        for at in range(start, end):
            word = &self._words[self._spans.items[at].number]
            if meaning and word.meaning:
                self._ask_pair(&self._found_pairs[n_pairs], NEIGHBOURS, meaning, word.meaning)
                n_pairs += 1
            meaning = word.meaning
            if word.is_content:
                if content and word.content:
                    self._ask_pair(&self._found_pairs[n_pairs], CONTENT, content, word.content)
                    n_pairs += 1
                content = word.content
        for at in range(n_pairs):
            pair = &self._found_pairs[at]
            pair.row = self._weights.find_pair(pair.sort, pair.hash)
            if pair.row != NO_NUMBER:
                prefetch(&self._weights.table[pair.row, 0])
                prefetch(&self._weights.counts[pair.row])
                self._found_pairs[n_rows] = pair[0]
                n_rows += 1
        for at in range(n_rows):
            self._add_single(self._found_pairs[at].row, in_part)

    cdef inline void _ask_pair(self, Pair* pair, int sort, uint64_t first, uint64_t second) noexcept nogil:
        pair.sort = sort
        pair.hash = hash_pair(sort, first, second)
        prefetch_slot(&self._weights._pairs[sort], pair.hash)

    cdef inline void _add_sums(
        self, Sums* sums, const double* items, int32_t count
    ) noexcept nogil:
        """Add what a piece adds up to that occurs so often now: the logarithm of how often counts."""
        cdef Py_ssize_t k, n_classes = self._n_classes
        cdef double more = self._more_of(count)
        for k in range(n_classes):
            sums.items[k] += more * items[k]
        sums.items[n_classes] += self._more_squared_of(count) * items[n_classes]

    cdef inline void _add_type(self, int32_t number, bint in_part) noexcept nogil:
        """Add a word type."""
        cdef const double* items = &self._word_sums[number * self._n_sums()]
        cdef Count* count = &self._word_counts[number]
        count.whole += 1
        self._add_sums(&self._whole, items, count.whole)
        if in_part:
            count.part += 1
            self._add_sums(&self._part, items, count.part)

    cdef inline void _add_single(self, int32_t row, bint in_part) noexcept nogil:
        """Add a row that is a piece by itself, a pair or a mark."""
        cdef Count* count = &self._weights.counts[row]
        self._singles[self._n_singles] = row
        self._n_singles += 1
        count.whole += 1
        self._add_row(self._whole.items, row, self._more_of(count.whole), self._more_squared_of(count.whole))
        if in_part:
            count.part += 1
            self._add_row(self._part.items, row, self._more_of(count.part), self._more_squared_of(count.part))

    cdef inline void _add_kinds(self, uint64_t kinds, bint in_part) noexcept nogil:
        self._whole.kinds |= kinds
        if in_part:
            self._part.kinds |= kinds
        while kinds:
            self._whole.kind_counts[lowest_bit(kinds)] += 1
            self._part.kind_counts[lowest_bit(kinds)] += in_part
            kinds &= kinds - 1

    cdef inline void _forget_type(self, int32_t number, bint of_whole) noexcept nogil:
        self._word_counts[number].part = 0
        if of_whole:
            self._word_counts[number].whole = 0

    cdef void _forget_counts(
        self, Py_ssize_t first, Py_ssize_t last, Py_ssize_t first_single, bint of_whole
    ) noexcept nogil:
        """Set the counts of some sentences, and of the single rows from one on, to 0 again."""
        cdef Py_ssize_t at, start = self._sentences[first - 1].end if first else 0
        for at in range(start, self._sentences[last - 1].end if last else 0):
            self._forget_type(self._spans.items[at].number, of_whole)
        for at in range(first, last):
            self._forget_type(self._sentences[at].edges[0], of_whole)
            self._forget_type(self._sentences[at].edges[1], of_whole)
        for at in range(first_single, self._n_singles):
            self._weights.counts[self._singles[at]].part = 0
            if of_whole:
                self._weights.counts[self._singles[at]].whole = 0

    cdef void _add_sentences(self, bint by_parts, double* strongest, double* first, double* own) noexcept:
        """Add up the passage and, where it is asked for, score its sentences; `own` has room for their margins."""
        cdef Py_ssize_t number, at, start = 0, mark = 0, first_single, n = self._spans.n
        cdef int32_t k
        cdef Sentence* sentence
        self._n_singles = 0
        self._clear(&self._whole)
        for at in range(min(N_WORDS_AHEAD, n)):
            self._prefetch_word(at)
        for number in range(self._n_sentences):
            sentence = &self._sentences[number]
            first_single = self._n_singles
            if by_parts:
                self._clear(&self._part)
            for at in range(start, sentence.end):
                if at + N_WORDS_AHEAD < n:
                    self._prefetch_word(at + N_WORDS_AHEAD)
                self._add_word(at, sentence.end, by_parts)
            self._add_pairs(start, sentence.end, by_parts)
            self._add_type(sentence.edges[0], by_parts)
            self._add_type(sentence.edges[1], by_parts)
            while mark < sentence.last_mark:
                self._add_single(self._found_marks[mark], by_parts)
                mark += 1
            if by_parts:
                self._finish(&self._part, sentence.end - start, own)
                self._forget_counts(number, number + 1, first_single, False)
                for k in range(self._n_classes):
                    if number == 0:
                        strongest[k] = first[k] = own[k]
                    elif own[k] > strongest[k]:
                        strongest[k] = own[k]
            start = sentence.end

    cdef void _score(self, double* whole, double* strongest, double* first) noexcept:
        """Write the margins of the passage and, where these are asked for, of its sentences."""
        cdef int32_t k
        cdef bint by_parts = strongest != NULL and self._n_sentences > 1
        self._add_sentences(by_parts, strongest, first, whole)
        self._finish(&self._whole, self._spans.n, whole)
        self._forget_counts(0, self._n_sentences, 0, True)
        if strongest != NULL and not by_parts:
            for k in range(self._n_classes):
                strongest[k] = first[k] = whole[k]

    cdef double _cue_scale(self, Py_ssize_t n_words) noexcept nogil:
        cdef double root = sqrt(<double>n_words)
        return self._cue_floor if root < self._cue_floor else root

    cdef inline double _kind_value(self, int32_t count, double scale) noexcept nogil:
        cdef double share = count / scale
        return self._cue_value * (share if share < 1.0 else 1.0)

    def vectorize(self, str folded):
        """Return rows and values of one passage, a folded text, two lists.

        Cues apart, a row has the sum of its idf in all pieces, each times 1 + log of how often the piece occurs, over
        the norm of the passage as `features.py` has it; several rows together are longer than 1 where pieces share one.
        """
        cdef Py_ssize_t at
        cdef int32_t row, kind, other
        cdef double norm, scale
        cdef dict found = {}
        with self._weights.lock:
            self._read_text(folded)
            self._add_sentences(False, NULL, NULL, NULL)
            norm = sqrt(self._whole.items[self._n_classes])
            try:
                for at in range(self._spans.n):
                    self._take_type(self._spans.items[at].number, norm, found)
                for at in range(self._n_sentences):
                    self._take_type(self._sentences[at].edges[0], norm, found)
                    self._take_type(self._sentences[at].edges[1], norm, found)
                for at in range(self._n_singles):
                    row = self._singles[at]
                    self._take_row(row, self._weights.counts[row].whole, norm, found)
                    self._weights.counts[row].whole = 0
            finally:
                self._forget_counts(0, self._n_sentences, 0, True)
            rows, values = list(found), list(found.values())
            scale = self._cue_scale(self._spans.n)
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

    cdef int _take_type(self, int32_t number, double norm, dict found) except -1:
        """Add the values of a word type, once, and forget how often it occurs."""
        cdef int32_t k
        for k in range(self._words[number].first, self._words[number].last):
            self._take_row(self._rows[k], self._word_counts[number].whole, norm, found)
        self._word_counts[number].whole = 0
        return 0

    cdef int _take_row(self, int32_t row, int32_t count, double norm, dict found) except -1:
        if count:
            value = (1.0 + log(count)) * self._weights.table[row, self._n_classes] / norm
            found[row] = found.get(row, 0.0) + value
        return 0

    def margins(self, list passages):
        """Return the margins of passages, folded texts: float array, shape (n_passages, n_classes)."""
        cdef Py_ssize_t at, n = len(passages), width = self._n_classes
        cdef ndarray whole = make_array(NPY_FLOAT64, n, width)
        cdef double* out = <double*>rows_of(whole, NPY_FLOAT64, width)
        with self._weights.lock:
            for at in range(n):
                self._read_text(passages[at])
                self._score(out + at * width, NULL, NULL)
        return whole

    def margins_of_sentences(self, list passages):
        """Return the margins of passages, folded texts, and of their sentences.

        Returns
        -------
        whole, strongest, first : float array, shape (n_passages, n_classes)
            Of the passages; the highest of their sentences; of their first sentences.
        """
        cdef Py_ssize_t at, n = len(passages), width = self._n_classes
        cdef ndarray whole = make_array(NPY_FLOAT64, n, width), strongest = make_array(NPY_FLOAT64, n, width)
        cdef ndarray first = make_array(NPY_FLOAT64, n, width)
        cdef double* of_whole = <double*>rows_of(whole, NPY_FLOAT64, width)
        cdef double* of_strongest = <double*>rows_of(strongest, NPY_FLOAT64, width)
        cdef double* of_first = <double*>rows_of(first, NPY_FLOAT64, width)
        with self._weights.lock:
            for at in range(n):
                self._read_text(passages[at])
                self._score(of_whole + at * width, of_strongest + at * width, of_first + at * width)
        return whole, strongest, first

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


cdef inline Py_ssize_t read_packed(str packed, Py_ssize_t* place, uint32_t* name, Py_ssize_t size) except -1:
    """Write the packed name at a place over the last one, of a size; return its size, and the place after it."""
    cdef int kind = PyUnicode_KIND(packed)
    cdef const void* data = PyUnicode_DATA(packed)
    cdef Py_ssize_t at = place[0], n = len(packed), n_shared = <Py_ssize_t>PyUnicode_READ(kind, data, at) - NONE_SHARED
    cdef Py_UCS4 c
    if not 0 <= n_shared <= size:
        raise ValueError(f"a name shares {n_shared} characters with the one before, which has {size}")
    size = n_shared
    at += 1
    while at < n:
        c = PyUnicode_READ(kind, data, at)
        at += 1
        if c == u"\n":
            break
        name[size] = c
        size += 1
    place[0] = at
    return size


cdef inline double more_of(int32_t count) noexcept nogil:
    """Return how much more a piece is worth at this occurrence."""
    return log(count) - log(count - 1) if count > 1 else 1.0


cdef inline double more_squared_of(int32_t count) noexcept nogil:
    """Return how much more its square is worth."""
    return (1.0 + log(count)) ** 2 - (1.0 + log(count - 1)) ** 2 if count > 1 else 1.0


cdef inline uint64_t extend_by(
    uint64_t h, int kind, const void* data, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    """Return the hash of a text and a part of another, before it is mixed."""
    cdef Py_ssize_t at
    for at in range(start, end):
        h = extend_hash(h, PyUnicode_READ(kind, data, at))
    return h


cdef inline uint64_t hash_pair(int sort, uint64_t first, uint64_t second) noexcept nogil:
    """Return the hash of a pair; that of content words has no order."""
    if sort == CONTENT and first > second:
        first, second = second, first
    return mix(first * 0x9E3779B97F4A7C15ULL + second)


cdef inline bint is_number(Py_UCS4 first) noexcept nogil:
    """Return whether a word is a number, by its first character."""
    return u"0" <= first <= u"9"


cdef inline bint ends_sentence(Py_UCS4 c) noexcept:
    return c == u"." or c == u"!" or c == u"?" or c == 0x061F or c == 0x2026 or c == u":" or c == 0x061B
