"""The native loops of the rows give what plain Python gives."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from socialtext.io._rows import round_score, weigh_row

SCORES = st.one_of(
    st.floats(0, 1),
    st.floats(allow_nan=False),
    # Halves of the last digit, and their neighbours.
    st.builds(lambda k, step: (k + 0.5) / 10_000 + step * 2**-54, st.integers(0, 9_999), st.integers(-3, 3)),
)


@settings(max_examples=2000)
@given(SCORES)
@example(-0.0)
@example(1)
def test_a_score_is_rounded_as_python_rounds_it(score):
    assert repr(round_score(score)) == repr(round(score, 4))


def test_a_row_weighs_its_characters_and_its_items():
    row = {"text": "kata", "themes": ["data", "engagement"], "score": 0.5, "heading": None}
    assert weigh_row(row, 200) == 200 + 4 + 2 * 200
