"""What the server of worker processes loads before it forks them."""

import subprocess
import sys

from socialtext.engines.local import PRELOAD

TEXTS = {"ar": "نص قصير هنا", "fa": "یک متن کوتاه", "id": "sebuah teks pendek"}


def test_a_pipeline_finds_the_models_that_the_server_of_workers_has_loaded():
    code = (
        f"import {PRELOAD}; from socialtext import pipeline; before = pipeline._load_scorer.cache_info().misses;"
        f"nlp = pipeline.Pipeline(); [nlp(text, lang=lang) for lang, text in {TEXTS!r}.items()];"
        "print(before, pipeline._load_scorer.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["3", "3"]
