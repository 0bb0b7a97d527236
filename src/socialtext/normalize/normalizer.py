"""The normalizer that users hold: checks options, names steps, keeps offsets; the kernel does the work."""

from array import array
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from socialtext.errors import OptionError
from socialtext.normalize._kernel import Kernel, NativeNormalizer
from socialtext.normalize.colloquial import load_respeller
from socialtext.normalize.columns import check_column, normalize_column
from socialtext.normalize.explain import find_changes
from socialtext.normalize.halfspace import load_repairer
from socialtext.normalize.steps import (
    DIGITS,
    REGISTERS,
    STEPS,
    Plan,
    build_kernel,
    check_profile,
    profile_digits,
    profile_register,
    profile_steps,
)
from socialtext.types import LANGUAGES, Alignment, Change

if TYPE_CHECKING:
    import pyarrow as pa

    Column = TypeVar("Column", pa.Array[Any], pa.ChunkedArray[Any])


class _Repairer(Protocol):
    """A native pass after the kernel, over words."""

    def repair(self, text: str) -> str: ...
    def repair_aligned(self, aligned: Alignment) -> Alignment: ...


class Normalizer(NativeNormalizer):
    """Normalize text of one language; immutable, picklable, safe to share between threads.

    The result is the same for a text alone and in a batch; normalizing it again changes nothing. In the profiles
    ``standard`` and ``formal``, web and e-mail addresses, mentions, hashtags, file names, versions, identifiers of
    letters with digits, emoji sequences and HTML tags stay as they are.

    Parameters
    ----------
    lang : {"ar", "fa", "id"}
    profile : {"standard", "formal", "search", "minimal"}
        ``standard`` for display and storage, ``search`` for matching keys, ``minimal`` for bytes one can trust.
    digits : {"local", "ascii", "keep"} or bool, optional
        Digit system to write; the profile's own by default. Arabic: ``local`` turns Persian digits into
        Arabic-Indic ones and keeps ASCII digits. True is ``local``, False is ``keep``.
    register : {"keep", "standard", "formal"}, optional
        How colloquial Indonesian is written: as it stands, in standard spelling («gak» becomes «enggak»), or in formal
        words («tidak»); the profile's own by default. Other languages have no registers.
    **steps : bool
        Any step of ``socialtext.normalize.steps.STEPS`` switched on or off by name.

    Raises
    ------
    OptionError
        ST101 an unknown language, ST102 profile, ST103 step, ST104 digit system,
        ST106 register, or ST109 a step that is neither True nor False.

    Examples
    --------
    >>> Normalizer("ar").normalize("في الواقع ، نعم")
    'في الواقع، نعم'
    >>> Normalizer("fa", digits="keep").normalize("سال 2022")
    'سال 2022'
    """

    __slots__ = ("_plan", "profile")

    def __init__(
        self,
        lang: str,
        *,
        profile: str = "standard",
        digits: str | bool | None = None,
        register: str | None = None,
        **steps: bool,
    ) -> None:
        if lang not in LANGUAGES:
            raise OptionError("ST101", f"language {lang!r} is not known: choose one of {', '.join(LANGUAGES)}")
        check_profile(profile)
        if unknown := sorted(steps.keys() - STEPS.keys()):
            raise OptionError("ST103", f"step {unknown[0]!r} is not known: the steps are {', '.join(STEPS)}")
        for name, value in steps.items():
            if not isinstance(value, bool):
                raise OptionError("ST109", f"{name}={value!r}: a step is switched by True or False")
        if isinstance(digits, bool):
            digits = "local" if digits else "keep"
        if digits is not None and digits not in DIGITS:
            raise OptionError("ST104", f"digits={digits!r} is not known: choose one of {', '.join(DIGITS)}")
        if register is not None and register not in REGISTERS:
            raise OptionError("ST106", f"register={register!r} is not known: choose one of {', '.join(REGISTERS)}")
        if register is not None and lang == "id":
            steps = {"colloquial": register != "keep", **steps}
        chosen = {name for name in STEPS if steps.get(name, name in profile_steps(lang, profile))}
        if digits is not None:
            chosen = chosen - {"digits"} if digits == "keep" else chosen | {"digits"}
        if register is None or register == "keep":
            register = profile_register(profile)
        protect = profile in ("standard", "formal")
        plan = Plan(lang, frozenset(chosen), digits or profile_digits(profile), protect, register)
        self._set(plan, profile)

    _plan: Plan
    profile: str

    def _set(self, plan: Plan, profile: str) -> None:
        object.__setattr__(self, "profile", profile)
        object.__setattr__(self, "_plan", plan)
        super().__init__(build_kernel(plan), _choose_repairer(plan))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Normalizer is immutable: make a new one to change {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Normalizer is immutable: {name!r} cannot be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        # A set has another order in every process; caches rely on equal normalizers having equal pickles.
        return _rebuild, (replace(self._plan, steps=frozenset()), self.profile, self.steps)

    def __repr__(self) -> str:
        return f"Normalizer({self.lang!r}, profile={self.profile!r}, steps={', '.join(self.steps)})"

    @property
    def lang(self) -> str:
        """Language of the rules."""
        return self._plan.lang

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps that are on, in order."""
        return tuple(name for name in STEPS if name in self._plan.steps)

    @overload
    def normalize_batch(self, raws: list[str]) -> list[str]: ...
    @overload
    def normalize_batch(self, raws: "Column") -> "Column": ...
    def normalize_batch(self, raws: Any) -> Any:
        """Return the normalized text of each text, in a list or an Arrow array as they came.

        Of an Arrow array a null stays null; where no word is looked up (all but Persian half-spaces and colloquial
        Indonesian), the work runs without the interpreter's lock, so that threads share it.

        Parameters
        ----------
        raws : list of str, or pyarrow.Array or ChunkedArray of strings

        Raises
        ------
        OptionError
            ST108 where `raws` is neither.
        """
        if isinstance(raws, list):
            texts = self._kernel.normalize_batch(raws)
            return texts if self._repairer is None else [self._repairer.repair(text) for text in texts]
        check_column(raws)
        if self._repairer is None:
            return normalize_column(raws, self._kernel)
        import pyarrow as pa

        rows = raws.to_pylist()
        return pa.array([None if raw is None else self.normalize(raw) for raw in rows], type=raws.type)

    def align(self, raw: str) -> Alignment:
        """Normalize, and keep for each character of the result the raw span that it stands for."""
        return _align(raw, self._kernel, self._repairer)

    def explain(self, raw: str) -> list[Change]:
        """Return every change, step by step in the order of the steps, each with its raw span."""
        changes: list[Change] = []
        before = _align(raw, _identity(), None)
        chosen: frozenset[str] = frozenset()
        for step in self.steps:
            chosen |= {step}
            plan = replace(self._plan, steps=chosen)
            after = _align(raw, build_kernel(plan), _choose_repairer(plan))
            changes += find_changes(before, after, step)
            before = after
        return changes


def _choose_repairer(plan: Plan) -> _Repairer | None:
    if plan.lang == "fa" and "halfspace" in plan.steps:
        return load_repairer(folds="fold" in plan.steps)
    if plan.lang == "id" and "colloquial" in plan.steps:
        return load_respeller(plan.register)
    return None


def _align(raw: str, kernel: Kernel, repairer: _Repairer | None) -> Alignment:
    aligned = kernel.align(raw)
    return aligned if repairer is None else repairer.repair_aligned(aligned)


@cache
def _identity() -> Kernel:
    return Kernel({}, frozenset(), frozenset(), "")


def _rebuild(plan: Plan, profile: str, steps: tuple[str, ...]) -> Normalizer:
    normalizer = Normalizer.__new__(Normalizer)
    normalizer._set(replace(plan, steps=frozenset(steps)), profile)
    return normalizer


@cache
def _shared(
    lang: str, profile: str, digits: str | bool | None, register: str | None, steps: tuple[tuple[str, bool], ...]
) -> Normalizer:
    return Normalizer(lang, profile=profile, digits=digits, register=register, **dict(steps))


@cache
def load_fold(lang: str) -> Callable[[str], str]:
    """Return the function that makes of a text the key in which words and cues are looked up.

    That is the ``search`` profile; in Persian after half-spaces are restored, so that «شبکه های», «شبکههای» and
    «شبکه‌های» are one word.
    """
    fold = load_fold_of_restored(lang)
    if lang != "fa":
        return fold
    restore = Normalizer(lang)
    return lambda raw: fold(restore.normalize(raw))


@cache
def load_fold_of_restored(lang: str) -> Callable[[str], str]:
    """Return what `load_fold` does after half-spaces are restored, which the profile ``standard`` does as well."""
    return Normalizer(lang, profile="search").normalize


def align_fold(lang: str, raw: str) -> Alignment:
    """Fold a text as `load_fold` does, and keep the raw span of each character."""
    search = _shared(lang, "search", None, None, ())
    if lang != "fa":
        return search.align(raw)
    restored = _shared(lang, "standard", None, None, ()).align(raw)
    folded = search.align(restored.text)
    spans = [restored.raw_span(start, end) for start, end in zip(folded.starts, folded.ends, strict=True)]
    starts, ends = (array("i", side) for side in zip(*spans, strict=True)) if spans else (array("i"), array("i"))
    return Alignment.from_spans(raw, folded.text, starts, ends)


def normalize(
    raw: str,
    *,
    lang: str,
    profile: str = "standard",
    digits: str | bool | None = None,
    register: str | None = None,
    **steps: bool,
) -> str:
    """Normalize one text; the options are those of `Normalizer`.

    Examples
    --------
    >>> normalize("سعر  المنتج ٥٠ ٪", lang="ar")
    'سعر المنتج ٥٠٪'
    """
    return _shared(lang, profile, digits, register, tuple(sorted(steps.items()))).normalize(raw)
