# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""The native loop of half-space restoration: find the words, ask once for each type, write the result.

Comes in: text that the kernel has normalized. Goes out: the text with its half-spaces, and on demand the edits. It
refuses to know Persian: what falls apart and what belongs together is decided by the judge of ``halfspace.py``, and
remembered here.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring

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


cdef class HalfspaceRepairer:
    """Restore half-spaces in normalized text; shares what it has learned of word types within a process.

    Parameters
    ----------
    judge : HalfspaceJudge
    """

    cdef object judge
    cdef frozenset non_joining
    cdef dict words
    cdef dict pairs

    def __init__(self, judge, frozenset non_joining):
        self.judge = judge
        self.non_joining = non_joining
        self.words = {}
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

    cdef tuple look_up(self, str word):
        """Return what `HalfspaceJudge.describe` says of a word, asked once for each type."""
        cdef tuple found = self.words.get(word)
        if found is None:
            found = self.judge.describe(word)
            if len(self.words) < CACHE_SIZE:
                self.words[word] = found
        return found

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
        cdef Py_ssize_t word_end
        cdef list edits = None
        cdef str word
        cdef str previous = None            # last part of the word before
        cdef str before_previous = ""
        cdef tuple description
        cdef int first_roles, last_roles, previous_roles = 0
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
            while i < n:
                c = PyUnicode_READ(kind, data, i)
                if not is_letter(c) and c != ZWNJ_CODE:
                    if not is_word_part(c):
                        break
                    n_marks += 1
                i += 1
            # Vocalized words are left alone; the hamza of the ezafe at the end («شدهٔ») is no part of the word.
            word_end = i
            if n_marks == 1 and PyUnicode_READ(kind, data, i - 1) == HAMZA_ABOVE:
                word_end = i - 1
                n_marks = 0
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
            word = PyUnicode_Substring(text, start, word_end)
            description = self.look_up(word)
            first_roles = description[1]
            last_roles = description[2]
            if previous_end >= 0 and start - previous_end == 1 and PyUnicode_READ(kind, data, previous_end) == BLANK:
                if first_roles & IS_ENDING or previous_roles & IS_PREFIX or (
                        previous_roles & IS_FIRST and first_roles & IS_SECOND):
                    if self.pair_joins(
                            previous, description[3], before_previous if previous_roles & NEEDS_CONTEXT else ""):
                        if edits is None:
                            edits = []
                        joins_nothing = previous[len(previous) - 1] in self.non_joining
                        edits.append((previous_end, DELETE if joins_nothing else REPLACE))
                before_previous = previous
            else:
                before_previous = ""
            if description[0] is not None:
                if edits is None:
                    edits = []
                for offset in description[0]:
                    edits.append((start + <Py_ssize_t>offset, INSERT))
            if description[5] is not None:
                before_previous = description[5]
            previous = description[4]
            previous_roles = last_roles
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
