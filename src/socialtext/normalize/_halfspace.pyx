# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The native loop of half-space restoration: find the words, ask once for each type, write the result.

Comes in: text that the kernel has normalized. Goes out: the text with its half-spaces, and on demand the edits. It
refuses to know Persian: what falls apart and what belongs together is decided by the judge of ``halfspace.py``, and
remembered here.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_Substring
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

from array import array

from socialtext._alignment import Alignment

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 widest)
    Py_UCS4 PyUnicode_MAX_CHAR_VALUE(object text)
    bint is_alphabetic "Py_UNICODE_ISALPHA"(Py_UCS4 c) noexcept

# Parts that a word may play in a pair; see HalfspaceFeatures.roles.
cdef enum:
    IS_ENDING = 1
    IS_PREFIX = 2
    IS_FIRST = 4
    IS_SECOND = 8

cdef enum:
    BLANK = 0x20
    LF = 0x0A
    ZWNJ = 0x200C
    TATWEEL = 0x0640
    HAMZA_ABOVE = 0x0654
    CACHE_SIZE = 500_000
    MAX_MARKUP = 1000
    MAX_LETTERS = 64        # of a word: to try each place in a longer one would cost more than it tells
    ARABIC_BLOCK = 0x0600
    BLOCK_SIZE = 0x0100

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

# Neighbours that are no words of the table.
cdef enum:
    NOTHING = -1
    NUMBER = -2

# A code point of a text that holds Persian: two bytes, or four where it holds an emoji too.
ctypedef fused Code:
    uint16_t
    uint32_t

# A word type, as it is written, and what the loop must know of it. It is known by a hash of 64 bits and its length.
cdef struct Word:
    uint64_t hash
    Py_ssize_t length
    int32_t first_place         # of the half-spaces that may be missing in it
    uint8_t n_places
    uint8_t first_roles, last_roles
    uint8_t is_proof            # of what is missing in it some is an inflection
    uint8_t has_choice          # its neighbours decide between two readings
    uint8_t joins               # its last letter joins the next one: a half-space shows
    uint8_t is_written          # holds a half-space

# Where in a word a half-space may be missing.
cdef struct Place:
    Py_ssize_t offset
    Where where

# What decides whether two words belong together; see HalfspaceJudge.weigh_pair.
cdef struct Pair:
    double margin, least, least_in_spaced
    bint is_proof
    bint asks_neighbours        # what they say may change the decision

cdef struct PairSlot:
    uint64_t key
    int32_t number              # of the pair, or NEVER; UNKNOWN where no pair is

cdef struct Edit:
    Py_ssize_t at
    EditKind kind
    Where where

cdef struct Edits:
    Edit* items
    Py_ssize_t n, capacity


cdef void* grow(void* values, Py_ssize_t* capacity, Py_ssize_t wanted, size_t size) except NULL:
    """Let an array hold `wanted` items, doubling it."""
    cdef void* grown
    cdef Py_ssize_t n = max(capacity[0], 16)
    while n < wanted:
        n *= 2
    grown = PyMem_Realloc(values, n * size)
    if grown == NULL:
        raise MemoryError
    capacity[0] = n
    return grown


cdef inline int add_edit(Edits* edits, Py_ssize_t at, EditKind kind, Where where) except -1:
    if edits.n == edits.capacity:
        edits.items = <Edit*>grow(edits.items, &edits.capacity, edits.n + 1, sizeof(Edit))
    edits.items[edits.n] = Edit(at, kind, where)
    edits.n += 1
    return 0


cdef inline bint is_letter(unsigned int c) noexcept:
    return (0x0620 <= c <= 0x064A and c != TATWEEL) or 0x0671 <= c <= 0x06D3 or c == 0x06D5


cdef inline bint is_word_part(unsigned int c) noexcept:
    return is_letter(c) or c == ZWNJ or c == TATWEEL or 0x064B <= c <= 0x065F or c == 0x0670


cdef enum:
    IS_LETTER = 1
    IS_MARK = 2

# What each character of the block is in a word.
cdef uint8_t[BLOCK_SIZE] PARTS_OF_WORDS
for _c in range(BLOCK_SIZE):
    PARTS_OF_WORDS[_c] = 0
    if is_letter(ARABIC_BLOCK + _c):
        PARTS_OF_WORDS[_c] = IS_LETTER
    elif is_word_part(ARABIC_BLOCK + _c):
        PARTS_OF_WORDS[_c] = IS_MARK


cdef inline bint is_other_letter(unsigned int c) noexcept:
    """Whether `c` is a letter that no Persian word holds; next to one, a word is but a piece of another."""
    return 0x61 <= (c | 0x20) <= 0x7A or (c >= 0x80 and not is_word_part(c) and is_alphabetic(c))


cdef inline bint binds_before(unsigned int c) noexcept:
    """Whether what stands before a word makes it part of an address, a tag or an identifier."""
    return 0x30 <= c <= 0x39 or is_other_letter(c) or c == 0x23 or c == 0x40 or c == 0x5F or c == 0x2F \
        or c == 0x3D or c == 0x26 or c == 0x25 or c == 0x2D or c == 0x2E or c == 0x5C


cdef inline bint binds_after(unsigned int c, unsigned int following) noexcept:
    if c == 0x2E or c == 0x2D or c == 0x3A:
        return is_letter(following) or 0x30 <= following <= 0x39 or 0x61 <= (following | 0x20) <= 0x7A
    return is_other_letter(c) or c == 0x40 or c == 0x5F or c == 0x2F or c == 0x3D or c == 0x26 or c == 0x25


cdef inline bint is_digit(unsigned int c) noexcept:
    return 0x30 <= c <= 0x39 or 0x660 <= c <= 0x669 or 0x6F0 <= c <= 0x6F9


cdef class WordTable:
    """The word types met so far, found without making a string of them."""

    cdef Word* words
    cdef Py_ssize_t n_words, capacity
    cdef int32_t* slots         # index of a word or -1; open addressing
    cdef Py_ssize_t n_slots     # a power of two
    cdef Place* places          # where they may fall apart
    cdef Py_ssize_t n_places, places_capacity

    def __cinit__(self):
        self.n_slots = 1 << 14
        self.slots = <int32_t*>PyMem_Malloc(self.n_slots * sizeof(int32_t))
        if self.slots == NULL:
            raise MemoryError
        self.clear()

    def __dealloc__(self):
        PyMem_Free(self.words)
        PyMem_Free(self.slots)
        PyMem_Free(self.places)

    cdef void clear(self) noexcept:
        cdef Py_ssize_t k
        self.n_words = self.n_places = 0
        for k in range(self.n_slots):
            self.slots[k] = -1

    cdef inline Py_ssize_t find(self, uint64_t hash_, Py_ssize_t length) noexcept:
        """Return the index of a word, or -1."""
        cdef Py_ssize_t slot = hash_ & (self.n_slots - 1)
        cdef int32_t at = self.slots[slot]
        while at >= 0 and (self.words[at].hash != hash_ or self.words[at].length != length):
            slot = (slot + 1) & (self.n_slots - 1)
            at = self.slots[slot]
        return at

    cdef Py_ssize_t add(self, uint64_t hash_, Py_ssize_t length) except -1:
        """Add a word that is not there yet; return its index."""
        cdef Py_ssize_t k
        cdef Word* word
        if self.n_words == self.capacity:
            self.words = <Word*>grow(self.words, &self.capacity, self.n_words + 1, sizeof(Word))
        if 2 * self.n_words >= self.n_slots:
            self.slots = <int32_t*>grow(self.slots, &self.n_slots, 2 * self.n_slots, sizeof(int32_t))
            for k in range(self.n_slots):
                self.slots[k] = -1
            for k in range(self.n_words):
                self.take_slot(k)
        word = &self.words[self.n_words]
        word.hash = hash_
        word.length = length
        word.first_place = <int32_t>self.n_places
        word.n_places = 0
        self.n_words += 1
        self.take_slot(self.n_words - 1)
        return self.n_words - 1

    cdef void take_slot(self, Py_ssize_t at) noexcept:
        cdef Py_ssize_t slot = self.words[at].hash & (self.n_slots - 1)
        while self.slots[slot] >= 0:
            slot = (slot + 1) & (self.n_slots - 1)
        self.slots[slot] = <int32_t>at

    cdef int add_place(self, Py_ssize_t offset, Where where) except -1:
        """Add a place at which the last word may fall apart."""
        if self.n_places == self.places_capacity:
            self.places = <Place*>grow(self.places, &self.places_capacity, self.n_places + 1, sizeof(Place))
        self.places[self.n_places] = Place(offset, where)
        self.n_places += 1
        self.words[self.n_words - 1].n_places += 1
        return 0


cdef class PairTable:
    """What was found of pairs of words, by the indices of the words."""

    cdef PairSlot* slots        # open addressing
    cdef Py_ssize_t n_pairs
    cdef Py_ssize_t n_slots     # a power of two

    def __cinit__(self):
        self.allocate(1 << 14)

    def __dealloc__(self):
        PyMem_Free(self.slots)

    cdef int allocate(self, Py_ssize_t n_slots) except -1:
        cdef PairSlot* slots = <PairSlot*>PyMem_Malloc(n_slots * sizeof(PairSlot))
        if slots == NULL:
            raise MemoryError
        self.slots, self.n_slots = slots, n_slots
        self.clear()
        return 0

    cdef void clear(self) noexcept:
        cdef Py_ssize_t k
        self.n_pairs = 0
        for k in range(self.n_slots):
            self.slots[k].number = UNKNOWN

    cdef inline PairSlot* find(self, uint64_t key) noexcept:
        """Return the slot of a pair, or the empty one where it belongs."""
        cdef Py_ssize_t slot = <Py_ssize_t>((key * 0x9E3779B97F4A7C15ULL) >> 20) & (self.n_slots - 1)
        while self.slots[slot].number != UNKNOWN and self.slots[slot].key != key:
            slot = (slot + 1) & (self.n_slots - 1)
        return &self.slots[slot]

    cdef int put(self, uint64_t key, int32_t number) except -1:
        cdef Py_ssize_t k, n_old = self.n_slots
        cdef PairSlot* old = self.slots
        cdef PairSlot* slot
        if 2 * self.n_pairs >= self.n_slots:
            self.allocate(2 * n_old)
            for k in range(n_old):
                if old[k].number != UNKNOWN:
                    self.put(old[k].key, old[k].number)
            PyMem_Free(old)
        slot = self.find(key)
        self.n_pairs += slot.number == UNKNOWN
        slot.key, slot.number = key, number
        return 0


cdef double least_of(dict weights):
    """Return the least that a neighbour may add to a margin; one without a weight adds nothing."""
    return min(0.0, min(weights.values(), default=0.0))


cdef class HalfspaceRepairer:
    """Restore half-spaces in normalized text; shares what it has learned of word types within a process.

    Parameters
    ----------
    judge : HalfspaceJudge
    non_joining : frozenset of str
        The letters that do not join the next one.
    folds : bool
        Whether half-spaces are no letters of the text, so that what belongs together is joined without one.
    """

    cdef object judge
    cdef frozenset non_joining
    cdef bint folds
    cdef WordTable table
    cdef list descriptions      # of the words of the table: what `HalfspaceJudge.describe` says
    cdef PairTable numbers      # of the pairs of which something speaks for a half-space
    cdef Pair* pairs
    cdef Py_ssize_t pairs_capacity
    cdef list facts             # of these pairs: what `HalfspaceJudge.weigh_pair` says
    cdef Py_ssize_t n_scans     # under way

    def __cinit__(self, judge, frozenset non_joining not None, bint folds):
        self.judge = judge
        self.non_joining = non_joining
        self.folds = folds
        self.table = WordTable()
        self.descriptions = []
        self.numbers = PairTable()
        self.facts = []
        self.n_scans = 0

    def __dealloc__(self):
        PyMem_Free(self.pairs)

    def repair(self, str text not None):
        """Return the text with half-spaces restored; the very same object where none is missing."""
        cdef Edits edits = Edits(NULL, 0, 0)
        try:
            # What was restored may tell more of its neighbours. Each pass takes a blank or parts a word: it ends.
            while self.find_edits(text, &edits):
                text = apply_edits(text, &edits)
        finally:
            PyMem_Free(edits.items)
        return text

    def repair_aligned(self, aligned):
        """Repair the text of an alignment, and carry the raw spans of the characters along."""
        cdef Edits edits = Edits(NULL, 0, 0)
        try:
            while self.find_edits(aligned.text, &edits):
                starts, ends = move_spans(aligned.starts, aligned.ends, &edits)
                aligned = Alignment.from_spans(aligned.raw, apply_edits(aligned.text, &edits), starts, ends)
        finally:
            PyMem_Free(edits.items)
        return aligned

    cdef Py_ssize_t learn_word(self, str form, uint64_t hash_) except -1:
        """Ask the judge for a word that is not in the table; return its index."""
        cdef tuple description = self.judge.describe(form)
        cdef str last = description[LAST]
        cdef tuple places = tuple(description[LOW_OFFSETS]), sure_places = tuple(description[OFFSETS])
        cdef uint8_t first_roles = description[FIRST_ROLES], last_roles = description[LAST_ROLES]
        cdef uint8_t is_proof = description[IS_PROOF], has_choice = description[CHOICE] is not None
        cdef uint8_t joins = not self.folds and bool(last) and last[len(last) - 1] not in self.non_joining
        cdef uint8_t is_written = chr(ZWNJ) in form
        # From here on nothing runs that could let another thread in.
        cdef Py_ssize_t at = self.table.find(hash_, len(form))
        cdef Word* word
        if at >= 0:
            return at  # another thread was faster
        at = self.table.add(hash_, len(form))
        self.descriptions.append(description)
        for offset in places:
            self.table.add_place(offset, ANYWHERE if offset in sure_places else IN_GLUED_TEXT)
        word = &self.table.words[at]
        word.first_roles, word.last_roles = first_roles, last_roles
        word.is_proof, word.has_choice = is_proof, has_choice
        word.joins, word.is_written = joins, is_written
        return at

    cdef int32_t weigh_pair(self, Py_ssize_t left, Py_ssize_t right) except? -3:
        """Return the number of a pair of words, or NEVER; the judge is asked once for each pair."""
        cdef uint64_t key = <uint64_t>left << 32 | <uint64_t>right
        cdef int32_t found = self.numbers.find(key).number
        cdef Pair pair
        if found != UNKNOWN:
            return found
        facts = self.judge.weigh_pair(self.descriptions[left][LAST], self.descriptions[right][FIRST])
        if facts is not None:
            pair.margin, before, after, pair.least, pair.least_in_spaced, pair.is_proof = facts
            lowest = pair.margin + least_of(before) + least_of(after)
            pair.asks_neighbours = lowest <= pair.least
        # From here on nothing runs that could let another thread in.
        found = self.numbers.find(key).number
        if found != UNKNOWN:
            return found
        found = NEVER
        if facts is not None:
            found = <int32_t>len(self.facts)
            if found == self.pairs_capacity:
                self.pairs = <Pair*>grow(self.pairs, &self.pairs_capacity, found + 1, sizeof(Pair))
            self.pairs[found] = pair
            self.facts.append(facts)
        self.numbers.put(key, found)
        return found

    cdef str context_before(self, Py_ssize_t neighbour):
        if neighbour < 0:
            return "number" if neighbour == NUMBER else ""
        return (<tuple>self.descriptions[neighbour])[LAST_CONTEXT]

    cdef str context_after(self, Py_ssize_t neighbour):
        if neighbour < 0:
            return "number" if neighbour == NUMBER else ""
        return (<tuple>self.descriptions[neighbour])[FIRST_CONTEXT]

    cdef double add_neighbours(
        self, double margin, int32_t number, Py_ssize_t left, Py_ssize_t right, Py_ssize_t earlier, Py_ssize_t after
    ):
        """Add to the margin of a pair of words what its neighbours say; those of a word of several parts are its own.
        """
        cdef tuple facts = self.facts[number]
        cdef str before = (<tuple>self.descriptions[left])[SECOND_TO_LAST_CONTEXT]
        cdef str behind = (<tuple>self.descriptions[right])[SECOND_CONTEXT]
        if before is None:
            before = self.context_before(earlier)
        if behind is None:
            behind = self.context_after(after)
        return margin + (<dict>facts[1]).get(before, 0.0) + (<dict>facts[2]).get(behind, 0.0)

    cdef int choose_reading(
        self, Edits* edits, Py_ssize_t start, Py_ssize_t word, Py_ssize_t before, Py_ssize_t after
    ) except -1:
        """Decide between the two readings of a word; return whether that proves that half-spaces were dropped."""
        cdef tuple choice = self.descriptions[word][CHOICE], offsets
        cdef Where where = ANYWHERE
        cdef double margin = (
            choice[0]
            + (<dict>choice[1]).get(self.context_before(before), 0.0)
            + (<dict>choice[2]).get(self.context_after(after), 0.0)
        )
        offsets = choice[4]
        if margin > 0.0:
            offsets = choice[3]
            if margin <= <double>choice[5]:
                where = IN_GLUED_TEXT
        if not self.folds:
            for offset in offsets:
                add_edit(edits, start + <Py_ssize_t>offset, INSERT, where)
        return where == ANYWHERE and len(offsets) > 0

    cdef Py_ssize_t find_edits(self, str text, Edits* edits) except -1:
        """Put the edits of a text in place of those that are there; return how many."""
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
        edits.n = 0
        if PyUnicode_KIND(text) == 1:
            return 0  # no Arabic letter fits in one byte
        # Indices of words hold while somebody scans: another thread may do so too.
        if self.n_scans == 0 and (self.table.n_words > CACHE_SIZE or self.numbers.n_pairs > CACHE_SIZE):
            self.table.clear()
            self.descriptions = []
            self.numbers.clear()
            self.facts = []
        self.n_scans += 1
        try:
            if PyUnicode_KIND(text) == 2:
                scan(self, text, <const uint16_t*>PyUnicode_DATA(text), n, edits)
            else:
                scan(self, text, <const uint32_t*>PyUnicode_DATA(text), n, edits)
        finally:
            self.n_scans -= 1
        return edits.n


cdef inline bint is_number_before(const Code* data, Py_ssize_t start) noexcept:
    return start > 1 and data[start - 1] == BLANK and is_digit(data[start - 2])


cdef inline bint is_number_after(const Code* data, Py_ssize_t n, Py_ssize_t end) noexcept:
    return end + 1 < n and data[end] == BLANK and is_digit(data[end + 1])


cdef inline bint lengthens(const Code* data, Py_ssize_t n, Py_ssize_t blank) noexcept:
    """Whether one letter would stand three times in a row without a blank: a lengthened word loses the third."""
    cdef Code c = data[blank - 1]
    return data[blank + 1] == c and (
        (blank > 1 and data[blank - 2] == c) or (blank + 2 < n and data[blank + 2] == c)
    )


cdef inline bint ends_in_one_letter(const Code* data, Py_ssize_t n, Py_ssize_t blank) noexcept:
    """Whether a single letter stands between the blank and a mark with no blank behind it, as in «خانه ی,5».

    Joined to the word before it, the letter would make the mark want a blank.
    """
    return blank + 3 < n and not is_word_part(data[blank + 2]) and data[blank + 2] != BLANK and data[blank + 2] != LF \
        and data[blank + 3] != BLANK and data[blank + 3] != LF


cdef int settle_pair(
    HalfspaceRepairer repairer, Edits* edits, const Code* data, Py_ssize_t n, Py_ssize_t blank, int32_t number,
    Py_ssize_t left, Py_ssize_t right, Py_ssize_t earlier, Py_ssize_t after
) except -1:
    """Decide on the blank between two words; return whether it proves that half-spaces became blanks."""
    cdef Pair pair = repairer.pairs[number]
    cdef bint joins = repairer.table.words[left].joins
    if pair.asks_neighbours:
        pair.margin = repairer.add_neighbours(pair.margin, number, left, right, earlier, after)
    if pair.margin <= pair.least_in_spaced or (
        not joins and (lengthens(data, n, blank) or ends_in_one_letter(data, n, blank))
    ):
        return 0
    add_edit(
        edits, blank, REPLACE if joins else DELETE, ANYWHERE if pair.margin > pair.least else IN_SPACED_TEXT
    )
    return pair.is_proof and pair.margin > pair.least


cdef int settle_word(
    HalfspaceRepairer repairer, Edits* edits, Py_ssize_t start, Py_ssize_t word, Py_ssize_t before, Py_ssize_t after
) except -1:
    """Decide where a word falls apart; return whether it proves that half-spaces were dropped."""
    cdef Word known = repairer.table.words[word]
    cdef Place place
    cdef Py_ssize_t k
    if known.has_choice:
        return repairer.choose_reading(edits, start, word, before, after)
    if not repairer.folds:
        for k in range(known.first_place, known.first_place + known.n_places):
            place = repairer.table.places[k]
            add_edit(edits, start + place.offset, INSERT, place.where)
    return known.is_proof


cdef int scan(HalfspaceRepairer repairer, str text, const Code* data, Py_ssize_t n, Edits* edits) except -1:
    """Add the edits of a text, in order."""
    cdef WordTable table = repairer.table
    cdef Py_ssize_t i = 0, k, start, limit
    cdef unsigned int c
    cdef bint eligible
    cdef int n_marks
    cdef uint64_t hash_, hash_before_marks
    cdef Py_ssize_t word_end, at = -1
    # A word is settled when the one after it is known: what stands before and after it has its say.
    cdef Py_ssize_t word = -1           # the word to settle, or -1
    cdef Py_ssize_t word_start = 0, blank = 0
    cdef Py_ssize_t previous = -1       # the word before it, one blank away, or -1
    cdef Py_ssize_t earlier = NOTHING   # the neighbour before that one
    cdef Py_ssize_t before = NOTHING    # the neighbour before the word
    cdef Py_ssize_t after
    cdef Py_ssize_t end = -1            # of the word, if one blank may stand between it and the next; or -1
    cdef bint follows                   # the next word does so
    cdef bint falls_apart
    cdef int32_t found
    cdef int first_roles, last_roles
    cdef Py_ssize_t n_written = 0, n_glued = 0, n_spaced = 0
    while True:
        while i < n and not is_letter(data[i]):
            if data[i] == 0x3C:  # markup is left alone
                limit = min(n, i + MAX_MARKUP)
                k = i + 1
                while k < limit and data[k] != 0x3E and data[k] != 0x3C and data[k] != LF:
                    k += 1
                if k < limit and data[k] == 0x3E:
                    i = k
            i += 1
        start = i
        n_marks = 0
        hash_ = hash_before_marks = 1469598103934665603ULL
        while i < n:
            c = data[i]
            if c - ARABIC_BLOCK < BLOCK_SIZE:
                if PARTS_OF_WORDS[c - ARABIC_BLOCK] != IS_LETTER:
                    if not PARTS_OF_WORDS[c - ARABIC_BLOCK]:
                        break
                    n_marks += 1
                    hash_before_marks = hash_
            elif c != ZWNJ:
                break
            hash_ = (hash_ ^ c) * 1099511628211ULL
            i += 1
        # Words with vowel signs or tatweels are left alone; the hamza of the ezafe at the end («شدهٔ») is no part of
        # the word.
        word_end = i
        if n_marks == 1 and data[i - 1] == HAMZA_ABOVE:
            word_end = i - 1
            n_marks = 0
            hash_ = hash_before_marks
        eligible = n_marks == 0 and start < n and word_end - start <= MAX_LETTERS
        if eligible and start > 0:
            c = data[start - 1]
            eligible = c == BLANK or not (binds_before(c) or c == ZWNJ or is_word_part(c))
        if eligible and i < n and data[i] != BLANK:
            eligible = not binds_after(data[i], data[i + 1] if i + 1 < n else BLANK)
        at = -1
        if eligible:
            hash_ ^= hash_ >> 32
            at = table.find(hash_, word_end - start)
            if at < 0:
                at = repairer.learn_word(PyUnicode_Substring(text, start, word_end), hash_)
        follows = at >= 0 and end >= 0 and start - end == 1 and data[end] == BLANK
        if word >= 0:
            found = NEVER
            if previous >= 0:
                first_roles = table.words[word].first_roles
                last_roles = table.words[previous].last_roles
                if first_roles & IS_ENDING or last_roles & IS_PREFIX or (
                    last_roles & IS_FIRST and first_roles & IS_SECOND
                ):
                    found = repairer.weigh_pair(previous, word)
            falls_apart = table.words[word].n_places or table.words[word].has_choice
            if found != NEVER or falls_apart:
                after = at
                if not follows:
                    after = NUMBER if end >= 0 and is_number_after(data, n, end) else NOTHING
                if found != NEVER:
                    n_spaced += settle_pair(repairer, edits, data, n, blank, found, previous, word, earlier, after)
                if falls_apart:
                    n_glued += settle_word(repairer, edits, word_start, word, before, after)
        if start >= n:
            break
        if at < 0:
            word = previous = end = -1
            continue
        n_written += table.words[at].is_written
        previous = -1
        earlier = before
        if follows:
            previous = before = word
            blank = end
        else:
            before = NUMBER if is_number_before(data, start) else NOTHING
        word = at
        word_start = start
        end = i if word_end == i else -1
    keep_edits(edits, n_glued > n_written, n_spaced > n_written)
    return 0


cdef inline void keep_edits(Edits* edits, bint is_glued, bint is_spaced) noexcept:
    """Drop the edits that hold only in a text that has lost its half-spaces."""
    cdef Py_ssize_t k, n = 0
    for k in range(edits.n):
        if (
            edits.items[k].where == ANYWHERE
            or (edits.items[k].where == IN_GLUED_TEXT and is_glued)
            or (edits.items[k].where == IN_SPACED_TEXT and is_spaced)
        ):
            edits.items[n] = edits.items[k]
            n += 1
    edits.n = n


cdef str apply_edits(str text, const Edits* edits):
    cdef Py_ssize_t k, n = PyUnicode_GET_LENGTH(text)
    cdef object result
    for k in range(edits.n):
        n += (edits.items[k].kind == INSERT) - (edits.items[k].kind == DELETE)
    result = PyUnicode_New(n, PyUnicode_MAX_CHAR_VALUE(text))
    if PyUnicode_KIND(text) == 2:
        write_edited(<uint16_t*>PyUnicode_DATA(result), <const uint16_t*>PyUnicode_DATA(text), len(text), edits)
    else:
        write_edited(<uint32_t*>PyUnicode_DATA(result), <const uint32_t*>PyUnicode_DATA(text), len(text), edits)
    return result


cdef void write_edited(Code* target, const Code* data, Py_ssize_t n, const Edits* edits) noexcept:
    cdef Py_ssize_t k, done = 0
    cdef Edit edit
    for k in range(edits.n):
        edit = edits.items[k]
        memcpy(target, data + done, (edit.at - done) * sizeof(Code))
        target += edit.at - done
        if edit.kind != DELETE:
            target[0] = ZWNJ
            target += 1
        done = edit.at if edit.kind == INSERT else edit.at + 1
    memcpy(target, data + done, (n - done) * sizeof(Code))


cdef tuple move_spans(starts, ends, const Edits* edits):
    """Spans of the text after the edits: what is inserted has none, a blank that goes is counted to what follows.

    Between two characters that one of the raw text became («ﷲ»), what is inserted has theirs.
    """
    cdef Py_ssize_t done = 0, at, k
    cdef EditKind kind
    new_starts, new_ends = array("i"), array("i")
    for k in range(edits.n):
        at, kind = edits.items[k].at, edits.items[k].kind
        new_starts.extend(starts[done:at])
        new_ends.extend(ends[done:at])
        done = at
        if kind == INSERT:
            new_starts.append(starts[at])
            new_ends.append(ends[at] if at > 0 and ends[at - 1] > starts[at] else starts[at])
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
