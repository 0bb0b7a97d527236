# cython: language_level=3
"""What the words of a language mean, for native loops; see `_concepts.pyx`."""

from libc.stdint cimport int32_t, uint64_t

from socialtext._words cimport Numbers


cdef class ConceptTable:
    cdef Numbers _forms  # of each the number of its concept
    cdef list names
    cdef list bare  # without the mark of a demand
    cdef list are_content

    cdef bint _add_forms(self, int kind, void* data, Py_ssize_t at, Py_ssize_t end) except -1
    cdef int32_t find(self, uint64_t hash) noexcept nogil
