"""Shards: sources cut and joined to stretches of about one size, each of which can be read by itself.

Comes in: sources in their order. Goes out: one tuple of parts a shard; the same sources and options give the same
shards. Only line ends and row groups are looked for; records are not parsed, but for the rows of CSV.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Final

from socialtext.errors import InputError
from socialtext.io.files import COMPRESSION_RATIO, COMPRESSIONS, identify, reading
from socialtext.io.readers import (
    N_BYTES_CHUNK,
    Part,
    ReadOptions,
    choose_encoding,
    is_wide,
    iter_csv_rows,
    open_parquet,
    skip_line,
)
from socialtext.io.sources import label_sources

if TYPE_CHECKING:
    import pyarrow.parquet as pq

N_FILES_SHARD: Final = 10_000


def cut_sources(sources: Sequence[str], n_bytes: int, options: ReadOptions) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of each shard: small files joined, large ones cut.

    Parameters
    ----------
    sources : sequence of str
    n_bytes : int
        Size of a shard. A record is never cut.
    options : ReadOptions
    """
    shard: list[Part] = []
    size = 0
    for source, label in zip(sources, label_sources(sources), strict=True):
        try:
            stored, _ = identify(source)
        except OSError:
            stored = 0  # its reader will say what is wrong
        for part in cut_part(Part(source, label, n_bytes=stored), n_bytes, options):
            weight = part.n_bytes * (COMPRESSION_RATIO if source.lower().endswith(COMPRESSIONS) else 1)
            if shard and (size + weight > n_bytes or len(shard) >= N_FILES_SHARD):
                yield tuple(shard)
                shard, size = [], 0
            shard.append(part)
            size += weight
    if shard:
        yield tuple(shard)


def cut_part(part: Part, n_bytes: int, options: ReadOptions) -> Iterator[Part]:
    """Yield parts of about `n_bytes` each, where a source can be read from its middle; else the whole of it.

    A compressed file, a document and text in UTF-16 or UTF-32 stay whole; so does what cannot be read, so that its
    reader says why.
    """
    form = part.source.lower().rpartition(".")[2]
    if part.n_bytes <= n_bytes or form not in ("jsonl", "csv", "tsv", "parquet"):
        yield part
        return
    is_cut = False
    try:
        for piece in _cut(part, form, n_bytes, options):
            is_cut = True
            yield piece
    except OSError as error:
        if is_cut:
            raise InputError("ST304", f"{part.name}: cannot be read to its end: {error}") from error
        yield part


def _cut(part: Part, form: str, n_bytes: int, options: ReadOptions) -> Iterator[Part]:
    with reading(part.source) as file:
        if form == "parquet":
            yield from _join_row_groups(part, open_parquet(file), n_bytes)
            return
        wide = is_wide(choose_encoding(file.read(4), options))
        file.seek(0)
        if wide:
            yield part
        elif form in ("csv", "tsv"):
            yield from _cut_rows(part, file, n_bytes, options)
        else:
            yield from _cut_lines(part, file, n_bytes)


def _join_row_groups(part: Part, parquet: "pq.ParquetFile", n_bytes: int) -> Iterator[Part]:
    groups = [parquet.metadata.row_group(at) for at in range(parquet.num_row_groups)]
    stored = part.n_bytes / max(1, sum(group.total_byte_size for group in groups))
    start = size = n_before = n_rows = 0
    for at, group in enumerate(groups):
        if size and size + group.total_byte_size > n_bytes:
            yield replace(part, start=start, stop=at, n_before=n_before, n_bytes=round(size * stored))
            start, n_before, size = at, n_rows, 0
        size += group.total_byte_size
        n_rows += group.num_rows
    yield replace(part, start=start, stop=len(groups), n_before=n_before, n_bytes=round(size * stored))


def _cut_lines(part: Part, file: IO[bytes], n_bytes: int) -> Iterator[Part]:
    start = at = n_before = n_lines = 0
    while data := file.read(min(N_BYTES_CHUNK, start + n_bytes - at)):
        at += len(data)
        n_lines += data.count(b"\n")
        if at - start >= n_bytes:
            n_skipped = 0 if data.endswith(b"\n") else skip_line(file)
            at += n_skipped
            n_lines += n_skipped > 0
            yield replace(part, start=start, stop=at, n_before=n_before, n_bytes=at - start)
            start, n_before = at, n_lines
    if at > start:
        yield replace(part, start=start, stop=at, n_before=n_before, n_bytes=at - start)


def _cut_rows(part: Part, file: IO[bytes], n_bytes: int, options: ReadOptions) -> Iterator[Part]:
    start = at = n_before = n_rows = 0
    is_header = True
    for cells, n_bytes_row, _ in iter_csv_rows(part, file, options):
        at += n_bytes_row
        n_rows += bool(cells) and not is_header
        is_header = False
        if at - start >= n_bytes:
            yield replace(part, start=start, stop=at, n_before=n_before, n_bytes=at - start)
            start, n_before = at, n_rows
    if at > start:
        yield replace(part, start=start, stop=at, n_before=n_before, n_bytes=at - start)
