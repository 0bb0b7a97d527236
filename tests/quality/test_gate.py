"""The quick part of the quality gate, and that the gate can fail."""

import importlib.util
import json
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("gate", Path(__file__).with_name("gate.py"))
gate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(gate)

FLOORS = {"digests": {"a": "1"}, "articles": {"themes": 0.8}}


def test_the_released_models_hold_their_floors_on_the_articles():
    floors = json.loads(gate.FLOORS.read_text(encoding="utf-8"))
    assert gate.check(floors, {"articles": gate.measure_articles()}, gate.digest_data()) == []


@pytest.mark.parametrize(
    ("measured", "digests", "fault"),
    [
        ({}, {"a": "1"}, "nothing was checked"),
        ({"articles": {}}, {"a": "1"}, "nothing was checked"),
        ({"articles": {"themes": 0.79}}, {"a": "1"}, "under its floor"),
        ({"articles": {"themes": float("nan")}}, {"a": "1"}, "under its floor"),
        ({"articles": {"themes": 0.9, "other": 1.0}}, {"a": "1"}, "has no floor"),
        ({"articles": {"themes": 0.9}}, {"a": "2"}, "other corpora or models"),
    ],
)
def test_the_gate_fails_where_it_should(measured, digests, fault):
    faults = gate.check(FLOORS, measured, digests)
    assert any(fault in line for line in faults)


def test_floors_rise_by_themselves_and_fall_only_on_demand():
    worse, better = {"articles": {"themes": 0.7}}, {"articles": {"themes": 0.9}}
    assert gate.check(FLOORS, better, {"a": "1"}) == []
    assert gate.set_floors(FLOORS, better, {}, lower=False)["articles"]["themes"] == pytest.approx(0.895)
    assert gate.set_floors(FLOORS, worse, {}, lower=False)["articles"]["themes"] == 0.8
    assert gate.set_floors(FLOORS, worse, {}, lower=True)["articles"]["themes"] == pytest.approx(0.695)
