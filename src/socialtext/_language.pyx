# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of language identification: the walk of py3langid's automaton over the bytes of a text.

Comes in: the arrays of py3langid's model. Goes out: what the model says for each language. Only the loop is ours;
model and features are the library's, and `tests/unit/test_language.py` compares the two.
"""

from libc.math cimport log1p
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport calloc, free, malloc

import numpy as np

cdef enum:
    N_LOGS = 64


cdef class LanguageScorer:
    """Score texts by a model of py3langid.

    Parameters
    ----------
    nextmove : array of unsigned int, shape (256 * n_rows,)
        Next state by row and byte.
    row : array of unsigned short, shape (n_states,)
        Row of each state.
    output : sequence of int, shape (n_states,)
        Feature that is found in each state; below 0 none.
    table : float array, shape (n_features, n_languages)
        Weights of a feature for each language.
    prior : float array, shape (n_languages,)
    """

    # Of each move its row and, in the lower half, the place of its state among those that share the row: walking from
    # move to move waits for memory once a byte.
    cdef const uint32_t[::1] _moves
    cdef const int32_t[::1] _first_of_row
    cdef const int32_t[::1] _features
    cdef const float[:, ::1] _table
    cdef const float[::1] _prior
    cdef double _logs[N_LOGS]
    # Of the text at hand: how often each feature was found, and which were.
    cdef int32_t* _counts
    cdef int32_t* _found
    cdef int32_t _n_languages
    cdef uint32_t _start

    def __cinit__(self, nextmove, row, output, table, prior):
        self._counts = <int32_t*>calloc(max(1, len(table)), sizeof(int32_t))
        self._found = <int32_t*>malloc(max(1, len(table)) * sizeof(int32_t))
        if self._counts == NULL or self._found == NULL:
            raise MemoryError

    def __init__(self, nextmove, row, output, table, prior):
        cdef int count
        rows = np.asarray(row, dtype=np.uint32)
        sizes = np.bincount(rows)
        by_row = np.argsort(rows, kind="stable")
        first = np.cumsum(sizes) - sizes
        places = np.empty(len(rows), dtype=np.uint32)
        places[by_row] = np.arange(len(rows)) - np.repeat(first, sizes)
        if len(sizes) > 1 << 16 or places.max() >= 1 << 16:
            raise ValueError(f"an automaton of {len(sizes)} rows is too large for moves of 32 bits")
        self._moves = (rows << 16 | places)[np.asarray(nextmove)]
        self._start = rows[0] << 16
        self._first_of_row = first.astype(np.int32)
        self._features = np.asarray(output, dtype=np.int32)[by_row]
        self._table = np.ascontiguousarray(table, dtype=np.float32)
        self._prior = np.ascontiguousarray(prior, dtype=np.float32)
        self._n_languages = <int32_t>len(prior)
        for count in range(N_LOGS):
            self._logs[count] = log1p(count)

    def __dealloc__(self):
        free(self._counts)
        free(self._found)

    def score(self, const unsigned char[::1] text not None):
        """Return the logarithm of what speaks for each language, as a list; all 0 where nothing is found."""
        cdef Py_ssize_t at
        cdef uint32_t move = self._start
        cdef int32_t feature, n_found = 0, k
        cdef double weight
        cdef const float* weights
        cdef double[::1] scores = np.zeros(self._n_languages)
        for at in range(text.shape[0]):
            move = self._moves[(move >> 16 << 8) + text[at]]
            feature = self._features[self._first_of_row[move >> 16] + (move & 0xFFFF)]
            if feature >= 0:
                if self._counts[feature] == 0:
                    self._found[n_found] = feature
                    n_found += 1
                self._counts[feature] += 1
        if n_found:
            for k in range(self._n_languages):
                scores[k] = self._prior[k]
        for at in range(n_found):
            feature = self._found[at]
            k = self._counts[feature]
            self._counts[feature] = 0
            weight = self._logs[k] if k < N_LOGS else log1p(k)
            weights = &self._table[feature, 0]
            for k in range(self._n_languages):
                scores[k] += weight * weights[k]
        return [scores[k] for k in range(self._n_languages)]
