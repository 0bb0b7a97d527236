"""Build the environment of a contestant, and run it there.

A contestant is a script in a folder, ``NAME.py`` or, for node, ``NAME.js``. A server runs it: ``serve.py SCRIPT`` or
``serve.js SCRIPT PACKAGE_FOLDER``. A file beside the script says what is installed for it, and by its name how:

- ``NAME.txt``: these packages and what they ask for;
- ``NAME.no-deps.txt``: these packages and nothing else, so that what they ask for but do not use here stays away.

Without such a file the script runs in the present interpreter. ``PYTHON = "3.12"`` in a script is the lowest Python
that its packages run on.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

INSTALL_SECONDS = 300
PYTHON_RE = re.compile(r'^PYTHON = "3\.(\d+)"$', re.MULTILINE)


class UnavailableError(Exception):
    """A contestant cannot be installed or run here; the message is the reason in one line."""


class SlowError(UnavailableError):
    """A command was not done in time."""


def choose_contestants(wanted: list[str] | None, known: Iterable[str]) -> list[str]:
    """Return the names that ``--only`` gives, or all; a name that is not known ends the program."""
    names = list(known)
    if unknown := sorted(set(wanted or ()) - set(names)):
        raise SystemExit(f"{unknown[0]} is no contestant: choose from {', '.join(map(shlex.quote, names))}")
    return wanted or names


def prepare_command(contestants: Path, name: str, server: Path, venvs: Path) -> list[str]:
    """Return the command that serves a contestant of a folder; install what it needs.

    `server` is a ``serve.py``; a contestant in JavaScript is served by the ``serve.js`` beside it.
    """
    script = contestants / f"{name}.py"
    if not script.exists():
        return prepare_node(script.with_suffix(".js"), server.with_suffix(".js"), venvs)
    python = sys.executable
    packages, alone = script.with_suffix(".txt"), script.with_suffix(".no-deps.txt")
    if packages.exists():
        python = build_venv(script, packages, [], venvs)
    elif alone.exists():
        python = build_venv(script, alone, ["--no-deps"], venvs)
    return [python, "-P", str(server), str(script)]


def build_venv(script: Path, requirements: Path, options: list[str], venvs: Path) -> str:
    """Return the interpreter of a virtual environment in which pip has installed the requirements."""
    base = find_python(script)
    folder = environment_folder(requirements, f"{base} {sys.implementation.cache_tag}", venvs)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", *options, "--requirement", str(requirements)]
    build(folder, [[base, "-m", "venv", str(folder)], install])
    return python


def find_python(script: Path) -> str:
    """Return the present interpreter, or, where a contestant's ``PYTHON`` asks for a later one, exactly that one."""
    wanted = PYTHON_RE.search(script.read_text(encoding="utf-8"))
    if wanted is None or sys.version_info >= (3, int(wanted[1])):
        return sys.executable
    version = f"3.{wanted[1]}"
    # The variable lets the launchers of pyenv find a version that is not the chosen one.
    variables = os.environ | {"PYENV_VERSION": version}
    try:
        done = execute([f"python{version}", "-c", "import sys; print(sys.executable)"], 60, variables)
    except UnavailableError as error:
        raise UnavailableError(f"needs Python {version}: {error}") from None
    return done.stdout.decode().strip()


def prepare_node(script: Path, server: Path, venvs: Path) -> list[str]:
    """Return the command that serves a contestant in JavaScript."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed")
    requirements = script.with_suffix(".txt")
    folder = environment_folder(requirements, "npm", venvs)
    packages = requirements.read_text(encoding="utf-8").split()
    build(folder, [["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]])
    return ["node", str(server), str(script), str(folder / "node_modules" / script.stem)]


def environment_folder(requirements: Path, program: str, venvs: Path) -> Path:
    """Return where an environment belongs: one folder for the same requirements and program, in whatever benchmark."""
    digest = hashlib.sha256(requirements.read_bytes() + program.encode()).hexdigest()
    return venvs / f"{requirements.stem}-{digest[:12]}"


def build(folder: Path, commands: list[list[str]]) -> None:
    """Run the commands that fill a folder, unless all of them did before."""
    stamp = folder / "installed"
    if stamp.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for command in commands:
        try:
            execute(command, INSTALL_SECONDS)
        except UnavailableError as error:
            raise UnavailableError(f"not installed: {error}") from None
    stamp.touch()


def contestant_variables(venvs: Path) -> dict[str, str]:
    """Return the environment variables of a contestant, which neither reads nor fills the user's home."""
    return os.environ | {"PYTHONHASHSEED": "0", "HOME": str(venvs)}


def execute(
    command: list[str], seconds: int, variables: dict[str, str] | None = None, payload: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, or raise `UnavailableError`."""
    try:
        done = subprocess.run(command, input=payload, capture_output=True, timeout=seconds, env=variables)
    except subprocess.TimeoutExpired:
        raise SlowError(f"not done within {seconds} s") from None
    except OSError as error:
        raise UnavailableError(f"{command[0]}: {error.strerror}") from None
    if done.returncode:
        raise UnavailableError(reason(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}")
    return done


def reason(stderr: str) -> str:
    """Return the line of standard error that says best why a command failed; empty where there is none."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[-1][:150]
