"""The command ``evaluate``."""

import json
import subprocess
import sys
from importlib.resources import files

CORPORA = files("socialtext") / "corpora"


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "socialtext", *map(str, arguments)], capture_output=True, text=True, encoding="utf-8"
    )


def test_a_table_and_one_json_object(tmp_path):
    gold, found = tmp_path / "gold.jsonl", tmp_path / "found.jsonl"
    lines = (CORPORA / "articles.jsonl").read_text(encoding="utf-8").split("\n")[:2]
    gold.write_text("\n".join(lines), encoding="utf-8")
    article = json.loads(lines[0])
    (tmp_path / f"{article['id']}.txt").write_text(article["text"], encoding="utf-8")
    assert run("process", tmp_path / f"{article['id']}.txt", "-o", found, "--records", "documents").returncode == 0
    table = run("evaluate", gold, found)
    assert table.returncode == 0
    assert "engagement" in table.stdout
    assert json.loads(lines[1])["id"] in table.stderr
    facts = json.loads(run("evaluate", gold, found, "--json").stdout)
    assert facts["missing"] == [json.loads(lines[1])["id"]]
    assert 0.5 < facts["all"]["sentence_f1"] < 1.0
    assert facts["all"]["n_documents"] == 2


def test_wrong_files_are_named_in_one_line(tmp_path):
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    result = run("evaluate", CORPORA / "articles.jsonl", tmp_path / "empty.jsonl")
    assert result.returncode == 1
    assert result.stderr.startswith("socialtext: ST330")
    assert "Traceback" not in result.stderr
