"""Build the environment of a contestant, and say how to serve it there.

``contestants/NAME.py`` (or ``NAME.js``) has ``prepare()``, which returns the ways in which a tool normalizes: functions
from text to text by name; ``default`` is what its own documentation shows first. Where the tool has functions from a
list of texts to a list, ``prepare_lists()`` returns them; ``prepare_bytes()`` those that take UTF-8. ``DISTRIBUTION``
is the package whose version is told, ``PYTHON`` the lowest Python it runs on. ``NAME.txt`` pins all packages that these
ways import; nothing else is installed. Without that file the contestant runs in the present interpreter.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

INSTALL_SECONDS = 300
PYTHON_RE = re.compile(r'^PYTHON = "3\.(\d+)"$', re.MULTILINE)


class UnavailableError(Exception):
    """A contestant cannot be installed or run here; the message is the reason in one line."""


def prepare_command(name: str, benchmark: Path, venvs: Path) -> list[str]:
    """Return the command that serves a contestant of a benchmark; install what it needs.

    The folder of the benchmark has ``serve.py`` and ``serve.js``, which are given the path of the contestant's script;
    that of a script for node is followed by the folder of the installed package.
    """
    script = benchmark / "contestants" / f"{name}.py"
    if not script.exists():
        return prepare_node(name, benchmark, venvs)
    requirements = script.with_suffix(".txt")
    python = sys.executable
    if requirements.exists():
        base = find_python(script)
        folder = venvs / name
        python = str(folder / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", str(requirements)]
        build(folder, requirements, [[base, "-m", "venv", str(folder)], install])
    return [python, "-P", str(benchmark / "serve.py"), str(script)]


def prepare_node(name: str, benchmark: Path, venvs: Path) -> list[str]:
    """Return the command of a contestant in JavaScript."""
    script = benchmark / "contestants" / f"{name}.js"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed")
    folder = venvs / name
    requirements = script.with_suffix(".txt")
    packages = requirements.read_text(encoding="utf-8").split()
    build(folder, requirements, [["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]])
    return ["node", str(benchmark / "serve.js"), str(script), str(folder / "node_modules" / name)]


def find_python(script: Path) -> str:
    """Return the present interpreter, or, where a contestant's ``PYTHON`` asks for a later one, exactly that one."""
    wanted = PYTHON_RE.search(script.read_text(encoding="utf-8"))
    if wanted is None or sys.version_info >= (3, int(wanted[1])):
        return sys.executable
    version = f"3.{wanted[1]}"
    try:  # the variable lets the launchers of pyenv find a version that is not the chosen one
        done = execute([f"python{version}", "-c", "import sys; print(sys.executable)"], 60, {"PYENV_VERSION": version})
    except UnavailableError as error:
        raise UnavailableError(f"needs Python {version}: {error}") from None
    return done.stdout.decode().strip()


def build(folder: Path, requirements: Path, commands: list[list[str]]) -> None:
    """Run the commands that fill a folder, unless they did for the same requirements and program."""
    digest = hashlib.sha256(requirements.read_bytes() + commands[0][0].encode()).hexdigest()
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


def environment(extra: dict[str, str]) -> dict[str, str]:
    """Return the environment variables of a contestant."""
    return os.environ | {"PYTHONHASHSEED": "0"} | extra


def execute(
    command: list[str], seconds: int, variables: dict[str, str] | None = None, payload: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, or raise `UnavailableError`."""
    try:
        done = subprocess.run(
            command, input=payload, capture_output=True, timeout=seconds, env=environment(variables or {})
        )
    except OSError as error:
        raise UnavailableError(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise UnavailableError(reason(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}")
    return done


def reason(stderr: str) -> str:
    """Return the line of standard error that says best why a command failed."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[-1][:150]
