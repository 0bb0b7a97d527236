"""The loop that the commands share where one process does all: records in, rows out, rejects kept, counts told."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from socialtext.cli.console import RunReport, fail
from socialtext.engines.shard import Handler, Tally, process_records
from socialtext.io.files import COMPRESSION_RATIO, COMPRESSIONS, is_address, open_file_system
from socialtext.io.html import check_extractor
from socialtext.io.readers import ReadOptions, find_encoding, holds_html, read_records
from socialtext.io.sources import count_bytes, count_stored_bytes
from socialtext.io.writers import RecordWriter, name_file

if TYPE_CHECKING:
    import pyarrow as pa


# Options of every command that reads records.
RejectsFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="Where records that cannot be processed go, as JSON Lines.")
]
TextField = Annotated[
    str, typer.Option(metavar="NAME", help="Field of a record, or column of a table, that holds the text.")
]
IdField = Annotated[str, typer.Option(metavar="NAME", help="The one that holds its id.")]
LangField = Annotated[str, typer.Option(metavar="NAME", help="The one that names its language.")]

# What one process has done before others have started.
N_BYTES_SMALL: Final = 1_000_000


def run_records(
    sources: list[str],
    options: ReadOptions,
    output: str,
    rejects: str | None,
    make_schema: "Callable[[], pa.Schema]",
    noun: str,
    handle: Handler,
    *,
    n_at_once: int = 1,
    log_json: bool = False,
    stand_in: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Read all sources, write the rows that `handle` makes of each record, report, and return the summary.

    So many records are handled together, at most, where none comes from standard input: who writes there may wait for
    the answer. `stand_in` is the row that is written in the place of a reject, if any.
    """
    tally = Tally()
    with ExitStack() as stack:
        reject_writer = stack.enter_context(RecordWriter(rejects, None)) if rejects else None
        report = stack.enter_context(RunReport(count_bytes(sources), noun, log_json=log_json))
        writer = stack.enter_context(RecordWriter(output, make_schema))
        process_records(
            read_records(sources, options), handle, writer, reject_writer, tally,
            n_at_once=1 if "-" in sources else n_at_once, watch=lambda at, tally: report.update(tally),
            stand_in=stand_in,
        )  # fmt: skip
        if not tally.n_records:
            writer.cancel()
    summary = report.summarize(tally)
    if not tally.n_records:
        fail_empty(noun, output)
    return summary


def fail_empty(noun: str, output: str) -> NoReturn:
    """Exit with 1 since nothing was left to be written."""
    place = "standard output" if output == "-" else output
    fail(f"none of the {noun} could be processed; nothing was written to {place}")


def is_small(sources: Sequence[str]) -> bool:
    """Whether the sources are few and small."""
    n_bytes = 0
    for source in sources:
        ratio = COMPRESSION_RATIO if source.lower().endswith((*COMPRESSIONS, ".parquet")) else 1
        n_bytes += count_stored_bytes([source]) * ratio
        if n_bytes > N_BYTES_SMALL:
            return False
    return True


def check_targets(output: str, rejects: str | None, sources: Sequence[str]) -> None:
    """Refuse targets that cannot both be written, or would replace what is read."""
    for option, target in (("'--output'", name_file(output)), ("'--rejects'", rejects)):
        if target is not None and _is_source(target, sources):
            raise typer.BadParameter(f"{target!r} is one of the inputs: choose another file", param_hint=option)
    if rejects is None:
        return
    if rejects != "-" and Path(rejects).suffix != ".jsonl":
        raise typer.BadParameter(f"{rejects!r} must end in .jsonl, or be -", param_hint="'--rejects'")
    if output == rejects or (rejects != "-" and Path(output).absolute() == Path(rejects).absolute()):
        raise typer.BadParameter("is the output itself: choose another file", param_hint="'--rejects'")


def _is_source(target: str, sources: Sequence[str]) -> bool:
    """Whether a target is one of the sources, by whatever name."""
    if target == "-":
        return False
    if is_address(target):
        try:
            place = open_file_system(target)
        except OSError:
            return False  # its writer will say what is wrong
        return any(is_address(source) and open_file_system(source) == place for source in sources)
    if not os.path.exists(target):  # noqa: PTH110, Path raises where a folder may not be entered
        return False
    return any(source != "-" and not is_address(source) and Path(source).samefile(target) for source in sources)


def check_html(sources: Sequence[str], options: ReadOptions) -> None:
    """Refuse HTML at once where it cannot be read, not after the hours that come before its turn."""
    if any(holds_html(source, options) for source in sources):
        check_extractor()


def check_encoding(encoding: str | None) -> str | None:
    """Return the one name of a text encoding that this Python knows."""
    if encoding is None:
        return None
    name = find_encoding(encoding)
    if name is None:
        raise typer.BadParameter(f"{encoding!r} is no text encoding that is known", param_hint="'--encoding'")
    return name
