# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the net of concepts: what a passage, what stands above it and its page are about together.

Comes in: folded texts. Goes out: margins of themes. A text is the bag of its concepts: each counts 1 + the logarithm
of how often it occurs, times its idf, and the bag has length 1. The net, one hidden layer of rectified units, reads
three bags at once, each with weights of its own.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log, sqrt
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset
from numpy cimport import_array

from socialtext._arrays cimport NPY_FLOAT64, make_array, ndarray, rows_of
from socialtext._concepts cimport ConceptTable
from socialtext._words cimport NO_NUMBER, PyUnicode_READ, Spans, add_word, enlarge, is_word

import threading

import numpy as np

import_array()

cdef enum:
    OWN = 0    # the parts of the input: bag of the passage,
    ABOVE = 1  # of what stands above it,
    PAGE = 2   # and of all passages of its page
    N_PARTS = 3

# A concept of a bag, and what it is worth there.
cdef struct Item:
    int32_t row
    float value


@cython.final
cdef class MeaningNet:
    """The weights of a net, shared by the tables of all languages.

    Parameters
    ----------
    concepts : sequence of str
        In the order of the rows.
    idf : float array, shape (n_concepts,)
    hidden : float array, shape (3, n_concepts, n_hidden)
        From concepts of the passage, of what stands above it, and of its page, to hidden units.
    hidden_bias : float array, shape (n_hidden,)
    output : float array, shape (n_hidden, n_classes)
    output_bias : float array, shape (n_classes,)
    """

    cdef dict index
    cdef float[::1] idf
    cdef float[:, ::1] hidden  # the rows of the parts one after the other
    cdef float[::1] hidden_bias
    cdef float[:, ::1] output
    cdef float[::1] output_bias
    cdef Py_ssize_t n_concepts, n_hidden, n_classes

    def __cinit__(self, concepts, idf, hidden, hidden_bias, output, output_bias):
        self.index = {name: row for row, name in enumerate(concepts)}
        self.n_concepts = len(self.index)
        self.n_hidden, self.n_classes = output.shape
        wanted = [(self.n_concepts,), (N_PARTS, self.n_concepts, self.n_hidden), (self.n_hidden,), (self.n_classes,)]
        found = [array.shape for array in (idf, hidden, hidden_bias, output_bias)]
        if found != wanted:
            raise ValueError(f"arrays of shapes {found} for {self.n_concepts} concepts, each once; wanted: {wanted}")
        self.idf = np.ascontiguousarray(idf, dtype=np.float32)
        self.hidden = np.ascontiguousarray(hidden, dtype=np.float32).reshape(N_PARTS * self.n_concepts, self.n_hidden)
        self.hidden_bias = np.ascontiguousarray(hidden_bias, dtype=np.float32)
        self.output = np.ascontiguousarray(output, dtype=np.float32)
        self.output_bias = np.ascontiguousarray(output_bias, dtype=np.float32)


@cython.final
cdef class MeaningTable:
    """The net for the words of one language.

    Parameters
    ----------
    net : MeaningNet
    concepts : ConceptTable
    """

    cdef MeaningNet _net
    cdef ConceptTable _concepts
    # Of each concept of the language its row in the net, and that of the concept without the mark of a demand.
    cdef int32_t[:, ::1] _rows
    cdef int32_t* _counts  # of each row in the text at hand; whoever counts holds the lock, and leaves zeros
    cdef Spans _words      # of the text at hand
    cdef float* _page      # of each row what the bags of the page at hand add up to; zeros likewise
    cdef Item* _items      # of the bags at hand, one after the other
    cdef float* _sums      # of the hidden units, for each text above passages, for the page, for the passage at hand
    cdef Py_ssize_t _n_items, _room, _sums_room
    cdef object _lock  # threads may share a table: the interpreter can turn to another between two passages

    def __cinit__(self, MeaningNet net not None, ConceptTable concepts not None):
        self._counts = <int32_t*>calloc(net.n_concepts + 1, sizeof(int32_t))
        self._page = <float*>calloc(net.n_concepts + 1, sizeof(float))
        if self._counts == NULL or self._page == NULL:
            raise MemoryError
        self._net = net
        self._concepts = concepts
        rows = [
            [net.index.get(name, NO_NUMBER), NO_NUMBER if bare == name else net.index.get(bare, NO_NUMBER)]
            for name, bare in zip(concepts.names, concepts.bare)
        ]
        self._rows = np.array(rows, dtype=np.int32).reshape(-1, 2)
        self._lock = threading.Lock()

    def __dealloc__(self):
        free(self._counts)
        free(self._page)
        free(self._words.items)
        free(self._sums)
        free(self._items)

    cdef Py_ssize_t _read(self, str folded) except -1:
        """Add the bag of a text to those at hand; return where it begins."""
        if folded is None:
            raise TypeError("a passage must be a str, not None")
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_ssize_t at = 0, first = self._n_items, n = len(folded)
        cdef int32_t concept
        self._words.n = 0
        while at < n:
            if not is_word(PyUnicode_READ(kind, data, at)):
                at += 1
                continue
            at = add_word(&self._words, &self._concepts._forms, kind, data, at, n)
        # Room for two concepts a word, before anything is counted: nothing may fail until the counts are zeros again.
        self._items = <Item*>enlarge(self._items, &self._room, first + 2 * self._words.n + 1, sizeof(Item))
        for at in range(self._words.n):
            concept = self._concepts.find(self._words.items[at].hash)
            if concept != NO_NUMBER:
                self._count(self._rows[concept, 0])
                self._count(self._rows[concept, 1])
        for at in range(first, self._n_items):
            self._items[at].value = self._value_of(self._items[at].row)
            self._counts[self._items[at].row] = 0
        self._scale(first)
        return first

    cdef float* _clear_sums(self, Py_ssize_t n) except NULL:
        """Return zeros for the sums of so many texts."""
        cdef Py_ssize_t size = n * self._net.n_hidden
        self._sums = <float*>enlarge(self._sums, &self._sums_room, size + 1, sizeof(float))
        memset(self._sums, 0, size * sizeof(float))
        return self._sums

    cdef inline void _count(self, int32_t row) noexcept nogil:
        if row == NO_NUMBER:
            return
        if self._counts[row] == 0:
            self._items[self._n_items].row = row
            self._n_items += 1
        self._counts[row] += 1

    cdef inline float _value_of(self, int32_t row) noexcept nogil:
        cdef int32_t count = self._counts[row]
        return self._net.idf[row] * <float>(1.0 if count == 1 else 1.0 + log(count))

    cdef inline void _scale(self, Py_ssize_t first) noexcept nogil:
        """Give the bag from an item on the length 1."""
        cdef Py_ssize_t at
        cdef double squares = 0.0
        cdef float scale
        for at in range(first, self._n_items):
            squares += self._items[at].value * self._items[at].value
        scale = <float>(1.0 / sqrt(squares)) if squares > 0.0 else 0.0
        for at in range(first, self._n_items):
            self._items[at].value *= scale

    cdef inline void _add(self, int part, Py_ssize_t first, Py_ssize_t last, float* sums) noexcept nogil:
        """Add what a bag does to the hidden units."""
        cdef Py_ssize_t at, k, n_hidden = self._net.n_hidden
        cdef const float* weights
        cdef float value
        for at in range(first, last):
            weights = &self._net.hidden[part * self._net.n_concepts + self._items[at].row, 0]
            value = self._items[at].value
            for k in range(n_hidden):
                sums[k] += value * weights[k]

    cdef void _add_page(self, float* sums) noexcept nogil:
        """Add what the sum of the bags at hand, given the length 1, does to the hidden units."""
        cdef Py_ssize_t at, k, n_hidden = self._net.n_hidden
        cdef const float* weights
        cdef float value, scale
        cdef double squares = 0.0
        for at in range(self._n_items):
            self._page[self._items[at].row] += self._items[at].value
        for at in range(self._n_items):
            value = self._page[self._items[at].row]
            squares += value * value
            self._page[self._items[at].row] = 0.0
            if value == 0.0:  # has been added
                continue
            weights = &self._net.hidden[PAGE * self._net.n_concepts + self._items[at].row, 0]
            for k in range(n_hidden):
                sums[k] += value * weights[k]
        scale = <float>(1.0 / sqrt(squares)) if squares > 0.0 else 0.0
        for k in range(n_hidden):
            sums[k] *= scale

    cdef inline void _finish(self, const float* sums, double* out) noexcept nogil:
        """Write the margins by the sums of the hidden units."""
        cdef Py_ssize_t k, theme, n_classes = self._net.n_classes
        for theme in range(n_classes):
            out[theme] = self._net.output_bias[theme]
        for k in range(self._net.n_hidden):
            if sums[k] > 0.0:
                for theme in range(n_classes):
                    out[theme] += sums[k] * self._net.output[k, theme]

    def vectorize(self, str folded):
        """Return the bag of a text, a folded one: rows and values, two lists."""
        cdef Py_ssize_t at
        with self._lock:
            self._n_items = 0
            self._read(folded)
            return (
                [self._items[at].row for at in range(self._n_items)],
                [self._items[at].value for at in range(self._n_items)],
            )

    def margins(self, list passages not None):
        """Return the margins of passages that stand alone: float array, shape (n_passages, n_classes)."""
        cdef tuple texts = tuple(passages)  # which no other thread can make shorter
        cdef Py_ssize_t at, n = len(texts), n_classes = self._net.n_classes
        cdef ndarray result = make_array(NPY_FLOAT64, n, n_classes)
        cdef double* out = <double*>rows_of(result, NPY_FLOAT64, n_classes)
        cdef float* sums
        with self._lock:
            sums = self._clear_sums(1)
            for at in range(n):
                self._n_items = 0
                self._read(texts[at])
                memcpy(sums, &self._net.hidden_bias[0], self._net.n_hidden * sizeof(float))
                self._add(OWN, 0, self._n_items, sums)
                self._finish(sums, out + at * n_classes)
        return result

    def margins_of_page(self, list passages not None, list above not None, list above_rows not None):
        """Return the margins of the passages of one page: float array, shape (n_passages, n_classes).

        Parameters
        ----------
        passages : list of str
        above : list of str
            What stands above passages.
        above_rows : list of int
            For each passage which of them, below 0 none.
        """
        # Which no other thread can make shorter.
        cdef tuple texts = tuple(passages), texts_above = tuple(above), rows = tuple(above_rows)
        cdef Py_ssize_t at, row, k, n = len(texts), n_above = len(texts_above)
        cdef Py_ssize_t n_hidden = self._net.n_hidden, n_classes = self._net.n_classes
        cdef ndarray result = make_array(NPY_FLOAT64, n, n_classes)
        cdef double* out = <double*>rows_of(result, NPY_FLOAT64, n_classes)
        cdef const float* bias = &self._net.hidden_bias[0]
        cdef float* sums
        cdef float* of_page
        cdef float* own
        cdef list starts = []
        if len(rows) != n or any([row >= n_above for row in rows]):
            raise ValueError(f"{len(rows)} rows of {n_above} texts above {n} passages")
        with self._lock:
            sums = self._clear_sums(n_above + 2)
            of_page = sums + n_above * n_hidden
            own = of_page + n_hidden
            for at in range(n_above):
                self._n_items = 0
                self._read(texts_above[at])
                self._add(ABOVE, 0, self._n_items, sums + at * n_hidden)
            self._n_items = 0
            for at in range(n):
                starts.append(self._read(texts[at]))
            starts.append(self._n_items)
            self._add_page(of_page)
            for at in range(n):
                row = rows[at]
                for k in range(n_hidden):
                    own[k] = bias[k] + of_page[k]
                    if row >= 0:
                        own[k] += sums[row * n_hidden + k]
                self._add(OWN, starts[at], starts[at + 1], own)
                self._finish(own, out + at * n_classes)
        return result
