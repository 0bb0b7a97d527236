"""The guard of the speed fails where a stage has become slower, and only there."""

import pytest
from benchmarks import guard, runner
from benchmarks.clock import take_turns

KEPT = {("ar", "normalize", "decode UTF-8"): 0.8, ("fa", "Pipeline", "words by a regex"): 0.04}
FIRST, SECOND = KEPT


class Machine:
    """Measures what it is told, attempt by attempt; the last goes on."""

    def __init__(self, *attempts):
        self.attempts = list(attempts)
        self.asked = []

    def __call__(self, langs):
        self.asked.append(list(langs))
        factor = self.attempts.pop(0) if len(self.attempts) > 1 else self.attempts[0]
        return {key: ratio * factor for key, ratio in KEPT.items() if key[0] in langs}


def test_the_same_ratios_hold_at_once():
    machine = Machine(1.0)
    assert guard.find_fallen(KEPT, machine) == {}
    assert len(machine.asked) == 1


@pytest.mark.parametrize("key", KEPT)
def test_a_halved_ratio_fails_after_it_was_measured_again(key):
    asked = []

    def measure(langs):
        asked.append(list(langs))
        return {k: ratio / (2 if k == key else 1) for k, ratio in KEPT.items() if k[0] in langs}

    assert guard.find_fallen(KEPT, measure) == {key: KEPT[key] / 2}
    assert len(asked) == guard.N_ATTEMPTS
    assert all(langs == [key[0]] for langs in asked[1:])


def test_noise_below_the_room_holds():
    assert guard.find_fallen(KEPT, Machine(0.7)) == {}


def test_a_moment_of_noise_is_measured_away():
    assert guard.find_fallen(KEPT, Machine(0.4, 0.5, 0.9)) == {}


def test_a_stage_that_is_no_longer_measured_fails():
    assert guard.find_fallen(KEPT, lambda langs: {FIRST: 0.8}) == {SECOND: 0.0}


def test_the_guard_fails_where_the_kept_ratios_are_twice_those_measured(monkeypatch, capsys):
    rows = [
        {"lang": "ar", "stage": "normalize", "best_ratios": {"decode UTF-8": 0.8}},
        {"lang": "ar", "stage": "decode UTF-8", "best_ratios": {"decode UTF-8": 1.0}},
    ]
    halved = [{**row, "best_ratios": {"decode UTF-8": 0.4}} for row in rows]
    kept = {"segment_speed": {"figures": {"rows": rows}}}
    monkeypatch.setattr(runner, "read_results", lambda: kept)
    monkeypatch.setattr(guard, "measure_language", lambda lang, n_rounds: rows if lang == "ar" else [])
    assert guard.guard() == 0
    monkeypatch.setattr(guard, "measure_language", lambda lang, n_rounds: halved if lang == "ar" else [])
    assert guard.guard() == 1
    assert "normalize, ar: 0.4000 of decode UTF-8, was 0.8000" in capsys.readouterr().err


def test_the_kept_ratios_cover_every_stage_of_every_language():
    kept = guard.read_ratios(runner.read_results()["segment_speed"]["figures"]["rows"])
    assert {key[:2] for key in kept} == {(lang, stage) for lang in guard.LANGUAGES for stage in guard.OUTPUTS}
    assert all(ratio > 0 for ratio in kept.values())


def test_contestants_take_turns():
    calls = []
    timings = take_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3)
    turns = "".join(calls).lstrip("a").lstrip("b")
    turns = [turn for at, turn in enumerate(turns) if at == 0 or turn != turns[at - 1]]
    assert turns == ["a", "b"] * 3
    assert [len(timing.cpu) for timing in timings.values()] == [3, 3]
