"""Throughput and memory of the whole pipeline and of each stage, on a generated corpus.

Figures: MB of text as UTF-8 per CPU second for each stage, in one process; for the command line by workers: wall
time, MB/s, MB per CPU second of all processes, the peak of their memory (shared pages counted once), and what a
single short document takes, which is start-up. ``--profile large`` is 1 million documents, about 1 GB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_pipeline_throughput.corpus import write_corpus
from benchmarks.clock import PROC, describe_rounds
from benchmarks.facts import digest
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits, speed
from socialtext.errors import InputError
from socialtext.io.readers import ReadOptions, read_records
from socialtext.io.schema import Record, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter
from socialtext.types import LANGUAGES

N_DOCUMENTS = {"fast": 5_000, "regular": 20_000, "large": 1_000_000}
N_STAGE_DOCUMENTS = 2_000
N_ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return the figures of the stages and of the runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = folder / "corpus.jsonl"
        n_documents = N_DOCUMENTS[options.profile]
        n_bytes = write_corpus(corpus, n_documents)
        stages = measure_stages(corpus, folder)
        single = folder / "single.txt"
        single.write_text("Balas setiap komentar pelanggan Anda di hari yang sama.", encoding="utf-8")
        start_up = [measure_run([single], folder / "start", ())["wall_s"] for _ in range(3)]
        counts = sorted({1, 2, len(os.sched_getaffinity(0))})
        rounds: dict[int, list[Figures]] = {count: [] for count in counts}
        for _ in range(N_ROUNDS if n_documents < N_DOCUMENTS["large"] else 1):
            for count, found in rounds.items():
                found.append(measure_run([corpus], folder / f"run-{count}", ("--workers", str(count))))
        content = corpus.read_text(encoding="utf-8")
        n_code_points, corpus_digest = len(content), digest(content.encode())
    return {
        "documents": n_documents,
        "mb": n_bytes / 1e6,
        "corpus_sha256": corpus_digest,
        "start_up_s": start_up,
        "stages": stages,
        "runs": [describe_run(count, found, n_bytes, n_code_points) for count, found in rounds.items()],
        "as_released": as_released(*(f"pipeline {lang}" for lang in LANGUAGES)),
    }


def describe_run(n_workers: int, rounds: list[Figures], n_bytes: int, n_code_points: int) -> Figures:
    """Return the figures of the command line with a number of workers."""
    times = [[found[name] for found in rounds] for name in ("cpu_s", "wall_s")]
    peaks = {name: max(found[name] for found in rounds) for name in ("peak_mib", "largest_mib")}
    return {"workers": n_workers, **describe_rounds(*times, n_bytes, n_code_points), **peaks}


def measure_stages(corpus: Path, folder: Path) -> list[Figures]:
    """Return CPU seconds of each stage over the first documents, each stage with the results of those before it."""
    from socialtext import pipeline

    nlp = st.Pipeline("auto")
    seconds: dict[str, float] = {}

    def clock(name: str, run: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = run()
        seconds[name] = time.process_time() - start
        return result

    head = folder / "head.jsonl"
    with corpus.open("rb") as source, head.open("wb") as target:
        for _, line in zip(range(N_STAGE_DOCUMENTS), source, strict=False):
            target.write(line)
    for lang in LANGUAGES:
        nlp("متن text teks 1", lang=lang)  # models are loaded before the clock starts
    records = clock("read", lambda: list(read_records([str(head)], ReadOptions())))
    texts = [record.text for record in records if isinstance(record, Record)]
    langs = clock("detect language", lambda: [detect(text) for text in texts])
    pairs = [(text, lang) for text, lang in zip(texts, langs, strict=True) if lang]
    structures = clock("segment", lambda: [pipeline._load_finder(lang).find(text) for text, lang in pairs])
    aligned = clock("normalize, aligned", lambda: [nlp._normalizers[lang].align(text) for text, lang in pairs])

    def classify() -> list[Any]:
        labels = []
        for (text, lang), structure in zip(pairs, structures, strict=True):
            passages = pipeline.build_passages(
                text, structure.blocks, [(unit.start, unit.end) for unit in structure.units]
            )
            labels.append(pipeline._load_scorer(lang).score_document(passages))
        return labels

    labels = clock("classify", classify)
    documents = clock(
        "build documents",
        lambda: [
            pipeline._build_document("d", lang, text, *rest)
            for (text, lang), *rest in zip(pairs, structures, aligned, labels, strict=True)
        ],
    )
    rows = clock("make rows", lambda: [list(unit_rows(document)) for document in documents])
    for suffix in (".jsonl", ".parquet"):
        clock(f"write {suffix}", lambda suffix=suffix: write(folder / f"rows{suffix}", rows))
    n_bytes = sum(len(text.encode()) for text in texts)
    return [
        {"stage": name, "cpu_s": value, "mb_per_s": n_bytes / 1e6 / max(value, 1e-6)} for name, value in seconds.items()
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


def measure_run(sources: list[Path], output: Path, options: tuple[str, ...]) -> Figures:
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
        time.sleep(0.1)
    seconds = time.perf_counter() - start
    error = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise SystemExit(error)
    return {"wall_s": seconds, "cpu_s": sum(cpu.values()), "peak_mib": peak, "largest_mib": largest}


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


def tabulate(figures: Figures) -> list[Table]:
    """Return the tables of the runs and of the stages."""
    runs = [
        (
            str(run["workers"]),
            digits(run["wall_s"]),
            speed({"mb_per_s": figures["mb"] / run["wall_s"], "as_released": figures["as_released"]}),
            speed({**run, "as_released": figures["as_released"]}),
            digits(run["code_points_per_s"] / 1e6),
            f"{run['spread']:.0%}",
            f"{run['peak_mib']:.0f}",
            f"{run['largest_mib']:.0f}",
        )
        for run in figures["runs"]
    ]
    title = f"{figures['documents']:,} documents, {figures['mb']:.1f} MB, by `python -m socialtext process`"
    columns = (
        "workers", "seconds", "MB/s", "MB/CPU s", "M code points/CPU s", "spread", "peak MiB", "largest process MiB"
    )  # fmt: skip
    note = f"one short document, which is start-up: {min(figures['start_up_s']):.2f} s"
    total = sum(stage["cpu_s"] for stage in figures["stages"])
    stages = [
        (stage["stage"], digits(stage["mb_per_s"]), f"{stage['cpu_s'] / total:.1%}") for stage in figures["stages"]
    ]
    return [
        Table(title, columns, runs, [note]),
        Table(f"Stages over the first {N_STAGE_DOCUMENTS:,} documents, one pass", ("", "MB/CPU s", "share"), stages),
    ]


def draw(figures: Figures, figure: Any) -> None:
    """Draw where the time goes."""
    axes = figure.subplots()
    names = [stage["stage"] for stage in figures["stages"]]
    axes.barh(names, [stage["cpu_s"] for stage in figures["stages"]], color="C3")
    axes.set(xlabel=f"CPU seconds over the first {N_STAGE_DOCUMENTS:,} documents")
    axes.invert_yaxis()
