# cython: language_level=3
"""Words of a text without an object for each: where they stand, and a number for each word type.

Included where it is needed; it has no module of its own. A word type is known by a hash of 64 bits alone: among a
hundred thousand types one pair shares it in four billion runs.
"""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memset

cdef extern from "Python.h":
    Py_UCS4 PyUnicode_READ(int kind, const void* data, Py_ssize_t index) nogil

cdef extern from *:
    """
    #define HASH_START 0xCBF29CE484222325ULL
    """
    const uint64_t HASH_START
    void prefetch "__builtin_prefetch"(const void* address) noexcept nogil

# A character of a text, in one, two or four bytes.
ctypedef fused Letter:
    uint8_t
    uint16_t
    uint32_t

cdef enum:
    NO_NUMBER = -1
    N_TYPES = 2000  # room for word types to begin with

cdef struct Span:
    Py_ssize_t start
    Py_ssize_t end
    uint64_t hash
    int32_t number

cdef struct Spans:
    Span* items
    Py_ssize_t n
    Py_ssize_t room

cdef struct Slot:
    uint64_t hash
    int32_t number  # 0 where the slot is empty, else the number and one

cdef struct Numbers:
    Slot* slots
    Py_ssize_t size  # a power of two
    Py_ssize_t n


# A word that continues a phrase: its hash, or that of its first so many characters.
cdef struct Part:
    uint64_t hash
    int32_t n_characters  # below 0: all

cdef struct Phrase:
    int32_t first  # of its parts after the first word
    int32_t last
    int32_t kind  # of cue

cdef struct Phrases:
    Phrase* items
    Py_ssize_t n
    Py_ssize_t room
    Part* parts
    Py_ssize_t n_parts
    Py_ssize_t parts_room


cdef inline void* enlarge(void* items, Py_ssize_t* room, Py_ssize_t n, size_t size) except? NULL:
    """Return room for `n` items of a size."""
    cdef void* grown
    if n <= room[0]:
        return items
    grown = realloc(items, (2 * n + 64) * size)
    if grown == NULL:
        raise MemoryError
    room[0] = 2 * n + 64
    return grown


cdef inline bint is_arabic_letter(Py_UCS4 c) noexcept:
    """Whether it is one for certain, with no question to Unicode."""
    return 0x0620 <= c <= 0x064A or 0x0671 <= c <= 0x06D3


cdef inline bint is_word(Py_UCS4 c) noexcept:
    if c < 0x80:
        return u"a" <= c <= u"z" or u"0" <= c <= u"9" or u"A" <= c <= u"Z" or c == u"_"
    return is_arabic_letter(c) or c.isalpha() or c.isdigit() or c.isnumeric()


cdef inline bint is_digit(Py_UCS4 c) noexcept:
    if c < 0x80 or is_arabic_letter(c):
        return u"0" <= c <= u"9"
    return c.isdigit()


cdef inline uint64_t mix(uint64_t h) noexcept nogil:
    h ^= h >> 32
    h *= 0xD6E8FEB86659FD93ULL
    h ^= h >> 32
    return h


cdef inline uint64_t extend_hash(uint64_t h, Py_UCS4 c) noexcept nogil:
    """Return the hash of a text and one more character, before it is mixed; that of no text is `HASH_START`."""
    return (h ^ <uint64_t>c) * 0x9E3779B97F4A7C15ULL


cdef inline uint64_t hash_span(int kind, const void* data, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    cdef uint64_t h = HASH_START
    cdef Py_ssize_t at
    for at in range(start, end):
        h = extend_hash(h, PyUnicode_READ(kind, data, at))
    return mix(h)


cdef inline uint64_t hash_text(str text) noexcept:
    return hash_span(PyUnicode_KIND(text), PyUnicode_DATA(text), 0, len(text))


cdef inline Py_ssize_t pass_letters(const Letter* text, Py_ssize_t at, Py_ssize_t end, uint64_t* h) noexcept:
    """Return where the letters from a place on end, and extend a hash by them."""
    cdef uint64_t extended = h[0]
    while at < end and is_word(text[at]):
        extended = extend_hash(extended, text[at])
        at += 1
    h[0] = extended
    return at


cdef inline Py_ssize_t pass_word(const Letter* text, Py_ssize_t at, Py_ssize_t end, uint64_t* h) noexcept:
    h[0] = HASH_START
    at = pass_letters(text, at, end, h)
    if at + 1 < end and text[at] == u"/" and is_word(text[at + 1]):
        h[0] = extend_hash(h[0], u"/")
        at = pass_letters(text, at + 1, end, h)
    h[0] = mix(h[0])
    return at


cdef inline Py_ssize_t read_word(int kind, const void* data, Py_ssize_t at, Py_ssize_t end, uint64_t* h) noexcept:
    """Return the end of the word that begins at a place, as `socialtext.cues.WORD_RE` finds it, and write its hash."""
    if kind == 1:
        return pass_word(<const uint8_t*>data, at, end, h)
    if kind == 2:
        return pass_word(<const uint16_t*>data, at, end, h)
    return pass_word(<const uint32_t*>data, at, end, h)


cdef inline Slot* find_slot(const Numbers* numbers, uint64_t hash) noexcept nogil:
    """Return the slot of a word type, or the empty one where it belongs; there must be slots."""
    cdef Py_ssize_t at = <Py_ssize_t>(hash & <uint64_t>(numbers.size - 1))
    while numbers.slots[at].number != 0 and numbers.slots[at].hash != hash:
        at = (at + 1) & (numbers.size - 1)
    return &numbers.slots[at]


cdef inline int32_t find_number(const Numbers* numbers, uint64_t hash) noexcept nogil:
    """Return the number of a word type, `NO_NUMBER` where it has none."""
    return find_slot(numbers, hash).number - 1


cdef inline void prefetch_slot(const Numbers* numbers, uint64_t hash) noexcept nogil:
    prefetch(&numbers.slots[hash & <uint64_t>(numbers.size - 1)])


cdef inline Py_ssize_t add_word(
    Spans* spans, const Numbers* numbers, int kind, const void* data, Py_ssize_t start, Py_ssize_t end
) except -1:
    """Add the word that begins at a place, and return its end; its number will be looked up in a later turn."""
    cdef Span* span
    spans.items = <Span*>enlarge(spans.items, &spans.room, spans.n + 1, sizeof(Span))
    span = &spans.items[spans.n]
    span.start, span.end = start, read_word(kind, data, start, end, &span.hash)
    spans.n += 1
    prefetch_slot(numbers, span.hash)
    return span.end


cdef inline bint put_number(Numbers* numbers, uint64_t hash, int32_t number) except -1:
    """Give a word type a number; return False, with nothing done, where it has one."""
    cdef Numbers larger
    cdef Py_ssize_t at
    cdef Slot* slot
    if 2 * (numbers.n + 1) > numbers.size:
        larger.size, larger.n = 2 * numbers.size, numbers.n
        larger.slots = <Slot*>calloc(larger.size, sizeof(Slot))
        if larger.slots == NULL:
            raise MemoryError
        for at in range(numbers.size):
            if numbers.slots[at].number:
                find_slot(&larger, numbers.slots[at].hash)[0] = numbers.slots[at]
        free(numbers.slots)
        numbers[0] = larger
    slot = find_slot(numbers, hash)
    if slot.number != 0:
        return False
    numbers.n += 1
    slot.hash, slot.number = hash, number + 1
    return True


cdef inline int32_t add_number(Numbers* numbers, uint64_t hash) except -1:
    """Give a word type that has none the next number, and return it."""
    put_number(numbers, hash, <int32_t>numbers.n)
    return <int32_t>numbers.n - 1


cdef inline int make_numbers(Numbers* numbers, Py_ssize_t n) except -1:
    """Make room for `n` word types; it grows."""
    numbers.size, numbers.n = 16, 0
    while numbers.size < 2 * n:
        numbers.size *= 2
    numbers.slots = <Slot*>calloc(numbers.size, sizeof(Slot))
    if numbers.slots == NULL:
        raise MemoryError
    return 0


cdef inline void forget_numbers(Numbers* numbers) noexcept:
    memset(numbers.slots, 0, numbers.size * sizeof(Slot))
    numbers.n = 0


cdef inline int add_phrase(Phrases* phrases, tuple rest, int32_t kind) except -1:
    """Add a phrase, given the words that continue it; one that ends in ``*`` stands for all that begin so."""
    cdef Phrase* phrase
    cdef Part* part
    cdef str form
    phrases.items = <Phrase*>enlarge(phrases.items, &phrases.room, phrases.n + 1, sizeof(Phrase))
    phrase = &phrases.items[phrases.n]
    phrase.kind = kind
    phrase.first = <int32_t>phrases.n_parts
    for form in rest:
        phrases.parts = <Part*>enlarge(phrases.parts, &phrases.parts_room, phrases.n_parts + 1, sizeof(Part))
        part = &phrases.parts[phrases.n_parts]
        part.n_characters = <int32_t>len(form) - 1 if form.endswith("*") else -1
        part.hash = hash_text(form if part.n_characters < 0 else form[:-1])
        phrases.n_parts += 1
    phrase.last = <int32_t>phrases.n_parts
    phrases.n += 1
    return 0


cdef inline bint continues(
    const Phrases* phrases, Py_ssize_t number, const Spans* spans, int kind, void* data, Py_ssize_t at, Py_ssize_t end
) noexcept:
    """Whether the words from a place on, before another, continue a phrase to its end."""
    cdef Phrase phrase = phrases.items[number]
    cdef Py_ssize_t k
    cdef Part part
    cdef Span span
    if at + phrase.last - phrase.first > end:
        return False
    for k in range(phrase.first, phrase.last):
        part, span = phrases.parts[k], spans.items[at]
        if part.n_characters < 0:
            if span.hash != part.hash:
                return False
        elif (
            span.end - span.start < part.n_characters
            or hash_span(kind, data, span.start, span.start + part.n_characters) != part.hash
        ):
            return False
        at += 1
    return True


cdef inline void free_phrases(Phrases* phrases) noexcept:
    free(phrases.items)
    free(phrases.parts)
