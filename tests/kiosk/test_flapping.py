"""The link to the ILS comes and goes all day; the whole form, with real times, is `make flap`."""

from pathlib import Path

from tests.kiosk.flap import Day, Pace

QUICK = Pace(up_s=0.5, down_s=1.0, late_s=0.6, reply_timeout_s=0.5, tend_s=0.2)
"""Shorter by the same factor everywhere; nothing at this ILS is later than `late_s`."""


def test_a_flapping_link_loses_and_doubles_nothing_and_disputes_are_as_predicted(tmp_path: Path) -> None:
    with Day(tmp_path, seed=4711, pace=QUICK) as day:
        outcome = day.play(operations=24)
    assert not outcome.findings
    assert outcome.flaps >= 2 and outcome.offline >= 3, f"too little happened: {outcome}"
