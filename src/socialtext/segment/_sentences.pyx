# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""The native loop of the sentence splitter: one pass over the characters of a line, asking at each stop.

Comes in: a raw ``str``, a range of it, and the tables of one language. Goes out: spans that leave out only the space
between them. Behind a stop it looks back no farther than the sentence and `REACH` characters, ahead no farther than
`REACH`; from one stop to the next it keeps nothing but the start of the sentence. So a text of any length costs its
length, and an unbalanced quote cannot swallow what follows.
"""

cimport cython
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND
from libc.stdint cimport int32_t
from numpy cimport import_array

from socialtext._arrays cimport NPY_INT32, NPY_INT64, count_rows, make_array, ndarray, rows_of
from socialtext.segment._rows cimport LINE_WIDTH, Line

import_array()

cdef extern from "Python.h":
    Py_UCS4 PyUnicode_READ(int kind, void* data, Py_ssize_t index) nogil

cdef enum:
    REACH = 300                    # characters seen on either side of a stop
    N_BRACKET_REACH = 150          # a bracket that closes farther away is taken for an unbalanced one
    N_ABBREVIATION = 24            # longest word that is looked up
    N_MIRRORED = 12                # so close after a closing bracket an opening one is its mirrored twin
    N_WORDS_BEFORE_ELLIPSIS = 4    # fewer words before «…» are a hesitation, no sentence
    N_WORDS_IN_BRACKET = 4         # from so many words on a bracket that ends in a full stop is a sentence of its own
    N_DATELINE = 45                # «Jakarta - Antara:», in characters
    N_LETTERS_BEFORE_LOWER = 4     # shorter words before «. lower case» may be abbreviations that no table has

# What the splitter sees of a text: its buffer.
cdef struct View:
    int kind
    void* data


cdef inline Py_UCS4 char_at(const View* view, Py_ssize_t at) noexcept:
    return PyUnicode_READ(view.kind, view.data, at)


cdef inline bint is_stop(Py_UCS4 c) noexcept:
    return (
        c == u"." or c == u"!" or c == u"?"
        or c == 0x061F or c == 0x06D4 or c == 0x2026  # Arabic question mark, Arabic full stop, ellipsis
    )


cdef inline bint is_question_or_exclamation(Py_UCS4 c) noexcept:
    return c == u"!" or c == u"?" or c == 0x061F


cdef inline bint is_closer(Py_UCS4 c) noexcept:
    return c == u'"' or c == u"'" or c == 0x201D or c == 0x2019 or is_far_closer(c)


cdef inline bint is_far_closer(Py_UCS4 c) noexcept:
    """Whether the mark closes even after a space, since it never opens: » ) ] } ›."""
    return c == 0x00BB or c == u")" or c == u"]" or c == u"}" or c == 0x203A


cdef inline bint is_opener(Py_UCS4 c) noexcept:
    return c == u'"' or c == u"'" or c == 0x201C or c == 0x2018 or c == 0x00AB or c == u"(" or c == u"["


cdef inline Py_UCS4 opener_of(Py_UCS4 closer) noexcept:
    if closer == 0x201D:
        return 0x201C
    if closer == 0x2019:
        return 0x2018
    if closer == 0x00BB:
        return 0x00AB
    if closer == 0x203A:
        return 0x2039
    if closer == u")":
        return u"("
    if closer == u"]":
        return u"["
    if closer == u"}":
        return u"{"
    return closer


cdef inline bint goes_on(Py_UCS4 c) noexcept:
    """Whether the mark after a stop tells that the sentence goes on."""
    return (
        c == u"," or c == u";" or c == u":" or c == 0x060C or c == 0x061B
        or c == u")" or c == u"]" or c == u"}" or c == 0x00BB
    )


cdef inline bint is_pictograph(Py_UCS4 c) noexcept:
    return 0x1F300 <= c <= 0x1FAFF or 0x2600 <= c <= 0x27BF or c == 0xFE0F


cdef inline bint is_arabic(Py_UCS4 c) noexcept:
    return 0x0620 <= c <= 0x064A or 0x066E <= c <= 0x06D3 or 0x06FA <= c <= 0x06FF


cdef inline bint is_arabic_mark(Py_UCS4 c) noexcept:
    return 0x064B <= c <= 0x0655 or c == 0x0670


cdef inline bint is_latin(Py_UCS4 c) noexcept:
    return u"A" <= c <= u"Z" or u"a" <= c <= u"z" or 0x00C0 <= c <= 0x024F


cdef inline bint is_word(Py_UCS4 c) noexcept:
    return c == u"_" or c == 0x200C or c.isalpha() or c.isdigit() or is_arabic_mark(c)


cdef inline bint is_entity(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether a leftover ``&nbsp;`` stands here."""
    return (
        end - at >= 6 and char_at(view, at) == u"&" and char_at(view, at + 1) == u"n" and char_at(view, at + 2) == u"b"
        and char_at(view, at + 3) == u"s" and char_at(view, at + 4) == u"p" and char_at(view, at + 5) == u";"
    )


cdef Py_ssize_t skip_space(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    while at < end:
        if char_at(view, at).isspace():
            at += 1
        elif is_entity(view, at, end):
            at += 6
        else:
            break
    return at


cdef Py_ssize_t skip_closers(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Return the end of the quotes, brackets and pictographs that stand at a stop."""
    cdef Py_UCS4 c
    while at < end:
        c = char_at(view, at)
        if (c == u'"' or c == u"'") and at + 1 < end and char_at(view, at + 1).isalpha():
            break  # it opens what follows
        if is_closer(c) or is_pictograph(c):
            at += 1
        elif c == u" " and at + 1 < end and is_far_closer(char_at(view, at + 1)):
            at += 2
        else:
            break
    return at


cdef Py_ssize_t skip_stray(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Return the end of the stops standing alone, and of leftover entities, that belong to the sentence before."""
    cdef Py_ssize_t k
    while at < end:
        if is_entity(view, at, end):
            at += 6
            continue
        k = at
        while k < end and char_at(view, k).isspace():
            k += 1
        if k == at or k == end or not is_stop(char_at(view, k)):
            break
        while k < end and is_stop(char_at(view, k)):
            k += 1
        if k < end and not char_at(view, k).isspace():
            break
        at = k
    return at


cdef int count_words(const View* view, Py_ssize_t start, Py_ssize_t end) noexcept:
    cdef int n = 0
    cdef bint inside = False
    cdef Py_ssize_t at
    for at in range(start, end):
        if char_at(view, at).isspace():
            inside = False
        elif not inside:
            inside = True
            n += 1
    return n


cdef Py_ssize_t word_start(const View* view, Py_ssize_t begin, Py_ssize_t stop) noexcept:
    """Return the start of the word before a stop, with the short parts and stops before it: «ق.م», ``Ph.D``."""
    cdef Py_ssize_t at = stop
    cdef Py_ssize_t part
    if stop - begin > REACH:
        begin = stop - REACH
    while at > begin and is_word(char_at(view, at - 1)):
        at -= 1
    while at < stop and at - 2 >= begin and char_at(view, at - 1) == u"." and is_word(char_at(view, at - 2)):
        part = at - 2
        while part > begin and at - part < 4 and is_word(char_at(view, part - 1)):
            part -= 1
        if at - part > 3:
            break
        at = part
    return at


cdef Py_ssize_t word_end(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Return the end of the word that begins here, of which no more is read than is looked up."""
    cdef Py_ssize_t k = at
    while k < end and k - at < N_ABBREVIATION and is_word(char_at(view, k)):
        k += 1
    return k


cdef bint is_initials(const View* view, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Whether the word is upper-case letters with stops between them."""
    cdef Py_ssize_t at
    for at in range(start, end):
        if (at - start) % 2:
            if char_at(view, at) != u".":
                return False
        elif not char_at(view, at).isupper():
            return False
    return (end - start) % 2 == 1


cdef bint is_dotted(const View* view, Py_ssize_t start, Py_ssize_t end) noexcept:
    """Whether the word is two or more single letters with stops between them: «ك.و.س»."""
    cdef Py_ssize_t at
    for at in range(start + 1, end, 2):
        if char_at(view, at) != u".":
            return False
    return (end - start) % 2 == 1 and end - start > 1


cdef bint is_slash_word(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether two letters with a slash between them stand here, which begin no sentence: ``C/O``, ``d/a``."""
    return (
        end - at > 3 and char_at(view, at).isalpha() and char_at(view, at + 1) == u"/"
        and char_at(view, at + 2).isalpha() and not is_word(char_at(view, at + 3))
    )


cdef bint is_number_of_rule(const View* view, Py_ssize_t word, Py_ssize_t stop, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether a Roman number and a letter with a digit stand around a stop: ``No. XI. B. 02``."""
    cdef Py_ssize_t k
    cdef Py_UCS4 c
    for k in range(word, stop):
        c = char_at(view, k)
        if not (c == u"I" or c == u"V" or c == u"X" or c == u"L" or c == u"C"):
            return False
    if end - at < 3 or not char_at(view, at).isupper() or char_at(view, at + 1) != u".":
        return False
    k = skip_space(view, at + 2, end)
    return k < end and char_at(view, k).isdigit()


cdef bint is_common_word(const View* view, Py_ssize_t start, Py_ssize_t end, int n) noexcept:
    """Whether the word has at least `n` letters, all Latin and in lower case, a vowel among them."""
    cdef Py_ssize_t at
    cdef Py_UCS4 c
    cdef bint has_vowel = False
    for at in range(start, end):
        c = char_at(view, at)
        if not (is_latin(c) and c.islower()):
            return False
        has_vowel = has_vowel or c == u"a" or c == u"e" or c == u"i" or c == u"o" or c == u"u"
    return end - start >= n and has_vowel


cdef bint is_ellipsis(const View* view, Py_ssize_t start, Py_ssize_t end) noexcept:
    return char_at(view, start) == 0x2026 or (
        end - start > 1 and char_at(view, start) == u"." and char_at(view, start + 1) == u"."
    )


cdef bint is_conjunction(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether «و», «یا», «أو» or «یعنی» stands here, the first also written together with its word."""
    cdef Py_UCS4 first = char_at(view, at)
    cdef Py_UCS4 second = char_at(view, at + 1) if at + 1 < end else u" "
    cdef Py_UCS4 third = char_at(view, at + 2) if at + 2 < end else u" "
    if first == 0x0648:  # waw
        return not is_word(second) or (is_arabic(second) and is_arabic(third))
    if (first == 0x06CC or first == 0x064A) and second == 0x0627:  # yeh, alef
        return not is_word(third)
    if first == 0x0623 and second == 0x0648:  # alef with hamza, waw
        return not is_word(third)
    return first == 0x06CC and second == 0x0639 and third == 0x0646  # yeh, ain, noon


cdef bint is_inserted(const View* view, Py_ssize_t begin, Py_ssize_t stop, Py_UCS4 closer) noexcept:
    """Whether a quotation or bracket that ends in a stop stands within a sentence: «(!)», «می‌پرسد «چند؟» و …»."""
    cdef Py_UCS4 opener = opener_of(closer)
    cdef Py_ssize_t at = stop - 1
    cdef Py_ssize_t floor = begin if stop - begin < REACH else stop - REACH
    while at >= floor and char_at(view, at) != opener:
        at -= 1
    if at < floor:
        return False
    if closer == u")" and char_at(view, stop) == u"." and count_words(view, at, stop) >= N_WORDS_IN_BRACKET:
        return False
    at -= 1
    while at >= begin and char_at(view, at).isspace():
        at -= 1
    return at >= begin and char_at(view, at) != u":"


cdef bint is_in_bracket(
    const View* view, Py_ssize_t begin, Py_ssize_t stop, Py_ssize_t at, Py_ssize_t end
) noexcept:
    """Whether the stop stands in a bracket that opened within the sentence and soon closes: ``(SSK. II)``."""
    cdef Py_ssize_t k = stop - 1
    cdef Py_ssize_t floor = begin if stop - begin < REACH else stop - REACH
    cdef Py_ssize_t limit = end if end - at < N_BRACKET_REACH else at + N_BRACKET_REACH
    cdef Py_ssize_t n_back, mirrored
    cdef Py_UCS4 c = 0
    while k > floor:
        c = char_at(view, k)
        if c == u"(" or c == u")":
            break
        k -= 1
    if k <= floor or c != u"(":
        return False
    n_back = k - N_MIRRORED if k - N_MIRRORED > floor else floor
    for mirrored in range(n_back, k):
        if char_at(view, mirrored) == u")":
            return False  # brackets of a page that was laid out from right to left: «علی) ع (»
    for k in range(at, limit):
        c = char_at(view, k)
        if c == u")":
            return True
        if c == u"(":
            return False
    return False


cdef bint is_attributed(const View* view, Py_ssize_t at, Py_ssize_t end) noexcept:
    """Whether an open quotation closes after a comma, so that who says it follows: ``"Siap. Berangkat," kata Budi.``"""
    cdef Py_ssize_t limit = end if end - at < REACH else at + REACH
    cdef Py_UCS4 c, before = 0
    while at < limit:
        c = char_at(view, at)
        if c == u'"' or c == 0x201D or c == 0x00BB:
            return before == u"," or before == 0x060C
        if c == 0x201C or c == 0x00AB:
            return False
        before = c
        at += 1
    return False


cdef bint is_dateline(const View* view, Py_ssize_t begin, Py_ssize_t colon) noexcept:
    """Whether a sentence up to a colon is the place and source of a news item: «تهران - ایرنا:»."""
    cdef Py_ssize_t at
    cdef int n_dashes = 0
    cdef Py_UCS4 c
    if colon - begin > N_DATELINE:
        return False
    for at in range(begin, colon):
        c = char_at(view, at)
        if c.isdigit() or is_opener(c) or is_closer(c):
            return False
        if c == u"-" or c == 0x2013:
            if at == begin or char_at(view, at - 1) != u" " or char_at(view, at + 1) != u" ":
                return False
            n_dashes += 1
    return n_dashes == 1


cdef bint in_address(const View* view, Py_ssize_t begin, Py_ssize_t stop) noexcept:
    """Whether the token before a stop has signs of an address, a path or an identifier."""
    cdef Py_ssize_t at = stop - 1
    cdef Py_ssize_t floor = begin if stop - begin < REACH else stop - REACH
    cdef Py_UCS4 c
    while at >= floor:
        c = char_at(view, at)
        if c.isspace():
            return False
        if c == u"/" or c == u"@" or c == u"_" or c == u"=" or c == u"#" or c == u"\\":
            return True
        at -= 1
    return False


@cython.final
cdef class Splitter:
    """Sentences of one language.

    Parameters
    ----------
    abbreviations : dict of str to bool
        Lower-case form without its final stop, and whether it may close a sentence.
    designations : frozenset of str
        Lower-case words after which a single letter is a name: ``Gen Z``.
    suffixes : frozenset of str
        What follows a stop in the name of a product or site: ``Node.Js``, lower-case.
    continuations : frozenset of str
        Words with which a sentence goes on after a shortened unit: «150 ج.م. في القاهرة».
    """

    cdef dict abbreviations
    cdef frozenset designations
    cdef frozenset suffixes
    cdef frozenset continuations

    def __init__(
        self, dict abbreviations, frozenset designations, frozenset suffixes, frozenset continuations,
    ):
        self.abbreviations = abbreviations
        self.designations = designations
        self.suffixes = suffixes
        self.continuations = continuations

    def __reduce__(self):
        return Splitter, (self.abbreviations, self.designations, self.suffixes, self.continuations)

    def split(self, str raw not None, Py_ssize_t start, Py_ssize_t end):
        """Return the spans of the sentences of ``raw[start:end]``, in order."""
        cdef list spans = []
        if not 0 <= start <= end <= len(raw):
            raise IndexError(f"[{start}, {end}) is not a range of a text of {len(raw)} characters")
        self.split_into(spans, raw, start, end)
        return spans

    def split_lines(self, str raw not None, ndarray lines not None):
        """Return the spans of the sentences of lines, and the line of each, int32 array, shape (n_sentences,)."""
        cdef const Line* rows = <const Line*>rows_of(lines, NPY_INT64, LINE_WIDTH)
        cdef list spans = []
        cdef Py_ssize_t at, k, first = 0, n = count_rows(lines)
        cdef ndarray n_spans = make_array(NPY_INT32, n), line_of
        cdef int32_t* ends = <int32_t*>rows_of(n_spans, NPY_INT32)
        cdef int32_t* out
        for at in range(n):
            if not 0 <= rows[at].start <= rows[at].end <= len(raw):
                raise IndexError(f"line {at} is not a range of a text of {len(raw)} characters")
            self.split_into(spans, raw, rows[at].start, rows[at].end)
            ends[at] = <int32_t>len(spans)
        line_of = make_array(NPY_INT32, len(spans))
        out = <int32_t*>rows_of(line_of, NPY_INT32)
        for at in range(n):
            for k in range(first, ends[at]):
                out[k] = <int32_t>at
            first = ends[at]
        return spans, line_of

    cdef int split_into(self, list spans, str raw, Py_ssize_t start, Py_ssize_t end) except -1:
        """Append the spans of the sentences of a range."""
        cdef View view = View(PyUnicode_KIND(raw), PyUnicode_DATA(raw))
        cdef Py_ssize_t begin = skip_space(&view, start, end)
        cdef Py_ssize_t at = begin
        cdef Py_ssize_t stop, closers, after
        cdef bint quoted = False  # whether a quotation is open that began in this sentence
        cdef Py_UCS4 c
        while at < end:
            c = char_at(&view, at)
            if c == u'"' or c == 0x201C or c == 0x00AB:
                quoted = at == begin or char_at(&view, at - 1).isspace() or is_opener(char_at(&view, at - 1))
            elif c == 0x201D or c == 0x00BB:
                quoted = False
            if c == u":" and at + 1 < end and char_at(&view, at + 1) == u" " and is_dateline(&view, begin, at):
                stop = closers = after = at + 1
            elif not is_stop(c):
                at += 1
                continue
            else:
                stop = at
                while at < end and is_stop(char_at(&view, at)):
                    at += 1
                closers = at
                after = skip_closers(&view, at, end)
                if quoted and after == closers and is_attributed(&view, after, end):
                    continue
                if not self.ends_sentence(raw, &view, begin, stop, closers, after, end):
                    quoted = quoted and after == closers
                    at = after
                    continue
                after = skip_stray(&view, after, end)
            spans.append((begin, after))
            quoted = False
            begin = at = skip_space(&view, after, end)
        while end > begin and char_at(&view, end - 1).isspace():
            end -= 1
        if begin < end:
            spans.append((begin, end))
        return 0

    cdef bint ends_sentence(
        self, str raw, const View* view, Py_ssize_t begin, Py_ssize_t stop, Py_ssize_t closers, Py_ssize_t after,
        Py_ssize_t end,
    ) except -1:
        """Whether a sentence that began at `begin` ends with the stops at `stop`.

        The closing marks are ``raw[closers:after]``.
        """
        cdef Py_ssize_t following = skip_space(view, after, end)
        cdef Py_ssize_t letter, last, word
        cdef bint closed = after > closers
        cdef bint is_full_stop = closers - stop == 1 and char_at(view, stop) == u"."
        cdef Py_UCS4 first
        if following == end:
            return True
        if stop == begin:
            return False  # the sentence would be nothing but marks
        if following == after:
            return self.ends_glued(raw, view, begin, stop, closers, after, end)
        letter = following
        while letter < end and is_opener(char_at(view, letter)):
            letter += 1
        if letter == end or goes_on(char_at(view, following)):
            return False
        first = char_at(view, letter)
        if is_in_bracket(view, begin, stop, after, end):
            return False
        word = word_start(view, begin, stop)
        if is_full_stop and not closed and word < stop and stop - word <= N_ABBREVIATION:
            verdict = self.judge_word(raw, view, begin, word, stop, following, letter, end)
            if verdict is not None:
                return verdict
        if is_latin(first) and first.islower():
            # Latin prose goes on in lower case, but a lower-case brand may begin a sentence after one in Arabic
            # script, and hasty writers begin sentences so after a whole word.
            last = stop - 1
            while last > begin and (is_closer(char_at(view, last)) or char_at(view, last).isspace()):
                last -= 1
            if closed:
                return False
            if is_arabic(char_at(view, last)):
                return True
            if is_full_stop:
                return is_common_word(view, word, stop, N_LETTERS_BEFORE_LOWER)
            return is_question_or_exclamation(char_at(view, stop)) and is_common_word(view, word, stop, 2)
        if is_ellipsis(view, stop, closers):
            if self.abbreviations.get(raw[following:word_end(view, following, end)]):
                return False  # «والشاي... إلخ.»
            last = stop
            while last > begin and char_at(view, last - 1).isspace():
                last -= 1
            if char_at(view, last - 1) == 0x0648 and (last - 1 == begin or char_at(view, last - 2).isspace()):
                return False  # «و …»: and so on
            if is_latin(first):
                return first.isupper()
            return (
                count_words(view, max(begin, stop - REACH), stop) >= N_WORDS_BEFORE_ELLIPSIS
                and not is_conjunction(view, following, end)
            )
        if closed and first == 0x0631 and letter + 2 < end and char_at(view, letter + 1) == 0x0627 and (
            char_at(view, letter + 2).isspace()
        ):
            return False  # the quotation is the object: «کی می‌رسد؟» را
        if not closed or is_pictograph(char_at(view, after - 1)):
            return True
        if is_latin(first) and not (
            is_question_or_exclamation(char_at(view, stop)) and char_at(view, after - 1) == u")"
        ):
            return True
        closers += char_at(view, closers) == u" "
        return not is_inserted(view, begin, stop, char_at(view, closers))

    cdef object judge_word(
        self, str raw, const View* view, Py_ssize_t begin, Py_ssize_t word, Py_ssize_t stop, Py_ssize_t following,
        Py_ssize_t letter, Py_ssize_t end,
    ):
        """Return what the word before a full stop says of it, None where it says nothing."""
        cdef str form = raw[word:stop].lower()
        cdef Py_UCS4 first = char_at(view, letter)
        cdef Py_ssize_t before = word
        cdef Py_ssize_t start
        if word == begin and (form.isdigit() or stop - word == 1):
            return False  # a list marker
        if is_slash_word(view, letter, end) or is_number_of_rule(view, word, stop, letter, end):
            return False
        while before > begin and char_at(view, before - 1).isspace():
            before -= 1
        ends = self.abbreviations.get(form)
        if ends is None and is_arabic(char_at(view, word)):
            if (stop - word > 2 and u"." in form) or (stop - word == 2 and char_at(view, word) == 0x0648):
                ends = self.abbreviations.get(form[1:])  # a proclitic: «وأ.د.», «ود.»
            if ends is None and is_dotted(view, word, stop):
                ends = True
        if ends is not None:
            if (stop - word == 1 and before > begin and char_at(view, before - 1).isdigit()) or (
                ends and (u"." in form or is_latin(char_at(view, word)))
            ):
                ends = not self.goes_on_with(raw, view, following, end)  # «سنة 1990 م.», «150 ج.م. في القاهرة»
            return ends and not first.islower() and not first.isdigit() and char_at(view, following) != u"("
        if is_initials(view, word, stop):
            if stop - word > 1:
                # A degree: «Budi, S.E.»
                return before > begin and char_at(view, before - 1) == u"," and not first.islower()
            if word == begin:
                return False
            if before == word:
                return char_at(view, word - 1) == u"/" or char_at(view, word - 1) == u"-"  # A/B, APBN-P
            start = word_start(view, begin, before)
            return raw[start:before].lower() in self.designations
        if stop - word == 1 and is_arabic(char_at(view, word)):  # «ا. ب. حسینی»
            if following + 2 < end and char_at(view, following + 1) == u"." and char_at(view, following + 2).isspace():
                return False
            if before - 2 >= begin and char_at(view, before - 1) == u"." and is_arabic(char_at(view, before - 2)):
                return before - 2 > begin and is_word(char_at(view, before - 3))
            start = word_start(view, begin, before)
            return start < before and raw[start:before] in self.designations
        return None

    cdef bint goes_on_with(self, str raw, const View* view, Py_ssize_t at, Py_ssize_t end) except -1:
        """Whether a word stands here with which a sentence goes on after a unit."""
        return is_conjunction(view, at, end) or raw[at:word_end(view, at, end)] in self.continuations

    cdef bint ends_glued(
        self, str raw, const View* view, Py_ssize_t begin, Py_ssize_t stop, Py_ssize_t closers, Py_ssize_t after,
        Py_ssize_t end,
    ) except -1:
        """Whether a sentence ends at a stop that has no space after it: «این.واین», ``selesai.Lalu``."""
        cdef Py_UCS4 last = char_at(view, stop - 1)
        cdef Py_UCS4 first = char_at(view, after)
        cdef Py_UCS4 second = char_at(view, after + 1) if after + 1 < end else u" "
        cdef Py_ssize_t word = word_start(view, begin, stop)
        cdef Py_ssize_t k = after
        cdef bint arabic_follows = is_arabic(first) and is_arabic(second)
        cdef bint latin_follows
        if is_opener(first) and after + 2 < end:
            k += 1
        latin_follows = k + 1 < end and char_at(view, k).isupper() and is_latin(char_at(view, k)) and (
            char_at(view, k + 1).islower()
        )
        if not arabic_follows and not latin_follows:
            return False
        if in_address(view, begin, stop):
            return False
        if latin_follows and self.is_suffix(raw, view, k, end):
            return False
        if word < stop and stop - word <= N_ABBREVIATION and self.abbreviations.get(raw[word:stop].lower()) is False:
            return False
        if arabic_follows and last.isspace() and stop - 2 >= begin and char_at(view, stop - 2).isalpha():
            return True  # «بنا .نحن»
        if is_arabic(last) or is_arabic_mark(last):
            return stop - word > 1 and char_at(view, word + 1) != u"."
        if last.islower() and latin_follows:
            return stop - word > 1 and char_at(view, word + 1) != u"."
        if last.isdigit():
            return word > begin and count_words(view, max(begin, stop - REACH), stop) > 1
        if last.isupper() and latin_follows:
            return stop - word > 2 and char_at(view, word + 1) != u"." and raw[word:stop].isupper()
        if is_far_closer(last) or last == 0x201D or last == u'"' or last == u"%" or last == 0x066A:
            return True
        return after > closers and char_at(view, stop) != 0x2026

    cdef bint is_suffix(self, str raw, const View* view, Py_ssize_t at, Py_ssize_t end) except -1:
        """Whether a part of a name stands here: ``Js``, ``Com``."""
        return raw[at:word_end(view, at, end)].lower() in self.suffixes
