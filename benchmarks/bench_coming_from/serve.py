"""Run the calls of one tool in its own environment: ``python -P serve.py contestants/NAME.py < calls > results``.

Both are JSON. Comes in: a list of ``{"call": …, "text": …}``, where the call is an expression over ``text`` and the
names that the script of the tool imports. Goes out: what each call gives, and the version.
"""

import json
import os
import runpy
import sys
import warnings
from importlib import metadata
from pathlib import Path


def main(script: str) -> None:
    """Evaluate the calls; what the tool prints itself goes to standard error."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    names = runpy.run_path(script)
    calls = json.load(sys.stdin)
    results = [eval(call["call"], names | {"text": call["text"]}) for call in calls]
    with output:
        json.dump({"version": metadata.version(Path(script).stem), "results": results}, output, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
