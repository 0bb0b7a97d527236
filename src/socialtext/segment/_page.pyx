# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops that read a page: its lines, the words and cues of its sentences, the cohesion between these.

Comes in: a ``str`` and look-ups of one language. Goes out: numpy arrays, one item a line, sentence or gap, from which
the features of blocks and units are built without a Python object a word.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log
from libc.stdint cimport int16_t, int32_t, int64_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy
from numpy cimport import_array

from socialtext._arrays cimport (
    NPY_FLOAT64, NPY_INT32, NPY_INT64, count_rows, make_array, make_records, ndarray, records_of, rows_of,
)
from socialtext._concepts cimport ConceptTable
from socialtext._cues cimport Cue, CueTable
from socialtext._words cimport (
    NO_NUMBER, N_TYPES, Numbers, PyUnicode_READ, Span, Spans, add_number, add_word, continues, enlarge, find_number,
    forget_numbers, hash_span, hash_text, is_digit, is_word, make_numbers, prefetch,
)
from socialtext.segment._rows cimport LINE_WIDTH, Line, LineWords, SentenceWords

import threading

import numpy as np

import_array()

cdef enum:
    N_EARLY = 4            # words at the start of a sentence
    N_LINE_WORDS = 60      # words of a line in which its cues are looked for
    N_WRAPPED_LINES = 3    # of a paragraph broken at a width of its own
    N_LEAD = 20            # characters in which a caption has its number
    N_WINDOW = 3           # sentences before a gap
    N_FOLLOWING = 2        # sentences after a gap
    N_REST = 20            # sentences of a paragraph seen on either side of a gap
    N_NO_STEM = 3          # letters of a word that has no stem
    N_PREFIX = 5           # letters that stand for the stem of a word
    N_CACHED = 100000
    N_COHESIONS = 5

# What a line shows; see `scan_lines`.
cdef enum LineSign:
    SHOWS_DATE = 1         # four digits on end after others, or digits with a mark between them
    SHOWS_SEPARATOR = 2
    SHOWS_ADDRESS = 4
    SHOWS_LEAD = 8           # a digit or colon among the first characters
    MAY_SHOW_MARKER = 16
    SHOWS_ITEMS = 32         # more than one bullet, or three numbers with a stop or bracket

# The same for Python.
HAS_DATE = SHOWS_DATE
HAS_SEPARATOR = SHOWS_SEPARATOR
HAS_ADDRESS = SHOWS_ADDRESS
HAS_LEAD = SHOWS_LEAD
HAS_ITEMS = SHOWS_ITEMS


cdef inline bint is_space(Py_UCS4 c) noexcept:
    if 0x20 < c < 0x80 or 0x0600 <= c <= 0x06FF:
        return False
    return c == 0x20 or c.isspace()


cdef inline bint is_line_break(Py_UCS4 c) noexcept:
    return 0x0A <= c <= 0x0D or c == 0x85 or c == 0x2028 or c == 0x2029


cdef inline bint is_blank(Py_UCS4 c) noexcept:
    """Whether the character belongs to no block where it stands at the edge of a line."""
    return (
        c <= 0x20 or 0x200B <= c <= 0x200F or 0x202A <= c <= 0x202E or c == 0x2060 or 0x2066 <= c <= 0x2069
        or c == 0xFEFF or is_space(c)
    )


cdef inline bint is_stop(Py_UCS4 c) noexcept:
    return c == u"." or c == u"!" or c == u"?" or c == 0x061F or c == 0x2026


cdef inline bint is_separator(Py_UCS4 c) noexcept:
    return (
        c == u"|" or c == u">" or c == u"/" or c == u"\\" or c == u"-" or c == u"&" or c == 0xBB or c == 0x203A
        or c == 0xB7 or c == 0x2022 or c == 0x2190 or c == 0x2192
    )


cdef inline bint is_date_mark(Py_UCS4 c) noexcept:
    return c == u"-" or c == u"/" or c == u"." or c == u":" or c == 0x066B


cdef inline bint is_bullet(Py_UCS4 c) noexcept:
    return c == 0x2022 or c == 0x25CF or c == 0x25AA or c == 0x25E6 or c == 0x2713 or c == 0x2714 or c == 0x2705


def scan_lines(str raw not None):
    """Return what each line that is not blank shows.

    Returns
    -------
    int64 array, shape (n_lines, 7)
        Start, end (without the blanks at its edges), whether a blank line stands before it, number of words, of stops
        that a space follows, last character, signs (`LineSign`).
    """
    cdef int kind = PyUnicode_KIND(raw)
    cdef void* data = PyUnicode_DATA(raw)
    cdef Py_ssize_t n = len(raw)
    cdef Py_ssize_t at = 0, start, end, k
    cdef int n_words, n_stops, signs, n_bullets, n_numbers, n_digits, n_runs
    cdef bint after_blank = False, inside
    cdef Py_UCS4 c, first, previous
    cdef Py_ssize_t room = 0, n_rows = 0
    cdef Line* rows = NULL
    cdef ndarray lines
    while at < n:
        start = at
        while at < n and not is_line_break(PyUnicode_READ(kind, data, at)):
            at += 1
        end = at
        if at < n:
            at += 2 if (
                PyUnicode_READ(kind, data, at) == 0x0D and at + 1 < n and PyUnicode_READ(kind, data, at + 1) == 0x0A
            ) else 1
        while start < end and is_blank(PyUnicode_READ(kind, data, start)):
            start += 1
        while end > start and is_blank(PyUnicode_READ(kind, data, end - 1)):
            end -= 1
        if start == end:
            after_blank = True
            continue
        n_words = n_stops = signs = n_bullets = n_numbers = n_digits = n_runs = 0
        inside = False
        previous = 0
        for k in range(start, end):
            c = PyUnicode_READ(kind, data, k)
            if is_space(c):
                inside = False
                n_stops += is_stop(previous)
            else:
                n_words += not inside
                inside = True
                if not (u"a" <= c <= u"z" or 0x0620 <= c <= 0x064A):
                    if is_digit(c):
                        n_digits = n_digits + 1 if is_digit(previous) else 1
                        n_runs += n_digits == 1
                        if (n_digits > 3 and n_runs > 1) or (n_digits == 1 and is_date_mark(previous)):
                            signs |= SHOWS_DATE
                        signs |= SHOWS_LEAD if k - start < N_LEAD else 0
                    elif c == u":" and k - start < N_LEAD:
                        signs |= SHOWS_LEAD
                    if is_separator(c) and (c == u"&" or is_space(previous)):
                        signs |= SHOWS_SEPARATOR
                    if c == u"@" or c == 0xA9 or c == 0xAE or (c == u"/" and previous == u"/") or (
                        c == u"." and previous == u"w"
                    ):
                        signs |= SHOWS_ADDRESS
                    elif c == u"." or c == u")" or c == u"-" or c == 0x2013:
                        n_numbers += is_digit(previous)
                    n_bullets += is_bullet(c)
            previous = c
        n_stops += is_stop(previous)
        if n_bullets > 1 or n_numbers > 2:
            signs |= SHOWS_ITEMS
        first = PyUnicode_READ(kind, data, start)
        if not first.isalpha():
            signs |= MAY_SHOW_MARKER
        else:
            for k in range(start + 1, min(start + 4, end)):
                c = PyUnicode_READ(kind, data, k)
                if c == u"." or c == u")" or c == u"-" or c == u":" or c == 0x0640:
                    signs |= MAY_SHOW_MARKER
        if first == 0x0640:
            signs |= MAY_SHOW_MARKER
        try:
            rows = <Line*>enlarge(rows, &room, n_rows + 1, sizeof(Line))
        except MemoryError:
            free(rows)
            raise
        rows[n_rows] = Line(start, end, after_blank, n_words, n_stops, <int64_t>previous, signs)
        n_rows += 1
        after_blank = False
    lines = make_array(NPY_INT64, n_rows, LINE_WIDTH)
    memcpy(rows_of(lines, NPY_INT64, LINE_WIDTH), rows, n_rows * sizeof(Line))
    free(rows)
    return lines


def union_signs(ndarray lines not None):
    """Return the signs (`LineSign`) that any of the lines shows."""
    cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
    cdef Py_ssize_t at
    cdef int64_t signs = 0
    for at in range(count_rows(lines)):
        signs |= rows[at].signs
    return signs


cdef int check_lines(str raw, const Line* rows, Py_ssize_t n) except -1:
    """Raise where a line is no range of the text."""
    cdef Py_ssize_t at
    for at in range(n):
        if not 0 <= rows[at].start <= rows[at].end <= len(raw):
            raise IndexError(f"line {at} is not a range of a text of {len(raw)} characters")
    return 0


cdef int64_t length_with_next(int kind, const void* data, const Line* row) noexcept:
    """Return how long a line would be with the first word of the next."""
    cdef Py_ssize_t k = row[1].start
    while k < row[1].end and not is_space(PyUnicode_READ(kind, data, k)):
        k += 1
    return row[0].end - row[0].start + 1 + k - row[1].start


def measure_lines(str raw not None, ndarray lines not None):
    """Return what tells of hard-wrapped lines.

    Returns
    -------
    longest : int
        Length of the longest line.
    n_following : int
        Lines that follow another without a blank one.
    n_full : int
        Those of them whose first word would not have fitted on the line before.
    """
    cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
    cdef int kind = PyUnicode_KIND(raw)
    cdef void* data = PyUnicode_DATA(raw)
    cdef Py_ssize_t at, n = count_rows(lines)
    cdef int64_t longest = 0, n_following = 0, n_full = 0
    check_lines(raw, rows, n)
    for at in range(n):
        longest = max(longest, rows[at].end - rows[at].start)
    for at in range(1, n):
        if rows[at].after_blank:
            continue
        n_following += 1
        n_full += length_with_next(kind, data, &rows[at - 1]) > longest
    return longest, n_following, n_full


def find_wrapped_runs(str raw not None, ndarray lines not None, Py_ssize_t least, Py_ssize_t most):
    """Return the first and last line of each run that looks like a paragraph broken at a width of its own.

    Its lines follow each other without a blank one, three at least, between `least` and `most` characters long but
    for the last. The first word of each would not have fitted on the line before. Only the last ends in a mark, and
    sentences end or, where the lines are more, commas stand within the others: a column of titles is none.
    """
    cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
    cdef int kind = PyUnicode_KIND(raw)
    cdef void* data = PyUnicode_DATA(raw)
    cdef Py_ssize_t at, first = 0, n = count_rows(lines)
    cdef int64_t width, wider, fitting, n_stops, signs
    cdef list runs = []
    check_lines(raw, rows, n)
    while first + N_WRAPPED_LINES <= n:
        at = first
        width = rows[at].end - rows[at].start
        if not least <= width <= most:
            first += 1
            continue
        fitting = most + 1
        n_stops = 0
        signs = rows[at].signs
        while at + 1 < n and not rows[at + 1].after_blank and rows[at].end - rows[at].start >= least:
            if ends_clause(<Py_UCS4>rows[at].last):
                break
            wider = max(width, rows[at + 1].end - rows[at + 1].start)
            fitting = min(fitting, length_with_next(kind, data, &rows[at]))
            if wider > most or fitting <= wider:
                break
            n_stops += rows[at].n_stops
            signs &= rows[at + 1].signs  # «Place: …», «Speaker: …»
            width = wider
            at += 1
        if at - first + 1 >= N_WRAPPED_LINES and is_stop(<Py_UCS4>rows[at].last) and not signs & SHOWS_LEAD and (
            n_stops or (at - first >= N_WRAPPED_LINES and has_comma(kind, data, rows[first].start, rows[at].start))
        ):
            runs.append((first, at))
        first = at + 1
    return runs


cdef inline bint ends_clause(Py_UCS4 c) noexcept:
    return is_stop(c) or c == u":" or c == u";" or c == 0x061B


cdef bint has_comma(int kind, const void* data, Py_ssize_t start, Py_ssize_t end) noexcept:
    cdef Py_ssize_t at
    cdef Py_UCS4 c
    for at in range(start, end):
        c = PyUnicode_READ(kind, data, at)
        if c == u"," or c == u";" or c == 0x060C or c == 0x061B:
            return True
    return False


def match_markers(str raw not None, ndarray lines not None, pattern):
    """Return the number of the group of a pattern that each line begins with, 0 for none."""
    cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
    cdef Py_ssize_t at, n = count_rows(lines)
    cdef ndarray markers = make_array(NPY_INT64, n)
    cdef int64_t* out = <int64_t*>rows_of(markers, NPY_INT64)
    match = pattern.match
    for at in range(n):
        if rows[at].signs & MAY_SHOW_MARKER:
            found = match(raw, rows[at].start, rows[at].end)
            if found is not None:
                out[at] = found.lastindex
    return markers


def slice_sentences(str raw not None, list spans not None):
    """Return the texts of sentences; a line break within one is a space there."""
    cdef list pieces = []
    cdef Py_ssize_t start, end
    cdef str piece
    for start, end in spans:
        piece = raw[start:end]
        pieces.append(piece.replace("\n", " ") if "\n" in piece else piece)
    return pieces


# The structs of `_rows.pxd` as numpy has them.
SENTENCE_WORDS = np.dtype(
    [
        *((name, np.int64) for name in ("n_words", "cues", "first", "early", "first_word")),
        *((name, np.uint8) for name in ("question", "colon", "digit", "first_digit")),
    ],
    align=True,
)
LINE_WORDS = np.dtype([(name, np.int64) for name in ("cues", "first", "start", "end")])


# What is known of a word type.
cdef struct Facts:
    Cue cue
    int32_t stem  # its number; below 0 none

# Where a stem was seen.
cdef struct Seen:
    int32_t page
    int32_t number  # on the page
    int32_t sentence


@cython.final
cdef class WordReader:
    """Read the words of folded sentences, with their cues.

    Parameters
    ----------
    cues : CueTable
    concepts : ConceptTable
        Words of one concept count as the same, and function words do not count; of words without one the beginning
        stands for the stem, and is a concept where it is spelt so: English words mean what they say.
    """

    cdef CueTable cues
    cdef ConceptTable concepts
    cdef object lock
    cdef Numbers words, stems
    cdef Facts* facts
    cdef Seen* seen
    cdef Py_ssize_t facts_room, seen_room
    cdef int32_t page
    cdef Spans spans  # words of the sentence at hand
    cdef int32_t* found  # stems of the page at hand, sentence by sentence
    cdef Py_ssize_t n_found, found_room

    def __cinit__(self, CueTable cues not None, ConceptTable concepts not None):
        make_numbers(&self.words, N_TYPES)
        make_numbers(&self.stems, N_TYPES)

    def __init__(self, CueTable cues not None, ConceptTable concepts not None):
        self.cues = cues
        self.concepts = concepts
        self.lock = threading.Lock()

    def __dealloc__(self):
        free(self.words.slots)
        free(self.stems.slots)
        free(self.facts)
        free(self.seen)
        free(self.spans.items)
        free(self.found)

    cdef int forget(self) except -1:
        """Forget all words, so that there is room for new ones."""
        forget_numbers(&self.words)
        forget_numbers(&self.stems)
        return 0

    cdef int32_t learn(self, int kind, const void* data, const Span* span) except -1:
        """Look a word up and return its number."""
        cdef Facts* facts
        cdef Py_ssize_t at = span.start
        cdef int32_t concept = self.concepts.find(span.hash)
        self.facts = <Facts*>enlarge(self.facts, &self.facts_room, self.words.n + 1, sizeof(Facts))
        facts = &self.facts[self.words.n]
        facts.cue = self.cues.look_up(kind, data, span.start, span.end)
        facts.stem = NO_NUMBER
        if concept != NO_NUMBER:
            if self.concepts.are_content[concept]:
                facts.stem = self.number_stem(hash_text(self.concepts.bare[concept]))
        else:
            while at < span.end and PyUnicode_READ(kind, data, at).isdigit():
                at += 1
            if span.end - span.start > N_NO_STEM and at < span.end:
                facts.stem = self.number_stem(hash_span(kind, data, span.start, min(span.start + N_PREFIX, span.end)))
        return add_number(&self.words, span.hash)

    cdef int32_t number_stem(self, uint64_t stem) except -1:
        """Return the number of a stem."""
        cdef int32_t number = find_number(&self.stems, stem)
        if number == NO_NUMBER:
            self.seen = <Seen*>enlarge(self.seen, &self.seen_room, self.stems.n + 1, sizeof(Seen))
            number = add_number(&self.stems, stem)
            self.seen[number].page = -1
        return number

    cdef Py_ssize_t find_words(self, int kind, const void* data, Py_ssize_t at, Py_ssize_t end) except -1:
        """Find the words of the sentence that begins at a place, and return where it ends."""
        cdef Py_ssize_t k
        cdef Py_UCS4 c
        cdef Span* span
        self.spans.n = 0
        while at < end:
            c = PyUnicode_READ(kind, data, at)
            if c == u"\n":
                break
            if not is_word(c):
                at += 1
                continue
            at = add_word(&self.spans, &self.words, kind, data, at, end)
        for k in range(self.spans.n):
            span = &self.spans.items[k]
            span.number = find_number(&self.words, span.hash)
            if span.number == NO_NUMBER:
                span.number = self.learn(kind, data, span)
            prefetch(&self.facts[span.number])
        for k in range(self.spans.n):
            if self.facts[self.spans.items[k].number].stem >= 0:
                prefetch(&self.seen[self.facts[self.spans.items[k].number].stem])
        return at

    def read(self, str folded not None, ndarray lines not None, Py_ssize_t n_lines):
        """Return the words and cues of sentences.

        Parameters
        ----------
        folded : str
            Folded sentences, a line each.
        lines : int32 array
            Line of the page of each sentence, ascending.
        n_lines : int

        Returns
        -------
        of_sentences : array of `SENTENCE_WORDS`
            Number of words; bits of the cues of all words, of the first, of the first few; hash of the first word;
            whether it asks, ends in a colon, has a digit, has one at its beginning.
        of_lines : array of `LINE_WORDS`
            Bits of the cues of its words, and of its first; where its sentences begin and end in `folded`.
        stems, offsets : int32 array
            Those of sentence i are ``stems[offsets[i]:offsets[i + 1]]``.
        n_stems : int
        """
        with self.lock:
            return self._read(folded, lines, n_lines)

    cdef tuple _read(self, str folded, ndarray lines, Py_ssize_t n_lines):
        cdef const int32_t* line_of = <const int32_t*>rows_of(lines, NPY_INT32)
        cdef Py_ssize_t n = count_rows(lines)
        cdef ndarray of_sentences = make_records(SENTENCE_WORDS, n), of_lines = make_records(LINE_WORDS, n_lines)
        cdef ndarray stem_offsets = make_array(NPY_INT32, n + 1), stems
        cdef SentenceWords* sentence = <SentenceWords*>records_of(of_sentences, sizeof(SentenceWords))
        cdef LineWords* line_words = <LineWords*>records_of(of_lines, sizeof(LineWords))
        cdef int32_t* offsets = <int32_t*>rows_of(stem_offsets, NPY_INT32)
        cdef int32_t n_stems = 0, line = -1
        cdef Py_ssize_t at, start = 0, end, k, phrase, n_before = 0, size = len(folded)
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_UCS4 c
        cdef int64_t bits
        cdef int16_t group
        cdef const Facts* facts
        cdef Seen* seen
        if self.words.n > N_CACHED:
            self.forget()
        self.n_found = 0
        self.page += 1
        for at in range(n):
            if at and start > size:
                raise ValueError(f"{at} sentences for {n} lines")
            end = self.find_words(kind, data, start, size)
            if line_of[at] != line:
                line = line_of[at]
                if not 0 <= line < n_lines:
                    raise IndexError(f"sentence {at} stands in line {line} of {n_lines}")
                n_before = 0
                line_words[line].start = start
            line_words[line].end = end
            sentence.n_words = self.spans.n
            for k in range(self.spans.n):
                if is_digit(PyUnicode_READ(kind, data, self.spans.items[k].start)):
                    sentence.digit = 1
                    sentence.first_digit |= self.spans.items[k].start - start < 4
                facts = &self.facts[self.spans.items[k].number]
                bits = facts.cue.kinds
                for group in facts.cue.groups:
                    if group < 0:
                        continue
                    for phrase in range(self.cues.group_starts[group], self.cues.group_starts[group + 1]):
                        if continues(&self.cues.phrases, phrase, &self.spans, kind, data, k + 1, self.spans.n):
                            bits |= (<int64_t>1) << self.cues.phrases.items[phrase].kind
                if bits:
                    sentence.cues |= bits
                    if k == 0:
                        sentence.first = bits
                    if k < N_EARLY:
                        sentence.early |= bits
                    if n_before + k < N_LINE_WORDS:
                        line_words[line].cues |= bits
                        if n_before + k == 0:
                            line_words[line].first |= bits
                if facts.stem >= 0:
                    seen = &self.seen[facts.stem]
                    if seen.page != self.page:
                        seen.page, seen.number, seen.sentence = self.page, n_stems, -1
                        n_stems += 1
                    if seen.sentence != at:
                        seen.sentence = <int32_t>at
                        self.found = <int32_t*>enlarge(self.found, &self.found_room, self.n_found + 1, sizeof(int32_t))
                        self.found[self.n_found] = seen.number
                        self.n_found += 1
            if self.spans.n:
                sentence.first_word = <int64_t>self.spans.items[0].hash
            n_before += self.spans.n
            offsets[at + 1] = <int32_t>self.n_found
            k = end
            while k > start and is_trailing(PyUnicode_READ(kind, data, k - 1)):
                k -= 1
            if k > start:
                c = PyUnicode_READ(kind, data, k - 1)
                sentence.question = c == u"?" or c == 0x061F
                sentence.colon = c == u":"
            start = end + 1
            sentence += 1
        if n and start <= size:
            raise ValueError(f"more than {n} sentences for {n} lines")
        stems = make_array(NPY_INT32, self.n_found)
        memcpy(rows_of(stems, NPY_INT32), self.found, self.n_found * sizeof(int32_t))
        return of_sentences, of_lines, stems, stem_offsets, n_stems


cdef inline bint is_trailing(Py_UCS4 c) noexcept:
    return c == u" " or c == 0x200C or c == 0xBB or c == u'"' or c == u"'" or c == u")" or c == 0x201D


# The set of stems of a stretch of text: marked by the number of the set, so that emptying it costs nothing.
cdef struct Marks:
    int32_t* marks
    int32_t number
    double weight


cdef inline void clear(Marks* marks) noexcept nogil:
    marks.number += 1
    marks.weight = 0.0


def measure_cohesion(
    ndarray stems not None, ndarray offsets not None, int n_stems, ndarray chosen not None, ndarray blocks not None,
    ndarray sections not None,
):
    """Return how much the sentences on both sides of each gap have in common.

    Each figure is the weight of the common stems (by how few sentences of the page have them) over that of the side
    that has less.

    Parameters
    ----------
    stems, offsets, n_stems
        As `WordReader.read` gives them.
    chosen : int32 array
        Content sentences, in order.
    blocks, sections : int32 array
        Block and section of each of these.

    Returns
    -------
    float64 array, shape (n_chosen - 1, 5)
        Neighbours; the sentences before, and the next; those before, and the next two; both paragraphs, or parts of
        one; the section so far, and the next.
    """
    cdef Py_ssize_t n = count_rows(chosen)
    cdef ndarray result = make_array(NPY_FLOAT64, max(n - 1, 0), N_COHESIONS)
    if n > 1 and n_stems > 0:
        fill_cohesion(
            <double*>rows_of(result, NPY_FLOAT64, N_COHESIONS), <const int32_t*>rows_of(stems, NPY_INT32),
            <const int32_t*>rows_of(offsets, NPY_INT32), n_stems, <const int32_t*>rows_of(chosen, NPY_INT32), n,
            <const int32_t*>rows_of(blocks, NPY_INT32), <const int32_t*>rows_of(sections, NPY_INT32),
        )
    return result


cdef int fill_cohesion(
    double* out, const int32_t* stems, const int32_t* offsets, int n_stems, const int32_t* chosen, Py_ssize_t n,
    const int32_t* blocks, const int32_t* sections,
) except -1:
    """Write the figures of `measure_cohesion`."""
    cdef Py_ssize_t at, k, left, right
    cdef Stems text
    cdef Marks section, before, after
    cdef double* idf = <double*>calloc(n_stems, sizeof(double) + 3 * sizeof(int32_t))
    if idf == NULL:
        raise MemoryError
    text.stems, text.offsets, text.chosen, text.idf = stems, offsets, chosen, idf
    section.marks = <int32_t*>(idf + n_stems)
    before.marks, after.marks = section.marks + n_stems, section.marks + 2 * n_stems
    for at in range(n):
        for k in range(offsets[chosen[at]], offsets[chosen[at] + 1]):
            idf[stems[k]] += 1.0
    for k in range(n_stems):
        idf[k] = log(1.0 + n / idf[k]) if idf[k] > 0 else 0.0
    section.number = before.number = after.number = 0
    clear(&section)
    for at in range(1, n):
        if at == 1 or sections[at - 1] != sections[at - 2]:
            clear(&section)
        fill(&section, &text, at - 1, at)
        if sections[at] != sections[at - 1]:
            continue
        clear(&after)
        fill(&after, &text, at, at + 1)
        out[N_COHESIONS * (at - 1) + 4] = share(&section, &after, &text, at, at + 1)
        clear(&before)
        fill(&before, &text, at - 1, at)
        out[N_COHESIONS * (at - 1) + 0] = share(&before, &after, &text, at, at + 1)
        left = at - 1
        while left > 0 and at - left < N_WINDOW and sections[left - 1] == sections[at]:
            left -= 1
        fill(&before, &text, left, at - 1)
        out[N_COHESIONS * (at - 1) + 1] = share(&before, &after, &text, at, at + 1)
        right = at + 1
        while right < n and right - at < N_FOLLOWING and sections[right] == sections[at]:
            right += 1
        fill(&after, &text, at + 1, right)
        out[N_COHESIONS * (at - 1) + 2] = share(&before, &after, &text, at, right)
        left = at - 1
        while left > 0 and at - left < N_REST and blocks[left - 1] == blocks[at - 1]:
            left -= 1
        right = at + 1
        while right < n and right - at < N_REST and blocks[right] == blocks[at]:
            right += 1
        clear(&before)
        clear(&after)
        fill(&before, &text, left, at)
        fill(&after, &text, at, right)
        out[N_COHESIONS * (at - 1) + 3] = share(&before, &after, &text, at, right)
    free(idf)
    return 0


# The stems of content sentences, and their weights.
cdef struct Stems:
    const int32_t* stems
    const int32_t* offsets
    const int32_t* chosen
    const double* idf


cdef void fill(Marks* marks, const Stems* text, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Add the stems of the content sentences from `start` on, before `end`."""
    cdef Py_ssize_t at, k
    cdef int32_t stem
    for at in range(start, end):
        for k in range(text.offsets[text.chosen[at]], text.offsets[text.chosen[at] + 1]):
            stem = text.stems[k]
            if marks.marks[stem] != marks.number:
                marks.marks[stem] = marks.number
                marks.weight += text.idf[stem]


cdef double share(
    const Marks* before, Marks* after, const Stems* text, Py_ssize_t start, Py_ssize_t end
) noexcept nogil:
    """Weight of the stems of the content sentences from `start` on, which make up `after`, that `before` has as well.

    It is a share of the side that weighs less.
    """
    cdef double common = 0.0, less = min(before.weight, after.weight)
    cdef Py_ssize_t at, k
    cdef int32_t stem
    if less <= 0.0:
        return 0.0
    for at in range(start, end):
        for k in range(text.offsets[text.chosen[at]], text.offsets[text.chosen[at] + 1]):
            stem = text.stems[k]
            # Each stem counts once: taken out of `after` when it was counted.
            if after.marks[stem] == after.number and before.marks[stem] == before.number:
                common += text.idf[stem]
                if end - start > 1:
                    after.marks[stem] = 0
    if end - start > 1:
        for at in range(start, end):
            for k in range(text.offsets[text.chosen[at]], text.offsets[text.chosen[at] + 1]):
                after.marks[text.stems[k]] = after.number
    return common / less
