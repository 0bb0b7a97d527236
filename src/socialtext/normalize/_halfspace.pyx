# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The native loop of half-space restoration: find the words, ask once for each type, write the result.

Comes in: text that the kernel has normalized. Goes out: the text with its half-spaces, and on demand the edits. It
refuses to know Persian: what falls apart and what belongs together is decided by the judge of ``halfspace.py``, and
remembered here.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring
from libc.stdint cimport int32_t, uint32_t, uint64_t

from array import array

from socialtext._alignment import Alignment

# Parts that a word may play in a pair; see HalfspaceJudge.roles.
cdef enum:
    IS_ENDING = 1
    IS_PREFIX = 2
    IS_FIRST = 4
    IS_SECOND = 8
    NEEDS_CONTEXT = 16

cdef enum:
    BLANK = 0x20
    LF = 0x0A
    ZWNJ_CODE = 0x200C
    HAMZA_ABOVE = 0x0654
    CACHE_SIZE = 500_000
    MAX_PASSES = 4
    MAX_MARKUP = 1000

cdef enum EditKind:
    INSERT = 0   # a half-space before the character
    REPLACE = 1  # the blank becomes a half-space
    DELETE = 2   # the blank goes: the letter before it does not join

cdef str ZWNJ = "\N{ZERO WIDTH NON-JOINER}"

# A word type, as it is written, and what the loop must know of it.
cdef struct Word:
    uint64_t hash
    Py_ssize_t letters          # where its letters begin in the pool
    Py_ssize_t length
    int first_roles, last_roles
    bint falls_apart            # has offsets at which a half-space belongs
    bint has_inner              # has a part before the last one


cdef inline bint is_letter(unsigned int c) noexcept:
    return 0x0620 <= c <= 0x064A or 0x0671 <= c <= 0x06D3 or c == 0x06D5


cdef inline bint is_word_part(unsigned int c) noexcept:
    return is_letter(c) or c == ZWNJ_CODE or 0x064B <= c <= 0x065F or c == 0x0670


cdef inline bint binds_before(unsigned int c) noexcept:
    """Whether what stands before a word makes it part of an address, a tag or an identifier."""
    return 0x30 <= c <= 0x39 or 0x61 <= (c | 0x20) <= 0x7A or c == 0x23 or c == 0x40 or c == 0x5F or c == 0x2F \
        or c == 0x3D or c == 0x26 or c == 0x25 or c == 0x2D or c == 0x2E or c == 0x5C


cdef inline bint binds_after(unsigned int c, unsigned int following) noexcept:
    if c == 0x2E or c == 0x2D or c == 0x3A:
        return is_letter(following) or 0x30 <= following <= 0x39 or 0x61 <= (following | 0x20) <= 0x7A
    return 0x61 <= (c | 0x20) <= 0x7A or c == 0x40 or c == 0x5F or c == 0x2F or c == 0x3D or c == 0x26 or c == 0x25


cdef class WordTable:
    """The word types met so far, found by their letters without making a string of them."""

    cdef Word* words
    cdef Py_ssize_t n_words, capacity
    cdef int32_t* slots         # index of a word or -1; open addressing
    cdef Py_ssize_t n_slots     # a power of two
    cdef uint32_t* pool
    cdef Py_ssize_t pool_size, pool_capacity

    def __cinit__(self):
        self.capacity = 1 << 12
        self.n_slots = 1 << 14
        self.pool_capacity = 1 << 15
        self.words = <Word*>PyMem_Malloc(self.capacity * sizeof(Word))
        self.slots = <int32_t*>PyMem_Malloc(self.n_slots * sizeof(int32_t))
        self.pool = <uint32_t*>PyMem_Malloc(self.pool_capacity * sizeof(uint32_t))
        if self.words == NULL or self.slots == NULL or self.pool == NULL:
            raise MemoryError
        self.clear()

    def __dealloc__(self):
        PyMem_Free(self.words)
        PyMem_Free(self.slots)
        PyMem_Free(self.pool)

    cdef void clear(self) noexcept:
        cdef Py_ssize_t k
        self.n_words = self.pool_size = 0
        for k in range(self.n_slots):
            self.slots[k] = -1

    cdef Py_ssize_t find(self, int kind, const void* data, Py_ssize_t start, Py_ssize_t end, uint64_t hash_) noexcept:
        """Index of the word ``data[start:end]``, or -1."""
        cdef Py_ssize_t slot = hash_ & (self.n_slots - 1)
        cdef Py_ssize_t k
        cdef Word* word
        while self.slots[slot] >= 0:
            word = &self.words[self.slots[slot]]
            if word.hash == hash_ and word.length == end - start:
                k = 0
                while k < word.length and self.pool[word.letters + k] == PyUnicode_READ(kind, data, start + k):
                    k += 1
                if k == word.length:
                    return self.slots[slot]
            slot = (slot + 1) & (self.n_slots - 1)
        return -1

    cdef Py_ssize_t add(self, str form, uint64_t hash_) except -1:
        """Add a word that is not there yet; return its index."""
        cdef Py_ssize_t k, length = len(form)
        cdef Word* word
        if self.n_words == self.capacity:
            self.words = <Word*>self.grow(self.words, &self.capacity, self.n_words + 1, sizeof(Word))
        if self.pool_size + length > self.pool_capacity:
            self.pool = <uint32_t*>self.grow(self.pool, &self.pool_capacity, self.pool_size + length, sizeof(uint32_t))
        if 2 * self.n_words >= self.n_slots:
            self.slots = <int32_t*>self.grow(self.slots, &self.n_slots, 2 * self.n_slots, sizeof(int32_t))
            for k in range(self.n_slots):
                self.slots[k] = -1
            for k in range(self.n_words):
                self.take_slot(k)
        word = &self.words[self.n_words]
        word.hash = hash_
        word.letters = self.pool_size
        word.length = length
        for k in range(length):
            self.pool[self.pool_size + k] = <uint32_t>form[k]
        self.pool_size += length
        self.n_words += 1
        self.take_slot(self.n_words - 1)
        return self.n_words - 1

    cdef void take_slot(self, Py_ssize_t at) noexcept:
        cdef Py_ssize_t slot = self.words[at].hash & (self.n_slots - 1)
        while self.slots[slot] >= 0:
            slot = (slot + 1) & (self.n_slots - 1)
        self.slots[slot] = <int32_t>at

    cdef void* grow(self, void* values, Py_ssize_t* capacity, Py_ssize_t wanted, size_t size) except NULL:
        """Let an array hold `wanted` items, doubling it."""
        cdef void* grown
        while capacity[0] < wanted:
            capacity[0] *= 2
        grown = PyMem_Realloc(values, capacity[0] * size)
        if grown == NULL:
            raise MemoryError
        return grown


cdef class HalfspaceRepairer:
    """Restore half-spaces in normalized text; shares what it has learned of word types within a process.

    Parameters
    ----------
    judge : HalfspaceJudge
    """

    cdef object judge
    cdef frozenset non_joining
    cdef WordTable table
    cdef list descriptions      # of the words of the table: what `HalfspaceJudge.describe` says
    cdef dict pairs

    def __init__(self, judge, frozenset non_joining):
        self.judge = judge
        self.non_joining = non_joining
        self.table = WordTable()
        self.descriptions = []
        self.pairs = {}

    def repair(self, str text not None):
        """Return the text with half-spaces restored; the very same object where none is missing."""
        for _pass in range(MAX_PASSES):
            edits = self.find_edits(text)
            if not edits:
                break
            text = apply_edits(text, edits)
        return text

    def repair_aligned(self, aligned):
        """Repair the text of an alignment, and carry the raw spans of the characters along."""
        for _pass in range(MAX_PASSES):
            edits = self.find_edits(aligned.text)
            if not edits:
                break
            starts, ends = move_spans(aligned.starts, aligned.ends, edits)
            aligned = Alignment.from_spans(aligned.raw, apply_edits(aligned.text, edits), starts, ends)
        return aligned

    cdef Py_ssize_t look_up(self, str text, Py_ssize_t start, Py_ssize_t end, uint64_t hash_) except -1:
        """Return the index of a word; the judge is asked once for each type."""
        cdef int kind = PyUnicode_KIND(text)
        cdef const void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t at = self.table.find(kind, data, start, end, hash_)
        cdef tuple description
        cdef str form
        if at >= 0:
            return at
        form = PyUnicode_Substring(text, start, end)
        description = self.judge.describe(form)
        at = self.table.find(kind, data, start, end, hash_)  # another thread may have been faster
        if at < 0:
            at = self.table.add(form, hash_)
            self.table.words[at].first_roles = description[1]
            self.table.words[at].last_roles = description[2]
            self.table.words[at].falls_apart = description[0] is not None
            self.table.words[at].has_inner = description[5] is not None
            self.descriptions.append(description)
        return at

    cdef bint pair_joins(self, str left, str right, str before):
        cdef tuple key = (left, right, before)
        verdict = self.pairs.get(key)
        if verdict is None:
            verdict = self.judge.joins(left, right, before)
            if len(self.pairs) < CACHE_SIZE:
                self.pairs[key] = verdict
        return verdict

    cdef list find_edits(self, str text):
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t i = 0, start, limit
        cdef Py_ssize_t previous_end = -1   # of the eligible word before, if one blank may stand between
        cdef unsigned int c
        cdef bint eligible
        cdef int n_marks
        cdef uint64_t hash_, hash_before_marks
        cdef Py_ssize_t word_end, at
        cdef Py_ssize_t previous = -1       # word before
        cdef Py_ssize_t earlier = -1        # word that holds what stands before the last part of `previous`
        cdef bint earlier_is_inner = False  # it is the word's own part, not the last part of the word before it
        cdef list edits = None
        cdef str left, before
        cdef tuple description
        cdef Word word
        cdef int previous_roles = 0
        if self.table.n_words > CACHE_SIZE:
            self.table.clear()
            self.descriptions = []
        if kind == 1:
            return None  # no Arabic letter fits in one byte
        while i < n:
            c = PyUnicode_READ(kind, data, i)
            if not is_letter(c):
                if c == 0x3C:  # markup is left alone
                    limit = min(n, i + MAX_MARKUP)
                    start = i + 1
                    while start < limit and PyUnicode_READ(kind, data, start) not in (0x3E, 0x3C, LF):
                        start += 1
                    if start < limit and PyUnicode_READ(kind, data, start) == 0x3E:
                        i = start
                i += 1
                continue
            start = i
            n_marks = 0
            hash_ = hash_before_marks = 1469598103934665603ULL  # FNV-1a
            while i < n:
                c = PyUnicode_READ(kind, data, i)
                if not is_letter(c) and c != ZWNJ_CODE:
                    if not is_word_part(c):
                        break
                    n_marks += 1
                    hash_before_marks = hash_
                hash_ = (hash_ ^ c) * 1099511628211ULL
                i += 1
            # Vocalized words are left alone; the hamza of the ezafe at the end («شدهٔ») is no part of the word.
            word_end = i
            if n_marks == 1 and PyUnicode_READ(kind, data, i - 1) == HAMZA_ABOVE:
                word_end = i - 1
                n_marks = 0
                hash_ = hash_before_marks
            eligible = n_marks == 0
            if eligible and start > 0:
                c = PyUnicode_READ(kind, data, start - 1)
                eligible = not binds_before(c) and c != ZWNJ_CODE and not is_word_part(c)
            if eligible and i < n:
                eligible = not binds_after(
                    PyUnicode_READ(kind, data, i), PyUnicode_READ(kind, data, i + 1) if i + 1 < n else BLANK
                )
            if not eligible:
                previous_end = -1
                continue
            at = self.look_up(text, start, word_end, hash_ ^ hash_ >> 32)
            word = self.table.words[at]
            if previous_end >= 0 and start - previous_end == 1 and PyUnicode_READ(kind, data, previous_end) == BLANK:
                if word.first_roles & IS_ENDING or previous_roles & IS_PREFIX or (
                        previous_roles & IS_FIRST and word.first_roles & IS_SECOND):
                    left = self.descriptions[previous][4]
                    before = ""
                    if previous_roles & NEEDS_CONTEXT and earlier >= 0:
                        before = self.descriptions[earlier][5 if earlier_is_inner else 4]
                    if self.pair_joins(left, self.descriptions[at][3], before):
                        if edits is None:
                            edits = []
                        joins_nothing = left[len(left) - 1] in self.non_joining
                        edits.append((previous_end, DELETE if joins_nothing else REPLACE))
                earlier = previous
            else:
                earlier = -1
            earlier_is_inner = word.has_inner
            if word.has_inner:
                earlier = at
            if word.falls_apart:
                if edits is None:
                    edits = []
                description = self.descriptions[at]
                for offset in description[0]:
                    edits.append((start + <Py_ssize_t>offset, INSERT))
            previous = at
            previous_roles = word.last_roles
            previous_end = i if word_end == i else -1
        return edits


cdef str apply_edits(str text, list edits):
    cdef list parts = []
    cdef Py_ssize_t done = 0, at
    for at, kind in edits:
        parts.append(text[done:at])
        if kind != DELETE:
            parts.append(ZWNJ)
        done = at if kind == INSERT else at + 1
    parts.append(text[done:])
    return "".join(parts)


cdef tuple move_spans(starts, ends, list edits):
    """Spans of the text after the edits: what is inserted has none, a blank that goes is counted to what follows."""
    cdef Py_ssize_t done = 0, at
    new_starts, new_ends = array("i"), array("i")
    for at, kind in edits:
        new_starts.extend(starts[done:at])
        new_ends.extend(ends[done:at])
        done = at
        if kind == INSERT:
            new_starts.append(starts[at])
            new_ends.append(starts[at])
        elif kind == REPLACE:
            new_starts.append(starts[at])
            new_ends.append(ends[at])
            done = at + 1
        else:
            new_starts.append(starts[at])
            new_ends.append(ends[at + 1])
            done = at + 2
    new_starts.extend(starts[done:])
    new_ends.extend(ends[done:])
    return new_starts, new_ends
