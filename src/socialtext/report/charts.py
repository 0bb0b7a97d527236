"""The charts of the report, drawn by Vega-Altair (extra ``report``) as SVG that stands in the page.

A drawing needs no script on the page and none of its policy. Its colours are variables of the page, so that it follows
light and dark; its figures are told in words to those who cannot see it.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from socialtext.errors import MissingExtraError
from socialtext.report.content import SCORE_BORDERS, WORD_BORDERS

if TYPE_CHECKING:
    import altair

LANGUAGE_NAMES: Final = {"ar": "Arabic", "fa": "Persian", "id": "Indonesian"}
NO_THEME: Final = "No theme"
WIDTH: Final = 330  # points, as the narrowest phone shows; the page scales it up
ROW: Final = 24
# Tones in the style sheet.
N_THEME_TONES: Final = 6
N_LANGUAGE_TONES: Final = 3
STYLE: Final = {
    "font": "system-ui, sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor", "titleColor": "currentColor", "titleFontWeight": "normal", "labelFontSize": 11,
        "titleFontSize": 11, "gridColor": "var(--line)", "domainColor": "var(--soft)", "tickColor": "var(--soft)",
    },
    "legend": {"labelColor": "currentColor", "title": None, "orient": "top", "labelFontSize": 11, "columns": 3},
}  # fmt: skip

Rows = list[dict[str, Any]]


class _Chart(NamedTuple):
    title: str
    hint: str
    figures: str
    drawing: "altair.Chart | altair.LayerChart"


def draw_charts(content: Mapping[str, Any]) -> str:
    """Return the charts of a content (see `build_content`) as figures for the page; none of an empty corpus.

    Raises
    ------
    MissingExtraError
        ST604 Altair is not installed.
    """
    try:
        import altair  # noqa: F401
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("ST604", "charts need Vega-Altair: pip install 'socialtext[report]'") from error
    totals = content["totals"]
    if not any(own["units"] for own in totals.values()):
        return ""
    themes = [theme.replace("_", " ") for theme in content["themes"]]
    charts = [
        _draw_shares(totals, themes),
        _draw_bins(totals, "words", WORD_BORDERS, "Length of the units", "Units by their number of words.", "words"),
        _draw_bins(
            totals,
            "surest",
            SCORE_BORDERS,
            "How sure the classifier is",
            "Where many units are in the middle, read some of them before you count.",
            "probability of the likeliest theme, in percent from",
        ),
        *([_draw_pairs(totals, themes)] if len(themes) > 1 else []),
    ]
    return "\n".join(
        _FIGURE.format(
            title=escape(chart.title),
            hint=escape(chart.hint),
            figures=escape(chart.figures, quote=True),
            drawing=vl_convert.vegalite_to_svg(chart.drawing.to_dict() | {"config": STYLE}),
        )
        for chart in charts
    )


_FIGURE: Final = """\
<figure class="card">
  <figcaption><h3>{title}</h3><p class="hint">{hint}</p></figcaption>
  <div class="drawing" role="img" aria-label="{figures}">{drawing}</div>
</figure>"""


def _draw_shares(totals: Mapping[str, Any], themes: Sequence[str]) -> _Chart:
    import altair as alt

    names = [*themes, NO_THEME]
    rows = [
        {"language": _language(lang), "theme": name, "place": place, "labels": n}
        for lang, own in totals.items()
        for place, (name, n) in enumerate(zip(names, own["themes"], strict=True))
    ]
    tones = [*(f"var(--t{at % N_THEME_TONES})" for at in range(len(themes))), "var(--none-tint)"]
    drawing = (
        _chart(rows, height=ROW * len(totals))
        .mark_bar(aria=False)
        .encode(
            x=alt.X("labels:Q", stack="normalize", axis=alt.Axis(format="%", title=None, tickCount=5)),
            y=alt.Y("language:N", sort=None, title=None),
            color=alt.Color("theme:N", scale=alt.Scale(domain=names, range=tones)),
            order="place:O",
        )
    )
    figures = "; ".join(f"{row['language']}, {row['theme']}: {row['labels']}" for row in rows)
    return _Chart("Themes in each language", "Share of the labels of its units.", figures, drawing)


def _draw_bins(
    totals: Mapping[str, Any], column: str, borders: Sequence[int], title: str, hint: str, axis: str
) -> _Chart:
    """Return columns of units, one a bin, the languages one above the other."""
    import altair as alt

    starts = (0, *borders)
    names = [*(f"{start}–{end - 1}" for start, end in pairwise(starts)), f"{borders[-1]}+"]
    rows = [
        {"language": _language(lang), "bin": name, "units": n}
        for lang, own in totals.items()
        for name, n in zip(names, own[column], strict=True)
    ]
    languages = [_language(lang) for lang in totals]
    tones = [f"var(--l{at})" if at < N_LANGUAGE_TONES else "var(--none)" for at in range(len(languages))]
    label = "datum.label" if len(names) < 8 else "split(datum.label, '–')[0]"  # of so many bins, room for the start
    drawing = (
        _chart(rows, height=6 * ROW)
        .mark_bar(aria=False)
        .encode(
            x=alt.X("bin:O", sort=names, title=axis, axis=alt.Axis(labelAngle=0, labelExpr=label)),
            y=alt.Y("units:Q", title=None, axis=alt.Axis(tickCount=4)),
            color=alt.Color("language:N", scale=alt.Scale(domain=languages, range=tones)),
        )
    )
    figures = "; ".join(f"{row['language']}, {row['bin']}: {row['units']} units" for row in rows)
    return _Chart(title, hint, f"{axis}: {figures}", drawing)


def _draw_pairs(totals: Mapping[str, Any], themes: Sequence[str]) -> _Chart:
    import altair as alt

    pairs = [[sum(own["pairs"][one][other] for own in totals.values()) for other in range(len(themes))]
             for one in range(len(themes))]  # fmt: skip
    rows = [
        {"one": themes[one], "other": themes[other], "units": pairs[one][other]}
        for one in range(len(themes))
        for other in range(len(themes))
        if one != other
    ]
    most = max(row["units"] for row in rows)
    base = _chart(rows, height=ROW * len(themes)).encode(
        x=alt.X(
            "one:N", sort=list(themes), title=None, axis=alt.Axis(labelAngle=0, labelExpr="split(datum.label, ' ')")
        ),
        y=alt.Y("other:N", sort=list(themes), title=None),
    )
    drawing = base.mark_rect(color="var(--l1)", aria=False).encode(
        opacity=alt.Opacity("units:Q", scale=alt.Scale(domain=[0, max(most, 1)], range=[0.06, 0.6]), legend=None)
    ) + base.mark_text(color="currentColor", aria=False).encode(text="units:Q")
    figures = "; ".join(f"{row['one']} and {row['other']}: {row['units']}" for row in rows if row["one"] < row["other"])
    return _Chart("Themes that meet", "Units that are about both.", figures, drawing)


def _chart(rows: Rows, *, height: int) -> "altair.Chart":
    import altair as alt

    return alt.Chart(alt.InlineData(rows)).properties(width=WIDTH, height=height)


def _language(lang: str) -> str:
    return LANGUAGE_NAMES.get(lang, lang)
