# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the borders between units: the figures of all gaps of a page, and what a model makes of them.

Comes in: what `_page.WordReader` has read of the content sentences of a page. Goes out: one row a gap, in the order
of `units.FIGURES`, or its margin.
"""

cimport cython
from libc.math cimport INFINITY, exp, log1p
from libc.stdint cimport int32_t, int64_t, uint8_t

import numpy as np

from socialtext.segment._page import measure_cohesion

cdef extern from *:
    int count_bits "__builtin_popcountll"(unsigned long long bits) noexcept nogil

cdef enum:
    N_SHARED_SPAN = 3  # sentences before a gap whose topics count

# Rows of what `_page.WordReader` reads.
cdef enum:
    N_WORDS
    CUES
    FIRST
    EARLY
    FIRST_WORD

cdef enum:
    QUESTION
    COLON
    DIGIT
    FIRST_DIGIT

# Of each sentence where its block and its section begin and end, and the number of its block.
cdef enum:
    BLOCK_START
    BLOCK_END
    BLOCK_OF
    SECTION_START
    SECTION_END
    N_PLACES

# Of each sentence the cues in its block up to it and from it on, the topics in its section up to it, and the words
# before it.
cdef enum:
    SO_FAR
    TO_COME
    TOPICS_SO_FAR
    TOTAL
    N_UNIONS

cdef enum:
    N_LOGS = 256  # logarithms of counts that are kept

cdef double MARGIN_LIMIT = 30.0
cdef double[N_LOGS] LOGS
for _count in range(N_LOGS):
    LOGS[_count] = log1p(<double>_count)


cdef inline double log_of(double value) noexcept:
    """Return log(1 + value); most values are small counts."""
    cdef int count = <int>value if value < N_LOGS else 0
    return LOGS[count] if count == value else log1p(value)


cdef inline double overlap(int64_t one, int64_t other) noexcept:
    """Share of the bits of the smaller set that the other has."""
    cdef int least = min(count_bits(one), count_bits(other))
    return count_bits(one & other) / <double>max(least, 1)


def choose_sentences(const int32_t[::1] line_of, list kinds not None):
    """Return the content sentences of a page: index, block and section of each, and whether it is a list item.

    A section ends at each line that is no content.

    Parameters
    ----------
    line_of : int32 array, shape (n_sentences,)
        Line of each sentence.
    kinds : list of str
        Kind of each line.
    """
    cdef Py_ssize_t n = line_of.shape[0], n_lines = len(kinds), at, n_chosen = 0
    cdef int32_t section = 0
    places, items = np.empty((3, n), dtype=np.int32), np.empty(n, dtype=np.bool_)
    cdef int32_t[:, ::1] out = places
    cdef uint8_t[::1] item = items.view(np.uint8)
    # Of each line its section, below 0 where it is no content.
    cdef int32_t[::1] section_of = np.empty(n_lines, dtype=np.int32)
    cdef str kind
    for at in range(n_lines):
        kind = kinds[at]
        if kind == "paragraph" or kind == "list_item":
            section_of[at] = section
        else:
            section += 1
            section_of[at] = -1
    for at in range(n):
        if section_of[line_of[at]] >= 0:
            out[0, n_chosen] = <int32_t>at
            out[1, n_chosen] = line_of[at]
            out[2, n_chosen] = section_of[line_of[at]]
            item[n_chosen] = <str>kinds[line_of[at]] == "list_item"
            n_chosen += 1
    return places[0, :n_chosen], places[1, :n_chosen], places[2, :n_chosen], items[:n_chosen]


def decide_borders(
    const int32_t[::1] chosen, const int32_t[::1] blocks, const int32_t[::1] sections, is_item,
    const uint8_t[::1] colon,
):
    """Return whether a rule decides of each gap, and what; see `units.fixed_borders`."""
    cdef Py_ssize_t n = chosen.shape[0], at
    cdef const uint8_t[::1] item = is_item.view(np.uint8)
    decisions = np.zeros((2, max(n - 1, 0)), dtype=np.bool_)
    cdef uint8_t[:, ::1] out = decisions.view(np.uint8)
    for at in range(1, n):
        if sections[at] != sections[at - 1]:
            out[0, at - 1] = out[1, at - 1] = True
        elif item[at] or item[at - 1]:
            out[0, at - 1] = True
            out[1, at - 1] = blocks[at] != blocks[at - 1]
        elif at + 1 < n and item[at + 1] and sections[at + 1] == sections[at] and colon[chosen[at]]:
            # The one sentence that introduces a list.
            out[0, at - 1] = out[1, at - 1] = True
    return decisions[0], decisions[1]


@cython.final
cdef class Gaps:
    """The gaps between the content sentences of a page.

    Parameters
    ----------
    words : dict of str to array
        See `_page.WordReader.read`.
    chosen, blocks, sections, is_item
        See `choose_sentences`.
    signals : int64 array
        Bits of the cues that tell of a border, those of discourse first.
    n_discourse : int
    topic_bits, advice_bits : int
        Bits of the cues of topics and of advice.
    n_figures : int
        As many as have names.
    """

    cdef Py_ssize_t n, n_figures, n_signals, n_discourse
    cdef const int32_t[::1] chosen, blocks, sections
    cdef const int64_t[:, ::1] numbers  # rows of `_page.WordReader.read`
    cdef const uint8_t[:, ::1] flags
    cdef const int64_t[::1] signals
    cdef int64_t topic_bits, advice_bits, any_signal
    cdef const double[:, ::1] cohesion
    cdef int32_t[:, ::1] places
    cdef int64_t[:, ::1] unions
    cdef double sentences_of, words_of, share_of_one, blocks_a_section
    # The figures of the gap at hand: how many, and of those above 0 and the first few the places and the values. Most
    # figures are flags that are down.
    cdef Py_ssize_t n_put, n_kept, n_first
    cdef int32_t[::1] kept
    cdef double[::1] values

    def __init__(
        self, dict words, const int32_t[::1] chosen, const int32_t[::1] blocks, const int32_t[::1] sections,
        is_item, const int64_t[::1] signals, Py_ssize_t n_discourse, int64_t topic_bits, int64_t advice_bits,
        Py_ssize_t n_figures,
    ):
        self.n = chosen.shape[0]
        self.n_figures, self.n_signals, self.n_discourse = n_figures, signals.shape[0], n_discourse
        self.chosen, self.blocks, self.sections, self.signals = chosen, blocks, sections, signals
        self.topic_bits, self.advice_bits = topic_bits, advice_bits
        self.any_signal = 0
        for bits in signals:
            self.any_signal |= <int64_t>bits
        self.numbers, self.flags = words["numbers"], words["flags"]
        self.cohesion = measure_cohesion(words["stems"], words["offsets"], words["n_stems"], chosen, blocks, sections)
        self.kept, self.values = np.empty(n_figures, dtype=np.int32), np.empty(n_figures)
        self._find_runs(is_item.view(np.uint8))

    cdef int _find_runs(self, const uint8_t[::1] is_item) except -1:
        """Find blocks and sections, and what is in them."""
        cdef Py_ssize_t n = self.n, at, k
        cdef double n_sections = 0.0, n_paragraphs = 0.0, n_of_one = 0.0, n_sentences = 0.0, n_words = 0.0
        cdef int32_t[:, ::1] places
        cdef int64_t[:, ::1] unions
        cdef int64_t cues
        cdef bint new, last
        places = self.places = np.empty((N_PLACES, n), dtype=np.int32)
        unions = self.unions = np.zeros((N_UNIONS, n + 1), dtype=np.int64)
        for at in range(n):
            k = self.chosen[at]
            cues = self.numbers[CUES, k]
            unions[TOTAL, at + 1] = unions[TOTAL, at] + self.numbers[N_WORDS, k]
            new = at == 0 or self.blocks[at] != self.blocks[at - 1]
            places[BLOCK_START, at] = <int32_t>at if new else places[BLOCK_START, at - 1]
            places[BLOCK_OF, at] = 0 if at == 0 else places[BLOCK_OF, at - 1] + new
            unions[SO_FAR, at] = (0 if new else unions[SO_FAR, at - 1]) | cues
            new = at == 0 or self.sections[at] != self.sections[at - 1]
            places[SECTION_START, at] = <int32_t>at if new else places[SECTION_START, at - 1]
            unions[TOPICS_SO_FAR, at] = (0 if new else unions[TOPICS_SO_FAR, at - 1]) | (cues & self.topic_bits)
            n_sections += new
        for at in range(n - 1, -1, -1):
            k = self.chosen[at]
            last = at == n - 1 or self.blocks[at + 1] != self.blocks[at]
            places[BLOCK_END, at] = <int32_t>at + 1 if last else places[BLOCK_END, at + 1]
            unions[TO_COME, at] = (0 if last else unions[TO_COME, at + 1]) | self.numbers[CUES, k]
            last = at == n - 1 or self.sections[at + 1] != self.sections[at]
            places[SECTION_END, at] = <int32_t>at + 1 if last else places[SECTION_END, at + 1]
            if places[BLOCK_START, at] == at and not is_item[at]:
                n_paragraphs += 1.0
                n_of_one += places[BLOCK_END, at] - at == 1
                n_sentences += places[BLOCK_END, at] - at
                n_words += unions[TOTAL, places[BLOCK_END, at]] - unions[TOTAL, at]
        self.share_of_one = n_of_one / max(n_paragraphs, 1.0)
        self.sentences_of = n_sentences / max(n_paragraphs, 1.0)
        self.words_of = n_words / max(n_paragraphs, 1.0)
        self.blocks_a_section = (places[BLOCK_OF, n - 1] + 1) / max(n_sections, 1.0) if n else 0.0
        return 0

    cdef inline void put(self, double value) noexcept:
        if (value != 0.0 or self.n_put < self.n_first) and self.n_kept < self.n_figures:
            self.kept[self.n_kept] = <int32_t>self.n_put
            self.values[self.n_kept] = value
            self.n_kept += 1
        self.n_put += 1

    cdef inline void put_bits(self, int64_t mask, Py_ssize_t n, bint holds) noexcept:
        """Of each of the first `n` signals whether the mask has it, if a condition holds."""
        cdef Py_ssize_t k
        if not holds or not mask & self.any_signal:
            self.n_put += n
            return
        for k in range(n):
            self.put((mask & self.signals[k]) != 0)

    cdef int _measure(self, Py_ssize_t at) except -1:
        """Put the figures of the gap before a sentence, in the order of `units.FIGURES`."""
        cdef const int32_t[:, ::1] places = self.places
        cdef const int64_t[:, ::1] unions = self.unions
        cdef Py_ssize_t here = self.chosen[at], there = self.chosen[at - 1], following
        cdef Py_ssize_t k, step
        cdef int32_t first_block = places[BLOCK_OF, places[SECTION_START, at]]
        cdef double blocks_of = places[BLOCK_OF, places[SECTION_END, at] - 1] - first_block + 1
        cdef double place = places[BLOCK_OF, at] - first_block
        cdef int64_t left = unions[SO_FAR, at - 1], right = unions[TO_COME, at], own = self.numbers[CUES, here]
        cdef int64_t topics = own & self.topic_bits, left_topics = left & self.topic_bits
        cdef int64_t right_topics = right & self.topic_bits, before = self.numbers[CUES, there] & self.topic_bits
        cdef int64_t in_section = unions[TOPICS_SO_FAR, at - 1] if self.sections[at] == self.sections[at - 1] else 0
        cdef bint last = places[BLOCK_END, at] - at == 1
        cdef bint several = places[BLOCK_END, at - 1] - places[BLOCK_START, at - 1] >= 2
        cdef bint advises = (own & self.advice_bits) != 0, advised = (left & self.advice_bits) != 0
        cdef bint uncued = (self.numbers[FIRST, here] & self.any_signal) == 0
        for step in range(2, N_SHARED_SPAN + 1):
            if at >= step and self.sections[at - step] == self.sections[at]:
                before |= self.numbers[CUES, self.chosen[at - step]] & self.topic_bits
        self.n_put = self.n_kept = 0
        self.put(self.blocks[at] != self.blocks[at - 1])
        self.put(at - places[BLOCK_START, at - 1])
        self.put(places[BLOCK_END, at] - at)
        self.put(places[BLOCK_END, at - 1] - places[BLOCK_START, at - 1])
        self.put(places[BLOCK_END, at] - places[BLOCK_START, at])
        self.put(unions[TOTAL, at] - unions[TOTAL, places[BLOCK_START, at - 1]])
        self.put(unions[TOTAL, places[BLOCK_END, at]] - unions[TOTAL, at])
        self.put(self.numbers[N_WORDS, there])
        self.put(self.numbers[N_WORDS, here])
        self.put(self.sentences_of)
        self.put(self.share_of_one)
        self.put(self.words_of)
        self.put(self.blocks_a_section)
        self.put(blocks_of)
        self.put(place)
        self.put(blocks_of - place)
        self.put(at - places[SECTION_START, at])
        self.put(places[SECTION_END, at] - at)
        self.put(self.flags[QUESTION, there])
        self.put(self.flags[QUESTION, here])
        self.put(self.flags[COLON, there])
        self.put(self.flags[COLON, here])
        self.put(self.flags[QUESTION, self.chosen[at - 2]] if at > 1 else 0.0)
        for k in range(self.cohesion.shape[1]):
            self.put(self.cohesion[at - 1, k])
        self.put(overlap(before, topics))
        self.put(overlap(left_topics, right_topics))
        self.put(count_bits(left_topics & right_topics))
        self.put(count_bits(right_topics & ~in_section))
        self.put(advised)
        self.put(advises)
        self.put((right & self.advice_bits) != 0)
        self.put((self.numbers[CUES, there] & self.advice_bits) != 0)
        self.put(at / <double>self.n)
        self.put(self.numbers[FIRST_WORD, here] == self.numbers[FIRST_WORD, there])
        self.put(self.flags[FIRST_DIGIT, here])
        self.put(self.flags[DIGIT, here])
        self.put(self.flags[DIGIT, there])
        self.put_bits(self.numbers[FIRST, here], self.n_signals, True)
        self.put_bits(self.numbers[EARLY, here], self.n_signals, True)
        self.put_bits(own, self.n_signals, True)
        self.put_bits(self.numbers[CUES, there], self.n_signals, True)
        following = at + 1
        self.put_bits(self.numbers[FIRST, self.chosen[following]] if following < self.n else 0, self.n_discourse, True)
        self.put_bits(self.numbers[FIRST, here], self.n_signals, last)
        self.put_bits(self.numbers[FIRST, here], self.n_signals, several)
        self.put(last and several)
        self.put(last and not several)
        self.put(self.share_of_one if uncued else 0.0)
        self.put(1.0 - self.share_of_one if uncued else 0.0)
        self.put(advised and advises)
        self.put(not advised and advises)
        self.put(last and advises)
        if self.n_put != self.n_figures:
            raise ValueError(f"{self.n_put} figures, of which {self.n_figures} have names")
        return 0

    def measure(self):
        """Return the figures of each gap, shape (n_sentences - 1, n_figures)."""
        cdef Py_ssize_t at, k
        rows = np.zeros((max(self.n - 1, 0), self.n_figures))
        cdef double[:, ::1] out = rows
        self.n_first = 0
        for at in range(1, self.n):
            self._measure(at)
            for k in range(self.n_kept):
                out[at - 1, self.kept[k]] = self.values[k]
        return rows

    def score(
        self, double intercept, const double[:, ::1] edges, const double[:, ::1] plain, const double[:, ::1] logs,
        const double[:, :, ::1] bins, fixed, borders,
    ):
        """Return the probability of a border before each sentence, 1 before the first.

        Where no rule decides, it follows from what `units.expand_figures` and a matrix product give, without the
        matrix. The first figure tells whether a new paragraph begins.

        Parameters
        ----------
        intercept : float
        edges : float64 array, shape (n_figures, n_edges)
            Borders of the bins, ascending, then infinity.
        plain, logs : float64 array, shape (2, n_figures)
            Weights of a figure and of its logarithm, within a paragraph and at a new one.
        bins : float64 array, shape (2, n_figures, n_edges + 1)
            Weights of the bins.
        fixed, borders : bool array, shape (n_sentences - 1,)
            See `decide_borders`.
        """
        cdef Py_ssize_t at, k, kept, place, n_edges = edges.shape[1], n_figures = self.n_figures
        cdef int new
        cdef double value, margin
        cdef const uint8_t[::1] is_fixed = fixed.view(np.uint8), is_border = borders.view(np.uint8)
        scores = np.ones(self.n)
        cdef double[::1] out = scores
        if not edges.shape[0] == plain.shape[1] == logs.shape[1] == bins.shape[1] == n_figures:
            raise ValueError(f"weights of {edges.shape[0]} figures for {n_figures}")
        self.n_first = 1
        for k in range(n_figures):
            if edges[k, 0] != INFINITY:
                self.n_first = k + 1  # at 0 it has a bin
        for at in range(1, self.n):
            if is_fixed[at - 1]:
                out[at] = is_border[at - 1]
                continue
            self._measure(at)
            new = self.values[0] != 0.0
            margin = intercept
            for kept in range(self.n_kept):
                k, value = self.kept[kept], self.values[kept]
                if value == 0.0 and edges[k, 0] == INFINITY:
                    continue
                margin += value * plain[new, k]
                if logs[0, k] != 0.0 or logs[1, k] != 0.0:
                    margin += log_of(value) * logs[new, k]
                place = 0
                while place < n_edges and value > edges[k, place]:
                    place += 1
                margin += bins[new, k, place]
            out[at] = 1.0 / (1.0 + exp(-min(max(margin, -MARGIN_LIMIT), MARGIN_LIMIT)))
        return scores


def find_places(const double[::1] scores, double least):
    """Return the indices of the scores that are at least so high, and above 0, as a list."""
    cdef Py_ssize_t at
    return [at for at in range(scores.shape[0]) if scores[at] >= least and scores[at] > 0.0]
