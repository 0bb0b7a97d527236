"""Throughput and memory of the whole pipeline and of each stage, on a generated corpus.

Figures: MB of text as UTF-8 per CPU second for each stage, in one process; for the command line by workers: wall
time, MB/s, MB per CPU second of all processes, the peak of their memory (shared pages counted once), and what a
single short document takes, which is start-up. ``--profile large`` is 1 million documents, about 1 GB.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_pipeline_throughput.corpus import write_corpus
from socialtext.errors import InputError
from socialtext.io.readers import ReadOptions, read_records
from socialtext.io.schema import Record, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter

N_DOCUMENTS = {"fast": 2_000, "regular": 20_000, "large": 1_000_000}
N_STAGE_DOCUMENTS = 2_000
TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def main(options: argparse.Namespace) -> None:
    """Print the tables, or one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = folder / "corpus.jsonl"
        n_documents = N_DOCUMENTS[options.profile]
        n_bytes = write_corpus(corpus, n_documents)
        stages = measure_stages(corpus, folder)
        single = folder / "single.txt"
        single.write_text("Balas setiap komentar pelanggan Anda di hari yang sama.", encoding="utf-8")
        start_up = min(measure_run([single], folder / "start", ())["seconds"] for _ in range(3))
        counts = sorted({1, 2, len(os.sched_getaffinity(0))})
        runs = [
            {"workers": count, **measure_run([corpus], folder / f"run-{count}", ("--workers", str(count)), n_bytes)}
            for count in counts
        ]
    facts = {
        "python": platform.python_version(), "socialtext": st.__version__, "machine": platform.machine(),
        "documents": n_documents, "mb": n_bytes / 1e6, "start_up_s": start_up, "stages": stages, "runs": runs,
    }  # fmt: skip
    if options.json:
        print(json.dumps(facts, indent=1))
        return
    print(f"{n_documents} documents, {n_bytes / 1e6:.1f} MB; one short document: {start_up:.2f} s\n")
    print(f"{'stage':22}{'MB/CPU s':>10}{'share':>8}")
    total = sum(stage["seconds"] for stage in stages)
    for stage in stages:
        print(f"{stage['stage']:22}{stage['mb_per_s']:10.2f}{stage['seconds'] / total:8.1%}")
    print(f"\n{'workers':>7}{'seconds':>9}{'MB/s':>7}{'MB/CPU s':>10}{'peak MiB':>10}{'largest process':>17}")
    for run in runs:
        print(
            f"{run['workers']:7}{run['seconds']:9.1f}{run['mb_per_s']:7.2f}{run['mb_per_cpu_s']:10.2f}"
            f"{run['peak_mib']:10.0f}{run['largest_mib']:17.0f}"
        )


def measure_stages(corpus: Path, folder: Path) -> list[dict[str, Any]]:
    """Return CPU seconds of each stage over the first documents, each stage with the results of those before it."""
    from socialtext import pipeline

    nlp = st.Pipeline("auto")
    seconds: dict[str, float] = {}

    def measure(name: str, run: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = run()
        seconds[name] = time.process_time() - start
        return result

    head = folder / "head.jsonl"
    with corpus.open("rb") as source, head.open("wb") as target:
        for _, line in zip(range(N_STAGE_DOCUMENTS), source, strict=False):
            target.write(line)
    for lang in ("ar", "fa", "id"):
        nlp("متن text teks 1", lang=lang)  # models are loaded before the clock starts
    records = measure("read", lambda: list(read_records([str(head)], ReadOptions())))
    texts = [record.text for record in records if isinstance(record, Record)]
    langs = measure("detect language", lambda: [detect(text) for text in texts])
    pairs = [(text, lang) for text, lang in zip(texts, langs, strict=True) if lang]
    structures = measure("segment", lambda: [pipeline._load_finder(lang).find(text) for text, lang in pairs])
    aligned = measure("normalize, aligned", lambda: [nlp._normalizers[lang].align(text) for text, lang in pairs])

    def classify() -> list[Any]:
        labels = []
        for (text, lang), structure in zip(pairs, structures, strict=True):
            passages = pipeline.build_passages(
                text, structure.blocks, [(unit.start, unit.end) for unit in structure.units]
            )
            labels.append(pipeline._load_scorer(lang).score_document(passages))
        return labels

    labels = measure("classify", classify)
    documents = measure(
        "build documents",
        lambda: [
            pipeline._build_document("d", lang, text, *rest)
            for (text, lang), *rest in zip(pairs, structures, aligned, labels, strict=True)
        ],
    )
    rows = measure("make rows", lambda: [list(unit_rows(document)) for document in documents])
    for suffix in (".jsonl", ".parquet"):
        measure(f"write {suffix}", lambda suffix=suffix: write(folder / f"rows{suffix}", rows))
    n_bytes = sum(len(text.encode()) for text in texts)
    return [
        {"stage": name, "seconds": value, "mb_per_s": n_bytes / 1e6 / max(value, 1e-6)}
        for name, value in seconds.items()
    ]


def detect(text: str) -> str | None:
    """Return the language of a text, or None where a run would reject it."""
    from socialtext.language import detect_language

    try:
        return detect_language(text)
    except InputError:
        return None


def write(path: Path, documents: Iterable[Iterable[dict[str, Any]]]) -> None:
    """Write the rows of documents."""
    with RecordWriter(str(path), unit_schema) as writer:
        for rows in documents:
            writer.write(rows)


def measure_run(sources: list[Path], output: Path, options: tuple[str, ...], n_bytes: int = 0) -> dict[str, float]:
    """Return time and memory of one run of the command line and of all its processes."""
    command = [sys.executable, "-m", "socialtext", "process", *map(str, sources), "-o", f"{output}.parquet", *options]
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    cpu: dict[int, float] = {}
    peak = largest = 0
    while process.poll() is None:
        sizes = []
        for pid in (process.pid, *find_descendants(process.pid)):
            try:
                fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
                memory = (PROC / str(pid) / "smaps_rollup").read_text()
            except OSError:
                continue  # it has just ended
            cpu[pid] = (int(fields[11]) + int(fields[12])) / TICKS
            shared = memory.partition("\nPss:")[2].split()  # none of a process that has just ended
            sizes.append(int(shared[0]) // 1024 if shared else 0)
        peak, largest = max(peak, sum(sizes)), max([largest, *sizes])
        time.sleep(0.05 if n_bytes == 0 else 0.25)
    seconds = time.perf_counter() - start
    error = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise SystemExit(error)
    total = sum(cpu.values())
    return {
        "seconds": seconds, "cpu_s": total, "mb_per_s": n_bytes / 1e6 / seconds,
        "mb_per_cpu_s": n_bytes / 1e6 / max(total, 1e-6), "peak_mib": peak, "largest_mib": largest,
    }  # fmt: skip


def find_descendants(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    found = []
    for task in (PROC / str(pid) / "task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *find_descendants(child)]
    return found
