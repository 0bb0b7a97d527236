# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the normalizer: one pass from the raw characters to the normalized ones.

Comes in: a ``str`` and the rules of one normalizer, laid out as a table (`Rules`). Goes out: a ``str`` of the
narrowest width that holds it, and on demand the raw span of each of its characters. It refuses to know any
language or file: which character becomes which is in the table, what stands in the table is decided in
``steps.py``.

How it decides: *behind* it looks only at what is already written, *ahead* only at raw characters as the table
folds them. A second pass therefore sees what the first saw, which is what makes normalizing idempotent. Three rare
things break that symmetry: canonical composition of characters that the table does not know, invisible characters
that stood between two pieces of one protected token, and words that were lengthened. The pass notes where, and such
places are passed again until nothing changes; of a long text only these, with the words around them and what is known
of the quotes in their line, and in the memory of the first pass.
"""

cimport cpython.array as carray
cimport cython
from cpython.buffer cimport PyBuffer_FillInfo
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from cpython.ref cimport Py_XDECREF, Py_XINCREF, PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND, PyUnicode_READ, PyUnicode_Substring
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memmove, memset

import unicodedata
from array import array
from heapq import merge
from itertools import chain, groupby

from socialtext._alignment import Alignment, chain_breaks, expand_breaks, find_breaks

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar)
    PyObject* new_sink "PyUnicode_New"(Py_ssize_t size, Py_UCS4 maxchar) except NULL
    int PyUnicode_Resize(PyObject** text, Py_ssize_t size) except -1
    void* data_of "PyUnicode_DATA"(PyObject* text) nogil
    Py_UCS4 PyUnicode_MAX_CHAR_VALUE(object text)
    str copy_text "PyUnicode_FromObject"(object text)
    int PyUnicode_1BYTE_KIND
    int PyUnicode_2BYTE_KIND

cdef extern from "memory.h" nogil:
    void ask_for_large_pages(const void* memory, size_t n_bytes) noexcept

cdef extern from "unicode_classes.h":
    const char* UNICODE_VERSION
    int N_CLASS_PAGES
    int N_CASE_FOLDS
    const uint16_t CLASS_PAGE_OF[0x1100]
    const uint8_t CLASS_PAGES[1][256]
    const uint32_t CASE_FOLDS[1][4]

cdef extern from "blocks.h" nogil:
    enum:
        BLOCK
        N_WORDS
    int flag_block_1(const uint8_t* raw, uint8_t case_bit, uint8_t* flags) noexcept
    int flag_block_2(const uint16_t* raw, uint8_t case_bit, uint8_t* flags) noexcept
    int flag_block_4(const uint32_t* raw, uint8_t case_bit, uint8_t* flags) noexcept
    uint64_t read_flags(const uint8_t* flags) noexcept
    int lowest_flag(uint64_t bits) noexcept
    bint block_has_run_1(const uint8_t* text, Py_ssize_t n) noexcept
    bint block_has_run_2(const uint16_t* text, Py_ssize_t n) noexcept
    bint block_has_run_4(const uint32_t* text, Py_ssize_t n) noexcept

cdef extern from "glide.h" nogil:
    enum:
        GLIDE_SHIFT
        GLIDE_MASK
        SHIFT
        DELETED
        CHANGED
    enum:
        STOPS
        JOINING_LETTER
        NON_JOINING_LETTER
        OTHER_LETTER
        VOWEL
        NUMERAL
        ONE_BLANK
        TRAILING
        INNER
        OPENS
        CLOSES
        HALF_SPACE
        DELETED_MARK
        LINE_BREAK
        OPENS_QUOTATION
        CLOSES_QUOTATION
    ctypedef struct Gliding:
        uint32_t* text
        int before
        int32_t seen
        int sorts
    Py_ssize_t skim_1(const uint8_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                      int* before) noexcept
    Py_ssize_t skim_2(const uint16_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                      int* before) noexcept
    Py_ssize_t skim_4(const uint32_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                      int* before) noexcept
    Py_ssize_t glide_1(const uint8_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                       Gliding* gliding) noexcept
    Py_ssize_t glide_2(const uint16_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                       Gliding* gliding) noexcept
    Py_ssize_t glide_4(const uint32_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                       Gliding* gliding) noexcept
    Py_ssize_t glide_dropping_2(const uint16_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                                Gliding* gliding) noexcept
    Py_ssize_t glide_dropping_4(const uint32_t* raw, Py_ssize_t n, int32_t** pages, const uint16_t* followers,
                                Gliding* gliding) noexcept

# The numbers of generate_unicode_classes.py.
cdef enum CharacterClass:
    OTHER = 0
    ARABIC = 1
    LATIN_LOWER = 2
    LATIN_UPPER = 3
    LETTER = 4
    DIGIT = 5
    MARK = 6
    SPACE = 7
    NEWLINE = 8
    RETURN = 9
    OPENER = 10
    CLOSER = 11
    PUNCTUATION = 12
    JOINER = 13
    TATWEEL = 14
    PICTOGRAPH = 15

# An entry of the table, 32 bits: class of the target (0-3), flags (4-8, DELETED too), glide (9-12), and from bit 13 the
# signed distance to the target, or the index of the expansion. A distance, not the target: pages that nothing changes
# can then be shared.
cdef enum:
    CLASS_MASK = 0x0F
    PLAIN = 0x10        # a letter that is written as it stands or mapped to one letter, in any context
    EXPANDED = 0x40
    SUSPECT = 0x80      # may reorder or compose with what precedes it
    NON_JOINING = 0x100  # an Arabic letter that does not join forward
    MAX_DISTANCE = 1 << 18
    N_PAGES = 0x1100
    MAX_EXPANSION = 8
    WINDOW_SIZE = 4096
    WINDOW_FULL = 3072  # from here on what is settled leaves the window
    RUN_BLOCK = 256
    N_KEPT = 16         # characters that stay in it, to look back at
    MAX_DESIGNATION = 12  # letters of a word after which a number is a name
    FAR = 64            # no token reaches back over so much ordinary text
    MAX_MARKS = 32      # on a letter that are put in order here; no writing has as many
    MAX_NUMBER = 32     # characters of a number that is looked over, so that numbers without end cost their length
    MAX_PASSES = 8
    GIL_SIZE = 2048     # shorter texts are done before the lock would be released and taken again
    LONG = 1 << 12      # of longer texts only what is unsettled is passed again
    NEAR = 1 << 9       # and what stands nearer to each other together

# Ordinary text glides by: a character whose glide may follow that of the character before it needs no context but
# this pair, and is written as its entry says. Everything else stops the glide; the word in which it stopped is then
# written anew, with all the rules.
GLIDE_LETTERS = (JOINING_LETTER, NON_JOINING_LETTER, OTHER_LETTER)
GLIDE_OPENERS = (OPENS, OPENS_QUOTATION)
GLIDE_CLOSERS = (CLOSES, CLOSES_QUOTATION)
GLIDE_AFTER_WORD = (ONE_BLANK, TRAILING, LINE_BREAK, *GLIDE_CLOSERS)
GLIDE_AFTER_BLANK = (*GLIDE_LETTERS, NUMERAL, INNER, *GLIDE_OPENERS)
GLIDE_FOLLOWERS = {
    STOPS: (ONE_BLANK, LINE_BREAK),  # of a sign that stands alone
    JOINING_LETTER: (JOINING_LETTER, NON_JOINING_LETTER, VOWEL, DELETED_MARK, HALF_SPACE, INNER, *GLIDE_AFTER_WORD),
    NON_JOINING_LETTER: (JOINING_LETTER, NON_JOINING_LETTER, VOWEL, DELETED_MARK, INNER, *GLIDE_AFTER_WORD),
    OTHER_LETTER: (OTHER_LETTER, INNER, *GLIDE_AFTER_WORD),
    VOWEL: (JOINING_LETTER, NON_JOINING_LETTER, INNER, *GLIDE_AFTER_WORD),
    NUMERAL: (NUMERAL, *GLIDE_AFTER_WORD),
    ONE_BLANK: GLIDE_AFTER_BLANK,
    TRAILING: (ONE_BLANK, LINE_BREAK, *GLIDE_CLOSERS),
    INNER: (*GLIDE_LETTERS, ONE_BLANK),
    OPENS: (*GLIDE_LETTERS, NUMERAL),
    CLOSES: (ONE_BLANK, LINE_BREAK, TRAILING),
    HALF_SPACE: (JOINING_LETTER, NON_JOINING_LETTER),
    LINE_BREAK: (LINE_BREAK, *GLIDE_AFTER_BLANK),
    OPENS_QUOTATION: (*GLIDE_LETTERS, NUMERAL),
    CLOSES_QUOTATION: (ONE_BLANK, LINE_BREAK, TRAILING),
}
GLIDING_MARKS = {
    " ": ONE_BLANK,
    "\N{ZERO WIDTH NON-JOINER}": HALF_SPACE,
    **dict.fromkeys("([{", OPENS),
    **dict.fromkeys(")]}", CLOSES),
    "\n": LINE_BREAK,
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": OPENS_QUOTATION,
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": CLOSES_QUOTATION,
    **dict.fromkeys("-'/|\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}", INNER),
    **dict.fromkeys(".:!,;?\N{ARABIC COMMA}\N{ARABIC SEMICOLON}\N{ARABIC QUESTION MARK}", TRAILING),
    **dict.fromkeys("%\N{ARABIC PERCENT SIGN}\N{HORIZONTAL ELLIPSIS}", TRAILING),
    **dict.fromkeys(map(chr, range(0x64B, 0x653)), VOWEL),
    **dict.fromkeys((chr(zero + digit) for zero in (0x30, 0x660, 0x6F0) for digit in range(10)), NUMERAL),
}

cdef enum:
    LF = 0x0A
    FILLER = 0x61               # calm after most characters, and after itself
    BLANK = 0x20
    EXCLAMATION = 0x21
    QUOTE = 0x22
    NUMBER_SIGN = 0x23
    PERCENT = 0x25
    AMPERSAND = 0x26
    LEFT_PARENTHESIS = 0x28
    ASTERISK = 0x2A
    COMMA = 0x2C
    FULL_STOP = 0x2E
    SLASH = 0x2F
    COLON = 0x3A
    SEMICOLON = 0x3B
    LESS_THAN = 0x3C
    QUESTION = 0x3F
    COMMERCIAL_AT = 0x40
    LEFT_GUILLEMET = 0xAB
    RIGHT_GUILLEMET = 0xBB
    ARABIC_COMMA = 0x060C
    ARABIC_SEMICOLON = 0x061B
    ARABIC_QUESTION = 0x061F
    MADDAH_ABOVE = 0x0653
    HAMZA_ABOVE = 0x0654
    HAMZA_BELOW = 0x0655
    ARABIC_PERCENT = 0x066A
    ARABIC_DECIMAL = 0x066B
    ARABIC_THOUSANDS = 0x066C
    HEH = 0x0647
    FARSI_YEH = 0x06CC
    ORNATE_LEFT_PARENTHESIS = 0xFD3F
    ZWNJ = 0x200C
    ZWJ = 0x200D
    ELLIPSIS = 0x2026

cdef uint64_t HASH_SEED = 1469598103934665603ULL
cdef uint64_t HASH_STEP = 1099511628211ULL
cdef carray.array ARRAY_TEMPLATE = array("i")
cdef carray.array OFFSETS_TEMPLATE = array("q")
cdef object NO_PAIRS = array("i")

cdef struct Table:
    int32_t* pages[N_PAGES]
    uint32_t* expansions         # rows of MAX_EXPANSION, zero-filled
    bint compose, spaces, punctuation, arabic_punctuation, quotes, numbers, protect, halfspace, compose_farsi_yeh
    bint elongation
    uint64_t* designations      # hashes of the words after which a number with a stop is a name: «نسخه ۲.۰»
    Py_ssize_t n_designations
    int local_digits            # 0: separators follow no digits; 1: Arabic-Indic; 2: Persian
    uint16_t followers[16]      # by glide: the set of glides that may come next
    bint has_calm_blocks        # whether ordinary ASCII text is what flag_block takes for it
    uint8_t case_bit            # 0x20 where no rule changes ASCII capitals, else 0

cdef struct Pairs:
    int32_t* values             # pairs of offsets into the whole output
    Py_ssize_t size, capacity   # in pairs

cdef struct Breaks:
    int32_t* values             # output offset, raw start, raw end; see Alignment
    Py_ssize_t size, capacity   # in threes

# What the rules know of the line that is being written.
cdef enum QuoteState:
    UNKNOWN = 0
    OPENING_NEXT = 1
    CLOSING_NEXT = 2
    LEFT_ALONE = 3
    PAIRED = 4

cdef struct Line:
    Py_ssize_t start                    # window offset
    Py_ssize_t raw_start
    Py_ssize_t pending, pending_end     # raw span of the spaces not yet written; pending is -1 where there are none
    Py_ssize_t protected_end            # window offset after the protected token written last
    Py_ssize_t quote_opened             # window offset after an opening straight quote
    int quotes                          # UNKNOWN, OPENING_NEXT, CLOSING_NEXT, LEFT_ALONE
    int guillemets                      # UNKNOWN, PAIRED, LEFT_ALONE: arrows of a breadcrumb or pager
    bint saw_token, saw_invisible       # since ordinary words were passed
    Py_ssize_t seen_from                # offset of the whole output of the first of them

# What is written goes to a window of 32-bit characters, in which the rules look back; what is settled leaves it for
# the sink, whose characters are as wide as they must be. Short texts never leave the window.
cdef struct Output:
    uint32_t* text              # the window
    Py_ssize_t size, capacity
    Py_ssize_t base             # characters that have left the window
    PyObject* sink              # a str with room for the text; NULL while that is the beginning of the raw text
    uint32_t sink_widest        # the widest character that it has room for
    Py_ssize_t sink_capacity
    bint aligned                # whether an alignment is wanted
    Breaks breaks
    Py_ssize_t last_end         # raw end of the last character
    Pairs suspects              # pieces that canonical composition must see
    Pairs unsettled             # pieces that another pass must see
    Pairs protected             # protected tokens; filled where the table says so
    Pairs runs                  # places where a letter stands three times in a row
    Py_ssize_t searched         # offset of the whole output up to which they were looked for
    Pairs words                 # words that may be lengthened
    Py_ssize_t carry            # raw offset of deleted text that goes to the next character, or -1
    uint32_t widest             # bits of what has left the window
    bint changed, on_heap, failed

ctypedef fused raw_t:
    const uint8_t
    const uint16_t
    const uint32_t


cdef inline int32_t lookup(const Table* table, uint32_t c) noexcept nogil:
    return table.pages[c >> 8][c & 0xFF]


cdef inline bint is_letter(int32_t e) noexcept nogil:
    return 1 <= (e & CLASS_MASK) <= 4


cdef inline bint is_latin(int32_t e) noexcept nogil:
    return (e & CLASS_MASK) == LATIN_LOWER or (e & CLASS_MASK) == LATIN_UPPER


cdef inline bint is_word(int32_t e) noexcept nogil:
    return 1 <= (e & CLASS_MASK) <= 6 and (e & CLASS_MASK) != DIGIT


cdef inline bint is_ascii_digit(uint32_t c) noexcept nogil:
    return 0x30 <= c <= 0x39


cdef inline bint is_ascii_letter(uint32_t c) noexcept nogil:
    return 0x61 <= (c | 0x20) <= 0x7A


cdef inline bint is_ascii_word(uint32_t c) noexcept nogil:
    return is_ascii_letter(c) or is_ascii_digit(c)


cdef inline bint is_calm(uint32_t c, int32_t e) noexcept nogil:
    """Whether what looks ahead at its neighbour does so over what goes, or not at all: a letter, blank or bracket."""
    return e & PLAIN or SPACE <= (e & CLASS_MASK) <= CLOSER or c == QUOTE


cdef inline uint32_t fold(const Table* table, uint32_t c, int32_t e) noexcept nogil:
    """First character that `c` becomes."""
    if e & EXPANDED:
        return table.expansions[(e >> SHIFT) * MAX_EXPANSION]
    return <uint32_t>(<int32_t>c + (e >> SHIFT))


# --- writing ---------------------------------------------------------------------------------------------------------

cdef bint make_room(Output* out, Py_ssize_t n) noexcept nogil:
    """Let the window hold `n` more characters; False where memory is out."""
    cdef Py_ssize_t wanted = out.size + n
    cdef uint32_t* text
    if wanted <= out.capacity:
        return True
    wanted += wanted >> 1
    if out.on_heap:
        text = <uint32_t*>PyMem_RawRealloc(out.text, wanted * sizeof(uint32_t))
    else:
        text = <uint32_t*>PyMem_RawMalloc(wanted * sizeof(uint32_t))
        if text != NULL:
            memcpy(text, out.text, out.size * sizeof(uint32_t))
    if text == NULL:
        out.failed = True
        return False
    out.text = text
    out.on_heap = True
    out.capacity = wanted
    return True


cdef void narrow(const uint32_t* source, Py_ssize_t n, void* target, int width) noexcept nogil:
    """Copy `n` characters into a buffer of `width` bytes a character."""
    cdef uint8_t* bytes_ = <uint8_t*>target
    cdef uint16_t* pairs = <uint16_t*>target
    cdef Py_ssize_t k
    if width == 1:
        for k in range(n):
            bytes_[k] = <uint8_t>source[k]
    elif width == 2:
        for k in range(n):
            pairs[k] = <uint16_t>source[k]
    else:
        memcpy(target, source, n * sizeof(uint32_t))


cdef void convert(const void* source, int source_width, Py_ssize_t n, void* target, int width) noexcept nogil:
    """Copy `n` characters between buffers of any width; those that do not fit are the caller's fault."""
    cdef Py_ssize_t k
    cdef uint32_t c
    if source_width == width:
        memcpy(target, source, n * width)
        return
    for k in range(n):
        c = (<const uint8_t*>source)[k] if source_width == 1 else (<const uint16_t*>source)[k] \
            if source_width == 2 else (<const uint32_t*>source)[k]
        if width == 1:
            (<uint8_t*>target)[k] = <uint8_t>c
        elif width == 2:
            (<uint16_t*>target)[k] = <uint16_t>c
        else:
            (<uint32_t*>target)[k] = c


cdef inline uint32_t join_bits(const uint32_t* text, Py_ssize_t n) noexcept nogil:
    cdef uint32_t bits = 0
    cdef Py_ssize_t k
    for k in range(n):
        bits |= text[k]
    return bits


cdef uint32_t bits_of(const void* data, int width, Py_ssize_t n) noexcept nogil:
    """The bits that are set in any of `n` characters of `width` bytes."""
    cdef uint8_t bits_1 = 0
    cdef uint16_t bits_2 = 0
    cdef Py_ssize_t k
    if width == 1:
        for k in range(n):
            bits_1 |= (<const uint8_t*>data)[k]
        return bits_1
    if width == 2:
        for k in range(n):
            bits_2 |= (<const uint16_t*>data)[k]
        return bits_2
    return join_bits(<const uint32_t*>data, n)


cdef inline uint32_t widest_beside(uint32_t bits) noexcept nogil:
    """The widest character that a ``str`` has room for where it has room for one of these bits."""
    return 0x7F if bits < 0x80 else 0xFF if bits < 0x100 else 0xFFFF if bits < 0x10000 else 0x10FFFF


cdef inline int width_of(uint32_t bits) noexcept nogil:
    return 1 if bits < 0x100 else 2 if bits < 0x10000 else 4


cdef bint widen_sink(Output* out, const void* raw, int raw_width, uint32_t widest, Py_ssize_t size) noexcept with gil:
    """Let the sink hold `size` such characters, beginning with those that have left the window."""
    cdef PyObject* sink
    cdef Py_ssize_t capacity = max(out.sink_capacity, size + (size >> 3 if out.sink != NULL else 0))
    cdef const void* source = raw if out.sink == NULL else data_of(out.sink)
    cdef int source_width = raw_width if out.sink == NULL else width_of(out.sink_widest)
    try:
        if out.sink != NULL and widest == out.sink_widest:
            PyUnicode_Resize(&out.sink, capacity)
        else:
            sink = new_sink(capacity, widest)
            ask_for_large_pages(data_of(sink), capacity * width_of(widest))
            convert(source, source_width, out.base, data_of(sink), width_of(widest))
            Py_XDECREF(out.sink)
            out.sink = sink
    except MemoryError:
        return False
    out.sink_widest = widest
    out.sink_capacity = capacity
    return True


cdef bint flush(Output* out, const void* raw, int raw_width, Py_ssize_t n_kept) noexcept nogil:
    """Move all but the last `n_kept` characters out of the window; False where memory is out."""
    cdef Py_ssize_t n = out.size - n_kept
    cdef Py_ssize_t k
    cdef uint32_t widest
    cdef int width
    if n <= 0:
        return True
    out.widest |= join_bits(out.text, n)
    if out.changed or out.sink != NULL:
        widest = widest_beside(out.widest)
        if (out.sink == NULL or widest > out.sink_widest or out.base + n > out.sink_capacity) \
                and not widen_sink(out, raw, raw_width, max(widest, out.sink_widest), out.base + n):
            out.failed = True
            return False
        width = width_of(out.sink_widest)
        narrow(out.text, n, <uint8_t*>data_of(out.sink) + out.base * width, width)
    for k in range(n_kept):
        out.text[k] = out.text[n + k]
    out.base += n
    out.size = n_kept
    return True


cdef void note_break(Output* out, Py_ssize_t at, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Say that the character at an offset of the whole output has this raw span, and those after it none yet."""
    cdef Breaks* breaks = &out.breaks
    cdef int32_t* grown
    while breaks.size and breaks.values[3 * (breaks.size - 1)] >= at:
        breaks.size -= 1
    if breaks.size == breaks.capacity:
        breaks.capacity = 2 * breaks.capacity + 32
        grown = <int32_t*>PyMem_RawRealloc(breaks.values, 3 * breaks.capacity * sizeof(int32_t))
        if grown == NULL:
            breaks.capacity = breaks.size
            out.failed = True
            return
        breaks.values = grown
    breaks.values[3 * breaks.size] = <int32_t>at
    breaks.values[3 * breaks.size + 1] = <int32_t>start
    breaks.values[3 * breaks.size + 2] = <int32_t>end
    breaks.size += 1
    out.last_end = end


cdef Py_ssize_t start_of(const Output* out, Py_ssize_t at) noexcept nogil:
    """Raw start of the character at an offset of the whole output."""
    cdef Py_ssize_t k = out.breaks.size
    cdef const int32_t* last
    while k and out.breaks.values[3 * (k - 1)] > at:
        k -= 1
    if k == 0:
        return at
    last = &out.breaks.values[3 * (k - 1)]
    return last[1] if last[0] == at else last[2] + at - last[0] - 1


cdef inline void open_pairs(Pairs* pairs) noexcept nogil:
    pairs.values = NULL
    pairs.size = pairs.capacity = 0


cdef void open_output(Output* out, uint32_t* window, Py_ssize_t n, bint aligned) noexcept nogil:
    """Begin an output in a window of WINDOW_SIZE characters; `n` characters are expected."""
    out.text = window
    out.on_heap = out.changed = out.failed = False
    out.size = out.base = 0
    out.capacity = WINDOW_SIZE
    out.sink = NULL
    out.sink_widest = 0
    out.sink_capacity = n + (n >> 5) + MAX_EXPANSION
    out.breaks.size = out.breaks.capacity = 0
    out.breaks.values = NULL
    open_pairs(&out.suspects)
    open_pairs(&out.unsettled)
    open_pairs(&out.protected)
    open_pairs(&out.runs)
    open_pairs(&out.words)
    out.searched = 0
    out.aligned = aligned
    out.last_end = 0
    out.carry = -1
    out.widest = 0


cdef void close_output(Output* out) noexcept nogil:
    """Free what the output holds."""
    if out.on_heap:
        PyMem_RawFree(out.text)
    if out.sink != NULL:
        with gil:
            Py_XDECREF(out.sink)
    PyMem_RawFree(out.breaks.values)
    PyMem_RawFree(out.suspects.values)
    PyMem_RawFree(out.unsettled.values)
    PyMem_RawFree(out.protected.values)
    PyMem_RawFree(out.runs.values)
    PyMem_RawFree(out.words.values)


cdef inline void emit(Output* out, uint32_t c, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Write `c`, which stands for the raw span; the caller has made room."""
    if out.aligned:
        if out.carry >= 0:
            start = out.carry
        if start != out.last_end or end != start + 1:
            note_break(out, out.base + out.size, start, end)
        out.last_end = end
    out.carry = -1
    out.text[out.size] = c
    out.size += 1


cdef void prolong(Output* out, Py_ssize_t end) noexcept nogil:
    """Let the last character stand for the raw text up to `end`."""
    cdef Py_ssize_t at = out.base + out.size - 1
    if out.aligned:
        note_break(out, at, start_of(out, at), end)


cdef inline void absorb(Output* out, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Count the raw span, which is not written, to the character before it."""
    out.changed = True
    if out.size and out.text[out.size - 1] != LF and out.carry < 0:
        prolong(out, end)
    elif out.carry < 0:
        out.carry = start


cdef bint note_pair(Pairs* pairs, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Add the piece to the list, joined with those at the end of the list that it overlaps; False if memory is out."""
    cdef int32_t* grown
    while pairs.size and pairs.values[2 * pairs.size - 1] > start:
        pairs.size -= 1
        start = min(start, pairs.values[2 * pairs.size])
        end = max(end, pairs.values[2 * pairs.size + 1])
    if pairs.size == pairs.capacity:
        pairs.capacity = 2 * pairs.capacity + 16
        grown = <int32_t*>PyMem_RawRealloc(pairs.values, 2 * pairs.capacity * sizeof(int32_t))
        if grown == NULL:
            pairs.capacity = pairs.size
            return False
        pairs.values = grown
    pairs.values[2 * pairs.size] = <int32_t>start
    pairs.values[2 * pairs.size + 1] = <int32_t>end
    pairs.size += 1
    return True


cdef inline bint ends_suspect(const Output* out, Py_ssize_t at) noexcept nogil:
    """Whether a piece that canonical composition must see ends at an offset of the window."""
    cdef const Pairs* suspects = &out.suspects
    return suspects.size and suspects.values[2 * suspects.size - 1] == out.base + at


cdef bint note_suspect(const Table* table, Output* out) noexcept nogil:
    """Remember that the piece ending in the last character wants canonical composition."""
    cdef Py_ssize_t start = out.size - 1
    cdef Pairs* suspects = &out.suspects
    if ends_suspect(out, start):
        suspects.values[2 * suspects.size - 1] += 1
        return True
    while start > 0 and lookup(table, out.text[start]) & SUSPECT:
        start -= 1
    if not note_pair(suspects, out.base + start, out.base + out.size):
        out.failed = True
        return False
    return True


cdef bint note_unsettled(Output* out, Py_ssize_t start) noexcept nogil:
    """Remember that what was written from this offset of the whole output on wants another pass."""
    if not note_pair(&out.unsettled, start, out.base + out.size):
        out.failed = True
        return False
    return True


cdef bint see(Output* out, Line* line, bint* what, Py_ssize_t at) noexcept nogil:
    """Take down a token or an invisible character at an offset of the whole output; both in one place are unsettled."""
    if not (line.saw_token or line.saw_invisible):
        line.seen_from = at
    what[0] = True
    return note_unsettled(out, line.seen_from) if line.saw_token and line.saw_invisible else True


# --- marks -----------------------------------------------------------------------------------------------------------

cdef inline int combining_class(uint32_t c) noexcept nogil:
    """Canonical combining class of the Arabic vowel signs; 0 for anything else."""
    if 0x064B <= c <= 0x0652:
        return 27 + <int>(c - 0x064B)
    if c == 0x0670:
        return 35
    if c == MADDAH_ABOVE or c == HAMZA_ABOVE:
        return 230
    if c == HAMZA_BELOW:
        return 220
    return 0


cdef inline uint32_t compose(const Table* table, uint32_t base, uint32_t mark) noexcept nogil:
    """The letter that `base` and `mark` make, or 0."""
    if mark == MADDAH_ABOVE:
        return 0x0622 if base == 0x0627 else 0
    if mark == HAMZA_BELOW:
        return 0x0625 if base == 0x0627 else 0
    if mark == HAMZA_ABOVE:
        if base == 0x0627:
            return 0x0623
        if base == 0x0648:
            return 0x0624
        if base == 0x064A or (base == FARSI_YEH and table.compose_farsi_yeh):
            return 0x0626
        if base == 0x06D5:
            return 0x06C0
        if base == 0x06C1:
            return 0x06C2
        if base == 0x06D2:
            return 0x06D3
    return 0


cdef bint emit_mark(const Table* table, Output* out, uint32_t c, int32_t e, Py_ssize_t start,
                    Py_ssize_t end) noexcept nogil:
    """Write a combining mark: composed with its letter, or in canonical order among its fellows."""
    cdef Py_ssize_t at, k
    cdef int rank
    cdef uint32_t composed
    if not (e & SUSPECT) or not table.compose:
        emit(out, c, start, end)
        return True
    rank = combining_class(c)
    if rank == 0 or ends_suspect(out, out.size):
        emit(out, c, start, end)
        return note_suspect(table, out)
    if out.size == 0:
        emit(out, c, start, end)
        return True
    composed = compose(table, out.text[out.size - 1], c)
    if composed:
        composed = fold(table, composed, lookup(table, composed))
        out.text[out.size - 1] = composed
        absorb(out, start, end)
        return True
    at = out.size
    while at > 0 and combining_class(out.text[at - 1]) > rank:
        at -= 1
    emit(out, c, start, end)
    if out.size - at > MAX_MARKS:
        return note_suspect(table, out)
    if at > 0 and rank >= 220 and (lookup(table, out.text[at - 1]) & SUSPECT or c == HAMZA_BELOW):
        return note_suspect(table, out)  # what stands between the letter and this one is left to unicodedata
    if at < out.size - 1:
        out.changed = True
        for k in range(out.size - 1, at, -1):
            out.text[k] = out.text[k - 1]
        out.text[at] = c
        if out.suspects.size and out.suspects.values[2 * out.suspects.size - 1] > out.base + at:
            out.suspects.values[2 * out.suspects.size - 1] = <int32_t>(out.base + out.size)  # what was pushed on
        if rank >= 220 and at > 0 and not note_unsettled(out, out.base + at - 1):
            return False
        if out.aligned:
            start = start_of(out, out.base + at)
            for k in range(out.base + at, out.base + out.size):
                note_break(out, k, start, end)
    return True


# --- looking ahead ---------------------------------------------------------------------------------------------------

cdef Py_ssize_t skip_unwritten(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table,
                               bint over_spaces) noexcept nogil:
    """Offset of the next character that will be written from `i` on."""
    cdef int32_t e
    cdef int k
    while i < n:
        e = lookup(table, raw[i])
        k = e & CLASS_MASK
        if not (e & DELETED or k == JOINER or k == TATWEEL or (over_spaces and k == SPACE)):
            break
        i += 1
    return i


cdef inline uint32_t peek(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, bint over_spaces,
                          int32_t* entry) noexcept nogil:
    """The next character that will be written from `i` on, and its entry; 0 at the end of the text."""
    i = skip_unwritten(raw, i, n, table, over_spaces)
    entry[0] = lookup(table, raw[i]) if i < n else NEWLINE
    return fold(table, raw[i], entry[0]) if i < n else 0


cdef inline bint is_final(uint32_t c) noexcept nogil:
    return c == EXCLAMATION or c == QUESTION or c == ARABIC_QUESTION


cdef Py_ssize_t skip_finals(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Offset after the question and exclamation marks that come next, of which one of each kind will be left."""
    cdef Py_ssize_t k
    while True:
        k = skip_unwritten(raw, i, n, table, True)
        if k == n or not is_final(fold(table, raw[k], lookup(table, raw[k]))):
            return i
        i = k + 1


# --- protected tokens ------------------------------------------------------------------------------------------------

cdef inline bint is_name_part(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether raw[i] belongs to a hashtag or mention: letters, digits, marks, low line, inner half-space."""
    cdef uint32_t c = raw[i]
    cdef int k = lookup(table, c) & CLASS_MASK
    if c == 0x5F or k == TATWEEL:
        return True
    if k == JOINER:
        return i + 1 < n and is_letter(lookup(table, raw[i + 1]))
    return 1 <= k <= 6


cdef Py_ssize_t scan_address(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """End of a web address that goes on at `i`; closing marks of the sentence are not taken."""
    cdef Py_ssize_t begin = i
    cdef uint32_t c
    cdef int open_brackets = 0
    while i < n:
        c = raw[i]
        if c < 0x80:
            if c <= BLANK or c == 0x7F or c == QUOTE or c == LESS_THAN or c == 0x3E or c == 0x5C or c == 0x5E \
                    or c == 0x60 or 0x7B <= c <= 0x7D:
                break
            if c == 0x28:
                open_brackets += 1
            elif c == 0x29:
                if open_brackets == 0:
                    break
                open_brackets -= 1
        elif not is_name_part(raw, i, n, table):
            break
        i += 1
    while i > begin:
        c = raw[i - 1]
        if c == FULL_STOP or c == COMMA or c == SEMICOLON or c == COLON or c == EXCLAMATION or c == QUESTION \
                or c == 0x27 or c == 0x5D or c == 0x2A or c == 0x28:
            i -= 1
        else:
            break
    return i


cdef Py_ssize_t scan_markup(raw_t* raw, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    """End of the HTML tag or character reference at `i`, or `i`."""
    cdef Py_ssize_t k = i + 1
    cdef Py_ssize_t limit
    if raw[i] == AMPERSAND:
        if k < n and raw[k] == NUMBER_SIGN:
            k += 1
        limit = min(n, k + 9)
        while k < limit and is_ascii_word(raw[k]):
            k += 1
        return k + 1 if i + 2 < k < n and raw[k] == SEMICOLON else i
    if k < n and raw[k] == SLASH:
        k += 1
    if k >= n or not is_ascii_letter(raw[k]):
        return i
    while k < n and (is_ascii_word(raw[k]) or raw[k] == 0x2D):
        k += 1
    if k >= n or not (raw[k] == BLANK or raw[k] == SLASH or raw[k] == 0x3E):
        return i
    limit = min(n, k + 1000)
    while k < limit and raw[k] != 0x3E and raw[k] != LESS_THAN and raw[k] >= BLANK:
        k += 1
    return k + 1 if k < limit and raw[k] == 0x3E else i


cdef Py_ssize_t scan_name(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """End of the hashtag or mention at `i`, or `i`."""
    cdef Py_ssize_t k = i + 1
    cdef bint has_letter = False
    cdef bint mention = raw[i] == COMMERCIAL_AT
    while k < n:
        if is_name_part(raw, k, n, table):
            has_letter |= is_letter(lookup(table, raw[k]))
        elif not (mention and k > i + 1 and (raw[k] == FULL_STOP or raw[k] == 0x2D)
                  and k + 1 < n and is_ascii_word(raw[k + 1])):
            break
        k += 1
    return k if has_letter else i


cdef struct Scanned:
    Py_ssize_t end              # raw offset up to which no protected token begins
    Py_ssize_t range_end        # of a run of numbers with hyphens between them, each of which is scanned for itself


cdef inline bint is_plain_word(raw_t* raw, Py_ssize_t i, Py_ssize_t n, Scanned* scanned) noexcept nogil:
    """Whether the ASCII letters from `i` on are a word and nothing more; the common case, settled at a glance."""
    cdef uint32_t c
    while i < n and is_ascii_letter(raw[i]):
        i += 1
    if i < n:
        c = raw[i]
        if c != BLANK and c != COMMA and c != LF and c != 0x29 and c != EXCLAMATION and c != QUESTION:
            return False
    scanned.end = i
    return True


cdef Py_ssize_t scan_after_colon(raw_t* raw, Py_ssize_t i, Py_ssize_t colon, Py_ssize_t n, int letters, int dots,
                                 int digits, int others) noexcept nogil:
    """End of a token that goes on after a colon before a digit, or `colon`: «10:30AM», «localhost:8080», «10.0.0.1:80».
    """
    cdef Py_ssize_t k = colon + 1
    n = min(n, k + MAX_NUMBER)
    while k < n and (is_ascii_digit(raw[k]) or (raw[k] == COLON and k + 1 < n and is_ascii_digit(raw[k + 1]))):
        k += 1
    if letters == 0 and others == 0 and dots == 3:
        return k
    if digits == 0 and dots == 0 and 0x61 <= raw[i] <= 0x7A:
        return k if k == n or not (is_ascii_letter(raw[k]) or raw[k] == FULL_STOP) else colon
    if letters == 0 and others == 0 and dots == 0 and k < n and is_ascii_letter(raw[k]):
        while k < n and is_ascii_word(raw[k]):
            k += 1
        return k
    return colon


cdef Py_ssize_t scan_ascii(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, bint after_latin,
                           Scanned* scanned) noexcept nogil:
    """End of the protected token that begins with the ASCII letter or digit at `i`, or `i`.

    Addresses, e-mail, file names, versions and identifiers of letters with digits. `after_latin`: one blank and a
    Latin letter stand before («Python 3.11»), which makes a decimal a version. No token begins inside the run of ASCII
    that was `scanned`.
    """
    cdef Py_ssize_t k = i
    cdef Py_ssize_t end, group = 0
    cdef uint32_t c, following
    cdef int dots = 0, letters = 0, digits = 0, others = 0
    cdef Py_ssize_t hyphen = -1
    cdef bint grouped = True, dotted_digits
    cdef int32_t e
    while k < n:
        c = raw[k]
        if is_ascii_letter(c):
            letters += 1
        elif is_ascii_digit(c):
            digits += 1
            group += 1
        elif c == FULL_STOP or c == 0x2D or c == 0x5F or c == 0x2B:
            following = raw[k + 1] if k + 1 < n else 0
            if not is_ascii_word(following):
                break
            if c == FULL_STOP:
                # «selesai.Lalu» is a stop without its space, not a name
                if k > i + 1 and 0x61 <= raw[k - 1] <= 0x7A and 0x41 <= following <= 0x5A \
                        and k + 2 < n and 0x61 <= raw[k + 2] <= 0x7A:
                    break
                if (group > 3 or group == 0) if dots == 0 else group != 3:
                    grouped = False
                dots += 1
                group = 0
            else:
                if c == 0x2D and i < scanned.range_end:
                    break
                others += 1
                if hyphen < 0 and c == 0x2D:
                    hyphen = k
        else:
            break
        k += 1
    if hyphen > 0 and letters == 0 and dots and (k == n or raw[k] != COMMERCIAL_AT):
        scanned.range_end = k
        return scan_ascii(raw, i, hyphen, table, after_latin, scanned)  # a range: each number for itself
    scanned.end = k
    if k < n:
        c = raw[k]
        if c == COLON and k + 3 < n and raw[k + 1] == SLASH and raw[k + 2] == SLASH and digits + dots == 0:
            end = scan_address(raw, k + 3, n, table)
            if end > k + 3:
                return end
        if c == COMMERCIAL_AT and k + 1 < n and is_ascii_word(raw[k + 1]):
            end = k + 1
            while end < n and (is_ascii_word(raw[end]) or ((raw[end] == FULL_STOP or raw[end] == 0x2D)
                                                           and end + 1 < n and is_ascii_word(raw[end + 1]))):
                end += 1
            return end
        if c == COLON and k + 1 < n and is_ascii_digit(raw[k + 1]):
            end = scan_after_colon(raw, i, k, n, letters, dots, digits, others)
            if end > k:
                scanned.end = end
                return end
        if c == SLASH and letters == 1 and k == i + 1 and k + 1 < n and is_ascii_digit(raw[k + 1]):
            end = k + 1  # an aperture: «f/1.8»
            while end < n and (is_ascii_digit(raw[end]) or (raw[end] == FULL_STOP and end + 1 < n
                                                            and is_ascii_digit(raw[end + 1]))):
                end += 1
            scanned.end = end
            return end
        if digits == 1 and k == i + 1 and (c == 0xFE0F or c == 0x20E3):
            return k + 2 if c == 0xFE0F and k + 1 < n and raw[k + 1] == 0x20E3 else k + 1
        e = lookup(table, c)
        if (c >= 0x80 and (is_latin(e) or (e & CLASS_MASK) == LETTER)) or (e & CLASS_MASK) == MARK:
            return i  # «café2», «H2O» with an accent: a word, and composition may still change it
    if letters and dots:
        if k < n and (raw[k] == SLASH or (raw[k] == COLON and k + 1 < n and is_ascii_digit(raw[k + 1]))):
            return scan_address(raw, k, n, table)
        return k
    if letters and digits:
        return k
    if digits and dots and not letters:
        if dots == 1:
            dotted_digits = after_latin and others == 0
        else:
            dotted_digits = not (grouped and group == 3)  # 1.250.000 is a number
        return k if dotted_digits else i
    return i


cdef Py_ssize_t scan_file_name(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """End of the file or domain name that begins with the Arabic letter at `i` («كتاب.pdf»), or `i`."""
    cdef Py_ssize_t k = i
    cdef Py_ssize_t stop
    while k < n and (is_name_part(raw, k, n, table) or raw[k] == 0x2D):
        k += 1
    if k + 2 >= n or raw[k] != FULL_STOP:
        return i
    stop = k
    k += 1
    if not 0x61 <= raw[k] <= 0x7A:
        return i
    while k < n and (0x61 <= raw[k] <= 0x7A or is_ascii_digit(raw[k])):
        k += 1
    if not 3 <= k - stop <= 5 or (k < n and is_name_part(raw, k, n, table)):
        return i
    return k


# --- numbers and quotes ----------------------------------------------------------------------------------------------

cdef inline bint is_zero(uint32_t c) noexcept nogil:
    return c == 0x30 or c == 0x660 or c == 0x6F0


cdef bint follows_designation(const Table* table, const Output* out, const Line* line) noexcept nogil:
    """Whether a number now comes after a word that makes it a name: «نسخه ۲.۰», «الفصل ٣.١»."""
    cdef Py_ssize_t k = out.size
    cdef uint64_t hash_ = HASH_SEED
    cdef Py_ssize_t at
    if line.pending < 0 or table.n_designations == 0:
        return False
    while k > line.start and out.size - k <= MAX_DESIGNATION \
            and (is_word(lookup(table, out.text[k - 1])) or out.text[k - 1] == ZWNJ):
        k -= 1
        hash_ = (hash_ ^ out.text[k]) * HASH_STEP
    for at in range(table.n_designations):
        if table.designations[at] == hash_:
            return True
    return False


cdef Py_ssize_t scan_number(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, const Output* out,
                            const Line* line) noexcept nogil:
    """End of the number at `i` if its separators are those of one decimal or grouped number, else `i`.

    1,250,000 and 1,250.5 and 3.5 are; 1.2.3, 12,34, 1,2,3 and 12.500 may mean other things and are left alone, and so
    is 3.5 where a word before it makes it a name. The comma of the sentence, U+060C, groups only where the number is
    past doubt: ۱،۲۵۰،۰۰۰ and ۱،۲۵۰٫۵.
    """
    cdef Py_ssize_t k = i
    cdef Py_ssize_t group = 0, stop = -1
    cdef int commas = 0, points = 0
    cdef bint sentence_commas = False
    cdef bint is_point
    cdef uint32_t c
    cdef int32_t e
    while k < n:
        c = raw[k]
        e = lookup(table, c)
        if (e & CLASS_MASK) == DIGIT:
            group += 1
        elif c == COMMA or c == FULL_STOP or c == ARABIC_DECIMAL or c == ARABIC_THOUSANDS or c == ARABIC_COMMA:
            if k + 1 >= n or (lookup(table, raw[k + 1]) & CLASS_MASK) != DIGIT:
                break
            is_point = c == FULL_STOP or c == ARABIC_DECIMAL
            if points or group == 0:
                return i
            if group != 3 if commas else (group > 3 and not is_point):
                return i
            if is_point:
                points += 1
                if c == FULL_STOP:
                    stop = k
            else:
                commas += 1
                sentence_commas |= c == ARABIC_COMMA
            group = 0
        else:
            break
        k += 1
    if commas + points == 0 or (commas and not points and group != 3) or (sentence_commas and commas + points < 2):
        return i
    if stop >= 0 and commas == 0:
        if group == 3 and stop - i <= 3 and not (
                stop - i == 1 and is_zero(fold(table, raw[i], lookup(table, raw[i])))):
            return i  # «12.500» may be twelve thousand and five hundred
        if follows_designation(table, out, line):
            return i
    return k


cdef bint is_shaped_heh(const Table* table, const Output* out, Py_ssize_t line_start) noexcept nogil:
    """Whether a heh was written last that one tatweel shapes: after a year, «١٤٤٥ هـ», or alone, as a letter of a list.
    """
    cdef Py_ssize_t k = out.size - 1
    if k > line_start and (lookup(table, out.text[k]) & CLASS_MASK) == TATWEEL:
        k -= 1
    if k < line_start or out.text[k] != HEH:
        return False
    if k == line_start or out.text[k - 1] == BLANK or (lookup(table, out.text[k - 1]) & CLASS_MASK) == OPENER:
        return True
    return (lookup(table, out.text[k - 1]) & CLASS_MASK) == DIGIT


cdef bint continues_number(const Table* table, const Output* out, Py_ssize_t line_start) noexcept nogil:
    """Whether a digit written now would go on with a number: after a digit, or after a digit and a separator."""
    cdef uint32_t before = out.text[out.size - 1]
    if (lookup(table, before) & CLASS_MASK) == DIGIT:
        return True
    return (before == COMMA or before == FULL_STOP or before == ARABIC_DECIMAL or before == ARABIC_THOUSANDS) \
        and out.size - line_start > 1 and (lookup(table, out.text[out.size - 2]) & CLASS_MASK) == DIGIT


cdef bint ends_arabic_number(const Table* table, const Output* out, Py_ssize_t line_start) noexcept nogil:
    """Whether the number written last stands behind a word of Arabic letters: «سال ۱۴۰۰?»."""
    cdef Py_ssize_t k = out.size
    cdef Py_ssize_t first = max(line_start, k - MAX_NUMBER)
    while k > first and not is_word(lookup(table, out.text[k - 1])) and out.text[k - 1] != BLANK:
        k -= 1
    if k > line_start and out.text[k - 1] == BLANK:
        k -= 1
    return k > line_start and (lookup(table, out.text[k - 1]) & CLASS_MASK) == ARABIC


cdef inline int glide_of(int32_t e) noexcept nogil:
    return (e >> GLIDE_SHIFT) & GLIDE_MASK


cdef inline Py_ssize_t skip_ordinary(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Offset of the first character from `i` on that may end a line, go, or be a quotation mark."""
    while i < n and STOPS < glide_of(lookup(table, raw[i])) < DELETED_MARK:
        i += 1
    return i


cdef bint guillemets_pair_up(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether the guillemets of the line that begins at `i` open and close in turn."""
    cdef bint is_open = False
    cdef uint32_t c
    cdef int32_t e
    while True:
        i = skip_ordinary(raw, i, n, table)
        if i == n:
            break
        e = lookup(table, raw[i])
        if (e & CLASS_MASK) == NEWLINE or (e & CLASS_MASK) == RETURN:
            break
        c = fold(table, raw[i], e)
        if c == (LEFT_GUILLEMET if is_open else RIGHT_GUILLEMET):
            return False
        if c == LEFT_GUILLEMET or c == RIGHT_GUILLEMET:
            is_open = not is_open
        i += 1
    return not is_open


# --- spaces between two characters -----------------------------------------------------------------------------------

cdef inline bint takes_no_space_before(uint32_t c) noexcept nogil:
    return c == FULL_STOP or c == COMMA or c == ARABIC_COMMA or c == COLON or c == SEMICOLON or c == EXCLAMATION \
        or c == QUESTION or c == ARABIC_SEMICOLON or c == ARABIC_QUESTION or c == ELLIPSIS


cdef bint keeps_space_before(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, uint32_t c,
                             int32_t before) noexcept nogil:
    """Exceptions: « .NET», « .5», « .@name», «3 ,5», « :)», « :D», « !=», «3 : 5»."""
    cdef uint32_t following = raw[i + 1] if i + 1 < n else 0
    cdef int32_t e
    if c == FULL_STOP or c == QUESTION:
        return is_ascii_letter(following) or (lookup(table, following) & CLASS_MASK) == DIGIT or (
            is_latin(before) and (following == COMMERCIAL_AT or following == NUMBER_SIGN))
    if c == COMMA or c == ARABIC_COMMA:  # two numbers, not one: «1.000 ,5»
        return (before & CLASS_MASK) == DIGIT and (lookup(table, following) & CLASS_MASK) == DIGIT
    if c == COLON:
        if following == 0x29 or following == 0x28 or following == 0x2D or following == SLASH or following == 0x7C:
            return True
        if following == 0x44 or (following | 0x20) == 0x70:  # «:D», «:P»
            return i + 2 >= n or not is_word(lookup(table, raw[i + 2]))
        if (before & CLASS_MASK) == DIGIT:
            peek(raw, i + 1, n, table, True, &e)
            return (e & CLASS_MASK) == DIGIT
        return False
    if c == SEMICOLON:
        return following == 0x29 or following == 0x2D
    if c == EXCLAMATION:
        return following == 0x3D
    return False


cdef bint follows_opener(raw_t* raw, Py_ssize_t i, const Table* table) noexcept nogil:
    """Whether the blank at `i` goes, for an opening bracket stands before it."""
    cdef Py_ssize_t first = max(0, i - MAX_MARKS)
    while i > first and ((lookup(table, raw[i]) & CLASS_MASK) == SPACE or lookup(table, raw[i]) & DELETED):
        i -= 1
    return (lookup(table, raw[i]) & CLASS_MASK) == OPENER


cdef bint quotes_pair_up(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether the straight double quotes from `i` to the end of its line open and close in turn."""
    cdef Py_ssize_t k = i, last = i - 1     # what stands before and stays
    cdef Py_ssize_t following
    cdef int count = 0
    cdef uint32_t c
    cdef int32_t e, before, after
    while last >= 0 and lookup(table, raw[last]) & DELETED:
        last -= 1
    while True:
        following = skip_ordinary(raw, k, n, table)
        if following > k:
            k = following
            last = k - 1
        if k == n:
            break
        e = lookup(table, raw[k])
        if (e & CLASS_MASK) == NEWLINE or (e & CLASS_MASK) == RETURN:
            break
        c = fold(table, raw[k], e)
        if c == LESS_THAN or c == LEFT_GUILLEMET or c == RIGHT_GUILLEMET:
            return False
        if c == QUOTE and not e & DELETED:
            before = lookup(table, raw[last]) & CLASS_MASK if last >= 0 else NEWLINE
            if table.punctuation and before == SPACE and follows_opener(raw, last, table):
                before = OPENER
            peek(raw, k + 1, n, table, False, &after)
            if table.punctuation and (after & CLASS_MASK) == SPACE:
                following = skip_unwritten(raw, k + 1, n, table, True)
                if following < n:
                    after = lookup(table, raw[following])
                    c = fold(table, raw[following], after)
                    if (after & CLASS_MASK) != CLOSER and (
                            not takes_no_space_before(c) or keeps_space_before(raw, following, n, table, c, OTHER)):
                        after = SPACE
            after &= CLASS_MASK
            if count % 2 == 0:
                if before == DIGIT or is_latin(before) or (before == ARABIC and after == SPACE):
                    return False  # an inch sign, or the end of a quotation that began elsewhere
            elif is_latin(after) or after == DIGIT or (after == ARABIC and before == SPACE):
                return False
            count += 1
        if not e & DELETED:
            last = k
        k += 1
    return count % 2 == 0


cdef inline void judge_quotes(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, Line* line) noexcept nogil:
    """Settle at the first straight double quote of a line, at `i`, whether they are quotation marks."""
    line.quotes = OPENING_NEXT if quotes_pair_up(raw, i, n, table) else LEFT_ALONE


cdef bint ends_emoticon(const Output* out) noexcept nogil:
    """Whether the opening bracket written last is a mouth: «:(», «:-(»."""
    cdef Py_ssize_t k = out.size - 2
    if k > 0 and out.text[k] == 0x2D:
        k -= 1
    return k >= 0 and (out.text[k] == COLON or out.text[k] == SEMICOLON) and (
        k == 0 or out.text[k - 1] == BLANK or out.text[k - 1] == LF)


cdef bint wants_space(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, const Output* out,
                      const Line* line, uint32_t c, int32_t e) noexcept nogil:
    """Whether a space is missing between the mark written last and the character `c` at `i`."""
    cdef uint32_t mark = out.text[out.size - 1]
    cdef int32_t before = lookup(table, out.text[out.size - 2]) if out.size > 1 else NEWLINE
    cdef int32_t earlier = lookup(table, out.text[out.size - 3]) if out.size > 2 else NEWLINE
    cdef int32_t following
    cdef int k = e & CLASS_MASK
    cdef uint32_t closer = out.text[out.size - 2] if out.size > 1 else 0
    cdef bint after_word
    if closer == PERCENT or closer == ARABIC_PERCENT or (closer == QUOTE and line.quotes == OPENING_NEXT):
        before = CLOSER
    after_word = is_word(before) or (before & CLASS_MASK) == CLOSER
    cdef bint is_arabic = k == ARABIC
    cdef bint begins_capitalized = False
    if c == NUMBER_SIGN or c == COMMERCIAL_AT:
        return mark == ARABIC_COMMA or mark == ARABIC_SEMICOLON or (after_word and (
            mark == COMMA or mark == SEMICOLON or (before & CLASS_MASK) == ARABIC))
    if not is_letter(e) and k != OPENER and k != DIGIT:
        return False
    if mark == ARABIC_COMMA or mark == ARABIC_SEMICOLON:
        return k != DIGIT or (before & CLASS_MASK) != DIGIT
    if k == OPENER and mark != ARABIC_QUESTION and not (
            c == LEFT_GUILLEMET or c == QUOTE or (c == LEFT_PARENTHESIS and mark == FULL_STOP)
            or (c == ORNATE_LEFT_PARENTHESIS and mark == COLON)):
        return False
    if e & EXPANDED:
        following = lookup(table, table.expansions[(e >> SHIFT) * MAX_EXPANSION + 1])
    else:
        peek(raw, i + 1, n, table, False, &following)
    if k == LATIN_UPPER:
        begins_capitalized = (following & CLASS_MASK) == LATIN_LOWER
    if mark == ARABIC_QUESTION:
        return k != DIGIT
    if mark == ELLIPSIS:
        return is_letter(e) and (after_word or (before & CLASS_MASK) == DIGIT)
    if mark == FULL_STOP:
        if k == DIGIT:
            return False
        if k == OPENER:
            return (before & CLASS_MASK) == ARABIC and is_word(earlier)
        if not ((is_arabic and is_word(following)) or begins_capitalized):
            return False
        if (before & CLASS_MASK) == CLOSER or (before & CLASS_MASK) == DIGIT:
            return True
        if (before & CLASS_MASK) == LATIN_UPPER and not is_arabic:
            return False
        return is_word(before) and (is_word(earlier) or (earlier & CLASS_MASK) == JOINER)
    if mark == COLON:
        if not after_word:
            return False
        if is_arabic or (before & CLASS_MASK) == ARABIC:
            return True
        return begins_capitalized and (before & CLASS_MASK) == LATIN_LOWER
    if mark == COMMA and k == DIGIT:
        return is_letter(before) and is_letter(earlier)
    if mark == COMMA or mark == SEMICOLON:
        return is_letter(e) and after_word
    if mark == QUESTION or mark == EXCLAMATION:
        return (after_word or is_final(closer)) and (is_arabic or begins_capitalized)
    return False


cdef bint begin(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, Output* out, Line* line, uint32_t c,
                int32_t e, bint closes_quote) noexcept nogil:
    """Settle the space before the character `c` at `i`: keep, drop or insert it."""
    cdef uint32_t before = 0
    cdef int32_t before_entry = NEWLINE
    cdef bint keep = True
    cdef Py_ssize_t k
    cdef int cls = e & CLASS_MASK
    if out.size > line.start:
        before = out.text[out.size - 1]
        before_entry = lookup(table, before)
    if line.pending < 0:
        if before and table.punctuation and before != BLANK and line.protected_end != out.size \
                and takes_no_space_before(before) and wants_space(raw, i, n, table, out, line, c, e):
            emit(out, BLANK, i, i)
            out.changed = True
        return True
    if before == 0:
        keep = not table.spaces
    elif cls == MARK:
        keep = True
    elif table.punctuation:
        if before == LEFT_GUILLEMET or c == RIGHT_GUILLEMET:
            keep = line.guillemets != PAIRED
        elif line.quote_opened == out.size or (
                (before_entry & CLASS_MASK) == OPENER and line.protected_end != out.size):
            keep = ends_emoticon(out)
        elif cls == CLOSER or closes_quote:
            keep = False
        elif takes_no_space_before(c):
            keep = keeps_space_before(raw, i, n, table, c, before_entry)
        elif c == ARABIC_PERCENT or c == PERCENT:
            keep = (before_entry & CLASS_MASK) != DIGIT
    if not keep:
        out.changed = True
        if out.carry < 0:
            out.carry = line.pending
    elif table.spaces:
        out.changed |= line.pending_end - line.pending != 1 or raw[line.pending] != BLANK
        emit(out, BLANK, line.pending, line.pending_end)
    else:
        if not make_room(out, line.pending_end - line.pending + 2 * MAX_EXPANSION):
            return False
        for k in range(line.pending, line.pending_end):
            if (lookup(table, raw[k]) & CLASS_MASK) == SPACE:
                emit(out, raw[k], k, k + 1)
            else:
                absorb(out, k, k + 1)
    line.pending = -1
    return True


# --- runs of one letter ----------------------------------------------------------------------------------------------

cdef Py_ssize_t find_run(raw_t* text, Py_ssize_t start, Py_ssize_t n, const Table* table) noexcept nogil:
    """First place from `start` on where a letter stands three times in a row, ASCII letters in either case; or `n`."""
    cdef Py_ssize_t k, end
    cdef uint32_t bits
    cdef bint found
    while start < n - 2:
        end = min(start + RUN_BLOCK, n - 2)
        if sizeof(text[0]) == 1:
            found = block_has_run_1(<const uint8_t*>text + start, end - start)
        elif sizeof(text[0]) == 2:
            found = block_has_run_2(<const uint16_t*>text + start, end - start)
        else:
            found = block_has_run_4(<const uint32_t*>text + start, end - start)
        if found:
            for k in range(start, end):
                bits = (text[k] ^ text[k + 1]) | (text[k] ^ text[k + 2])
                if (bits == 0 and is_letter(lookup(table, text[k]))) or (bits == 0x20 and is_ascii_letter(text[k])):
                    return k
        start = end
    return n


cdef bint note_runs(raw_t* text, Py_ssize_t start, Py_ssize_t n, Py_ssize_t base, const Table* table,
                    Pairs* runs) noexcept nogil:
    """Note where letters stand three times in a row, of a text that begins at `base`; False where memory is out."""
    while True:
        start = find_run(text, start, n, table)
        if start >= n:
            return True
        if not note_pair(runs, base + start, base + start + 3):
            return False
        start += 1


cdef bint seek_runs(const Table* table, Output* out, Py_ssize_t end) noexcept nogil:
    """Note the runs that begin before an offset of the window, and where they were not looked for yet."""
    cdef Py_ssize_t n = min(end + 2, out.size)
    if not note_runs(<const uint32_t*>out.text, out.searched - out.base, n, out.base, table, &out.runs):
        out.failed = True
        return False
    out.searched = out.base + max(n - 2, 0)
    return True


cdef bint find_long_words(raw_t* text, Py_ssize_t n, const Table* table, Output* out) noexcept nogil:
    """Note the words outside protected tokens in which a letter stands three times in a row; False if memory is out."""
    cdef Py_ssize_t start, end = 0, token = 0, k
    cdef const Pairs* protected = &out.protected
    if not note_runs(text, out.searched, n, 0, table, &out.runs):
        return False
    for k in range(out.runs.size):
        if out.runs.values[2 * k] < end:
            continue
        start = end = out.runs.values[2 * k]
        while start > 0 and is_letter(lookup(table, text[start - 1])):
            start -= 1
        while end < n and is_letter(lookup(table, text[end])):
            end += 1
        while token < protected.size and protected.values[2 * token + 1] <= start:
            token += 1
        if (token == protected.size or protected.values[2 * token] >= end) and not note_pair(&out.words, start, end):
            return False
    return True


# --- gliding over ordinary text --------------------------------------------------------------------------------------

cdef inline bint may_follow(const Table* table, int before, int glide) noexcept nogil:
    return (table.followers[before] >> glide) & 1


cdef inline bint ends_lines(const uint32_t* text) noexcept nogil:
    """Whether the two characters before `text` are line feeds; a third one would be too many."""
    return (text - 1)[0] == LF and (text - 2)[0] == LF


cdef inline void begin_line(Line* line, Py_ssize_t start, Py_ssize_t raw_start) noexcept nogil:
    """Forget the line before: the new one begins at these offsets."""
    line.start = start
    line.raw_start = raw_start
    line.quotes = line.guillemets = UNKNOWN
    line.saw_token = line.saw_invisible = False


cdef inline bint is_blank_at(raw_t* raw, Py_ssize_t i, Py_ssize_t n) noexcept nogil:
    return i < 0 or i >= n or raw[i] == BLANK or raw[i] == LF


cdef bint stands_in_number(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether raw[i] is a mark between two ASCII digits or the digit after it: 1.5, 10:30, 5-10, 1/2."""
    cdef Py_ssize_t mark = i - 1 if is_ascii_digit(raw[i]) else i
    cdef int glide
    if not (0 < mark < n - 1 and is_ascii_digit(raw[mark - 1]) and is_ascii_digit(raw[mark + 1]) and raw[mark] < 0x80):
        return False
    glide = glide_of(lookup(table, raw[mark]))
    return glide == TRAILING or glide == INNER


cdef bint stands_alone(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether raw[i] is a sign between blanks to which no rule pays heed."""
    cdef int32_t e = lookup(table, raw[i])
    return (e == OTHER or e == PICTOGRAPH or raw[i] == ASTERISK) and raw[i] != LESS_THAN \
        and is_blank_at(raw, i - 1, n) and is_blank_at(raw, i + 1, n)


cdef inline bint may_come(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, int before,
                          int glide) noexcept nogil:
    """Whether raw[i], of the glide `glide`, glides by after a character of the glide `before`."""
    return may_follow(table, before, glide) or stands_in_number(raw, i, n, table) or stands_alone(raw, i, n, table)


cdef inline bint stays(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, int before,
                       Line* line) noexcept nogil:
    """Whether raw[i] glides by as it stands after a character of the glide `before`."""
    cdef int32_t e = lookup(table, raw[i])
    cdef int glide = glide_of(e)
    if e & CHANGED:
        return False
    if not may_come(raw, i, n, table, before, glide):
        return False
    if glide >= LINE_BREAK:
        if glide != LINE_BREAK:
            line.quotes = LEFT_ALONE
        elif i > 1 and raw[i - 1] == LF and raw[i - 2] == LF:
            return False
        else:
            begin_line(line, i + 1, i + 1)
    return True


cdef inline int flag_block(raw_t* raw, const Table* table, uint8_t* flags) noexcept nogil:
    if sizeof(raw[0]) == 1:
        return flag_block_1(<const uint8_t*>raw, table.case_bit, flags)
    if sizeof(raw[0]) == 2:
        return flag_block_2(<const uint16_t*>raw, table.case_bit, flags)
    return flag_block_4(<const uint32_t*>raw, table.case_bit, flags)


cdef Py_ssize_t skim_blocks(raw_t* raw, Py_ssize_t n, const Table* table, Line* line) noexcept nogil:
    """Offset of the first character that does not glide by as it stands, or `n`; raw[0] does."""
    cdef uint8_t[BLOCK] flags
    cdef uint64_t bits
    cdef Py_ssize_t i = 1, k
    cdef int word
    while i < n:
        i = min(i, n - BLOCK)  # the last block overlaps the one before it: what stays in the one does so in the other
        if flag_block(raw + i, table, flags):
            for word in range(N_WORDS):
                bits = read_flags(flags + 8 * word)
                while bits:
                    k = i + 8 * word + lowest_flag(bits)
                    bits &= bits - 1
                    if not stays(raw, k, n, table, glide_of(lookup(table, raw[k - 1])), line):
                        return k
        i += BLOCK
    return n


cdef inline void open_line(Line* line, int state) noexcept nogil:
    """Begin the first line of a text, of which `line_state` is known."""
    line.pending = line.pending_end = line.protected_end = line.quote_opened = -1
    begin_line(line, 0, 0)
    line.quotes = state & 0x0F
    line.guillemets = state >> 4


cdef Py_ssize_t skim(raw_t* raw, Py_ssize_t n, const Table* table, Line* line) noexcept nogil:
    """Offset from which on the rules must look at the text; all that stands before it glides by as it stands.

    Most short texts are ordinary from end to end: for them, setting up the pass would cost more than passing.
    """
    cdef Py_ssize_t i = 0
    cdef int before = ONE_BLANK
    if n and stays(raw, 0, n, table, ONE_BLANK, line):
        if sizeof(raw[0]) == 1 and n > BLOCK and table.has_calm_blocks:
            i = skim_blocks(raw, n, table, line)
            before = glide_of(lookup(table, raw[i - 1]))
        else:
            while i < n and stays(raw, i, n, table, before, line):
                before = glide_of(lookup(table, raw[i]))
                i += 1
                if sizeof(raw[0]) == 1:
                    i += skim_1(<const uint8_t*>raw + i, n - i, table.pages, table.followers, &before)
                elif sizeof(raw[0]) == 2:
                    i += skim_2(<const uint16_t*>raw + i, n - i, table.pages, table.followers, &before)
                else:
                    i += skim_4(<const uint32_t*>raw + i, n - i, table.pages, table.followers, &before)
    if i == n and before != ONE_BLANK and before != HALF_SPACE:
        return n
    # The word in which it stopped may be an address, a number, an identifier.
    while i > 0 and raw[i - 1] != BLANK and raw[i - 1] != LF:
        i -= 1
    return i - (i > 0 and raw[i - 1] == BLANK)


cdef void adopt(raw_t* raw, Py_ssize_t n, const Table* table, Output* out, Line* line) noexcept nogil:
    """Take the first `n` characters for written, as they stand."""
    cdef Py_ssize_t n_kept = n if n <= WINDOW_FULL else N_KEPT
    cdef Py_ssize_t k
    out.base = n - n_kept
    out.size = n_kept
    for k in range(n_kept):
        out.text[k] = raw[out.base + k]
    out.widest = bits_of(raw, sizeof(raw[0]), out.base)
    if table.elongation and out.base:
        out.failed = not note_runs(raw, 0, out.base + 2, 0, table, &out.runs)
        out.searched = out.base
    out.last_end = n
    line.start = max(line.raw_start - out.base, 0)


cdef Py_ssize_t glide_block(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, Output* out, Line* line,
                            uint32_t* text, int before) noexcept nogil:
    """Write BLOCK characters from `i` on, most of them calm; return how many of them the glide may pass."""
    cdef uint8_t[BLOCK] flags
    cdef uint64_t[N_WORDS] bits
    cdef int n_flags, glide, k
    cdef int32_t e
    n_flags = flag_block(raw + i, table, flags)
    if n_flags > BLOCK // 4:
        return 0
    for k in range(BLOCK):
        text[k] = raw[i + k]
    for k in range(N_WORDS):
        bits[k] = read_flags(flags + 8 * k)
    k = 0
    while n_flags:
        n_flags -= 1
        while bits[k // 8] == 0:
            k += 8
        k = k & ~7 | lowest_flag(bits[k // 8])
        bits[k // 8] &= bits[k // 8] - 1
        e = lookup(table, raw[i + k])
        glide = glide_of(e)
        if k:
            before = glide_of(lookup(table, raw[i + k - 1]))
        if glide == DELETED_MARK or not may_come(raw, i + k, n, table, before, glide):
            return k
        if glide == LINE_BREAK:
            if ends_lines(text + k):
                return k
            begin_line(line, text + k + 1 - out.text, i + k + 1)
        elif glide >= OPENS_QUOTATION:
            line.quotes = LEFT_ALONE
        text[k] = <uint32_t>(<int32_t>text[k] + (e >> SHIFT))
        out.changed |= e >> SHIFT != 0
    return BLOCK


cdef inline Py_ssize_t glide_words(raw_t* raw, Py_ssize_t n, const Table* table, Gliding* gliding,
                                   bint dropping) noexcept nogil:
    """Write what glides by without a thought for the line; return how many characters that were."""
    if sizeof(raw[0]) == 1:
        return glide_1(<const uint8_t*>raw, n, table.pages, table.followers, gliding)
    if sizeof(raw[0]) == 2:
        if dropping:
            return glide_dropping_2(<const uint16_t*>raw, n, table.pages, table.followers, gliding)
        return glide_2(<const uint16_t*>raw, n, table.pages, table.followers, gliding)
    if dropping:
        return glide_dropping_4(<const uint32_t*>raw, n, table.pages, table.followers, gliding)
    return glide_4(<const uint32_t*>raw, n, table.pages, table.followers, gliding)


cdef Py_ssize_t find_token(raw_t* raw, Py_ssize_t i, Py_ssize_t end, Py_ssize_t n, Scanned* scanned,
                           const Table* table) noexcept nogil:
    """Offset from `i` on and before `end` at which a protected token begins inside of a word, or `end`."""
    if scanned.end > i:
        i = scanned.end
    while i < end:
        if is_ascii_word(raw[i]):
            if not (is_ascii_letter(raw[i]) and is_plain_word(raw, i, n, scanned)) \
                    and scan_ascii(raw, i, n, table, False, scanned) > i:
                scanned.end = i
                return i
            i = scanned.end
        else:
            i += 1
    return end


cdef inline bint begins_file_name(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    return table.protect and (lookup(table, raw[i]) & CLASS_MASK) == ARABIC and scan_file_name(raw, i, n, table) > i


cdef Py_ssize_t glide_on(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, Output* out, Line* line,
                         int32_t e, Scanned* scanned) noexcept nogil:
    """Write ordinary text from `i` on, after the letter of entry `e`; return where the other rules must go on."""
    cdef Gliding gliding
    cdef uint32_t* text
    cdef Py_ssize_t first = i, word, taken
    cdef Py_ssize_t limit = min(n, i + out.capacity - out.size - 2 * MAX_EXPANSION)
    cdef int before, glide
    cdef bint in_blocks, at_mark, dropping = False
    gliding.text = out.text + out.size
    gliding.before = glide_of(e)
    gliding.seen = 0
    gliding.sorts = table.compose and not out.aligned
    in_blocks = gliding.before == OTHER_LETTER and table.has_calm_blocks
    while in_blocks and i + BLOCK <= limit:
        taken = glide_block(raw, i, n, table, out, line, gliding.text, gliding.before)
        in_blocks = taken == BLOCK
        if taken:
            i += taken
            gliding.text += taken
            gliding.before = glide_of(lookup(table, raw[i - 1]))
    while i < limit:
        i += glide_words(raw + i, limit - i, table, &gliding, dropping)
        if i == limit:
            break
        e = lookup(table, raw[i])
        glide = glide_of(e)
        if glide == VOWEL and gliding.before == VOWEL:
            out.size = gliding.text - out.text
            out.last_end = i
            emit_mark(table, out, raw[i], e, i, i + 1)
            gliding.text = out.text + out.size
            i += 1
            continue
        if not may_come(raw, i, n, table, gliding.before, glide):
            break
        if glide == LINE_BREAK:
            if ends_lines(gliding.text):
                break
            begin_line(line, gliding.text + 1 - out.text, i + 1)
        elif glide > LINE_BREAK:
            line.quotes = LEFT_ALONE
        gliding.seen |= e
        i += 1
        if glide == DELETED_MARK:
            dropping = not out.aligned
            out.size = gliding.text - out.text
            prolong(out, i)
        else:
            gliding.text[0] = <uint32_t>(<int32_t>raw[i - 1] + (e >> SHIFT))
            gliding.text += 1
            gliding.before = glide
    text = gliding.text
    before = gliding.before
    if before == HALF_SPACE:
        i -= 1
        text -= 1
    elif before == ONE_BLANK or (i < n and raw[i] != LF):
        # The word in which it stopped may be an address, a number, an identifier: it is written anew, from the blank
        # before it on. A line break asks for nothing, nor does a mark on a letter if it is in no name of a file.
        at_mark = before <= VOWEL and i < n and (lookup(table, raw[i]) & CLASS_MASK) == MARK
        word = i
        while word > first and raw[word - 1] != BLANK and raw[word - 1] != LF:
            word -= 1
        if at_mark and not (word > first and begins_file_name(raw, word, n, table)):
            word = i
        elif word > first:
            word -= raw[word - 1] == BLANK
        elif table.protect:
            # It began before: what is protected in it stands behind a slash or a hyphen («سایت/toko.com»).
            word = find_token(raw, first, i, n, scanned, table)
        else:
            word = i
        while i > word:
            i -= 1
            text -= glide_of(lookup(table, raw[i])) != DELETED_MARK
    out.size = text - out.text
    while out.breaks.size and out.breaks.values[3 * (out.breaks.size - 1)] >= out.base + out.size:
        out.breaks.size -= 1
    out.last_end = i
    if i - first > FAR:
        line.saw_token = line.saw_invisible = False
    if gliding.seen & CHANGED:
        out.changed = True
    return i


# --- the pass --------------------------------------------------------------------------------------------------------

cdef void run(raw_t* raw, Py_ssize_t start, Py_ssize_t n, const Table* table, Output* out, Line* line) noexcept nogil:
    """Normalize `raw` into `out`; what stands before `start` was skimmed."""
    cdef Py_ssize_t i = start
    cdef Scanned scanned = Scanned(0, 0)
    cdef Py_ssize_t number_end = 0
    cdef Py_ssize_t unwritten_end = 0   # of the joiners and tatweels here, which may be many
    cdef Py_ssize_t end, k
    cdef bint closes_quote
    cdef uint32_t c, target, before
    cdef int32_t e, next_entry, before_entry
    cdef int cls
    cdef uint32_t* expansion
    adopt(raw, start, table, out, line)

    while i < n:
        if not make_room(out, 4 * MAX_EXPANSION):
            return
        c = raw[i]
        e = lookup(table, c)
        cls = e & CLASS_MASK

        if table.protect and c < 0x80 and i >= scanned.end:
            end = i
            if is_ascii_letter(c) and is_plain_word(raw, i, n, &scanned):
                pass
            elif is_ascii_word(c):
                before_entry = NEWLINE
                if line.pending >= 0 and line.pending_end - line.pending == 1 and out.size > line.start:
                    before_entry = lookup(table, out.text[out.size - 1])
                end = scan_ascii(raw, i, n, table, is_latin(before_entry), &scanned)
            elif c == LESS_THAN or c == AMPERSAND:
                end = scan_markup(raw, i, n)
                if end > i and c == LESS_THAN:
                    line.quotes = LEFT_ALONE
            elif (c == NUMBER_SIGN or c == COMMERCIAL_AT) and (
                    line.pending >= 0 or out.size == line.start or line.protected_end == out.size
                    or not 1 <= (lookup(table, out.text[out.size - 1]) & CLASS_MASK) <= 6):
                end = scan_name(raw, i, n, table)
        elif table.protect and cls == ARABIC and (
                line.pending >= 0 or out.size == line.start or takes_no_space_before(out.text[out.size - 1])):
            end = scan_file_name(raw, i, n, table)
        else:
            end = i
        if end > i:
            if not begin(raw, i, n, table, out, line, c, e, False) or not make_room(out, end - i):
                return
            for k in range(i, end):
                emit(out, raw[k], k, k + 1)
            line.protected_end = out.size
            if table.elongation and not note_pair(
                    &out.protected, out.base + line.protected_end - (end - i), out.base + line.protected_end):
                out.failed = True
                return
            if not see(out, line, &line.saw_token, out.base + line.protected_end - (end - i)):
                return
            scanned.end = end
            i = end
            continue

        if e & PLAIN:
            if out.size > WINDOW_FULL:
                k = out.size - N_KEPT
                if table.elongation and not seek_runs(table, out, k):
                    return
                if not flush(out, raw, sizeof(raw[0]), N_KEPT):
                    return
                line.start = max(line.start - k, 0)
                line.protected_end -= k
                line.quote_opened -= k
            before_entry = lookup(table, out.text[out.size - 1]) if out.size > line.start else NEWLINE
            if before_entry & PLAIN and (
                    line.pending < 0 or (line.pending_end - line.pending == 1 and raw[line.pending] == BLANK)):
                # A letter after a letter, or after a letter and one blank: nothing to settle.
                if line.pending >= 0:
                    emit(out, BLANK, line.pending, line.pending_end)
                    line.pending = -1
            elif not begin(raw, i, n, table, out, line, fold(table, c, e), e, False):
                return
            emit(out, fold(table, c, e), i, i + 1)
            out.changed |= (e >> SHIFT) != 0
            i += 1
            i = glide_on(raw, i, n, table, out, line, e, &scanned)
            continue

        if cls == SPACE:
            if line.pending < 0:
                line.pending = i
            line.pending_end = i + 1
            i += 1
            continue

        if cls == JOINER:
            if c == ZWJ and line.pending < 0 and out.size > line.start and i + 1 < n \
                    and (lookup(table, out.text[out.size - 1]) & CLASS_MASK) == PICTOGRAPH \
                    and (lookup(table, raw[i + 1]) & CLASS_MASK) == PICTOGRAPH:
                emit(out, c, i, i + 1)
                i += 1
                continue
            if not e & DELETED and c == ZWNJ and table.halfspace:
                # Between two letters of which the first would join the second, or after a Latin word or a number.
                k = out.size - 1
                end = max(line.start, out.size - MAX_MARKS)
                while k > end and (lookup(table, out.text[k]) & CLASS_MASK) == MARK:
                    k -= 1
                before_entry = lookup(table, out.text[k]) if line.pending < 0 and k >= line.start else NEWLINE
                if i >= unwritten_end:
                    unwritten_end = skip_unwritten(raw, i + 1, n, table, False)
                next_entry = lookup(table, raw[unwritten_end]) if unwritten_end < n else NEWLINE
                if (next_entry & CLASS_MASK) == ARABIC and (
                        ((before_entry & CLASS_MASK) == ARABIC and not before_entry & NON_JOINING)
                        or is_latin(before_entry) or (before_entry & CLASS_MASK) == DIGIT):
                    emit(out, c, i, i + 1)
                    # A further one right after it would see this one as what precedes it.
                    i += 1
                    continue
                e |= DELETED
            elif not e & DELETED:
                if not begin(raw, i, n, table, out, line, c, e, False):
                    return
                emit(out, c, i, i + 1)
                i += 1
                continue

        if cls == TATWEEL and e & DELETED:
            # A dash of tatweels that touches no letter is punctuation; of those that shape a heh one stays.
            if i >= unwritten_end:
                unwritten_end = skip_unwritten(raw, i + 1, n, table, False)
            next_entry = lookup(table, raw[unwritten_end]) if unwritten_end < n else NEWLINE
            before_entry = NEWLINE
            if line.pending < 0 and out.size > line.start:
                before_entry = lookup(table, out.text[out.size - 1])
            if not is_word(next_entry) and (
                    (before_entry & CLASS_MASK) != TATWEEL if is_shaped_heh(table, out, line.start)
                    else not is_word(before_entry)):
                if not begin(raw, i, n, table, out, line, c, OTHER, False):
                    return
                emit(out, c, i, i + 1)
                if line.saw_invisible and not note_unsettled(out, out.base + out.size - 1):
                    return
                i += 1
                continue

        if e & DELETED:
            # What looks ahead over numbers and marks stops here; the next pass sees them together.
            before = out.text[out.size - 1] if out.size > line.start else LF
            before_entry = lookup(table, before)
            target = raw[i + 1] if i + 1 < n else LF
            next_entry = lookup(table, target)
            if cls == TATWEEL and line.pending < 0 and before_entry & PLAIN and (before_entry & CLASS_MASK) == ARABIC \
                    and not next_entry & DELETED and (next_entry & CLASS_MASK) not in (MARK, JOINER, TATWEEL):
                pass  # a name goes on over it, and nothing else looks ahead from a letter
            elif cls != MARK and not see(out, line, &line.saw_invisible, out.base + out.size):
                return
            elif not (is_calm(before, before_entry) and (cls == MARK or is_calm(target, next_entry))) \
                    and not note_unsettled(out, max(out.base + out.size - 1, 0)):
                return
            if line.pending >= 0:
                line.pending_end = i + 1
                out.changed = True
            else:
                absorb(out, i, i + 1)
            i += 1
            continue

        if cls == NEWLINE or cls == RETURN:
            end = i + 1
            if line.pending >= 0 and not table.spaces:
                if not begin(raw, i, n, table, out, line, LF, MARK, False):
                    return
            if line.pending >= 0:
                out.changed = True
                if out.carry < 0:
                    out.carry = line.pending
                line.pending = -1
            target = c
            if table.spaces:
                target = LF
                if c == 0x0D and end < n and raw[end] == LF:
                    end += 1
            if table.spaces and out.size > 1 and out.text[out.size - 1] == LF and out.text[out.size - 2] == LF:
                out.changed = True
                if out.carry < 0:
                    out.carry = i
            else:
                out.changed |= target != c or end - i != 1
                emit(out, target, i, end)
            begin_line(line, out.size, end)
            i = end
            continue

        if e & EXPANDED:
            expansion = &table.expansions[(e >> SHIFT) * MAX_EXPANSION]
            if not begin(raw, i, n, table, out, line, expansion[0], e, False):
                return
            k = out.carry if out.carry >= 0 else i
            while expansion[0]:
                next_entry = lookup(table, expansion[0])
                if (next_entry & CLASS_MASK) == MARK:
                    if not emit_mark(table, out, expansion[0], next_entry, k, i + 1):
                        return
                else:
                    emit(out, expansion[0], k, i + 1)
                expansion += 1
            out.changed = True
            i += 1
            continue

        if cls == MARK:
            if line.pending >= 0 and not begin(raw, i, n, table, out, line, c, e, False):
                return
            target = fold(table, c, e)
            out.changed |= target != c
            if not emit_mark(table, out, target, e, i, i + 1):
                return
            i += 1
            continue

        target = fold(table, c, e)

        if cls == DIGIT:
            if table.numbers and i >= number_end and (
                    out.size == line.start or line.pending >= 0 or not continues_number(table, out, line.start)):
                number_end = scan_number(raw, i, n, table, out, line)
            if not begin(raw, i, n, table, out, line, target, e, False):
                return
            out.changed |= target != c
            emit(out, target, i, i + 1)
            i += 1
            continue

        # Punctuation and symbols.
        closes_quote = False
        before = out.text[out.size - 1] if out.size > line.start else 0
        before_entry = lookup(table, before) if before else NEWLINE

        if i < number_end:
            # Inside a decimal or grouped number: its separators follow its digits.
            if table.local_digits == 2 or 0x0660 <= before <= 0x0669:
                target = ARABIC_DECIMAL if c == FULL_STOP or c == ARABIC_DECIMAL else ARABIC_THOUSANDS
            elif table.local_digits == 1 and is_ascii_digit(before):
                target = FULL_STOP if c == FULL_STOP or c == ARABIC_DECIMAL else COMMA
            out.changed |= target != c
            emit(out, target, i, i + 1)
            i += 1
            continue

        if table.numbers and target == PERCENT and table.local_digits == 2:
            peek(raw, i + 1, n, table, False, &next_entry)
            if (before_entry & CLASS_MASK) == DIGIT or (next_entry & CLASS_MASK) == DIGIT:
                target = ARABIC_PERCENT

        if table.arabic_punctuation and (target == COMMA or target == SEMICOLON or target == QUESTION):
            k = peek(raw, i + 1, n, table, True, &next_entry)
            if is_final(k) and not is_final(before):
                k = peek(raw, skip_finals(raw, i + 1, n, table), n, table, True, &next_entry)
            if k == QUOTE and line.quotes == UNKNOWN:
                end = skip_finals(raw, i + 1, n, table)
                judge_quotes(raw, skip_unwritten(raw, end, n, table, True), n, table, line)
            if (k == QUOTE and line.quotes == OPENING_NEXT) or k == NUMBER_SIGN or k == COMMERCIAL_AT:
                next_entry = OPENER
            if out.size - line.start > 1 and line.protected_end != out.size and (
                    before == ARABIC_PERCENT or before == PERCENT or (before_entry & CLASS_MASK) == CLOSER
                    or (before == QUOTE and line.quotes == OPENING_NEXT)):
                # «50%, ...», «"...", "..."»: as after what stands before the sign
                before_entry = lookup(table, out.text[out.size - 2])
                if (before_entry & CLASS_MASK) != ARABIC and (before_entry & CLASS_MASK) != DIGIT:
                    before_entry = CLOSER
            if target == QUESTION and (before_entry & CLASS_MASK) == DIGIT and not is_latin(next_entry) \
                    and ends_arabic_number(table, out, line.start):
                before_entry = ARABIC
            if (before_entry & CLASS_MASK) == ARABIC or (before_entry & CLASS_MASK) == MARK \
                    or before == ARABIC_QUESTION or before == EXCLAMATION or (
                        ((before_entry & CLASS_MASK) == DIGIT or (before_entry & CLASS_MASK) == CLOSER)
                        and (next_entry & CLASS_MASK) == ARABIC):
                if target == QUESTION:
                    target = ARABIC_QUESTION
                elif before != ARABIC_QUESTION and before != EXCLAMATION and (
                        (next_entry & CLASS_MASK) == ARABIC or (next_entry & CLASS_MASK) == NEWLINE
                        or (next_entry & CLASS_MASK) == RETURN or (next_entry & CLASS_MASK) == OPENER
                        or ((next_entry & CLASS_MASK) == DIGIT and (before_entry & CLASS_MASK) != DIGIT)):
                    target = ARABIC_COMMA if target == COMMA else ARABIC_SEMICOLON

        if target == QUOTE and (table.punctuation or table.quotes):
            if line.quotes == UNKNOWN:
                judge_quotes(raw, i, n, table, line)
            if line.quotes == OPENING_NEXT:
                target = LEFT_GUILLEMET if table.quotes else QUOTE
                line.quotes = CLOSING_NEXT
                e = OPENER
                if table.quotes:
                    line.guillemets = PAIRED
            elif line.quotes == CLOSING_NEXT:
                target = RIGHT_GUILLEMET if table.quotes else QUOTE
                line.quotes = OPENING_NEXT
                closes_quote = True
        elif target == LEFT_GUILLEMET or target == RIGHT_GUILLEMET:
            line.quotes = LEFT_ALONE
            if line.guillemets == UNKNOWN:
                line.guillemets = PAIRED if guillemets_pair_up(raw, line.raw_start, n, table) \
                    else LEFT_ALONE

        if table.punctuation and before and (
                line.pending < 0 or not keeps_space_before(raw, i, n, table, target, before_entry)):
            if target == FULL_STOP and line.protected_end != out.size:
                if before == ELLIPSIS:
                    if line.pending >= 0:
                        line.pending = -1
                    absorb(out, i, i + 1)
                    i += 1
                    continue
                if before == FULL_STOP and line.pending >= 0 \
                        and not (out.size - line.start > 1 and out.text[out.size - 2] == FULL_STOP) \
                        and peek(raw, i + 1, n, table, True, &next_entry) != FULL_STOP:
                    # A stray stop after a stop and a blank, as machine translation leaves it.
                    line.pending = -1
                    absorb(out, i, i + 1)
                    i += 1
                    continue
                if before == FULL_STOP and out.size - line.start > 1 and out.text[out.size - 2] == FULL_STOP \
                        and line.protected_end != out.size - 1:
                    peek(raw, i + 1, n, table, False, &next_entry)
                    if out.size - line.start < 3 or (next_entry & CLASS_MASK) != DIGIT \
                            or (lookup(table, out.text[out.size - 3]) & CLASS_MASK) != DIGIT:
                        line.pending = -1
                        out.size -= 1
                        out.text[out.size - 1] = ELLIPSIS
                        absorb(out, i, i + 1)
                        i += 1
                        continue
            elif target == ELLIPSIS and before == ELLIPSIS:
                line.pending = -1
                absorb(out, i, i + 1)
                i += 1
                continue
            elif target == EXCLAMATION or target == ARABIC_QUESTION or target == QUESTION:
                if before == target or (
                        (before == EXCLAMATION or before == ARABIC_QUESTION or before == QUESTION)
                        and out.size - line.start > 1 and out.text[out.size - 2] == target):
                    line.pending = -1
                    absorb(out, i, i + 1)
                    i += 1
                    continue

        if target == ARABIC_COMMA and table.punctuation and line.pending >= 0 and (before_entry & CLASS_MASK) == DIGIT \
                and i + 1 < n and (lookup(table, raw[i + 1]) & CLASS_MASK) == DIGIT:
            # «2020 ،2021»: the blank goes to the other side, else two numbers would become one.
            out.carry = line.pending
            line.pending = -1
            emit(out, target, i, i + 1)
            emit(out, BLANK, i + 1, i + 1)
            out.changed = True
            i += 1
            continue

        if not begin(raw, i, n, table, out, line, target, e, closes_quote):
            return
        out.changed |= target != c
        emit(out, target, i, i + 1)
        if e & SUSPECT and table.compose and not note_suspect(table, out):
            return
        if target == QUOTE and line.quotes == CLOSING_NEXT:
            line.quote_opened = out.size
        i += 1

    if line.pending >= 0:
        if table.spaces:
            out.changed = True
            if out.size:
                prolong(out, n)
        else:
            begin(raw, n, n, table, out, line, 0, MARK, False)
    elif out.carry >= 0 and out.size:
        prolong(out, n)


# --- UTF-8 -----------------------------------------------------------------------------------------------------------

cdef struct Bytes:
    uint8_t* values
    Py_ssize_t size, capacity


cdef bint reserve(Bytes* target, Py_ssize_t n) noexcept nogil:
    """Let the buffer hold `n` more bytes; False where memory is out."""
    cdef uint8_t* grown
    cdef Py_ssize_t wanted = target.size + n
    if wanted <= target.capacity:
        return True
    wanted += wanted >> 1
    grown = <uint8_t*>PyMem_RawRealloc(target.values, wanted)
    if grown == NULL:
        return False
    target.values = grown
    target.capacity = wanted
    return True


cdef void give_back(Bytes* target) noexcept nogil:
    """Give back the room that was not needed."""
    cdef uint8_t* shrunk = <uint8_t*>PyMem_RawRealloc(target.values, max(target.size, 1))
    if shrunk != NULL:
        target.values = shrunk
        target.capacity = max(target.size, 1)


cdef bint is_ascii(const uint8_t* source, Py_ssize_t n) noexcept nogil:
    cdef uint8_t bits = 0
    cdef Py_ssize_t k
    for k in range(n):
        bits |= source[k]
    return bits < 0x80


cdef Py_ssize_t decode_utf8(const uint8_t* source, Py_ssize_t n, uint32_t* target) noexcept nogil:
    """Write the characters of `n` bytes; return how many, or -1 where the bytes are not UTF-8."""
    cdef Py_ssize_t i = 0, size = 0
    cdef uint32_t c, following
    cdef int k, n_more
    cdef bint begins_pair, bad = False
    while i < n:
        bad |= source[i] & 0xC0 == 0x80
        # Blanks of one byte among letters of two: no branch tells them apart, and no step waits for the one before it,
        # since each byte is looked at, the second ones too.
        while i + 1 < n and source[i] < 0xE0:
            c = source[i]
            following = source[i + 1]
            begins_pair = c >= 0xC0
            bad |= (begins_pair != (following & 0xC0 == 0x80)) | (c & 0xFE == 0xC0)
            target[size] = ((c & 0x1F) << 6 | (following & 0x3F)) if begins_pair else c
            size += c & 0xC0 != 0x80
            i += 1
        if bad:
            return -1
        if source[i] & 0xC0 == 0x80:  # the second one of a pair
            i += 1
        if i >= n:
            break
        c = source[i]
        i += 1
        if c >= 0x80:
            if 0xC2 <= c <= 0xDF:
                n_more = 1
                c &= 0x1F
            elif 0xE0 <= c <= 0xEF:
                n_more = 2
                c &= 0x0F
            elif 0xF0 <= c <= 0xF4:
                n_more = 3
                c &= 0x07
            else:
                return -1
            if i + n_more > n:
                return -1
            for k in range(n_more):
                if source[i + k] & 0xC0 != 0x80:
                    return -1
                c = c << 6 | (source[i + k] & 0x3F)
            i += n_more
            if (n_more == 2 and c < 0x800) or (n_more == 3 and not 0x10000 <= c <= 0x10FFFF) or 0xD800 <= c <= 0xDFFF:
                return -1
        target[size] = c
        size += 1
    return size


cdef void encode_utf8(const uint32_t* source, Py_ssize_t n, Bytes* target) noexcept nogil:
    """Append the bytes of `n` characters, none of them a surrogate; the caller has reserved four for each."""
    cdef uint8_t* values = target.values + target.size
    cdef Py_ssize_t k, size = 0
    cdef uint32_t c
    for k in range(n):
        c = source[k]
        if c < 0x800:
            values[size] = <uint8_t>c if c < 0x80 else <uint8_t>(0xC0 | c >> 6)
            values[size + 1] = <uint8_t>(0x80 | c & 0x3F)
            size += 1 + (c >= 0x80)
        elif c < 0x10000:
            values[size] = <uint8_t>(0xE0 | c >> 12)
            values[size + 1] = <uint8_t>(0x80 | c >> 6 & 0x3F)
            values[size + 2] = <uint8_t>(0x80 | c & 0x3F)
            size += 3
        else:
            values[size] = <uint8_t>(0xF0 | c >> 18)
            values[size + 1] = <uint8_t>(0x80 | c >> 12 & 0x3F)
            values[size + 2] = <uint8_t>(0x80 | c >> 6 & 0x3F)
            values[size + 3] = <uint8_t>(0x80 | c & 0x3F)
            size += 4
    target.size += size


cdef bint normalize_bytes(const uint8_t* raw, Py_ssize_t n, const Table* table, Bytes* target) noexcept nogil:
    """Append the normalized bytes of a short text; False, with nothing appended, where it wants the Python side."""
    cdef uint32_t[WINDOW_SIZE] decoded
    cdef uint32_t[WINDOW_SIZE] window
    cdef Output out
    cdef Line line
    cdef Py_ssize_t n_characters = n, start
    cdef bint one_byte, done = False
    if n > WINDOW_FULL or not reserve(target, 4 * WINDOW_SIZE):
        return False
    open_line(&line, 0)
    one_byte = is_ascii(raw, n)
    if one_byte:
        start = skim(raw, n, table, &line)
    else:
        n_characters = decode_utf8(raw, n, decoded)
        if n_characters < 0:
            return False
        start = skim(<const uint32_t*>decoded, n_characters, table, &line)
    if start == n_characters and not (table.elongation and (
            find_run(raw, 0, n, table) if one_byte
            else find_run(<const uint32_t*>decoded, 0, n_characters, table)) < n_characters):
        memcpy(target.values + target.size, raw, n)
        target.size += n
        return True
    open_output(&out, window, n, False)
    if one_byte:
        run(raw, start, n, table, &out, &line)
    else:
        run(<const uint32_t*>decoded, start, n_characters, table, &out, &line)
    if not (out.failed or out.unsettled.size or out.suspects.size or out.base or out.size > WINDOW_SIZE) and not (
            table.elongation and find_run(<const uint32_t*>out.text, 0, out.size, table) < out.size):
        done = True
        if out.changed:
            encode_utf8(out.text, out.size, target)
        else:
            memcpy(target.values + target.size, raw, n)
            target.size += n
    close_output(&out)
    return done


# --- the Python side -------------------------------------------------------------------------------------------------

cdef str build_text(Output* out, const void* raw, int raw_width):
    """The canonical ``str`` of the written characters; takes the sink."""
    cdef uint32_t widest = widest_beside(out.widest | join_bits(out.text, out.size))
    cdef Py_ssize_t size = out.base + out.size
    cdef int width = width_of(widest)
    cdef object text
    cdef PyObject* sink
    if out.base and (out.sink == NULL or widest != out.sink_widest or size > out.sink_capacity) \
            and not widen_sink(out, raw, raw_width, widest, size):
        raise MemoryError
    if out.sink == NULL:
        text = PyUnicode_New(size, widest)
        narrow(out.text, size, data_of(<PyObject*>text), width)
        return text
    narrow(out.text, out.size, <uint8_t*>data_of(out.sink) + out.base * width, width)
    PyUnicode_Resize(&out.sink, size)
    sink = out.sink
    out.sink = NULL
    text = <object>sink
    Py_XDECREF(sink)
    return text


@cython.final
@cython.internal
cdef class ByteOwner:
    """Bytes written without the interpreter's lock, lent without a copy and freed with the last who reads them."""

    cdef Bytes content

    def __cinit__(self):
        self.content.values = NULL
        self.content.size = self.content.capacity = 0

    def __getbuffer__(self, Py_buffer* view, int flags):
        PyBuffer_FillInfo(view, self, self.content.values, self.content.size, True, flags)

    def __dealloc__(self):
        PyMem_RawFree(self.content.values)


cdef class Kernel:
    """The rules of one normalizer, compiled; immutable and safe to share between threads.

    Parameters
    ----------
    mapping : dict of int to tuple of int
        What each code point becomes; an empty tuple deletes it. Must be closed: no target is itself a key.
    non_joining : frozenset of int
        Arabic letters that do not join the letter after them.
    switches : frozenset of str
        Rules that want context: ``compose spaces punctuation arabic_punctuation quotes numbers protect halfspace``.
    local_digits : str
        ``""``, ``"arabic-indic"`` or ``"persian"``: which digits take the Arabic separators.
    designations : frozenset of str
        Words after which a number with a full stop is a name, whose stop is no decimal sign; of at most 12 letters.
    find_surplus : callable, optional
        Of a text and the spans of its words with a letter three times in a row, protected tokens left out, the spans
        of the letters that lengthen a word and go.
    """

    cdef Table table
    cdef int32_t* owned_pages
    cdef Py_ssize_t n_pages
    cdef uint32_t* owned_expansions
    cdef object find_surplus

    def __cinit__(
        self, dict mapping, frozenset non_joining, frozenset switches, str local_digits,
        frozenset designations=frozenset(), find_surplus=None,
    ):
        cdef Table* table = &self.table
        cdef Py_ssize_t n_expansions = sum(1 for target in mapping.values() if len(target) > 1)
        cdef set touched = {code >> 8 for code in [*mapping, *non_joining, *map(ord, GLIDING_MARKS)]}
        cdef Py_ssize_t page, at, code, target_code, index = 0
        cdef int32_t* base
        cdef int value
        # Shared pages first, then a page of its own for each that a rule touches.
        self.n_pages = N_CLASS_PAGES + len(touched)
        self.owned_pages = <int32_t*>PyMem_RawMalloc(self.n_pages * 256 * sizeof(int32_t))
        self.owned_expansions = <uint32_t*>PyMem_RawMalloc((n_expansions + 1) * MAX_EXPANSION * sizeof(uint32_t))
        if self.owned_pages == NULL or self.owned_expansions == NULL:
            raise MemoryError
        for page in range(N_CLASS_PAGES):
            for at in range(256):
                self.owned_pages[page * 256 + at] = class_entry(CLASS_PAGES[page][at])
        for page in range(N_PAGES):
            table.pages[page] = self.owned_pages + <Py_ssize_t>CLASS_PAGE_OF[page] * 256
        for at, page in enumerate(sorted(touched), N_CLASS_PAGES):
            base = self.owned_pages + at * 256
            memcpy(base, table.pages[page], 256 * sizeof(int32_t))
            table.pages[page] = base
        for code in non_joining:
            table.pages[code >> 8][code & 0xFF] |= NON_JOINING
        for code, target in mapping.items():
            base = &table.pages[code >> 8][code & 0xFF]
            if len(target) == 0:
                base[0] = (base[0] & CLASS_MASK) | DELETED
            elif len(target) == 1:
                target_code = target[0]
                if not -MAX_DISTANCE <= target_code - code < MAX_DISTANCE:
                    raise ValueError(f"U+{code:04X} and U+{target_code:04X} lie too far apart for the table")
                base[0] = class_entry(CLASS_PAGES[CLASS_PAGE_OF[target_code >> 8]][target_code & 0xFF])
                if target_code in non_joining:
                    base[0] |= NON_JOINING
                base[0] |= <int32_t>((target_code - code) * (1 << SHIFT))
            else:
                if len(target) >= MAX_EXPANSION:
                    raise ValueError(f"U+{code:04X} expands to {len(target)} characters; at most 7 are allowed")
                for at in range(MAX_EXPANSION):
                    self.owned_expansions[index * MAX_EXPANSION + at] = target[at] if at < len(target) else 0
                value = CLASS_PAGES[CLASS_PAGE_OF[<Py_ssize_t>target[0] >> 8]][<Py_ssize_t>target[0] & 0xFF]
                base[0] = <int32_t>((value & CLASS_MASK) | EXPANDED | (index << SHIFT))
                index += 1
        table.expansions = self.owned_expansions
        table.compose = "compose" in switches
        table.spaces = "spaces" in switches
        table.punctuation = "punctuation" in switches
        table.arabic_punctuation = "arabic_punctuation" in switches
        table.quotes = "quotes" in switches
        table.numbers = "numbers" in switches
        table.protect = "protect" in switches
        table.halfspace = "halfspace" in switches
        table.compose_farsi_yeh = table.compose and mapping.get(0x064A) == (FARSI_YEH,)
        self.lay_out_designations(designations)
        table.local_digits = {"": 0, "arabic-indic": 1, "persian": 2}[local_digits]
        self.find_surplus = find_surplus
        table.elongation = find_surplus is not None
        self.lay_out_glides(switches)

    cdef int lay_out_designations(self, frozenset designations) except -1:
        """Write the hashes of these words, as `follows_designation` counts them: from the last letter to the first."""
        cdef Py_ssize_t at
        cdef uint64_t hash_
        self.table.designations = <uint64_t*>PyMem_RawMalloc((len(designations) + 1) * sizeof(uint64_t))
        if self.table.designations == NULL:
            raise MemoryError
        for at, word in enumerate(sorted(designations)):
            if len(word) > MAX_DESIGNATION:
                raise ValueError(f"{word!r} has more than {MAX_DESIGNATION} letters")
            hash_ = HASH_SEED
            for letter in reversed(word):
                hash_ = (hash_ ^ <uint64_t>ord(letter)) * HASH_STEP
            self.table.designations[at] = hash_
        self.table.n_designations = len(designations)
        return 0

    cdef int lay_out_glides(self, frozenset switches) except -1:
        """Write into the entries which glide, and which glide may follow which."""
        cdef Table* table = &self.table
        cdef Py_ssize_t at
        cdef int32_t* entry
        for at in range(self.n_pages * 256):
            entry = &self.owned_pages[at]
            if entry[0] & PLAIN:
                entry[0] |= (OTHER_LETTER if (entry[0] & CLASS_MASK) != ARABIC else NON_JOINING_LETTER
                             if entry[0] & NON_JOINING else JOINING_LETTER) << GLIDE_SHIFT
        for character, glide in GLIDING_MARKS.items():
            entry = &table.pages[ord(character) >> 8][ord(character) & 0xFF]
            stays = not entry[0] & (DELETED | EXPANDED) and entry[0] >> SHIFT == 0
            if glide == VOWEL and entry[0] & DELETED:
                glide = DELETED_MARK
                stays = True
            if character in ",;?" and table.arabic_punctuation or character == "%" and table.local_digits == 2:
                stays = False
            if stays:
                entry[0] |= <int>glide << GLIDE_SHIFT
        for at, followers in GLIDE_FOLLOWERS.items():
            table.followers[at] = sum(1 << follower for follower in followers)
        table.case_bit = 0x20 if all(self.glides(0x61, capital) for capital in range(0x41, 0x5B)) else 0
        table.has_calm_blocks = self.check_blocks()
        return 0

    cdef bint glides(self, Py_ssize_t before, Py_ssize_t c):
        """Whether `c` may glide by after `before`, both ASCII, and stays what it is."""
        cdef int32_t* page = self.table.pages[0]
        return may_follow(&self.table, glide_of(page[before]), glide_of(page[c])) and page[c] >> SHIFT == 0

    cdef bint check_blocks(self):
        """Whether all that flag_block takes for calm glides by; where punctuation is changed, it does not."""
        cdef uint8_t[BLOCK + 1] pairs
        cdef uint8_t[BLOCK] flags
        cdef Py_ssize_t before, c
        memset(pairs, FILLER, sizeof(pairs))
        for before in range(0x80):
            for c in range(0x80):
                pairs[BLOCK - 1] = <uint8_t>before
                pairs[BLOCK] = <uint8_t>c
                flag_block_1(&pairs[1], self.table.case_bit, flags)
                if not flags[BLOCK - 1] and not self.glides(before, c):
                    return False
        return True

    def __dealloc__(self):
        PyMem_RawFree(self.owned_pages)
        PyMem_RawFree(self.owned_expansions)
        PyMem_RawFree(self.table.designations)

    def normalize(self, raw):
        """Return the normalized text; the very same object where nothing changes."""
        return self.normalize_one(raw)

    def normalize_batch(self, list raws not None):
        """Normalize each text of a list."""
        return [self.normalize_one(raw) for raw in raws]

    def normalize_utf8(self, const uint8_t[::1] data not None, const int64_t[::1] offsets not None):
        """Normalize texts that lie end to end in UTF-8; many threads may do so at a time.

        Parameters
        ----------
        data : buffer of uint8
        offsets : buffer of int64, shape (n_texts + 1,)
            Where each text begins in `data`, and where the last one ends.

        Returns
        -------
        memoryview, array of int64
            The same of the normalized texts, beginning at 0.
        """
        cdef Py_ssize_t k, n = offsets.shape[0] - 1
        cdef carray.array ends
        cdef int64_t* result
        cdef const uint8_t* raw = &data[0] if data.shape[0] else NULL
        cdef ByteOwner owner = ByteOwner()
        cdef Bytes* target = &owner.content
        cdef bytes piece
        if n < 0:
            raise ValueError("offsets are missing: no texts have one, too")
        for k in range(n):
            if not 0 <= offsets[k] <= offsets[k + 1] <= data.shape[0]:
                raise ValueError(f"offsets {offsets[k]} to {offsets[k + 1]} do not lie within {data.shape[0]} bytes")
        ends = carray.clone(OFFSETS_TEMPLATE, n + 1, zero=True)
        result = <int64_t*>ends.data.as_longlongs
        if not reserve(target, 1):  # readers want an address even of nothing
            raise MemoryError
        with nogil:
            for k in range(n):
                if not normalize_bytes(raw + offsets[k], offsets[k + 1] - offsets[k], &self.table, target):
                    with gil:
                        piece = bytes(data[offsets[k]:offsets[k + 1]])
                        piece = self.normalize_one(piece.decode("utf-8", "replace")).encode()
                        if not reserve(target, len(piece)):
                            raise MemoryError
                        memcpy(target.values + target.size, <const char*>piece, len(piece))
                        target.size += len(piece)
                result[k + 1] = target.size
            give_back(target)
        return memoryview(owner), ends

    cdef str normalize_one(self, raw):
        return self.settle(as_text(raw), None, 0, 0)

    def align(self, raw):
        """Return the normalized text as an `Alignment`."""
        cdef list spans = []
        cdef str plain = as_text(raw)
        cdef str text = self.settle(plain, spans, 0, 0)
        return Alignment(plain, text, spans[0])

    cdef str settle(self, str raw, list spans, int state, int depth):
        """Normalize; `spans` receives the breaks of the alignment where it is a list.

        `state`: of the line in which the text begins; see `Quotes`. `depth`: passes before this.
        """
        cdef object result
        cdef str text
        cdef carray.array windows
        cdef Mending mending
        result = self.run_once(raw, spans, state)
        if type(result) is str:
            return result
        text, unsettled, suspects, words = result
        result = None
        if len(raw) <= LONG or depth == MAX_PASSES:
            return self.settle_whole(raw, spans, state, text, unsettled, suspects, words)
        if text == raw:
            unsettled = NO_PAIRS  # a further pass would do what this one did: nothing
        suspects = find_decomposed(text, suspects) if self.table.compose else NO_PAIRS
        surplus = iter_surplus(self.find_surplus, text, words)
        windows = find_windows(text, merge(iter_pairs(unsettled), iter_pairs(suspects), surplus), state,
                               &self.table)
        if not windows:
            return text
        if windows.data.as_ints[0] == 0 and windows.data.as_ints[1] == len(text):
            return self.settle_whole(raw, spans, state, text, unsettled, suspects, words)
        mending = Mending(copy_of(raw) if text is raw else text)
        text = None
        return self.settle_windows(mending, windows, suspects, spans, depth + 1)

    cdef str settle_windows(self, Mending mending, carray.array windows, object suspects, list spans, int depth):
        """Compose the suspects of a long text, in order, and settle its windows, each for itself."""
        cdef list piece_spans, composed_spans
        cdef object breaks = array("i"), inside
        cdef Py_ssize_t n = mending.n, k = 0, window, start, end
        cdef str piece, composed
        for window in range(0, len(windows), 3):
            start, end = windows.data.as_ints[window], windows.data.as_ints[window + 1]
            piece_spans = [] if spans is not None else None
            composed = mending.take(start, end)
            composed_spans = [array("i")] if spans is not None else None
            inside = array("i")
            while k < len(suspects) and suspects[k] < end:
                inside.extend((suspects[k] - start, suspects[k + 1] - start))
                k += 2
            if inside:
                composed = compose_pieces(composed, inside, composed_spans)
            piece = self.settle(composed, piece_spans, windows.data.as_ints[window + 2], depth)
            if spans is not None and inside:
                piece_spans[0] = chain_breaks(composed_spans[0], len(composed), piece_spans[0], len(piece))
            mending.put(piece)
            if spans is not None:
                append_breaks(breaks, piece_spans[0], mending.size - len(piece), start)
        piece = mending.finish()
        if spans is not None:
            spans[0] = chain_breaks(spans[0], n, breaks, len(piece))
        return piece

    cdef str settle_whole(
        self, str raw, list spans, int state, str text, object unsettled, object suspects, object words
    ):
        """Compose, shorten and pass again until nothing changes, after a first pass from `raw` to `text`."""
        cdef int _pass
        cdef list step = spans
        cdef object result, breaks = None
        cdef str before
        for _pass in range(MAX_PASSES):
            if _pass:
                raw = text
                step = [] if spans is not None else None
                result = self.run_once(raw, step, state)
                if type(result) is str:
                    result = (result, NO_PAIRS, NO_PAIRS, NO_PAIRS)
                text, unsettled, suspects, words = result
            before = text
            if suspects and self.table.compose:
                text = compose_pieces(text, suspects, step)
            if words and text == raw:
                if text is not before:
                    words = move_pairs(words, suspects, before)
                text = self.shorten(text, list(iter_pairs(words)), step)
            if spans is not None:
                breaks = step[0] if breaks is None else chain_breaks(breaks, len(raw), step[0], len(text))
            # What was composed may have a row in the table; what is protected is known of the text as it will stand.
            if text == raw or (text is before and not unsettled and not words):
                break
        if spans is not None:
            spans[0] = breaks
        return text

    cdef object run_once(self, str raw, list spans, int state):
        """One pass; `spans` receives the breaks of the alignment where it is a list.

        `state`: of the line in which the text begins; see `Quotes`.

        Returns the text, and where it may not be settled: a tuple of the text, the pieces that want another pass,
        those that want canonical composition, and the words that may be lengthened; see `iter_pairs`.
        """
        cdef uint32_t[WINDOW_SIZE] window
        cdef Output out
        cdef Line line
        cdef Py_ssize_t start, n = PyUnicode_GET_LENGTH(raw)
        cdef int kind = PyUnicode_KIND(raw)
        cdef void* data = PyUnicode_DATA(raw)
        cdef str text
        if n > 0x7FFFFFF0 // 4:
            raise OverflowError(f"a text has at most {0x7FFFFFF0 // 4} characters, this one has {n}: split it")
        open_line(&line, state)
        if n < GIL_SIZE:
            start = skim_kind(kind, data, n, &self.table, &line)
        else:
            with nogil:
                start = skim_kind(kind, data, n, &self.table, &line)
        if start == n and not (self.table.elongation and has_run_kind(kind, data, n, &self.table)):
            if spans is not None:
                spans.append(make_array(NULL, 0))
            return raw
        open_output(&out, window, n, spans is not None)
        try:
            if n < GIL_SIZE:
                run_kind(kind, data, start, n, &self.table, &out, &line)
            else:
                with nogil:
                    run_kind(kind, data, start, n, &self.table, &out, &line)
            if out.failed:
                raise MemoryError
            text = build_text(&out, data, kind) if out.changed else raw
            if spans is not None:
                spans.append(make_array(out.breaks.values, 3 * out.breaks.size))
            if self.table.elongation and not find_long_words_of(text, &self.table, &out):
                raise MemoryError
            if out.unsettled.size or out.suspects.size or out.words.size:
                return text, make_pairs(&out.unsettled), make_pairs(&out.suspects), make_pairs(&out.words)
            return text
        finally:
            close_output(&out)

    cdef str shorten(self, str text, list words, list spans):
        """Take out the letters that lengthen words; each is counted to the letter before it."""
        cdef list surplus = self.find_surplus(text, words)
        cdef list parts = []
        cdef Py_ssize_t done = 0
        if not surplus:
            return text
        if spans is not None:
            starts, ends = expand_breaks(spans[0], len(text))
            new_starts, new_ends = array("i"), array("i")
            for start, end in [*surplus, (len(text), len(text))]:
                new_starts.extend(starts[done:start])
                new_ends.extend(ends[done:start])
                new_ends[len(new_ends) - 1] = ends[end - 1]
                done = end
            spans[0] = find_breaks(new_starts, new_ends)
        done = 0
        for start, end in surplus:
            parts.append(text[done:start])
            done = end
        parts.append(text[done:])
        return "".join(parts)


cdef inline str as_text(object raw):
    """The text as a plain ``str``, which it may be already; those of subclasses are copied."""
    if type(raw) is str:
        return <str>raw
    if not isinstance(raw, str):
        raise TypeError(f"a text is {'None' if raw is None else 'of type ' + type(raw).__name__}: expected str")
    return copy_text(raw)


cdef class NativeNormalizer:
    """Base of the normalizer that users hold: the call they make most, without a Python frame of its own."""

    cdef readonly Kernel _kernel
    cdef readonly object _repairer
    cdef object repair

    def __init__(self, Kernel kernel not None, repairer):
        self._kernel = kernel
        self._repairer = repairer
        self.repair = None if repairer is None else repairer.repair

    def normalize(self, raw):
        """Return the normalized text; the same object where nothing changes.

        A lone surrogate becomes U+FFFD, so that the result always encodes; nothing else is refused.
        """
        cdef str text
        if self._kernel is None:
            raise TypeError("this normalizer was never initialised")
        text = self._kernel.settle(as_text(raw), None, 0, 0)
        return text if self.repair is None else self.repair(text)


cdef void run_kind(int kind, const void* data, Py_ssize_t start, Py_ssize_t n, const Table* table, Output* out,
                   Line* line) noexcept nogil:
    """Run over characters of 1, 2 or 4 bytes."""
    if kind == PyUnicode_1BYTE_KIND:
        run(<const uint8_t*>data, start, n, table, out, line)
    elif kind == PyUnicode_2BYTE_KIND:
        run(<const uint16_t*>data, start, n, table, out, line)
    else:
        run(<const uint32_t*>data, start, n, table, out, line)


cdef Py_ssize_t skim_kind(int kind, const void* data, Py_ssize_t n, const Table* table, Line* line) noexcept nogil:
    if kind == PyUnicode_1BYTE_KIND:
        return skim(<const uint8_t*>data, n, table, line)
    if kind == PyUnicode_2BYTE_KIND:
        return skim(<const uint16_t*>data, n, table, line)
    return skim(<const uint32_t*>data, n, table, line)


cdef bint has_run_kind(int kind, const void* data, Py_ssize_t n, const Table* table) noexcept nogil:
    if kind == PyUnicode_1BYTE_KIND:
        return find_run(<const uint8_t*>data, 0, n, table) < n
    if kind == PyUnicode_2BYTE_KIND:
        return find_run(<const uint16_t*>data, 0, n, table) < n
    return find_run(<const uint32_t*>data, 0, n, table) < n


cdef bint find_long_words_of(str text, const Table* table, Output* out) noexcept:
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    if kind == PyUnicode_1BYTE_KIND:
        return find_long_words(<const uint8_t*>data, n, table, out)
    if kind == PyUnicode_2BYTE_KIND:
        return find_long_words(<const uint16_t*>data, n, table, out)
    return find_long_words(<const uint32_t*>data, n, table, out)


cdef inline bint is_cut(int kind, const void* data, Py_ssize_t at, Py_ssize_t n, bint at_blank,
                        const Table* table) noexcept:
    """Whether no rule looks across this place: between a line feed and a letter, or in a plain line after a blank."""
    cdef uint32_t before
    if at <= 0 or at >= n:
        return True
    before = PyUnicode_READ(kind, data, at - 1)
    return (before == LF or (at_blank and before == BLANK and at > 1
                             and lookup(table, PyUnicode_READ(kind, data, at - 2)) & PLAIN)) \
        and lookup(table, PyUnicode_READ(kind, data, at)) & PLAIN


cdef bint needs_lines(int kind, const void* data, Py_ssize_t start, Py_ssize_t end, const Table* table) noexcept:
    """Whether a piece of a passed text may not end within a line: for tags, or quotes in a line that it begins."""
    cdef Py_ssize_t k
    cdef uint32_t c
    cdef bint has_quote = False, has_line = False
    for k in range(start, end):
        c = PyUnicode_READ(kind, data, k)
        if c == LESS_THAN or c == 0x3E:
            return True
        has_quote |= c == QUOTE or c == LEFT_GUILLEMET or c == RIGHT_GUILLEMET
        has_line |= SPACE < (lookup(table, c) & CLASS_MASK) <= RETURN
    return has_quote and has_line


cdef struct Quotes:
    Py_ssize_t line_start
    Py_ssize_t end              # up to which they were looked at
    int quotes, guillemets      # the state there; both in one number, the second from bit 4 on, are that of a line


cdef void follow_quotes(raw_t* text, Py_ssize_t at, Py_ssize_t n, const Table* table, Quotes* seen) noexcept:
    """Bring the state of the quotes up to an offset of a text that was passed."""
    cdef Py_ssize_t k = at
    cdef int cls
    cdef uint32_t c
    while k > seen.end:
        cls = lookup(table, text[k - 1]) & CLASS_MASK
        if cls == NEWLINE or cls == RETURN:
            seen.line_start = k
            seen.quotes = seen.guillemets = UNKNOWN
            break
        k -= 1
    while seen.quotes != LEFT_ALONE:
        k = skip_ordinary(text, k, at, table)
        if k == at:
            break
        c = text[k]
        if c == LEFT_GUILLEMET or c == RIGHT_GUILLEMET or (
                c == LESS_THAN and table.protect and scan_markup(text, k, n) > k):
            seen.quotes = LEFT_ALONE
        elif c == QUOTE:
            if seen.quotes == UNKNOWN:
                seen.quotes = OPENING_NEXT if quotes_pair_up(text, k, n, table) else LEFT_ALONE
            if seen.quotes != LEFT_ALONE:
                seen.quotes = CLOSING_NEXT if seen.quotes == OPENING_NEXT else OPENING_NEXT
        k += 1
    seen.end = at


cdef int line_state(raw_t* text, Py_ssize_t start, Py_ssize_t end, Py_ssize_t n, const Table* table,
                    Quotes* seen) noexcept:
    """The state of the quotes where a piece of the text begins; 0 where it holds none."""
    cdef Py_ssize_t k
    cdef bint has_quote = False, has_guillemet = False
    for k in range(start, end):
        if text[k] == QUOTE and not has_quote:
            has_quote = True
            follow_quotes(text, start, n, table, seen)
            if seen.quotes == UNKNOWN:
                seen.quotes = OPENING_NEXT if quotes_pair_up(text, k, n, table) else LEFT_ALONE
        elif (text[k] == LEFT_GUILLEMET or text[k] == RIGHT_GUILLEMET) and not has_guillemet:
            has_guillemet = True
            follow_quotes(text, start, n, table, seen)
            if seen.guillemets == UNKNOWN:
                seen.guillemets = PAIRED if guillemets_pair_up(text, seen.line_start, n, table) else LEFT_ALONE
    return seen.quotes | seen.guillemets << 4 if has_quote or has_guillemet else 0


cdef carray.array find_windows(str text, object spots, int state, const Table* table):
    """Pieces of the text that hold the spots and may be normalized for themselves, in order and apart.

    Start, end, and the state of the line where it begins, one piece after the other; `state` is that of the text. Those
    that lie near each other are one, up to a length: to pass what is between them costs less than a piece.
    """
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    cdef Py_ssize_t start, end, last_start, last_end = -1, k
    cdef bint at_blank
    cdef Quotes seen = Quotes(0, 0, state & 0x0F, state >> 4)
    cdef carray.array result
    cdef Pairs windows
    open_pairs(&windows)
    try:
        for spot_start, spot_end in spots:
            if spot_end < last_end:
                continue
            for at_blank in (True, False):
                start, end = spot_start, spot_end + 1
                while not is_cut(kind, data, start, n, at_blank, table):
                    start -= 1
                while not is_cut(kind, data, end, n, at_blank, table):
                    end += 1
                # The blank before a cut in the line stays outside.
                start, end = max(start, 0), min(end, n)
                if end < n and PyUnicode_READ(kind, data, end - 1) == BLANK:
                    end -= 1
                if not needs_lines(kind, data, start, end, table):
                    break
            while windows.size:
                last_start = windows.values[2 * windows.size - 2]
                last_end = windows.values[2 * windows.size - 1]
                if last_end <= start and not (last_end >= start - NEAR and end - last_start <= LONG
                                              and not needs_lines(kind, data, last_start, end, table)):
                    break
                start = last_start
                windows.size -= 1
            if not note_pair(&windows, start, end):
                raise MemoryError
            last_end = end
        result = carray.clone(ARRAY_TEMPLATE, 3 * windows.size, zero=False)
        for k in range(windows.size):
            start, end = windows.values[2 * k], windows.values[2 * k + 1]
            result.data.as_ints[3 * k] = <int>start
            result.data.as_ints[3 * k + 1] = <int>end
            if kind == PyUnicode_1BYTE_KIND:
                state = line_state(<const uint8_t*>data, start, end, n, table, &seen)
            elif kind == PyUnicode_2BYTE_KIND:
                state = line_state(<const uint16_t*>data, start, end, n, table, &seen)
            else:
                state = line_state(<const uint32_t*>data, start, end, n, table, &seen)
            result.data.as_ints[3 * k + 2] = state
        return result
    finally:
        PyMem_RawFree(windows.values)


cdef str copy_of(str text):
    cdef str copy = PyUnicode_New(len(text), PyUnicode_MAX_CHAR_VALUE(text))
    memcpy(PyUnicode_DATA(copy), PyUnicode_DATA(text), len(text) * PyUnicode_KIND(text))
    return copy


@cython.final
@cython.internal
cdef class Mending:
    """A text that nobody else knows, of which pieces are replaced, from the first to the last, in its own memory."""

    cdef PyObject* text         # [what is done][room][what is still to be read]
    cdef uint32_t widest        # that it has room for
    cdef Py_ssize_t n           # characters at the beginning
    cdef Py_ssize_t room
    cdef Py_ssize_t size        # characters that are done
    cdef Py_ssize_t done        # characters of those at the beginning that were read
    cdef Py_ssize_t start, end  # of the piece taken last
    cdef uint32_t taken         # the widest character that this one has room for
    cdef bint may_narrow        # one of the widest characters has gone

    def __cinit__(self, str text):
        self.text = <PyObject*>text
        Py_XINCREF(self.text)
        self.widest = PyUnicode_MAX_CHAR_VALUE(text)
        self.n = PyUnicode_GET_LENGTH(text)
        self.size = self.done = self.room = 0
        self.may_narrow = False

    def __dealloc__(self):
        Py_XDECREF(self.text)

    cdef uint8_t* at(self, Py_ssize_t offset) noexcept:
        return <uint8_t*>data_of(self.text) + offset * width_of(self.widest)

    cdef str take(self, Py_ssize_t start, Py_ssize_t end):
        """The characters between two offsets of the text as it was."""
        cdef str piece = PyUnicode_Substring(<object>self.text, self.moved(start), self.moved(end))
        self.start, self.end = start, end
        self.taken = PyUnicode_MAX_CHAR_VALUE(piece)
        return piece

    cdef Py_ssize_t moved(self, Py_ssize_t offset) noexcept:
        """Where a character that was not yet read is now."""
        return offset - self.done + self.size + self.room

    cdef int put(self, str piece) except -1:
        """Write the piece in the place of what was taken last."""
        cdef Py_ssize_t n_between = self.start - self.done
        cdef uint32_t widest = PyUnicode_MAX_CHAR_VALUE(piece)
        self.may_narrow |= widest < self.taken == self.widest
        if self.room:
            memmove(self.at(self.size), self.at(self.size + self.room), n_between * width_of(self.widest))
        self.size += n_between
        self.room += self.end - self.start
        self.done = self.end
        if len(piece) > self.room or widest > self.widest:
            self.make_room(len(piece), max(widest, self.widest))
        convert(PyUnicode_DATA(piece), PyUnicode_KIND(piece), len(piece), self.at(self.size), width_of(self.widest))
        self.size += len(piece)
        self.room -= len(piece)
        return 0

    cdef int make_room(self, Py_ssize_t wanted, uint32_t widest) except -1:
        """Let what is to be read move on; characters up to `widest` are to come."""
        cdef Py_ssize_t n_left = self.n - self.done, old_room = self.room
        cdef uint32_t old_widest = self.widest
        cdef PyObject* old = self.text
        self.room = max(self.room, wanted + (self.n >> 6))
        if widest == old_widest:
            PyUnicode_Resize(&self.text, self.size + self.room + n_left)
            memmove(self.at(self.size + self.room), self.at(self.size + old_room), n_left * width_of(widest))
            return 0
        self.text = new_sink(self.size + self.room + n_left, widest)
        self.widest = widest
        convert(data_of(old), width_of(old_widest), self.size, self.at(0), width_of(widest))
        convert(<uint8_t*>data_of(old) + (self.size + old_room) * width_of(old_widest), width_of(old_widest), n_left,
                self.at(self.size + self.room), width_of(widest))
        Py_XDECREF(old)
        return 0

    cdef str finish(self):
        """The whole text; nothing is to be asked of this object afterwards."""
        cdef int width = width_of(self.widest)
        cdef uint32_t widest
        cdef str text
        cdef Py_ssize_t n_left = self.n - self.done
        memmove(self.at(self.size), self.at(self.size + self.room), n_left * width)
        self.size += n_left
        widest = widest_beside(bits_of(self.at(0), width, self.size)) if self.may_narrow else self.widest
        if widest != self.widest:
            text = PyUnicode_New(self.size, widest)
            convert(self.at(0), width, self.size, PyUnicode_DATA(text), width_of(widest))
            return text
        PyUnicode_Resize(&self.text, self.size)
        text = <object>self.text
        Py_XDECREF(self.text)
        self.text = NULL
        return text


cdef int append_breaks(object breaks, carray.array piece, Py_ssize_t size, Py_ssize_t start) except -1:
    """Add the breaks of a piece that begins at `size` of the text and at `start` of the raw text."""
    cdef carray.array moved = carray.copy(piece)
    cdef Py_ssize_t k
    for k in range(0, len(moved), 3):
        moved.data.as_ints[k] += <int>size
        moved.data.as_ints[k + 1] += <int>start
        moved.data.as_ints[k + 2] += <int>start
    breaks.extend(moved)
    return 0


cdef object make_pairs(const Pairs* pairs):
    return make_array(pairs.values, 2 * pairs.size)


def iter_pairs(values):
    """Iterate over (start, end) of an array that holds them in turn."""
    turns = iter(values)
    return zip(turns, turns)


def iter_surplus(find_surplus, text, words):
    """Iterate over the letters that lengthen words; of a long text they may be many."""
    for word in iter_pairs(words):
        yield from find_surplus(text, [word])


cdef object find_decomposed(str text, object suspects):
    """Those of the pieces that are not in canonical composition."""
    cdef object found = array("i")
    for start, end in iter_pairs(suspects):
        if not unicodedata.is_normalized("NFC", text[start:end]):
            found.extend((start, end))
    return found


cdef inline int32_t class_entry(int value) noexcept:
    """Table entry of a code point that stays what it is."""
    cdef int32_t e = value & CLASS_MASK
    if 1 <= e <= 4 and not value & 0x80:
        e |= PLAIN
    if value & 0x80:
        e |= SUSPECT
    return e


cdef object make_array(const int32_t* values, Py_ssize_t n):
    cdef carray.array result
    if n == 0:
        return ARRAY_TEMPLATE
    result = carray.clone(ARRAY_TEMPLATE, n, zero=False)
    memcpy(result.data.as_ints, values, n * sizeof(int32_t))
    return result


cdef object move_pairs(object pairs, object pieces, str text):
    """Return where pairs of a text stand after pieces of it were composed; see `compose_pieces`."""
    cdef object moved = array("i")
    cdef Py_ssize_t shift = 0, k = 0
    for start, end in iter_pairs(pairs):
        while k < len(pieces) and pieces[k + 1] <= start:
            shift += len(compose_marks(text[pieces[k]:pieces[k + 1]])) - (pieces[k + 1] - pieces[k])
            k += 2
        moved.extend((start + shift, end + shift))
    return moved


def is_mark(str c):
    return unicodedata.combining(c) > 0


cdef str compose_marks(str piece):
    """The piece in canonical composition; many marks are sorted before, which costs ``unicodedata`` a square."""
    if len(piece) > MAX_MARKS:
        runs = [sorted(run, key=unicodedata.combining) for _, run in groupby(piece, is_mark)]
        piece = "".join(map("".join, runs))
    return unicodedata.normalize("NFC", piece)


cdef str compose_pieces(str text, object pieces, list spans):
    """Bring the named pieces into canonical composition; the Unicode tables for that live in ``unicodedata``."""
    cdef list parts = []
    cdef Py_ssize_t done = 0
    cdef bint changed = False
    old_starts, old_ends = expand_breaks(spans[0], len(text)) if spans is not None else (array("i"), array("i"))
    starts, ends = array("i"), array("i")
    for start, end in chain(iter_pairs(pieces), [(len(text), len(text))]):
        parts.append(text[done:start])
        starts.extend(old_starts[done:start])
        ends.extend(old_ends[done:start])
        piece = text[start:end]
        composed = compose_marks(piece)
        parts.append(composed)
        if spans is not None and piece:
            # What stays at the beginning keeps its spans; the rest was composed as a whole.
            kept = 0
            while kept < min(len(piece), len(composed)) and piece[kept] == composed[kept]:
                kept += 1
            starts.extend(old_starts[start:start + kept])
            ends.extend(old_ends[start:start + kept])
            if kept < len(composed):
                starts.extend([old_starts[start + kept]] * (len(composed) - kept))
                ends.extend([old_ends[end - 1]] * (len(composed) - kept))
            elif kept < len(piece):
                ends[len(ends) - 1] = old_ends[end - 1]
        changed |= composed != piece
        done = end
    if not changed:
        return text
    if spans is not None:
        spans[0] = find_breaks(starts, ends)
    return "".join(parts)


def iter_case_folds():
    """Yield (code point, its full case folding as a tuple of code points) for all that fold to something else."""
    for row in range(N_CASE_FOLDS):
        yield CASE_FOLDS[row][0], tuple(CASE_FOLDS[row][at] for at in range(1, 4) if CASE_FOLDS[row][at])


def character_class(str character):
    """Class number of one character, as the kernel sees it before any rule."""
    cdef Py_ssize_t code = ord(character)
    return CLASS_PAGES[CLASS_PAGE_OF[code >> 8]][code & 0xFF] & CLASS_MASK


unicode_version = UNICODE_VERSION.decode()
