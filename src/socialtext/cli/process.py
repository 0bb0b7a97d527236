"""``process``: the main job, documents to advice units with themes."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from socialtext.cli.run import check_encoding, known_language, run_records
from socialtext.io.readers import ReadOptions
from socialtext.io.schema import Record, document_row, document_schema, unit_rows, unit_schema
from socialtext.types import Document

TABLE_WIDTH = 110
N_WORDS_SHOWN = 9
N_DOCUMENTS_SHOWN = 20


def process(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...", help="Files, folders, patterns or - ; .txt and .html are one document, .jsonl many."
        ),
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
    granularity: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Size of the advice units: towards 0 larger, towards 1 smaller ones."),
    ] = 0.5,
    with_text: Annotated[bool, typer.Option(help="With --records documents: raw and normalized text too.")] = False,
    show: Annotated[
        int, typer.Option(metavar="N", min=0, help="Print a table of the first N units of each of the first documents.")
    ] = 0,
    rejects: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where records that cannot be processed go, as JSON Lines."),
    ] = None,
    text_format: Annotated[
        Literal["auto", "text", "html"],
        typer.Option(
            help="What the texts are. auto: .html files are HTML (needs the extra html), all else is plain text. "
            "Offsets of HTML refer to its extracted text, which --with-text keeps."
        ),
    ] = "auto",
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

    allowed = (".jsonl", ".parquet") if records == "documents" else (".jsonl", ".csv", ".parquet")
    if output != "-" and Path(output).suffix in {".csv", ".txt"} - set(allowed):
        raise typer.BadParameter(f"--records {records} go to {', '.join(allowed)} or -", param_hint="--output")
    options = ReadOptions("document", check_encoding(encoding), text_field, id_field, lang_field, text_format)
    nlp = Pipeline(lang, profile=profile, granularity=granularity)
    shown: list[Document] = []

    def handle(record: Record) -> tuple[Iterable[Mapping[str, Any]], int]:
        document = nlp(record.text, id=record.id, lang=known_language(record.lang, lang))
        if show and len(shown) < N_DOCUMENTS_SHOWN:
            shown.append(document)
        rows = unit_rows(document) if records == "units" else [document_row(document, with_text=with_text)]
        return rows, len(document.units)

    schema = unit_schema() if records == "units" else document_schema(with_text=with_text)
    run_records(inputs, options, output, rejects, schema, "documents", handle)
    if show:
        print_units(shown, show)


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
