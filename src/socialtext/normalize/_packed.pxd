# cython: language_level=3
"""What other native loops see of a packed table."""

from libc.stdint cimport uint32_t


cdef class PackedTable:
    cdef const unsigned char[::1] texts
    cdef const unsigned int[::1] counts
    cdef const double[::1] weights
    cdef Py_ssize_t n_texts
    cdef uint32_t* starts   # of the texts, and one behind the last
    cdef uint32_t* slots    # index of a text and one, or 0; open addressing
    cdef Py_ssize_t n_slots  # a power of two

    cdef int find_texts(self) except -1
    cdef inline const char* bytes(self) noexcept
    cdef Py_ssize_t find(self, str text) except -2
    cdef object number(self, Py_ssize_t at)
