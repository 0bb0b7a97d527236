# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The native loop of the colloquial step: find the words, pass over those that stay, ask for the others.

Comes in: text that the kernel has normalized. Goes out: the text respelled, and on demand its raw spans. It refuses
to know Indonesian: what becomes of a word is decided by the judge of ``colloquial.py``, and remembered here.

A word is looked at only if nothing but marks of the sentence stands around it up to the next blanks, or to the
stops or commas in a row that people part words by («udah..tinggal»): addresses, hashtags, file names, numbers and the
like stay as they are. Words that stay, by far the most, are known by their
64-bit hash, so that they cost no object.
"""

from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring
from libc.stdint cimport uint64_t

from array import array

from socialtext._alignment import Alignment

cdef enum:
    BLANK = 0x20
    LF = 0x0A
    APOSTROPHE = 0x27
    COMMA = 0x2C
    HYPHEN = 0x2D
    FULL_STOP = 0x2E
    SLASH = 0x2F
    LESS_THAN = 0x3C
    GREATER_THAN = 0x3E
    FIRST_SYMBOL = 0x2010  # General Punctuation after its blanks and controls
    LAST_SYMBOL = 0x2BFF
    CACHE_SIZE = 500_000
    FIRST_SLOTS = 1 << 14
    MAX_PASSES = 8
    MAX_MARKUP = 1000

cdef uint64_t HASH_START = 0xCBF29CE484222325
cdef uint64_t HASH_FACTOR = 0x9E3779B97F4A7C15

cdef str CLITIC = "nya"
cdef str KEEP = "="
cdef str DROP = "-"


cdef inline bint is_letter(unsigned int c) noexcept:
    return 0x61 <= (c | 0x20) <= 0x7A


cdef inline bint is_digit(unsigned int c) noexcept:
    return 0x30 <= c <= 0x39


cdef inline bint is_symbol(unsigned int c) noexcept:
    """Emoji, arrows, typographic marks."""
    return FIRST_SYMBOL <= c <= LAST_SYMBOL or c == 0xFE0F or 0x1F000 <= c <= 0x1FAFF


cdef inline bint opens(unsigned int c) noexcept:
    return c == 0x22 or c == 0x28 or c == APOSTROPHE or c == 0x5B or c == 0x2A or c == 0x7E or c == HYPHEN \
        or c == 0xAB or is_symbol(c)


cdef inline bint closes(unsigned int c) noexcept:
    return c == 0x2E or c == 0x2C or c == 0x21 or c == 0x3F or c == 0x3A or c == 0x3B or c == 0x29 or c == 0x22 \
        or c == APOSTROPHE or c == 0x5D or c == 0x2A or c == 0x7E or c == HYPHEN or c == 0xBB or is_symbol(c)


cdef inline bint parts(int kind, const void* data, Py_ssize_t i, Py_ssize_t n) noexcept:
    """Whether two stops or commas in a row begin at `i`."""
    cdef unsigned int first, second
    if i < 0 or i + 1 >= n:
        return False
    first, second = PyUnicode_READ(kind, data, i), PyUnicode_READ(kind, data, i + 1)
    return (first == FULL_STOP or first == COMMA) and (second == FULL_STOP or second == COMMA)


cdef Py_ssize_t skip_parted(int kind, const void* data, Py_ssize_t i, Py_ssize_t n) noexcept:
    """End of words that nothing but stops and commas in a row parts, up to the next blank; `i` if there is more."""
    cdef Py_ssize_t k = i
    cdef unsigned int before = 0, c
    while k < n:
        c = PyUnicode_READ(kind, data, k)
        if c <= BLANK:
            break
        if is_letter(c):
            if k > i and not (is_letter(before) or before == HYPHEN or before == APOSTROPHE
                              or parts(kind, data, k - 2, n)):
                return i
        elif not (closes(c) or (is_digit(c) and (is_letter(before) or is_digit(before)))):
            return i
        before = c
        k += 1
    return k


cdef class ColloquialRespeller:
    """Respell colloquial words; shares what it has learned of word types within a process.

    Parameters
    ----------
    judge : ColloquialJudge
    """

    cdef object judge
    cdef frozenset particles
    cdef dict certain       # what word types become whatever stands beside them
    cdef dict choices       # of word types in small letters that do not always stay
    cdef dict verdicts      # of word types with their neighbours
    cdef uint64_t* staying  # hashes of word types that always stay; open addressing, 0 is free
    cdef uint64_t n_staying, n_slots

    def __cinit__(self, judge):
        self.judge = judge
        self.particles = judge.particles
        self.certain = {}
        self.choices = {}
        self.verdicts = {}
        self.n_staying = 0
        self.n_slots = FIRST_SLOTS
        self.staying = <uint64_t*>PyMem_RawCalloc(self.n_slots, sizeof(uint64_t))
        if self.staying == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_RawFree(self.staying)

    def repair(self, str text not None):
        """Return the text respelled; the very same object where nothing changes."""
        for _pass in range(MAX_PASSES):
            edits = self.find_edits(text)
            if edits is None:
                break
            text = apply_edits(text, edits)
        return text

    def repair_aligned(self, aligned):
        """Respell the text of an alignment, and carry the raw spans of the characters along."""
        for _pass in range(MAX_PASSES):
            edits = self.find_edits(aligned.text)
            if edits is None:
                break
            starts, ends = move_spans(aligned.starts, aligned.ends, edits)
            aligned = Alignment.from_spans(aligned.raw, apply_edits(aligned.text, edits), starts, ends)
        return aligned

    cdef inline bint stays(self, uint64_t key) noexcept:
        cdef uint64_t at = key & (self.n_slots - 1)
        while self.staying[at]:
            if self.staying[at] == key:
                return True
            at = (at + 1) & (self.n_slots - 1)
        return False

    cdef int remember(self, uint64_t key) except -1:
        """Note that a word type always stays."""
        cdef uint64_t* old = self.staying
        cdef uint64_t n_old = self.n_slots, at
        if self.n_staying >= CACHE_SIZE or self.stays(key):
            return 0
        if 2 * self.n_staying >= self.n_slots:
            self.staying = <uint64_t*>PyMem_RawCalloc(2 * n_old, sizeof(uint64_t))
            if self.staying == NULL:
                self.staying = old
                raise MemoryError
            self.n_slots = 2 * n_old
            for at in range(n_old):
                if old[at]:
                    self.insert(old[at])
            PyMem_RawFree(old)
        self.insert(key)
        self.n_staying += 1
        return 0

    cdef inline void insert(self, uint64_t key) noexcept:
        cdef uint64_t at = key & (self.n_slots - 1)
        while self.staying[at]:
            at = (at + 1) & (self.n_slots - 1)
        self.staying[at] = key

    cdef list find_edits(self, str text):
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t i = 0, start, end, markup, parted = 0
        cdef unsigned int c
        cdef uint64_t key
        cdef list edits = None
        while i < n:
            c = PyUnicode_READ(kind, data, i)
            if c <= BLANK or opens(c):
                i += 1
                continue
            start = i
            key = HASH_START
            while i < n:
                c = PyUnicode_READ(kind, data, i)
                if is_letter(c):
                    key = (key ^ (c | 0x20)) * HASH_FACTOR
                elif i > start and (is_digit(c) or ((c == HYPHEN or c == APOSTROPHE) and i + 1 < n
                                                    and is_letter(PyUnicode_READ(kind, data, i + 1)))):
                    key = (key ^ c) * HASH_FACTOR
                else:
                    break
                key ^= key >> 29
                i += 1
            end = i
            while i < n and closes(PyUnicode_READ(kind, data, i)):
                i += 1
            if i < n:
                c = PyUnicode_READ(kind, data, i)
                if i >= parted and is_letter(c) and i - end > 1 and parts(kind, data, i - 2, n):
                    parted = skip_parted(kind, data, i, n)
                if c > BLANK and i >= parted:
                    markup = skip_markup(kind, data, i, n) if c == LESS_THAN else i
                    if markup == i:
                        # Something else stands within: all up to the next blank stays.
                        while i < n and PyUnicode_READ(kind, data, i) > BLANK:
                            if PyUnicode_READ(kind, data, i) == LESS_THAN:
                                markup = skip_markup(kind, data, i, n)
                                if markup > i:
                                    break
                            i += 1
                        else:
                            continue
                        i = markup
                        continue
                    i = markup
            if start < end and not self.stays(key | 1):
                edits = self.consider(text, start, end, key | 1, edits)
        return edits

    cdef list consider(self, str text, Py_ssize_t start, Py_ssize_t end, uint64_t key, list edits):
        """Add what becomes of one word to the edits."""
        cdef str word = PyUnicode_Substring(text, start, end)
        cdef str verdict = self.certain.get(word)
        cdef str low
        cdef tuple choices
        if verdict is None:
            low = word.lower()
            if low == CLITIC:
                return self.join_clitic(text, start, edits) if word == low else edits
            choices = self.look_up(low)
            if choices is None:
                self.remember(key)
                return edits
            if len(choices) == 1 and len(word) > 1 and word == low:
                verdict = choices[0]
                if len(self.certain) < CACHE_SIZE:
                    self.certain[word] = verdict
            else:
                verdict = self.weigh(text, start, end, word, choices)
        if verdict == KEEP:
            return edits
        if edits is None:
            edits = []
        if verdict != DROP:
            edits.append((start, end, verdict))
        elif start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
            edits.append((start - 1, end, ""))
        return edits or None

    cdef tuple look_up(self, str low):
        """What a word type may become, asked once for each; None where it always stays."""
        cdef tuple choices = self.choices.get(low)
        if choices is None:
            choices = self.judge.choices(low)
            if choices is not None and len(self.choices) < CACHE_SIZE:
                self.choices[low] = choices
        return choices

    cdef str weigh(self, str text, Py_ssize_t start, Py_ssize_t end, str word, tuple choices):
        """What the judge says of a word between its neighbours, asked once for each three of them."""
        cdef str before = look_before(text, start, self.particles)
        cdef str after = look_after(text, end, self.particles)
        cdef tuple place = (word, before, after)
        cdef str verdict = self.verdicts.get(place)
        if verdict is None:
            verdict = self.judge.decide(word, choices, before, after)
            if len(self.verdicts) < CACHE_SIZE:
                self.verdicts[place] = verdict
        return verdict

    cdef list join_clitic(self, str text, Py_ssize_t start, list edits):
        """«hp nya»: the blank goes where the word before is one that stays or is certain, and so is the result."""
        cdef Py_ssize_t at = start - 1
        cdef str word, joined
        if start < 2 or text[at] != " ":
            return edits
        while at > 0 and is_letter(ord(text[at - 1])):
            at -= 1
        word = text[at:start - 1]
        if not word.islower() or (at > 0 and not (text[at - 1] <= " " or opens(ord(text[at - 1])))):
            return edits
        joined = self.judge.join_clitic(word)
        if joined is not None:
            # In place of the word's own edit, if it has one.
            if edits is None:
                edits = []
            if edits and edits[len(edits) - 1][1] > at:
                edits.pop()
            edits.append((at, start + 3, joined))
        return edits


cdef Py_ssize_t skip_markup(int kind, void* data, Py_ssize_t i, Py_ssize_t n) noexcept:
    """End of the HTML tag at `i`, or `i`."""
    cdef Py_ssize_t k = i + 1
    cdef Py_ssize_t limit = min(n, i + MAX_MARKUP)
    cdef unsigned int c
    if k < n and PyUnicode_READ(kind, data, k) == SLASH:
        k += 1
    if k >= n or not is_letter(PyUnicode_READ(kind, data, k)):
        return i
    while k < limit:
        c = PyUnicode_READ(kind, data, k)
        if c == GREATER_THAN:
            return k + 1
        if c == LESS_THAN or c == LF:
            return i
        k += 1
    return i


cdef str look_before(str text, Py_ssize_t start, frozenset particles):
    """The word before, or the mark that stands for what is there: see ``colloquial.py``."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t at, end
    cdef unsigned int c
    cdef str word
    while True:
        c = PyUnicode_READ(kind, data, start - 1) if start > 0 else LF
        end = start - 1
        if c == LF:
            return "^"
        if c != BLANK:
            return text[end]
        if end == 0:
            return "^"
        if closes(PyUnicode_READ(kind, data, end - 1)):
            return text[end - 1]
        at = end
        while at > 0 and PyUnicode_READ(kind, data, at - 1) > BLANK:
            if at < end and parts(kind, data, at - 2, end):
                break
            at -= 1
        start = at
        while at < end and opens(PyUnicode_READ(kind, data, at)):
            at += 1
        word = PyUnicode_Substring(text, at, end)
        if at != start or word not in particles:
            return name_neighbour(word)


cdef str look_after(str text, Py_ssize_t end, frozenset particles):
    """The word after, or the mark that stands for what is there."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t start, at, n = PyUnicode_GET_LENGTH(text)
    cdef unsigned int c
    cdef str word
    while True:
        c = PyUnicode_READ(kind, data, end) if end < n else LF
        start = end + 1
        if c == LF:
            return "$"
        if c != BLANK:
            return text[end]
        if start == n:
            return "$"
        if opens(PyUnicode_READ(kind, data, start)):
            return text[start]
        at = start
        while at < n and PyUnicode_READ(kind, data, at) > BLANK and not parts(kind, data, at, n):
            at += 1
        end = at
        while end > start and closes(PyUnicode_READ(kind, data, end - 1)):
            end -= 1
        word = PyUnicode_Substring(text, start, end)
        if word not in particles:
            return name_neighbour(word)


cdef str name_neighbour(str word):
    if not word:
        return "@"
    if word.isascii() and (word.isalpha() or word.replace("-", "").replace("'", "").isalpha()):
        return word
    return "0" if word[0].isdecimal() else "@"


cdef str apply_edits(str text, list edits):
    cdef list parts = []
    cdef Py_ssize_t done = 0, start, end
    for start, end, replacement in edits:
        parts.append(text[done:start])
        parts.append(replacement)
        done = end
    parts.append(text[done:])
    return "".join(parts)


cdef tuple move_spans(starts, ends, list edits):
    """Spans after the edits: all of a new word stands for all of the old; what goes is counted to what precedes it."""
    cdef Py_ssize_t done = 0, start, end, n
    new_starts, new_ends = array("i"), array("i")
    for start, end, replacement in edits:
        new_starts.extend(starts[done:start])
        new_ends.extend(ends[done:start])
        n = len(replacement)
        if n:
            new_starts.extend([starts[start]] * n)
            new_ends.extend([ends[end - 1]] * n)
        else:
            new_ends[len(new_ends) - 1] = ends[end - 1]
        done = end
    new_starts.extend(starts[done:])
    new_ends.extend(ends[done:])
    return new_starts, new_ends
