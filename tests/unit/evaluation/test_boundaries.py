"""Boundary similarity, P_k and WindowDiff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext.evaluation.boundaries import compare_boundaries, count_edits, window_size

GAPS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)


def gaps(*masses):
    """Borders of segments with so many sentences."""
    return [border for mass in masses for border in [*[False] * (mass - 1), True]][:-1]


@pytest.mark.parametrize(
    ("gold", "predicted", "similarity"),
    [
        ((2, 3, 6), (2, 3, 6), 1.0),
        ((2, 3, 6), (2, 9), 0.5),  # one of two borders missed
        ((2, 3, 6), (5, 6), 0.5),
        ((2, 3, 6), (2, 4, 5), 0.75),  # one is one sentence late
        ((2, 3, 6), (2, 5, 4), 1 / 3),  # two sentences late is no near miss
        ((2, 2, 2), (3, 1, 2), 0.75),
        ((5,), (2, 3), 0.0),
    ],
)
def test_boundary_similarity_of_worked_examples(gold, predicted, similarity):
    assert compare_boundaries([(gaps(*gold), gaps(*predicted))]).similarity == pytest.approx(similarity)


def masses(borders):
    sizes = [1]
    for border in borders:
        if border:
            sizes.append(1)
        else:
            sizes[-1] += 1
    return tuple(sizes)


@given(GAPS)
def test_boundary_similarity_equals_the_reference_implementation(pairs):
    segeval = pytest.importorskip("segeval")
    gold, predicted = [left for left, _ in pairs], [right for _, right in pairs]
    if not any(gold + predicted):
        return  # nothing to compare: the reference implementation knows no answer
    expected = float(segeval.boundary_similarity(masses(gold), masses(predicted)))
    found = compare_boundaries([(gold, predicted)]).similarity
    assert found == pytest.approx(expected)


@given(GAPS)
def test_boundary_similarity_is_symmetric_and_knows_the_equal(pairs):
    gold, predicted = [left for left, _ in pairs], [right for _, right in pairs]
    assert count_edits(gold, predicted) == count_edits(predicted, gold)
    assert count_edits(gold, gold) == (0.0, sum(gold))


def test_windows_of_a_missed_and_of_a_moved_border():
    gold = gaps(4, 4)  # windows of two gaps
    assert window_size(gold) == 2
    missed = compare_boundaries([(gold, gaps(8))])
    assert missed.p_k == missed.window_diff == pytest.approx(2 / 6)
    moved = compare_boundaries([(gold, gaps(5, 3))])
    assert moved.p_k == pytest.approx(2 / 6)
    doubled = compare_boundaries([(gold, gaps(4, 1, 3))])
    assert doubled.p_k == pytest.approx(1 / 6)
    assert doubled.window_diff == pytest.approx(2 / 6)


def test_stretches_are_pooled_and_nothing_to_compare_is_told():
    pair = gaps(2, 2), gaps(4)
    both = compare_boundaries([pair, (gaps(2, 2), gaps(2, 2))])
    assert both.similarity == pytest.approx(0.5)
    empty = compare_boundaries([])
    assert (empty.similarity, empty.p_k, empty.window_diff) == (None, None, None)
