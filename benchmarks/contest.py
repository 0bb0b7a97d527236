"""Let a contestant of a benchmark of quality normalize all sentences in one process.

``serve.py`` and ``serve.js`` say what a script in ``contestants`` has.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.environments import SlowError, UnavailableError, contestant_variables, execute, prepare_command

SERVER = Path(__file__).resolve().with_name("serve.py")
ATTEMPTS = ((None, 200), (400, 100))
"""Lines of each file and seconds: who is too slow for all lines is tried again with the first ones."""

Group = tuple[str, str]


@dataclass(frozen=True)
class Result:
    """What a contestant wrote, by group of lines, and what that took."""

    outputs: dict[Group, list[str]]
    limit: int | None
    version: str
    crashes: int
    cpu_seconds: float
    n_bytes: int

    def describe(self, name: str) -> dict[str, Any]:
        """Return the beginning of a contestant's row: what holds for every benchmark."""
        return {
            "contestant": f"{name} {self.version}",
            "first_lines": self.limit,
            "crashes": self.crashes,
            "mb_per_s": self.n_bytes / 1e6 / self.cpu_seconds,
        }


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file; only a line feed ends a line."""
    return path.read_bytes().decode().removesuffix("\n").split("\n")


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
