"""A short run of what `make fuzz` does at length."""

from tests.devices.fuzz import GROUPS, fuzz


def test_every_decoder_answers_whatever_it_is_fed() -> None:
    tallies = fuzz(seed=1, inputs=2000, seconds=60)
    assert tallies.escaped is None
    assert tallies.by_decoder.keys() == {name for _, acts in GROUPS for name in acts}
    for tally in tallies.by_decoder.values():
        assert tally.inputs == 2000
        assert 0 < tally.believed < tally.inputs
