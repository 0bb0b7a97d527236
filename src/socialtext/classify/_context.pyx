# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the context: what the units around a unit say of it, reckoned without an array for each step.

Comes in: passages of one document and their margins. Goes out: the columns that `themes.py` describes.
"""

from libc.math cimport INFINITY, exp, log
from libc.stdint cimport int64_t
from libc.string cimport memcpy
from numpy cimport import_array

from socialtext._arrays cimport NPY_FLOAT64, NPY_INT64, PyArray_DIMS, count_rows, make_array, ndarray, rows_of

import_array()

cdef enum:
    N_THEME_COLUMNS = 20
    N_ADVICE_COLUMNS = 10

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


# A row of the places.
cdef struct Place:
    int64_t section
    int64_t run
    int64_t introduces
    int64_t n_words

cdef enum:
    PLACE_WIDTH = 4


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
    cdef ndarray places = make_array(NPY_INT64, n, PLACE_WIDTH)
    cdef Place* place = <Place*>rows_of(places, NPY_INT64, PLACE_WIDTH)
    for at in range(n):
        text, _, section, run, introduces = passages[at]
        place[at] = Place(section, run, introduces, count_words(text))
        if place[at].section < 0 or place[at].run < -1:
            raise ValueError(f"passage {at} stands in no section")
    return places


def theme_columns(
    ndarray places not None, ndarray whole not None, ndarray strongest not None, ndarray first not None,
    ndarray above not None, ndarray net not None, Py_ssize_t n_themes,
):
    """Return the columns of `themes.theme_context`, shape (n_units * n_themes, 20).

    Margins have a column more than there are themes, those of the net as many.
    """
    cdef Py_ssize_t n = count_rows(places), width = n_themes + 1, n_sums = 2 * n_themes + 1
    cdef Py_ssize_t at, theme, other, n_sections = 0, n_runs = 0
    cdef const Place* place = <const Place*>rows_of(places, NPY_INT64, PLACE_WIDTH)
    cdef const double* margin = <const double*>rows_of(whole, NPY_FLOAT64, width)
    cdef const double* of_strongest = <const double*>rows_of(strongest, NPY_FLOAT64, width)
    cdef const double* of_first = <const double*>rows_of(first, NPY_FLOAT64, width)
    cdef const double* of_above = <const double*>rows_of(above, NPY_FLOAT64, width)
    cdef const double* of_net = <const double*>rows_of(net, NPY_FLOAT64, n_themes)
    cdef ndarray result = make_array(NPY_FLOAT64, n * n_themes, N_THEME_COLUMNS), all_sums
    cdef double* out = <double*>rows_of(result, NPY_FLOAT64, N_THEME_COLUMNS)
    cdef double* row
    cdef double* of_section
    cdef double* of_run
    cdef double* shares
    cdef double size, short
    check_rows(n, (whole, strongest, first, above, net))
    for at in range(n):
        n_sections = max(n_sections, place[at].section + 1)
        n_runs = max(n_runs, place[at].run + 1)
    # Sums of margins, of shares, and sizes: of the page, of each section, of each list; then the shares of each unit.
    all_sums = make_array(NPY_FLOAT64, 1 + n_sections + n_runs + n, n_sums)
    cdef double* of_page = <double*>rows_of(all_sums, NPY_FLOAT64, n_sums)
    for at in range(n):
        of_section = of_page + (1 + place[at].section) * n_sums
        of_run = of_page + (1 + n_sections + place[at].run) * n_sums
        shares = of_page + (1 + n_sections + n_runs + at) * n_sums
        of_section[2 * n_themes] += 1.0
        if place[at].run >= 0:
            of_run[n_themes] += 1.0
        for theme in range(n_themes):
            shares[theme] = expit_of(margin[at * width + theme])
            of_page[theme] += shares[theme]
            of_section[theme] += margin[at * width + theme]
            of_section[n_themes + theme] += shares[theme]
            if place[at].run >= 0:
                of_run[theme] += margin[at * width + theme]
    for at in range(n):
        of_section = of_page + (1 + place[at].section) * n_sums
        of_run = of_page + (1 + n_sections + place[at].run) * n_sums
        shares = of_page + (1 + n_sections + n_runs + at) * n_sums
        size = of_section[2 * n_themes]
        short = max(0.0, 1.0 - place[at].n_words / SHORT)
        for theme in range(n_themes):
            row = out + (at * n_themes + theme) * N_THEME_COLUMNS
            row[0] = margin[theme]
            row[1] = mean_of_neighbours(margin + theme, at, n, width)
            row[2] = of_section[theme] / size
            row[3] = of_above[theme]
            if place[at].run >= 0:
                row[4] = of_run[theme] / of_run[n_themes] - margin[theme]
            row[6] = short * row[2]
            row[7] = log_odds(of_section[n_themes + theme] - shares[theme], size)
            row[8] = of_strongest[theme]
            row[9] = of_first[theme]
            row[10] = log_odds(of_page[theme] - shares[theme], n)
            row[12] = short * row[10]
            row[13] = shares[theme]
            row[14] = expit_of(of_strongest[theme])
            row[15] = expit_of(of_above[theme])
            row[17] = of_net[theme]
            row[19] = expit_of(of_net[theme])
        for theme in range(n_themes):
            row = out + (at * n_themes + theme) * N_THEME_COLUMNS
            row[5] = row[11] = row[18] = -INFINITY
            for other in range(n_themes):
                if other != theme:
                    row[5] = max(row[5], margin[other])
                    row[11] = max(row[11], out[(at * n_themes + other) * N_THEME_COLUMNS + 10])
                    row[18] = max(row[18], of_net[other])
            row[16] = expit_of(row[5])
        margin += width
        of_strongest += width
        of_first += width
        of_above += width
        of_net += n_themes
    return result


def advice_columns(
    ndarray places not None, ndarray whole not None, ndarray strongest not None, ndarray above not None,
    Py_ssize_t advice,
):
    """Return the columns of `themes.advice_context`, shape (n_units, 10); `advice` is the last column of margins."""
    cdef Py_ssize_t n = count_rows(places), width = advice + 1, at, n_sections = 0, n_runs = 0
    cdef const Place* place = <const Place*>rows_of(places, NPY_INT64, PLACE_WIDTH)
    cdef const double* margin = <const double*>rows_of(whole, NPY_FLOAT64, width) + advice
    cdef const double* of_strongest = <const double*>rows_of(strongest, NPY_FLOAT64, width) + advice
    cdef const double* of_above = <const double*>rows_of(above, NPY_FLOAT64, width) + advice
    cdef ndarray result = make_array(NPY_FLOAT64, n, N_ADVICE_COLUMNS), all_sums
    cdef double* row = <double*>rows_of(result, NPY_FLOAT64, N_ADVICE_COLUMNS)
    cdef double* of_section
    cdef double* of_items
    cdef double total = 0.0
    check_rows(n, (whole, strongest, above))
    for at in range(n):
        n_sections = max(n_sections, place[at].section + 1)
        n_runs = max(n_runs, place[at].run + 1)
    # Sums of margins, and sizes: of each section, of the items of each list.
    all_sums = make_array(NPY_FLOAT64, n_sections + n_runs, 2)
    of_section = <double*>rows_of(all_sums, NPY_FLOAT64, 2)
    of_items = of_section + 2 * n_sections
    for at in range(n):
        total += margin[at * width]
        of_section[2 * place[at].section] += margin[at * width]
        of_section[2 * place[at].section + 1] += 1.0
        if place[at].run >= 0 and not place[at].introduces:
            of_items[2 * place[at].run] += margin[at * width]
            of_items[2 * place[at].run + 1] += 1.0
    for at in range(n):
        row[0] = margin[0]
        row[1] = of_strongest[at * width]
        row[2] = mean_of_neighbours(margin, at, n, width)
        row[3] = of_section[2 * place[at].section] / of_section[2 * place[at].section + 1]
        row[4] = total / n
        if place[at].run >= 0:
            row[5] = of_items[2 * place[at].run] / max(1.0, of_items[2 * place[at].run + 1]) - margin[0]
            row[6] = 1.0
        row[7] = 1.0 if at == 0 and n > 1 else 0.0
        row[8] = log(1.0 + place[at].n_words)
        row[9] = of_above[at * width]
        row += N_ADVICE_COLUMNS
        margin += width
    return result


cdef int check_rows(Py_ssize_t n, tuple arrays) except -1:
    """Raise an error where an array has fewer margins than there are units."""
    cdef ndarray array
    for array in arrays:
        if count_rows(array) < n:
            raise ValueError(f"there are not margins for each of {n} units")
    return 0


cdef inline double mean_of_neighbours(
    const double* margin, Py_ssize_t at, Py_ssize_t n, Py_ssize_t width
) noexcept nogil:
    """Return the mean of the margins before and after a unit; of one alone its own."""
    if n == 1:
        return margin[0]
    if at == 0:
        return margin[width]
    if at == n - 1:
        return margin[-width]
    return (margin[-width] + margin[width]) / 2.0


def weigh_columns(ndarray columns not None, ndarray weights not None, double intercept):
    """Return the probability of each row of columns by a logistic regression, as a list."""
    cdef Py_ssize_t k, width = PyArray_DIMS(columns)[1]
    cdef const double* row = <const double*>rows_of(columns, NPY_FLOAT64, width)
    cdef const double* weight = <const double*>rows_of(weights, NPY_FLOAT64)
    cdef double margin
    cdef list scores = []
    if count_rows(weights) != width:
        raise ValueError(f"{count_rows(weights)} weights for {width} columns")
    for _ in range(count_rows(columns)):
        margin = intercept
        for k in range(width):
            margin += row[k] * weight[k]
        scores.append(expit_of(margin))
        row += width
    return scores


def take_rows(ndarray margins not None, list rows):
    """Return some rows of margins; zeros for a row below 0."""
    cdef Py_ssize_t at, row, n = len(rows), width = PyArray_DIMS(margins)[1]
    cdef const double* margin = <const double*>rows_of(margins, NPY_FLOAT64, width)
    cdef ndarray taken = make_array(NPY_FLOAT64, n, width)
    cdef double* out = <double*>rows_of(taken, NPY_FLOAT64, width)
    for at in range(n):
        row = rows[at]
        if row >= count_rows(margins):
            raise IndexError(f"there is no row {row}")
        if row >= 0:
            memcpy(out + at * width, margin + row * width, width * sizeof(double))
    return taken


def list_labels(
    list theme_scores not None, list advice_scores not None, list thresholds not None, tuple themes not None,
    ndarray places=None,
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
    cdef const Place* place = NULL
    if places is not None:
        place = <const Place*>rows_of(places, NPY_INT64, PLACE_WIDTH)
    if len(theme_scores) != n * n_themes or len(thresholds) != n_themes + 1:
        raise ValueError(f"{len(theme_scores)} scores and {len(thresholds)} thresholds for {n} units")
    for at in range(n):
        if place != NULL and place[at].introduces:
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
