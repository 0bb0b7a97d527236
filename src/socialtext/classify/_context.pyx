# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the context: what the units around a unit say of it, reckoned without an array for each step.

Comes in: passages of one document and their margins. Goes out: the columns that `themes.py` describes.
"""

from libc.math cimport INFINITY, exp, log

import numpy as np

# A share among few units is drawn towards one fifth: half a unit of two and a half.
cdef double PRIOR_UNITS = 0.5
cdef double PRIOR_SIZE = 2.5
cdef double SHORT = 25.0  # words; below that a unit cannot well speak for itself
cdef double LIMIT = 30.0  # of margins


cdef inline double expit_of(double margin) noexcept nogil:
    return 1.0 / (1.0 + exp(-min(max(margin, -LIMIT), LIMIT)))


cdef inline double log_odds(double share_of_others, double size) noexcept nogil:
    """Return the log odds of a theme among the other units of a group of some size."""
    cdef double share = (share_of_others + PRIOR_UNITS) / (size - 1.0 + PRIOR_SIZE)
    return log(share / (1.0 - share))


cdef Py_ssize_t count_words(str text):
    cdef Py_ssize_t n = 0
    cdef bint inside = False
    cdef Py_UCS4 c
    for c in text:
        if c.isspace():
            inside = False
        elif not inside:
            inside = True
            n += 1
    return n


cdef Py_ssize_t count_places(list passages, Py_ssize_t[:, ::1] places, Py_ssize_t column) except -1:
    """Note the section (column 0) or list (column 1) of each passage; return how many there are."""
    cdef Py_ssize_t at, n = 0
    for at in range(len(passages)):
        places[at, column] = passages[at].section if column == 0 else passages[at].run
        if places[at, column] < column * -1:
            raise ValueError(f"passage {at} stands in no section")
        n = max(n, places[at, column] + 1)
    return n


def theme_columns(
    list passages, const double[:, :] whole, const double[:, :] strongest, const double[:, :] first,
    const double[:, :] heading, Py_ssize_t n_themes,
):
    """Return the columns of `themes.theme_context`, shape (n_units, n_themes, 17)."""
    cdef Py_ssize_t n = len(passages), at, theme, other
    result = np.zeros((n, n_themes, 17))
    cdef double[:, :, ::1] out = result
    cdef Py_ssize_t[:, ::1] places = np.empty((n, 2), dtype=np.intp)  # section and list of each unit
    cdef double[::1] short = np.empty(n)
    cdef double[:, ::1] shares = np.empty((n, n_themes))
    cdef double[::1] of_page = np.zeros(n_themes)  # sums of shares
    cdef double size
    # Sums of margins, of shares, and sizes.
    cdef double[:, ::1] of_section = np.zeros((count_places(passages, places, 0), 2 * n_themes + 1))
    cdef double[:, ::1] of_run = np.zeros((count_places(passages, places, 1), n_themes + 1))
    for at in range(n):
        short[at] = max(0.0, 1.0 - count_words(passages[at].text) / SHORT)
    for at in range(n):
        of_section[places[at, 0], 2 * n_themes] += 1.0
        if places[at, 1] >= 0:
            of_run[places[at, 1], n_themes] += 1.0
        for theme in range(n_themes):
            shares[at, theme] = expit_of(whole[at, theme])
            of_page[theme] += shares[at, theme]
            of_section[places[at, 0], theme] += whole[at, theme]
            of_section[places[at, 0], n_themes + theme] += shares[at, theme]
            if places[at, 1] >= 0:
                of_run[places[at, 1], theme] += whole[at, theme]
    for at in range(n):
        size = of_section[places[at, 0], 2 * n_themes]
        for theme in range(n_themes):
            out[at, theme, 0] = whole[at, theme]
            if n == 1:
                out[at, theme, 1] = whole[at, theme]
            elif at == 0:
                out[at, theme, 1] = whole[at + 1, theme]
            elif at == n - 1:
                out[at, theme, 1] = whole[at - 1, theme]
            else:
                out[at, theme, 1] = (whole[at - 1, theme] + whole[at + 1, theme]) / 2.0
            out[at, theme, 2] = of_section[places[at, 0], theme] / size
            out[at, theme, 3] = heading[at, theme]
            if places[at, 1] >= 0:
                out[at, theme, 4] = of_run[places[at, 1], theme] / of_run[places[at, 1], n_themes] - whole[at, theme]
            out[at, theme, 6] = short[at] * out[at, theme, 2]
            out[at, theme, 7] = log_odds(of_section[places[at, 0], n_themes + theme] - shares[at, theme], size)
            out[at, theme, 8] = strongest[at, theme]
            out[at, theme, 9] = first[at, theme]
            out[at, theme, 10] = log_odds(of_page[theme] - shares[at, theme], n)
            out[at, theme, 12] = short[at] * out[at, theme, 10]
            out[at, theme, 13] = shares[at, theme]
            out[at, theme, 14] = expit_of(strongest[at, theme])
            out[at, theme, 15] = expit_of(heading[at, theme])
        for theme in range(n_themes):
            out[at, theme, 5] = out[at, theme, 11] = -INFINITY
            for other in range(n_themes):
                if other != theme:
                    out[at, theme, 5] = max(out[at, theme, 5], whole[at, other])
                    out[at, theme, 11] = max(out[at, theme, 11], out[at, other, 10])
            out[at, theme, 16] = expit_of(out[at, theme, 5])
    return result


def advice_columns(list passages, const double[:, :] whole, const double[:, :] strongest, Py_ssize_t advice):
    """Return the columns of `themes.advice_context`, shape (n_units, 9); `advice` is its column of the margins."""
    cdef Py_ssize_t n = len(passages), at
    result = np.zeros((n, 9))
    cdef double[:, ::1] out = result
    cdef Py_ssize_t[:, ::1] places = np.empty((n, 2), dtype=np.intp)
    cdef unsigned char[::1] is_item = np.empty(n, dtype=np.uint8)
    cdef double total = 0.0
    # Sums of margins, and sizes.
    cdef double[:, ::1] of_section = np.zeros((count_places(passages, places, 0), 2))
    cdef double[:, ::1] of_items = np.zeros((count_places(passages, places, 1), 2))
    for at in range(n):
        is_item[at] = places[at, 1] >= 0 and not passages[at].introduces_list
        total += whole[at, advice]
        of_section[places[at, 0], 0] += whole[at, advice]
        of_section[places[at, 0], 1] += 1.0
        if is_item[at]:
            of_items[places[at, 1], 0] += whole[at, advice]
            of_items[places[at, 1], 1] += 1.0
    for at in range(n):
        out[at, 0] = whole[at, advice]
        out[at, 1] = strongest[at, advice]
        if n == 1:
            out[at, 2] = whole[at, advice]
        elif at == 0:
            out[at, 2] = whole[at + 1, advice]
        elif at == n - 1:
            out[at, 2] = whole[at - 1, advice]
        else:
            out[at, 2] = (whole[at - 1, advice] + whole[at + 1, advice]) / 2.0
        out[at, 3] = of_section[places[at, 0], 0] / of_section[places[at, 0], 1]
        out[at, 4] = total / n
        if places[at, 1] >= 0:
            out[at, 5] = (
                of_items[places[at, 1], 0] / max(1.0, of_items[places[at, 1], 1]) - whole[at, advice]
            )
            out[at, 6] = 1.0
        out[at, 7] = 1.0 if at == 0 and n > 1 else 0.0
        out[at, 8] = log(1.0 + count_words(passages[at].text))
    return result


def weigh_columns(const double[:, ::1] columns, const double[::1] weights, double intercept):
    """Return the probability of each row of columns by a logistic regression, as a list."""
    cdef Py_ssize_t at, k
    cdef double margin
    cdef list scores = []
    if weights.shape[0] != columns.shape[1]:
        raise ValueError(f"{weights.shape[0]} weights for {columns.shape[1]} columns")
    for at in range(columns.shape[0]):
        margin = intercept
        for k in range(columns.shape[1]):
            margin += columns[at, k] * weights[k]
        scores.append(expit_of(margin))
    return scores


def take_rows(const double[:, ::1] margins, list rows):
    """Return some rows of margins; zeros for a row below 0."""
    cdef Py_ssize_t at, k, row, n = len(rows)
    taken = np.zeros((n, margins.shape[1]))
    cdef double[:, ::1] out = taken
    for at in range(n):
        row = rows[at]
        if row >= margins.shape[0]:
            raise IndexError(f"there is no row {row}")
        for k in range(margins.shape[1] if row >= 0 else 0):
            out[at, k] = margins[row, k]
    return taken
