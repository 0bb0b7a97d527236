"""Build the environment of a contestant, and let it normalize all sentences in one process.

``contestants/NAME.py`` is run by ``serve.py`` in a virtual environment with ``contestants/NAME.txt`` installed; without
that file it runs in the present interpreter. ``contestants/NAME.js`` is run by node, ``NAME.txt`` installed by npm.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CONTESTANTS = ("socialtext", "python-negar", "rishe", "shekar", "hazm", "parsivar", "virastar", "farsflow")
INSTALL_SECONDS = 300
ATTEMPTS = ((None, 200), (400, 100))
"""Lines of each file and seconds: who is too slow for all lines is tried again with the first ones."""

Group = tuple[str, str]


class UnavailableError(Exception):
    """A contestant cannot be installed or run here; the message is the reason in one line."""


@dataclass(frozen=True)
class Result:
    """What a contestant wrote, by group of lines, and what that took."""

    outputs: dict[Group, list[str]]
    limit: int | None
    version: str
    crashes: int
    cpu_seconds: float
    n_bytes: int


def contest(name: str, groups: dict[Group, list[str]], venvs: Path) -> Result:
    """Return the outputs of a contestant for each group of lines, or raise `UnavailableError`."""
    venvs = venvs.expanduser().resolve()
    command = prepare(name, venvs)
    for limit, seconds in ATTEMPTS:
        lines = [line for group in groups.values() for line in group[:limit]]
        payload = "\n".join(lines).encode()
        try:
            done = execute(command, seconds, venvs, payload)
        except subprocess.TimeoutExpired:
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


def prepare(name: str, venvs: Path) -> list[str]:
    """Return the command that reads sentences and writes them normalized; install what it needs."""
    script = HERE / "contestants" / f"{name}.py"
    if not script.exists():
        return prepare_node(name, venvs)
    requirements = script.with_suffix(".txt")
    python = sys.executable
    if requirements.exists():
        folder = venvs / f"{name}-{sys.implementation.cache_tag}"
        python = str(folder / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--requirement", str(requirements)]
        build(folder, requirements, [[sys.executable, "-m", "venv", str(folder)], install])
    return [python, "-P", str(HERE / "serve.py"), str(script)]


def prepare_node(name: str, venvs: Path) -> list[str]:
    """Return the command of a contestant in JavaScript."""
    script = HERE / "contestants" / f"{name}.js"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed")
    folder = venvs / f"{name}-node"
    requirements = script.with_suffix(".txt")
    packages = requirements.read_text(encoding="utf-8").split()
    build(folder, requirements, [["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]])
    return ["node", str(script), str(folder / "node_modules" / name)]


def build(folder: Path, requirements: Path, commands: list[list[str]]) -> None:
    """Run the commands that fill a folder, unless they did for the same requirements."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = folder / "installed.sha256"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for command in commands:
        try:
            execute(command, INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise UnavailableError(f"not installed within {INSTALL_SECONDS} s") from None
    stamp.write_text(digest, encoding="utf-8")


def execute(
    command: list[str], seconds: int, home: Path | None = None, payload: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command; `home` keeps a contestant from the settings of the user, and those from its files."""
    environment = os.environ | {"PYTHONHASHSEED": "0"} | ({"HOME": str(home)} if home else {})
    try:
        done = subprocess.run(command, input=payload, capture_output=True, timeout=seconds, env=environment)
    except OSError as error:
        raise UnavailableError(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise UnavailableError(reason(done))
    return done


def reason(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the line of standard error that says best why a command failed."""
    lines = [line.strip() for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [f"exit code {done.returncode}"])[-1][:150]


def last_report(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """Return the JSON object that a contestant writes to standard error at its end."""
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.startswith("{")]
    if not lines:
        raise UnavailableError("wrote no report")
    report: dict[str, Any] = json.loads(lines[-1])
    return report
