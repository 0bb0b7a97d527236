"""A row that does not fit its table is refused, with its place."""

import pytest

from socialtext.errors import TableError
from socialtext.languages.schema import (
    AbbreviationRow,
    AffixRow,
    CharacterRow,
    ContextRow,
    CueRow,
    DesignationRow,
    JoiningRow,
    NeighbourRow,
    VerbRow,
    WordRow,
)

ALEF = {"code": "0627", "name": "ARABIC LETTER ALEF"}


@pytest.mark.parametrize(
    ("row", "cells", "code"),
    [
        (CharacterRow, {"code": "alef", "name": "-", "to": "-", "step": "letters"}, "ST201"),
        (CharacterRow, {"code": "110000", "name": "-", "to": "-", "step": "letters"}, "ST201"),
        (CharacterRow, ALEF | {"to": "0627", "step": "letters"}, "ST203"),
        (JoiningRow, ALEF | {"joining": "D"}, "ST204"),
        (CueRow, {"kind": "advice", "form": ""}, "ST205"),
        (AbbreviationRow, {"form": "dll.", "ends": "maybe"}, "ST206"),
        (NeighbourRow, {"form": "saya", "lang": "malay"}, "ST207"),
        (AffixRow, {"form": "ها", "kind": ""}, "ST208"),
        (VerbRow, {"past": "رفت", "present": ""}, "ST209"),
        (WordRow, {"form": "", "kind": "name"}, "ST212"),
        (DesignationRow, {"form": "Gen"}, "ST214"),
        (ContextRow, {"form": "no", "before": "*", "after": "resi|", "becomes": "+"}, "ST215"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_place(row, cells, code):
    with pytest.raises(TableError, match=f"{code}: table.tsv, line 7"):
        row.parse(cells, "table.tsv, line 7")
