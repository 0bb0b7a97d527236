# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""A normalized text tied to its raw text, character by character.

Comes in: what the normalizer wrote, with the characters whose span breaks the rule «one raw character, right after
the last one». Goes out: spans, both ways. Only the breaks are stored: most characters keep the rule, so that an
alignment costs little more than the text.
"""

cimport cpython.array as carray
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring

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

    def cut(self, list spans not None):
        """Return the texts that came from raw spans, (start, end) each, without the blanks at their edges.

        Raises
        ------
        IndexError
            If a span does not lie within `raw`.
        """
        cdef list texts = []
        cdef Py_ssize_t raw_start, raw_end, start, end
        cdef int kind = PyUnicode_KIND(self.text)
        cdef void* data = PyUnicode_DATA(self.text)
        for raw_start, raw_end in spans:
            start, end = self.span(raw_start, raw_end)
            while start < end and PyUnicode_READ(kind, data, start).isspace():
                start += 1
            while start < end and PyUnicode_READ(kind, data, end - 1).isspace():
                end -= 1
            texts.append(PyUnicode_Substring(self.text, start, end))
        return texts

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


def chain_breaks(carray.array first not None, Py_ssize_t n_middle, carray.array second not None, Py_ssize_t n):
    """Return the breaks from the raw text of `first` to the `n` characters of the text of `second`.

    `second` was made from the text of `first`, which has `n_middle` characters.
    """
    cdef const int* breaks = second.data.as_ints
    cdef Py_ssize_t k, n_breaks = len(second) // 3
    cdef Py_ssize_t at = 0, middle = 0, following
    cdef int place
    cdef Chain chain = Chain(first)
    for k in range(n_breaks + 1):
        following = breaks[3 * k] if k < n_breaks else n
        if at < following:
            chain.copy(at, middle, following - at)
        if k == n_breaks:
            break
        middle = breaks[3 * k + 2]
        if breaks[3 * k + 1] < middle:
            chain.add(following, chain.side(breaks[3 * k + 1], 0), chain.side(middle - 1, 1))
        else:
            place = 0
            if middle < n_middle:
                place = chain.side(middle, 0)
            elif n_middle:
                place = chain.side(n_middle - 1, 1)
            chain.add(following, place, place)
        at = following + 1
    carray.resize(chain.result, chain.size)
    return chain.result


cdef class Chain:
    """Breaks that are being put together from those of the first of two alignments."""

    cdef Alignment first
    cdef carray.array result
    cdef Py_ssize_t size
    cdef int end

    def __init__(self, carray.array first):
        self.first = Alignment("", "", first)
        self.result = carray.clone(TEMPLATE, 0, zero=False)
        self.size = self.end = 0

    cdef int side(self, Py_ssize_t at, int side):
        return <int>self.first.span_of(at, side)

    cdef int add(self, Py_ssize_t at, int start, int end) except -1:
        """Add the span of the character after the one of which `self.end` is the end, if it is a break."""
        if start != self.end or end != start + 1:
            self.add_break(at, start, end)
        self.end = end
        return 0

    cdef int add_break(self, Py_ssize_t at, int start, int end) except -1:
        if self.size == len(self.result):
            carray.resize(self.result, 2 * self.size + 30)
        self.result.data.as_ints[self.size] = <int>at
        self.result.data.as_ints[self.size + 1] = start
        self.result.data.as_ints[self.size + 2] = end
        self.size += 3
        return 0

    cdef int copy(self, Py_ssize_t at, Py_ssize_t middle, Py_ssize_t n) except -1:
        """Add the breaks of `n` characters from `at` on, which are those from `middle` on."""
        cdef const int* breaks = self.first.breaks.data.as_ints
        cdef Py_ssize_t k = self.first.find_break(middle + 1, 0), n_breaks = len(self.first.breaks) // 3
        self.add(at, self.side(middle, 0), self.side(middle, 1))
        while k < n_breaks and breaks[3 * k] < middle + n:
            self.add_break(at + breaks[3 * k] - middle, breaks[3 * k + 1], breaks[3 * k + 2])
            k += 1
        self.end = self.side(middle + n - 1, 1)
        return 0
