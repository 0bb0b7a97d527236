/* Ordinary text glides by: the innermost loops.
 *
 * In C and not inlined: inside the pass, which has many variables, compilers would keep those of these loops in memory.
 */
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NOT_INLINE __attribute__((noinline))
#elif defined(_MSC_VER)
#define NOT_INLINE __declspec(noinline)
#else
#define NOT_INLINE
#endif

/* Where an entry of the table, 32 bits, has its glide, and from where on the distance to what is written instead. */
enum { DELETED = 0x20, GLIDE_SHIFT = 9, GLIDE_MASK = 0x0F, SHIFT = 13, CHANGED = (int)~((1u << SHIFT) - 1) | DELETED };

/* A character whose glide may follow that of the character before it needs no context but this pair, and is written as
 * its entry says. */
enum {
    STOPS = 0,
    JOINING_LETTER = 1,
    NON_JOINING_LETTER = 2,
    OTHER_LETTER = 3,
    VOWEL = 4, /* an Arabic vowel sign that stands where it is */
    NUMERAL = 5,
    ONE_BLANK = 6,
    TRAILING = 7, /* a mark after a word, before a blank */
    INNER = 8,    /* a mark that binds two words or stands between two blanks: hyphen, apostrophe, bullet */
    OPENS = 9,
    CLOSES = 10,
    HALF_SPACE = 11,
    DELETED_MARK = 12, /* a vowel sign that goes; what follows it is judged by what stands before it */
    LINE_BREAK = 13,   /* from here on, the rules of the line want to know */
    OPENS_QUOTATION = 14,
    CLOSES_QUOTATION = 15,
};

typedef struct {
    uint32_t *text; /* where the next character is written */
    int before;     /* the glide of the character written last */
    int32_t seen;   /* the bits of all entries */
    int sorts;      /* whether two vowel signs on a letter are put in canonical order */
} Gliding;

/* Write a vowel sign after another one, in canonical order, which is that of their code points; return 0, with nothing
 * written, where they are more than two. Before them stands a letter. */
static inline int add_vowel(uint32_t *text, uint32_t c, int32_t *seen)
{
    const uint32_t first = text[-1];
    if (text[-2] - 0x64B <= 7)
        return 0;
    text[-1] = first < c ? first : c;
    text[0] = first < c ? c : first;
    *seen |= (c < first) << SHIFT;
    return 1;
}

#define DEFINE_LOOPS(NAME, CHARACTER)                                                                                  \
    /* Count the characters that glide by as they stand after a character of the glide *before, and bring it up to     \
     * date. */                                                                                                        \
    static NOT_INLINE ptrdiff_t skim_##NAME(const CHARACTER *raw, ptrdiff_t n, int32_t *const *pages,                  \
                                            const uint16_t *followers, int *before)                                    \
    {                                                                                                                  \
        int last = *before;                                                                                            \
        ptrdiff_t k;                                                                                                   \
        for (k = 0; k < n; k++) {                                                                                      \
            const int32_t e = pages[raw[k] >> 8][raw[k] & 0xFF];                                                       \
            const int glide = e >> GLIDE_SHIFT & GLIDE_MASK;                                                           \
            if (e & CHANGED || glide >= LINE_BREAK || !(followers[last] >> glide & 1))                                 \
                break;                                                                                                 \
            last = glide;                                                                                              \
        }                                                                                                              \
        *before = last;                                                                                                \
        return k;                                                                                                      \
    }                                                                                                                  \
                                                                                                                       \
    /* Write the characters that glide by, up to one that goes or that the rules of the line want to know; return      \
     * their number. */                                                                                                \
    static NOT_INLINE ptrdiff_t glide_##NAME(const CHARACTER *raw, ptrdiff_t n, int32_t *const *pages,                 \
                                             const uint16_t *followers, Gliding *gliding)                              \
    {                                                                                                                  \
        int last = gliding->before;                                                                                    \
        int32_t seen = 0;                                                                                              \
        ptrdiff_t k;                                                                                                   \
        for (k = 0; k < n; k++) {                                                                                      \
            const int32_t e = pages[raw[k] >> 8][raw[k] & 0xFF];                                                       \
            const int glide = e >> GLIDE_SHIFT & GLIDE_MASK;                                                           \
            if (glide >= DELETED_MARK || !(followers[last] >> glide & 1)) {                                            \
                if (glide == VOWEL && last == VOWEL && gliding->sorts && add_vowel(gliding->text + k, raw[k], &seen))  \
                    continue;                                                                                          \
                break;                                                                                                 \
            }                                                                                                          \
            gliding->text[k] = raw[k] + (uint32_t)(e >> SHIFT);                                                        \
            seen |= e;                                                                                                 \
            last = glide;                                                                                              \
        }                                                                                                              \
        gliding->text += k;                                                                                            \
        gliding->before = last;                                                                                        \
        gliding->seen |= seen;                                                                                         \
        return k;                                                                                                      \
    }

/* The same where marks go: they are written and overwritten, without a branch. */
#define DEFINE_DROPPING_LOOP(NAME, CHARACTER)                                                                          \
    static NOT_INLINE ptrdiff_t glide_dropping_##NAME(const CHARACTER *raw, ptrdiff_t n, int32_t *const *pages,        \
                                                      const uint16_t *followers, Gliding *gliding)                     \
    {                                                                                                                  \
        uint32_t *text = gliding->text;                                                                                \
        int last = gliding->before;                                                                                    \
        int32_t seen = 0;                                                                                              \
        ptrdiff_t k;                                                                                                   \
        for (k = 0; k < n; k++) {                                                                                      \
            const int32_t e = pages[raw[k] >> 8][raw[k] & 0xFF];                                                       \
            const int glide = e >> GLIDE_SHIFT & GLIDE_MASK, stays = glide != DELETED_MARK;                            \
            if (glide >= LINE_BREAK || !(followers[last] >> glide & 1))                                                \
                break;                                                                                                 \
            *text = raw[k] + (uint32_t)(e >> SHIFT);                                                                   \
            seen |= e;                                                                                                 \
            text += stays;                                                                                             \
            last ^= (last ^ glide) & -stays;                                                                           \
        }                                                                                                              \
        gliding->text = text;                                                                                          \
        gliding->before = last;                                                                                        \
        gliding->seen |= seen;                                                                                         \
        return k;                                                                                                      \
    }

DEFINE_LOOPS(1, uint8_t)
DEFINE_LOOPS(2, uint16_t)
DEFINE_LOOPS(4, uint32_t)
DEFINE_DROPPING_LOOP(2, uint16_t)
DEFINE_DROPPING_LOOP(4, uint32_t)
