"""The ratios that the normalizer aims at, from rows of the same group and round."""

import statistics
from collections.abc import Iterator
from typing import Any

from benchmarks.bench_normalize_speed.contest import Row
from benchmarks.bench_normalize_speed.data import SHORT
from socialtext.types import LANGUAGES

CALL_NS = 400
GAIN = 1.7
PEAK = 3
SHORT_GROUP = f"{SHORT} characters"

Way = tuple[str, str]
Target = dict[str, Any]


def check_rows(rows: list[Row]) -> list[Target]:
    """Return a target for each pair of ways that were both run."""
    found = {(row.group.name, row.contestant, row.way): row for row in rows if not row.unavailable}
    targets = []
    for group in dict.fromkeys(row.group.name for row in rows):
        for text, ours, other, wanted in iter_pairs(group):
            a, b = found.get((group, *ours)), found.get((group, *other))
            if a and b:
                ratio = statistics.median(a.ratios(b))
                targets.append(target(f"{group}: {text}", ratio, wanted, ratio >= wanted))
    for row in found.values():
        if SHORT_GROUP in row.group.name and row.contestant == "socialtext" and "standard" in row.way:
            text = f"{row.group.name}: {row.way}, ns a call, at most"
            targets.append(target(text, row.ns_per_call, CALL_NS, row.ns_per_call <= CALL_NS))
    return targets


def iter_pairs(group: str) -> Iterator[tuple[str, Way, Way, float]]:
    """Yield our way, the other one, and how many times as fast ours is to be."""
    lang = group[:2]
    plain = f"{lang} standard" if lang == "ar" else f"{lang} standard, no repairs"
    decode = ("python", "decode UTF-8")
    if SHORT_GROUP not in group:
        yield f"{plain} against decoding", ("socialtext", plain), decode, 1
        aligned = ("socialtext", f"{plain}, align")
        yield f"{plain}, align against normalize", aligned, ("socialtext", plain), 0.5
        if lang == "ar":
            for way in ("ar standard", "ar search"):
                yield f"{way} against arabic-norm", ("socialtext", way), ("arabic-norm", "default"), 1
            five = ("socialtext", "ar five folds")
            yield "ar five folds against arabic-norm's five", five, ("arabic-norm", "five folds"), 1.5
            yield "ar standard, align against araclean's", aligned, ("araclean", "default, offsets"), 200
            search = ("socialtext", "ar search, align")
            yield "ar search, align against araclean's", search, ("araclean", "search, offsets"), 200
        if lang == "fa":
            for way in (plain, "fa standard"):
                yield f"{way} against hazm", ("socialtext", way), ("hazm", "default"), 300


def check_scaling(lengths: list[dict[str, Any]], threads: list[dict[str, Any]]) -> list[Target]:
    """Return the targets of memory and threads, and how even the cost of a code point is from a thousand bytes on."""
    targets = []
    for lang in LANGUAGES:
        rows = [row for row in lengths if row["lang"] == lang]
        costs = [row["ns_per_code_point"] for row in rows if row["bytes"] >= 1000]
        worst = max(costs) / min(costs)
        targets.append(target(f"{lang}: dearest over cheapest code point, from 1 kB on, at most", worst, 2, worst <= 2))
        peaks = [row["peak_inputs"] for row in rows if "peak_inputs" in row]
        if peaks:
            text = f"{lang}: peak memory in inputs, the input itself included, below"
            targets.append(target(text, max(peaks), PEAK, max(peaks) < PEAK))
    for row in threads:
        if "gain" in row:
            text = f"{row['lang']}: two threads on an Arrow array against one"
            targets.append(target(text, row["gain"], GAIN, row["gain"] >= GAIN))
    return targets


def target(text: str, value: float, wanted: float, met: bool) -> Target:
    """Return one row."""
    return {"target": text, "value": value, "wanted": wanted, "met": met}
