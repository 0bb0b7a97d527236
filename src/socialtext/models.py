"""Released models: linear models as arrays and JSON, read without running any code of theirs.

A model is a folder with ``model.json`` (what it is, its classes, its digests) and ``weights.npz``: of a linear model
names of the features as UTF-8 joined by line feeds, one row of float16 weights for each, intercepts and calibration,
and the same of a second one where it has one for what stands above a passage;
of a lexicon texts with numbers, for each of its tables. Prediction needs numpy alone, a lexicon not even that: who
only normalizes does not wait for its import.
"""

import hashlib
import json
import struct
import sys
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from socialtext.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# What a model of another number holds is laid out or named otherwise: whoever changes that counts on.
FORMAT: Final = "socialtext-linear-2"
LEXICON_FORMAT: Final = "socialtext-lexicon-2"
AGAIN: Final = "train the model again, or install socialtext again if it came with it"
ABOVE: Final = "above_"  # begins the names of the arrays of that part
ZIP_HEADER: Final = 30  # bytes before the name of a member
# Types of numbers in a lexicon, as numpy names them and as `array.array` does.
TYPE_CODES: Final = {b"<u4": "I", b"<f8": "d"}


class _Arrays(dict[str, Any]):
    """The arrays of a lexicon by their names."""

    def __init__(self, folder: Path | Traversable, arrays: Mapping[str, Any]) -> None:
        super().__init__(arrays)
        self._folder = folder

    def __missing__(self, name: str) -> Any:
        raise ModelError("ST504", f"{self._folder}: weights.npz has no array {name!r}: {AGAIN}")


class Names(Mapping[str, int]):
    """Row of each name of a text, one name a line; found when a name is first asked for.

    Raises
    ------
    ModelError
        ST504 a name is there twice.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _rows(self) -> dict[str, int]:
        rows = {name: row for row, name in enumerate(_split_lines(self.text))}
        if len(rows) < len(self):
            raise ModelError("ST504", f"a feature of the model is there twice: {AGAIN}")
        return rows

    def __getitem__(self, name: str) -> int:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return self.text.count("\n") + 1 if self.text else 0


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
class LinearModel:
    """One linear decision for each class over named features.

    Attributes
    ----------
    info : dict
        Content of ``model.json``.
    classes : tuple of str
    index : Names
        Row of each feature in `weights`.
    weights : float32 array, shape (n_features, n_classes)
    intercepts : float32 array, shape (n_classes,)
    idf : float32 array, shape (n_features,)
        What each feature is worth before its weights: the inverse document frequency, of concepts times what they count
        beside words; 1 for cues, and where the model has none.
    above : LinearModel or None
        What reads the text above a passage, where the model has such a part: the same classes, features of its own.
    """

    info: Mapping[str, Any]
    classes: tuple[str, ...]
    index: Names
    weights: "npt.NDArray[np.float32]"
    intercepts: "npt.NDArray[np.float32]"
    idf: "npt.NDArray[np.float32]"
    above: "LinearModel | None" = None


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
    import numpy as np

    info, data = _read_weights(folder, FORMAT)
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        above = _read_linear(folder, info, arrays, ABOVE) if f"{ABOVE}features" in arrays else None
        return _read_linear(folder, info, arrays, "", above)


def _read_linear(
    folder: Path | Traversable,
    info: Mapping[str, Any],
    arrays: Mapping[str, "npt.NDArray[Any]"],
    part: str,
    above: LinearModel | None = None,
) -> LinearModel:
    import numpy as np

    index = Names(arrays[f"{part}features"].tobytes().decode("utf-8"))
    weights, intercepts, idf = (arrays[part + name].astype(np.float32) for name in ("weights", "intercepts", "idf"))
    if not (len(index) == len(weights) == len(idf) and weights.shape[1:] == intercepts.shape):
        shapes = f"{len(index)} features, weights {weights.shape}, intercepts {intercepts.shape}, idf {idf.shape}"
        raise ModelError("ST504", f"{folder}: arrays that do not fit together: {shapes}; train it again")
    return LinearModel(info, tuple(info["classes"]), index, weights, intercepts, idf, above)


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
        return info, _Arrays(folder, _read_arrays(data))
    except (zipfile.BadZipFile, struct.error, LookupError, ValueError) as error:
        raise ModelError(
            "ST504", f"{folder}: weights.npz does not hold a lexicon: {error!r}; train it again"
        ) from error


def _read_arrays(data: bytes) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.compress_type == zipfile.ZIP_STORED:
                lengths = entry.header_offset + ZIP_HEADER - 4  # of the name and of what else the header has
                start = lengths + 4 + sum(struct.unpack_from("<HH", data, lengths))
                member = memoryview(data)[start : start + entry.file_size]
            else:
                member = memoryview(archive.read(entry))
            arrays[entry.filename.removesuffix(".npy")] = _read_array(member)
    return arrays


def _read_array(data: memoryview) -> "array[Any] | memoryview":
    """Return the one-dimensional array of a ``.npy`` file of version 1, whose header says what it holds."""
    start = 10 + int.from_bytes(data[8:10], "little")
    kind = bytes(data[10:start]).split(b"'")[3]  # {'descr': '<u4', ...
    if kind == b"|u1":
        return data[start:]
    values = array(TYPE_CODES[kind])
    values.frombytes(data[start:])
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
    larger for it, and read in a fraction of the time.
    """
    import numpy as np

    buffer = BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as archive:
        for name, values in arrays.items():
            part = BytesIO()
            np.lib.format.write_array(part, values, version=(1, 0), allow_pickle=False)
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
    idf: "npt.NDArray[np.floating[Any]] | None" = None,
    above: LinearModel | None = None,
) -> None:
    """Write a linear model, and the part of it that reads what stands above a passage, if it has one."""
    import numpy as np

    idf = np.ones(len(names)) if idf is None else idf
    arrays = _pack_linear("", names, weights, intercepts, idf)
    if above:
        arrays |= _pack_linear(ABOVE, list(above.index), above.weights, above.intercepts, above.idf)
    write_arrays(folder, FORMAT, info, arrays)


def _pack_linear(
    part: str,
    names: list[str],
    weights: "npt.NDArray[np.floating[Any]]",
    intercepts: "npt.NDArray[np.floating[Any]]",
    idf: "npt.NDArray[np.floating[Any]]",
) -> "dict[str, npt.NDArray[Any]]":
    import numpy as np

    return {
        f"{part}features": pack_lines(names),
        f"{part}weights": weights.astype(np.float16),
        f"{part}intercepts": intercepts.astype(np.float32),
        f"{part}idf": idf.astype(np.float16),
    }


def copy_model(folder: Path, target: Path) -> None:
    """Copy a model folder."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("model.json", "weights.npz"):
        _write_whole(target / name, (folder / name).read_bytes())
