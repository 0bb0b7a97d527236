"""What the server of worker processes imports before it forks them, and nothing else does: it loads the models.

So they are loaded once, however many workers there are, which share their memory; one that replaces a dead one is
there at once.
"""

import gc
from contextlib import suppress

import pyarrow as pa

from socialtext.pipeline import load_models

with suppress(Exception):  # the worker that misses a model says so; here an error would end the server
    load_models()
pa.array([], pa.string())  # at the first array that it makes, Arrow imports pandas where that is installed
gc.freeze()  # a collection in a worker would copy what it shares
