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
from benchmarks.tables import Table

HERE = Path(__file__).resolve().parent
RUN_SECONDS = 120
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return what each tool and ours give, by tool."""
    return {name: run_tool(name, options.venvs) for name in choose_contestants(options.only, CASES)}


def tabulate(figures: dict[str, Any]) -> list[Table]:
    """Return a table a tool."""
    tables = []
    for name, found in figures.items():
        rows = [[format_cell(row[cell]) for cell in ("text", "theirs", "ours")] for row in found.get("rows", ())]
        notes = [f"not run: {found['unavailable']}"] if "unavailable" in found else []
        tables.append(Table(f"{name} {found.get('version', '')}".strip(), ("text", "theirs", "ours"), rows, notes))
    return tables


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
