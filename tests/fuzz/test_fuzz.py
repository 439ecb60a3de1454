"""A short run of what `make fuzz` does at length; that nothing is missing from it; and that it would tell."""

import random
import time

import pytest

from broker_config.messages import WAYS
from devices import registry
from devices.tag_data import Model
from hardware_sim import registry as simulated
from hardware_sim.ils.dialects import DIALECTS
from kiosk.sip2.dialect import Encoding
from tests.broker_config.examples import EVERY
from tests.fuzz import engine
from tests.fuzz.engine import Target, fuzz
from tests.fuzz.inputs import as_stream, each_of, mutations_of, pieces, scripts
from tests.fuzz.targets import TARGETS

FAST = [target for target in TARGETS if target.inputs is not scripts]
SLOW = [target for target in TARGETS if target.inputs is scripts]
"""A whole conversation or a whole database for each input."""


@pytest.mark.parametrize(("targets", "inputs"), [(FAST, 250), (SLOW, 40)], ids=["decoders", "drivers"])
def test_every_decoder_answers_whatever_it_is_fed(targets: list[Target], inputs: int) -> None:
    tallies = fuzz(targets, seed=1, inputs=inputs, seconds=3600)
    assert {name: tally.escaped for name, tally in tallies.items() if tally.escaped} == {}
    assert {name: tally.inputs for name, tally in tallies.items()} == dict.fromkeys(tallies, inputs)
    assert [name for name, tally in tallies.items() if tally.believed == 0] == []


def test_nothing_that_hears_or_reads_bytes_is_left_out() -> None:
    names = [target.name for target in TARGETS]
    assert len(set(names)) == len(names)
    for model, entry in registry.MODELS.items():
        assert (f"driver {model}" if entry.line else f"wire {model}") in names or model == "pulse_counter"
    assert "pulse edges" in names
    assert {f"simulated {model}" for model in simulated.MODELS} < set(names)
    assert {f"tag {model.value}" for model in Model} < set(names)
    assert {f"SIP2 of {dialect}" for dialect in DIALECTS} < set(names)
    heard = {dialect.wire.encoding for dialect in DIALECTS.values()}
    assert all(f"SIP2 in {encoding.value}" in names for encoding in Encoding if encoding not in heard)
    assert {type(message) for message in EVERY} == set(WAYS), "each class of message is a seed"


# -- that it would tell --------------------------------------------------------------------------------------


def _one(act: engine.Act, *refusals: type[Exception], inputs: int = 2000) -> engine.Tally:
    target = Target("one", mutations_of(b"\x02valid\x03"), act, refusals)
    return fuzz([target], seed=7, inputs=inputs, seconds=60)["one"]


def _stumbles(data: bytes) -> bool:
    if data[:1] == b"\x02" and data[-1:] != b"\x03":
        raise KeyError(data[-1])
    return True


def test_an_error_that_was_not_promised_escapes_with_its_input() -> None:
    tally = _one(_stumbles)
    assert tally.escaped and "KeyError" in tally.escaped
    escaped = bytes.fromhex(tally.escaped.splitlines()[0])
    with pytest.raises(KeyError):
        _stumbles(escaped)
    assert tally.inputs < 2000, "and it is left alone from then on"


def test_an_error_that_was_promised_is_an_answer() -> None:
    tally = _one(_stumbles, KeyError)
    assert (tally.escaped, tally.inputs) == (None, 2000)
    assert 0 < tally.believed < 2000


def test_no_answer_is_an_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE_S", 0.2)

    def sleeps(data: bytes) -> bool:
        while data:
            pass
        return True

    tally = _one(sleeps)
    assert tally.escaped and "TooSlow" in tally.escaped


def test_the_others_go_on_when_one_has_escaped_and_a_slow_one_takes_no_more_than_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "BATCH", 10)
    monkeypatch.setattr(engine, "SLICE_S", 0.001)
    order: list[str] = []

    def slowly(data: bytes) -> bool:
        time.sleep(0.002)
        order.append("slow")
        return True

    def well(data: bytes) -> bool:
        order.append("well")
        return True

    inputs = mutations_of(b"\x02valid\x03")
    targets = [Target("bad", inputs, _stumbles), Target("slow", inputs, slowly), Target("good", inputs, well)]
    tallies = fuzz(targets, seed=7, inputs=100, seconds=60)
    assert tallies["bad"].escaped and not tallies["good"].escaped
    assert tallies["good"].inputs == tallies["slow"].inputs == 100
    assert order[:2] == ["slow", "well"] and order[-50:] == ["slow"] * 50


def test_the_same_seed_is_the_same_run() -> None:
    runs: list[list[bytes]] = [[], [], []]
    for seed, run in zip((1, 1, 2), runs, strict=True):
        keep = Target("kept", mutations_of(b"12345"), lambda data, run=run: run.append(data) is None)
        fuzz([keep], seed, inputs=100, seconds=60)
    assert runs[0] == runs[1] != runs[2]


def test_a_meaning_that_depends_on_the_pieces_is_an_escape() -> None:
    tally = _one(as_stream(lambda stream: [len(piece) for piece in stream]))
    assert tally.escaped and "in pieces" in tally.escaped


def test_pieces_make_the_whole_and_each_question_is_asked() -> None:
    data = random.Random(3).randbytes(3000)
    assert b"".join(pieces(data)) == data and len([*pieces(data)]) > 10
    asked: list[bytes] = []
    act = each_of(_stumbles, asked.append, refusals=KeyError)
    assert act(b"\x02") and asked == [b"\x02"]
