# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Texts with numbers as a released model holds them: looked up in place, with no string made of any.

Comes in: the arrays of a model, texts joined by line feeds and a number for each. Goes out: a mapping that loads in
the time of one look at its bytes, where dicts of a hundred thousand texts would cost more than all the rest.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy

from collections.abc import Mapping

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL
    object PyUnicode_DecodeUTF8(const char* text, Py_ssize_t size, const char* errors)

cdef enum:
    NOWHERE = -1


cdef inline uint64_t read_8(const char* text) noexcept nogil:
    cdef uint64_t piece
    memcpy(&piece, text, 8)
    return piece


cdef inline uint64_t read_4(const char* text) noexcept nogil:
    cdef uint32_t piece
    memcpy(&piece, text, 4)
    return piece


cdef inline uint64_t add_piece(uint64_t hash_, uint64_t piece) noexcept nogil:
    hash_ = (hash_ ^ piece) * 0x9E3779B97F4A7C15ULL
    return hash_ ^ hash_ >> 32


cdef inline uint64_t hash_bytes(const char* text, Py_ssize_t size) noexcept nogil:
    """Hash a text by pieces of eight bytes, of which the last ones overlap."""
    cdef uint64_t hash_ = <uint64_t>size
    cdef const char* end = text + size
    if size >= 8:
        while end - text > 8:
            hash_ = add_piece(hash_, read_8(text))
            text += 8
        return add_piece(hash_, read_8(end - 8))
    if size >= 4:
        return add_piece(hash_, read_4(text) << 32 | read_4(end - 4))
    while text < end:
        hash_ = add_piece(hash_, <unsigned char>text[0])
        text += 1
    return hash_


cdef class PackedTable:
    """Numbers by text, immutable.

    Parameters
    ----------
    texts : buffer of bytes
        Different texts as UTF-8, joined by line feeds.
    numbers : buffer of uint32 or of double, optional
        A number for each; ones where there are none.
    """

    def __cinit__(self, texts, numbers=None):
        self.texts, self.counts, self.weights = texts, None, None
        self.find_texts()
        if numbers is None:
            return
        if len(numbers) != self.n_texts:
            raise ValueError(f"{len(numbers)} numbers for {self.n_texts} texts")
        if memoryview(numbers).format == "d":
            self.weights = numbers
        else:
            self.counts = numbers

    def __dealloc__(self):
        PyMem_Free(self.starts)
        PyMem_Free(self.slots)

    cdef int find_texts(self) except -1:
        cdef const char* data = self.bytes()
        cdef Py_ssize_t size = self.texts.shape[0], start = 0, end, slot, n = 1
        cdef const char* line_feed
        for at in range(size):
            n += data[at] == c"\n"
        if size == 0:
            n = 0
        self.n_slots = 1
        while self.n_slots < 2 * n + 1:
            self.n_slots *= 2
        self.starts = <uint32_t*>PyMem_Malloc((n + 1) * sizeof(uint32_t))
        self.slots = <uint32_t*>PyMem_Calloc(self.n_slots, sizeof(uint32_t))
        if self.starts == NULL or self.slots == NULL:
            raise MemoryError
        self.starts[0] = 0
        while self.n_texts < n:
            line_feed = <const char*>memchr(data + start, c"\n", size - start)
            end = size if line_feed == NULL else line_feed - data
            slot = hash_bytes(data + start, end - start) & (self.n_slots - 1)
            while self.slots[slot]:
                slot = (slot + 1) & (self.n_slots - 1)
            self.n_texts += 1
            self.slots[slot] = <uint32_t>self.n_texts
            start = end + 1
            self.starts[self.n_texts] = <uint32_t>start
        return 0

    cdef inline const char* bytes(self) noexcept:
        return <const char*>&self.texts[0] if self.texts.shape[0] else NULL

    cdef Py_ssize_t find(self, str text) except -2:
        """Return the index of a text, or `NOWHERE`."""
        cdef Py_ssize_t size, at, slot
        cdef const char* wanted = PyUnicode_AsUTF8AndSize(text, &size)
        cdef const char* data = self.bytes()
        slot = hash_bytes(wanted, size) & (self.n_slots - 1)
        while self.slots[slot]:
            at = self.slots[slot] - 1
            if self.starts[at + 1] - self.starts[at] - 1 == size and memcmp(data + self.starts[at], wanted, size) == 0:
                return at
            slot = (slot + 1) & (self.n_slots - 1)
        return NOWHERE

    cdef object number(self, Py_ssize_t at):
        if self.counts is not None:
            return self.counts[at]
        return 1 if self.weights is None else self.weights[at]

    def __contains__(self, str text not None):
        return self.find(text) != NOWHERE

    def __getitem__(self, str text not None):
        cdef Py_ssize_t at = self.find(text)
        if at == NOWHERE:
            raise KeyError(text)
        return self.number(at)

    def get(self, str text not None, default=None):
        cdef Py_ssize_t at = self.find(text)
        return default if at == NOWHERE else self.number(at)

    def __len__(self):
        return self.n_texts

    def __iter__(self):
        cdef const char* data = self.bytes()
        for at in range(self.n_texts):
            size = self.starts[at + 1] - 1 - self.starts[at]
            yield PyUnicode_DecodeUTF8(data + <Py_ssize_t>self.starts[at], size, NULL)

    keys, items, values = Mapping.keys, Mapping.items, Mapping.values


Mapping.register(PackedTable)
