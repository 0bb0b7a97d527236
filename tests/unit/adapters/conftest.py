"""The tests of the adapters stay off the network."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
