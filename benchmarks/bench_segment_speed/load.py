"""What each part takes to load and be used once, in a new process, modules imported and the parts before it there."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from socialtext.normalize.normalizer import Normalizer, load_fold
from socialtext.pipeline import ThemeClassifier, load_segment_models
from socialtext.segment.structure import StructureFinder
from socialtext.types import LANGUAGES

TEXT = "a"
LOADERS: dict[str, Callable[[str], object]] = {
    "Normalizer": lambda lang: Normalizer(lang).normalize(TEXT),
    "fold of words": lambda lang: load_fold(lang)(TEXT),
    "structure": lambda lang: (load_segment_models(), StructureFinder(lang, load_fold(lang)).find(TEXT)),
    "ThemeClassifier": lambda lang: ThemeClassifier.load().classify([TEXT], lang=lang),
}


def measure_load(n_rounds: int) -> list[dict[str, object]]:
    """Return the median CPU milliseconds of each part and language."""
    rows: list[dict[str, object]] = []
    for lang in LANGUAGES:
        command = [sys.executable, "-c", f"from {__name__} import main; main()", lang]
        rounds = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(n_rounds)
        ]
        rows += [
            {"lang": lang, "part": part, "cpu_ms": statistics.median(found[part] for found in rounds)}
            for part in LOADERS
        ]
    return rows


def main() -> None:
    """Load the parts one after the other; print CPU milliseconds by part, as JSON."""
    found = {}
    for part, load in LOADERS.items():
        start = time.process_time()
        load(sys.argv[1])
        found[part] = 1000 * (time.process_time() - start)
    print(json.dumps(found))
