# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native table of concepts: from a folded word to what it means.

Comes in: the text of a table of ``languages/``, thousands of lines that are read at the start of a run. Goes out: of a
word the number of its concept. Words are known by their hash, as in `_words.pxd`.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport int32_t, uint64_t
from libc.stdlib cimport free

from socialtext._words cimport (
    NO_NUMBER, N_TYPES, PyUnicode_READ, find_number, hash_text, make_numbers, put_number, read_word,
)

from socialtext.errors import TableError

# Ends the concept of a word that tells the reader to do something: ``write!``.
DEMAND = "!"
HEADER = "concept\tkind\tforms\n"
KINDS = ("content", "function")


@cython.final
cdef class ConceptTable:
    """The concepts of a language.

    Parameters
    ----------
    table : str
        Lines of three cells parted by tabs, after a header: concept, kind, and the folded forms that mean it, parted
        by blanks.
    place : str
        Of the table, for messages.

    Raises
    ------
    TableError
        ST215 another header, a line that has not three cells, a kind that is none, a concept or form that is missing or
        there twice.
    """

    def __cinit__(self, str table not None, str place not None):
        make_numbers(&self._forms, N_TYPES)
        self.names = []
        self.bare = []
        self.are_content = []

    def __init__(self, str table not None, str place not None):
        cdef int kind = PyUnicode_KIND(table)
        cdef void* data = PyUnicode_DATA(table)
        cdef Py_ssize_t end = len(HEADER), start, n = len(table), line = 1, first, second
        cdef set seen = set()
        cdef str name
        if not table.startswith(HEADER):
            raise TableError("ST215", f"{place}, line 1: expected the header concept, kind, forms")
        while end < n:
            line += 1
            start, end = end, table.find("\n", end) + 1
            end = end if end else n + 1
            first = table.find("\t", start, end - 1)
            second = table.find("\t", first + 1, end - 1)
            if first <= start or second < 0 or table[first + 1 : second] not in KINDS or table[start:first] in seen:
                raise TableError("ST215", f"{place}, line {line}: expected a concept, {' or '.join(KINDS)}, and forms")
            name = table[start:first]
            seen.add(name)
            self.names.append(name)
            self.bare.append(name.removesuffix(DEMAND))
            self.are_content.append(table[first + 1 : second] == "content")
            if not self._add_forms(kind, data, second + 1, end - 1):
                raise TableError("ST215", f"{place}, line {line}: a form is missing, already there, or no word")

    def __dealloc__(self):
        free(self._forms.slots)

    cdef bint _add_forms(self, int kind, void* data, Py_ssize_t at, Py_ssize_t end) except -1:
        """Add the forms of the last concept; return whether there is one, and none is there already."""
        cdef Py_ssize_t start
        cdef uint64_t hash
        while True:
            start = at
            at = read_word(kind, data, at, end, &hash)
            if at == start or (at < end and PyUnicode_READ(kind, data, at) != u" "):
                return False
            if not put_number(&self._forms, hash, <int32_t>len(self.names) - 1):
                return False
            if at == end:
                return True
            at += 1

    cdef int32_t find(self, uint64_t hash) noexcept nogil:
        """Return the number of the concept of a word, `NO_NUMBER` where it has none."""
        return find_number(&self._forms, hash)

    def look_up(self, str word not None):
        """Return the concept of a folded word and whether it is a content word; None where it has none."""
        cdef int32_t number = self.find(hash_text(word))
        return None if number == NO_NUMBER else (self.names[number], self.are_content[number])
