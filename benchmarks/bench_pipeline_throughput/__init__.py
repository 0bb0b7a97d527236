"""Throughput and memory of the whole pipeline and of each stage, on a generated corpus.

Figures: MB of text as UTF-8 per CPU second for each stage, in one process, over the first documents, most of whose
words it meets for the first time, and over as many that come later; for the command line by workers: wall time, MB/s,
MB per CPU second of all processes, the peak of their memory (shared pages counted once), and what each further MB
takes once all have started: the whole corpus less its first quarter. ``--profile large`` is 1 million documents, about
1 GB.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_pipeline_throughput.corpus import write_corpus
from benchmarks.clock import PROC, describe_rounds
from benchmarks.facts import digest
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits, speed
from socialtext import pipeline
from socialtext.io.readers import ReadOptions, read_records
from socialtext.io.schema import Record, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter
from socialtext.types import LANGUAGES

N_DOCUMENTS = {"fast": 20_000, "regular": 100_000, "large": 1_000_000}
N_STAGE_DOCUMENTS = 2_000
N_DOCUMENTS_BEFORE = 8_000
"""The documents that come later stand behind so many."""
STAGES = ("detect language", "normalize, aligned", "segment", "classify", "build documents")
"""Those of a pipeline, in order."""
N_ROUNDS = 3
QUARTER = 4
N_LOOKS_MEMORY = 5
"""Memory is looked at every so many looks: that takes milliseconds of a core which the workers want."""
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
        quarter = folder / "quarter.jsonl"
        n_bytes_quarter = copy_lines(corpus, quarter, n_documents // QUARTER)
        load = os.getloadavg()[0]
        counts = sorted({1, 2, len(os.sched_getaffinity(0))})
        rounds: dict[int, list[tuple[Figures, Figures]]] = {count: [] for count in counts}
        for _ in range(N_ROUNDS if n_documents < N_DOCUMENTS["large"] else 1):
            for count, found in rounds.items():
                workers = ("--workers", str(count))
                found.append(
                    (
                        measure_run([quarter], folder / f"quarter-{count}", workers),
                        measure_run([corpus], folder / f"run-{count}", workers),
                    )
                )
        content = corpus.read_text(encoding="utf-8")
        n_code_points, corpus_digest = len(content), digest(content.encode())
    return {
        "documents": n_documents,
        "mb": n_bytes / 1e6,
        "corpus_sha256": corpus_digest,
        "load": load,
        "cores": len(os.sched_getaffinity(0)),
        "stages": stages,
        "runs": [
            describe_run(count, found, n_bytes, n_bytes_quarter, n_code_points) for count, found in rounds.items()
        ],
        "as_released": as_released(*(f"pipeline {lang}" for lang in LANGUAGES)),
    }


def copy_lines(source: Path, target: Path, n_lines: int) -> int:
    """Copy the first lines of a file; return their size in bytes."""
    with source.open("rb") as lines, target.open("wb") as copy:
        copy.writelines(islice(lines, n_lines))
    return target.stat().st_size


def describe_run(
    n_workers: int, rounds: list[tuple[Figures, Figures]], n_bytes: int, n_bytes_quarter: int, n_code_points: int
) -> Figures:
    """Return the figures of the command line with a number of workers, from runs over a quarter and over all."""
    whole = [run for _, run in rounds]
    times = [[run[name] for run in whole] for name in ("cpu_s", "wall_s")]
    further = {
        name: statistics.median(run[name] - first[name] for first, run in rounds) for name in ("cpu_s", "wall_s")
    }
    n_further = n_bytes - n_bytes_quarter
    start_up = {
        name: statistics.median(run[name] for run in whole) - further[name] * n_bytes / n_further for name in further
    }
    peaks = {name: max(run[name] for run in whole) for name in ("peak_mib", "largest_mib")}
    return {
        "workers": n_workers,
        **describe_rounds(*times, n_bytes, n_code_points),
        **peaks,
        "further_mb_per_cpu_s": n_further / 1e6 / further["cpu_s"],
        "further_mb_per_s": n_further / 1e6 / further["wall_s"],
        "start_up_cpu_s": start_up["cpu_s"],
        "start_up_s": start_up["wall_s"],
    }


def measure_stages(corpus: Path, folder: Path) -> list[Figures]:
    """Return CPU seconds of each stage over the first documents and over later ones, with the results of those before.

    Models are loaded before the clock starts; words are not yet known.
    """
    nlp = st.Pipeline("auto")
    for lang, text in (("ar", "نص قصير هنا"), ("fa", "یک متن کوتاه"), ("id", "sebuah teks pendek")):
        nlp(text)
        nlp(text, lang=lang)
    write(folder / "warm-up.parquet", [unit_rows(nlp("sebuah teks pendek", id="d"))])
    n_before = N_DOCUMENTS_BEFORE
    copy_lines(corpus, folder / "head.jsonl", n_before + N_STAGE_DOCUMENTS)
    records = list(read_records([str(folder / "head.jsonl")], ReadOptions()))
    first = measure_pass(nlp, records[:N_STAGE_DOCUMENTS], folder)
    between = records[N_STAGE_DOCUMENTS:n_before]
    pipeline.run_stages(nlp, [pipeline.Task(record.text) for record in between if isinstance(record, Record)])
    later = measure_pass(nlp, records[n_before:], folder)
    return [{"stage": name, "first": first[name], "later": later[name]} for name in first]


def measure_pass(nlp: st.Pipeline, records: list[Any], folder: Path) -> dict[str, Figures]:
    """Return CPU seconds and MB per CPU second of each stage over documents, one pass."""
    seconds: dict[str, float] = {}

    def clock(name: str, run: Callable[[], Any]) -> Any:
        gc.collect()  # what earlier stages have left is none of this one's
        start = time.process_time()
        result = run()
        seconds[name] = time.process_time() - start
        return result

    texts = [record.text for record in records if isinstance(record, Record)]
    source = folder / "records.jsonl"
    source.write_text(
        "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), encoding="utf-8"
    )
    clock("read", lambda: deque(read_records([str(source)], ReadOptions()), maxlen=0))
    tasks = [pipeline.Task(text, "d") for text in texts]
    for name, stage in zip(STAGES, nlp._stages(), strict=True):
        clock(name, lambda stage=stage: pipeline._run_stage(stage, tasks))
    documents = [task.document for task in tasks]
    rows = clock("make rows", lambda: [list(unit_rows(document)) for document in documents])
    for suffix in (".jsonl", ".parquet"):
        clock(f"write {suffix}", lambda suffix=suffix: write(folder / f"rows{suffix}", rows))
    n_bytes = sum(len(text.encode()) for text in texts)
    return {name: {"cpu_s": value, "mb_per_s": n_bytes / 1e6 / max(value, 1e-6)} for name, value in seconds.items()}


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
    peak = largest = n_looks = 0
    while process.poll() is None:
        sizes = []
        n_looks += 1
        for pid in (process.pid, *find_descendants(process.pid)):
            try:
                fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
                cpu[pid] = (int(fields[11]) + int(fields[12])) / TICKS
                if n_looks % N_LOOKS_MEMORY:
                    continue
                memory = (PROC / str(pid) / "smaps_rollup").read_text()
            except OSError:
                continue  # it has just ended
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
    one = figures["runs"][0]
    counted = {"as_released": figures["as_released"]}
    runs = [
        (
            str(run["workers"]),
            digits(run["wall_s"]),
            speed({"mb_per_s": figures["mb"] / run["wall_s"], **counted}),
            speed({**run, **counted}),
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
    note = (
        f"load of the machine before the runs: {figures['load']:.1f} on {figures['cores']} cores; what others take of "
        "them makes wall times longer and says nothing of more workers"
    )
    further = [
        (
            str(run["workers"]),
            digits(run["start_up_s"]),
            digits(run["start_up_cpu_s"]),
            speed({"mb_per_s": run["further_mb_per_s"], **counted}),
            speed({"mb_per_s": run["further_mb_per_cpu_s"], **counted}),
            digits(one["wall_s"] / run["wall_s"]),
            digits(run["further_mb_per_s"] / one["further_mb_per_s"]),
        )
        for run in figures["runs"]
    ]
    totals = {part: sum(stage[part]["cpu_s"] for stage in figures["stages"]) for part in ("first", "later")}
    stages = [
        (
            stage["stage"],
            *(
                cell
                for part, total in totals.items()
                for cell in (digits(stage[part]["mb_per_s"]), f"{stage[part]['cpu_s'] / total:.1%}")
            ),
        )
        for stage in figures["stages"]
    ]
    return [
        Table(title, columns, runs, [note]),
        Table(
            "Start-up, and what each further MB takes: the whole less its first quarter",
            (
                "workers",
                "start-up, s",
                "start-up, CPU s",
                "further MB/s",
                "further MB/CPU s",
                "× one worker",
                "× one worker, further MB",
            ),
            further,
        ),
        Table(
            f"Stages over the first {N_STAGE_DOCUMENTS:,} documents, and over as many behind {N_DOCUMENTS_BEFORE:,}",
            ("", "first, MB/CPU s", "share", "later, MB/CPU s", "share"),
            stages,
        ),
    ]


def draw(figures: Figures, figure: Any) -> None:
    """Draw where the time goes."""
    axes = figure.subplots()
    names = [stage["stage"] for stage in figures["stages"]]
    for at, (part, label) in enumerate((("first", "first documents"), ("later", "later documents"))):
        places = [place + (at - 0.5) * 0.4 for place in range(len(names))]
        axes.barh(places, [stage[part]["cpu_s"] for stage in figures["stages"]], 0.38, label=label)
    axes.set(xlabel=f"CPU seconds over {N_STAGE_DOCUMENTS:,} documents", yticks=range(len(names)), yticklabels=names)
    axes.invert_yaxis()
    axes.legend()
