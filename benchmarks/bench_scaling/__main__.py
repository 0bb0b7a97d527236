"""One stage over one size, in a process of its own: ``python -m benchmarks.bench_scaling STAGE FORM N_BYTES``."""

import json
import sys

from benchmarks.bench_scaling.stages import measure

print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
