"""Signs over time become incidents: told once, grouped, ended."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.alerts.engine import RETURNS_WITHIN, State, step
from central.alerts.incident import Incident, What
from central.alerts.people import Decisions, Matcher, Silence
from central.alerts.rules import RULES, Needs
from central.alerts.signs import Key, Sign, by_key
from central.alerts.surroundings import Setting
from central.alerts.telling import AGAIN_AFTER, GATHER
from central.health.planned import Window
from tests.central.alerts.world import DAILY, District, places, sign, sites, whats
from tests.central.heard import NOW

PAPER = sign("paper_out", subject="receipt_printer", detail="out of paper")
RAISED, UPDATED, ESCALATED, CLEARED = What.RAISED, What.UPDATED, What.ESCALATED, What.CLEARED


def test_a_fault_is_told_within_15_seconds_once_and_so_is_its_end() -> None:
    district = District()
    district.sees(PAPER)
    assert whats(district.runs(10)) == [(RAISED, "paper_out", 1)]
    assert district.runs(600) == []
    district.no_longer(PAPER)
    assert whats(district.runs(11)) == [(CLEARED, "paper_out", 1)]
    assert district.runs(600) == []
    assert district.state.open == {}


def test_what_does_not_last_is_never_told() -> None:
    district = District()
    for _ in range(20):
        district.sees(PAPER)
        district.runs(4)
        district.no_longer(PAPER)
        district.runs(2)
    assert district.told == []


def test_what_flaps_is_told_once_and_must_stay_away_for_long() -> None:
    district = District()
    for _ in range(10):  # ten minutes of 20 s bad, 40 s good
        district.sees(PAPER)
        district.runs(20)
        district.no_longer(PAPER)
        district.runs(40)
    assert whats(district.told) == [
        (RAISED, "paper_out", 1),
        (CLEARED, "paper_out", 1),
        (RAISED, "paper_out", 1),
    ]
    assert whats(district.runs(RETURNS_WITHIN.total_seconds())) == [(CLEARED, "paper_out", 1)]
    assert {notice.incident.id for notice in district.told} == {1}


def test_a_hundred_places_losing_their_link_together_are_one_alert() -> None:
    """The broker notices the deaths over 15 seconds: each client's keep-alive ends at its own time."""
    district = District()
    dead = [sign("kiosk_offline", place) for place in places(100)]
    for n in range(0, 100, 7):
        district.sees(*dead[n : n + 7])
        district.runs(1)
    district.runs(120)
    assert whats(district.told) == [(RAISED, "kiosk_offline", 100)]
    for n in range(0, 100, 3):  # and they come back over half a minute
        district.no_longer(*dead[n : n + 3])
        district.runs(1)
    district.runs(60)
    assert whats(district.told) == [(RAISED, "kiosk_offline", 100), (CLEARED, "kiosk_offline", 100)]


def test_a_hundred_places_falling_silent_are_one_alert_within_90_seconds() -> None:
    """Heartbeats come every 30 s at their own times; the signs are there from the 60th second of silence."""
    district = District()
    for second in range(30):
        district.sees(*[sign("kiosk_silent", place) for place in places(100)[second * 4 : second * 4 + 4]])
        district.runs(1)
    # the first fell silent 60 s before its sign: at most 30 s remain
    assert whats(district.told) == [(RAISED, "kiosk_silent", 100)]
    assert district.runs(120) == []


def test_a_single_failure_later_is_an_alert_of_its_own() -> None:
    district = District()
    district.sees(sign("kiosk_offline", "mz-mazhang-00"))
    district.runs(40)
    district.runs(11 * 60)
    district.sees(sign("kiosk_offline", "mz-huguang-01"))
    assert whats(district.runs(40)) == [(RAISED, "kiosk_offline", 1)]
    assert len(district.state.open) == 2


def test_more_of_the_same_cause_is_put_together_and_told_later() -> None:
    district = District()
    district.sees(sign("ils_unreachable", "mz-mazhang-00"))
    district.runs(20)
    district.sees(sign("ils_unreachable", "mz-huguang-01"), sign("ils_unreachable", "mz-taiping-02"))
    assert district.runs(AGAIN_AFTER.total_seconds() - 30) == []
    assert whats(district.runs(60)) == [(UPDATED, "ils_unreachable", 3)]


def test_a_second_fault_of_a_kind_is_told_as_soon_as_the_first_and_a_crowd_is_put_together() -> None:
    """Two villages out of paper within a minute have nothing to do with each other."""
    district = District()
    district.sees(sign("paper_out", "mz-mazhang-00"))
    assert whats(district.runs(12)) == [(RAISED, "paper_out", 1)]
    district.sees(sign("paper_out", "mz-huguang-01"))
    assert whats(district.runs(12)) == [(UPDATED, "paper_out", 2)]
    district.sees(sign("paper_out", "mz-taiping-02"))
    assert whats(district.runs(12)) == [(UPDATED, "paper_out", 3)]
    district.sees(sign("paper_out", "mz-mazhang-03"))
    assert district.runs(AGAIN_AFTER.total_seconds() - 20) == []
    assert whats(district.runs(40)) == [(UPDATED, "paper_out", 4)]


def test_a_crowd_that_doubles_is_told_of_after_a_minute() -> None:
    """A line that fails village by village: nobody should go by the first number for long."""
    district = District()
    dead = [sign("kiosk_offline", place) for place in places(100)]
    for n in range(100):
        district.sees(dead[n])
        district.runs(1)
    first, second = whats(district.told)
    assert first[0] is RAISED and first[2] < 30
    assert second[0] is UPDATED and second[2] > 60
    assert whats(district.runs(AGAIN_AFTER.total_seconds())) == [(UPDATED, "kiosk_offline", 100)]


def test_an_update_says_who_is_well_again() -> None:
    district = District()
    three = [sign("kiosk_offline", place) for place in places(3)]
    district.sees(*three)
    district.runs(30)
    district.no_longer(*three[:2])
    (notice,) = district.runs(AGAIN_AFTER.total_seconds() + 30)
    assert (notice.what, len(notice.members), notice.ended) == (UPDATED, 1, 2)


# -- what hides what ---------------------------------------------------------------------------------------


def test_a_dead_link_hides_its_children_and_they_come_back_unsaid() -> None:
    district = District()
    district.sees(PAPER)
    district.runs(20)
    offline = sign("kiosk_offline")
    district.sees(offline)
    district.no_longer(PAPER)  # nobody can see the printer now
    assert whats(district.runs(300)) == [(RAISED, "kiosk_offline", 1)]
    district.no_longer(offline)
    district.sees(PAPER)
    assert whats(district.runs(60)) == [(CLEARED, "kiosk_offline", 1)]
    district.no_longer(PAPER)
    assert whats(district.runs(60)) == [(CLEARED, "paper_out", 1)]


def test_a_kiosk_out_of_service_hides_its_devices_but_not_those_of_others() -> None:
    district = District()
    district.sees(sign("out_of_service"), sign("tag_reader_down"), sign("tag_reader_down", "mz-huguang-01"))
    assert whats(district.runs(60)) == [(RAISED, "out_of_service", 1), (RAISED, "tag_reader_down", 1)]


def test_a_deaf_centre_hides_every_silence() -> None:
    district = District()
    deaf = Sign(Key("not_receiving"))
    district.sees(deaf, *[sign("kiosk_silent", place) for place in places(100)])
    assert whats(district.runs(300)) == [(RAISED, "not_receiving", 1)]


def test_maintenance_is_quiet_and_what_lasts_beyond_it_is_told_afterwards() -> None:
    district = District()
    window = Window(1, frozenset({"mz-mazhang-00"}), NOW, NOW + timedelta(hours=1), "李四", "换机")
    district.maintain(window)
    district.sees(PAPER)
    assert district.runs(3540, tick_s=10) == []
    assert whats(district.runs(120)) == [(RAISED, "paper_out", 1)]


# -- what people decide ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matcher", "quiet"),
    [
        (Matcher(rule="paper_out"), True),
        (Matcher(place="mz-mazhang-00"), True),
        (Matcher(town="mazhang"), True),
        (Matcher(rule="paper_out", place="mz-mazhang-00", kiosk="kiosk-1"), True),
        (Matcher(rule="paper_low"), False),
        (Matcher(town="taiping"), False),
        (Matcher(rule="paper_out", place="mz-mazhang-00", kiosk="kiosk-2"), False),
    ],
)
def test_a_silence_keeps_quiet_until_its_end(matcher: Matcher, quiet: bool) -> None:
    district = District()
    district.silence(Silence(1, matcher, NOW + timedelta(minutes=10), "李四", "已知"))
    district.sees(PAPER)
    assert district.runs(590) == [] if quiet else whats(district.runs(590)) == [(RAISED, "paper_out", 1)]
    assert [incident.rule for incident in district.state.open.values()] == ["paper_out"]
    assert whats(district.runs(30)) == ([(RAISED, "paper_out", 1)] if quiet else [])


def test_a_silence_for_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a rule, a town or a place"):
        Matcher(kiosk="kiosk-1")


def test_nobody_answers_and_the_second_line_is_told_once() -> None:
    district = District()
    district.sees(PAPER)
    assert whats(district.runs(30 * 60 + 10)) == [(RAISED, "paper_out", 1), (ESCALATED, "paper_out", 1)]
    assert district.runs(3600, tick_s=10) == []
    district.no_longer(PAPER)
    (over,) = district.runs(20)
    assert over.what is CLEARED
    assert over.incident.escalated_at is not None


def test_who_acknowledged_is_named_and_nothing_is_escalated() -> None:
    district = District()
    district.sees(PAPER)
    district.runs(20)
    district.acknowledge(1)
    assert district.runs(3 * 3600, tick_s=10) == []
    assert district.state.open[1].acknowledged_by == "李四"


def test_what_is_not_urgent_waits_until_the_place_has_been_open_for_a_while() -> None:
    district = District(DAILY)
    district.now = NOW + timedelta(hours=7)  # 18:04, closed
    urgent = sign("ils_unreachable")
    district.sees(PAPER, urgent)
    assert whats(district.runs(60)) == [(RAISED, "ils_unreachable", 1)]
    district.acknowledge(1)
    district.acknowledge(2)
    district.now = NOW.replace(hour=1, minute=5) + timedelta(days=1)  # 09:05, just opened
    assert all(n.incident.rule != "paper_out" for n in district.runs(240, tick_s=5))
    told = district.runs(120)
    assert (RAISED, "paper_out", 1) in whats(told)


def test_information_stays_on_the_page() -> None:
    district = District()
    district.sees(sign("screen_slow"))
    assert district.runs(600) == []
    assert [incident.rule for incident in district.state.open.values()] == ["screen_slow"]


def test_news_is_told_once_and_only_gets_old() -> None:
    district = District()
    dispute = sign("dispute_waiting", subject="i-1/7")
    district.sees(dispute)
    assert whats(district.runs(60)) == [(RAISED, "dispute_waiting", 1)]
    district.no_longer(dispute)
    assert district.runs(60) == []
    assert district.state.open == {}


# -- as a whole --------------------------------------------------------------------------------------------

A_SIGN = st.builds(
    sign,
    st.sampled_from(["paper_out", "paper_low", "kiosk_offline", "tag_reader_down", "hot", "dispute_waiting"]),
    st.sampled_from(places(5)),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.frozensets(A_SIGN, max_size=8), st.integers(1, 400)), max_size=12))
def test_whatever_happens_every_story_has_a_beginning_and_an_end(
    story: list[tuple[frozenset[Sign], int]],
) -> None:
    """Per incident: raised first, an end only after it, nothing after the end but a return. And at peace
    everything ends."""
    district = District()
    for seen, seconds in story:
        district.signs = set(seen)
        district.runs(seconds, tick_s=5)
    district.signs = set()
    district.runs(3600, tick_s=10)
    assert district.state.open == {}
    standing: set[int] = set()
    for notice in district.told:
        number, rule = notice.incident.id, RULES[notice.incident.rule]
        assert rule.needs is Needs.STAFF
        assert notice.members
        if rule.lasts:
            assert notice.what in (RAISED, UPDATED, ESCALATED)
            continue
        assert (number in standing) == (notice.what is not RAISED)
        standing ^= {number} if notice.what in (RAISED, CLEARED) else set()
    assert standing == set()


@settings(max_examples=20)
@given(st.lists(st.tuples(st.frozensets(A_SIGN, max_size=8), st.integers(5, 200)), min_size=1, max_size=8))
def test_a_restart_in_between_tells_nothing_twice(story: list[tuple[frozenset[Sign], int]]) -> None:
    """What was not yet raised begins anew; everything else goes on as if nothing had been."""
    district = District()
    for seen, seconds in story:
        district.signs = set(seen)
        district.runs(seconds)
        told = {(n.incident.id, n.what) for n in district.told if n.what is RAISED}
        district.state = replace(district.state, pending={})
        again = [n for n in district.runs(1) if n.what is RAISED]
        assert not [n for n in again if (n.incident.id, RAISED) in told and n.incident.returns == 0]


def test_ten_thousand_places_are_one_step() -> None:
    """Not a matter of time here (see test_watch), but of numbers: none is lost in a crowd."""
    crowd = by_key(sign("kiosk_offline", f"p-{n}") for n in range(10_000))
    setting = Setting(sites())
    turn = step(State(), crowd, Decisions(), setting, NOW)
    turn = step(turn.state, crowd, Decisions(), setting, NOW + timedelta(seconds=15))
    turn = step(turn.state, crowd, Decisions(), setting, NOW + timedelta(seconds=15) + GATHER)
    (notice,) = turn.notices
    assert len(notice.members) == 10_000
    assert isinstance(turn.changed[0], Incident)
