"""Arrow columns of strings, normalized without making a Python string of each row.

Comes in: an Arrow array and the rules of one normalizer. Goes out: an array of the same type, nulls where they were.
The bytes of a column lie end to end, so the kernel works through them without the interpreter's lock.
"""

from typing import TYPE_CHECKING, Any

from socialtext.errors import OptionError
from socialtext.normalize._kernel import Kernel

if TYPE_CHECKING:
    import pyarrow as pa


def normalize_column(column: "pa.Array[Any] | pa.ChunkedArray[Any]", kernel: Kernel) -> Any:
    """Normalize an array or chunked array of type ``string``, ``large_string`` or ``string_view``."""
    import numpy as np
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([normalize_column(chunk, kernel) for chunk in column.chunks], type=column.type)
    large = column.cast(pa.large_string())
    n = len(large)
    if n == 0:
        return column
    _, offsets, data = large.buffers()
    # What a null covers is never looked at again.
    starts = np.frombuffer(memoryview(offsets or b""), np.int64)[large.offset : large.offset + n + 1]
    raw = np.frombuffer(memoryview(data or b""), np.uint8)
    text, ends = kernel.normalize_utf8(raw, starts)
    validity = column.is_valid().buffers()[1] if column.null_count else None
    buffers = [validity, pa.py_buffer(ends), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.large_string(), n, buffers).cast(column.type)


def check_column(column: Any) -> None:
    """Raise `OptionError` ST108 where the argument is no Arrow array of strings."""
    import pyarrow as pa

    is_column = isinstance(column, pa.Array | pa.ChunkedArray)
    if not is_column or column.type not in (pa.string(), pa.large_string(), pa.string_view()):
        found = f"an array of {column.type}" if is_column else type(column).__name__
        raise OptionError(
            "ST108",
            f"normalize_batch takes a list of str or an Arrow array of strings, not {found}; list(…) makes a list of "
            "many texts, and normalize takes one",
        )
