# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the blocks: the features of all lines of a page, and the kinds that a model makes of them.

Comes in: the lines of a page with their markers, cues and folded texts. Goes out: of each line and slot of
`blocks.SLOTS` the column of its feature, or the kind of each line.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset
from numpy cimport import_array

from socialtext._arrays cimport NPY_FLOAT64, NPY_INT64, count_rows, make_array, ndarray, records_of, rows_of
from socialtext._words cimport (
    HASH_START, NO_NUMBER, Numbers, PyUnicode_READ, add_number, extend_hash, find_number, is_digit, make_numbers,
    mix,
)
from socialtext.segment._rows cimport LINE_WIDTH, Line, LineWords

import numpy as np

from socialtext.segment._page import HAS_ADDRESS, HAS_DATE, HAS_LEAD, HAS_SEPARATOR

import_array()

cdef extern from "Python.h":
    int decimal_of "Py_UNICODE_TODECIMAL"(Py_UCS4 c) noexcept

cdef enum:
    N_WORDS_OF_SHORT = 12
    N_WORDS_OF_HEADING = 4     # a heading of more words does not end in a full stop, a numbered one seldom
    N_WORDS_OF_NUMBERED = 10
    N_BUCKETS_OF_HEADING = 8   # of `blocks.BUCKETS`: one heading in many has more than 13 words
    N_WORDS_OF_FULL = 8        # so many words and a stop are a sentence
    N_WORDS_OF_DATE = 4
    N_WORDS_OF_PROSE = 18
    N_WORDS_OF_ENTRY = 14      # in a table of contents, or numbered
    N_WORDS_OF_TITLE = 5       # of a table of contents
    N_WORDS_OF_SPEAKER = 4
    N_LINES_OF_SPEAKER = 3     # so many lines begin with the name of one who speaks
    N_EDGE_LINES = 4
    N_CHARACTERS_SEEN = 400
    N_WORDS_OF_JUDGED = 6      # so long are the lines that tell whether a page writes full stops
    N_WORDS_OF_NAME = 2        # «Advantages:» is a heading, «Prepare three things:» announces a list
    # Pages of more lines are short, middling, long ones.
    N_LINES_OF_PIECE = 6
    N_LINES_OF_SHORT = 15
    N_LINES_OF_MIDDLING = 30
    N_SIZES_OF_PAGE = 4
    N_SHARES = 3
    N_LEAST_TITLE = 2          # words of a title
    N_MOST_TITLE = 15
    N_WORDS_OF_MENU = 3        # a line alone among boilerplate with so few words is no item of a list
    N_WORDS_OF_RELATED = 5     # «Other articles on this»
    N_LEAST_RELATED = 3        # words of the title of another article
    N_LEAST_ABOVE = 4          # words of one that stands above a table of contents
    BULLET = 1                 # in `lines.MARKERS`
    NUMBERED = 2
    LETTERED = 3
    MAX_KINDS = 8

# In `blocks.ENDS`.
cdef enum:
    OTHER
    STOP
    EXCLAMATION
    QUESTION
    COLON
    ELLIPSIS
    COMMA

# What is noted where lines are compared: of each line the numbers of its key and of its speaker; of each key how many
# lines have it, and the last of them; of each speaker the number of lines.
cdef struct Compared:
    int32_t key
    int32_t speaker
    int32_t n_of_key
    int32_t last_of_key
    int32_t n_of_speaker

# Row and base of the slot of a cue, and the bit of the cue.
cdef struct CueSlot:
    int64_t row
    int64_t base
    int64_t bit

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
    "last but one", "last but one marker", "last but one and own", "last but one cue", "next but one",
    "next but one marker", "next but one and own", "next but one cue", "words and stops of the page",
    "size of the page", "from the start of a page", "from the end of a page", "introduction of a list",
    "words against the previous", "words against the next",
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
    LAST_BUT_ONE
    LAST_BUT_ONE_MARKER
    LAST_BUT_ONE_AND_OWN
    LAST_BUT_ONE_CUE
    NEXT_BUT_ONE
    NEXT_BUT_ONE_MARKER
    NEXT_BUT_ONE_AND_OWN
    NEXT_BUT_ONE_CUE
    WORDS_AND_STOPS
    SIZE_OF_PAGE
    FROM_START_OF_PAGE
    FROM_END_OF_PAGE
    INTRODUCTION
    AGAINST_PREVIOUS
    AGAINST_NEXT
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
        Of markers, dates, separators, addresses, counters.
    alphabets : sequence of str
        By which the items of lists are lettered.
    """

    cdef Py_ssize_t[N_SLOTS] row
    cdef int64_t[N_SLOTS] base
    cdef Py_ssize_t n_slots, navigation_row, byline_row, related_row
    cdef ndarray buckets, end_marks, cues, firsts
    cdef int64_t n_ends, n_markers
    cdef int64_t boilerplate, caption, toc, signature
    cdef object marker_re, date_re, separator_re, address_re, counter_re
    cdef tuple alphabets

    def __init__(
        self, dict rows, dict bases, buckets, dict end_of, n_ends, n_markers, dict cue_bits, dict first_bits,
        boilerplate, caption, toc, signature, patterns, tuple alphabets,
    ):
        cdef Py_ssize_t slot
        for slot in range(N_SLOTS):
            self.row[slot] = rows[NATIVE_SLOTS[slot]]
            self.base[slot] = bases[NATIVE_SLOTS[slot]]
        self.n_slots = len(rows)
        self.navigation_row, self.byline_row = rows["cue navigation"], rows["cue byline"]
        self.related_row = rows["cue related"]
        self.buckets = np.array(buckets, dtype=np.int64)
        self.end_marks = np.array(list(end_of.items()), dtype=np.int64)
        self.n_ends, self.n_markers = n_ends, n_markers
        self.cues = np.array([(rows[name], bases[name], bit) for name, bit in cue_bits.items()], dtype=np.int64)
        self.firsts = np.array([(rows[name], bases[name], bit) for name, bit in first_bits.items()], dtype=np.int64)
        self.boilerplate, self.caption, self.toc, self.signature = boilerplate, caption, toc, signature
        self.marker_re, self.date_re, self.separator_re, self.address_re, self.counter_re = patterns
        self.alphabets = alphabets

    def find(
        self, str raw not None, ndarray lines not None, ndarray markers not None, ndarray line_words not None,
        str folded not None,
    ):
        """Return the columns of the features of each line, shape (n_lines, n_slots); 0 stands for none.

        Parameters
        ----------
        raw : str
        lines : int64 array, shape (n_lines, 7)
        markers : int64 array, shape (n_lines,)
        line_words : array of `_page.LINE_WORDS`
        folded : str
            The folded sentences.
        """
        cdef const Line* line = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
        cdef const int64_t* marker = <const int64_t*>rows_of(markers, NPY_INT64)
        cdef const LineWords* words = <const LineWords*>records_of(line_words, sizeof(LineWords))
        cdef Py_ssize_t n = count_rows(lines), at, k
        cdef ndarray columns = make_array(NPY_INT64, n, self.n_slots), line_ends = make_array(NPY_INT64, n)
        cdef int64_t* first_row = <int64_t*>rows_of(columns, NPY_INT64, self.n_slots)
        cdef int64_t* ends = <int64_t*>rows_of(line_ends, NPY_INT64)
        cdef const int64_t* buckets = <const int64_t*>rows_of(self.buckets, NPY_INT64)
        cdef Py_ssize_t n_buckets = count_rows(self.buckets)
        cdef int64_t* out
        cdef Py_ssize_t first_prose = n, last_prose = -1
        cdef int64_t n_words, size, signs, cues, first, n_separators, n_judged = 0, n_stopped = 0, share, of_page
        cdef int kind = PyUnicode_KIND(raw)
        cdef void* data = PyUnicode_DATA(raw)
        cdef bint short, cued, dated, addressed, counts, cued_after_prose = False
        if count_rows(markers) != n or count_rows(line_words) != n:
            raise ValueError(f"{n} lines, {count_rows(markers)} markers and words of {count_rows(line_words)} lines")
        if n == 0:
            return columns
        self._compare(folded, words, marker, n, first_row)
        self._mark_toc(line, words, n, first_row)
        self._mark_numbered(line, marker, n, first_row)
        for at in range(n):
            ends[at] = self._find_end(line[at].last)
            if line[at].n_words >= N_WORDS_OF_PROSE and line[at].n_stops > 0:
                first_prose = min(first_prose, at)
                last_prose = at
            if line[at].n_words >= N_WORDS_OF_JUDGED:
                n_judged += 1
                n_stopped += STOP <= ends[at] <= QUESTION or ends[at] == ELLIPSIS
        # Which lines are headings is told otherwise on pages that do without full stops, and on short ones.
        share = (n_judged > 0 and n_stopped * 5 >= n_judged) + (n_judged > 0 and n_stopped * 10 >= n_judged * 7)
        of_page = (n > N_LINES_OF_PIECE) + (n > N_LINES_OF_SHORT) + (n > N_LINES_OF_MIDDLING)
        if last_prose < 0:
            first_prose, last_prose = 0, n - 1
        for at in range(n):
            out = first_row + at * self.n_slots
            n_words, signs, cues, first = line[at].n_words, line[at].signs, words[at].cues, words[at].first
            if not signs & LEAD:  # «Gambar Adalah Kunci» is no caption, «Gambar 2: …» is
                cues &= ~self.caption
                first &= ~self.caption
            size = n_words > N_WORDS_OF_SHORT
            short = not size
            cued = (cues & self.boilerplate) != 0
            dated = False
            if signs & DATE:
                k = line[at].start  # a date begins with a digit
                while k < line[at].end and not is_digit(PyUnicode_READ(kind, data, k)):
                    k += 1
                dated = self.date_re.search(raw, k, line[at].end) is not None
            addressed = (signs & ADDRESS) and self.address_re.search(raw, line[at].start, line[at].end) is not None
            n_separators = 0
            if signs & SEPARATOR:
                n_separators = len(self.separator_re.findall(raw, line[at].start, line[at].end))
            counts = n_words <= N_WORDS_OF_DATE and signs & LEAD and (
                self.counter_re.fullmatch(raw, line[at].start, line[at].end) is not None
            )
            k = 0
            while k < n_buckets and buckets[k] < n_words:
                k += 1
            self._put(out, WORDS, k)
            self._put(out, WORDS_AND_STOPS, k * N_SHARES + share)
            self._put(out, SIZE_OF_PAGE, of_page * 2 + size)
            self._put(out, END_MARK, ends[at])
            self._put(out, MARKER, marker[at])
            self._put(out, STOPS, min(line[at].n_stops, 3))
            if n_words >= N_WORDS_OF_FULL and STOP <= ends[at] <= QUESTION:
                self._put(out, SENTENCE, cued)
            if ends[at] == STOP and n_words > (N_WORDS_OF_NUMBERED if marker[at] else N_WORDS_OF_HEADING):
                self._put(out, LONG_SENTENCE, 0)
            if cued and short and ends[at] != STOP:
                self._put(out, CUED_SHORT, 0)
            if dated:
                self._put(out, DATED, size)
            if counts or (dated and short and (n_words <= N_WORDS_OF_DATE or cues & self.signature)):
                self._put(out, DATE_OF_PAGE, 0)
            if n_separators:
                self._put(out, SEPARATORS, (min(n_separators, 3) - 1) * 2 + size)
            if addressed:
                self._put(out, ADDRESSED, size)
            if not (cued or dated or n_separators or addressed or counts):
                self._put(out, NO_SIGN, 0)
            if at < N_EDGE_LINES:
                self._put(out, FROM_START, at)
                self._put(out, FROM_START_OF_PAGE, at * N_SIZES_OF_PAGE + of_page)
            if n - at <= N_EDGE_LINES:
                self._put(out, FROM_END, n - at - 1)
                self._put(out, FROM_END_OF_PAGE, (n - at - 1) * N_SIZES_OF_PAGE + of_page)
            if ends[at] == COLON and at + 1 < n and marker[at + 1]:
                self._put(out, INTRODUCTION, n_words > N_WORDS_OF_NAME)
            if at < first_prose:
                self._put(out, BEFORE_PROSE, size)
            if at > last_prose:
                self._put(out, AFTER_PROSE, size)
                cued_after_prose = cued_after_prose or (short and cued)
            if cued_after_prose:
                self._put(out, AFTER_CUE_AFTER_PROSE, 0)
            if line[at].after_blank:
                self._put(out, BLANK_BEFORE, 0)
            if at + 1 < n and line[at + 1].after_blank:
                self._put(out, BLANK_AFTER, 0)
            put_cues(out, self.cues, cues, size)
            put_cues(out, self.firsts, first, size)
            if at > 0:
                self._put(out, AGAINST_PREVIOUS, compare_sizes(n_words, line[at - 1].n_words))
            if at + 1 < n:
                self._put(out, AGAINST_NEXT, compare_sizes(n_words, line[at + 1].n_words))
            self._put_neighbour(out, PREVIOUS, at, at - 1, n, line, marker, words, ends)
            self._put_neighbour(out, NEXT, at, at + 1, n, line, marker, words, ends)
            self._put_neighbour(out, LAST_BUT_ONE, at, at - 2, n, line, marker, words, ends)
            self._put_neighbour(out, NEXT_BUT_ONE, at, at + 2, n, line, marker, words, ends)
        return columns

    cdef inline void _put(self, int64_t* out, Py_ssize_t slot, int64_t code) noexcept:
        """Set the feature of a slot of a line: the code counts from the slot's first name."""
        out[self.row[slot]] = self.base[slot] + code

    cdef int64_t _find_end(self, int64_t mark) except -1:
        """Return which end of a line its last character is."""
        cdef const int64_t* marks = <const int64_t*>rows_of(self.end_marks, NPY_INT64, 2)
        cdef Py_ssize_t k
        for k in range(count_rows(self.end_marks)):
            if marks[2 * k] == mark:
                return marks[2 * k + 1]
        return OTHER

    cdef inline void _put_neighbour(
        self, int64_t* out, Py_ssize_t side, Py_ssize_t at, Py_ssize_t other, Py_ssize_t n, const Line* line,
        const int64_t* marker, const LineWords* words, const int64_t* ends,
    ) noexcept:
        """Set the features of a line near a line; the slots follow that of the side."""
        cdef int64_t size, size_there
        if not 0 <= other < n:
            self._put(out, side, 0)
            return
        size = line[at].n_words > N_WORDS_OF_SHORT
        size_there = line[other].n_words > N_WORDS_OF_SHORT
        self._put(out, side, 1 + size_there * self.n_ends + ends[other])
        self._put(out, side + 1, marker[other] * self.n_markers + marker[at])
        self._put(out, side + 2, (size_there * 2 + size) * self.n_ends + ends[at])
        if not size_there and words[other].cues & self.boilerplate:
            self._put(out, side + 3, size)

    cdef int _compare(
        self, str folded, const LineWords* words, const int64_t* markers, Py_ssize_t n, int64_t* out
    ) except -1:
        """Mark the lines that are repeated later (0), those that repeat one (1), and those of a speaker.

        A heading and its entry in the table of contents have their words in common, not their marks.
        """
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_ssize_t at, start, end, colon
        cdef Compared* seen = NULL
        cdef int32_t number
        cdef Numbers keys, speakers
        cdef str key
        keys.slots = speakers.slots = NULL
        try:
            make_numbers(&keys, n)
            make_numbers(&speakers, n)
            seen = <Compared*>calloc(n, sizeof(Compared))
            if seen == NULL:
                raise MemoryError
            for at in range(n):
                start, end = words[at].start, words[at].end
                if not 0 <= start <= end <= len(folded):
                    raise IndexError(f"line {at} has no sentences in the folded text")
                end = min(end, start + N_CHARACTERS_SEEN)
                if markers[at]:
                    key = self.marker_re.sub("", folded[start:end], count=1)
                    number = number_stripped(&keys, PyUnicode_KIND(key), PyUnicode_DATA(key), 0, len(key))
                else:
                    number = number_stripped(&keys, kind, data, start, end)
                seen[at].key = number
                seen[number].n_of_key += 1
                seen[number].last_of_key = <int32_t>at
                colon = start
                while colon < end and PyUnicode_READ(kind, data, colon) != u":":
                    colon += 1
                number = NO_NUMBER
                if start < colon < end and has_few_words(kind, data, start, colon):
                    number = number_text(&speakers, kind, data, start, colon)
                    seen[number].n_of_speaker += 1
                seen[at].speaker = number
            for at in range(n):
                number = seen[at].key
                if seen[number].n_of_key > 1:
                    self._put(out + at * self.n_slots, REPEATS, at == seen[number].last_of_key)
                number = seen[at].speaker
                if number != NO_NUMBER and seen[number].n_of_speaker >= N_LINES_OF_SPEAKER:
                    self._put(out + at * self.n_slots, SPEAKER, 0)
        finally:
            free(keys.slots)
            free(speakers.slots)
            free(seen)
        return 0

    cdef void _mark_toc(self, const Line* line, const LineWords* words, Py_ssize_t n, int64_t* out) noexcept:
        """Mark the lines of a table of contents: short ones after its title, up to the first that is long."""
        cdef Py_ssize_t at = 0, k
        while at < n:
            k = at + 1
            if line[at].n_words <= N_WORDS_OF_TITLE and words[at].cues & self.toc:
                while k < n and line[k].n_words <= N_WORDS_OF_ENTRY and line[k].n_stops == 0:
                    # The last short line before prose is the heading of the first section.
                    if k > at + 1:
                        self._put(out + (k - 1) * self.n_slots, IN_TOC, 0)
                    k += 1
                if k > at + 1:
                    k -= 1  # it may be a title itself
            at = k

    cdef void _mark_numbered(self, const Line* line, const int64_t* markers, Py_ssize_t n, int64_t* out) noexcept:
        """Mark the numbered lines with the distance to the nearest other one."""
        cdef Py_ssize_t at, before = -9, previous = -1
        for at in range(n + 1):
            if at < n and not (markers[at] == NUMBERED and line[at].n_words <= N_WORDS_OF_ENTRY):
                continue
            if previous >= 0:
                self._put(
                    out + previous * self.n_slots, NEAREST_NUMBERED,
                    min(min(previous - before, (at if at < n else n + 9) - previous), 3) - 1,
                )
                before = previous
            previous = at

    def choose(
        self, ndarray columns not None, ndarray weights not None, ndarray intercepts not None, list kinds not None,
        double long_sentence, double no_sign, Py_ssize_t support_row, ndarray known, double marked_up,
    ):
        """Return the kind of each line, as a list; rules go before the model where they are exact.

        Parameters
        ----------
        columns : int64 array, shape (n_lines, n_slots)
        weights : float64 array, shape (n_columns, n_kinds)
        intercepts : float64 array, shape (n_kinds,)
        kinds : list of str
            In the order of the intercepts.
        long_sentence, no_sign : float
            What is taken off the margins of kinds that rules speak against, and of boilerplate without a sign.
        support_row : int
            Slot of what a cue of support begins.
        known : int64 array, shape (n_lines,), or None
            Index of the kind that a line has if it is no boilerplate; below 0 where that is not known.
        marked_up : float
            What is taken off the margin of boilerplate where it is.
        """
        cdef Py_ssize_t n = count_rows(columns), n_kinds = len(kinds), at, k, kind, best
        cdef Py_ssize_t boilerplate = kinds.index("boilerplate"), heading = kinds.index("heading")
        cdef Py_ssize_t item = kinds.index("list_item"), paragraph = kinds.index("paragraph")
        cdef const int64_t* known_kind = find_known(known, n)
        cdef const int64_t* line = <const int64_t*>rows_of(columns, NPY_INT64, self.n_slots)
        cdef const double* weight = <const double*>rows_of(weights, NPY_FLOAT64, n_kinds)
        cdef const double* intercept = <const double*>rows_of(intercepts, NPY_FLOAT64)
        cdef double[MAX_KINDS] margins
        cdef list chosen = []
        cdef int64_t prose = 1 + self.n_ends + STOP  # a long line that ends in a stop
        cdef int64_t bullets = BULLET * self.n_markers + BULLET
        cdef bint placed, half
        if not n_kinds <= MAX_KINDS or count_rows(intercepts) != n_kinds:
            raise ValueError(f"{n_kinds} kinds of line, {count_rows(intercepts)} intercepts")
        for at in range(n):
            memset(margins, 0, sizeof(margins))
            for k in range(self.n_slots):
                if line[k] != 0:
                    for kind in range(n_kinds):
                        margins[kind] += weight[line[k] * n_kinds + kind]
            for kind in range(n_kinds):
                margins[kind] += intercept[kind]
            if line[self.row[LONG_SENTENCE]]:
                margins[heading] -= long_sentence
            if line[self.row[WORDS]] >= self.base[WORDS] + N_BUCKETS_OF_HEADING:
                margins[heading] -= no_sign
            # «For example, X does this:» and «Prepare three things:» announce what follows and head nothing.
            if line[self.row[INTRODUCTION]] == self.base[INTRODUCTION] + 1 or (
                line[support_row] and line[self.row[END_MARK]] == self.base[END_MARK] + COLON
            ):
                margins[heading] -= long_sentence
            # «Morning came to our street,» is a verse, or half a sentence; what follows is its other half.
            half = line[self.row[END_MARK]] == self.base[END_MARK] + COMMA
            if half:
                margins[heading] = -INFINITY
                margins[boilerplate] -= long_sentence
            if line[self.row[MARKER]] == self.base[MARKER] and (half or self._follows_comma(line)):
                margins[item] = -INFINITY
            # Bullets that follow each other make a list, however long or short the items are.
            if line[self.row[PREVIOUS_MARKER]] == self.base[PREVIOUS_MARKER] + bullets or (
                line[self.row[NEXT_MARKER]] == self.base[NEXT_MARKER] + bullets
            ):
                margins[heading] -= long_sentence
                margins[paragraph] -= long_sentence
            # Neither its words nor its place speak for boilerplate: to take content for it would lose the content.
            placed = (
                line[self.row[IN_TOC]] or line[self.row[AFTER_CUE_AFTER_PROSE]]
                or line[self.row[REPEATS]] == self.base[REPEATS]
                or line[self.row[AFTER_PROSE]] == self.base[AFTER_PROSE]
            )
            if line[self.row[NO_SIGN]] and not placed:
                margins[boilerplate] -= no_sign
            # The line above a paragraph names it rather («Ask who came back») where nothing speaks for boilerplate.
            if line[self.row[NO_SIGN]] and line[self.row[NEXT]] == self.base[NEXT] + prose and not placed:
                margins[boilerplate] -= no_sign
            # What stands between two paragraphs names the second, whatever its words are («Reply the same day»).
            if line[self.row[PREVIOUS]] == self.base[PREVIOUS] + prose and (
                line[self.row[NEXT]] == self.base[NEXT] + prose
                and not (line[self.row[SEPARATORS]] or line[self.row[ADDRESSED]])
            ):
                margins[boilerplate] -= long_sentence
            if line[self.row[DATE_OF_PAGE]]:
                margins[boilerplate] = INFINITY
            if known_kind and known_kind[at] >= 0:
                margins[boilerplate] -= marked_up
                for kind in range(n_kinds):
                    if kind != boilerplate and kind != known_kind[at]:
                        margins[kind] = -INFINITY
            best = 0
            for kind in range(1, n_kinds):
                if margins[kind] > margins[best]:
                    best = kind
            chosen.append(kinds[best])
            line += self.n_slots
        return chosen

    cdef inline bint _follows_comma(self, const int64_t* columns) noexcept:
        cdef int64_t previous = columns[self.row[PREVIOUS]] - self.base[PREVIOUS]
        return previous > 0 and (previous - 1) % self.n_ends == COMMA

    def correct_lists(
        self, list kinds not None, str raw not None, ndarray lines not None, ndarray markers not None,
        ndarray columns not None, ndarray known,
    ):
        """Give lines that were taken for something else the kind of the list that they end, begin or stand in.

        What is `known` (see `choose`) stays, but for what follows «Related articles».
        """
        cdef Py_ssize_t at, related = 0, n = len(kinds)
        cdef const Line* line = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
        cdef const int64_t* column = <const int64_t*>rows_of(columns, NPY_INT64, self.n_slots)
        cdef const int64_t* marker = <const int64_t*>rows_of(markers, NPY_INT64)
        cdef const int64_t* known_kind = find_known(known, n)
        cdef str kind, before, after
        cdef long last = 0
        if count_rows(lines) != n or count_rows(columns) != n or count_rows(markers) != n:
            raise ValueError(f"{n} kinds for {count_rows(lines)} lines, columns of {count_rows(columns)}")
        for at in range(n):
            if marker[at] == NUMBERED and is_open(known_kind, at):
                kind = kinds[at]
                if kind == "heading":
                    last = read_number(raw, &line[at])
                elif last and kind == "list_item" and read_number(raw, &line[at]) == last + 1:
                    # «2. Captions» after a list that ended with 3, or above one that begins with 1.
                    if at + 1 < n and not column[at * self.n_slots + self.row[LONG_SENTENCE]] and (
                        <str>kinds[at + 1] == "paragraph"
                        or (marker[at + 1] == NUMBERED and read_number(raw, &line[at + 1]) == 1)
                    ):
                        kinds[at] = "heading"
                        last += 1
            if column[at * self.n_slots + self.related_row] and line[at].n_words <= N_WORDS_OF_RELATED:
                # «Related articles»: titles, of which some look like items.
                related = max(related, at)
                while related + 1 < n and <str>kinds[related] == "boilerplate" and (
                    <str>kinds[related + 1] == "boilerplate" or (
                        <str>kinds[related + 1] == "list_item" and not marker[related + 1]
                        and line[related + 1].n_words >= N_LEAST_RELATED
                    )
                ):
                    related += 1
                    kinds[related] = "boilerplate"
        before = None
        for at in range(n):
            kind = kinds[at]
            after = kinds[at + 1] if at + 1 < n else None
            if kind != "paragraph" and is_open(known_kind, at):
                kinds[at] = self._correct_between(kind, before, after, raw, line, marker, column, at)
            before = kind

    cdef str _correct_between(
        self, str kind, str before, str after, str raw, const Line* line, const int64_t* marker,
        const int64_t* columns, Py_ssize_t at,
    ):
        """Return the kind of a line between lines of two kinds."""
        if kind == "heading":
            if before == "boilerplate" and (
                self._is_repeated_later(at, columns) and self._is_repeated_later(at - 1, columns)
            ):
                return "boilerplate"
            if after == "list_item" and marker[at] == LETTERED and marker[at + 1] == LETTERED:
                if self._find_letter(raw, &line[at + 1]) == self._find_letter(raw, &line[at]) + 1:
                    return "list_item"
        elif kind == "list_item":
            if before == "boilerplate" and after == "boilerplate" and not marker[at]:
                return "boilerplate" if line[at].n_words <= N_WORDS_OF_MENU else kind
        elif after == "list_item" and marker[at] and marker[at] == marker[at + 1]:
            return "list_item" if columns[at * self.n_slots + self.row[NO_SIGN]] else kind
        return kind

    cdef Py_ssize_t _find_letter(self, str raw, const Line* line) except -3:
        """Return the place in its alphabet of the letter that a line is marked by; -2 where it is in none."""
        cdef Py_ssize_t best = -2
        cdef str letter = raw[line.start:line.start + 2].lstrip("(")[:1].lower()
        for alphabet in self.alphabets:
            best = max(best, (<str>alphabet).find(letter))
        return best if best >= 0 else -2

    def put_title(self, list kinds not None, ndarray lines not None, ndarray columns not None, ndarray known):
        """Make a line that was taken for boilerplate the heading that the content wants above it.

        A title is neither short nor long and is no sentence. It shows no sign of boilerplate; where there is no such
        line, the last line before the content is it all the same («How to answer comments»), if it is no date or
        navigation. Above a table of contents, whose entries show no sign either, the first line of some words is it.
        One or two words between lines of boilerplate are no title but the name of the site or an entry of its menu;
        and a longer line above a menu that a title follows is the name of the site too.
        What is boilerplate although its kind is `known` (see `choose`) stays so.
        """
        cdef Py_ssize_t at, name = -1, title = -1, content = 0, n = len(kinds)
        cdef bint is_contents = False
        cdef const Line* line = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
        cdef const int64_t* column = <const int64_t*>rows_of(columns, NPY_INT64, self.n_slots)
        cdef const int64_t* known_kind = find_known(known, n)
        if count_rows(lines) != n or count_rows(columns) != n:
            raise ValueError(f"{n} kinds for {count_rows(lines)} lines, columns of {count_rows(columns)}")
        if n and <str>kinds[0] == "boilerplate" and self._may_head(0, line, column, known_kind) and (
            column[self.row[NO_SIGN]]
        ):
            kinds[0] = "heading"
        while content < n and <str>kinds[content] != "paragraph" and <str>kinds[content] != "list_item":
            content += 1
        if content == n:
            return
        for at in range(content):
            if <str>kinds[at] != "heading":
                continue
            if line[at].n_words <= N_LEAST_TITLE and is_open(known_kind, at) and (
                at + 1 < content and <str>kinds[at + 1] == "boilerplate"
                and (at == 0 or <str>kinds[at - 1] == "boilerplate")
            ):
                kinds[at] = "boilerplate"
                name = at
            else:
                if title >= 0 and is_open(known_kind, title) and line[at].n_words >= N_LEAST_ABOVE:
                    if self._is_menu(title + 1, at, column):
                        kinds[title] = "boilerplate"
                title = at
        if title >= 0:
            return
        for at in range(content - 1, name, -1):
            if name >= 0 and line[at].n_words < N_LEAST_ABOVE:
                continue  # who wrote it
            if column[at * self.n_slots + self.row[NO_SIGN]] and self._may_head(at, line, column, known_kind):
                if not self._is_entry(at, n, column):
                    kinds[at] = "heading"
                    return
                is_contents = True
        if name >= 0:
            kinds[name] = "heading"
            return
        if is_contents:
            for at in range(content):
                if line[at].n_words >= N_LEAST_ABOVE and self._may_head(at, line, column, known_kind) and (
                    not self._is_entry(at, n, column) and not self._is_navigation(at, column)
                ):
                    kinds[at] = "heading"
                    return
        elif content and self._may_head(content - 1, line, column, known_kind):
            if not self._is_navigation(content - 1, column):
                kinds[content - 1] = "heading"

    cdef inline bint _is_navigation(self, Py_ssize_t at, const int64_t* columns) noexcept:
        columns += at * self.n_slots
        return columns[self.row[DATED]] or columns[self.row[SEPARATORS]] or columns[self.row[ADDRESSED]]

    cdef bint _is_menu(self, Py_ssize_t first, Py_ssize_t end, const int64_t* columns) noexcept:
        """Whether lines lead to other pages: one of them at least, and none is a date or byline."""
        cdef Py_ssize_t at
        cdef bint leads = False
        cdef const int64_t* out
        for at in range(first, end):
            out = columns + at * self.n_slots
            if out[self.row[DATED]] or out[self.row[DATE_OF_PAGE]] or out[self.byline_row]:
                return False
            leads = leads or out[self.row[SEPARATORS]] or out[self.navigation_row]
        return leads

    cdef inline bint _is_entry(self, Py_ssize_t at, Py_ssize_t n, const int64_t* columns) noexcept:
        """Whether a line is an entry of a table of contents: it and one beside it are repeated later."""
        return self._is_repeated_later(at, columns) and (
            (at > 0 and self._is_repeated_later(at - 1, columns))
            or (at + 1 < n and self._is_repeated_later(at + 1, columns))
        )

    cdef inline bint _is_repeated_later(self, Py_ssize_t at, const int64_t* columns) noexcept:
        return columns[at * self.n_slots + self.row[REPEATS]] == self.base[REPEATS]

    cdef inline bint _may_head(
        self, Py_ssize_t at, const Line* line, const int64_t* columns, const int64_t* known
    ) noexcept:
        cdef int64_t end = columns[at * self.n_slots + self.row[END_MARK]] - self.base[END_MARK]
        return (
            N_LEAST_TITLE <= line[at].n_words <= N_MOST_TITLE and end != STOP and end != COMMA and is_open(known, at)
        )


cdef long read_number(str raw, const Line* line) except -1:
    """Return the number that a line begins with, of two digits at most; 0 where there is none."""
    cdef Py_ssize_t at = line.start
    cdef long number = 0
    if not 0 <= line.start <= line.end <= len(raw):
        raise IndexError(f"[{line.start}, {line.end}) is not a range of a text of {len(raw)} characters")
    while at < line.end and not is_digit(raw[at]):
        at += 1
    while at < line.end and is_digit(raw[at]) and number < 100:
        number = 10 * number + max(decimal_of(raw[at]), 0)
        at += 1
    return number


cdef const int64_t* find_known(ndarray known, Py_ssize_t n) except? NULL:
    """Return the address of the kinds that are known, NULL where none is."""
    if known is None:
        return NULL
    if count_rows(known) != n:
        raise ValueError(f"kinds known of {count_rows(known)} lines, there are {n}")
    return <const int64_t*>rows_of(known, NPY_INT64)


cdef inline bint is_open(const int64_t* known, Py_ssize_t at) noexcept:
    """Whether the kind of a line is not known."""
    return known == NULL or known[at] < 0


cdef inline int64_t compare_sizes(int64_t n_words, int64_t n_there) noexcept:
    """Return whether a line is far shorter than another (0), shorter (1), about as long (2) or longer (3)."""
    return (n_words * 3 > n_there) + (n_words * 3 > n_there * 2) + (n_words * 2 > n_there * 3)


cdef inline int put_cues(int64_t* out, ndarray slots, int64_t cues, int64_t size) except -1:
    """Set the slots of the cues that a line has."""
    cdef const CueSlot* slot
    cdef Py_ssize_t k
    if cues:
        slot = <const CueSlot*>rows_of(slots, NPY_INT64, 3)
        for k in range(count_rows(slots)):
            if cues & slot[k].bit:
                out[slot[k].row] = slot[k].base + size
    return 0


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
