"""``normalize``: one record in, one record out, in order."""

import inspect
from contextlib import ExitStack
from typing import Annotated, Any, Literal

import typer

from socialtext.cli.console import RunReport, fail
from socialtext.cli.process import check_encoding, known_language
from socialtext.errors import InputError
from socialtext.io.readers import ReadOptions, count_bytes, find_sources, read_records
from socialtext.io.schema import Record, Reject, reject_row
from socialtext.io.writers import RecordWriter
from socialtext.normalize.steps import STEPS
from socialtext.types import LANGUAGES


def normalize(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, patterns or - ; a line of .txt is a record."),
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUT", help="x.txt, x.jsonl, x.csv, x.parquet or -.")
    ],
    lang: Annotated[Literal["auto", "ar", "fa", "id"], typer.Option(help="Language of the records.")] = "auto",
    profile: Annotated[
        Literal["standard", "formal", "search", "minimal"], typer.Option(help="Set of steps.")
    ] = "standard",
    digits: Annotated[
        Literal["local", "ascii", "keep"] | None,
        typer.Option(help="Digit system; the profile's own by default."),
    ] = None,
    rejects: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where records that cannot be processed go, as JSON Lines."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of files without a byte order mark.")] = None,
    text_field: Annotated[str, typer.Option(help="Field of a JSON record that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field of a JSON record that holds its id.")] = "id",
    lang_field: Annotated[str, typer.Option(help="Field of a JSON record that names its language.")] = "lang",
    **steps: bool | None,
) -> None:
    """Normalize text, record by record.

    Example: socialtext normalize comments.jsonl -o clean.jsonl --lang fa --no-quotes
    """
    import pyarrow as pa

    from socialtext.language import detect_language
    from socialtext.normalize.normalizer import Normalizer

    options = ReadOptions("line", check_encoding(encoding), text_field, id_field, lang_field)
    sources = find_sources(inputs)
    chosen = {name: on for name, on in steps.items() if on is not None}
    normalizers = {
        name: Normalizer(name, profile=profile, digits=digits, **chosen)
        for name in (LANGUAGES if lang == "auto" else (lang,))
    }
    schema = pa.schema([("id", pa.string()), ("lang", pa.string()), ("text", pa.string())])
    with ExitStack() as stack:
        writer = stack.enter_context(RecordWriter(output, schema))
        reject_writer = stack.enter_context(RecordWriter(rejects, schema)) if rejects else None
        report = stack.enter_context(RunReport(count_bytes(sources), "records"))
        for item in read_records(sources, options):
            if isinstance(item, Record):
                try:
                    found = known_language(item.lang, lang)
                    if found is None and item.text.strip():
                        found = detect_language(item.text)
                    text = normalizers[found].normalize(item.text) if found else item.text
                except InputError as error:
                    item = Reject(item.source, item.number, "language", error.code, error.message)
                else:
                    row: dict[str, Any] = {"id": item.id, "lang": found, "text": text, **item.fields}
                    writer.write([row])
                    report.count(item)
            if isinstance(item, Reject):
                report.reject(item)
                if reject_writer:
                    reject_writer.write([reject_row(item)])
    report.summarize()
    if not report.n_records:
        fail("no record could be processed")


def _add_step_options() -> None:
    """Give `normalize` one option a step, in the order of the steps."""
    signature = inspect.signature(normalize)
    parameters = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    for name, what in STEPS.items():
        if name == "digits":
            continue
        hint = Annotated[bool | None, typer.Option(f"--{name}/--no-{name}", help=f"{what}.", show_default=False)]
        parameters.append(
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=hint)
        )
        normalize.__annotations__[name] = hint
    normalize.__annotations__.pop("steps", None)
    normalize.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]


_add_step_options()
