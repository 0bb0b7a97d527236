# cython: language_level=3
"""The cues of a language for native loops; see `_cues.pyx`."""

from libc.stdint cimport int16_t, int32_t, uint64_t

from socialtext._words cimport Numbers, Phrases

# What a word type is: kinds of cue, one bit each, and the groups of phrases that it and what follows its proclitics
# begin; a group below 0 is none.
cdef struct Cue:
    uint64_t kinds
    int16_t[2] groups


cdef class CueTable:
    cdef Phrases phrases
    cdef int32_t* group_starts  # of each group the first of its phrases; one more, where the last ends
    cdef Numbers words, prefixes, firsts
    cdef uint64_t* word_kinds
    cdef uint64_t* prefix_kinds
    cdef Py_ssize_t n_longest
    cdef bint has_proclitics

    cdef Cue look_up(self, int kind, const void* data, Py_ssize_t start, Py_ssize_t end) noexcept nogil
    cdef uint64_t find_kinds(
        self, int kind, const void* data, Py_ssize_t start, Py_ssize_t end, int16_t* group
    ) noexcept nogil
