"""The errors of the library: one base class, a code that never changes, a message that says what to do."""


class SocialtextError(Exception):
    """Base of all errors raised on purpose.

    Attributes
    ----------
    code : str
        ``ST`` and three digits; never reused for another fault.
    message : str
        What was found, what was expected, what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class OptionError(SocialtextError, ValueError):
    """An option has a value that it cannot have (ST1xx)."""


class TableError(SocialtextError, ValueError):
    """A table of ``languages/`` breaks its own rules (ST2xx)."""


class InputError(SocialtextError, ValueError):
    """A file or a record cannot be read as what it should be (ST3xx)."""


class OutputError(SocialtextError, OSError):
    """Results cannot be written (ST4xx)."""


class ModelError(SocialtextError, ValueError):
    """A released model is missing or not what it says it is (ST5xx)."""


class MissingExtraError(SocialtextError, ImportError):
    """A package of an extra is not installed (ST6xx)."""


class RunError(SocialtextError, RuntimeError):
    """A run over many documents cannot start or go on (ST7xx)."""
