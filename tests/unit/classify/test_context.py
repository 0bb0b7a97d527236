"""The context of units as the native loops reckon it, against whole arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext.classify._context import list_labels, read_places, take_rows, weigh_columns
from socialtext.classify.themes import N_THEMES, Margins, Passage, advice_context, expit, theme_context

units = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["alone", "item", "introduction"]), st.integers(0, 40)),
    min_size=1,
    max_size=9,
)


def place(descriptions):
    """Passages whose sections and lists are runs, as on a page."""
    passages, section, run, kind_before = [], 0, -1, "alone"
    for new_section, kind, n_words in descriptions:
        section += new_section
        run += kind != "alone" and kind_before == "alone"
        passages.append(
            Passage("kata \u2003" * n_words, "", section, -1 if kind == "alone" else run, kind == "introduction")
        )
        kind_before = kind
    return passages


def sums(values, keys):
    keys = np.array(keys)
    return np.array([values[keys == key].sum(axis=0) for key in keys])


def neighbour_means(values):
    n = len(values)
    return np.array(
        [np.mean([values[k] for k in (at - 1, at + 1) if 0 <= k < n] or [values[at]], axis=0) for at in range(n)]
    )


def log_odds(sums_of_others, size):
    share = (sums_of_others + 0.5) / (size - 1 + 2.5)
    return np.log(share / (1 - share))


def best_other(values):
    return np.array([[max(np.delete(row, theme)) for theme in range(N_THEMES)] for row in values])


@settings(max_examples=150)
@given(units, st.integers(0, 99))
def test_columns_are_those_of_whole_arrays(descriptions, seed):
    passages = place(descriptions)
    chance = np.random.default_rng(seed)
    n = len(passages)
    margins = Margins(*(chance.normal(size=(n, N_THEMES + 1)) * 3 for _ in range(3)))
    above = chance.normal(size=(n, N_THEMES + 1))
    net = chance.normal(size=(n, N_THEMES))
    themes, advice = margins.whole[:, :N_THEMES], margins.whole[:, N_THEMES]
    sections, lists = [p.section for p in passages], [p.run for p in passages]
    in_list = np.array([p.run >= 0 for p in passages])
    is_item = in_list & np.array([not p.introduces_list for p in passages])
    size = sums(np.ones((n, 1)), sections)
    of_section = sums(themes, sections) / size
    short = np.array([[max(0.0, 1 - len(p.text.split()) / 25)] for p in passages])
    shares = expit(themes)
    of_page = log_odds(shares.sum(axis=0) - shares, n)
    expected = [
        themes,
        neighbour_means(themes),
        of_section,
        above[:, :N_THEMES],
        (sums(themes, lists) / sums(np.ones((n, 1)), lists) - themes) * in_list[:, None],
        best_other(themes),
        short * of_section,
        log_odds(sums(shares, sections) - shares, size),
        margins.strongest[:, :N_THEMES],
        margins.first[:, :N_THEMES],
        of_page,
        best_other(of_page),
        short * of_page,
        shares,
        expit(margins.strongest[:, :N_THEMES]),
        expit(above[:, :N_THEMES]),
        expit(best_other(themes)),
        net,
        best_other(net),
        expit(net),
    ]
    assert np.allclose(theme_context(passages, margins, above, net), np.stack(expected, axis=2))
    expected = [
        advice,
        margins.strongest[:, N_THEMES],
        neighbour_means(advice),
        sums(advice, sections) / size[:, 0],
        np.full(n, advice.mean()),
        (sums(advice * is_item, lists) / np.maximum(1, sums(is_item.astype(float), lists)) - advice) * in_list,
        in_list,
        (np.arange(n) == 0) & (n > 1),
        np.log([1 + len(p.text.split()) for p in passages]),
        above[:, N_THEMES],
    ]
    assert np.allclose(advice_context(passages, margins, above), np.stack(expected, axis=1))


def test_probabilities_are_those_of_a_logistic_regression():
    columns = np.random.default_rng(1).normal(size=(5, 3))
    weights = np.array([1.0, -40.0, 0.5])
    assert np.allclose(weigh_columns(columns, weights, 0.25), expit(columns @ weights + 0.25))


def test_weights_of_other_columns_are_refused():
    with pytest.raises(ValueError, match="2 weights for 3 columns"):
        weigh_columns(np.zeros((1, 3)), np.zeros(2), 0.0)


def test_a_passage_outside_any_document_has_no_context():
    margins = Margins(*(np.zeros((1, N_THEMES + 1)) for _ in range(3)))
    with pytest.raises(ValueError, match="no section"):
        theme_context(
            [Passage("kata", "", -1, -1, False)], margins, np.zeros((1, N_THEMES + 1)), np.zeros((1, N_THEMES))
        )


def test_rows_are_taken_and_zeros_where_there_is_none():
    margins = np.arange(6.0).reshape(3, 2)
    assert take_rows(margins, [2, -1, 0]).tolist() == [[4.0, 5.0], [0.0, 0.0], [0.0, 1.0]]
    with pytest.raises(IndexError, match="no row 3"):
        take_rows(margins, [3])


@settings(max_examples=100)
@given(st.lists(st.lists(st.sampled_from([0.1, 0.4, 0.5, 0.9]), min_size=5, max_size=5), max_size=4), units)
def test_a_unit_has_the_themes_that_reach_their_thresholds_the_strongest_first(rows, descriptions):
    passages = (place(descriptions) * 4)[: len(rows)]
    names, thresholds = ("a", "b", "c", "d"), [0.4, 0.5, 0.1, 0.6, 0.5]
    columns = list_labels(
        [score for row in rows for score in row[:4]],
        [row[4] for row in rows],
        thresholds,
        names,
        read_places(passages) if rows else None,
    )
    for passage, row, themes, scores, advice, advice_score in zip(passages, rows, *columns, strict=True):
        if passage.introduces_list:
            assert (themes, set(scores.values()), advice, advice_score) == ((), {0.0}, False, 0.0)
            continue
        chosen = [at for at in range(4) if row[at] >= thresholds[at]]
        assert themes == tuple(names[at] for at in sorted(chosen, key=row.__getitem__, reverse=True))
        assert scores == dict(zip(names, row[:4], strict=True))
        assert (advice, advice_score) == (row[4] >= 0.5, row[4])


def test_scores_of_other_units_are_refused():
    with pytest.raises(ValueError, match="3 scores and 5 thresholds for 1 units"):
        list_labels([0.1] * 3, [0.1], [0.5] * 5, ("a", "b", "c", "d"))
