"""A stream cut into batches that are worked on together.

Comes in: items, with a way to tell how many characters each has. Goes out: lists of them, in order.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")

# On 20,000 documents of 900 bytes in three languages, mixed, 64 at a time take a tenth more time, each by itself a
# fifth more.
BATCH_SIZE: Final = 256
# What is not in the caches of the processor any more is no faster for being together.
BATCH_CHARS: Final = 250_000


def iter_batches(items: Iterable[Item], count_chars: Callable[[Item], int], size: int) -> Iterator[list[Item]]:
    """Yield the items in batches of `size`, of fewer where they are long; a very long one is alone.

    Where the items end in an error, those before it come first.
    """
    batch: list[Item] = []
    n_chars = 0
    source = iter(items)
    while True:
        try:
            item = next(source)
        except StopIteration:
            break
        except Exception:
            if batch:
                yield batch
            raise
        n = count_chars(item)
        if batch and n_chars + n > BATCH_CHARS:
            yield batch
            batch, n_chars = [], 0
        batch.append(item)
        n_chars += n
        if len(batch) == size:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch
