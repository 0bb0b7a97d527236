# cython: language_level=3
"""The native loops of the rows: the values of units as records have them, and what rows weigh.

Comes in: a document, or rows. Goes out: dicts whose keys are in the order of `schema.unit_schema`.
"""

from libc.math cimport fabs, rint

cdef enum:
    N_DIGITS = 4

cdef double SCALE = 10.0 ** N_DIGITS
# So near a half the product may have been rounded across it.
cdef double NEAR_HALF = 1e-9


cpdef round_score(value):
    """Return a score rounded to four digits, what ``round`` returns, without its detour by decimal digits."""
    cdef double score, scaled, nearest
    if type(value) is float:
        score = value
        if 0.0 <= score <= 1.0:
            scaled = score * SCALE
            nearest = rint(scaled)
            if fabs(fabs(scaled - nearest) - 0.5) > NEAR_HALF:
                return nearest / SCALE  # a quotient of two exact numbers is the float that is nearest to it
    return round(value, N_DIGITS)


cdef int put_unit(dict row, unit) except -1:
    """Put the values of a unit, but its scores, into a row."""
    row["start"] = unit.start
    row["end"] = unit.end
    row["heading"] = unit.heading
    row["text"] = unit.text
    row["advice"] = unit.advice
    row["advice_score"] = round_score(unit.advice_score)
    row["themes"] = list(unit.themes)
    return 0


def list_unit_rows(document, list columns not None):
    """Return the rows of the units of a document.

    Parameters
    ----------
    document : Document
    columns : list of (str, str)
        Name of the column of each score, and the theme.
    """
    cdef list rows = []
    cdef dict row
    cdef str column, theme
    doc_id, lang = document.id, document.lang
    for number, unit in enumerate(document.units):
        row = {"doc_id": doc_id, "lang": lang, "unit": number}
        put_unit(row, unit)
        scores = unit.scores
        for column, theme in columns:
            row[column] = round_score(scores.get(theme, 0.0))
        rows.append(row)
    return rows


def list_units(document):
    """Return the units of a document, with all scores of each, as its record has them."""
    cdef list units = []
    cdef dict row
    for unit in document.units:
        row = {}
        put_unit(row, unit)
        row["scores"] = {theme: round_score(score) for theme, score in unit.scores.items()}
        units.append(row)
    return units


def weigh_row(dict row not None, Py_ssize_t by_itself):
    """Return what a row weighs: its characters, and for itself and each item of its lists so many more."""
    cdef Py_ssize_t weight = by_itself
    for value in row.values():
        if type(value) is str:
            weight += len(<str>value)
        elif type(value) is list:
            weight += by_itself * len(<list>value)
    return weight
