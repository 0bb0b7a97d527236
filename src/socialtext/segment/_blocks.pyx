# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the blocks: the features of all lines of a page, and the kinds that a model makes of them.

Comes in: the lines of a page with their markers, cues and folded texts. Goes out: of each line and slot of
`blocks.SLOTS` the column of its feature, or the kind of each line.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport free

from socialtext._words cimport (
    HASH_START, NO_NUMBER, Numbers, PyUnicode_READ, add_number, extend_hash, find_number, make_numbers, mix,
)

import numpy as np

from socialtext.segment._page import HAS_ADDRESS, HAS_DATE, HAS_LEAD, HAS_SEPARATOR

# Columns of a line; see `_page.scan_lines`.
cdef enum:
    START
    END
    AFTER_BLANK
    N_WORDS
    N_STOPS
    LAST
    SIGNS

cdef enum:
    N_WORDS_OF_SHORT = 12
    N_WORDS_OF_HEADING = 10    # a heading of more words does not end in a full stop
    N_WORDS_OF_FULL = 8        # so many words and a stop are a sentence
    N_WORDS_OF_DATE = 4
    N_WORDS_OF_PROSE = 18
    N_WORDS_OF_ENTRY = 14      # in a table of contents, or numbered
    N_WORDS_OF_TITLE = 5       # of a table of contents
    N_WORDS_OF_SPEAKER = 4
    N_LINES_OF_SPEAKER = 3     # so many lines begin with the name of one who speaks
    N_EDGE_LINES = 4
    N_CHARACTERS_SEEN = 400
    NUMBERED = 2               # in `lines.MARKERS`

# In `blocks.ENDS`.
cdef enum:
    OTHER
    STOP
    EXCLAMATION
    QUESTION
    COLON

# What is noted where lines are compared: of each line the numbers of its key and of its speaker; of each key how many
# lines have it, and the last of them; of each speaker the number of lines.
cdef enum:
    KEY
    SPEAKER_OF
    N_KEYS
    LAST_OF_KEY
    N_LINES_OF
    N_SEEN

cdef int64_t DATE = HAS_DATE
cdef int64_t SEPARATOR = HAS_SEPARATOR
cdef int64_t ADDRESS = HAS_ADDRESS
cdef int64_t LEAD = HAS_LEAD

# The slots of which one feature follows from what a line shows; those of cues come by their bits.
NATIVE_SLOTS = (
    "words", "end", "marker", "stops", "sentence", "a long sentence", "boilerplate cue in a short line", "date",
    "date of the page", "separators", "address", "no sign of boilerplate", "from the start", "from the end",
    "before prose", "after prose", "after a boilerplate cue after prose", "in a table of contents", "repeats",
    "speaker of an interview", "numbered", "after blank", "before blank", "previous", "previous marker",
    "previous and own", "previous cue", "next", "next marker", "next and own", "next cue",
)  # fmt: skip
cdef enum:
    WORDS
    END_MARK
    MARKER
    STOPS
    SENTENCE
    LONG_SENTENCE
    CUED_SHORT
    DATED
    DATE_OF_PAGE
    SEPARATORS
    ADDRESSED
    NO_SIGN
    FROM_START
    FROM_END
    BEFORE_PROSE
    AFTER_PROSE
    AFTER_CUE_AFTER_PROSE
    IN_TOC
    REPEATS
    SPEAKER
    NEAREST_NUMBERED
    BLANK_BEFORE
    BLANK_AFTER
    PREVIOUS
    PREVIOUS_MARKER
    PREVIOUS_AND_OWN
    PREVIOUS_CUE
    NEXT
    NEXT_MARKER
    NEXT_AND_OWN
    NEXT_CUE
    N_SLOTS


@cython.final
cdef class LineColumns:
    """Finds the columns of lines.

    Parameters
    ----------
    rows, bases : dict of str to int
        Of each slot its place, and the column of its first feature.
    buckets : sequence of int
        Borders of the numbers of words.
    end_of : dict of int to int
        Index of the end that a last character is.
    n_ends, n_markers : int
    cue_bits, first_bits : dict of str to int
        Bit of the cue of each slot that tells of a cue in the line, or at its start.
    boilerplate, caption, toc, signature : int
        Bits of all cues of boilerplate, of captions, of tables of contents, of bylines and tags.
    patterns : sequence of re.Pattern
        Of markers, dates, separators, addresses.
    """

    cdef Py_ssize_t[N_SLOTS] row
    cdef int64_t[N_SLOTS] base
    cdef Py_ssize_t n_slots
    cdef int64_t[::1] buckets
    cdef dict end_of
    cdef int64_t n_ends, n_markers
    # Row, base and bit of each slot of a cue.
    cdef int64_t[:, ::1] cues, firsts
    cdef int64_t boilerplate, caption, toc, signature
    cdef object marker_re, date_re, separator_re, address_re

    def __init__(
        self, dict rows, dict bases, buckets, dict end_of, n_ends, n_markers, dict cue_bits, dict first_bits,
        boilerplate, caption, toc, signature, patterns,
    ):
        cdef Py_ssize_t slot
        for slot in range(N_SLOTS):
            self.row[slot] = rows[NATIVE_SLOTS[slot]]
            self.base[slot] = bases[NATIVE_SLOTS[slot]]
        self.n_slots = len(rows)
        self.buckets = np.array(buckets, dtype=np.int64)
        self.end_of, self.n_ends, self.n_markers = end_of, n_ends, n_markers
        self.cues = np.array([(rows[name], bases[name], bit) for name, bit in cue_bits.items()], dtype=np.int64)
        self.firsts = np.array([(rows[name], bases[name], bit) for name, bit in first_bits.items()], dtype=np.int64)
        self.boilerplate, self.caption, self.toc, self.signature = boilerplate, caption, toc, signature
        self.marker_re, self.date_re, self.separator_re, self.address_re = patterns

    def find(
        self, str raw not None, const int64_t[:, ::1] lines, const int64_t[::1] markers,
        const int64_t[::1] line_cues, const int64_t[::1] line_first, str folded not None,
        const int64_t[:, ::1] line_spans,
    ):
        """Return the columns of the features of each line, shape (n_lines, n_slots); 0 stands for none.

        Parameters
        ----------
        raw : str
        lines : int64 array, shape (n_lines, 7)
        markers : int64 array, shape (n_lines,)
        line_cues, line_first : int64 array, shape (n_lines,)
            Bits of the cues in the line, and at its start.
        folded : str
            The folded sentences.
        line_spans : int64 array, shape (n_lines, 2)
            Those of each line.
        """
        cdef Py_ssize_t n = lines.shape[0], at, k
        columns = np.zeros((n, self.n_slots), dtype=np.int64)
        if n == 0:
            return columns
        cdef int64_t[:, ::1] out = columns
        cdef Py_ssize_t first_prose = n, last_prose = -1
        cdef int64_t[::1] ends = np.zeros(n, dtype=np.int64)
        cdef int64_t n_words, size, signs, cues, uncaptioned, n_separators
        cdef int kind = PyUnicode_KIND(raw)
        cdef void* data = PyUnicode_DATA(raw)
        cdef bint short, cued, dated, addressed, cued_after_prose = False
        self._compare(folded, line_spans, markers, out)
        self._mark_toc(lines, line_cues, out)
        self._mark_numbered(lines, markers, out)
        for at in range(n):
            ends[at] = self.end_of.get(lines[at, LAST], 0)
            if lines[at, N_WORDS] >= N_WORDS_OF_PROSE and lines[at, N_STOPS] > 0:
                first_prose = min(first_prose, at)
                last_prose = at
        if last_prose < 0:
            first_prose, last_prose = 0, n - 1
        for at in range(n):
            n_words, signs, cues = lines[at, N_WORDS], lines[at, SIGNS], line_cues[at]
            size = n_words > N_WORDS_OF_SHORT
            short = not size
            cued = (cues & self.boilerplate) != 0
            dated = False
            if signs & DATE:
                k = lines[at, START]  # a date begins with a digit
                while k < lines[at, END] and not PyUnicode_READ(kind, data, k).isdigit():
                    k += 1
                dated = self.date_re.search(raw, k, lines[at, END]) is not None
            addressed = (signs & ADDRESS) and self.address_re.search(raw, lines[at, START], lines[at, END]) is not None
            n_separators = 0
            if signs & SEPARATOR:
                n_separators = len(self.separator_re.findall(raw, lines[at, START], lines[at, END]))
            k = 0
            while k < self.buckets.shape[0] and self.buckets[k] < n_words:
                k += 1
            self._put(out, at, WORDS, k)
            self._put(out, at, END_MARK, ends[at])
            self._put(out, at, MARKER, markers[at])
            self._put(out, at, STOPS, min(lines[at, N_STOPS], 3))
            if n_words >= N_WORDS_OF_FULL and STOP <= ends[at] <= QUESTION:
                self._put(out, at, SENTENCE, cued)
            if n_words > N_WORDS_OF_HEADING and ends[at] == STOP:
                self._put(out, at, LONG_SENTENCE, 0)
            if cued and short and ends[at] != STOP:
                self._put(out, at, CUED_SHORT, 0)
            if dated:
                self._put(out, at, DATED, size)
                if short and (n_words <= N_WORDS_OF_DATE or cues & self.signature):
                    self._put(out, at, DATE_OF_PAGE, 0)
            if n_separators:
                self._put(out, at, SEPARATORS, (min(n_separators, 3) - 1) * 2 + size)
            if addressed:
                self._put(out, at, ADDRESSED, size)
            # «Gambar Adalah Kunci» is no caption, «Gambar 2: …» is.
            uncaptioned = cues if signs & LEAD else cues & ~self.caption
            if not (uncaptioned & self.boilerplate or dated or n_separators or addressed):
                self._put(out, at, NO_SIGN, 0)
            if at < N_EDGE_LINES:
                self._put(out, at, FROM_START, at)
            if n - at <= N_EDGE_LINES:
                self._put(out, at, FROM_END, n - at - 1)
            if at < first_prose:
                self._put(out, at, BEFORE_PROSE, size)
            if at > last_prose:
                self._put(out, at, AFTER_PROSE, size)
                cued_after_prose = cued_after_prose or (short and cued)
            if cued_after_prose:
                self._put(out, at, AFTER_CUE_AFTER_PROSE, 0)
            if lines[at, AFTER_BLANK]:
                self._put(out, at, BLANK_BEFORE, 0)
            if at + 1 < n and lines[at + 1, AFTER_BLANK]:
                self._put(out, at, BLANK_AFTER, 0)
            for k in range(self.cues.shape[0]):
                if cues & self.cues[k, 2]:
                    out[at, self.cues[k, 0]] = self.cues[k, 1] + size
            for k in range(self.firsts.shape[0]):
                if line_first[at] & self.firsts[k, 2]:
                    out[at, self.firsts[k, 0]] = self.firsts[k, 1] + size
            self._put_neighbour(out, at, at - 1, PREVIOUS, lines, markers, line_cues, ends)
            self._put_neighbour(out, at, at + 1, NEXT, lines, markers, line_cues, ends)
        return columns

    cdef inline void _put(self, int64_t[:, ::1] out, Py_ssize_t at, Py_ssize_t slot, int64_t code) noexcept:
        """Set the feature of a slot: the code counts from the slot's first name."""
        out[at, self.row[slot]] = self.base[slot] + code

    cdef inline void _put_neighbour(
        self, int64_t[:, ::1] out, Py_ssize_t at, Py_ssize_t other, Py_ssize_t side, const int64_t[:, ::1] lines,
        const int64_t[::1] markers, const int64_t[::1] line_cues, const int64_t[::1] ends,
    ) noexcept:
        """Set the features of the line before or after a line; the slots follow that of the side."""
        cdef int64_t size, size_there
        if not 0 <= other < lines.shape[0]:
            self._put(out, at, side, 0)
            return
        size = lines[at, N_WORDS] > N_WORDS_OF_SHORT
        size_there = lines[other, N_WORDS] > N_WORDS_OF_SHORT
        self._put(out, at, side, 1 + size_there * self.n_ends + ends[other])
        self._put(out, at, side + 1, markers[other] * self.n_markers + markers[at])
        self._put(out, at, side + 2, (size_there * 2 + size) * self.n_ends + ends[at])
        if not size_there and line_cues[other] & self.boilerplate:
            self._put(out, at, side + 3, size)

    cdef int _compare(
        self, str folded, const int64_t[:, ::1] line_spans, const int64_t[::1] markers, int64_t[:, ::1] out
    ) except -1:
        """Mark the lines that are repeated later (0), those that repeat one (1), and those of a speaker.

        A heading and its entry in the table of contents have their words in common, not their marks.
        """
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_ssize_t at, start, end, colon, n = line_spans.shape[0]
        cdef int32_t[:, ::1] seen = np.zeros((N_SEEN, n), dtype=np.int32)
        cdef int32_t number
        cdef Numbers keys, speakers
        cdef str key
        keys.slots = speakers.slots = NULL
        try:
            make_numbers(&keys, n)
            make_numbers(&speakers, n)
            for at in range(n):
                start, end = line_spans[at, 0], line_spans[at, 1]
                end = min(end, start + N_CHARACTERS_SEEN)
                if markers[at]:
                    key = self.marker_re.sub("", folded[start:end], count=1)
                    number = number_stripped(&keys, PyUnicode_KIND(key), PyUnicode_DATA(key), 0, len(key))
                else:
                    number = number_stripped(&keys, kind, data, start, end)
                seen[KEY, at] = number
                seen[N_KEYS, number] += 1
                seen[LAST_OF_KEY, number] = <int32_t>at
                colon = start
                while colon < end and PyUnicode_READ(kind, data, colon) != u":":
                    colon += 1
                number = NO_NUMBER
                if start < colon < end and has_few_words(kind, data, start, colon):
                    number = number_text(&speakers, kind, data, start, colon)
                    seen[N_LINES_OF, number] += 1
                seen[SPEAKER_OF, at] = number
            for at in range(n):
                number = seen[KEY, at]
                if seen[N_KEYS, number] > 1:
                    self._put(out, at, REPEATS, at == seen[LAST_OF_KEY, number])
                number = seen[SPEAKER_OF, at]
                if number != NO_NUMBER and seen[N_LINES_OF, number] >= N_LINES_OF_SPEAKER:
                    self._put(out, at, SPEAKER, 0)
        finally:
            free(keys.slots)
            free(speakers.slots)
        return 0

    cdef void _mark_toc(
        self, const int64_t[:, ::1] lines, const int64_t[::1] line_cues, int64_t[:, ::1] out
    ) noexcept:
        """Mark the lines of a table of contents: short ones after its title, up to the first that is long."""
        cdef Py_ssize_t at = 0, k, n = lines.shape[0]
        while at < n:
            k = at + 1
            if lines[at, N_WORDS] <= N_WORDS_OF_TITLE and line_cues[at] & self.toc:
                while k < n and lines[k, N_WORDS] <= N_WORDS_OF_ENTRY and lines[k, N_STOPS] == 0:
                    # The last short line before prose is the heading of the first section.
                    if k > at + 1:
                        self._put(out, k - 1, IN_TOC, 0)
                    k += 1
                if k > at + 1:
                    k -= 1  # it may be a title itself
            at = k

    cdef void _mark_numbered(
        self, const int64_t[:, ::1] lines, const int64_t[::1] markers, int64_t[:, ::1] out
    ) noexcept:
        """Mark the numbered lines with the distance to the nearest other one."""
        cdef Py_ssize_t at, before = -9, previous = -1, n = lines.shape[0]
        for at in range(n + 1):
            if at < n and not (markers[at] == NUMBERED and lines[at, N_WORDS] <= N_WORDS_OF_ENTRY):
                continue
            if previous >= 0:
                self._put(
                    out, previous, NEAREST_NUMBERED,
                    min(min(previous - before, (at if at < n else n + 9) - previous), 3) - 1,
                )
                before = previous
            previous = at

    def choose(
        self, const int64_t[:, ::1] columns, const double[:, ::1] weights, const double[::1] intercepts,
        Py_ssize_t boilerplate, Py_ssize_t heading, double long_sentence, double no_sign, Py_ssize_t support_row,
    ):
        """Return the index of the kind of each line, as a list; rules go before the model where they are exact.

        Parameters
        ----------
        columns : int64 array, shape (n_lines, n_slots)
        weights : float64 array, shape (n_columns, n_kinds)
        intercepts : float64 array, shape (n_kinds,)
        boilerplate, heading : int
            Indices of these kinds.
        long_sentence, no_sign : float
            What is taken off their margins.
        support_row : int
            Slot of what a cue of support begins.
        """
        cdef Py_ssize_t n = columns.shape[0], n_kinds = weights.shape[1], at, k, kind, best
        cdef double[::1] margins = np.empty(n_kinds)
        cdef list chosen = []
        cdef bint placed
        for at in range(n):
            for kind in range(n_kinds):
                margins[kind] = 0.0
            for k in range(columns.shape[1]):
                if columns[at, k] != 0:
                    for kind in range(n_kinds):
                        margins[kind] += weights[columns[at, k], kind]
            for kind in range(n_kinds):
                margins[kind] += intercepts[kind]
            if columns[at, self.row[LONG_SENTENCE]]:
                margins[heading] -= long_sentence
            # «For example, X does this:» announces what follows and heads nothing.
            if columns[at, support_row] and columns[at, self.row[END_MARK]] == self.base[END_MARK] + COLON:
                margins[heading] -= long_sentence
            # Neither its words nor its place speak for boilerplate: to take content for it would lose the content.
            placed = (
                columns[at, self.row[IN_TOC]] or columns[at, self.row[AFTER_CUE_AFTER_PROSE]]
                or columns[at, self.row[REPEATS]] == self.base[REPEATS]
                or columns[at, self.row[AFTER_PROSE]] == self.base[AFTER_PROSE]
            )
            if columns[at, self.row[NO_SIGN]] and not placed:
                margins[boilerplate] -= no_sign
            if columns[at, self.row[DATE_OF_PAGE]]:
                margins[boilerplate] = INFINITY
            best = 0
            for kind in range(1, n_kinds):
                if margins[kind] > margins[best]:
                    best = kind
            chosen.append(best)
        return chosen


cdef bint has_few_words(int kind, const void* data, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Whether the characters are so few words as the name of a speaker has."""
    cdef Py_ssize_t at, n = 0
    cdef bint inside = False
    for at in range(start, end):
        if PyUnicode_READ(kind, data, at).isspace():
            inside = False
        elif not inside:
            inside = True
            n += 1
            if n > N_WORDS_OF_SPEAKER:
                return False
    return True


cdef inline bint is_edge(Py_UCS4 c) noexcept:
    """Whether a mark does not count where lines are compared."""
    return (
        c == u" " or c == u"\n" or c == u"." or c == u":" or c == u"?" or c == 0x061F or c == u"!" or c == u"-"
    )


cdef int32_t number_stripped(
    Numbers* numbers, int kind, const void* data, Py_ssize_t start, Py_ssize_t end
) except -2:
    """Return the number of a text without the marks at its edges."""
    while start < end and is_edge(PyUnicode_READ(kind, data, start)):
        start += 1
    while start < end and is_edge(PyUnicode_READ(kind, data, end - 1)):
        end -= 1
    return number_text(numbers, kind, data, start, end)


cdef int32_t number_text(Numbers* numbers, int kind, const void* data, Py_ssize_t start, Py_ssize_t end) except -2:
    """Return the number of a text, a new one if need be; where sentences meet is a space."""
    cdef uint64_t h = HASH_START
    cdef Py_ssize_t at
    cdef int32_t number
    cdef Py_UCS4 c
    for at in range(start, end):
        c = PyUnicode_READ(kind, data, at)
        h = extend_hash(h, u" " if c == u"\n" else c)
    h = mix(h)
    number = find_number(numbers, h)
    return add_number(numbers, h) if number == NO_NUMBER else number
