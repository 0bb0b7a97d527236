"""Which module may import which, and what importing costs."""

import ast
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

PACKAGE = Path(str(files("socialtext") / "types.py")).parent
# A module may import those of its own rank's row and of all rows below; the stages never import each other.
RANKS = {
    "cli": 6,
    "adapters": 6,
    "engines": 5,
    "report": 6,
    "training": 5,
    "evaluation": 5,
    "pipeline": 4,
    "io": 4,
    "language": 4,
    "normalize": 3,
    "segment": 3,
    "classify": 3,
    "cues": 2,
    "concepts": 2,
    "models": 2,
    "languages": 1,
    "_alignment": 0,
    "_concepts": 1,
    "_cues": 0,
    "_language": 0,
    "_values": 0,
    "batches": 0,
    "types": 0,
    "errors": 0,
}
STAGES = {"normalize", "segment", "classify"}
HEAVY = {"spacy", "sklearn", "scipy", "datasets", "ray", "pandas"}
MAY_BE_HEAVY = {"training", "adapters"}
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py", "generate_unicode_classes.py")
)


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    own = room(path)
    for name in imported(path):
        if not name.startswith("socialtext."):
            continue
        other = name.split(".")[1]
        assert RANKS[other] <= RANKS[own], f"{own} imports {other}"
        if own in STAGES and other != own:
            assert other not in STAGES, f"{own} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_training_adapters_and_the_ray_engine_import_the_heavy_libraries(path):
    is_ray = path.relative_to(PACKAGE) == Path("engines", "ray.py")
    if room(path) not in MAY_BE_HEAVY and path.name != "train.py" and not is_ray:
        assert not {name.split(".")[0] for name in imported(path)} & HEAVY


def test_importing_the_package_loads_nothing_heavy_and_no_adapter():
    heavy = {"numpy", "pyarrow", "rich", "typer", "regex", "hazm", "socialtext.adapters", *HEAVY}
    code = f"import sys, socialtext; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_public_names_are_there():
    import socialtext

    for name in socialtext.__all__:
        assert getattr(socialtext, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        socialtext.nonsense  # noqa: B018


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_who_only_normalizes_does_not_wait_for_numpy(lang):
    code = f"import sys, socialtext; socialtext.normalize('متن teks', lang={lang!r}); print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
