"""Released models: linear models as arrays and JSON, read without running any code of theirs.

A model is a folder with ``model.json`` (what it is, its classes, its digests) and ``weights.npz``: of a linear model
names of the features (see `pack_names`), one row of weights for each (float16 or, of the released themes,
steps of one byte), intercepts and calibration, and the same of a second one where it has one for what stands above a
passage, and of a net where it has one; of a lexicon texts with numbers, for each of its tables. Prediction needs numpy
alone, a lexicon not even that: who only normalizes does not wait for its import.
"""

import hashlib
import json
import math
import re
import struct
import sys
import zipfile
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from socialtext.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# What a model of another number holds is laid out or named otherwise: whoever changes that counts on.
FORMAT: Final = "socialtext-linear-4"
LEXICON_FORMAT: Final = "socialtext-lexicon-2"
AGAIN: Final = "train the model again, or install socialtext again if it came with it"
ABOVE: Final = "above_"  # begins the names of the arrays of that part
NET: Final = "net_"  # likewise
N_PARTS: Final = 3  # of what a net reads: a passage, what stands above it, its page
# Codes of the characters that say that a packed name shares nothing with the one before it, and most.
NONE_SHARED: Final = 0x20
MOST_SHARED: Final = 0x7E
# Weights of one byte: so many steps on either side of 0, finer towards it, since most weights are small.
N_STEPS: Final = 127
STEP_POWER: Final = 3
ZIP_HEADER: Final = 30  # bytes before the name of a member
ENCRYPTED: Final = 1  # flag of a member
# How a ``.npy`` file of version 1 begins, as numpy writes it: type, shape, then the numbers.
NPY_RE: Final = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|][a-z]\d)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n", re.DOTALL
)
# Types of numbers in a lexicon, as numpy names them and as `array.array` does.
TYPE_CODES: Final = {"<u4": "I", "<f8": "d"}


class _Arrays(dict[str, Any]):
    """The arrays of a lexicon by their names."""

    def __init__(self, folder: Path | Traversable, arrays: Mapping[str, Any]) -> None:
        super().__init__(arrays)
        self._folder = folder

    def __missing__(self, name: str) -> Any:
        raise ModelError("ST504", f"{self._folder}: weights.npz has no array {name!r}: {AGAIN}")


class Names(Mapping[str, int]):
    """Row of each name of a packed text; unpacked when a name is first asked for.

    Raises
    ------
    ModelError
        ST504 a name is there twice, or shares more with the one before it than that has.
    """

    def __init__(self, packed: str, n_names: int | None = None) -> None:
        self.packed = packed
        self._n_names = n_names

    @cached_property
    def _rows(self) -> dict[str, int]:
        rows: dict[str, int] = {}
        name = ""
        for row, line in enumerate(_split_lines(self.packed)):
            n_shared = ord(line[:1] or "\0") - NONE_SHARED
            if not 0 <= n_shared <= len(name):
                raise ModelError("ST504", f"feature {row} of the model is no name: {AGAIN}")
            name = name[:n_shared] + line[1:]
            rows[name] = row
        if len(rows) < len(self):
            raise ModelError("ST504", f"a feature of the model is there twice: {AGAIN}")
        return rows

    def __getitem__(self, name: str) -> int:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        if self._n_names is None:
            self._n_names = self.packed.count("\n") + 1 if self.packed else 0
        return self._n_names


class LinearWeights(Protocol):
    """What a scorer of columns needs of a linear model, released or just fitted."""

    @property
    def classes(self) -> Sequence[str]:
        """Names of the margins, in order."""
        ...

    @property
    def index(self) -> Mapping[str, int]:
        """Row of each feature in the weights."""
        ...

    @property
    def weights(self) -> "npt.NDArray[np.floating[Any]]":
        """Weights, shape (n_features, n_margins)."""
        ...

    @property
    def intercepts(self) -> "npt.NDArray[np.floating[Any]]":
        """Margins of what has no features, shape (n_margins,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class NetModel:
    """A net of one hidden layer of rectified units over the concepts of a passage and of what stands around it.

    Attributes
    ----------
    concepts : tuple of str
    idf : float32 array, shape (n_concepts,)
        What each concept is worth before its weights.
    hidden : float32 array, shape (3, n_concepts, n_hidden)
        Weights of the concepts of the passage, of what stands above it, and of its page.
    hidden_bias : float32 array, shape (n_hidden,)
    output : float32 array, shape (n_hidden, n_classes)
    output_bias : float32 array, shape (n_classes,)
    """

    concepts: tuple[str, ...]
    idf: "npt.NDArray[np.float32]"
    hidden: "npt.NDArray[np.float32]"
    hidden_bias: "npt.NDArray[np.float32]"
    output: "npt.NDArray[np.float32]"
    output_bias: "npt.NDArray[np.float32]"


class Steps(NamedTuple):
    """Weights in steps of one byte, see `find_steps`.

    Attributes
    ----------
    largest : float32 array, shape (..., n_classes)
        The largest weight of each class.
    values : int8 array, shape (..., n_features, n_classes)
    """

    largest: "npt.NDArray[np.float32]"
    values: "npt.NDArray[np.int8]"


@dataclass(frozen=True, eq=False)
class LinearModel:
    """One linear decision for each class over named features.

    Attributes
    ----------
    info : dict
        Content of ``model.json``.
    classes : tuple of str
    index : Names
        Row of each feature in `weights`.
    stored : float32 array, shape (n_features, n_classes), or Steps
        The weights, as they were released.
    intercepts : float32 array, shape (n_classes,)
    idf : float32 array, shape (n_features,)
        What each feature is worth before its weights: the inverse document frequency, of concepts times what they count
        beside words; 1 for cues, and where the model has none.
    above : LinearModel or None
        What reads the text above a passage, where the model has such a part: the same classes, features of its own.
    net : NetModel or None
        What reads the concepts of a passage and of its surroundings, where the model has such a part.
    """

    info: Mapping[str, Any]
    classes: tuple[str, ...]
    index: Names
    stored: "npt.NDArray[np.float32] | Steps"
    intercepts: "npt.NDArray[np.float32]"
    idf: "npt.NDArray[np.float32]"
    above: "LinearModel | None" = None
    net: NetModel | None = None

    @cached_property
    def weights(self) -> "npt.NDArray[np.float32]":
        """Float32 array, shape (n_features, n_classes)."""
        return weigh_steps(*self.stored) if isinstance(self.stored, Steps) else self.stored


def read_info(folder: Path | Traversable, form: str) -> dict[str, Any]:
    """Read ``model.json`` alone; see `read_model` for what is raised."""
    try:
        info: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise _missing(folder, error) from error
    except ValueError as error:
        raise ModelError("ST502", f"{folder}: model.json is no JSON: {error}") from error
    if not isinstance(info, dict) or info.get("format") != form:
        found = info.get("format") if isinstance(info, dict) else info
        raise ModelError(
            "ST502",
            f"{folder}: format {found!r}, this version reads {form!r}: {AGAIN}",
        )
    return info


def _missing(folder: Path | Traversable, error: OSError) -> ModelError:
    return ModelError("ST501", f"no model in {folder}: {error.strerror or error}; it has model.json and weights.npz")


def _read_weights(folder: Path | Traversable, form: str) -> tuple[dict[str, Any], bytes]:
    """Read ``model.json`` and the bytes of ``weights.npz``."""
    info = read_info(folder, form)
    try:
        data = (folder / "weights.npz").read_bytes()
    except OSError as error:
        raise _missing(folder, error) from error
    if hashlib.sha256(data).hexdigest() != info.get("weights_sha256"):
        raise ModelError("ST503", f"{folder}: weights.npz is not the file that model.json names: install again")
    return info, data


def read_model(folder: Path | Traversable) -> LinearModel:
    """Read a linear model.

    Raises
    ------
    ModelError
        ST501 no such model, ST502 the format is another one, ST503 the weights are not those it was released with,
        ST504 its arrays do not fit together.
    """
    info, data = _read_weights(folder, FORMAT)
    try:
        arrays = {name: _read_rows(member) for name, member in _iter_members(data)}
        model = _read_linear(folder, info, arrays, "")
        if f"{ABOVE}features" in arrays:
            model = replace(model, above=_read_linear(folder, info, arrays, ABOVE))
        if f"{NET}concepts" in arrays:
            model = replace(model, net=_read_net(folder, arrays))
        return model
    except (LookupError, ValueError, TypeError, struct.error, zlib.error, zipfile.BadZipFile) as error:
        raise ModelError("ST504", f"{folder}: does not hold a linear model: {error!r}; train it again") from error


def _read_linear(
    folder: Path | Traversable,
    info: Mapping[str, Any],
    arrays: Mapping[str, "npt.NDArray[Any]"],
    part: str,
) -> LinearModel:
    import numpy as np

    names, classes = arrays[f"{part}features"], tuple(info["classes"])
    index = Names(names.tobytes().decode("utf-8"), int(np.count_nonzero(names == ord("\n"))) + 1 if len(names) else 0)
    intercepts, idf = (arrays[part + name].astype(np.float32) for name in ("intercepts", "idf"))
    stored = _read_stored(arrays, part)
    found = [(stored.values if isinstance(stored, Steps) else stored).shape, intercepts.shape, idf.shape]
    wanted = [(len(index), len(classes)), (len(classes),), (len(index),)]
    if found != wanted or names.ndim != 1 or names.dtype != np.uint8:
        shapes = f"weights, intercepts, idf {found}, wanted {wanted}"
        raise ModelError("ST504", f"{folder}: arrays that do not fit together: {shapes}; train it again")
    return LinearModel(info, classes, index, stored, intercepts, idf)


def _read_stored(arrays: Mapping[str, "npt.NDArray[Any]"], part: str) -> "npt.NDArray[np.float32] | Steps":
    """Return the weights of a part as they are written."""
    import numpy as np

    weights = arrays[f"{part}weights"]
    if weights.dtype != np.int8:
        return weights.astype(np.float32)
    largest = arrays[f"{part}largest"].astype(np.float32)
    if largest.shape != weights.shape[:-2] + weights.shape[-1:] or not np.isfinite(largest).all():
        raise ValueError(f"{part}weights of shape {weights.shape}, {part}largest {largest.shape}, or not finite")
    return Steps(largest, weights)


def _read_net(folder: Path | Traversable, arrays: Mapping[str, "npt.NDArray[Any]"]) -> NetModel:
    import numpy as np

    concepts = tuple(unpack_lines(arrays[f"{NET}concepts"]))
    names = ("idf", "hidden_bias", "output", "output_bias")
    idf, hidden_bias, output, output_bias = (arrays[NET + name].astype(np.float32) for name in names)
    stored = _read_stored(arrays, NET)
    hidden = weigh_steps(*stored) if isinstance(stored, Steps) else stored
    n_concepts, n_hidden, n_classes = len(concepts), len(hidden_bias), len(output_bias)
    wanted = [(N_PARTS, n_concepts, n_hidden), (n_hidden, n_classes), (n_concepts,), (n_hidden,), (n_classes,)]
    found = [array.shape for array in (hidden, output, idf, hidden_bias, output_bias)]
    if found != wanted or len(set(concepts)) < n_concepts:
        raise ModelError("ST504", f"{folder}: arrays of the net that do not fit together: {found}; train it again")
    return NetModel(concepts, idf, hidden, hidden_bias, output, output_bias)


def read_lexicon(folder: Path | Traversable) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a lexicon, without numpy; see `read_model` for what is raised.

    Returns
    -------
    info : dict
        Content of ``model.json``.
    arrays : dict of str to memoryview or array
        Bytes of texts joined by line feeds, or numbers.
    """
    info, data = _read_weights(folder, LEXICON_FORMAT)
    try:
        return info, _Arrays(folder, {name: _read_array(member) for name, member in _iter_members(data)})
    except (LookupError, ValueError, struct.error, zlib.error, zipfile.BadZipFile) as error:
        raise ModelError(
            "ST504", f"{folder}: weights.npz does not hold a lexicon: {error!r}; train it again"
        ) from error


def _iter_members(data: bytes) -> Iterator[tuple[str, memoryview]]:
    """Yield the ``.npy`` files of an archive whose digest is right; those that are stored are not copied."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.flag_bits & ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile(f"{entry.filename} is encrypted or compressed in another way")
            if entry.compress_type == zipfile.ZIP_STORED:
                lengths = entry.header_offset + ZIP_HEADER - 4  # of the name and of what else the header has
                start = lengths + 4 + sum(struct.unpack_from("<HH", data, lengths))
                member = memoryview(data)[start : start + entry.file_size]
            else:
                member = memoryview(archive.read(entry))
            yield entry.filename.removesuffix(".npy"), member


def _read_header(member: memoryview) -> tuple[str, tuple[int, ...], memoryview]:
    """Return type, shape and numbers of a ``.npy`` file."""
    header = NPY_RE.match(member)
    if header is None:
        raise ValueError("a member is no array of version 1 in the order of rows")
    kind = header[1].decode("ascii")
    shape = tuple(int(size) for size in header[2].split(b",") if size.strip())
    numbers = member[header.end() :]
    if math.prod(shape) * int(kind[2:]) != len(numbers):
        raise ValueError(f"{len(numbers)} bytes for an array of type {kind} and shape {shape}")
    return kind, shape, numbers


def _read_rows(member: memoryview) -> "npt.NDArray[Any]":
    """Return an array of numbers."""
    import numpy as np

    kind, shape, numbers = _read_header(member)
    if kind[1] not in "fiu":
        raise ValueError(f"an array of type {kind}, which are no numbers")
    return np.frombuffer(numbers, kind).reshape(shape)


def _read_array(member: memoryview) -> "array[Any] | memoryview":
    """Return an array of one dimension, without numpy."""
    kind, _, numbers = _read_header(member)
    if kind == "|u1":
        return numbers
    values = array(TYPE_CODES[kind])
    values.frombytes(numbers)
    if sys.byteorder == "big":
        values.byteswap()
    return values


@cache
def load_model(name: str) -> LinearModel:
    """Read a linear model that is released with the package, once a process."""
    return read_model(files("socialtext") / "models" / name)


def load_lexicon(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a lexicon that is released with the package."""
    folder = files("socialtext") / "models" / name
    info, arrays = read_lexicon(folder)
    if info.get("name") != name:
        raise ModelError("ST502", f"{folder}: holds the model {info.get('name')!r}: {AGAIN}")
    return info, arrays


def digest_model(folder: Path | Traversable) -> str:
    """Return the digest of a model: of its ``model.json``, which names that of its weights."""
    return hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()


def describe_models() -> dict[str, dict[str, str]]:
    """Return version and digest of each model that is released with the package, by its name."""
    models = {}
    for folder in sorted((files("socialtext") / "models").iterdir(), key=lambda item: item.name):
        if (folder / "model.json").is_file():
            models[folder.name] = {
                "version": json.loads((folder / "model.json").read_text(encoding="utf-8"))["version"],
                "sha256": digest_model(folder),
            }
    return models


def write_arrays(
    folder: Path, form: str, info: Mapping[str, Any], arrays: Mapping[str, "npt.NDArray[Any]"], *, packed: bool = True
) -> None:
    """Write a model folder; the same values give the same bytes.

    The archive is written entry by entry, since ``numpy.savez`` stamps the time of day. What is not `packed` is the
    larger for it, and read in a fraction of the time; numbers hardly shrink, and never are.
    """
    import numpy as np

    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compresslevel=9) as archive:
        for name, values in arrays.items():
            is_text = values.dtype == np.uint8
            method = zipfile.ZIP_DEFLATED if packed and is_text else zipfile.ZIP_STORED
            part = BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, part.getvalue(), method)
    data = buffer.getvalue()
    folder.mkdir(parents=True, exist_ok=True)
    full = {"format": form, **info, "weights_sha256": hashlib.sha256(data).hexdigest()}
    _write_whole(folder / "weights.npz", data)
    _write_whole(folder / "model.json", (json.dumps(full, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def pack_lines(lines: Iterable[str]) -> "npt.NDArray[np.uint8]":
    """Return texts as one array of bytes, joined by line feeds."""
    import numpy as np

    return np.frombuffer("\n".join(lines).encode("utf-8"), dtype=np.uint8)


def pack_names(names: Iterable[str]) -> str:
    """Return names, of which none has a line feed, in one text, one a line; sorted ones make the smallest text.

    Of each name only what the one before it does not begin with stands there, after a character whose code is
    `NONE_SHARED` and how many characters they share: small, and quick to read.
    """
    lines = []
    before = ""
    for name in names:
        most = min(len(before), len(name), MOST_SHARED - NONE_SHARED)
        n_shared = next((at for at in range(most) if before[at] != name[at]), most)
        lines.append(chr(NONE_SHARED + n_shared) + name[n_shared:])
        before = name
    return "\n".join(lines)


def unpack_lines(values: "npt.NDArray[np.uint8] | memoryview") -> list[str]:
    """Return the texts that `pack_lines` has joined."""
    return _split_lines(values.tobytes().decode("utf-8"))


def _split_lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def write_model(
    folder: Path,
    info: Mapping[str, Any],
    names: list[str],
    weights: "npt.NDArray[np.floating[Any]]",
    intercepts: "npt.NDArray[np.floating[Any]]",
    *,
    idf: "npt.NDArray[np.floating[Any]] | None" = None,
    above: LinearModel | None = None,
    net: NetModel | None = None,
    steps: bool = False,
) -> None:
    """Write a linear model, and its parts that read what stands above a passage and its concepts, if it has them.

    With `steps` its weights take one byte each; they should be what `round_weights` makes of them.
    """
    import numpy as np

    idf = np.ones(len(names)) if idf is None else idf
    arrays = _pack_linear("", names, weights, intercepts, idf, steps)
    if above:
        arrays |= _pack_linear(ABOVE, list(above.index), above.weights, above.intercepts, above.idf, steps)
    if net:
        arrays |= _pack_net(net)
    write_arrays(folder, FORMAT, info, arrays, packed=False)


def _pack_net(net: NetModel) -> "dict[str, npt.NDArray[Any]]":
    import numpy as np

    largest, steps = find_steps(net.hidden)
    return {
        f"{NET}concepts": pack_lines(net.concepts),
        f"{NET}idf": net.idf.astype(np.float16),
        f"{NET}largest": largest,
        f"{NET}weights": steps,
        f"{NET}hidden_bias": net.hidden_bias.astype(np.float32),
        f"{NET}output": net.output.astype(np.float32),
        f"{NET}output_bias": net.output_bias.astype(np.float32),
    }


def find_steps(weights: "npt.NDArray[np.floating[Any]]") -> Steps:
    """Return weights as steps of one byte.

    Parameters
    ----------
    weights : float array, shape (..., n_features, n_classes)
    """
    import numpy as np

    largest = np.abs(weights).max(axis=-2, initial=0.0).astype(np.float32)
    shares = np.abs(weights) / np.where(largest, largest, 1.0)[..., None, :]
    return Steps(largest, (np.sign(weights) * np.rint(N_STEPS * shares ** (1 / STEP_POWER))).astype(np.int8))


def weigh_steps(largest: "npt.NDArray[np.float32]", steps: "npt.NDArray[np.int8]") -> "npt.NDArray[np.float32]":
    """Return the weights that `find_steps` has taken apart."""
    import numpy as np

    values = steps.astype(np.float32)
    weights = values * values
    weights *= values  # the cube, see `STEP_POWER`, which a float32 holds exactly
    weights *= (largest / N_STEPS**STEP_POWER)[..., None, :]
    return weights


def round_weights(weights: "npt.NDArray[np.floating[Any]]") -> "npt.NDArray[np.float32]":
    """Return what is left of weights when they are released as steps of one byte."""
    return weigh_steps(*find_steps(weights))


def _pack_linear(
    part: str,
    names: list[str],
    weights: "npt.NDArray[np.floating[Any]]",
    intercepts: "npt.NDArray[np.floating[Any]]",
    idf: "npt.NDArray[np.floating[Any]]",
    steps: bool,
) -> "dict[str, npt.NDArray[Any]]":
    import numpy as np

    of_weights: dict[str, npt.NDArray[Any]]
    if steps:
        largest, of_one_byte = find_steps(weights)
        of_weights = {f"{part}largest": largest, f"{part}weights": of_one_byte}
    else:
        of_weights = {f"{part}weights": weights.astype(np.float16)}
    return {
        f"{part}features": np.frombuffer(pack_names(names).encode("utf-8"), dtype=np.uint8),
        **of_weights,
        f"{part}intercepts": intercepts.astype(np.float32),
        f"{part}idf": idf.astype(np.float16),
    }


def copy_model(folder: Path, target: Path) -> None:
    """Copy a model folder."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("model.json", "weights.npz"):
        _write_whole(target / name, (folder / name).read_bytes())
