"""Make the tables and plots of ``README.md`` from what is kept in ``results/``.

Between ``<!-- results: NAME -->`` and ``<!-- end -->`` stands what the tables of NAME say, and nothing else does.
Plots lie in ``plots/``, as PNG and SVG; each carries the digest of the figures it was drawn from.
"""

import json
import re

from benchmarks import runner
from benchmarks.data import SOURCES
from benchmarks.facts import digest
from benchmarks.tables import Table

README = runner.HERE / "README.md"
PLOTS = runner.HERE / "plots"
PLACE_RE = re.compile(r"(<!-- results: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# A card of its own colour can be read on a dark page and on a light one.
STYLE = {
    "figure.facecolor": "#fbfaf7",
    "axes.facecolor": "#fbfaf7",
    "savefig.facecolor": "#fbfaf7",
    "text.color": "#22262b",
    "axes.labelcolor": "#22262b",
    "axes.edgecolor": "#6a7078",
    "xtick.color": "#22262b",
    "ytick.color": "#22262b",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "socialtext",
    "legend.framealpha": 0.6,
}
SIZE = (10.5, 4.6)


def render() -> None:
    """Write the plots, then the tables."""
    results = runner.read_results()
    for name, result in results.items():
        if hasattr(runner.load_benchmark(name), "draw"):
            write_plot(name, result)
    README.write_text(fill(README.read_text(encoding="utf-8"), results), encoding="utf-8")


def fill(text: str, results: dict[str, runner.Result]) -> str:
    """Return a text with every place filled anew; each result must have one, and the other way round."""
    places = [match[2] for match in PLACE_RE.finditer(text)]
    if sorted(places) != sorted([*results, "sources"]):
        raise SystemExit(f"README.md has places for {sorted(places)}, kept are sources and {sorted(results)}")
    return PLACE_RE.sub(lambda match: f"{match[1]}\n{write_place(match[2], results)}\n{match[3]}", text)


def write_place(name: str, results: dict[str, runner.Result]) -> str:
    """Return what stands in one place."""
    if name == "sources":
        rows = [
            (f"[{source.name}]({source.fetch})", source.project, source.licence, f"`{source.sha256[:16]}…`")
            for source in SOURCES.values()
        ]
        return str(Table("Public data", ("file", "project", "licence", "SHA-256 of the sentences"), rows))
    result = results[name]
    plot = f"![{name}](plots/{name}.svg)\n\n" if hasattr(runner.load_benchmark(name), "draw") else ""
    return plot + runner.write_tables(result)


def write_plot(name: str, result: runner.Result) -> None:
    """Draw the plot of a benchmark, the same bytes for the same figures."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with pyplot.rc_context(STYLE):
        figure = pyplot.figure(figsize=SIZE, layout="constrained")
        runner.load_benchmark(name).draw(result["figures"], figure)
        figure.suptitle(f"{name}: {result['date']}, commit {result['commit']}, {result['cpu']}", fontsize=8)
        PLOTS.mkdir(exist_ok=True)
        source = digest_figures(result)
        figure.savefig(PLOTS / f"{name}.svg", metadata={"Description": source, "Date": None, "Creator": None})
        figure.savefig(PLOTS / f"{name}.png", dpi=120, metadata={"Description": source, "Software": None})
        pyplot.close(figure)


def digest_figures(result: runner.Result) -> str:
    """Return the digest of a result, which its plots carry."""
    return digest(json.dumps(result, sort_keys=True, ensure_ascii=False).encode())


def read_plot_digests(name: str) -> set[str]:
    """Return the digests that the plots of a benchmark carry."""
    contents = [(PLOTS / f"{name}.{ending}").read_bytes() for ending in ("svg", "png")]
    return {match[0].decode() for content in contents if (match := re.search(rb"[0-9a-f]{64}", content))}
