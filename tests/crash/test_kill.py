"""Kills of the real kiosk, short form. `make crash N=2000` is the long one; a failure names its seed."""

import pytest

from tests.crash import kill
from tests.crash.kiosk_server import SPOILT
from tests.crash.story import tell

KILLS = 60
FIRST_SEED = 20_260_000


@pytest.mark.timeout(300)
def test_the_kiosk_killed_at_any_instant_disagrees_with_nobody_after_it_has_settled() -> None:
    played = list(kill.outcomes(KILLS, FIRST_SEED))
    bad = [
        f"{tell(outcome.seed)}\n{outcome.account}\n{outcome.findings}"
        for outcome in played
        if outcome.findings
    ]
    assert not bad, "\n".join([*bad, *(f"make crash SEED={o.seed}" for o in played if o.findings)])
    assert sum(outcome.kills for outcome in played) >= KILLS
    assert sum(outcome.operations for outcome in played) >= KILLS, "kills of a kiosk at work"


@pytest.mark.timeout(300)
def test_a_kiosk_that_takes_silence_for_a_no_is_found_out() -> None:
    """The check can fail: after SENT only the ILS knows."""
    played = kill.outcomes(KILLS, FIRST_SEED, SPOILT)
    found = next((outcome.findings for outcome in played if outcome.findings), [])
    assert any("the ILS did" in finding for finding in found)


def test_a_seed_is_a_story() -> None:
    assert tell(7) == tell(7) and tell(7) != tell(8)
