"""What the pages take from the library itself, so that it is written once.

``<!-- commands -->`` becomes the help of every command, ``<!-- steps -->`` the table of the steps and the profiles
that have them. The reference of the Python names shows the defaults of the signatures. The plots of the benchmarks are
shown from where they lie.
"""

import re
from pathlib import Path
from typing import Any

import griffe
from mkdocs.structure.files import File

PLOTS = Path(__file__).parents[1] / "benchmarks" / "plots"


def on_files(files: Any, config: Any) -> Any:
    """Add the plots to the pages, where the text of the benchmarks expects them."""
    for path in sorted(PLOTS.glob("*.svg")):
        files.append(File.generated(config, f"plots/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the places that a page leaves."""
    for place, write in {"<!-- commands -->": write_commands, "<!-- steps -->": write_steps}.items():
        if place in markdown:
            markdown = markdown.replace(place, write())
    return markdown


def write_commands() -> str:
    """Return a section for each command: its help, as the command prints it."""
    from typer.testing import CliRunner

    from socialtext.cli.app import app

    sections = []
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        result = CliRunner().invoke(app, [name, "--help"], prog_name="socialtext", env={"COLUMNS": "100"})
        if result.exit_code:
            raise RuntimeError(f"socialtext {name} --help failed: {result.output}")
        sections.append(f"## {name}\n\n```text\n{result.output.strip()}\n```\n")
    return "\n".join(sections)


def write_steps() -> str:
    """Return the table of the steps, in their order, with the languages in which each profile has them."""
    from socialtext.normalize.steps import PROFILES, STEPS, profile_steps
    from socialtext.types import LANGUAGES

    def languages(step: str, profile: str) -> str:
        have = [lang for lang in LANGUAGES if step in profile_steps(lang, profile)]
        return "all" if len(have) == len(LANGUAGES) else ", ".join(have) or "–"

    rows = [["step", "what", *(f"`{profile}`" for profile in PROFILES)], ["---"] * (2 + len(PROFILES))]
    for step, what in STEPS.items():
        what = re.sub(r"([|*_])", r"\\\1", what)
        rows.append([f"`{step}`", what, *(languages(step, profile) for profile in PROFILES)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


class SignatureDefaults(griffe.Extension):
    """Take the default of a parameter from the signature: of ``{"ar", "fa", "id"}`` the first is none."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Correct what was read from the docstrings of the public classes and functions."""
        for name in pkg.exports or ():
            documented = pkg[str(name)]
            documented = documented.final_target if documented.is_alias else documented
            self._correct(documented)
            for member in documented.members.values():
                if not member.is_alias:
                    self._correct(member)

    def _correct(self, documented: Any) -> None:
        if documented.docstring is None or not (documented.is_class or documented.is_function):
            return
        defaults = {parameter.name: parameter.default for parameter in documented.parameters}
        for section in documented.docstring.parsed:
            if section.kind is griffe.DocstringSectionKind.parameters:
                for parameter in section.value:
                    parameter.value = defaults.get(parameter.name.lstrip("*"), parameter.value)
