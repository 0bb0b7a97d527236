"""Let a contestant of a benchmark of quality normalize all sentences in one process.

``serve.py`` and ``serve.js`` say what a script in ``contestants`` has.
"""

import json
import math
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.clock import describe_rounds
from benchmarks.environments import SlowError, UnavailableError, contestant_variables, execute, prepare_command
from benchmarks.outputs import as_released
from benchmarks.tables import Table, speed

SERVER = Path(__file__).resolve().with_name("serve.py")
ATTEMPTS = ((None, 200), (400, 100))
"""Lines of each file and seconds: who is too slow for all lines is tried again with the first ones."""

OUR_NAME = "socialtext"

Group = tuple[str, str]


@dataclass(frozen=True)
class Result:
    """What a contestant wrote, by group of lines, and what that took."""

    outputs: dict[Group, list[str]]
    limit: int | None
    version: str
    crashes: int
    cpu_seconds: float
    wall_seconds: float
    peak_mib: float
    n_bytes: int
    n_code_points: int

    def describe(self, name: str) -> dict[str, Any]:
        """Return the beginning of a contestant's row: what holds for every benchmark. The speed is that of one pass."""
        return {
            "contestant": name,
            "version": self.version,
            "first_lines": self.limit,
            "crashes": self.crashes,
            **describe_rounds([self.cpu_seconds], [self.wall_seconds], self.n_bytes, self.n_code_points),
            "peak_mib": self.peak_mib,
        }


@dataclass(frozen=True)
class Ours:
    """What a row of this project depends on: its outputs, by the names of `benchmarks.outputs`, and its models."""

    outputs: tuple[str, ...]
    models: tuple[str, ...]

    def describe(self) -> dict[str, Any]:
        """Return whether the outputs are those of the release, and the digests of the models."""
        return {"as_released": as_released(*self.outputs), "models": digest_models(*self.models)}


def digest_models(*names: str) -> dict[str, str]:
    """Return the digest of each released model."""
    from socialtext.models import describe_models

    models = describe_models()
    return {name: models[name]["sha256"] for name in names}


def measure_contestants(
    folder: Path,
    names: Iterable[str],
    groups: dict[Group, list[str]],
    venvs: Path,
    judge: Callable[[Result], dict[str, Any]],
    ours: dict[str, Ours],
) -> list[dict[str, Any]]:
    """Return a row a contestant: speed and what a judge says of its outputs, or the reason why there are none."""
    rows: list[dict[str, Any]] = []
    for name in names:
        try:
            result = contest(folder, name, groups, venvs)
        except UnavailableError as error:
            rows.append({"contestant": name, "unavailable": str(error)})
        else:
            own = ours[name].describe() if name in ours else {}
            rows.append({**result.describe(name), **own, **judge(result)})
    return rows


def tabulate_contestants(
    title: str, rows: list[dict[str, Any]], columns: Sequence[str], read: Callable[[dict[str, Any]], Iterable[str]]
) -> Table:
    """Return the table of a benchmark of quality: its own columns, then speed and memory; below who has no figures."""
    cells, notes = [], []
    for row in rows:
        label = f"{row['contestant']} {row.get('version', '')}".strip()
        if "unavailable" in row:
            notes.append(f"{label} was not run: {row['unavailable']}")
            continue
        cells.append((label, *read(row), speed(row), f"{row['peak_mib']:.0f}"))
        notes += [f"{label}: model {name}, sha256 {found[:12]}…" for name, found in row.get("models", {}).items()]
        if row["first_lines"]:
            notes.append(f"{label} is slow and had only the first {row['first_lines']} lines of each file")
        if row["crashes"]:
            notes.append(f"{label} crashed at {row['crashes']} lines, which count as unchanged")
    columns = (*columns, "MB/s", "peak MiB")
    return Table(title, ("contestant", *columns), cells, [*list_ahead(columns, cells), *notes])


def list_ahead(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    """Return a note that names who is ahead of us in which column; of harm, errors and memory, who has less."""
    ours = next((row for row in cells if row[0].startswith(f"{OUR_NAME} ")), None)
    ahead = []
    for at, column in enumerate(columns, 1):
        sign = -1 if column.endswith(("%", "MiB")) else 1
        names = [
            row[0].split()[0]
            for row in cells
            if ours and not row[0].startswith(OUR_NAME) and sign * read_cell(row[at]) > sign * read_cell(ours[at])
        ]
        ahead += [f"{column}: {', '.join(names)}"] if names else []
    return [f"ahead of {OUR_NAME}: {'; '.join(ahead)}"] if ahead else []


def read_cell(cell: str) -> float:
    """Return the number in a cell; a dash is not one, and neither ahead nor behind."""
    return math.nan if cell == "–" else float(cell.replace(",", ""))


def contest(contestants: Path, name: str, groups: dict[Group, list[str]], venvs: Path) -> Result:
    """Return the outputs of a contestant of a folder for each group of lines, or raise `UnavailableError`."""
    command = prepare_command(contestants, name, SERVER, venvs)
    for limit, seconds in ATTEMPTS:
        lines = [line for group in groups.values() for line in group[:limit]]
        payload = "\n".join(lines).encode()
        try:
            done = execute(command, seconds, contestant_variables(venvs), payload)
        except SlowError:
            continue
        outputs = done.stdout.decode().removesuffix("\n").split("\n")
        report = last_report(done)
        if len(outputs) != len(lines):
            raise UnavailableError(f"wrote {len(outputs)} lines for {len(lines)}")
        rest = iter(outputs)
        return Result(
            outputs={key: [next(rest) for _ in group[:limit]] for key, group in groups.items()},
            limit=limit,
            n_bytes=len(payload) - len(lines) + 1,
            n_code_points=sum(map(len, lines)),
            **report,
        )
    raise UnavailableError(f"not done with {ATTEMPTS[-1][0]} lines of each file in {ATTEMPTS[-1][1]} s")


def last_report(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """Return the JSON object that a contestant writes to standard error at its end."""
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.startswith("{")]
    if not lines:
        raise UnavailableError("wrote no report")
    report: dict[str, Any] = json.loads(lines[-1])
    return report
