# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the normalizer: one pass from the raw characters to the normalized ones.

Comes in: a ``str`` and the rules of one normalizer, laid out as a table (`Rules`). Goes out: a ``str`` of the
narrowest width that holds it, and on demand the raw span of each of its characters. It refuses to know any
language or file: which character becomes which is in the table, what stands in the table is decided in
``steps.py``.

How it decides: *behind* it looks only at what is already written, *ahead* only at raw characters as the table
folds them. A second pass therefore sees what the first saw, which is what makes normalizing idempotent. Two rare
things break that symmetry and make the pass report itself as unsettled, upon which it is repeated until nothing
changes: canonical composition of characters that the table does not know, and invisible characters that stood
between two pieces of one protected token.
"""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc, PyMem_RawRealloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_GET_LENGTH, PyUnicode_KIND
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy

import unicodedata
from array import array

cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar)
    void* PyUnicode_DATA_of "PyUnicode_DATA"(object text)
    int PyUnicode_1BYTE_KIND
    int PyUnicode_2BYTE_KIND

cdef extern from "unicode_classes.h":
    const char* UNICODE_VERSION
    int N_CLASS_PAGES
    int N_CASE_FOLDS
    const uint16_t CLASS_PAGE_OF[0x1100]
    const uint8_t CLASS_PAGES[1][256]
    const uint32_t CASE_FOLDS[1][4]

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

# An entry of the table, 32 bits: class of the target (0-3), flags (4-8), and from bit 11 the signed distance to the
# target, or the index of the expansion. A distance, not the target: pages that nothing changes can then be shared.
cdef enum:
    CLASS_MASK = 0x0F
    PLAIN = 0x10        # a letter that is written as it stands or mapped to one letter, in any context
    DELETED = 0x20
    EXPANDED = 0x40
    SUSPECT = 0x80      # may reorder or compose with what precedes it
    NON_JOINING = 0x100  # an Arabic letter that does not join forward
    SHIFT = 11
    N_PAGES = 0x1100
    MAX_EXPANSION = 8
    STACK_SIZE = 1024
    MAX_PASSES = 8

cdef enum:
    LF = 0x0A
    BLANK = 0x20
    EXCLAMATION = 0x21
    QUOTE = 0x22
    NUMBER_SIGN = 0x23
    PERCENT = 0x25
    AMPERSAND = 0x26
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
    ZWNJ = 0x200C
    ZWJ = 0x200D
    ELLIPSIS = 0x2026

cdef struct Table:
    int32_t* pages[N_PAGES]
    uint32_t* expansions         # rows of MAX_EXPANSION, zero-filled
    bint compose, spaces, punctuation, arabic_punctuation, quotes, numbers, protect, halfspace, compose_farsi_yeh
    int local_digits            # 0: separators follow no digits; 1: Arabic-Indic; 2: Persian

cdef struct Output:
    uint32_t* text
    int32_t* starts             # NULL where no alignment is wanted
    int32_t* ends
    int32_t* suspects           # pairs of output offsets: pieces that canonical composition must see
    Py_ssize_t size, capacity, n_suspects, suspects_capacity
    Py_ssize_t carry            # raw offset of deleted text that goes to the next character, or -1
    uint32_t widest
    bint changed, unsettled, on_heap, failed

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


cdef inline uint32_t fold(const Table* table, uint32_t c, int32_t e) noexcept nogil:
    """First character that `c` becomes."""
    if e & EXPANDED:
        return table.expansions[(e >> SHIFT) * MAX_EXPANSION]
    return <uint32_t>(<int32_t>c + (e >> SHIFT))


# --- writing ---------------------------------------------------------------------------------------------------------

cdef bint make_room(Output* out, Py_ssize_t n) noexcept nogil:
    """Grow the buffers to hold `n` more characters; False where memory is out."""
    cdef Py_ssize_t wanted = out.size + n
    cdef uint32_t* text
    cdef int32_t* offsets
    if wanted <= out.capacity:
        return True
    wanted += wanted >> 2
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
    if out.starts != NULL:
        offsets = <int32_t*>PyMem_RawRealloc(out.starts, wanted * sizeof(int32_t))
        if offsets == NULL:
            out.failed = True
            return False
        out.starts = offsets
        offsets = <int32_t*>PyMem_RawRealloc(out.ends, wanted * sizeof(int32_t))
        if offsets == NULL:
            out.failed = True
            return False
        out.ends = offsets
    out.capacity = wanted
    return True


cdef inline void emit(Output* out, uint32_t c, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Write `c`, which stands for the raw span; the caller has made room."""
    if out.starts != NULL:
        if out.carry >= 0:
            start = out.carry
        out.starts[out.size] = <int32_t>start
        out.ends[out.size] = <int32_t>end
    out.carry = -1
    out.text[out.size] = c
    out.size += 1
    out.widest |= c


cdef inline void absorb(Output* out, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    """Count the raw span, which is not written, to the character before it."""
    out.changed = True
    if out.size and out.text[out.size - 1] != LF and out.carry < 0:
        if out.starts != NULL:
            out.ends[out.size - 1] = <int32_t>end
    elif out.carry < 0:
        out.carry = start


cdef bint note_suspect(const Table* table, Output* out) noexcept nogil:
    """Remember that the piece ending in the last character wants canonical composition."""
    cdef Py_ssize_t start = out.size - 1
    cdef int32_t* grown
    while start > 0 and lookup(table, out.text[start]) & SUSPECT:
        start -= 1
    if out.n_suspects and out.suspects[2 * out.n_suspects - 1] > start:
        out.suspects[2 * out.n_suspects - 1] = <int32_t>out.size
        return True
    if out.n_suspects == out.suspects_capacity:
        out.suspects_capacity = 2 * out.suspects_capacity + 16
        grown = <int32_t*>PyMem_RawRealloc(out.suspects, 2 * out.suspects_capacity * sizeof(int32_t))
        if grown == NULL:
            out.failed = True
            return False
        out.suspects = grown
    out.suspects[2 * out.n_suspects] = <int32_t>start
    out.suspects[2 * out.n_suspects + 1] = <int32_t>out.size
    out.n_suspects += 1
    return True


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
    if not (e & SUSPECT) or not table.compose or out.size == 0:
        emit(out, c, start, end)
        return True
    rank = combining_class(c)
    if rank == 0:
        emit(out, c, start, end)
        return note_suspect(table, out)
    composed = compose(table, out.text[out.size - 1], c)
    if composed:
        composed = fold(table, composed, lookup(table, composed))
        out.text[out.size - 1] = composed
        out.widest |= composed
        absorb(out, start, end)
        return True
    at = out.size
    while at > 0 and combining_class(out.text[at - 1]) > rank:
        at -= 1
    emit(out, c, start, end)
    if at > 0 and rank >= 220 and lookup(table, out.text[at - 1]) & SUSPECT:
        return note_suspect(table, out)  # marks stand between the letter and this one: left to unicodedata
    if at < out.size - 1:
        out.changed = True
        for k in range(out.size - 1, at, -1):
            out.text[k] = out.text[k - 1]
        out.text[at] = c
        if rank >= 220 and at > 0:
            out.unsettled = True
        if out.starts != NULL:
            for k in range(at, out.size):
                out.starts[k] = out.starts[at]
                out.ends[k] = <int32_t>end
    return True


# --- looking ahead ---------------------------------------------------------------------------------------------------

cdef uint32_t peek(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, bint over_spaces,
                   int32_t* entry) noexcept nogil:
    """The next character that will be written from `i` on, and its entry; 0 at the end of the text."""
    cdef int32_t e
    cdef int k
    while i < n:
        e = lookup(table, raw[i])
        k = e & CLASS_MASK
        if e & DELETED or k == JOINER or k == TATWEEL or (over_spaces and k == SPACE):
            i += 1
            continue
        entry[0] = e
        return fold(table, raw[i], e)
    entry[0] = NEWLINE
    return 0


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


cdef inline bint is_plain_word(raw_t* raw, Py_ssize_t i, Py_ssize_t n, Py_ssize_t* scanned) noexcept nogil:
    """Whether the ASCII letters from `i` on are a word and nothing more; the common case, settled at a glance."""
    cdef uint32_t c
    while i < n and is_ascii_letter(raw[i]):
        i += 1
    if i < n:
        c = raw[i]
        if c != BLANK and c != COMMA and c != LF and c != 0x29 and c != EXCLAMATION and c != QUESTION:
            return False
    scanned[0] = i
    return True


cdef Py_ssize_t scan_ascii(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, bint after_latin,
                           Py_ssize_t* scanned) noexcept nogil:
    """End of the protected token that begins with the ASCII letter or digit at `i`, or `i`.

    Addresses, e-mail, file names, versions and identifiers of letters with digits. `after_latin`: one blank and a
    Latin letter stand before («Python 3.11»), which makes a decimal a version. `scanned`: where the run of ASCII
    ended; no token begins inside it.
    """
    cdef Py_ssize_t k = i
    cdef Py_ssize_t end, group = 0
    cdef uint32_t c, following
    cdef int dots = 0, letters = 0, digits = 0, others = 0
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
                others += 1
        else:
            break
        k += 1
    scanned[0] = k
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


# --- numbers and quotes ----------------------------------------------------------------------------------------------

cdef Py_ssize_t scan_number(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """End of the number at `i` if its separators are those of one decimal or grouped number, else `i`.

    1,250,000 and 1,250.5 and 3.5 are; 1.2.3, 12,34 and 1,2,3 may mean other things and are left alone.
    """
    cdef Py_ssize_t k = i
    cdef Py_ssize_t group = 0
    cdef int commas = 0, points = 0
    cdef uint32_t c
    cdef int32_t e
    while k < n:
        c = raw[k]
        e = lookup(table, c)
        if (e & CLASS_MASK) == DIGIT:
            group += 1
        elif c == COMMA or c == FULL_STOP or c == ARABIC_DECIMAL or c == ARABIC_THOUSANDS:
            if k + 1 >= n or (lookup(table, raw[k + 1]) & CLASS_MASK) != DIGIT:
                break
            if points or group == 0:
                return i
            if group != 3 if commas else (group > 3 and (c == COMMA or c == ARABIC_THOUSANDS)):
                return i
            if c == COMMA or c == ARABIC_THOUSANDS:
                commas += 1
            else:
                points += 1
            group = 0
        else:
            break
        k += 1
    if commas + points == 0 or (commas and not points and group != 3):
        return i
    return k


cdef bint is_hijri_sign(const Table* table, const Output* out, Py_ssize_t line_start) noexcept nogil:
    """Whether a heh after a year was written last: «١٤٤٥ هـ» keeps the tatweel that shapes it."""
    cdef Py_ssize_t k = out.size - 1
    if k <= line_start or out.text[k] != HEH:
        return False
    k -= 1
    if out.text[k] == BLANK and k > line_start:
        k -= 1
    return (lookup(table, out.text[k]) & CLASS_MASK) == DIGIT


cdef bint continues_number(const Table* table, const Output* out, Py_ssize_t line_start) noexcept nogil:
    """Whether a digit written now would go on with a number: after a digit, or after a digit and a separator."""
    cdef uint32_t before = out.text[out.size - 1]
    if (lookup(table, before) & CLASS_MASK) == DIGIT:
        return True
    return (before == COMMA or before == FULL_STOP or before == ARABIC_DECIMAL or before == ARABIC_THOUSANDS) \
        and out.size - line_start > 1 and (lookup(table, out.text[out.size - 2]) & CLASS_MASK) == DIGIT


cdef bint quotes_pair_up(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table) noexcept nogil:
    """Whether the straight double quotes from `i` to the end of its line open and close in turn."""
    cdef Py_ssize_t k = i
    cdef int count = 0
    cdef uint32_t c
    cdef int32_t e, before, after
    while k < n:
        e = lookup(table, raw[k])
        if (e & CLASS_MASK) == NEWLINE or (e & CLASS_MASK) == RETURN:
            break
        c = fold(table, raw[k], e)
        if c == LESS_THAN or c == LEFT_GUILLEMET or c == RIGHT_GUILLEMET:
            return False
        if c == QUOTE and not e & DELETED:
            before = lookup(table, raw[k - 1]) if k else NEWLINE
            after = lookup(table, raw[k + 1]) if k + 1 < n else NEWLINE
            if before & DELETED or after & DELETED:
                return False
            before &= CLASS_MASK
            after &= CLASS_MASK
            if count % 2 == 0:
                if before == DIGIT or is_latin(before) or (before == ARABIC and after == SPACE):
                    return False  # an inch sign, or the end of a quotation that began elsewhere
            elif is_latin(after) or after == DIGIT or (after == ARABIC and before == SPACE):
                return False
            count += 1
        k += 1
    return count % 2 == 0


# --- spaces between two characters -----------------------------------------------------------------------------------

cdef inline bint takes_no_space_before(uint32_t c) noexcept nogil:
    return c == FULL_STOP or c == COMMA or c == ARABIC_COMMA or c == COLON or c == SEMICOLON or c == EXCLAMATION \
        or c == QUESTION or c == ARABIC_SEMICOLON or c == ARABIC_QUESTION or c == ELLIPSIS


cdef bint keeps_space_before(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, uint32_t c,
                             int32_t before) noexcept nogil:
    """Exceptions: « .NET», « .5», « :)», « !=», «3 : 5»."""
    cdef uint32_t following = raw[i + 1] if i + 1 < n else 0
    cdef int32_t e
    if c == FULL_STOP or c == QUESTION:
        return is_ascii_word(following)
    if c == COLON:
        if following == 0x29 or following == 0x28 or following == 0x2D or following == SLASH or following == 0x7C:
            return True
        if (before & CLASS_MASK) == DIGIT:
            peek(raw, i + 1, n, table, True, &e)
            return (e & CLASS_MASK) == DIGIT
        return False
    if c == SEMICOLON:
        return following == 0x29 or following == 0x2D
    if c == EXCLAMATION:
        return following == 0x3D
    return False


cdef bint wants_space(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, const Output* out, uint32_t c,
                      int32_t e) noexcept nogil:
    """Whether a space is missing between the mark written last and the character `c` at `i`."""
    cdef uint32_t mark = out.text[out.size - 1]
    cdef int32_t before = lookup(table, out.text[out.size - 2]) if out.size > 1 else NEWLINE
    cdef int32_t earlier = lookup(table, out.text[out.size - 3]) if out.size > 2 else NEWLINE
    cdef int32_t following
    cdef int k = e & CLASS_MASK
    cdef bint after_word = is_word(before) or (before & CLASS_MASK) == CLOSER
    cdef bint is_arabic = k == ARABIC
    cdef bint begins_capitalized = False
    if not is_letter(e) and k != OPENER and k != DIGIT:
        return False
    if mark == ARABIC_COMMA or mark == ARABIC_SEMICOLON:
        return k != DIGIT or (before & CLASS_MASK) != DIGIT
    if k == OPENER and c != LEFT_GUILLEMET and mark != ARABIC_QUESTION:
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
    if mark == COMMA or mark == SEMICOLON:
        return is_letter(e) and after_word
    if mark == QUESTION or mark == EXCLAMATION:
        return after_word and (is_arabic or begins_capitalized)
    return False


cdef bint begin(raw_t* raw, Py_ssize_t i, Py_ssize_t n, const Table* table, Output* out, uint32_t c, int32_t e,
                Py_ssize_t* pending, Py_ssize_t pending_end, Py_ssize_t line_start, Py_ssize_t protected_end,
                Py_ssize_t quote_opened, bint closes_quote) noexcept nogil:
    """Settle the space before the character `c` at `i`: keep, drop or insert it."""
    cdef uint32_t before = 0
    cdef int32_t before_entry = NEWLINE
    cdef bint keep = True
    cdef Py_ssize_t k
    cdef int cls = e & CLASS_MASK
    if out.size > line_start:
        before = out.text[out.size - 1]
        before_entry = lookup(table, before)
    if pending[0] < 0:
        if before and table.punctuation and before != BLANK and protected_end != out.size \
                and takes_no_space_before(before) and wants_space(raw, i, n, table, out, c, e):
            emit(out, BLANK, i, i)
            out.changed = True
        return True
    if before == 0:
        keep = not table.spaces
    elif cls == MARK:
        keep = True
    elif table.punctuation:
        if ((before_entry & CLASS_MASK) == OPENER and protected_end != out.size) or quote_opened == out.size:
            keep = False
        elif cls == CLOSER or closes_quote:
            keep = False
        elif takes_no_space_before(c):
            keep = keeps_space_before(raw, i, n, table, c, before_entry)
        elif c == ARABIC_PERCENT or c == PERCENT:
            keep = (before_entry & CLASS_MASK) != DIGIT
    if not keep:
        out.changed = True
        if out.carry < 0:
            out.carry = pending[0]
    elif table.spaces:
        out.changed |= pending_end - pending[0] != 1 or raw[pending[0]] != BLANK
        emit(out, BLANK, pending[0], pending_end)
    else:
        if not make_room(out, pending_end - pending[0] + n - i + 16):
            return False
        for k in range(pending[0], pending_end):
            if (lookup(table, raw[k]) & CLASS_MASK) == SPACE:
                emit(out, raw[k], k, k + 1)
            else:
                absorb(out, k, k + 1)
    pending[0] = -1
    return True


# --- the pass --------------------------------------------------------------------------------------------------------

cdef void run(raw_t* raw, Py_ssize_t n, const Table* table, Output* out) noexcept nogil:
    """Normalize `raw` into `out`."""
    cdef Py_ssize_t i = 0
    cdef Py_ssize_t pending = -1        # raw start of the spaces not yet written
    cdef Py_ssize_t pending_end = -1
    cdef Py_ssize_t line_start = 0      # output offset
    cdef Py_ssize_t scanned = 0         # raw offset up to which no protected token begins
    cdef Py_ssize_t protected_end = -1  # output offset after the protected token written last
    cdef Py_ssize_t number_end = 0
    cdef Py_ssize_t quote_opened = -1   # output offset after an opening straight quote
    cdef Py_ssize_t end, k, size
    cdef int quote_state = 0            # of the line: 0 not known, 1 the next opens, 2 the next closes, 3 leave all
    cdef bint saw_token = False, saw_invisible = False, closes_quote, over_blanks
    cdef uint32_t c, target, before, widest
    cdef int32_t e, next_entry, before_entry, changed
    cdef int cls, mask, key
    cdef uint32_t* expansion
    cdef uint32_t* text

    while i < n:
        # Invariant: room for one character a raw character and a few more.
        if not make_room(out, n - i + 16):
            return
        c = raw[i]
        e = lookup(table, c)
        cls = e & CLASS_MASK

        if table.protect and c < 0x80 and i >= scanned:
            end = i
            if is_ascii_letter(c) and is_plain_word(raw, i, n, &scanned):
                pass
            elif is_ascii_word(c):
                before_entry = NEWLINE
                if pending >= 0 and pending_end - pending == 1 and out.size > line_start:
                    before_entry = lookup(table, out.text[out.size - 1])
                end = scan_ascii(raw, i, n, table, is_latin(before_entry), &scanned)
            elif c == LESS_THAN or c == AMPERSAND:
                end = scan_markup(raw, i, n)
                if end > i and c == LESS_THAN:
                    quote_state = 3
            elif (c == NUMBER_SIGN or c == COMMERCIAL_AT) and (
                    pending >= 0 or out.size == line_start or protected_end == out.size
                    or not 1 <= (lookup(table, out.text[out.size - 1]) & CLASS_MASK) <= 6):
                end = scan_name(raw, i, n, table)
            if end > i:
                if not begin(raw, i, n, table, out, c, e, &pending, pending_end, line_start, protected_end,
                             quote_opened, False):
                    return
                for k in range(i, end):
                    emit(out, raw[k], k, k + 1)
                protected_end = out.size
                saw_token = True
                scanned = end
                i = end
                continue

        if e & PLAIN:
            before_entry = lookup(table, out.text[out.size - 1]) if out.size > line_start else NEWLINE
            if before_entry & PLAIN and (pending < 0 or (pending_end - pending == 1 and raw[pending] == BLANK)):
                # A letter after a letter, or after a letter and one blank: nothing to settle.
                if pending >= 0:
                    emit(out, BLANK, pending, pending_end)
                    pending = -1
            elif not begin(raw, i, n, table, out, fold(table, c, e), e, &pending, pending_end, line_start,
                           protected_end, quote_opened, False):
                return
            emit(out, fold(table, c, e), i, i + 1)
            out.changed |= (e >> SHIFT) != 0
            i += 1
            # The rest of the run of letters of this script needs no context; of words in which no protected token can
            # begin, neither does one blank between two letters.
            mask = PLAIN | (0x0E if is_latin(e) else CLASS_MASK)
            key = e & mask
            over_blanks = not table.protect or (e & CLASS_MASK) == ARABIC
            size = out.size
            text = out.text
            widest = 0
            changed = 0
            if out.starts == NULL:
                while i < n:
                    c = raw[i]
                    e = lookup(table, c)
                    if (e & mask) != key:
                        if c == BLANK and over_blanks and i + 1 < n and (lookup(table, raw[i + 1]) & mask) == key:
                            text[size] = BLANK
                            size += 1
                            i += 1
                            continue
                        break
                    changed |= e >> SHIFT
                    target = <uint32_t>(<int32_t>c + (e >> SHIFT))
                    widest |= target
                    text[size] = target
                    size += 1
                    i += 1
            else:
                while i < n:
                    c = raw[i]
                    e = lookup(table, c)
                    if (e & mask) != key:
                        if c != BLANK or not over_blanks or i + 1 >= n or (lookup(table, raw[i + 1]) & mask) != key:
                            break
                        e = 0  # the blank as it stands
                    changed |= e >> SHIFT
                    target = <uint32_t>(<int32_t>c + (e >> SHIFT))
                    widest |= target
                    text[size] = target
                    out.starts[size] = <int32_t>i
                    out.ends[size] = <int32_t>(i + 1)
                    size += 1
                    i += 1
            out.size = size
            out.widest |= widest
            out.changed |= changed != 0
            continue

        if cls == SPACE:
            if pending < 0:
                pending = i
            pending_end = i + 1
            i += 1
            continue

        if cls == JOINER:
            if c == ZWJ and pending < 0 and out.size > line_start and i + 1 < n \
                    and (lookup(table, out.text[out.size - 1]) & CLASS_MASK) == PICTOGRAPH \
                    and (lookup(table, raw[i + 1]) & CLASS_MASK) == PICTOGRAPH:
                emit(out, c, i, i + 1)
                i += 1
                continue
            if not e & DELETED and c == ZWNJ and table.halfspace:
                # Between two letters of which the first would join the second, or after a Latin word or a number.
                k = out.size - 1
                while k > line_start and (lookup(table, out.text[k]) & CLASS_MASK) == MARK:
                    k -= 1
                before_entry = lookup(table, out.text[k]) if pending < 0 and k >= line_start else NEWLINE
                peek(raw, i + 1, n, table, False, &next_entry)
                if (next_entry & CLASS_MASK) == ARABIC and (
                        ((before_entry & CLASS_MASK) == ARABIC and not before_entry & NON_JOINING)
                        or is_latin(before_entry) or (before_entry & CLASS_MASK) == DIGIT):
                    emit(out, c, i, i + 1)
                    # A further one right after it would see this one as what precedes it.
                    i += 1
                    continue
                e |= DELETED
            elif not e & DELETED:
                if not begin(raw, i, n, table, out, c, e, &pending, pending_end, line_start, protected_end,
                             quote_opened, False):
                    return
                emit(out, c, i, i + 1)
                i += 1
                continue

        if cls == TATWEEL and e & DELETED:
            # A dash of tatweels that touches no letter is punctuation.
            peek(raw, i + 1, n, table, False, &next_entry)
            before_entry = NEWLINE
            if pending < 0 and out.size > line_start:
                before_entry = lookup(table, out.text[out.size - 1])
            if (not is_word(before_entry) and not is_word(next_entry)) or (
                    not is_word(next_entry) and is_hijri_sign(table, out, line_start)):
                if not begin(raw, i, n, table, out, c, OTHER, &pending, pending_end, line_start, protected_end,
                             quote_opened, False):
                    return
                emit(out, c, i, i + 1)
                out.unsettled |= saw_invisible
                i += 1
                continue

        if e & DELETED:
            if cls != MARK:
                saw_invisible = True
            if pending >= 0:
                pending_end = i + 1
                out.changed = True
            else:
                absorb(out, i, i + 1)
            i += 1
            continue

        if cls == NEWLINE or cls == RETURN:
            end = i + 1
            if pending >= 0 and not table.spaces:
                if not begin(raw, i, n, table, out, LF, MARK, &pending, pending_end, line_start, protected_end,
                             quote_opened, False):
                    return
            if pending >= 0:
                out.changed = True
                if out.carry < 0:
                    out.carry = pending
                pending = -1
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
                line_start = out.size
            quote_state = 0
            i = end
            continue

        if e & EXPANDED:
            expansion = &table.expansions[(e >> SHIFT) * MAX_EXPANSION]
            if not make_room(out, n - i + 2 * MAX_EXPANSION + 16):
                return
            if not begin(raw, i, n, table, out, expansion[0], e, &pending, pending_end, line_start, protected_end,
                         quote_opened, False):
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
            if pending >= 0 and not begin(raw, i, n, table, out, c, e, &pending, pending_end, line_start,
                                          protected_end, quote_opened, False):
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
                    out.size == line_start or pending >= 0 or not continues_number(table, out, line_start)):
                number_end = scan_number(raw, i, n, table)
            if not begin(raw, i, n, table, out, target, e, &pending, pending_end, line_start, protected_end,
                         quote_opened, False):
                return
            out.changed |= target != c
            emit(out, target, i, i + 1)
            i += 1
            continue

        # Punctuation and symbols.
        closes_quote = False
        before = out.text[out.size - 1] if out.size > line_start else 0
        before_entry = lookup(table, before) if before else NEWLINE

        if i < number_end:
            # Inside a decimal or grouped number: its separators follow its digits.
            if table.local_digits == 2 or 0x0660 <= before <= 0x0669:
                target = ARABIC_THOUSANDS if c == COMMA else ARABIC_DECIMAL if c == FULL_STOP else target
            elif table.local_digits == 1 and is_ascii_digit(before):
                target = COMMA if c == ARABIC_THOUSANDS else FULL_STOP if c == ARABIC_DECIMAL else target
            out.changed |= target != c
            emit(out, target, i, i + 1)
            i += 1
            continue

        if table.numbers and target == PERCENT and table.local_digits == 2:
            peek(raw, i + 1, n, table, False, &next_entry)
            if (before_entry & CLASS_MASK) == DIGIT or (next_entry & CLASS_MASK) == DIGIT:
                target = ARABIC_PERCENT

        if table.arabic_punctuation and (target == COMMA or target == SEMICOLON or target == QUESTION):
            peek(raw, i + 1, n, table, True, &next_entry)
            if (before_entry & CLASS_MASK) == ARABIC or (before_entry & CLASS_MASK) == MARK \
                    or before == ARABIC_QUESTION or before == EXCLAMATION or (
                        ((before_entry & CLASS_MASK) == DIGIT or (before_entry & CLASS_MASK) == CLOSER)
                        and (next_entry & CLASS_MASK) == ARABIC):
                if target == QUESTION:
                    target = ARABIC_QUESTION
                elif before != ARABIC_QUESTION and before != EXCLAMATION and (
                        (next_entry & CLASS_MASK) == ARABIC or (next_entry & CLASS_MASK) == NEWLINE
                        or (next_entry & CLASS_MASK) == OPENER):
                    target = ARABIC_COMMA if target == COMMA else ARABIC_SEMICOLON

        if target == QUOTE and (table.punctuation or table.quotes):
            if quote_state == 0:
                quote_state = 1 if quotes_pair_up(raw, i, n, table) else 3
            if quote_state == 1:
                target = LEFT_GUILLEMET if table.quotes else QUOTE
                quote_state = 2
                if table.quotes:
                    e = OPENER
            elif quote_state == 2:
                target = RIGHT_GUILLEMET if table.quotes else QUOTE
                quote_state = 1
                closes_quote = True
        elif target == LEFT_GUILLEMET or target == RIGHT_GUILLEMET:
            quote_state = 3

        if table.punctuation and before and (
                pending < 0 or not keeps_space_before(raw, i, n, table, target, before_entry)):
            if target == FULL_STOP and protected_end != out.size:
                if before == ELLIPSIS:
                    if pending >= 0:
                        pending = -1
                    absorb(out, i, i + 1)
                    i += 1
                    continue
                if before == FULL_STOP and out.size - line_start > 1 and out.text[out.size - 2] == FULL_STOP \
                        and protected_end != out.size - 1:
                    peek(raw, i + 1, n, table, False, &next_entry)
                    if out.size - line_start < 3 or (next_entry & CLASS_MASK) != DIGIT \
                            or (lookup(table, out.text[out.size - 3]) & CLASS_MASK) != DIGIT:
                        pending = -1
                        out.size -= 1
                        out.text[out.size - 1] = ELLIPSIS
                        out.widest |= ELLIPSIS
                        absorb(out, i, i + 1)
                        i += 1
                        continue
            elif target == ELLIPSIS and before == ELLIPSIS:
                pending = -1
                absorb(out, i, i + 1)
                i += 1
                continue
            elif target == EXCLAMATION or target == ARABIC_QUESTION or target == QUESTION:
                if before == target or (
                        (before == EXCLAMATION or before == ARABIC_QUESTION or before == QUESTION)
                        and out.size - line_start > 1 and out.text[out.size - 2] == target):
                    pending = -1
                    absorb(out, i, i + 1)
                    i += 1
                    continue

        if not begin(raw, i, n, table, out, target, e, &pending, pending_end, line_start, protected_end,
                     quote_opened, closes_quote):
            return
        out.changed |= target != c
        emit(out, target, i, i + 1)
        if e & SUSPECT and table.compose and not note_suspect(table, out):
            return
        if target == QUOTE and quote_state == 2:
            quote_opened = out.size
        i += 1

    if pending >= 0:
        if table.spaces:
            out.changed = True
            if out.size and out.starts != NULL:
                out.ends[out.size - 1] = <int32_t>n
        else:
            begin(raw, n, n, table, out, 0, MARK, &pending, pending_end, line_start, protected_end, quote_opened,
                  False)
    elif out.carry >= 0 and out.size and out.starts != NULL:
        out.ends[out.size - 1] = <int32_t>n
    out.unsettled |= saw_token and saw_invisible


# --- the Python side -------------------------------------------------------------------------------------------------

cdef object build_text(Output* out):
    """The canonical ``str`` of the written characters."""
    cdef uint32_t widest = min(out.widest, <uint32_t>0x10FFFF)
    cdef object text = PyUnicode_New(out.size, widest)
    cdef uint8_t* narrow
    cdef uint16_t* middle
    cdef Py_ssize_t k
    if out.size == 0:
        return text
    if widest < 0x100:
        narrow = <uint8_t*>PyUnicode_DATA_of(text)
        for k in range(out.size):
            narrow[k] = <uint8_t>out.text[k]
    elif widest < 0x10000:
        middle = <uint16_t*>PyUnicode_DATA_of(text)
        for k in range(out.size):
            middle[k] = <uint16_t>out.text[k]
    else:
        memcpy(PyUnicode_DATA_of(text), out.text, out.size * sizeof(uint32_t))
    return text


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
    """

    cdef Table table
    cdef int32_t* owned_pages
    cdef uint32_t* owned_expansions

    def __cinit__(self, dict mapping, frozenset non_joining, frozenset switches, str local_digits):
        cdef Table* table = &self.table
        cdef Py_ssize_t n_expansions = sum(1 for target in mapping.values() if len(target) > 1)
        cdef set touched = {code >> 8 for code in mapping} | {code >> 8 for code in non_joining}
        cdef Py_ssize_t page, at, code, target_code, index = 0
        cdef int32_t* base
        cdef int value
        # Shared pages first, then a page of its own for each that a rule touches.
        self.owned_pages = <int32_t*>PyMem_RawMalloc((N_CLASS_PAGES + len(touched)) * 256 * sizeof(int32_t))
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
        table.local_digits = {"": 0, "arabic-indic": 1, "persian": 2}[local_digits]

    def __dealloc__(self):
        PyMem_RawFree(self.owned_pages)
        PyMem_RawFree(self.owned_expansions)

    def normalize(self, str raw not None):
        """Return the normalized text; the very same object where nothing changes."""
        cdef int _pass
        cdef str text = raw
        cdef str result
        cdef bint settled = False
        for _pass in range(MAX_PASSES):
            result = self.run_once(text, None, &settled)
            if settled or result == text:
                return result
            text = result
        return text

    def normalize_batch(self, list raws not None):
        """Normalize each text of a list."""
        return [self.normalize(raw) for raw in raws]

    def align(self, str raw not None):
        """Return the normalized text with two int32 arrays: raw start and raw end of each of its characters."""
        cdef int _pass
        cdef str text = raw
        cdef str result
        cdef list spans, total = None
        cdef bint settled = False
        for _pass in range(MAX_PASSES):
            spans = []
            result = self.run_once(text, spans, &settled)
            total = spans if total is None else chain_spans(total, spans)
            if settled or result == text:
                text = result
                break
            text = result
        return text, total[0], total[1]

    cdef str run_once(self, str raw, list spans, bint* settled):
        """One pass; `spans` receives the two arrays where it is a list."""
        cdef uint32_t[STACK_SIZE] stack
        cdef Output out
        cdef Py_ssize_t n = PyUnicode_GET_LENGTH(raw)
        cdef int kind = PyUnicode_KIND(raw)
        cdef void* data = PyUnicode_DATA(raw)
        cdef str text
        if n > 0x7FFFFFF0 // 4:
            raise OverflowError(f"a text has at most {0x7FFFFFF0 // 4} characters, this one has {n}: split it")
        out.text = stack
        out.on_heap = out.changed = out.unsettled = out.failed = False
        out.size = out.n_suspects = out.suspects_capacity = 0
        out.capacity = STACK_SIZE
        out.suspects = out.starts = out.ends = NULL
        out.carry = -1
        out.widest = 0
        if spans is not None:
            out.starts = <int32_t*>PyMem_RawMalloc(STACK_SIZE * sizeof(int32_t))
            out.ends = <int32_t*>PyMem_RawMalloc(STACK_SIZE * sizeof(int32_t))
            out.failed = out.starts == NULL or out.ends == NULL
        try:
            if not out.failed:
                with nogil:
                    if kind == PyUnicode_1BYTE_KIND:
                        run(<const uint8_t*>data, n, &self.table, &out)
                    elif kind == PyUnicode_2BYTE_KIND:
                        run(<const uint16_t*>data, n, &self.table, &out)
                    else:
                        run(<const uint32_t*>data, n, &self.table, &out)
            if out.failed:
                raise MemoryError
            settled[0] = not out.unsettled
            text = build_text(&out) if out.changed else raw
            if spans is not None:
                spans.append(make_array(out.starts, out.size))
                spans.append(make_array(out.ends, out.size))
            if out.n_suspects:
                text = compose_pieces(text, [
                    (out.suspects[2 * k], out.suspects[2 * k + 1]) for k in range(out.n_suspects)
                ], spans, settled)
            return text
        finally:
            if out.on_heap:
                PyMem_RawFree(out.text)
            PyMem_RawFree(out.starts)
            PyMem_RawFree(out.ends)
            PyMem_RawFree(out.suspects)


cdef inline int32_t class_entry(int value) noexcept:
    """Table entry of a code point that stays what it is."""
    cdef int32_t e = value & CLASS_MASK
    if 1 <= e <= 4 and not value & 0x80:
        e |= PLAIN
    if value & 0x80:
        e |= SUSPECT
    return e


cdef object make_array(const int32_t* values, Py_ssize_t n):
    cdef object result = array("i")
    if n:
        result.frombytes((<const char*>values)[:n * sizeof(int32_t)])
    return result


cdef str compose_pieces(str text, list pieces, list spans, bint* settled):
    """Bring the named pieces into canonical composition; the Unicode tables for that live in ``unicodedata``."""
    cdef list parts = []
    cdef Py_ssize_t done = 0
    cdef bint changed = False
    starts, ends = (array("i"), array("i")) if spans is not None else (None, None)
    for start, end in [*pieces, (len(text), len(text))]:
        parts.append(text[done:start])
        if spans is not None:
            starts.extend(spans[0][done:start])
            ends.extend(spans[1][done:start])
        piece = text[start:end]
        composed = unicodedata.normalize("NFC", piece)
        parts.append(composed)
        if spans is not None and piece:
            # What stays at the beginning keeps its spans; the rest was composed as a whole.
            kept = 0
            while kept < min(len(piece), len(composed)) and piece[kept] == composed[kept]:
                kept += 1
            starts.extend(spans[0][start:start + kept])
            ends.extend(spans[1][start:start + kept])
            if kept < len(composed):
                starts.extend([spans[0][start + kept]] * (len(composed) - kept))
                ends.extend([spans[1][end - 1]] * (len(composed) - kept))
            elif kept < len(piece):
                ends[-1] = spans[1][end - 1]
        changed |= composed != piece
        done = end
    if not changed:
        return text
    settled[0] = False  # what was composed may have a row in the table
    if spans is not None:
        spans[:] = [starts, ends]
    return "".join(parts)


cdef list chain_spans(list first, list second):
    """Spans into the text before `first`, of a result whose spans in `second` point into the text after it."""
    starts, ends = array("i"), array("i")
    n = len(first[0])
    for start, end in zip(*second, strict=True):
        if start < end:
            starts.append(first[0][start])
            ends.append(first[1][end - 1])
        else:
            place = first[0][start] if start < n else (first[1][n - 1] if n else 0)
            starts.append(place)
            ends.append(place)
    return [starts, ends]


def iter_case_folds():
    """Yield (code point, its full case folding as a tuple of code points) for all that fold to something else."""
    for row in range(N_CASE_FOLDS):
        yield CASE_FOLDS[row][0], tuple(CASE_FOLDS[row][at] for at in range(1, 4) if CASE_FOLDS[row][at])


def character_class(str character):
    """Class number of one character, as the kernel sees it before any rule."""
    cdef Py_ssize_t code = ord(character)
    return CLASS_PAGES[CLASS_PAGE_OF[code >> 8]][code & 0xFF] & CLASS_MASK


unicode_version = UNICODE_VERSION.decode()
