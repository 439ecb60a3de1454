"""The condition of a place and its causes, by what its kiosk said and for how long it has been silent."""

from datetime import timedelta
from typing import Any

import pytest

from broker_config.status import Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, Service
from central.health import SILENT_AFTER, Cause, Finding, Verdict, judge_device, judge_kiosk, judge_place
from central.store import Kiosk
from tests.central.heard import DOOR, NOW, READER, ago, device

AT = "2026-11-22T03:04:05.000Z"


def kiosk(heartbeat: dict[str, Any] | None = None, birth: dict[str, Any] | None = None, **row: Any) -> Kiosk:
    """A kiosk that is well, but for what the test says."""
    told: dict[str, Any] = {"devices": (READER, DOOR), "clock_synced": True, "ils_up": True}
    state: dict[str, Any] = {"online": True, "clock_synced": True}
    values: dict[str, Any] = {
        "online": True,
        "heard_at": ago(seconds=20),
        "state": State(at=AT, session=3, **state | (birth or {})),
        "health": Health(at=AT, session=3, **told | (heartbeat or {})),
    }
    return Kiosk(Identity("mz-taiping-03", "kiosk-1"), **values | row)


def judged(one: Kiosk) -> tuple[Condition, set[Cause]]:
    verdict = judge_kiosk(one, NOW)
    return verdict.condition, {finding.cause for finding in verdict.findings}


def test_all_is_well() -> None:
    assert judged(kiosk()) == (Condition.OK, set())


@pytest.mark.parametrize(
    ("heartbeat", "cause"),
    [
        ({"devices": (READER, device(Condition.DOWN, "缺纸"))}, Cause.DEVICE),
        ({"devices": (device(Condition.DEGRADED),)}, Cause.DEVICE),
        ({"devices": (device(Condition.UNKNOWN),)}, Cause.DEVICE),
        ({"ils_up": False}, Cause.ILS_DOWN),
        ({"clock_synced": False}, Cause.CLOCK_UNSYNCED),
        ({"clock_offset_s": -7.5}, Cause.CLOCK_OFF),
        ({"disk_free_mb": 499}, Cause.DISK_LOW),
        ({"temperature_c": 80}, Cause.HOT),
        ({"ui_stall_ms": 2000}, Cause.SCREEN_SLOW),
        ({"outbox_depth": 200}, Cause.OUTBOX_LONG),
        ({"unsettled": 1}, Cause.UNSETTLED),
    ],
)
def test_a_heartbeat_that_tells_of_trouble(heartbeat: dict[str, Any], cause: Cause) -> None:
    assert judged(kiosk(heartbeat)) == (Condition.DEGRADED, {cause})


@pytest.mark.parametrize(
    "heartbeat",
    [
        {"ils_up": None, "disk_free_mb": None, "temperature_c": None, "unsettled": None},
        {"disk_free_mb": 500, "temperature_c": 79.9, "ui_stall_ms": 1999, "outbox_depth": 199},
        {"clock_offset_s": 4.9, "unsettled": 0, "ils_up": True},
    ],
)
def test_what_is_unknown_or_within_limits_is_no_trouble(heartbeat: dict[str, Any]) -> None:
    assert judged(kiosk(heartbeat)) == (Condition.OK, set())


def test_silence_is_unknown_from_the_91st_second() -> None:
    assert judged(kiosk(heard_at=NOW - SILENT_AFTER))[0] is Condition.OK
    assert judged(kiosk(heard_at=NOW - SILENT_AFTER - timedelta(seconds=1))) == (
        Condition.UNKNOWN,
        {Cause.SILENT},
    )
    assert judged(kiosk(heard_at=None)) == (Condition.UNKNOWN, {Cause.SILENT})


def test_the_will_is_believed_at_once() -> None:
    assert judged(kiosk(online=False)) == (Condition.DOWN, {Cause.OFFLINE})


def test_out_of_service_is_down_with_its_reason() -> None:
    out = kiosk(birth={"service": Service.OUT_OF_SERVICE, "reason": "换锁"})
    verdict = judge_kiosk(out, NOW)
    assert verdict.condition is Condition.DOWN
    assert verdict.findings[0].detail == "换锁"


def test_a_heartbeat_of_the_connection_before_says_nothing_about_devices() -> None:
    restarted = kiosk(
        heartbeat={"devices": (device(Condition.DOWN),)},
        state=State(at=AT, clock_synced=True, session=4, online=True, devices=(READER,)),
    )
    assert judged(restarted)[0] is Condition.OK


def test_devices_of_a_silent_kiosk_are_unknown() -> None:
    silent = judge_kiosk(kiosk(heard_at=ago(hours=2)), NOW)
    well = judge_kiosk(kiosk(), NOW)
    assert judge_device(READER, silent) is Condition.UNKNOWN
    assert judge_device(READER, well) is Condition.OK


def verdict(condition: Condition) -> Verdict:
    return Verdict(condition, (Finding(Cause.DEVICE, condition),), ago(minutes=1))


OK, DEGRADED, DOWN, UNKNOWN = Condition.OK, Condition.DEGRADED, Condition.DOWN, Condition.UNKNOWN


@pytest.mark.parametrize(
    ("kiosks", "place"),
    [
        ([], UNKNOWN),
        ([OK], OK),
        ([OK, OK], OK),
        ([OK, DOWN], DEGRADED),
        ([OK, UNKNOWN], DEGRADED),
        ([DEGRADED, DOWN], DEGRADED),
        ([DOWN, DOWN], DOWN),
        ([DOWN, UNKNOWN], DOWN),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
    ],
)
def test_a_place_of_several_kiosks(kiosks: list[Condition], place: Condition) -> None:
    assert judge_place([verdict(condition) for condition in kiosks]).condition is place
