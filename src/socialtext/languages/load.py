"""Read the tables of a language, once a process. An absent table is an empty table."""

from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

from socialtext.errors import TableError
from socialtext.languages.schema import (
    AbbreviationRow,
    AffixRow,
    CharacterRow,
    ColloquialRow,
    ContextRow,
    CueRow,
    DesignationRow,
    DoubleRow,
    JoiningRow,
    NeighbourRow,
    VerbRow,
    WordRow,
)

RowT = TypeVar("RowT", covariant=True)


class _Row(Protocol[RowT]):
    def __call__(self, cells: dict[str, str], place: str, /) -> RowT: ...


def _load_rows(lang: str, name: str, parse: _Row[RowT]) -> tuple[RowT, ...]:
    path = files("socialtext") / "languages" / lang / name
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    rows = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        place = f"languages/{lang}/{name}, line {number}"
        if len(cells) != len(header):
            raise TableError("ST200", f"{place}: {len(cells)} cells, expected {len(header)}")
        rows.append(parse(dict(zip(header, cells, strict=True)), place))
    return tuple(rows)


@cache
def load_characters(lang: str) -> tuple[CharacterRow, ...]:
    """Character rows of a language, or of ``common``."""
    return _load_rows(lang, "characters.tsv", CharacterRow.parse)


@cache
def load_joining() -> frozenset[int]:
    """Code points of the Arabic letters that do not join forward."""
    return frozenset(row.code for row in _load_rows("common", "joining.tsv", JoiningRow.parse))


@cache
def load_cues(lang: str) -> dict[str, tuple[str, ...]]:
    """Cue phrases of a language by kind, in the order of the table."""
    return _group_cues(lang, "cues.tsv")


@cache
def load_discourse(lang: str) -> dict[str, tuple[str, ...]]:
    """Cue phrases that tell how a sentence hangs together with those before it, by kind, in the order of the table."""
    return _group_cues(lang, "discourse.tsv")


def _group_cues(lang: str, name: str) -> dict[str, tuple[str, ...]]:
    cues: dict[str, list[str]] = {}
    for row in _load_rows(lang, name, CueRow.parse):
        cues.setdefault(row.kind, []).append(row.form)
    return {kind: tuple(forms) for kind, forms in cues.items()}


@cache
def load_abbreviations(lang: str) -> tuple[AbbreviationRow, ...]:
    """Abbreviations of a language."""
    return _load_rows(lang, "abbreviations.tsv", AbbreviationRow.parse)


@cache
def load_designations(lang: str) -> frozenset[str]:
    """Words of a language after which a letter or a number is a name."""
    return frozenset(row.form for row in _load_rows(lang, "designations.tsv", DesignationRow.parse))


@cache
def load_neighbours(lang: str) -> dict[str, str]:
    """Words that tell a language from those it is taken for, with the language that each speaks for."""
    return {row.form: row.lang for row in _load_rows(lang, "neighbours.tsv", NeighbourRow.parse)}


@cache
def load_affixes(lang: str) -> tuple[AffixRow, ...]:
    """Endings, prefixes and second parts of compounds of a language."""
    return _load_rows(lang, "affixes.tsv", AffixRow.parse)


@cache
def load_verbs(lang: str) -> tuple[VerbRow, ...]:
    """Stems of the verbs of a language."""
    return _load_rows(lang, "verbs.tsv", VerbRow.parse)


@cache
def load_doubles(lang: str) -> frozenset[str]:
    """Words of a language, or of ``common``, that are written with a doubled letter."""
    return frozenset(row.form for row in _load_rows(lang, "doubles.tsv", DoubleRow.parse))


@cache
def load_colloquial(lang: str) -> tuple[ColloquialRow, ...]:
    """Colloquial forms of a language."""
    return _load_rows(lang, "colloquial.tsv", ColloquialRow.parse)


@cache
def load_contexts(lang: str) -> tuple[ContextRow, ...]:
    """What colloquial forms become between certain neighbours, the deciding row first.

    ``{kind}`` among the neighbours stands for the words of that kind.
    """
    words = {f"{{{kind}}}": sorted(forms) for kind, forms in load_words(lang).items()}

    def expand(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word for name in names for word in words.get(name, [name]))

    rows = _load_rows(lang, "contexts.tsv", ContextRow.parse)
    return tuple(row._replace(before=expand(row.before), after=expand(row.after)) for row in rows)


@cache
def load_words(lang: str) -> dict[str, frozenset[str]]:
    """Words of a language by kind."""
    words: dict[str, set[str]] = {}
    for row in _load_rows(lang, "words.tsv", WordRow.parse):
        words.setdefault(row.kind, set()).add(row.form)
    return {kind: frozenset(forms) for kind, forms in words.items()}
