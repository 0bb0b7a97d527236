"""On what a result was measured: machine, versions, commit, and the digests of data, models and outputs."""

import hashlib
import os
import platform
import subprocess
import time
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

PACKAGES = ("socialtext", "numpy", "pyarrow", "py3langid")
HERE = Path(__file__).resolve().parent
MADE = ("results", "plots", "README.md", "release.json")
"""What the benchmarks write themselves."""


def describe_run(name: str, profile: str) -> dict[str, Any]:
    """Return the beginning of a result: no name of a host or of a folder is in it."""
    from socialtext.models import describe_models

    return {
        "benchmark": name,
        "profile": profile,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "commit": find_commit(),
        "machine": platform.machine(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": {package: version(package) for package in PACKAGES},
        "data": {"articles": digest_folder("articles"), "labelled": digest_labelled()},
        "models": {model: facts["sha256"] for model, facts in describe_models().items()},
    }


def cpu_name() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def find_commit() -> str | None:
    """Return the commit of this checkout, with a plus where files differ from it; None where there is none."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(HERE), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", "..", *(f":!{name}" for name in MADE))
        return git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def digest(*contents: bytes) -> str:
    """Return the SHA-256 of some contents one after the other."""
    found = hashlib.sha256()
    for content in contents:
        found.update(content)
    return found.hexdigest()


def digest_folder(name: str) -> str:
    """Return the digest of a folder of the corpora."""
    folder = files("socialtext") / "corpora" / name
    return digest(*(path.read_bytes() for path in sorted(folder.iterdir(), key=lambda path: path.name)))


def digest_labelled() -> str:
    """Return the digest of what is labelled: the annotated articles and the passages."""
    articles = files("socialtext") / "corpora" / "articles.jsonl"
    return digest(articles.read_bytes(), digest_folder("passages").encode())
