"""Released models: what was written is what is read."""

import numpy as np
import pytest

from socialtext.errors import ModelError
from socialtext.models import LEXICON_FORMAT, pack_lines, read_lexicon, unpack_lines, write_arrays

ARRAYS = {
    "words": pack_lines(["کتاب", "خانه"]),
    "words_counts": np.array([70_000, 1], dtype=np.uint32),
    "weights": np.array([0.263, -0.1]),
    "empty": np.array([], dtype=np.uint32),
}


@pytest.mark.parametrize("packed", [True, False])
def test_a_lexicon_is_read_as_it_was_written(tmp_path, packed):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS, packed=packed)
    info, arrays = read_lexicon(tmp_path)
    assert info["name"] == "test"
    assert unpack_lines(arrays["words"]) == ["کتاب", "خانه"]
    assert {name: list(values) for name, values in arrays.items()} == {
        name: values.tolist() for name, values in ARRAYS.items()
    }
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as archive:
        assert archive["words_counts"].tolist() == [70_000, 1]


def test_weights_of_another_model_are_refused(tmp_path):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS)
    weights = tmp_path / "weights.npz"
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(ModelError, match="ST503"):
        read_lexicon(tmp_path)
