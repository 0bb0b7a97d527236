"""Calls of other tools beside ours on the same sentences, for those who come from them.

Each tool runs in an environment of its own. The table is Markdown, as `docs/coming-from.md` has it.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_coming_from.cases import CASES
from benchmarks.contest import UnavailableError, build, execute

HERE = Path(__file__).resolve().parent
INSTALL_SECONDS = 300
RUN_SECONDS = 120
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def main(options: argparse.Namespace) -> None:
    """Print a table a tool, or one JSON object."""
    found = {name: run_tool(name, options.venvs) for name in options.only or CASES}
    if options.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for name, result in found.items():
        print(f"\n{name} {result.get('version', '')}\n")
        if "unavailable" in result:
            print(f"not run: {result['unavailable']}")
            continue
        print("\n".join(["| text | theirs | ours |", "| --- | --- | --- |", *map(format_row, result["rows"])]))


def run_tool(name: str, venvs: Path) -> dict[str, Any]:
    """Return version and rows of a tool, or the reason why there are none."""
    calls = [{"call": case.theirs, "text": text} for case in CASES[name] for text in case.texts]
    try:
        python = prepare(name, venvs.expanduser().resolve())
        command = [python, "-P", str(HERE / "serve.py"), str(HERE / "tools" / f"{name}.py")]
        done = execute(command, RUN_SECONDS, venvs, json.dumps(calls).encode())
    except (UnavailableError, subprocess.TimeoutExpired) as error:
        return {"unavailable": str(error)}
    result = json.loads(done.stdout)
    ours = [run_ours(case.ours, text) for case in CASES[name] for text in case.texts]
    rows = [
        {"call": call["call"], "text": call["text"], "theirs": theirs, "ours": our}
        for call, theirs, our in zip(calls, result["results"], ours, strict=True)
    ]
    return {"version": result["version"], "rows": rows}


def prepare(name: str, venvs: Path) -> str:
    """Return the interpreter that has a tool; `NAME.no-deps.txt` is installed without what it says it needs."""
    requirements = HERE / "tools" / f"{name}.txt"
    folder = venvs / f"{name}-calls-{sys.implementation.cache_tag}"
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--requirement"]
    commands = [[sys.executable, "-m", "venv", str(folder)], [*install, str(requirements)]]
    alone = requirements.with_suffix(".no-deps.txt")
    if alone.exists():
        commands.append([*install, str(alone), "--no-deps"])
    build(folder, requirements, commands)
    return python


def run_ours(call: str, text: str) -> Any:
    """Return what our call gives for a text."""
    return eval(call, {"st": st, "text": text})


def format_row(row: dict[str, Any]) -> str:
    """Return a row of Markdown; a half-space is shown by a sign, since it cannot be seen."""
    return "| " + " | ".join(format_cell(row[name]) for name in ("text", "theirs", "ours")) + " |"


def format_cell(value: Any) -> str:
    """Return a text, or the parts of a list with a bar between them, as code."""
    text = value if isinstance(value, str) else " ¦ ".join(value)
    return f"`{text.replace(ZWNJ, '␣')}`"
