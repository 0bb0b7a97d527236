# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loops of the borders between units: the figures of all gaps of a page, and what a model makes of them.

Comes in: what `_page.WordReader` has read of the content sentences of a page. Goes out: one row a gap, in the order
of `units.FIGURES`, or its margin.
"""

cimport cython
from libc.math cimport INFINITY, exp, log1p
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free, malloc
from numpy cimport import_array

from socialtext._arrays cimport (
    NPY_BOOL, NPY_FLOAT64, NPY_INT32, NPY_INT64, count_rows, make_array, ndarray, records_of, rows_of,
)
from socialtext.segment._rows cimport SentenceWords

from socialtext.segment._page import measure_cohesion

import_array()

cdef extern from *:
    int count_bits "__builtin_popcountll"(unsigned long long bits) noexcept nogil

cdef enum:
    N_SHARED_SPAN = 3  # sentences before a gap whose topics count

cdef enum:
    N_COHESIONS = 5

# Of each content sentence where its block and its section begin and end, and the number of its block; the cues in its
# block up to it and from it on, and the topics in its section up to it; the words before it.
cdef struct Place:
    int32_t block_start
    int32_t block_end
    int32_t block
    int32_t section_start
    int32_t section_end
    int64_t so_far
    int64_t to_come
    int64_t topics_so_far
    int64_t n_words_before

# A figure of the gap at hand.
cdef struct Figure:
    int32_t column
    double value

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


def choose_sentences(ndarray line_of not None, list kinds not None):
    """Return the content sentences of a page: index, block and section of each, and whether it is a list item.

    A section ends at each line that is no content.

    Parameters
    ----------
    line_of : int32 array, shape (n_sentences,)
        Line of each sentence.
    kinds : list of str
        Kind of each line.
    """
    cdef const int32_t* line = <const int32_t*>rows_of(line_of, NPY_INT32)
    cdef Py_ssize_t n = count_rows(line_of), n_lines = len(kinds), at, k, n_chosen = 0
    cdef int32_t section = 0
    # Of each line its section, below 0 where it is no content.
    cdef ndarray sections_of_lines = make_array(NPY_INT32, n_lines)
    cdef int32_t* section_of = <int32_t*>rows_of(sections_of_lines, NPY_INT32)
    cdef ndarray chosen, blocks, sections, items
    cdef int32_t* chosen_of
    cdef int32_t* block
    cdef int32_t* own_section
    cdef uint8_t* item
    for at in range(n_lines):
        if is_content(<str>kinds[at]):
            section_of[at] = section
        else:
            section += 1
            section_of[at] = -1
    for at in range(n):
        n_chosen += section_of[line[at]] >= 0
    chosen, blocks = make_array(NPY_INT32, n_chosen), make_array(NPY_INT32, n_chosen)
    sections, items = make_array(NPY_INT32, n_chosen), make_array(NPY_BOOL, n_chosen)
    chosen_of, block = <int32_t*>rows_of(chosen, NPY_INT32), <int32_t*>rows_of(blocks, NPY_INT32)
    own_section, item = <int32_t*>rows_of(sections, NPY_INT32), <uint8_t*>rows_of(items, NPY_BOOL)
    k = 0
    for at in range(n):
        if section_of[line[at]] >= 0:
            chosen_of[k], block[k], own_section[k] = <int32_t>at, line[at], section_of[line[at]]
            item[k] = <str>kinds[line[at]] == "list_item"
            k += 1
    return chosen, blocks, sections, items


cdef inline bint is_content(str kind):
    return kind == "paragraph" or kind == "list_item"


def decide_borders(
    ndarray chosen not None, ndarray blocks not None, ndarray sections not None, ndarray is_item not None,
    ndarray words not None,
):
    """Return whether a rule decides of each gap, and what; see `units.fixed_borders`."""
    cdef const int32_t* place = <const int32_t*>rows_of(chosen, NPY_INT32)
    cdef const int32_t* block = <const int32_t*>rows_of(blocks, NPY_INT32)
    cdef const int32_t* section = <const int32_t*>rows_of(sections, NPY_INT32)
    cdef const uint8_t* item = <const uint8_t*>rows_of(is_item, NPY_BOOL)
    cdef const SentenceWords* word = <const SentenceWords*>records_of(words, sizeof(SentenceWords))
    cdef Py_ssize_t n = count_rows(chosen), at
    cdef ndarray fixed = make_array(NPY_BOOL, max(n - 1, 0)), borders = make_array(NPY_BOOL, max(n - 1, 0))
    cdef uint8_t* is_fixed = <uint8_t*>rows_of(fixed, NPY_BOOL)
    cdef uint8_t* is_border = <uint8_t*>rows_of(borders, NPY_BOOL)
    for at in range(1, n):
        if section[at] != section[at - 1]:
            is_fixed[at - 1] = is_border[at - 1] = True
        elif item[at] or item[at - 1]:
            is_fixed[at - 1] = True
            is_border[at - 1] = block[at] != block[at - 1]
        elif at + 1 < n and item[at + 1] and section[at + 1] == section[at] and word[place[at]].colon:
            # The one sentence that introduces a list.
            is_fixed[at - 1] = is_border[at - 1] = True
    return fixed, borders


@cython.final
cdef class Signals:
    """The cues that figures tell of.

    Parameters
    ----------
    bits : int64 array
        Those of the cues that tell of a border, those of discourse first.
    n_discourse : int
    topics, advice : int
        Bits of the cues of topics and of advice.
    n_figures : int
        As many as have names.
    """

    cdef ndarray bits
    cdef Py_ssize_t n, n_discourse, n_figures
    cdef int64_t topics, advice, any_signal

    def __init__(
        self, ndarray bits not None, Py_ssize_t n_discourse, int64_t topics, int64_t advice, Py_ssize_t n_figures
    ):
        cdef const int64_t* bit = <const int64_t*>rows_of(bits, NPY_INT64)
        cdef Py_ssize_t k
        self.bits, self.n, self.n_discourse, self.n_figures = bits, count_rows(bits), n_discourse, n_figures
        self.topics, self.advice, self.any_signal = topics, advice, 0
        for k in range(self.n):
            self.any_signal |= bit[k]


@cython.final
cdef class Gaps:
    """The gaps between the content sentences of a page.

    Parameters
    ----------
    signals : Signals
    words, stems, offsets, n_stems
        See `_page.WordReader.read`.
    chosen, blocks, sections, is_item
        See `choose_sentences`.
    """

    cdef Py_ssize_t n, n_figures
    cdef Signals signals
    cdef const int64_t* bits  # of the signals
    cdef tuple held  # the arrays that the addresses belong to
    cdef const SentenceWords* words
    cdef const int32_t* chosen
    cdef const int32_t* blocks
    cdef const int32_t* sections
    cdef const double* cohesion
    cdef Place* places
    cdef double sentences_of, words_of, share_of_one, blocks_a_section
    # The figures of the gap at hand: how many, and those above 0 and the first few. Most figures are flags that are
    # down.
    cdef Py_ssize_t n_put, n_kept, n_first
    cdef Figure* kept

    def __init__(
        self, Signals signals not None, ndarray words not None, ndarray stems not None, ndarray offsets not None,
        int n_stems, ndarray chosen not None, ndarray blocks not None, ndarray sections not None,
        ndarray is_item not None,
    ):
        cdef ndarray cohesion = measure_cohesion(stems, offsets, n_stems, chosen, blocks, sections)
        self.n, self.n_figures, self.signals = count_rows(chosen), signals.n_figures, signals
        self.held = words, chosen, blocks, sections, cohesion
        self.bits = <const int64_t*>rows_of(signals.bits, NPY_INT64)
        self.words = <const SentenceWords*>records_of(words, sizeof(SentenceWords))
        self.chosen = <const int32_t*>rows_of(chosen, NPY_INT32)
        self.blocks = <const int32_t*>rows_of(blocks, NPY_INT32)
        self.sections = <const int32_t*>rows_of(sections, NPY_INT32)
        self.cohesion = <const double*>rows_of(cohesion, NPY_FLOAT64, N_COHESIONS)
        self.kept = <Figure*>malloc(self.n_figures * sizeof(Figure))
        self.places = <Place*>calloc(self.n + 1, sizeof(Place))
        if self.kept == NULL or self.places == NULL:
            raise MemoryError
        self._find_runs(<const uint8_t*>rows_of(is_item, NPY_BOOL))

    def __dealloc__(self):
        free(self.kept)
        free(self.places)

    cdef int _find_runs(self, const uint8_t* is_item) except -1:
        """Find blocks and sections, and what is in them."""
        cdef Py_ssize_t n = self.n, at
        cdef double n_sections = 0.0, n_paragraphs = 0.0, n_of_one = 0.0, n_sentences = 0.0, n_words = 0.0
        cdef const SentenceWords* words
        cdef Place* place
        cdef bint new, last
        for at in range(n):
            place, words = &self.places[at], &self.words[self.chosen[at]]
            place[1].n_words_before = place.n_words_before + words.n_words
            new = at == 0 or self.blocks[at] != self.blocks[at - 1]
            place.block_start = <int32_t>at if new else place[-1].block_start
            place.block = 0 if at == 0 else place[-1].block + new
            place.so_far = (0 if new else place[-1].so_far) | words.cues
            new = at == 0 or self.sections[at] != self.sections[at - 1]
            place.section_start = <int32_t>at if new else place[-1].section_start
            place.topics_so_far = (0 if new else place[-1].topics_so_far) | (words.cues & self.signals.topics)
            n_sections += new
        for at in range(n - 1, -1, -1):
            place = &self.places[at]
            last = at == n - 1 or self.blocks[at + 1] != self.blocks[at]
            place.block_end = <int32_t>at + 1 if last else place[1].block_end
            place.to_come = (0 if last else place[1].to_come) | self.words[self.chosen[at]].cues
            last = at == n - 1 or self.sections[at + 1] != self.sections[at]
            place.section_end = <int32_t>at + 1 if last else place[1].section_end
            if place.block_start == at and not is_item[at]:
                n_paragraphs += 1.0
                n_of_one += place.block_end - at == 1
                n_sentences += place.block_end - at
                n_words += self.places[place.block_end].n_words_before - place.n_words_before
        self.share_of_one = n_of_one / max(n_paragraphs, 1.0)
        self.sentences_of = n_sentences / max(n_paragraphs, 1.0)
        self.words_of = n_words / max(n_paragraphs, 1.0)
        self.blocks_a_section = (self.places[n - 1].block + 1) / max(n_sections, 1.0) if n else 0.0
        return 0

    cdef inline void put(self, double value) noexcept:
        if (value != 0.0 or self.n_put < self.n_first) and self.n_kept < self.n_figures:
            self.kept[self.n_kept] = Figure(<int32_t>self.n_put, value)
            self.n_kept += 1
        self.n_put += 1

    cdef inline void put_bits(self, int64_t mask, Py_ssize_t n, bint holds) noexcept:
        """Of each of the first `n` signals whether the mask has it, if a condition holds."""
        cdef Py_ssize_t k
        if not holds or not mask & self.signals.any_signal:
            self.n_put += n
            return
        for k in range(n):
            self.put((mask & self.bits[k]) != 0)

    cdef int _measure(self, Py_ssize_t at) except -1:
        """Put the figures of the gap before a sentence, in the order of `units.FIGURES`."""
        cdef const Place* place = &self.places[at]
        cdef const Place* previous = place - 1
        cdef const SentenceWords* here = &self.words[self.chosen[at]]
        cdef const SentenceWords* there = &self.words[self.chosen[at - 1]]
        cdef Py_ssize_t k, step, n_signals = self.signals.n
        cdef int64_t topic_bits = self.signals.topics, advice_bits = self.signals.advice
        cdef int32_t first_block = self.places[place.section_start].block
        cdef double blocks_of = self.places[place.section_end - 1].block - first_block + 1
        cdef double nth_block = place.block - first_block
        cdef int64_t left = previous.so_far, right = place.to_come
        cdef int64_t topics = here.cues & topic_bits, left_topics = left & topic_bits
        cdef int64_t right_topics = right & topic_bits, before = there.cues & topic_bits
        cdef int64_t in_section = previous.topics_so_far if self.sections[at] == self.sections[at - 1] else 0
        cdef bint last = place.block_end - at == 1
        cdef bint several = previous.block_end - previous.block_start >= 2
        cdef bint advises = (here.cues & advice_bits) != 0, advised = (left & advice_bits) != 0
        cdef bint uncued = (here.first & self.signals.any_signal) == 0
        for step in range(2, N_SHARED_SPAN + 1):
            if at >= step and self.sections[at - step] == self.sections[at]:
                before |= self.words[self.chosen[at - step]].cues & topic_bits
        self.n_put = self.n_kept = 0
        self.put(self.blocks[at] != self.blocks[at - 1])
        self.put(at - previous.block_start)
        self.put(place.block_end - at)
        self.put(previous.block_end - previous.block_start)
        self.put(place.block_end - place.block_start)
        self.put(place.n_words_before - self.places[previous.block_start].n_words_before)
        self.put(self.places[place.block_end].n_words_before - place.n_words_before)
        self.put(there.n_words)
        self.put(here.n_words)
        self.put(self.sentences_of)
        self.put(self.share_of_one)
        self.put(self.words_of)
        self.put(self.blocks_a_section)
        self.put(blocks_of)
        self.put(nth_block)
        self.put(blocks_of - nth_block)
        self.put(at - place.section_start)
        self.put(place.section_end - at)
        self.put(there.question)
        self.put(here.question)
        self.put(there.colon)
        self.put(here.colon)
        self.put(self.words[self.chosen[at - 2]].question if at > 1 else 0.0)
        for k in range(N_COHESIONS):
            self.put(self.cohesion[N_COHESIONS * (at - 1) + k])
        self.put(overlap(before, topics))
        self.put(overlap(left_topics, right_topics))
        self.put(count_bits(left_topics & right_topics))
        self.put(count_bits(right_topics & ~in_section))
        self.put(advised)
        self.put(advises)
        self.put((right & advice_bits) != 0)
        self.put((there.cues & advice_bits) != 0)
        self.put(at / <double>self.n)
        self.put(here.first_word == there.first_word)
        self.put(here.first_digit)
        self.put(here.digit)
        self.put(there.digit)
        self.put_bits(here.first, n_signals, True)
        self.put_bits(here.early, n_signals, True)
        self.put_bits(here.cues, n_signals, True)
        self.put_bits(there.cues, n_signals, True)
        self.put_bits(
            self.words[self.chosen[at + 1]].first if at + 1 < self.n else 0, self.signals.n_discourse, True
        )
        self.put_bits(here.first, n_signals, last)
        self.put_bits(here.first, n_signals, several)
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
        cdef ndarray rows = make_array(NPY_FLOAT64, max(self.n - 1, 0), self.n_figures)
        cdef double* out = <double*>rows_of(rows, NPY_FLOAT64, self.n_figures)
        self.n_first = 0
        for at in range(1, self.n):
            self._measure(at)
            for k in range(self.n_kept):
                out[self.kept[k].column] = self.kept[k].value
            out += self.n_figures
        return rows

    def score(
        self, double intercept, ndarray edges not None, ndarray plain not None, ndarray logs not None,
        ndarray bins not None, ndarray fixed not None, ndarray borders not None,
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
        bins : float64 array, shape (2 * n_figures, n_edges + 1)
            Weights of the bins, within a paragraph, then at a new one.
        fixed, borders : bool array, shape (n_sentences - 1,)
            See `decide_borders`.
        """
        cdef Py_ssize_t at, k, kept, place, n_edges = edges.shape[1], n_figures = self.n_figures
        cdef const double* edge = <const double*>rows_of(edges, NPY_FLOAT64, n_edges)
        cdef const double* of_plain = <const double*>rows_of(plain, NPY_FLOAT64, n_figures)
        cdef const double* of_log = <const double*>rows_of(logs, NPY_FLOAT64, n_figures)
        cdef const double* of_bin = <const double*>rows_of(bins, NPY_FLOAT64, n_edges + 1)
        cdef const uint8_t* is_fixed = <const uint8_t*>rows_of(fixed, NPY_BOOL)
        cdef const uint8_t* is_border = <const uint8_t*>rows_of(borders, NPY_BOOL)
        cdef ndarray scores = make_array(NPY_FLOAT64, self.n)
        cdef double* out = <double*>rows_of(scores, NPY_FLOAT64)
        cdef Py_ssize_t side  # where the weights begin, at a new paragraph behind those within one
        cdef double value, margin
        if not (
            count_rows(edges) == n_figures and count_rows(plain) == count_rows(logs) == 2
            and count_rows(bins) == 2 * n_figures and count_rows(fixed) == count_rows(borders) == max(self.n - 1, 0)
        ):
            raise ValueError(f"weights of {count_rows(edges)} figures for {n_figures}")
        self.n_first = 1
        for k in range(n_figures):
            if edge[k * n_edges] != INFINITY:
                self.n_first = k + 1  # at 0 it has a bin
        if self.n:
            out[0] = 1.0
        for at in range(1, self.n):
            if is_fixed[at - 1]:
                out[at] = is_border[at - 1]
                continue
            self._measure(at)
            side = n_figures if self.kept[0].value != 0.0 else 0
            margin = intercept
            for kept in range(self.n_kept):
                k, value = self.kept[kept].column, self.kept[kept].value
                if value == 0.0 and edge[k * n_edges] == INFINITY:
                    continue
                margin += value * of_plain[side + k]
                if of_log[k] != 0.0 or of_log[n_figures + k] != 0.0:
                    margin += log_of(value) * of_log[side + k]
                place = 0
                while place < n_edges and value > edge[k * n_edges + place]:
                    place += 1
                margin += of_bin[(side + k) * (n_edges + 1) + place]
            out[at] = 1.0 / (1.0 + exp(-min(max(margin, -MARGIN_LIMIT), MARGIN_LIMIT)))
        return scores


def find_places(ndarray scores not None, double least):
    """Return the indices of the scores that are at least so high, and above 0, as a list."""
    cdef const double* score = <const double*>rows_of(scores, NPY_FLOAT64)
    cdef Py_ssize_t at
    return [at for at in range(count_rows(scores)) if score[at] >= least and score[at] > 0.0]
