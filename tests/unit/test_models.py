"""Released models: what was written is what is read."""

import hashlib
import json
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext.classify._features import FeatureWeights
from socialtext.errors import ModelError
from socialtext.models import (
    FORMAT,
    LEXICON_FORMAT,
    LinearModel,
    Names,
    NetModel,
    find_steps,
    load_lexicon,
    pack_lines,
    pack_names,
    read_lexicon,
    read_model,
    round_weights,
    unpack_lines,
    write_arrays,
    write_model,
)

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


@given(st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=150), unique=True))
def test_names_are_unpacked_as_they_were_packed(names):
    found = Names(pack_names(names))
    assert (len(found), dict(found)) == (len(names), {name: row for row, name in enumerate(names)})


@pytest.mark.parametrize("packed", ["!w:a", " w:a\n$w", "\tw:a", " w:a\n\n w:b"])
def test_names_that_share_more_than_there_is_are_refused(packed):
    with pytest.raises(ModelError, match="ST504"):
        list(Names(packed))
    with pytest.raises(ValueError, match="shares"):
        FeatureWeights(packed, np.ones(3), np.ones((3, 2)))


def replace_member(folder, name, data, compression=zipfile.ZIP_STORED):
    """Put other bytes into the archive of a model, whose digest is right again."""
    weights = folder / "weights.npz"
    with zipfile.ZipFile(weights) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(weights, "w", compression) as archive:
        for member, content in {**members, f"{name}.npy": data}.items():
            archive.writestr(member, content)
    info = json.loads((folder / "model.json").read_text())
    info["weights_sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    (folder / "model.json").write_text(json.dumps(info))


def as_npy(values, version=(1, 0)):
    part = BytesIO()
    np.lib.format.write_array(part, np.asarray(values), version=version)
    return part.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00" + 9 * b"(", as_npy([1.0, 1.0], version=(2, 0)), as_npy([1.0, 1.0])[:-4],
        as_npy(["a", "b"]), as_npy([1 + 1j, 1.0]), as_npy([[1.0, 1.0]]), as_npy([1.0]), as_npy(1.0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["intercepts", "idf"])
def test_a_model_with_a_broken_array_is_refused(tmp_path, name, data):
    write_model(tmp_path, {"classes": ["x", "y"]}, ["w:a", "w:b"], np.ones((2, 2)), np.zeros(2), idf=np.ones(2))
    replace_member(tmp_path, name, as_npy([1.0, 1.0]))
    assert read_model(tmp_path).weights.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    replace_member(tmp_path, name, data)
    with pytest.raises(ModelError, match="ST504"):
        read_model(tmp_path)


def test_an_archive_that_is_compressed_in_another_way_is_refused(tmp_path):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS)
    replace_member(tmp_path, "empty", as_npy(np.zeros(0, np.uint32)), zipfile.ZIP_BZIP2)
    with pytest.raises(ModelError, match="ST504"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize("largest", [np.array([1.0]), np.array([1.0, np.inf]), np.array(["a", "b"])])
def test_steps_without_a_scale_are_refused(tmp_path, largest):
    write_model(tmp_path, {"classes": ["x", "y"]}, ["w:a"], np.ones((1, 2)), np.zeros(2), steps=True)
    replace_member(tmp_path, "largest", as_npy(largest))
    with pytest.raises(ModelError, match="ST504"):
        read_model(tmp_path)


def test_weights_of_another_model_are_refused(tmp_path):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS)
    weights = tmp_path / "weights.npz"
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(ModelError, match="ST503"):
        read_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("names", "n_intercepts"), [(["w:a", "w:a"], 2), (["w:a"], 2), (["w:a", "w:b", "w:c"], 2), (["w:a", "w:b"], 1)]
)
def test_a_model_whose_arrays_do_not_fit_together_is_refused(tmp_path, names, n_intercepts):
    write_model(tmp_path, {"classes": ["x", "y"]}, names, np.ones((2, 2)), np.zeros(n_intercepts), idf=np.ones(2))
    with pytest.raises(ModelError, match="ST504"):
        read_model(tmp_path).index["w:a"]


def test_the_part_that_reads_what_stands_above_is_written_and_read(tmp_path):
    ones, zeros = np.ones((1, 2), np.float32), np.zeros(2, np.float32)
    above = LinearModel({}, ("x", "y"), Names(pack_names(["w:b"])), 2 * ones, zeros, np.full(1, 3.0, np.float32))
    write_model(tmp_path, {"classes": ["x", "y"]}, ["w:a"], ones, zeros, above=above)
    model = read_model(tmp_path)
    assert (list(model.index), model.weights.tolist()) == (["w:a"], [[1.0, 1.0]])
    assert (list(model.above.index), model.above.weights.tolist(), model.above.idf.tolist()) == (
        ["w:b"], [[2.0, 2.0]], [3.0],
    )  # fmt: skip


def chance_net(**other):
    chance = np.random.default_rng(0)
    parts = {
        "concepts": ("buy", "reply!", "shop", "post"),
        "idf": np.ones(4, np.float32),
        "hidden": round_weights(chance.normal(size=(3, 4, 5))),
        "hidden_bias": chance.normal(size=5).astype(np.float32),
        "output": chance.normal(size=(5, 2)).astype(np.float32),
        "output_bias": chance.normal(size=2).astype(np.float32),
    }
    return NetModel(**{**parts, **other})


def write_with_net(folder, net):
    ones, zeros = np.ones((1, 2), np.float32), np.zeros(2, np.float32)
    write_model(folder, {"classes": ["x", "y"]}, ["w:a"], ones, zeros, net=net, steps=True)


def test_the_net_is_written_and_read(tmp_path):
    net = chance_net()
    write_with_net(tmp_path, net)
    found = read_model(tmp_path).net
    assert found.concepts == net.concepts
    for name in ("idf", "hidden", "hidden_bias", "output", "output_bias"):
        assert np.allclose(getattr(found, name), getattr(net, name), rtol=1e-6, atol=0.0), name


@pytest.mark.parametrize(
    "wrong",
    [
        {"concepts": ("buy", "buy", "shop", "post")},
        {"concepts": ("buy", "shop")},
        {"hidden": np.zeros((2, 4, 5), np.float32)},
        {"idf": np.ones((4, 1), np.float32)},
        {"hidden_bias": np.zeros(3, np.float32)},
        {"output_bias": np.zeros(3, np.float32)},
    ],
)
def test_a_net_whose_arrays_do_not_fit_together_is_refused(tmp_path, wrong):
    write_with_net(tmp_path, chance_net(**wrong))
    with pytest.raises(ModelError, match="ST504: .*net"):
        read_model(tmp_path)


def test_weights_of_one_byte_are_near_and_stay_what_they_are():
    weights = np.random.default_rng(0).normal(size=(500, 3)) ** 3 * [1.0, 100.0, 0.0]
    rounded = round_weights(weights)
    assert (find_steps(rounded)[1] == find_steps(weights)[1]).all()
    assert np.allclose(round_weights(rounded), rounded, rtol=1e-6, atol=0.0)
    largest = np.abs(weights).max(axis=0)
    assert (np.abs(rounded - weights).max(axis=0) <= 0.012 * largest).all()
    small = np.abs(weights) < 0.01 * largest
    assert (np.where(small, np.abs(rounded - weights), 0.0).max(axis=0) <= 0.001 * largest).all()


@pytest.mark.parametrize("name", ["weights", "largest", "net_output", "net_largest"])
def test_a_model_that_lacks_an_array_or_has_a_wrong_one_is_refused(tmp_path, name):
    write_with_net(tmp_path, chance_net())
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    info = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    del info["format"], info["weights_sha256"]
    for other in (
        {key: values for key, values in arrays.items() if key != name},
        {**arrays, name: arrays[name][:, :1]} if arrays[name].ndim > 1 else {**arrays, name: arrays[name][:1]},
    ):
        write_arrays(tmp_path, FORMAT, info, other)
        with pytest.raises(ModelError, match="ST504"):
            read_model(tmp_path)


@pytest.mark.parametrize("text", ['{"format": ', "[]", "{}"])
def test_a_description_that_is_none_is_refused(tmp_path, text):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS)
    (tmp_path / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="ST502"):
        read_lexicon(tmp_path)


def test_a_model_of_an_earlier_layout_is_refused_and_the_message_says_what_to_do(tmp_path):
    write_arrays(tmp_path, "socialtext-lexicon-1", {"name": "test"}, ARRAYS)
    with pytest.raises(ModelError, match="ST502: .*'socialtext-lexicon-1', this version reads .*train the model again"):
        read_lexicon(tmp_path)


def test_a_lexicon_that_lacks_an_array_says_which(tmp_path):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS)
    _, arrays = read_lexicon(tmp_path)
    with pytest.raises(ModelError, match="ST504: .*no array 'affixes'.*install socialtext again"):
        arrays["affixes"]


def test_a_lexicon_under_the_name_of_another_is_refused(tmp_path, monkeypatch):
    write_arrays(tmp_path / "models" / "fa-halfspace", LEXICON_FORMAT, {"name": "id-colloquial"}, ARRAYS)
    monkeypatch.setattr("socialtext.models.files", lambda package: tmp_path)
    with pytest.raises(ModelError, match="ST502: .*holds the model 'id-colloquial'"):
        load_lexicon("fa-halfspace")


def test_an_archive_written_by_another_hand_is_read_alike(tmp_path):
    write_arrays(tmp_path, LEXICON_FORMAT, {"name": "test"}, ARRAYS, packed=False)
    weights = tmp_path / "weights.npz"
    with np.load(weights, allow_pickle=False) as archive:
        arrays = dict(archive)
    np.savez(weights, **arrays)
    info = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    info["weights_sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    (tmp_path / "model.json").write_text(json.dumps(info), encoding="utf-8")
    _, found = read_lexicon(tmp_path)
    assert unpack_lines(found["words"]) == ["کتاب", "خانه"]
