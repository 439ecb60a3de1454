"""A short run of `fuzz.py`: tag memories, random and mutated."""

from tests.devices.tag_data.fuzz import fuzz


def test_no_input_escapes_in_two_seconds():
    tally = fuzz(seconds=2, inputs=5000)
    assert tally.escaped is None
    assert tally.inputs > 50
    assert tally.trusted > 0
