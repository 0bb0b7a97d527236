"""Runs of many shards on the command line: which engine does them, how far they are, how they are gone on with."""

import os
from dataclasses import dataclass
from typing import Any, Final

from socialtext.cli.console import RunReport, fail
from socialtext.cli.run import fail_empty
from socialtext.engines.local import InlineEngine, LocalEngine
from socialtext.engines.run import Engine, Run, RunFolder, describe_run
from socialtext.engines.shard import Job
from socialtext.errors import SocialtextError
from socialtext.io.sources import count_stored_bytes

# A shard takes a share of the input, so that all workers have some of a small one and end at about the same time; each
# costs some 20 ms.
SHARE: Final = 16
LEAST_BYTES: Final = 1_000_000
MOST_BYTES: Final = 16_000_000


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user asked for."""

    sources: list[str]
    output: str
    rejects: str | None
    job: Job
    shard_bytes: int | None
    resume: bool
    engine: str
    n_workers: int | None
    timeout_s: float
    log_json: bool


def run_shards(options: RunOptions) -> tuple[dict[str, Any], list[list[dict[str, Any]]]]:
    """Do a run, report, and return its summary and the units to be shown."""
    from socialtext.cli import Interrupted

    job, output = options.job, options.output
    n_workers = options.n_workers or count_cores()
    total = count_stored_bytes(options.sources)
    shard_bytes = options.shard_bytes or choose_shard_bytes(total)
    manifest = describe_run(options.sources, job, output, shard_bytes)
    files = RunFolder.of(output)
    files.start(manifest, resume=options.resume)
    run = Run(files, options.sources, job, shard_bytes)
    report = RunReport(total or None, "documents", log_json=options.log_json)
    try:
        with report, _open_engine(options, n_workers) as engine:
            for _ in run.process(engine, options.rejects):
                in_hand = engine.count_in_hand()
                report.skip(run.n_bytes_before, run.n_text_before)
                report.update(run.tally, in_hand=in_hand, n_done=min(total, run.n_bytes_done + in_hand[1]))
    except (Interrupted, KeyboardInterrupt):
        fail(f"interrupted: {_how_to_go_on(files)}")
    except SocialtextError as error:
        fail(f"{error}; {_how_to_go_on(files)}")
    except BaseException:
        files.stop()
        raise
    summary = report.summarize(run.tally)
    summary |= {"shards": run.n_shards, "engine": options.engine, "workers": n_workers, "run": manifest}
    if run.tally.n_records:
        files.finish(summary)
    else:
        files.discard()
        fail_empty("documents", output)
    return summary, run.tally.shown


def choose_shard_bytes(n_bytes: int) -> int:
    """Return how much of an input of a size a shard takes."""
    return min(max(n_bytes // SHARE, LEAST_BYTES), MOST_BYTES)


def _open_engine(options: RunOptions, n_workers: int) -> Engine:
    if options.engine == "inline":
        return InlineEngine(options.job)
    if options.engine == "local":
        return LocalEngine(options.job, n_workers=n_workers, timeout_s=options.timeout_s)
    from socialtext.engines.ray import RayEngine

    return RayEngine(options.job, n_workers=options.n_workers, timeout_s=options.timeout_s)


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _how_to_go_on(files: RunFolder) -> str:
    if files.stop():
        return f"what is done is kept in {files.folder}; the same command with --resume goes on from there"
    return "nothing was left under the name of the output"
