"""The table of rules against the tables it serves: nothing points into the void."""

import pytest

from broker_config.alarms import MEANINGS, AlarmName
from central.alerts.ledger import SUBJECTS
from central.alerts.rules import EVERY_RULE, RULES, Needs, Scope, Severity
from central.alerts.signs import BY_CAUSE, BY_DEVICE, PAPER
from central.health import Cause

FIELD_LIST = {
    "ILS unreachable": "ils_unreachable",
    "out of service": "out_of_service",
    "paper low": "paper_low",
    "paper out": "paper_out",
    "printer down": "printer_down",
    "stored transactions waiting": "outbox_long",
    "suspicious item": "suspicious_item",
    "incomplete set": "incomplete_set",
    "hold returned": "hold_returned",
    "failed checkin": "checkin_failed",
    "failed checkout": "checkout_failed",
    "empty tag": "empty_tag",
    "unusually large checkout": "large_checkout",
}
"""reference/field.md: the alert lists of 3M, P.V. Supa and Invengo."""


def test_the_fields_list_is_covered() -> None:
    assert set(FIELD_LIST.values()) <= RULES.keys()


def test_every_alarm_of_a_kiosk_has_a_rule_that_fits_it() -> None:
    assert set(MEANINGS) == set(AlarmName)
    for name, meaning in MEANINGS.items():
        assert (RULES[name.value].lasts is None) == meaning.lasts, name
    assert all(MEANINGS[name].lasts for name in SUBJECTS)


def test_every_source_points_to_a_rule() -> None:
    for rule in (*BY_CAUSE.values(), *BY_DEVICE.values(), *PAPER.values()):
        assert rule in RULES
    assert set(Cause) - BY_CAUSE.keys() == {Cause.NOT_SET_UP, Cause.SILENT, Cause.DEVICE}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_says_all_in_both_languages_and_inhibits_what_there_is(rule) -> None:  # type: ignore[no-untyped-def]
    for chinese, english in (rule.text, rule.act):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
        assert english.isascii() and english
    assert rule.name not in rule.inhibits
    assert rule.inhibits <= {*RULES, EVERY_RULE}
    assert rule.scope is Scope.KIOSK or rule.inhibits
    assert rule.severity is not Severity.CRITICAL or rule.needs is Needs.STAFF


READINGS = {"hot", "outbox_long", "unsettled"}
"""They swing by themselves, so they must hold for a while."""
ABSENCES = {"not_receiving", "kiosk_offline", "kiosk_silent"}
"""Told within 90 s: that somebody is gone is only known after a while."""


def test_what_a_kiosk_tells_is_raised_soon_enough_to_be_told_within_15_seconds() -> None:
    late = {
        name for name, rule in RULES.items() if rule.needs is Needs.STAFF and rule.raise_after.seconds > 5
    }
    assert late == READINGS | ABSENCES


def test_what_stops_service_is_raised_soon_enough_to_be_told_within_15_seconds() -> None:
    for name in (
        "ils_unreachable",
        "out_of_service",
        "tag_reader_down",
        "printer_down",
        "paper_out",
        "disk_full",
    ):
        assert RULES[name].raise_after.total_seconds() <= 5
