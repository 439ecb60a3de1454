"""Which rule's sign each trouble is."""

from datetime import timedelta
from typing import Any

import pytest

from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, Service
from central.alerts.details import Said
from central.alerts.signs import SUSPECT_AFTER, signs_of
from central.health import judge_kiosk
from central.store import Kiosk
from devices.kinds import PrinterTrouble
from tests.central.heard import DOOR, NOW, READER, ago, device

AT = "2026-11-22T03:04:05.000Z"
LONG_AGO = ago(days=1)


def kiosk(heartbeat: dict[str, Any] | None = None, birth: dict[str, Any] | None = None, **row: Any) -> Kiosk:
    told: dict[str, Any] = {"devices": (READER, DOOR), "clock_synced": True, "ils_up": True}
    state: dict[str, Any] = {"online": True, "clock_synced": True}
    values: dict[str, Any] = {
        "online": True,
        "heard_at": ago(seconds=20),
        "state": State(at=AT, session=3, **state | (birth or {})),
        "health": Health(at=AT, session=3, **told | (heartbeat or {})),
    }
    return Kiosk(Identity("mz-taiping-03", "kiosk-1"), **values | row)


def seen(one: Kiosk, listening_since: Any = LONG_AGO) -> list[tuple[str, str, Said]]:
    signs = signs_of(one, judge_kiosk(one, NOW), listening_since, NOW)
    return [(sign.key.rule, sign.key.subject, sign.said) for sign in signs]


def test_all_is_well() -> None:
    assert seen(kiosk()) == []


@pytest.mark.parametrize(
    ("condition", "reason", "rule"),
    [
        (Condition.DOWN, "unplugged", "printer_down"),
        (Condition.UNKNOWN, "", "printer_down"),
        (Condition.DEGRADED, PrinterTrouble.PAPER_OUT.value, "paper_out"),
        (Condition.DEGRADED, PrinterTrouble.NEAR_END.value, "paper_low"),
        (Condition.DEGRADED, "cannot print: cover open", "printer_cannot_print"),
    ],
)
def test_a_printer(condition: Condition, reason: str, rule: str) -> None:
    told = kiosk({"devices": (READER, device(condition, reason))})
    assert seen(told) == [(rule, "receipt_printer", reason)]


def test_two_devices_of_a_kind_are_two_signs() -> None:
    pair = tuple(
        DeviceState(kind="scanner", model="m", port="/dev/s", condition=Condition.DOWN, name=name)
        for name in ("scanner", "scanner-2")
    )
    assert seen(kiosk({"devices": pair})) == [
        ("device_down", "scanner", ""),
        ("device_down", "scanner-2", ""),
    ]


@pytest.mark.parametrize(
    ("heartbeat", "rule"),
    [
        ({"ils_up": False}, "ils_unreachable"),
        ({"disk_free_mb": 100}, "disk_low"),
        ({"outbox_depth": 500}, "outbox_long"),
        ({"unsettled": 2}, "unsettled"),
        ({"temperature_c": 85}, "hot"),
        ({"clock_synced": False, "clock_offset_s": 90}, "clock_wrong"),
        ({"devices": (device(Condition.DOWN), DOOR)}, "printer_down"),
    ],
)
def test_a_heartbeat_that_tells_of_trouble(heartbeat: dict[str, Any], rule: str) -> None:
    assert [found[0] for found in seen(kiosk(heartbeat))] == [rule]


def test_an_older_sessions_heartbeat_says_nothing_any_more() -> None:
    reborn = kiosk({"ils_up": False}, state=State(at=AT, clock_synced=True, session=4, online=True))
    assert seen(reborn) == []


def test_offline_and_out_of_service() -> None:
    assert seen(kiosk(online=False)) == [("kiosk_offline", "", "")]
    out = kiosk(birth={"service": Service.OUT_OF_SERVICE, "reason": "换锁"})
    assert seen(out) == [("out_of_service", "", "换锁")]


def test_silence_is_suspected_after_a_minute_but_not_while_we_are_deaf() -> None:
    silent = kiosk(heard_at=NOW - SUSPECT_AFTER - timedelta(seconds=1))
    assert seen(silent) == [("kiosk_silent", "", "")]
    assert seen(silent, listening_since=ago(seconds=30)) == []
    assert seen(kiosk(heard_at=NOW - SUSPECT_AFTER)) == []
    assert seen(kiosk(heard_at=None)) == [("kiosk_silent", "", "")]
    assert seen(kiosk(heard_at=None), listening_since=NOW) == []
