"""``process``: the main job, documents to advice units with themes."""

import sys
from contextlib import ExitStack
from typing import Annotated, Any, Literal

import typer

from socialtext.cli.console import RunReport, fail
from socialtext.errors import InputError
from socialtext.io.readers import ReadOptions, count_bytes, find_sources, read_records
from socialtext.io.schema import Reject, document_row, document_schema, reject_row, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter
from socialtext.types import LANGUAGES, Document

TABLE_WIDTH = 110
N_WORDS_SHOWN = 9
N_DOCUMENTS_SHOWN = 20


def process(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, patterns or - ; .txt is one document, .jsonl many."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="x.jsonl, x.csv, x.parquet, a folder, or - (JSON Lines on stdout).",
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
    with_text: Annotated[bool, typer.Option(help="With --records documents: raw and normalized text too.")] = False,
    show: Annotated[
        int, typer.Option(metavar="N", help="Print a table of the first N units of each of the first documents.")
    ] = 0,
    rejects: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where records that cannot be processed go, as JSON Lines."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Of files without a byte order mark, e.g. windows-1256. UTF-8 by default."),
    ] = None,
    text_field: Annotated[str, typer.Option(help="Field of a JSON record that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field of a JSON record that holds its id.")] = "id",
    lang_field: Annotated[str, typer.Option(help="Field of a JSON record that names its language.")] = "lang",
) -> None:
    """Take documents apart into advice units with themes.

    Example: socialtext process pages/ -o units.parquet --rejects rejects.jsonl
    """
    from socialtext.pipeline import Pipeline

    options = ReadOptions("document", check_encoding(encoding), text_field, id_field, lang_field)
    sources = find_sources(inputs)
    nlp = Pipeline(lang, profile=profile)
    schema = unit_schema() if records == "units" else document_schema(with_text=with_text)
    shown: list[Document] = []
    with ExitStack() as stack:
        writer = stack.enter_context(RecordWriter(output, schema))
        reject_writer = stack.enter_context(RecordWriter(rejects, schema)) if rejects else None
        report = stack.enter_context(RunReport(count_bytes(sources), "documents"))
        for item in read_records(sources, options):
            if not isinstance(item, Reject):
                try:
                    document = nlp(item.text, id=item.id, lang=known_language(item.lang, lang))
                except InputError as error:
                    item = Reject(item.source, item.number, "language", error.code, error.message)
                else:
                    rows: Any = (
                        unit_rows(document) if records == "units" else [document_row(document, with_text=with_text)]
                    )
                    writer.write(rows)
                    report.count(item, len(document.units))
                    if show and len(shown) < N_DOCUMENTS_SHOWN:
                        shown.append(document)
            if isinstance(item, Reject):
                report.reject(item)
                if reject_writer:
                    reject_writer.write([reject_row(item)])
    report.summarize()
    if show:
        print_units(shown, show)
    if not report.n_records:
        fail("no document could be processed")


def check_encoding(encoding: str | None) -> str | None:
    """Return the name of an encoding that this Python knows."""
    if encoding is not None:
        import codecs

        try:
            codecs.lookup(encoding)
        except LookupError:
            raise typer.BadParameter(f"encoding {encoding!r} is not known", param_hint="--encoding") from None
    return encoding


def known_language(of_record: str | None, of_run: str) -> str | None:
    """Return the language that is given for a record, if it is one of ours."""
    if of_run != "auto":
        return of_run
    return of_record if of_record in LANGUAGES else None


def print_units(documents: list[Document], n_units: int) -> None:
    """Print a table of the first units of each document: language, advice, themes, first words."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else TABLE_WIDTH)
    table = Table("document", "lang", "advice", "themes", "text")
    for document in documents:
        for unit in document.units[:n_units]:
            words = unit.text.split()
            beginning = " ".join(words[:N_WORDS_SHOWN]) + (" …" if len(words) > N_WORDS_SHOWN else "")
            themes = "\n".join(unit.themes) or "–"
            table.add_row(document.id, document.lang, "yes" if unit.advice else "", themes, beginning)
        table.add_section()
    console.print(table)
