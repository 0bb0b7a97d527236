"""The loop that the commands share: records in, rows out, rejects kept, counts told."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from socialtext.cli.console import RunReport, fail
from socialtext.errors import InputError
from socialtext.io.readers import ReadOptions, count_bytes, find_sources, read_records
from socialtext.io.schema import Record, Reject, reject_row
from socialtext.io.writers import RecordWriter
from socialtext.types import LANGUAGES

if TYPE_CHECKING:
    import pyarrow as pa


class _NothingProcessedError(Exception):
    """Leaves the writer, so that an earlier result under the same name stays."""


def run_records(
    inputs: list[str],
    options: ReadOptions,
    output: str,
    rejects: str | None,
    schema: "pa.Schema",
    noun: str,
    handle: Callable[[Record], tuple[Iterable[Mapping[str, Any]], int]],
) -> None:
    """Read all inputs, write the rows that `handle` makes of each record, and report.

    `handle` returns the rows and the number of advice units; an `InputError` of it makes the record a reject.
    """
    check_targets(output, rejects)
    sources = find_sources(inputs)
    with ExitStack() as stack:
        reject_writer = stack.enter_context(RecordWriter(rejects, schema)) if rejects else None
        report = stack.enter_context(RunReport(count_bytes(sources), noun))
        try:
            with RecordWriter(output, schema) as writer:
                for item in read_records(sources, options):
                    if isinstance(item, Record):
                        try:
                            rows, n_units = handle(item)
                        except InputError as error:
                            item = Reject(item.source, item.number, "language", error.code, error.message)
                        else:
                            writer.write(rows)
                            report.count(item, n_units)
                    if isinstance(item, Reject):
                        report.reject(item)
                        if reject_writer:
                            reject_writer.write([reject_row(item)])
                if not report.n_records:
                    raise _NothingProcessedError
        except _NothingProcessedError:
            pass
    report.summarize()
    if not report.n_records:
        fail(f"none of the {noun} could be processed; nothing was written to {output}")


def check_targets(output: str, rejects: str | None) -> None:
    """Refuse targets that cannot both be written."""
    if rejects is None:
        return
    if rejects != "-" and Path(rejects).suffix != ".jsonl":
        raise typer.BadParameter(f"{rejects!r} must end in .jsonl, or be -", param_hint="--rejects")
    if output == rejects or (rejects != "-" and Path(output).absolute() == Path(rejects).absolute()):
        raise typer.BadParameter("is the output itself: choose another file", param_hint="--rejects")


def check_encoding(encoding: str | None) -> str | None:
    """Return the one name of a text encoding that this Python knows."""
    if encoding is None:
        return None
    import codecs

    try:
        name = codecs.lookup(encoding).name
        b"".decode(name)
    except LookupError:
        raise typer.BadParameter(f"{encoding!r} is no text encoding that is known", param_hint="--encoding") from None
    return name


def known_language(of_record: str | None, of_run: str) -> str | None:
    """Return the language that is given for a record, if it is one of ours."""
    if of_run != "auto":
        return of_run
    return of_record if of_record in LANGUAGES else None
