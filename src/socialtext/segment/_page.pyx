# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops that read a page: its lines, the words and cues of its sentences, the cohesion between these.

Comes in: a ``str`` and look-ups of one language. Goes out: numpy arrays, one item a line, sentence or gap, from which
the features of blocks and units are built without a Python object a word.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.math cimport log
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport free

from socialtext._cues cimport Cue, CueTable
from socialtext._words cimport (
    NO_NUMBER, N_TYPES, Numbers, PyUnicode_READ, Span, Spans, add_number, add_span, continues, enlarge, find_number,
    forget_numbers, hash_span, is_word, make_numbers, prefetch, prefetch_slot, word_end,
)

import threading

import numpy as np

cdef enum:
    N_EARLY = 4            # words at the start of a sentence
    N_LINE_WORDS = 60      # words of a line in which its cues are looked for
    N_LEAD = 20            # characters in which a caption has its number
    N_WINDOW = 3           # sentences before a gap
    N_FOLLOWING = 2        # sentences after a gap
    N_REST = 20            # sentences of a paragraph seen on either side of a gap
    N_NO_STEM = 3          # letters of a word that has no stem
    N_PREFIX = 5           # letters that stand for the stem of a word
    N_CACHED = 100000

# What a line shows; see `scan_lines`.
cdef enum LineSign:
    SHOWS_DATE = 1         # four digits on end, or digits with a mark between them
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


cdef inline bint is_digit(Py_UCS4 c) noexcept:
    if c < 0x80 or 0x0620 <= c <= 0x064A:
        return u"0" <= c <= u"9"
    return c.isdigit()


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
    cdef int n_words, n_stops, signs, n_bullets, n_numbers, n_digits
    cdef bint after_blank = False, inside
    cdef Py_UCS4 c, first, previous
    cdef Py_ssize_t room = 64, n_rows = 0
    rows = np.empty((room, 7), dtype=np.int64)
    cdef int64_t[:, ::1] out = rows
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
        n_words = n_stops = signs = n_bullets = n_numbers = n_digits = 0
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
                        if n_digits > 3 or (n_digits == 1 and is_date_mark(previous)):
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
                    elif c == u"." or c == u")":
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
        if n_rows == room:
            room *= 2
            rows = np.concatenate([rows, rows])
            out = rows
        out[n_rows, 0], out[n_rows, 1], out[n_rows, 2], out[n_rows, 3] = start, end, after_blank, n_words
        out[n_rows, 4], out[n_rows, 5], out[n_rows, 6] = n_stops, <int64_t>previous, signs
        n_rows += 1
        after_blank = False
    return rows[:n_rows]


def union_signs(const int64_t[:, :] lines):
    """Return the signs (`LineSign`) that any of the lines shows."""
    cdef Py_ssize_t at
    cdef int64_t signs = 0
    for at in range(lines.shape[0]):
        signs |= lines[at, 6]
    return signs


def measure_lines(const int64_t[:, :] lines):
    """Return the length of the longest line, and how many lines follow another without a blank one."""
    cdef Py_ssize_t at
    cdef int64_t longest = 0, n_following = 0
    for at in range(lines.shape[0]):
        longest = max(longest, lines[at, 1] - lines[at, 0])
        n_following += at > 0 and lines[at, 2] == 0
    return longest, n_following


def match_markers(str raw not None, const int64_t[:, :] lines, pattern):
    """Return the number of the group of a pattern that each line begins with, 0 for none."""
    cdef Py_ssize_t at, n = lines.shape[0]
    markers = np.zeros(n, dtype=np.int64)
    cdef int64_t[::1] out = markers
    match = pattern.match
    for at in range(n):
        if lines[at, 6] & MAY_SHOW_MARKER:
            found = match(raw, lines[at, 0], lines[at, 1])
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
    """

    cdef CueTable cues
    cdef object lock
    cdef Numbers words, stems
    cdef Facts* facts
    cdef Seen* seen
    cdef Py_ssize_t facts_room, seen_room
    cdef int32_t page
    cdef Spans spans  # words of the sentence at hand
    cdef int32_t* found  # stems of the page at hand, sentence by sentence
    cdef Py_ssize_t n_found, found_room

    def __cinit__(self, CueTable cues not None):
        make_numbers(&self.words, N_TYPES)
        make_numbers(&self.stems, N_TYPES)

    def __init__(self, CueTable cues not None):
        self.cues = cues
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
        cdef uint64_t stem
        cdef int32_t number
        self.facts = <Facts*>enlarge(self.facts, &self.facts_room, self.words.n + 1, sizeof(Facts))
        facts = &self.facts[self.words.n]
        facts.cue = self.cues.look_up(kind, data, span.start, span.end)
        facts.stem = NO_NUMBER
        while at < span.end and PyUnicode_READ(kind, data, at).isdigit():
            at += 1
        if span.end - span.start > N_NO_STEM and at < span.end:
            stem = hash_span(kind, data, span.start, min(span.start + N_PREFIX, span.end))
            number = find_number(&self.stems, stem)
            if number == NO_NUMBER:
                number = add_number(&self.stems, stem)
                self.seen = <Seen*>enlarge(self.seen, &self.seen_room, self.stems.n, sizeof(Seen))
                self.seen[number].page = -1
            facts.stem = number
        return add_number(&self.words, span.hash)

    cdef Py_ssize_t find_words(self, int kind, const void* data, Py_ssize_t at, Py_ssize_t end) except -1:
        """Find the words of the sentence that begins at a place, and return where it ends."""
        cdef Py_ssize_t k, start
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
            start = at
            at = word_end(kind, data, at, end)
            add_span(&self.spans, kind, data, start, at)
            prefetch_slot(&self.words, self.spans.items[self.spans.n - 1].hash)
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

    def read(self, str folded not None, const int32_t[:] lines, Py_ssize_t n_lines):
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
        dict of str to array
            One item a sentence: ``n_words``, ``cues``, ``first``, ``early`` (bits of the cues of all words, of the
            first, of the first few), ``first_word``, ``question``, ``colon``, ``digit``, ``first_digit``, which
            are also the rows of the matrices ``numbers`` and ``flags``; the stems
            of sentence i are ``stems[offsets[i]:offsets[i + 1]]``; one item a line: ``line_cues``, ``line_first``, and
            ``line_spans``, where its sentences begin and end in `folded`.
        """
        with self.lock:
            return self._read(folded, lines, n_lines)

    cdef dict _read(self, str folded, const int32_t[:] lines, Py_ssize_t n_lines):
        cdef Py_ssize_t n = lines.shape[0]
        numbers, flags = np.zeros((5, n), dtype=np.int64), np.zeros((4, n), dtype=np.uint8)
        of_lines, stem_offsets = np.zeros((2, n_lines), dtype=np.int64), np.zeros(n + 1, dtype=np.int32)
        line_spans = np.zeros((n_lines, 2), dtype=np.int64)
        cdef int64_t[:, ::1] number_rows = numbers
        cdef uint8_t[:, ::1] flag_rows = flags
        cdef int64_t[:, ::1] line_rows = of_lines
        cdef int64_t[:, ::1] spans_of_lines = line_spans
        cdef int32_t[::1] offsets = stem_offsets
        cdef int64_t[::1] n_words = number_rows[0], cues = number_rows[1], first = number_rows[2]
        cdef int64_t[::1] early = number_rows[3], first_word = number_rows[4]
        cdef uint8_t[::1] question = flag_rows[0], colon = flag_rows[1], digit = flag_rows[2]
        cdef uint8_t[::1] first_digit = flag_rows[3]
        cdef int64_t[::1] line_cues = line_rows[0], line_first = line_rows[1]
        cdef int32_t n_stems = 0, line = -1
        cdef Py_ssize_t at, start = 0, end, k, phrase, n_before = 0, size = len(folded)
        cdef int kind = PyUnicode_KIND(folded)
        cdef void* data = PyUnicode_DATA(folded)
        cdef Py_UCS4 c
        cdef int64_t bits
        cdef int16_t group
        cdef Facts facts
        cdef Seen* seen
        if self.words.n > N_CACHED:
            self.forget()
        self.n_found = 0
        self.page += 1
        for at in range(n):
            if at and start > size:
                raise ValueError(f"{at} sentences for {n} lines")
            end = self.find_words(kind, data, start, size)
            if lines[at] != line:
                line = lines[at]
                n_before = 0
                spans_of_lines[line, 0] = start
            spans_of_lines[line, 1] = end
            n_words[at] = self.spans.n
            for k in range(self.spans.n):
                if is_digit(PyUnicode_READ(kind, data, self.spans.items[k].start)):
                    digit[at] = 1
                    first_digit[at] |= self.spans.items[k].start - start < 4
                facts = self.facts[self.spans.items[k].number]
                bits = facts.cue.kinds
                for group in facts.cue.groups:
                    if group < 0:
                        continue
                    for phrase in range(self.cues.group_starts[group], self.cues.group_starts[group + 1]):
                        if continues(&self.cues.phrases, phrase, &self.spans, kind, data, k + 1, self.spans.n):
                            bits |= (<int64_t>1) << self.cues.phrases.items[phrase].kind
                if bits:
                    cues[at] |= bits
                    if k == 0:
                        first[at] = bits
                    if k < N_EARLY:
                        early[at] |= bits
                    if n_before + k < N_LINE_WORDS:
                        line_cues[line] |= bits
                        if n_before + k == 0:
                            line_first[line] |= bits
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
                first_word[at] = <int64_t>self.spans.items[0].hash
            n_before += self.spans.n
            offsets[at + 1] = <int32_t>self.n_found
            k = end
            while k > start and is_trailing(PyUnicode_READ(kind, data, k - 1)):
                k -= 1
            if k > start:
                c = PyUnicode_READ(kind, data, k - 1)
                question[at] = c == u"?" or c == 0x061F
                colon[at] = c == u":"
            start = end + 1
        if n and start <= size:
            raise ValueError(f"more than {n} sentences for {n} lines")
        stems = np.empty(self.n_found, dtype=np.int32)
        cdef int32_t[::1] copied = stems
        for k in range(self.n_found):
            copied[k] = self.found[k]
        return {
            "n_words": numbers[0], "cues": numbers[1], "first": numbers[2], "early": numbers[3],
            "first_word": numbers[4], "question": flags[0], "colon": flags[1], "digit": flags[2],
            "first_digit": flags[3], "numbers": numbers, "flags": flags, "line_cues": of_lines[0],
            "line_first": of_lines[1], "line_spans": line_spans, "offsets": stem_offsets, "stems": stems,
            "n_stems": n_stems,
        }  # fmt: skip


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
    const int32_t[::1] stems, const int32_t[::1] offsets, int n_stems, const int32_t[::1] chosen,
    const int32_t[::1] blocks, const int32_t[::1] sections,
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
    cdef Py_ssize_t n = chosen.shape[0]
    cdef Py_ssize_t at, k, left, right
    result = np.zeros((max(n - 1, 0), 5))
    if n < 2 or n_stems == 0:
        return result
    cdef double[:, ::1] out = result
    weights, marked = np.zeros(n_stems), np.zeros((3, n_stems), dtype=np.int32)
    cdef double[::1] idf = weights
    cdef int32_t[:, ::1] rows = marked
    cdef Stems text
    cdef Marks section, before, after
    for at in range(n):
        for k in range(offsets[chosen[at]], offsets[chosen[at] + 1]):
            idf[stems[k]] += 1.0
    for k in range(n_stems):
        idf[k] = log(1.0 + n / idf[k]) if idf[k] > 0 else 0.0
    text.stems, text.offsets, text.chosen, text.idf = &stems[0], &offsets[0], &chosen[0], &idf[0]
    section.marks, before.marks, after.marks = &rows[0, 0], &rows[1, 0], &rows[2, 0]
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
        out[at - 1, 4] = share(&section, &after, &text, at, at + 1)
        clear(&before)
        fill(&before, &text, at - 1, at)
        out[at - 1, 0] = share(&before, &after, &text, at, at + 1)
        left = at - 1
        while left > 0 and at - left < N_WINDOW and sections[left - 1] == sections[at]:
            left -= 1
        fill(&before, &text, left, at - 1)
        out[at - 1, 1] = share(&before, &after, &text, at, at + 1)
        right = at + 1
        while right < n and right - at < N_FOLLOWING and sections[right] == sections[at]:
            right += 1
        fill(&after, &text, at + 1, right)
        out[at - 1, 2] = share(&before, &after, &text, at, right)
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
        out[at - 1, 3] = share(&before, &after, &text, at, right)
    return result


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
