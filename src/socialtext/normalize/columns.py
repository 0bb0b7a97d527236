"""Arrow columns of strings, normalized without making a Python string of each row.

Comes in: an Arrow array and the rules of one normalizer. Goes out: an array of the same type, nulls where they were. The
bytes of a column lie end to end, so the kernel works through them without the interpreter's lock.
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
        check_column(column)
        return pa.chunked_array([normalize_column(chunk, kernel) for chunk in column.chunks], type=column.type)
    check_column(column)
    large = column.cast(pa.large_string())
    _, offsets, data = large.buffers()
    n = len(large)
    if n == 0:
        return column
    # What a null covers is never looked at again.
    starts = np.frombuffer(offsets, np.int64)[large.offset : large.offset + n + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.empty(0, np.uint8)
    text, ends = kernel.normalize_utf8(raw, starts)
    validity = column.is_valid().buffers()[1] if column.null_count else None
    buffers = [validity, pa.py_buffer(ends), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.large_string(), n, buffers).cast(column.type)


def check_column(column: object) -> None:
    """Raise `OptionError` ST108 where the argument is no Arrow array of strings."""
    import pyarrow as pa

    kind = column.type if isinstance(column, pa.Array | pa.ChunkedArray) else type(column).__name__
    if kind not in (pa.string(), pa.large_string(), pa.string_view()):
        raise OptionError("ST108", f"normalize_batch takes a list of str or an Arrow array of strings, not {kind}")
