"""``normalize``: one record in, one record out, in order."""

import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from socialtext.cli.run import check_encoding, check_targets, run_records
from socialtext.engines.shard import known_language
from socialtext.errors import InputError
from socialtext.io.files import find_ending
from socialtext.io.readers import ReadOptions, read_head
from socialtext.io.schema import Record
from socialtext.io.sources import find_sources
from socialtext.normalize.steps import STEPS
from socialtext.types import LANGUAGES

if TYPE_CHECKING:
    import pyarrow as pa


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
    register: Annotated[
        Literal["keep", "standard", "formal"] | None,
        typer.Option(help="Colloquial Indonesian: as it stands, «enggak» or «tidak»; the profile's own by default."),
    ] = None,
    rejects: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where records that cannot be processed go, as JSON Lines."),
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of files without a byte order mark.")] = None,
    text_field: Annotated[str, typer.Option(help="Field of a record that holds the text.")] = "text",
    id_field: Annotated[str, typer.Option(help="Field of a record that holds its id.")] = "id",
    lang_field: Annotated[str, typer.Option(help="Field of a record that names its language.")] = "lang",
    **steps: bool | None,
) -> None:
    """Normalize text, record by record. A field of a JSON record that is named like one of ours becomes given_NAME.

    Example: socialtext normalize comments.jsonl -o clean.jsonl --lang fa --no-quotes
    """
    from socialtext.language import detect_language
    from socialtext.normalize.normalizer import Normalizer

    options = ReadOptions("line", check_encoding(encoding), text_field, id_field, lang_field)
    sources = find_sources(inputs)
    check_targets(output, rejects, sources)
    chosen = {name: on for name, on in steps.items() if on is not None}
    normalizers = {
        name: Normalizer(name, profile=profile, digits=digits, register=register, **chosen)
        for name in (LANGUAGES if lang == "auto" else (lang,))
    }
    of_file: dict[str, str | None] = {}

    def find_language(record: Record) -> str | None:
        """Of a record, or where a line is a record of the file: a line is too short to tell."""
        found = known_language(record.lang, lang)
        if found is not None or not record.text.strip():
            return found
        if find_ending(record.source) != ".txt":
            return detect_language(record.text)
        if record.source not in of_file:
            try:
                of_file[record.source] = detect_language(read_head(record.source, options))
            except InputError:
                of_file[record.source] = None
        return of_file[record.source] or detect_language(record.text)

    def handle(record: Record) -> tuple[Iterable[Mapping[str, Any]], int]:
        found = find_language(record)
        text = normalizers[found].normalize(record.text) if found else record.text
        row: dict[str, Any] = {"id": record.id, "lang": found, "text": text}
        return [row | {name if name not in row else f"given_{name}": value for name, value in record.fields.items()}], 0

    run_records(sources, options, output, rejects, _make_schema, "records", handle)


def _make_schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([("id", pa.string()), ("lang", pa.string()), ("text", pa.string())])


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
