"""Incidents as pages show them."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from central.accounts.roles import Principal, Role
from central.alert_views import AlertRow, AlertState, row_of, rows
from central.alerts.incident import Incident, Member
from central.alerts.people import Acknowledgement, Decisions, Matcher, Silence
from central.alerts.signs import Key
from tests.central.heard import NOW, ago

MAIN = Principal("boss", Role.MAIN)
BRANCH = Principal("chen", Role.BRANCH, frozenset({"p1"}))
TOWNS = {"p1": "taiping", "p2": "huguang"}


def member(place: str, rule: str = "kiosk_offline", cleared: bool = False) -> Member:
    return Member(Key(rule, place, "kiosk-1"), ago(hours=1), cleared_at=NOW if cleared else None)


def incident(*members: Member, number: int = 1, rule: str = "kiosk_offline", over: bool = False) -> Incident:
    return Incident(number, rule, ago(hours=1), ago(hours=1), members, cleared_at=NOW if over else None)


@dataclass
class Decided:
    silences: list[Silence] = field(default_factory=list)
    taken: dict[int, Acknowledgement] = field(default_factory=dict)

    def row(self, one: Incident, principal: Principal = MAIN) -> AlertRow | None:
        return row_of(one, Decisions(tuple(self.silences), self.taken), TOWNS, principal, NOW)


def silence(matcher: Matcher, hours: float = 2) -> Silence:
    return Silence(1, matcher, NOW + timedelta(hours=hours), "li", "检修")


def test_an_open_one_needs_staff_and_information_stands_apart() -> None:
    row = Decided().row(incident(member("p1"), member("p2")))
    assert row is not None
    assert (row.state, row.group, row.places) == (AlertState.OPEN, "alert_open", ("p1", "p2"))
    changed = Decided().row(incident(member("p1", "device_changed"), rule="device_changed"))
    assert changed is not None
    assert (changed.state, changed.group) == (AlertState.OPEN, "alert_information")


def test_somebody_took_it() -> None:
    row = Decided(taken={1: Acknowledgement(1, "li", NOW)}).row(incident(member("p1")))
    assert row is not None
    assert (row.state, row.by) == (AlertState.ACKNOWLEDGED, "li")


def test_it_is_silenced_when_all_of_it_is() -> None:
    both = incident(member("p1"), member("p2"))
    half = Decided([silence(Matcher(place="p1"))]).row(both)
    whole = Decided([silence(Matcher(rule="kiosk_offline"))]).row(both)
    assert half is not None and whole is not None
    assert (half.state, half.silence) == (AlertState.OPEN, None)
    assert whole.state is AlertState.SILENCED and whole.silence is not None
    past = Decided([silence(Matcher(rule="kiosk_offline"), hours=-1)]).row(both)
    assert past is not None and past.state is AlertState.OPEN


def test_a_town_is_silenced() -> None:
    row = Decided([silence(Matcher(town="taiping"))]).row(incident(member("p1")))
    assert row is not None and row.state is AlertState.SILENCED


def test_what_is_over_shows_everybody_who_was_in_it() -> None:
    row = Decided().row(incident(member("p1", cleared=True), member("p2", cleared=True), over=True))
    assert row is not None
    assert (row.state, row.places) == (AlertState.CLEARED, ("p1", "p2"))
    now = Decided().row(incident(member("p1", cleared=True), member("p2")))
    assert now is not None and now.places == ("p2",)


@pytest.mark.parametrize(("place", "visible"), [("p1", True), ("p2", False), ("", False)])
def test_a_branch_sees_its_own_places_only(place: str, visible: bool) -> None:
    one = incident(member(place))
    assert (Decided().row(one, BRANCH) is not None) is visible
    assert Decided().row(one, MAIN) is not None


def test_of_a_wide_one_a_branch_sees_its_own_part() -> None:
    row = Decided().row(incident(member("p1"), member("p2")), BRANCH)
    assert row is not None and row.places == ("p1",)


def test_the_greatest_loss_comes_first() -> None:
    minor = incident(member("p1", "paper_out"), number=3, rule="paper_out")
    critical = incident(member("p1"), number=2)
    major = incident(member("p1", "hot"), number=1, rule="hot")
    found = rows([minor, critical, major], Decisions(), TOWNS, MAIN, NOW)
    assert [row.incident.id for row in found] == [2, 1, 3]
