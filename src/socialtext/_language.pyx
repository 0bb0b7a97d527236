# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of language identification: the walk of py3langid's automaton over the bytes of a text.

Comes in: the arrays of py3langid's model. Goes out: the languages in the order of what the model says for each. Only
the loop is ours; model and features are the library's, and `tests/unit/test_language.py` compares the two.
"""

cimport cython
from libc.math cimport log1p
from libc.stdint cimport int32_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free, malloc

import numpy as np

cdef extern from *:
    """
    /* A row of the table is as long as a line of the cache: 32 weights of 16 bits. */
    #define N_WEIGHTS 32

    /* Add the weights of a feature, in half precision, so many times to the scores. No weight is infinite. */
    static inline void add_weights(float *restrict scores, const uint16_t *restrict row, float times) {
        for (int k = 0; k < N_WEIGHTS; k++) {
            union { uint32_t bits; float value; } weight;
            weight.bits = (row[k] & 0x7FFFu) << 13;
            weight.value *= 0x1p112f;  /* the bias of the exponent is 127, not 15 */
            weight.bits |= (row[k] & 0x8000u) << 16;
            scores[k] += times * weight.value;
        }
    }
    """
    enum: N_WEIGHTS
    void add_weights(float* scores, const uint16_t* row, float times) noexcept nogil
    void prefetch "__builtin_prefetch"(const void* address) noexcept nogil

cdef enum:
    N_LOGS = 64
    N_AHEAD = 8  # features that are asked of the memory before their turn
    # The automaton is walked at so many places of the text at once, each from so many bytes before its own, since it
    # remembers no more: one walk would wait for memory at each byte.
    N_LANES = 8
    N_CONTEXT = 8


@cython.final
cdef class LanguageScorer:
    """Score texts by a model of py3langid.

    Parameters
    ----------
    langs : sequence of str
    nextmove : array of unsigned int, shape (256 * n_rows,)
        Next state by row and byte.
    row : array of unsigned short, shape (n_states,)
        Row of each state.
    output : sequence of int, shape (n_states,)
        Feature that is found in each state; below 0 none.
    table : float array, shape (n_features, n_languages)
        Weights of a feature for each language; half precision must hold them.
    prior : float array, shape (n_languages,)
    """

    cdef tuple _langs
    # Of each move its row and, in the lower half, the place of its state among those that share the row: walking from
    # move to move waits for memory once a byte.
    cdef const uint32_t[::1] _moves
    cdef const int32_t[::1] _first_of_row
    cdef const int32_t[::1] _features
    cdef const uint16_t[:, ::1] _table
    cdef const float[::1] _prior
    cdef float _logs[N_LOGS]
    # Of the text at hand: how often each feature was found, and which were.
    cdef int32_t* _counts
    cdef int32_t* _found
    cdef int32_t _n_found
    cdef int32_t _n_languages
    cdef uint32_t _start

    def __cinit__(self, langs, nextmove, row, output, table, prior):
        self._counts = <int32_t*>calloc(max(1, len(table)), sizeof(int32_t))
        self._found = <int32_t*>malloc(max(1, len(table)) * sizeof(int32_t))
        if self._counts == NULL or self._found == NULL:
            raise MemoryError

    def __init__(self, langs, nextmove, row, output, table, prior):
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
        self._langs = tuple(langs)
        if len(self._langs) != len(prior):
            raise ValueError(f"{len(self._langs)} languages, priors of {len(prior)}")
        if len(prior) > N_WEIGHTS or not np.isfinite(table).all():
            raise ValueError(f"a table of {len(prior)} languages: {N_WEIGHTS} finite weights a feature are the most")
        # Rows begin where lines of the cache begin.
        room = np.zeros((len(table) + 1) * N_WEIGHTS, dtype=np.float16)
        skipped = -(room.ctypes.data // 2) % N_WEIGHTS
        rows_of_weights = room[skipped : skipped + len(table) * N_WEIGHTS].reshape(len(table), N_WEIGHTS)
        rows_of_weights[:, : len(prior)] = table
        self._table = rows_of_weights.view(np.uint16)
        self._prior = np.ascontiguousarray(prior, dtype=np.float32)
        self._n_languages = <int32_t>len(prior)
        for count in range(N_LOGS):
            self._logs[count] = <float>log1p(count)

    def __dealloc__(self):
        free(self._counts)
        free(self._found)

    cdef inline void _count(self, uint32_t move) noexcept:
        cdef int32_t feature = self._features[self._first_of_row[move >> 16] + (move & 0xFFFF)]
        if feature >= 0:
            if self._counts[feature] == 0:
                self._found[self._n_found] = feature
                self._n_found += 1
            self._counts[feature] += 1

    def rank(self, bytes text not None):
        """Return the languages of a text, best first; of equals the one that is named first.

        All are equal where nothing is found.
        """
        cdef float[N_WEIGHTS] scores
        cdef int[N_WEIGHTS] order
        cdef int k, place
        self._score(text, len(text), scores)
        for k in range(self._n_languages):
            place = k
            while place > 0 and scores[k] > scores[order[place - 1]]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = k
        return [self._langs[order[k]] for k in range(self._n_languages)]

    cdef void _score(self, const unsigned char* text, Py_ssize_t n, float* scores) noexcept:
        """Write the logarithm of what speaks for each language; all 0 where nothing is found."""
        cdef Py_ssize_t at, lane
        cdef Py_ssize_t size = n // N_LANES
        cdef uint32_t[N_LANES] moves
        cdef int32_t feature, k
        self._n_found = 0
        for lane in range(N_LANES):
            moves[lane] = self._start
            for at in range(max(0, lane * size - N_CONTEXT), lane * size):
                moves[lane] = self._moves[(moves[lane] >> 16 << 8) + text[at]]
        for at in range(size):
            for lane in range(N_LANES):
                moves[lane] = self._moves[(moves[lane] >> 16 << 8) + text[lane * size + at]]
            for lane in range(N_LANES):
                self._count(moves[lane])
        for at in range(N_LANES * size, n):
            moves[N_LANES - 1] = self._moves[(moves[N_LANES - 1] >> 16 << 8) + text[at]]
            self._count(moves[N_LANES - 1])
        for k in range(N_WEIGHTS):
            scores[k] = self._prior[k] if self._n_found and k < self._n_languages else 0.0
        for at in range(self._n_found):
            if at + N_AHEAD < self._n_found:
                prefetch(&self._table[self._found[at + N_AHEAD], 0])
            feature = self._found[at]
            k = self._counts[feature]
            self._counts[feature] = 0
            add_weights(scores, &self._table[feature, 0], self._logs[k] if k < N_LOGS else <float>log1p(k))
