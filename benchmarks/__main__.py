"""Measure speed and quality beside other tools and simpler ways.

NAME is a benchmark (``--list``); ``all`` runs every one, each in a process of its own, and keeps the results in
``benchmarks/results``; ``render`` makes the tables and plots of ``benchmarks/README.md`` from them; ``guard`` measures
the ratios to the floors again and fails where one has fallen by half of what was kept; ``release`` takes what the
stages write now for the output of the release, without which a speed does not count.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from benchmarks import runner

COMMANDS = ("all", "render", "guard", "release")


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    description = (__doc__ or "").replace("``", "")
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m benchmarks", description=description, formatter_class=formatter)
    parser.add_argument("name", nargs="?", choices=(*runner.NAMES, *COMMANDS), metavar="NAME", help="what to run")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and say what they measure")
    parser.add_argument("--versions", action="store_true", help="name the contestants with their versions, and stop")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--profile", choices=runner.PROFILES, default="fast", help="size of the input (fast)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of public data; without it, what to fetch is said"
    )
    parser.add_argument("--only", nargs="+", metavar="CONTESTANT", help="some contestants, where there are several")
    parser.add_argument("--save", action="store_true", help="keep the result in benchmarks/results")
    venvs = Path.home() / ".cache" / "socialtext-benchmarks"
    parser.add_argument(
        "--venvs", type=Path, default=venvs, metavar="DIR", help=f"environments of the others ({venvs})"
    )
    return parser


def main(arguments: list[str]) -> int:
    """Run what is asked for; return the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    options.venvs = options.venvs.expanduser().resolve()
    if options.data is not None and not options.data.is_dir():
        parser.error(f"--data {options.data}: no such folder")
    if options.list or options.name is None:
        for name in runner.NAMES:
            print(f"{name:22}{(runner.load_benchmark(name).__doc__ or '').splitlines()[0]}")
        return 0
    if options.name == "all":
        return run_all(options)
    if options.name == "render":
        from benchmarks.render import render

        render()
        return 0
    if options.name == "guard":
        from benchmarks.guard import guard

        return guard()
    if options.name == "release":
        from benchmarks.outputs import write_release

        write_release()
        return 0
    if options.versions:
        print_versions(options.name)
        return 0
    return run_one(options)


def run_one(options: argparse.Namespace) -> int:
    """Run a benchmark, print its tables, keep its result where that is wanted and it is whole."""
    result = runner.run(options.name, options)
    print(json.dumps(result, indent=1, ensure_ascii=False) if options.json else runner.write_tables(result))
    faults = runner.find_faults(result, options)
    for fault in faults:
        print(fault, file=sys.stderr)
    if options.save and faults:
        print("not kept", file=sys.stderr)
        return 1
    if options.save:
        runner.save(result)
    return 0


def run_all(options: argparse.Namespace) -> int:
    """Run every benchmark in a process of its own and keep its result; one that fails does not stop the others."""
    failed = []
    for name in runner.NAMES:
        print(f"## {name}\n", flush=True)
        command = [sys.executable, "-m", "benchmarks", name, "--save", "--profile", options.profile]
        command += ["--venvs", str(options.venvs), *(("--data", str(options.data)) if options.data else ())]
        if subprocess.run(command).returncode:
            failed.append(name)
    if failed:
        print(f"not kept: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def print_versions(name: str) -> None:
    """Print what a benchmark pins for its contestants, and the packages of the present interpreter."""
    from benchmarks.facts import describe_run

    facts = describe_run(name, "fast")
    print(f"{facts['python']}: " + ", ".join(f"{package} {number}" for package, number in facts["versions"].items()))
    folder = runner.HERE / f"bench_{name}" / "contestants"
    for path in sorted(path for path in folder.glob("*") if path.suffix in (".py", ".js")):
        pins = sorted(folder.glob(f"{path.stem}.txt")) + sorted(folder.glob(f"{path.stem}.no-deps.txt"))
        packages = ", ".join(line.partition(";")[0].strip() for pin in pins for line in pin.read_text().splitlines())
        print(f"{path.stem:26}{packages or 'the present interpreter'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
