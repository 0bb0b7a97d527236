/* Blocks of characters looked at many at a time.
 *
 * In C because the lanes must stay as narrow as the characters for compilers to do this, and loops shorter than these
 * gcc would unroll instead.
 */
#include <stddef.h>
#include <stdint.h>

enum { BLOCK = 32, N_WORDS = BLOCK / 8 };

static inline uint8_t is_letter_in(uint8_t c, uint8_t case_bit) { return (uint8_t)((c | case_bit) - 'a') <= 25; }
static inline uint8_t is_digit_in(uint8_t c) { return (uint8_t)(c - '0') <= 9; }
static inline uint8_t is_stop_in(uint8_t c) { return (c | 2) == '.'; } /* comma and full stop */

#define ONE_BYTE(c) (c)
#define TO_ONE_BYTE(c) ((c) < 0x80 ? (c) : 0x80)

/* Flag all of BLOCK characters that is not calm: neither a letter, a digit, a blank, a stop or a hyphen that nothing
 * happens to after the character before it. Return the number of flags. `case_bit` is 0x20 where capitals are letters
 * too, else 0. The character before the block is read. */
#define DEFINE_FLAG_BLOCK(NAME, CHARACTER, NARROWED)                                                                   \
    static inline int NAME(const CHARACTER *restrict raw, uint8_t case_bit, uint8_t *restrict flags)                   \
    {                                                                                                                  \
        uint8_t n_flags = 0;                                                                                           \
        for (int k = 0; k < BLOCK; k++) {                                                                              \
            const uint8_t c = NARROWED(raw[k]), before = NARROWED(raw[k - 1]);                                         \
            const uint8_t letter = is_letter_in(before, case_bit), digit = is_digit_in(before);                        \
            const uint8_t blank = (before == ' ') | (before == '\n'), hyphen = before == '-';                          \
            const uint8_t calm = (is_letter_in(c, case_bit) & (letter | blank | hyphen))                               \
                                 | ((c == ' ') & (letter | digit | hyphen | is_stop_in(before)))                       \
                                 | (is_stop_in(c) & (letter | digit)) | (is_digit_in(c) & (digit | blank))             \
                                 | ((c == '-') & (letter | blank));                                                    \
            flags[k] = calm ^ 1;                                                                                       \
            n_flags += calm ^ 1;                                                                                       \
        }                                                                                                              \
        return n_flags;                                                                                                \
    }

DEFINE_FLAG_BLOCK(flag_block_1, uint8_t, ONE_BYTE)
DEFINE_FLAG_BLOCK(flag_block_2, uint16_t, TO_ONE_BYTE)
DEFINE_FLAG_BLOCK(flag_block_4, uint32_t, TO_ONE_BYTE)

/* Eight flags, the first in the lowest byte. */
static inline uint64_t read_flags(const uint8_t *flags)
{
    uint64_t bits = 0;
    for (int k = 0; k < 8; k++)
        bits |= (uint64_t)flags[k] << 8 * k;
    return bits;
}

/* Index of the first of eight flags that is set: multiplying by 256^k moves k to the highest three bits. */
static inline int lowest_flag(uint64_t bits)
{
    return (int)((bits & (~bits + 1)) * 0x0020406080a0c0e0u >> 61);
}

/* Whether one of `n` characters is that of the two after it, but for the bit of ASCII case. */
#define DEFINE_BLOCK_HAS_RUN(NAME, CHARACTER)                                                                          \
    static inline int NAME(const CHARACTER *text, ptrdiff_t n)                                                         \
    {                                                                                                                  \
        CHARACTER found = 0;                                                                                           \
        for (ptrdiff_t k = 0; k < n; k++)                                                                              \
            found |= (((text[k] ^ text[k + 1]) | (text[k] ^ text[k + 2])) & (CHARACTER)~0x20) == 0;                    \
        return found;                                                                                                  \
    }

DEFINE_BLOCK_HAS_RUN(block_has_run_1, uint8_t)
DEFINE_BLOCK_HAS_RUN(block_has_run_2, uint16_t)
DEFINE_BLOCK_HAS_RUN(block_has_run_4, uint32_t)
