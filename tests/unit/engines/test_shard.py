"""What is given for a record decides its language, however it is written."""

import pytest

from socialtext.engines.shard import known_language
from socialtext.errors import InputError


@pytest.mark.parametrize(
    ("of_record", "lang"),
    [
        ("fa", "fa"), ("FA", "fa"), ("fa-IR", "fa"), ("fa_IR", "fa"), ("FA-Arab-AF", "fa"), (" fa ", "fa"),
        ("fas", "fa"), ("per", "fa"), ("ara", "ar"), ("ara-EG", "ar"), ("IND", "id"), ("id-ID", "id"), ("in", "id"),
    ],
)  # fmt: skip
def test_case_region_and_length_of_a_code_do_not_matter(of_record, lang):
    assert known_language(of_record, "auto") == lang


@pytest.mark.parametrize("of_record", [None, "", "  ", "-"])
def test_a_record_that_names_no_language_has_it_found(of_record):
    assert known_language(of_record, "auto") is None


@pytest.mark.parametrize("of_record", ["de", "en-US", "arz", "Persian", "farsi"])
def test_another_language_is_named_beside_those_that_are_known(of_record):
    with pytest.raises(InputError, match=f"ST321.*'{of_record}'.*ar, fa, id"):
        known_language(of_record, "auto")


def test_the_language_of_the_run_goes_before_that_of_a_record():
    assert known_language("de", "fa") == "fa"
