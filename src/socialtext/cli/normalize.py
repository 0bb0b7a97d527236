"""``normalize``: one record in, one record out, in order."""

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from socialtext.cli.console import say
from socialtext.cli.run import (
    IdField,
    LangField,
    RejectsFile,
    TextField,
    check_encoding,
    check_html,
    check_targets,
    run_records,
)
from socialtext.engines.run import refuse_shards
from socialtext.engines.shard import Rows, known_language, one_by_one
from socialtext.errors import InputError
from socialtext.io.files import find_ending
from socialtext.io.readers import ReadOptions, make_encodable, read_head
from socialtext.io.schema import Record
from socialtext.io.sources import find_sources
from socialtext.io.writers import encode_json, encode_rest, is_folder, name_file
from socialtext.normalize.steps import STEPS
from socialtext.types import LANGUAGES

if TYPE_CHECKING:
    import pyarrow as pa

OWN_COLUMNS: Final = ("id", "lang", "text")
TABLES: Final = (".csv", ".parquet")  # whose columns are fixed with the first record


def normalize(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, folders, patterns or - for standard input; a line of .txt is a record, and so is a page "
            "of .html.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="x.txt, x.jsonl, x.csv, x.parquet, or - (JSON Lines on stdout). A file of that name is replaced once "
            "the new one is whole.",
        ),
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
    rejects: RejectsFile = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Of files without a byte order mark, e.g. windows-1256 for older Arabic and Persian ones; UTF-8 by "
            "default.",
        ),
    ] = None,
    text_field: TextField = "text",
    id_field: IdField = "id",
    lang_field: LangField = "lang",
    **steps: bool | None,
) -> None:
    """Normalize text, record by record, in order.

    The other fields of a record are kept; one that is named id, lang or text like ours becomes given_NAME, and columns
    of one name get numbers (note, note_2; column_5 without a name). CSV and Parquet have the fields of the first record
    as columns. A record that cannot be processed is left out, but in .txt leaves an empty line, so that lines keep
    their numbers.

    Example: socialtext normalize comments.csv -o clean.csv --lang fa
    """
    from socialtext.language import detect_language, has_words
    from socialtext.normalize.normalizer import Normalizer

    options = ReadOptions("line", check_encoding(encoding), text_field, id_field, lang_field)
    sources = find_sources(inputs)
    check_targets(output, rejects, sources)
    check_html(sources, options)
    if is_folder(output):
        refuse_shards(output.rstrip("/"))
    ending = find_ending(name_file(output))
    chosen = {name: on for name, on in steps.items() if on is not None}
    normalizers = {
        name: Normalizer(name, profile=profile, digits=digits, register=register, **chosen)
        for name in (LANGUAGES if lang == "auto" else (lang,))
    }
    # There are no local digits without a language.
    without_language = Normalizer(
        "id", profile="minimal", digits=None if digits == "local" else digits, register=None, **chosen
    )
    of_file: dict[str, str | None] = {}
    columns = list(OWN_COLUMNS)
    left_out: set[str] = set()
    is_first = True

    def find_language(record: Record) -> str | None:
        """Of a record, or where a line is a record of the file: a line is too short to tell. None without words."""
        found = known_language(record.lang, lang)
        if found is not None or not record.text.strip():
            return found
        if find_ending(record.source) == ".txt" and record.source not in of_file:
            try:
                of_file[record.source] = detect_language(read_head(record.source, options))
            except InputError:
                of_file[record.source] = None
        found = of_file.get(record.source)
        return detect_language(record.text) if found is None and has_words(record.text) else found

    def handle(record: Record) -> tuple[Rows, int]:
        nonlocal is_first
        found = find_language(record)
        text = (normalizers[found] if found else without_language).normalize(record.text)
        row: dict[str, Any] = {"id": record.id, "lang": found, "text": text}
        row |= {_rename(name, record.fields): value for name, value in record.fields.items()}
        if ending in TABLES:
            row = {make_encodable(name): _as_cell(value) for name, value in row.items()}
            if is_first:
                columns[:] = row
                is_first = False
            left_out.update(row.keys() - columns)
        return [row], 0

    def make_schema() -> "pa.Schema":
        import pyarrow as pa

        return pa.schema([(name, pa.string()) for name in columns])

    run_records(
        sources, options, output, rejects, make_schema, "records", one_by_one(handle),
        stand_in={"text": ""} if ending == ".txt" else None,
    )  # fmt: skip
    if left_out:
        say(
            f"warning: fields that the first record has not were left out: {', '.join(sorted(left_out))}; "
            "a .jsonl file keeps all"
        )


def _rename(name: str, fields: Mapping[str, Any]) -> str:
    """Return the name of a field; where it is one of ours, one that no other field has."""
    if name in OWN_COLUMNS:
        name = f"given_{name}"
        while name in fields:
            name = f"given_{name}"
    return name


def _as_cell(value: Any) -> str | None:
    """Return a text as it is; numbers, lists and objects as JSON."""
    if isinstance(value, int | float | list | dict):
        text = encode_json(value)
        return None if text == "null" else make_encodable(text)  # a float that is no number
    return None if value is None else make_encodable(encode_rest(value))


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
