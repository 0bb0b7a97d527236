# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""A normalized text tied to its raw text, character by character.

Comes in: what the normalizer wrote, with the characters whose span breaks the rule «one raw character, right after
the last one». Goes out: spans, both ways. Only the breaks are stored: most characters keep the rule, so that an
alignment costs little more than the text.
"""

cimport cpython.array as carray

from array import array

cdef carray.array TEMPLATE = array("i")


cdef class Alignment:
    """A normalized text with the raw span of each of its characters; immutable and picklable.

    Characters that stand for several raw ones (or that several came from) share one span; a character that was
    inserted has an empty one. Spans are monotone and together cover the raw text.

    Parameters
    ----------
    raw, text : str
    breaks : array of int, shape (3 * n_breaks,), optional
        Index in `text`, raw start and raw end of each character whose span does not begin at the end of the one
        before it or is not one character long.
    """

    cdef readonly str raw
    cdef readonly str text
    cdef carray.array breaks

    def __init__(self, str raw not None, str text not None, carray.array breaks=None):
        self.raw = raw
        self.text = text
        self.breaks = TEMPLATE if breaks is None else breaks

    @classmethod
    def from_spans(cls, str raw not None, str text not None, carray.array starts not None, carray.array ends not None):
        """Build an alignment from the raw start and raw end of each character."""
        return cls(raw, text, find_breaks(starts, ends))

    def __reduce__(self):
        return Alignment, (self.raw, self.text, self.breaks)

    def __eq__(self, other):
        if not isinstance(other, Alignment):
            return NotImplemented
        return (self.raw, self.text, self.breaks) == (other.raw, other.text, (<Alignment>other).breaks)

    def __hash__(self):
        return hash((self.raw, self.text))

    def __repr__(self):
        return f"Alignment(raw={self.raw!r}, text={self.text!r})"

    @property
    def starts(self):
        """Raw start of each character: array of int, shape (len(text),)."""
        return expand_breaks(self.breaks, len(self.text))[0]

    @property
    def ends(self):
        """Raw end of each character: array of int, shape (len(text),)."""
        return expand_breaks(self.breaks, len(self.text))[1]

    def raw_span(self, Py_ssize_t start, Py_ssize_t end):
        """Return the raw span of ``text[start:end]``.

        Raises
        ------
        IndexError
            If the range does not lie within `text`.
        """
        cdef Py_ssize_t n = len(self.text)
        cdef Py_ssize_t place
        if not 0 <= start <= end <= n:
            raise IndexError(f"[{start}, {end}) is not a range of a text of {n} characters")
        if start < end:
            return self.span_of(start, 0), self.span_of(end - 1, 1)
        place = self.span_of(start, 0) if start < n else len(self.raw)
        return place, place

    def span(self, Py_ssize_t raw_start, Py_ssize_t raw_end):
        """Return the range of `text` that came from ``raw[raw_start:raw_end]``.

        Raises
        ------
        IndexError
            If the range does not lie within `raw`.
        """
        cdef Py_ssize_t n = len(self.raw)
        cdef Py_ssize_t start
        if not 0 <= raw_start <= raw_end <= n:
            raise IndexError(f"[{raw_start}, {raw_end}) is not a range of a raw text of {n} characters")
        start = self.count_until(raw_start + 1, 2)
        if raw_start == raw_end:
            return start, start
        return start, max(start, self.count_until(raw_end, 1))

    cdef Py_ssize_t find_break(self, Py_ssize_t value, int column):
        """Number of breaks with less than `value` in the column."""
        cdef Py_ssize_t low = 0, high = len(self.breaks) // 3, middle
        while low < high:
            middle = (low + high) // 2
            if self.breaks.data.as_ints[3 * middle + column] < value:
                low = middle + 1
            else:
                high = middle
        return low

    cdef Py_ssize_t span_of(self, Py_ssize_t at, int side):
        """Raw start (side 0) or raw end (side 1) of the character at an index."""
        cdef Py_ssize_t k = self.find_break(at + 1, 0)
        cdef const int* last
        if k == 0:
            return at + side
        last = &self.breaks.data.as_ints[3 * (k - 1)]
        return last[1 + side] if last[0] == at else last[2] + at - last[0] - 1 + side

    cdef Py_ssize_t count_until(self, Py_ssize_t place, int column):
        """Number of characters whose raw start (column 1) or raw end (column 2) is less than `place`."""
        cdef Py_ssize_t k = self.find_break(place, column)
        cdef Py_ssize_t following = len(self.text)
        cdef Py_ssize_t at = -1, end = 0
        if 3 * k < len(self.breaks):
            following = self.breaks.data.as_ints[3 * k]
        if k:
            at = self.breaks.data.as_ints[3 * (k - 1)]
            end = self.breaks.data.as_ints[3 * (k - 1) + 2]
        # The characters between two breaks begin one after the other at `end`.
        return at + 1 + max(0, min(place - end - (column - 1), following - at - 1))


def expand_breaks(carray.array breaks not None, Py_ssize_t n):
    """Return raw starts and raw ends of the `n` characters of a text, as two arrays."""
    cdef carray.array starts = carray.clone(TEMPLATE, n, zero=False)
    cdef carray.array ends = carray.clone(TEMPLATE, n, zero=False)
    cdef Py_ssize_t at = 0, k = 0, n_breaks = len(breaks) // 3
    cdef int end = 0
    for at in range(n):
        if k < n_breaks and breaks.data.as_ints[3 * k] == at:
            starts.data.as_ints[at] = breaks.data.as_ints[3 * k + 1]
            end = breaks.data.as_ints[3 * k + 2]
            k += 1
        else:
            starts.data.as_ints[at] = end
            end += 1
        ends.data.as_ints[at] = end
    return starts, ends


def find_breaks(carray.array starts not None, carray.array ends not None):
    """Return the breaks of the characters with these raw starts and raw ends."""
    cdef Py_ssize_t at, n = len(starts), size = 0
    cdef carray.array breaks = carray.clone(TEMPLATE, 3 * n, zero=False)
    cdef int end = 0
    for at in range(n):
        if starts.data.as_ints[at] != end or ends.data.as_ints[at] != end + 1:
            breaks.data.as_ints[size] = <int>at
            breaks.data.as_ints[size + 1] = starts.data.as_ints[at]
            breaks.data.as_ints[size + 2] = ends.data.as_ints[at]
            size += 3
        end = ends.data.as_ints[at]
    carray.resize(breaks, size)
    return breaks
