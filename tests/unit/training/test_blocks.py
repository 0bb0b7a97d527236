"""The shapes in which a page is learned."""

from socialtext.training.blocks import VARIANTS, iter_variants

LINES = [
    ("boilerplate", "Beranda | Toko | Kontak"),
    ("heading", "Merawat sepatu"),
    ("paragraph", "Sepatu kulit lama tahan bila dirawat. Yang Anda perlukan:"),
    ("list_item", "- sikat halus"),
    ("list_item", "- semir"),
    ("paragraph", "Kami juga menjual tali."),
    ("list_item", "- tali hitam"),
]


def build_record():
    blocks, start = [], 0
    for kind, line in LINES:
        blocks.append({"start": start, "end": start + len(line), "kind": kind})
        start += len(line) + 1
    return {"lang": "id", "text": "\n".join(line for _, line in LINES), "blocks": blocks}


def test_a_list_is_learned_with_the_line_that_introduces_it_and_ends_in_a_colon():
    shapes = [kinds for variant, _, kinds in iter_variants(build_record()) if variant == "list"]
    assert shapes == [["paragraph", "list_item", "list_item"]]


def test_every_shape_has_a_weight_and_a_kind_for_each_line():
    for variant, page, kinds in iter_variants(build_record()):
        assert VARIANTS[variant] > 0
        assert len(page.lines) == len(kinds)
