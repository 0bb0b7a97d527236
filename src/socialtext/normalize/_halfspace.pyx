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

cdef enum:
    BLANK = 0x20
    LF = 0x0A
    ZWNJ_CODE = 0x200C
    HAMZA_ABOVE = 0x0654
    CACHE_SIZE = 500_000
    MAX_PASSES = 4
    MAX_MARKUP = 1000

# What a description holds; see HalfspaceJudge.describe.
cdef enum:
    OFFSETS = 0
    LOW_OFFSETS = 1
    IS_PROOF = 2
    CHOICE = 3
    FIRST_ROLES = 4
    LAST_ROLES = 5
    FIRST = 6
    LAST = 7
    FIRST_CONTEXT = 8
    LAST_CONTEXT = 9
    SECOND_CONTEXT = 10
    SECOND_TO_LAST_CONTEXT = 11

cdef enum EditKind:
    INSERT = 0   # a half-space before the character
    REPLACE = 1  # the blank becomes a half-space
    DELETE = 2   # the blank goes: the letter before it does not join

# Where an edit holds: anywhere, or only in a text that has lost its half-spaces.
cdef enum Where:
    ANYWHERE = 0
    IN_GLUED_TEXT = 1   # half-spaces were dropped
    IN_SPACED_TEXT = 2  # they became blanks

cdef enum:
    UNKNOWN = -2
    NEVER = -1

cdef str ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
cdef str NOTHING = ""       # context: no word stands there
cdef str NUMBER = "number"  # context: digits

# A word type, as it is written, and what the loop must know of it.
cdef struct Word:
    uint64_t hash
    Py_ssize_t letters          # where its letters begin in the pool
    Py_ssize_t length
    int first_roles, last_roles
    bint falls_apart            # has offsets at which a half-space belongs, or may belong
    bint is_written             # holds a half-space


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


cdef inline bint is_digit(unsigned int c) noexcept:
    return 0x30 <= c <= 0x39 or 0x660 <= c <= 0x669 or 0x6F0 <= c <= 0x6F9


cdef inline bint is_number_before(int kind, const void* data, Py_ssize_t start) noexcept:
    return start > 1 and PyUnicode_READ(kind, data, start - 1) == BLANK and is_digit(
        PyUnicode_READ(kind, data, start - 2)
    )


cdef inline bint is_number_after(int kind, const void* data, Py_ssize_t n, Py_ssize_t end) noexcept:
    return end + 1 < n and PyUnicode_READ(kind, data, end) == BLANK and is_digit(PyUnicode_READ(kind, data, end + 1))


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


cdef class PairTable:
    """Verdicts on pairs of words, by the indices of the words."""

    cdef uint64_t* keys
    cdef int32_t* values        # index of what was found, or NEVER; UNKNOWN where no pair is
    cdef Py_ssize_t n_pairs, n_slots

    def __cinit__(self):
        self.allocate(1 << 14)

    def __dealloc__(self):
        PyMem_Free(self.keys)
        PyMem_Free(self.values)

    cdef int allocate(self, Py_ssize_t n_slots) except -1:
        cdef Py_ssize_t k
        self.keys = <uint64_t*>PyMem_Malloc(n_slots * sizeof(uint64_t))
        self.values = <int32_t*>PyMem_Malloc(n_slots * sizeof(int32_t))
        if self.keys == NULL or self.values == NULL:
            raise MemoryError
        self.n_slots = n_slots
        self.n_pairs = 0
        for k in range(n_slots):
            self.values[k] = UNKNOWN
        return 0

    cdef void clear(self) noexcept:
        cdef Py_ssize_t k
        self.n_pairs = 0
        for k in range(self.n_slots):
            self.values[k] = UNKNOWN

    cdef inline Py_ssize_t find_slot(self, uint64_t key) noexcept:
        cdef Py_ssize_t slot = <Py_ssize_t>((key * 0x9E3779B97F4A7C15ULL) >> 20) & (self.n_slots - 1)
        while self.values[slot] != UNKNOWN and self.keys[slot] != key:
            slot = (slot + 1) & (self.n_slots - 1)
        return slot

    cdef int32_t get(self, uint64_t key) noexcept:
        return self.values[self.find_slot(key)]

    cdef int put(self, uint64_t key, int32_t value) except -1:
        cdef Py_ssize_t slot, k
        cdef Py_ssize_t n_old = self.n_slots
        cdef uint64_t* old_keys = self.keys
        cdef int32_t* old_values = self.values
        if 2 * self.n_pairs >= self.n_slots:
            self.allocate(2 * n_old)
            for k in range(n_old):
                if old_values[k] != UNKNOWN:
                    self.put(old_keys[k], old_values[k])
            PyMem_Free(old_keys)
            PyMem_Free(old_values)
        slot = self.find_slot(key)
        self.n_pairs += self.values[slot] == UNKNOWN
        self.keys[slot] = key
        self.values[slot] = value
        return 0


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
    cdef PairTable pairs
    cdef Py_ssize_t n_scans     # under way
    cdef list facts             # of the pairs of which something speaks for a half-space: `HalfspaceJudge.weigh_pair`

    def __init__(self, judge, frozenset non_joining):
        self.judge = judge
        self.non_joining = non_joining
        self.table = WordTable()
        self.descriptions = []
        self.pairs = PairTable()
        self.facts = []
        self.n_scans = 0

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
            self.table.words[at].first_roles = description[FIRST_ROLES]
            self.table.words[at].last_roles = description[LAST_ROLES]
            self.table.words[at].falls_apart = bool(description[LOW_OFFSETS]) or description[CHOICE] is not None
            self.table.words[at].is_written = ZWNJ in form
            self.descriptions.append(description)
        return at

    cdef int32_t weigh_pair(self, Py_ssize_t left, Py_ssize_t right) except? -3:
        """Return the index of the facts of two words, or NEVER; the judge is asked once for each pair."""
        cdef uint64_t key = <uint64_t>left << 32 | <uint64_t>right
        cdef int32_t found = self.pairs.get(key)
        if found != UNKNOWN:
            return found
        facts = self.judge.weigh_pair(self.descriptions[left][LAST], self.descriptions[right][FIRST])
        found = NEVER
        if facts is not None:
            found = <int32_t>len(self.facts)
            self.facts.append(facts)
        self.pairs.put(key, found)
        return found

    cdef int settle_pair(
        self, list edits, Py_ssize_t blank, tuple facts, tuple before, tuple word, str earlier, str after
    ) except -1:
        """Decide on the blank between two words; return whether it proves that half-spaces became blanks."""
        cdef str left = before[LAST]
        cdef double margin
        if before[SECOND_TO_LAST_CONTEXT] is not None:
            earlier = before[SECOND_TO_LAST_CONTEXT]
        if word[SECOND_CONTEXT] is not None:
            after = word[SECOND_CONTEXT]
        margin = facts[0] + facts[1].get(earlier, 0.0) + facts[2].get(after, 0.0)
        if margin > facts[4]:
            joins_nothing = left[len(left) - 1] in self.non_joining
            where = ANYWHERE if margin > facts[3] else IN_SPACED_TEXT
            edits.append((blank, DELETE if joins_nothing else REPLACE, where))
            return facts[5] and where == ANYWHERE
        return 0

    cdef int settle_word(self, list edits, Py_ssize_t start, tuple word, str before, str after) except -1:
        """Decide where a word falls apart; return whether it proves that half-spaces were dropped."""
        cdef tuple sure = word[OFFSETS], choice = word[CHOICE], offsets
        if choice is not None:
            margin = choice[0] + choice[1].get(before, 0.0) + choice[2].get(after, 0.0)
            offsets = choice[3] if margin > 0.0 else choice[4]
            for offset in offsets:
                edits.append((start + <Py_ssize_t>offset, INSERT, ANYWHERE))
            return len(offsets) > 0
        for offset in word[LOW_OFFSETS]:
            edits.append((start + <Py_ssize_t>offset, INSERT, ANYWHERE if offset in sure else IN_GLUED_TEXT))
        return word[IS_PROOF]

    cdef list find_edits(self, str text):
        # Indices of words hold while somebody scans: another thread may do so too.
        if self.n_scans == 0 and (self.table.n_words > CACHE_SIZE or self.pairs.n_pairs > CACHE_SIZE):
            self.table.clear()
            self.descriptions = []
            self.pairs.clear()
            self.facts = []
        self.n_scans += 1
        try:
            return self.scan(text)
        finally:
            self.n_scans -= 1

    cdef list scan(self, str text):
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t i = 0, start, limit
        cdef unsigned int c
        cdef bint eligible
        cdef int n_marks
        cdef uint64_t hash_, hash_before_marks
        cdef Py_ssize_t word_end, at = -1
        # A word is settled when the one after it is known: what stands before and after it has its say.
        cdef Py_ssize_t word = -1           # the word to settle, or -1
        cdef Py_ssize_t word_start = 0, blank = 0
        cdef Py_ssize_t previous = -1       # the word before it, one blank away, or -1
        cdef str earlier = NOTHING          # the context before that one
        cdef str before = NOTHING           # the context before the word
        cdef str after
        cdef Py_ssize_t end = -1            # of the word, if one blank may stand between it and the next; or -1
        cdef bint follows                   # the next word does so
        cdef int32_t found
        cdef int first_roles, last_roles
        cdef Py_ssize_t n_written = 0, n_glued = 0, n_spaced = 0
        cdef list edits = []
        if kind == 1:
            return edits  # no Arabic letter fits in one byte
        while i <= n:
            c = PyUnicode_READ(kind, data, i) if i < n else LF
            if i < n and not is_letter(c):
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
            eligible = n_marks == 0 and start < n
            if eligible and start > 0:
                c = PyUnicode_READ(kind, data, start - 1)
                eligible = not binds_before(c) and c != ZWNJ_CODE and not is_word_part(c)
            if eligible and i < n:
                eligible = not binds_after(
                    PyUnicode_READ(kind, data, i), PyUnicode_READ(kind, data, i + 1) if i + 1 < n else BLANK
                )
            at = self.look_up(text, start, word_end, hash_ ^ hash_ >> 32) if eligible else -1
            follows = at >= 0 and end >= 0 and start - end == 1 and PyUnicode_READ(kind, data, end) == BLANK
            if word >= 0:
                first_roles = self.table.words[word].first_roles
                last_roles = self.table.words[previous].last_roles if previous >= 0 else 0
                found = NEVER
                if previous >= 0 and (
                    first_roles & IS_ENDING or last_roles & IS_PREFIX or (
                        last_roles & IS_FIRST and first_roles & IS_SECOND)):
                    found = self.weigh_pair(previous, word)
                if found != NEVER or self.table.words[word].falls_apart:
                    if follows:
                        after = self.descriptions[at][FIRST_CONTEXT]
                    else:
                        after = NUMBER if end >= 0 and is_number_after(kind, data, n, end) else NOTHING
                    if found != NEVER:
                        n_spaced += self.settle_pair(
                            edits, blank, self.facts[found], self.descriptions[previous], self.descriptions[word],
                            earlier, after,
                        )
                    if self.table.words[word].falls_apart:
                        n_glued += self.settle_word(edits, word_start, self.descriptions[word], before, after)
            if at < 0:
                word = previous = end = -1
                if start >= n:
                    break
                continue
            n_written += self.table.words[at].is_written
            if follows:
                previous = word
                earlier = before
                before = self.descriptions[word][LAST_CONTEXT]
                blank = end
            else:
                previous = -1
                before = NUMBER if is_number_before(kind, data, start) else NOTHING
            word = at
            word_start = start
            end = i if word_end == i else -1
        if not edits:
            return edits
        return [
            (place, edit) for place, edit, where in edits
            if where == ANYWHERE or (n_glued if where == IN_GLUED_TEXT else n_spaced) > n_written
        ]


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
