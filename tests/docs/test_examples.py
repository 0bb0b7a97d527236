"""The examples of the documentation run as they are written, page by page.

The fenced blocks of a page run from top to bottom in an empty folder: ``sh`` in a shell, ``python`` in one namespace. A
comment after an expression that is itself an expression is what the expression gives; another comment is prose. A block
below ``<!-- not run: REASON -->`` is left out.
"""

import ast
import doctest
import importlib
import io
import os
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK_RE = re.compile(r"(<!-- not run: [^\n]+ -->\n)?^```(python|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = {path.relative_to(ROOT).as_posix(): BLOCK_RE.findall(path.read_text(encoding="utf-8")) for path in PAGES}
SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py"))}
DOCSTRINGS = [
    ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
    for path, source in SOURCES.items()
    if "\n    >>> " in source or "\n>>> " in source
]


def comments_of(code):
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def expected_value(comment):
    """Return the expression that a comment is, or None where it is prose."""
    try:
        return ast.unparse(ast.parse(comment, mode="eval"))
    except SyntaxError:
        return None


def run_python(code, namespace):
    """Run statements; return how many of them had a value to compare with."""
    comments = comments_of(code)
    n_compared = 0
    for statement in ast.parse(code).body:
        expected = expected_value(comments.get(statement.end_lineno, "no expression"))
        if isinstance(statement, ast.Expr) and expected is not None:
            value = eval(compile(ast.Expression(statement.value), "<example>", "eval"), namespace)
            assert ast.unparse(ast.parse(repr(value), mode="eval")) == expected, ast.unparse(statement)
            n_compared += 1
        else:
            exec(compile(ast.Module([statement], []), "<example>", "exec"), namespace)
    return n_compared


def run_shell(code, folder):
    """Run commands as a user with this very Python on the path."""
    programs = folder.parent / "bin"
    programs.mkdir(exist_ok=True)
    for name, command in {"python": "", "socialtext": "-m socialtext "}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {command}"$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code], cwd=folder, env=environment, capture_output=True, timeout=120
    )
    assert result.returncode == 0, result.stderr.decode()


@pytest.mark.parametrize("page", [page for page, blocks in EXAMPLES.items() if blocks])
def test_the_examples_of_a_page_run_as_written(page, tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    namespace = {"__name__": "example"}
    for left_out, language, code in EXAMPLES[page]:
        if left_out:
            continue
        if language == "sh":
            run_shell(code, folder)
        else:
            run_python(code, namespace)


@pytest.mark.parametrize("module", DOCSTRINGS)
def test_the_examples_of_docstrings_run_as_written(module):
    try:
        imported = importlib.import_module(module)
    except ImportError as error:
        pytest.skip(f"an extra is not installed: {error}")
    found = doctest.testmod(imported)
    assert found.attempted > 0
    assert found.failed == 0


def test_the_pages_have_examples_and_a_wrong_one_is_found(tmp_path):
    assert sum(len(blocks) for blocks in EXAMPLES.values()) >= 20
    assert run_python("1 + 1  # 2\nx = 3  # three\nx  # as it was", {}) == 1
    with pytest.raises(AssertionError, match="1 \\+ 1"):
        run_python("1 + 1  # 3", {})
    with pytest.raises(AssertionError, match="no-such-command"):
        run_shell("no-such-command", tmp_path)


def test_every_page_stands_in_the_navigation():
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:", 1)[1]
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in PAGES[1:]}
    assert pages == set(re.findall(r"\S+\.md", navigation))
