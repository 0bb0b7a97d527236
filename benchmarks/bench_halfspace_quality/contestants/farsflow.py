"""farsflow: few rules that mean to be safe."""

from collections.abc import Callable

DISTRIBUTION = "farsflow"


def prepare() -> Callable[[str], str]:
    """Return the default pipeline."""
    import farsflow

    return farsflow.clean
