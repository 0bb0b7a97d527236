"""What the server of worker processes loads before it forks them."""

import subprocess
import sys

from socialtext.engines.local import PRELOAD


def test_the_server_of_workers_has_the_models_of_all_languages():
    code = f"import {PRELOAD}; from socialtext import pipeline; print(pipeline._load_scorer.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "3"
