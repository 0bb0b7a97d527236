"""``info``: what is installed."""

import json
import platform
from importlib.metadata import version
from typing import Annotated, Any

import typer

from socialtext.types import LANGUAGES

PACKAGES = ("socialtext", "numpy", "pyarrow", "py3langid")


def info(json_: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False) -> None:
    """Show versions, models with their digests, and languages."""
    from socialtext.models import describe_models
    from socialtext.normalize._kernel import unicode_version

    models = describe_models()
    facts: dict[str, Any] = {
        "python": platform.python_version(),
        "unicode": unicode_version,
        "packages": {name: version(name) for name in PACKAGES},
        "languages": list(LANGUAGES),
        "models": models,
    }
    if json_:
        typer.echo(json.dumps(facts, indent=1))
        return
    typer.echo(f"Python {facts['python']}, Unicode {facts['unicode']}")
    typer.echo("packages   " + ", ".join(f"{name} {number}" for name, number in facts["packages"].items()))
    typer.echo("languages  " + ", ".join(LANGUAGES))
    for name, model in models.items():
        typer.echo(f"model      {name} {model['version']}, sha256 {model['sha256']}")
