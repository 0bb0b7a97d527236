"""Speed of segmentation, beside Python's own UTF-8 decoding of the same articles in the same run.

Data: the sample articles of the package. Figures: MB of UTF-8 per CPU second, median of the rounds; contestants take
turns, so that a change of the machine's speed hits all alike. The long pages are one article ten and a
hundred times over; only their structure is found.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from importlib.resources import files

import socialtext as st
from socialtext.normalize.normalizer import load_fold
from socialtext.segment.sentences import load_splitter
from socialtext.segment.structure import StructureFinder

N_ROUNDS = 7
N_LONG = (10, 100)


def main(options: argparse.Namespace) -> None:
    """Print the table, or one JSON object."""
    rows = [row for lang in ("ar", "fa", "id") for row in measure_language(lang)]
    if options.json:
        facts = {"python": platform.python_version(), "socialtext": st.__version__, "machine": platform.machine()}
        print(json.dumps({**facts, "rows": rows}, indent=1))
        return
    print(f"{'lang':5}{'contestant':22}{'MB/s':>8}{'of decode':>11}")
    for row in rows:
        print(f"{row['lang']:5}{row['contestant']:22}{row['mb_per_s']:8.1f}{row['of_decode']:11.4f}")


def measure_language(lang: str) -> list[dict[str, object]]:
    """Return one row a contestant."""
    folder = files("socialtext") / "corpora" / "articles"
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.startswith(lang)]
    encoded = [text.encode() for text in texts]
    n_bytes = sum(map(len, encoded))
    splitter, finder, segmenter = load_splitter(lang), StructureFinder(lang, load_fold(lang)), st.Segmenter(lang)
    contestants: dict[str, tuple[int, Callable[[], object]]] = {
        "decode UTF-8": (n_bytes, lambda: [data.decode() for data in encoded]),
        "sentences": (n_bytes, lambda: [splitter.split(text, 0, len(text)) for text in texts]),
        "structure": (n_bytes, lambda: [finder.find(text) for text in texts]),
        "Segmenter": (n_bytes, lambda: [segmenter.segment(text) for text in texts]),
    }
    for n_copies in N_LONG:
        page = "\n\n".join(texts[:1] * n_copies)
        contestants[f"a page of {len(page):,}"] = (len(page.encode()), lambda page=page: finder.find(page))
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(N_ROUNDS):
        for name, (_, run) in contestants.items():
            start = time.process_time()
            run()
            seconds[name].append(time.process_time() - start)
    speeds = {name: contestants[name][0] / 1e6 / statistics.median(times) for name, times in seconds.items()}
    decode = speeds["decode UTF-8"]
    return [
        {"lang": lang, "contestant": name, "mb_per_s": speed, "of_decode": speed / decode}
        for name, speed in speeds.items()
    ]
