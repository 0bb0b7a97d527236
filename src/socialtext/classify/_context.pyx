# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the context: what the units around a unit say of it, reckoned without an array for each step.

Comes in: passages of one document and their margins. Goes out: the columns that `themes.py` describes.
"""

from libc.math cimport INFINITY, exp, log
from libc.stdint cimport int64_t

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


# Columns of a place.
cdef enum:
    SECTION
    RUN
    INTRODUCES
    N_WORDS
    N_COLUMNS


cdef Py_ssize_t count_words(str text):
    cdef Py_ssize_t n = 0
    cdef bint inside = False
    cdef Py_UCS4 c
    for c in text:
        if c == u" " or not (0x20 < c < 0x80 or 0x0600 <= c <= 0x06FF) and c.isspace():
            inside = False
        elif not inside:
            inside = True
            n += 1
    return n


def read_places(list passages not None):
    """Return where the units of one document stand, int64 array, shape (n_units, 4).

    Section, list, whether the unit introduces a list, number of words.
    """
    cdef Py_ssize_t at, n = len(passages)
    places = np.empty((n, N_COLUMNS), dtype=np.int64)
    cdef int64_t[:, ::1] out = places
    for at in range(n):
        text, _, section, run, introduces = passages[at]
        out[at, SECTION], out[at, RUN], out[at, INTRODUCES] = section, run, introduces
        out[at, N_WORDS] = count_words(text)
        if out[at, SECTION] < 0 or out[at, RUN] < -1:
            raise ValueError(f"passage {at} stands in no section")
    return places


cdef Py_ssize_t count_groups(const int64_t[:, ::1] places, Py_ssize_t column) noexcept:
    """Return how many sections or lists there are."""
    cdef Py_ssize_t at, n = 0
    for at in range(places.shape[0]):
        n = max(n, places[at, column] + 1)
    return n


def theme_columns(
    const int64_t[:, ::1] places, const double[:, :] whole, const double[:, :] strongest, const double[:, :] first,
    const double[:, :] heading, Py_ssize_t n_themes,
):
    """Return the columns of `themes.theme_context`, shape (n_units, n_themes, 17)."""
    cdef Py_ssize_t n = places.shape[0], at, theme, other
    cdef Py_ssize_t n_sections = count_groups(places, SECTION), n_runs = count_groups(places, RUN)
    result = np.zeros((n, n_themes, 17))
    cdef double[:, :, ::1] out = result
    # Sums of margins, of shares, and sizes: of the page, of each section, of each list; then the shares of each unit.
    cdef double[:, ::1] sums = np.zeros((1 + n_sections + n_runs + n, 2 * n_themes + 1))
    cdef double[:, ::1] of_section = sums[1:], of_run = sums[1 + n_sections:]
    cdef double[:, ::1] shares = sums[1 + n_sections + n_runs:]
    cdef double[::1] of_page = sums[0]
    cdef double size, short
    for at in range(n):
        of_section[places[at, SECTION], 2 * n_themes] += 1.0
        if places[at, RUN] >= 0:
            of_run[places[at, RUN], n_themes] += 1.0
        for theme in range(n_themes):
            shares[at, theme] = expit_of(whole[at, theme])
            of_page[theme] += shares[at, theme]
            of_section[places[at, SECTION], theme] += whole[at, theme]
            of_section[places[at, SECTION], n_themes + theme] += shares[at, theme]
            if places[at, RUN] >= 0:
                of_run[places[at, RUN], theme] += whole[at, theme]
    for at in range(n):
        size = of_section[places[at, SECTION], 2 * n_themes]
        short = max(0.0, 1.0 - places[at, N_WORDS] / SHORT)
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
            out[at, theme, 2] = of_section[places[at, SECTION], theme] / size
            out[at, theme, 3] = heading[at, theme]
            if places[at, RUN] >= 0:
                out[at, theme, 4] = of_run[places[at, RUN], theme] / of_run[places[at, RUN], n_themes] - whole[at, theme]
            out[at, theme, 6] = short * out[at, theme, 2]
            out[at, theme, 7] = log_odds(of_section[places[at, SECTION], n_themes + theme] - shares[at, theme], size)
            out[at, theme, 8] = strongest[at, theme]
            out[at, theme, 9] = first[at, theme]
            out[at, theme, 10] = log_odds(of_page[theme] - shares[at, theme], n)
            out[at, theme, 12] = short * out[at, theme, 10]
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


def advice_columns(
    const int64_t[:, ::1] places, const double[:, :] whole, const double[:, :] strongest, Py_ssize_t advice
):
    """Return the columns of `themes.advice_context`, shape (n_units, 9); `advice` is its column of the margins."""
    cdef Py_ssize_t n = places.shape[0], at
    cdef Py_ssize_t n_sections = count_groups(places, SECTION), n_runs = count_groups(places, RUN)
    result = np.zeros((n, 9))
    cdef double[:, ::1] out = result
    cdef double total = 0.0
    # Sums of margins, and sizes: of each section, of the items of each list.
    cdef double[:, ::1] of_section = np.zeros((n_sections + n_runs, 2))
    cdef double[:, ::1] of_items = of_section[n_sections:]
    for at in range(n):
        total += whole[at, advice]
        of_section[places[at, SECTION], 0] += whole[at, advice]
        of_section[places[at, SECTION], 1] += 1.0
        if places[at, RUN] >= 0 and not places[at, INTRODUCES]:
            of_items[places[at, RUN], 0] += whole[at, advice]
            of_items[places[at, RUN], 1] += 1.0
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
        out[at, 3] = of_section[places[at, SECTION], 0] / of_section[places[at, SECTION], 1]
        out[at, 4] = total / n
        if places[at, RUN] >= 0:
            out[at, 5] = (
                of_items[places[at, RUN], 0] / max(1.0, of_items[places[at, RUN], 1]) - whole[at, advice]
            )
            out[at, 6] = 1.0
        out[at, 7] = 1.0 if at == 0 and n > 1 else 0.0
        out[at, 8] = log(1.0 + places[at, N_WORDS])
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


def list_labels(
    list theme_scores not None, list advice_scores not None, list thresholds not None, tuple themes not None,
    const int64_t[:, ::1] places=None,
):
    """Return themes, scores, whether it is advice, and its score for each unit, a list each.

    Parameters
    ----------
    theme_scores : list of float
        Unit by unit, in the order of the themes.
    advice_scores : list of float
    thresholds : list of float
        Of the themes, then of advice.
    themes : tuple of str
    places : int64 array, shape (n_units, 4), optional
        A unit that introduces a list has no label.
    """
    cdef Py_ssize_t at, theme, n_chosen, first, n_themes = len(themes), n = len(advice_scores)
    cdef list of_themes = [], scores = [], is_advice = [], of_advice = [], chosen
    cdef dict of_unit
    if len(theme_scores) != n * n_themes or len(thresholds) != n_themes + 1:
        raise ValueError(f"{len(theme_scores)} scores and {len(thresholds)} thresholds for {n} units")
    for at in range(n):
        if places is not None and places[at, INTRODUCES]:
            of_themes.append(())
            scores.append(dict.fromkeys(themes, 0.0))
            is_advice.append(False)
            of_advice.append(0.0)
            continue
        first = at * n_themes
        of_unit, chosen = {}, []
        for theme in range(n_themes):
            of_unit[themes[theme]] = theme_scores[first + theme]
            if theme_scores[first + theme] >= thresholds[theme]:
                # The strongest first; of equals the one that is named first.
                n_chosen = len(chosen)
                while n_chosen > 0 and theme_scores[first + theme] > of_unit[chosen[n_chosen - 1]]:
                    n_chosen -= 1
                chosen.insert(n_chosen, themes[theme])
        of_themes.append(tuple(chosen))
        scores.append(of_unit)
        is_advice.append(advice_scores[at] >= thresholds[n_themes])
        of_advice.append(advice_scores[at])
    return of_themes, scores, is_advice, of_advice
