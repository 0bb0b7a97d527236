"""The examples of the pages fetch nothing, and leave nothing in the folders of the user."""

import os

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Give datasets a cache of its own."""
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
