"""The rows of the tables in this folder, and what makes a row wrong.

A table is a file of tab-separated values with a header line. A row that does not fit raises `TableError` with the
file and the line: a wrong table must never normalize a text. Rows are tuples, since thousands of them are read.
"""

import unicodedata
from itertools import pairwise
from typing import NamedTuple

from socialtext.errors import TableError


class CharacterRow(NamedTuple):
    """What one character becomes in one step: ``target`` in code points, empty where it is deleted."""

    code: int
    target: tuple[int, ...]
    step: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "CharacterRow":
        """Build the row from its cells; the code point and its Unicode name must agree."""
        code = parse_code(cells, place)
        target = () if cells["to"] == "-" else tuple(int(part, 16) for part in cells["to"].split())
        if target == (code,):
            raise TableError("ST203", f"{place}: U+{code:04X} becomes itself: delete the row")
        return cls(code, target, cells["step"])


class JoiningRow(NamedTuple):
    """A letter that does not join the letter after it."""

    code: int

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "JoiningRow":
        """Build the row from its cells; the code point and its Unicode name must agree."""
        if cells["joining"] not in ("R", "U"):
            raise TableError("ST204", f"{place}: joining type {cells['joining']!r}, expected R or U")
        return cls(parse_code(cells, place))


class CueRow(NamedTuple):
    """A word or phrase that tells something about the sentence it stands in.

    ``kind`` names what it tells; ``form`` is the phrase after the ``search`` profile.
    """

    kind: str
    form: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "CueRow":
        """Build the row from its cells."""
        if not cells["kind"] or not cells["form"]:
            raise TableError("ST205", f"{place}: kind and form must not be empty")
        return cls(cells["kind"], cells["form"])


class AbbreviationRow(NamedTuple):
    """An abbreviation after whose full stop a sentence goes on; ``form`` has no final stop.

    ``ends`` tells that it may also close a sentence («dll.», «dsb.»).
    """

    form: str
    ends: bool

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "AbbreviationRow":
        """Build the row from its cells."""
        if cells["ends"] not in ("yes", "no"):
            raise TableError("ST206", f"{place}: ends is {cells['ends']!r}, expected yes or no")
        return cls(cells["form"].removesuffix("."), cells["ends"] == "yes")


class DesignationRow(NamedTuple):
    """A word after which a letter or a number is a name: «Gen Z», «نسخه ۲.۰».

    The letter may close a sentence, and the stop within the number is no decimal sign.
    """

    form: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "DesignationRow":
        """Build the row from its cells."""
        if not cells["form"] or cells["form"] != cells["form"].lower():
            raise TableError("ST214", f"{place}: form {cells['form']!r} must be in lower case")
        return cls(cells["form"])


class AffixRow(NamedTuple):
    """A part of words: an ending, a prefix, or the second part of compounds."""

    form: str
    kind: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "AffixRow":
        """Build the row from its cells."""
        if not cells["form"] or not cells["kind"]:
            raise TableError("ST208", f"{place}: form and kind must not be empty")
        return cls(cells["form"], cells["kind"])


class VerbRow(NamedTuple):
    """The two stems of a verb."""

    past: str
    present: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "VerbRow":
        """Build the row from its cells."""
        if not cells["past"] or not cells["present"]:
            raise TableError("ST209", f"{place}: past and present must not be empty")
        return cls(cells["past"], cells["present"])


class ColloquialRow(NamedTuple):
    """A colloquial form with its standard spelling and its words in the formal register, the usual one first.

    ``ambiguous`` tells that the form may also be another word, a name or a unit. A formal register that has no such
    word is ``-``.
    """

    form: str
    standard: str
    formal: tuple[str, ...]
    ambiguous: bool = False

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "ColloquialRow":
        """Build the row from its cells."""
        if not cells["form"] or not cells["standard"] or not cells["formal"]:
            raise TableError("ST210", f"{place}: form, standard and formal must not be empty")
        if cells["ambiguous"] not in ("yes", "no"):
            raise TableError("ST211", f"{place}: ambiguous is {cells['ambiguous']!r}, expected yes or no")
        return cls(cells["form"], cells["standard"], tuple(cells["formal"].split("|")), cells["ambiguous"] == "yes")


class ContextRow(NamedTuple):
    """What colloquial forms become between certain neighbours.

    ``before`` and ``after`` hold words in small letters and signs for other neighbours, empty where any will do;
    ``becomes`` is a text or a sign. The signs are those of ``normalize/colloquial.py``.
    """

    forms: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    becomes: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "ContextRow":
        """Build the row from its cells."""
        forms, before, after = (tuple(cells[name].split("|")) for name in ("form", "before", "after"))
        if not all((*forms, *before, *after, cells["becomes"])):
            raise TableError("ST215", f"{place}: no cell may be empty; any neighbour is *")
        before, after = (() if names == ("*",) else names for names in (before, after))
        return cls(forms, before, after, cells["becomes"])


class WordRow(NamedTuple):
    """A word of a kind that a rule asks for."""

    form: str
    kind: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "WordRow":
        """Build the row from its cells."""
        if not cells["form"] or not cells["kind"]:
            raise TableError("ST212", f"{place}: form and kind must not be empty")
        return cls(cells["form"], cells["kind"])


class DoubleRow(NamedTuple):
    """A word that is written with one letter twice, or three times, in a row."""

    form: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "DoubleRow":
        """Build the row from its cells; a word without a doubled letter tells nothing."""
        form = cells["form"]
        if not any(left == right for left, right in pairwise(form)):
            raise TableError("ST213", f"{place}: no letter of {form!r} is doubled: delete the row")
        return cls(form)


class NeighbourRow(NamedTuple):
    """A word by which a language is told from a near neighbour that identifiers take for it."""

    form: str
    lang: str

    @classmethod
    def parse(cls, cells: dict[str, str], place: str) -> "NeighbourRow":
        """Build the row from its cells."""
        if len(cells["lang"]) not in (2, 3):
            raise TableError("ST207", f"{place}: {cells['lang']!r} is no language code")
        return cls(cells["form"], cells["lang"])


def parse_code(cells: dict[str, str], place: str) -> int:
    """Return the code point of a row whose ``code`` and ``name`` agree; controls have the name ``-``."""
    try:
        code = int(cells["code"], 16)
        name = unicodedata.name(chr(code), "-")
    except ValueError:
        raise TableError("ST201", f"{place}: {cells['code']!r} is no code point in hex") from None
    if name != cells["name"]:
        raise TableError("ST202", f"{place}: U+{code:04X} is {name}, the row says {cells['name']}")
    return code
