# cython: language_level=3
"""What the native loops of a page see of its arrays: a row as a struct. The arrays are those of `page.Page`."""

from libc.stdint cimport int32_t, int64_t, uint8_t


# A row of the lines; see `_page.scan_lines`.
cdef struct Line:
    int64_t start
    int64_t end
    int64_t after_blank
    int64_t n_words
    int64_t n_stops
    int64_t last
    int64_t signs


cdef enum:
    LINE_WIDTH = 7


# What is read of the words of a sentence, and of those of a line; see `_page.WordReader.read`.
cdef struct SentenceWords:
    int64_t n_words
    int64_t cues
    int64_t first
    int64_t early
    int64_t first_word
    uint8_t question
    uint8_t colon
    uint8_t digit
    uint8_t first_digit


cdef struct LineWords:
    int64_t cues
    int64_t first
    int64_t start
    int64_t end
