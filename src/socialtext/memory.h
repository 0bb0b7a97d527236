/* Memory of long texts: fewer and larger pages, where the system hands them out on demand. */

#ifndef SOCIALTEXT_MEMORY_H
#define SOCIALTEXT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

/* From here on the first touch of each small page costs more than the work on what it holds. */
#define LONG_MEMORY ((size_t)4 << 20)

/* Ask that memory that nobody has touched yet come in large pages; a wish, which the system may ignore. */
static inline void ask_for_large_pages(const void *memory, size_t n_bytes)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const uintptr_t page = 4096, start = ((uintptr_t)memory + page - 1) & ~(page - 1);
    const uintptr_t end = ((uintptr_t)memory + n_bytes) & ~(page - 1);
    if (n_bytes >= LONG_MEMORY)
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)n_bytes;
#endif
}

#endif
