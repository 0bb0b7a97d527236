"""How alike two segmentations of the same sentences are: boundary similarity, P_k and WindowDiff.

Comes in: for each stretch of sentences the borders drawn between them, in gold and in prediction, as one truth value
a gap (n sentences have n - 1 gaps). Goes out: figures over all stretches together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Gaps = Sequence[bool]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Figures of borders; None where there is nothing to compare.

    Attributes
    ----------
    similarity : float or None, in [0, 1]
        Boundary similarity B; 1 is perfect.
    p_k, window_diff : float or None
        Share of wrong windows; 0 is perfect.
    """

    similarity: float | None
    p_k: float | None
    window_diff: float | None


def compare_boundaries(pairs: Sequence[tuple[Gaps, Gaps]]) -> Boundaries:
    """Compare (gold, predicted) borders of many stretches; each border, and each window, weighs alike."""
    errors = compared = 0.0
    wrong_k = wrong_difference = n_windows = 0
    for gold, predicted in pairs:
        error, n_borders = count_edits(gold, predicted)
        errors += error
        compared += n_borders
        size = window_size(gold)
        for at in range(len(gold) - size + 1):
            in_gold, in_predicted = sum(gold[at : at + size]), sum(predicted[at : at + size])
            wrong_k += (in_gold > 0) != (in_predicted > 0)
            wrong_difference += in_gold != in_predicted
            n_windows += 1
    return Boundaries(
        1.0 - errors / compared if compared else None,
        wrong_k / n_windows if n_windows else None,
        wrong_difference / n_windows if n_windows else None,
    )


def count_edits(gold: Gaps, predicted: Gaps) -> tuple[float, int]:
    """Return the weight of the edits between two segmentations and the number of borders compared.

    A border on one side only is one edit; a border that stands one gap away is half an edit. The boundary similarity
    is one minus their quotient.

    Source
    ------
    C. Fournier, Evaluating Text Segmentation using Boundary Edit Distance, ACL 2013, with n_t = 2.
    """
    missed = [at for at, (left, right) in enumerate(zip(gold, predicted, strict=True)) if left and not right]
    added = {at for at, (left, right) in enumerate(zip(gold, predicted, strict=True)) if right and not left}
    n_both = sum(map(bool, gold)) - len(missed)
    n_near = 0
    for at in missed:  # from left to right; each border takes part in one near miss
        near = next((other for other in (at - 1, at + 1) if other in added), None)
        if near is not None:
            added.discard(near)
            n_near += 1
    n_far = len(missed) - n_near + len(added)
    return n_far + 0.5 * n_near, n_both + n_near + n_far


def window_size(gold: Gaps) -> int:
    """Return half the mean length of the gold segments, at least 2.

    Source
    ------
    L. Pevzner and M. Hearst, A Critique and Improvement of an Evaluation Metric for Text Segmentation, 2002.
    """
    return max(2, round((len(gold) + 1) / (sum(map(bool, gold)) + 1) / 2))
