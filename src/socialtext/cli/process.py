"""``process``: the main job, documents to advice units with themes."""

import json
import sys
from pathlib import Path, PurePath
from typing import Annotated, Any, Final, Literal

import typer

from socialtext.batches import BATCH_SIZE
from socialtext.cli.run import (
    IdField,
    LangField,
    RejectsFile,
    TextField,
    check_encoding,
    check_html,
    check_targets,
    is_small,
    run_records,
)
from socialtext.engines.shard import Job
from socialtext.io.files import is_address, write_whole
from socialtext.io.readers import ReadOptions
from socialtext.io.sources import find_sources
from socialtext.io.writers import is_folder

TABLE_WIDTH: Final = 110
N_WORDS_SHOWN: Final = 9
TIMEOUT_S: Final = 300.0


def process(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, folders, patterns or - for standard input; .txt and .html are one document, .jsonl, .csv, "
            ".tsv and .parquet many.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="x.jsonl, x.csv, x.parquet, or - (JSON Lines on stdout): a file of that name is replaced once the new "
            "one is whole. Or a folder: it takes Parquet shards, and is never written into again without --resume.",
        ),
    ],
    lang: Annotated[Literal["auto", "ar", "fa", "id"], typer.Option(help="Language of the documents.")] = "auto",
    records: Annotated[
        Literal["units", "documents"], typer.Option(help="One row an advice unit, or one object a document.")
    ] = "units",
    profile: Annotated[
        Literal["standard", "formal", "search", "minimal"],
        typer.Option(help="How the text of units is normalized."),
    ] = "standard",
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Folder of a model of themes, e.g. of your own; the released one by default.",
        ),
    ] = None,
    granularity: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Size of the advice units: towards 0 larger, towards 1 smaller ones."),
    ] = 0.5,
    with_text: Annotated[bool, typer.Option(help="With --records documents: raw and normalized text too.")] = False,
    show: Annotated[
        int, typer.Option(metavar="N", min=0, help="Print a table of the first N units of each of the first documents.")
    ] = 0,
    rejects: RejectsFile = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, show_default="all cores", help="Worker processes; small input needs none."),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="This machine, or the Ray cluster of RAY_ADDRESS.")
    ] = "local",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted run: what is done is not done again.")
    ] = False,
    shard_mb: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=1e6,
            show_default="a sixteenth of the input, from 1 to 16",
            help="Input that a worker takes at once, in MB.",
        ),
    ] = None,
    max_chars: Annotated[int, typer.Option(min=1, help="A longer document is rejected.")] = 2_000_000,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.001, show_default="300", help="Seconds after which a worker gives a document up."),
    ] = None,
    log_json: Annotated[bool, typer.Option("--log-json", help="Progress and counts as JSON Lines.")] = False,
    summary: Annotated[str | None, typer.Option(metavar="FILE", help="Where the counts go, as JSON.")] = None,
    text_format: Annotated[
        Literal["auto", "text", "html"],
        typer.Option(
            help="What the texts are. auto: .html files are HTML (needs the extra html), all else is plain text. "
            "Offsets of HTML refer to its extracted text, which --with-text keeps."
        ),
    ] = "auto",
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Of files without a byte order mark, e.g. windows-1256 for older Arabic and Persian ones; UTF-8 by "
            "default. A .txt or .html file that is UTF-8 throughout is read as that; HTML may name its own.",
        ),
    ] = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    lang_field: LangField = "lang",
) -> None:
    """Take documents apart into advice units with themes.

    Large input is cut into shards, which worker processes take one by one: a run that was interrupted goes on where it
    was with --resume, and a document that kills its worker is rejected. A folder as OUT keeps the shards, as Parquet.

    Example: socialtext process pages/ -o units.parquet --rejects rejects.jsonl
    """
    allowed = (".jsonl", ".parquet") if records == "documents" else (".jsonl", ".csv", ".parquet")
    if output != "-" and PurePath(output).suffix in {".csv", ".txt"} - set(allowed):
        raise typer.BadParameter(f"--records {records} go to {', '.join(allowed)} or -", param_hint="'--output'")
    if with_text and records != "documents":
        raise typer.BadParameter(
            "texts are kept with documents: add --records documents, or leave it out", param_hint="'--with-text'"
        )
    options = ReadOptions(
        "document", check_encoding(encoding), text_field, id_field, lang_field, max_chars, text_format
    )
    sources = find_sources(inputs)
    check_targets(output, rejects, sources)
    check_html(sources, options)
    only_here = [
        name for name in (*sources, output) if name.startswith("memory://") or (name == "-" and name in sources)
    ]
    wants_workers = workers is not None or timeout is not None or engine == "ray" or resume
    if wants_workers and only_here:
        raise typer.BadParameter(
            f"{only_here[0]} is seen by this process alone: name files, or leave out --workers, --timeout, --engine "
            "and --resume",
            param_hint="INPUT",
        )
    if summary and not is_address(summary) and not Path(summary).absolute().parent.is_dir():
        raise typer.BadParameter(f"the folder of {summary!r} does not exist, make it first", param_hint="'--summary'")
    if resume and output == "-":
        raise typer.BadParameter("what went to standard output cannot be gone on with", param_hint="'--resume'")
    job = Job(
        lang, profile, records, with_text, options,
        n_shown=show, model=str(model) if model else None, granularity=granularity,
    )  # fmt: skip
    inline = bool(only_here) or (not wants_workers and is_small(sources))
    if inline and not is_folder(output):
        handle = job.make_handler()
        counts = run_records(
            sources, options, output, rejects, job.schema, "documents", handle, n_at_once=BATCH_SIZE, log_json=log_json
        )  # fmt: skip
        shown = handle.shown
    else:
        from socialtext.cli.shards import RunOptions, run_shards

        run = RunOptions(
            sources, output, rejects, job, round(shard_mb * 1e6) if shard_mb else None, resume,
            "inline" if inline else engine, workers, timeout or TIMEOUT_S, log_json,
        )  # fmt: skip
        counts, shown = run_shards(run)
    if summary:
        write_whole(summary, (json.dumps(counts, ensure_ascii=False, indent=1) + "\n").encode())
    if show:
        print_units(shown)


def print_units(documents: list[list[dict[str, Any]]]) -> None:
    """Print a table of the first units of each document: language, advice, themes, first words."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH)
    table = Table("document", "lang", "advice", "themes", "text")
    for units in documents:
        for unit in units:
            words = unit["text"].split()
            beginning = " ".join(words[:N_WORDS_SHOWN]) + (" …" if len(words) > N_WORDS_SHOWN else "")
            themes = "\n".join(unit["themes"]) or "–"
            table.add_row(unit["doc_id"], unit["lang"], "yes" if unit["advice"] else "", themes, beginning)
        table.add_section()
    console.print(table)
