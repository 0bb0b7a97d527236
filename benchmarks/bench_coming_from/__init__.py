"""Calls of other tools beside ours on the same sentences, for those who come from them.

Each tool runs in an environment of its own. The table is Markdown, as `docs/coming-from.md` has it.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_coming_from.cases import CASES
from benchmarks.environments import (
    UnavailableError,
    choose_contestants,
    contestant_variables,
    execute,
    prepare_command,
)

HERE = Path(__file__).resolve().parent
RUN_SECONDS = 120
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def main(options: argparse.Namespace) -> None:
    """Print a table a tool, or one JSON object."""
    found = {name: run_tool(name, options.venvs) for name in choose_contestants(options.only, CASES)}
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
        command = prepare_command(HERE / "contestants", name, HERE / "serve.py", venvs)
        done = execute(command, RUN_SECONDS, contestant_variables(venvs), json.dumps(calls).encode())
    except UnavailableError as error:
        return {"unavailable": str(error)}
    result = json.loads(done.stdout)
    ours = [run_ours(case.ours, text) for case in CASES[name] for text in case.texts]
    rows = [
        {"call": call["call"], "text": call["text"], "theirs": theirs, "ours": our}
        for call, theirs, our in zip(calls, result["results"], ours, strict=True)
    ]
    return {"version": result["version"], "rows": rows}


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
