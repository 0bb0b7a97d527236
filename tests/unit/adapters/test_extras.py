"""Without its extra, an adapter says in one sentence which extra it needs."""

import subprocess
import sys

import pytest


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
