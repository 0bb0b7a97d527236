"""Without its extra, an adapter says in one sentence which extra it needs."""

import subprocess
import sys
from importlib.metadata import requires

import pytest

PYTHON_312 = {"python_version": "3.12", "python_full_version": "3.12.1"}


@pytest.mark.parametrize(
    ("adapter", "library", "extra"),
    [("spacy", "spacy", "spacy"), ("sklearn", "sklearn", "train"), ("datasets", "datasets", "datasets")],
)
def test_a_missing_extra_is_named(adapter, library, extra):
    code = f"import sys; sys.modules[{library!r}] = None; import socialtext.adapters.{adapter}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("socialtext.errors.MissingExtraError: ST69")
    assert f"pip install 'socialtext[{extra}]'" in last


def test_hazm_is_asked_for_only_where_a_fitting_one_exists():
    requirements = pytest.importorskip("packaging.requirements")
    wanted = [requirements.Requirement(line) for line in requires("socialtext")]
    (hazm,) = [one for one in wanted if one.name == "hazm" and one.marker.evaluate({"extra": "hazm", **PYTHON_312})]
    assert not hazm.marker.evaluate({"extra": "hazm", "python_version": "3.11", "python_full_version": "3.11.9"})
    assert not hazm.specifier.contains("0.10.0")
