"""Run a benchmark by name: ``python -m benchmarks --list``, ``python -m benchmarks normalize_speed``."""

import argparse
import importlib
from pathlib import Path

NAMES = sorted(path.name.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*"))

parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
parser.add_argument("name", nargs="?", choices=NAMES, help="benchmark to run")
parser.add_argument("--list", action="store_true", help="name the benchmarks")
parser.add_argument("--json", action="store_true", help="print one JSON object")
parser.add_argument("--profile", choices=("fast", "regular", "large"), default="fast", help="size of generated data")
parser.add_argument("--data", type=Path, help="folder of public data, for the benchmarks of quality")
parser.add_argument("--only", nargs="+", metavar="CONTESTANT", help="not all contestants")
parser.add_argument(
    "--venvs",
    type=Path,
    default=Path.home() / ".cache" / "socialtext-benchmarks",
    help="where the environments of the contestants are built",
)
parser.add_argument("--plot", type=Path, metavar="FILE", help="draw a picture, where the benchmark has one")
options = parser.parse_args()
options.venvs = options.venvs.expanduser().resolve()
if options.list or options.name is None:
    print("\n".join(NAMES))
else:
    importlib.import_module(f"benchmarks.bench_{options.name}").main(options)
