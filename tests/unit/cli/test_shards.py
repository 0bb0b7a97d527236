"""How much of an input a shard takes."""

from socialtext.cli.shards import SHARE, choose_shard_bytes


def test_a_small_input_is_shared_and_a_large_one_cut_evenly():
    assert choose_shard_bytes(0) == 1_000_000
    assert choose_shard_bytes(64_000_000) == 64_000_000 // SHARE
    assert choose_shard_bytes(10**12) == 16_000_000
