# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the structure: what lines and sentences make of each other.

Comes in: the sentences of a page, which of them are content, and where units begin. Goes out: the fields of sentences
and units, a list each.
"""

from libc.stdint cimport int32_t, int64_t


def list_sentences(
    list spans not None, const int32_t[::1] line_of, const int64_t[:, ::1] lines, const int32_t[::1] chosen,
    const double[::1] scores,
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
    cdef Py_ssize_t at, k = 0, n = len(spans), n_chosen = chosen.shape[0]
    cdef int32_t before = -1
    cdef list starts = [], ends = [], of_borders = []
    cdef tuple span
    for at in range(n):
        if k < n_chosen and chosen[k] == at:
            span = spans[at]
            starts.append(span[0])
            ends.append(span[1])
            of_borders.append(scores[k])
            k += 1
        elif line_of[at] != before:
            starts.append(lines[line_of[at], 0])
            ends.append(lines[line_of[at], 1])
            of_borders.append(0.0)
        before = line_of[at]
    return starts, ends, of_borders


def list_units(
    list spans not None, const int32_t[::1] chosen, const int32_t[::1] blocks, list starts not None,
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
    cdef Py_ssize_t at, first, after, block = 0, n = len(starts)
    cdef list begins = [], ends = [], headings = []
    cdef object heading = None
    for at in range(n):
        first = starts[at]
        after = starts[at + 1] if at + 1 < n else chosen.shape[0]
        while block <= blocks[first]:
            if <str>kinds[block] == "heading":
                heading = block
            block += 1
        begins.append((<tuple>spans[chosen[first]])[0])
        ends.append((<tuple>spans[chosen[after - 1]])[1])
        headings.append(heading)
    return begins, ends, headings
