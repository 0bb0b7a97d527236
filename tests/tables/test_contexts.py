"""The table of contexts: each row decides a case, and what it names is there and stays named."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from socialtext import Normalizer
from socialtext.languages.load import load_contexts, load_words
from socialtext.languages.schema import ContextRow
from socialtext.models import load_lexicon
from socialtext.normalize._colloquial import ColloquialRespeller
from socialtext.normalize.colloquial import DROP, KEEP, USUAL, ColloquialJudge, build_reader, load_table

ROWS = load_contexts("id")
CASES = Path(__file__).parents[1] / "cases" / "colloquial" / "id.jsonl"
SIGNS = frozenset("^$0@aA.:?")
REGISTERS = ("standard", "formal")


def build_respeller(register, rows):
    info, arrays = load_lexicon("id-colloquial")
    return ColloquialRespeller(ColloquialJudge(build_reader(arrays), register, info["weights"], rows))


def test_every_row_decides_a_case():
    deciding = set()

    class Observed(ContextRow):
        @property
        def becomes(self):
            deciding.add(tuple(self))
            return self[3]

    respellers = {register: build_respeller(register, [Observed(*row) for row in ROWS]) for register in REGISTERS}
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["register"] in respellers:
            respellers[case["register"]].repair(case["raw"])
    assert [row for row in ROWS if tuple(row) not in deciding] == []


def test_only_forms_of_the_table_have_contexts():
    forms = {form for row in ROWS for form in row.forms}
    assert forms <= set(load_table())


def test_neighbours_are_words_in_small_letters_or_signs():
    names = {name for row in ROWS for name in (*row.before, *row.after)}
    assert {name for name in names if name not in SIGNS and not name.islower()} == set()


def test_every_kind_of_words_is_asked_for():
    text = (files("socialtext") / "languages" / "id" / "contexts.tsv").read_text(encoding="utf-8")
    kinds = set(load_words("id")) - {"place", "position", "word", "counter", "month"}  # the last two tell of blocks
    assert {kind for kind in kinds if f"{{{kind}}}" not in text} == set()


@pytest.mark.parametrize("register", REGISTERS)
def test_a_text_that_a_row_writes_stays(register):
    normalizer = Normalizer("id", register=register)
    texts = {row.becomes for row in ROWS} - {USUAL, KEEP, DROP}
    assert texts == {normalizer.normalize(text) for text in texts}


@pytest.mark.parametrize("register", REGISTERS)
def test_a_neighbour_decides_alike_before_and_after_it_is_respelled_itself(register):
    info, arrays = load_lexicon("id-colloquial")
    judge = ColloquialJudge(build_reader(arrays), register, info["weights"])
    lost = []
    for row in ROWS:
        for at, cell in ((-1, row.before), (0, row.after)):
            for name in cell:
                choices = () if name in SIGNS else judge.choices(name) or ()
                if len(choices) == 1 and choices[0].lower().split(" ")[at] not in cell:
                    lost.append((row.forms[0], name, choices[0]))
    assert lost == []
