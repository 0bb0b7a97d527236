# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the structure: what lines and sentences make of each other.

Comes in: the sentences of a page, which of them are content, and where units begin. Goes out: the fields of sentences
and units, a list each.
"""

from libc.stdint cimport int32_t
from numpy cimport import_array

from socialtext._arrays cimport NPY_FLOAT64, NPY_INT32, NPY_INT64, count_rows, ndarray, rows_of
from socialtext.segment._rows cimport LINE_WIDTH, Line

import_array()


def list_sentences(
    list spans not None, ndarray line_of not None, ndarray lines not None, ndarray chosen not None,
    ndarray scores not None,
):
    """Return starts, ends and border scores of the sentences of a page; a heading or boilerplate line is one.

    Parameters
    ----------
    spans : list of (int, int)
    line_of : int32 array
        Line of each.
    lines : int64 array, shape (n_lines, 7)
    chosen : int32 array
        Those that are content.
    scores : float64 array
        One for each of these.
    """
    cdef const int32_t* lines_of = <const int32_t*>rows_of(line_of, NPY_INT32)
    cdef const int32_t* places = <const int32_t*>rows_of(chosen, NPY_INT32)
    cdef const double* borders = <const double*>rows_of(scores, NPY_FLOAT64)
    cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
    cdef Py_ssize_t at, k = 0, n = len(spans), n_chosen = count_rows(chosen)
    cdef int32_t before = -1
    cdef list starts = [], ends = [], of_borders = []
    cdef tuple span
    for at in range(n):
        if k < n_chosen and places[k] == at:
            span = spans[at]
            starts.append(span[0])
            ends.append(span[1])
            of_borders.append(borders[k])
            k += 1
        elif lines_of[at] != before:
            starts.append(rows[lines_of[at]].start)
            ends.append(rows[lines_of[at]].end)
            of_borders.append(0.0)
        before = lines_of[at]
    return starts, ends, of_borders


def list_units(
    list spans not None, ndarray chosen not None, ndarray blocks not None, list starts not None,
    list kinds not None,
):
    """Return starts and ends of units, and the heading above each, None where there is none.

    Parameters
    ----------
    spans : list of (int, int)
        The sentences of a page.
    chosen, blocks : int32 array
        Those that are content, and the block of each.
    starts : list of int
        The first sentence of each unit, among these.
    kinds : list of str
        Of the blocks.
    """
    cdef const int32_t* places = <const int32_t*>rows_of(chosen, NPY_INT32)
    cdef const int32_t* block_of = <const int32_t*>rows_of(blocks, NPY_INT32)
    cdef Py_ssize_t at, first, after, block = 0, n = len(starts)
    cdef list begins = [], ends = [], headings = []
    cdef object heading = None
    for at in range(n):
        first = starts[at]
        after = starts[at + 1] if at + 1 < n else count_rows(chosen)
        while block <= block_of[first]:
            if <str>kinds[block] == "heading":
                heading = block
            block += 1
        begins.append((<tuple>spans[places[first]])[0])
        ends.append((<tuple>spans[places[after - 1]])[1])
        headings.append(heading)
    return begins, ends, headings
