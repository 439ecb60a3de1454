"""Every detail of an alert in both languages: the centre's own as codes, the kiosks' words as they come."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import devices
from broker_config.values import Condition
from central.alerts.details import CHINESE, ENGLISH, KINDS, WORDINGS, Code, Fact, Value, worded
from central.alerts.incident import Member
from central.alerts.phrases import CHINESE_SIGNS, in_chinese
from central.alerts.signs import FIGURES, Key, said_of
from central.health import LIMITS, Cause, Finding
from devices.errors import DeviceLost
from devices.kinds import PrinterTrouble
from kiosk.flow import alarms, happened
from kiosk.flow.operation import Why
from tests.central.heard import NOW

VALUES: dict[Code, tuple[Value, ...]] = {
    Code.DISK_FULL_ON: ("2026-11-27", 13),
    Code.PAPER_ENDS_ON: ("2026-11-27", 4),
    Code.VISITS_FOR_EACH_LOAN: (0.66, 3.0, 7),
    Code.VISITS_WHILE_CLOSED: (83, 1176),
    Code.VISITS_LOST: (1176,),
    Code.EXPIRES_ON: ("2026-12-01",),
    Code.DEVICE_SWAPPED: ("scanner", "SC-017", "SC-117"),
    Code.CLOCK_OFF_S: (-90.0,),
    Code.DISK_FREE_MB: (1234.56,),
    Code.TEMPERATURE_C: (84.0,),
    Code.STALL_MS: (12_345_678,),
    Code.EVENTS_WAITING: (260,),
    Code.OPERATIONS_UNSETTLED: (2,),
    Code.BROKER_LOST: ("the connection to the broker was lost",),
    Code.NOT_DELIVERED: ("HTTP 404",),
}


@pytest.mark.parametrize("code", Code)
def test_every_code_is_worded_in_both_languages(code: Code) -> None:
    fact = Fact(code, VALUES.get(code, ()))
    chinese, english = worded(fact, CHINESE), worded(fact, ENGLISH)
    assert CHINESE_SIGNS.search(chinese) or code is Code.TEMPERATURE_C
    assert not re.search("[a-z]{3}", chinese), chinese
    assert not CHINESE_SIGNS.search(english), english
    assert "{" not in chinese + english


def test_values_are_written_as_their_language_does() -> None:
    def chinese(code: Code, *values: Value) -> str:
        return worded(Fact(code, values), CHINESE)

    assert chinese(Code.VISITS_WHILE_CLOSED, 83, 1176) == "最近 7 天 1,176 人次中有 83 人次在闭馆时间"
    assert chinese(Code.DISK_FULL_ON, "2026-11-27", 13) == "按最近 13 天的趋势，预计 2026年11月27日写满"
    assert worded(Fact(Code.EXPIRES_ON, ("2026-12-01",)), ENGLISH) == "expires on 1 Dec 2026"
    assert chinese(Code.STALL_MS, 12_345_678) == "停顿 12,345,678 毫秒"
    assert chinese(Code.TEMPERATURE_C, 84.0) == "84 °C"
    assert chinese(Code.DEVICE_SWAPPED, "scanner", "A", "B") == "扫码器：序列号 A → B"
    assert chinese(Code.DEVICE_SWAPPED, "camera", "A", "B") == "camera：序列号 A → B"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_day_is_read_back_from_its_words(day: date) -> None:
    said = worded(Fact(Code.EXPIRES_ON, (day.isoformat(),)), CHINESE)
    assert [int(number) for number in re.findall(r"\d+", said)] == [day.year, day.month, day.day]


def test_every_figure_that_is_judged_has_its_wording() -> None:
    assert set(FIGURES) == {limit.cause for limit in LIMITS}
    assert FIGURES.keys() <= set(Cause)
    hot = Finding(Cause.HOT, Condition.DEGRADED, detail="84 °C", figure=84.0)
    assert said_of(hot) == Fact(Code.TEMPERATURE_C, (84.0,))
    assert said_of(Finding(Cause.OUT_OF_SERVICE, Condition.DOWN, detail="换锁")) == "换锁"


# -- what is kept ------------------------------------------------------------------------------------------


def test_what_an_earlier_version_kept_as_text_is_read_and_said() -> None:
    key = msgspec.to_builtins(Key("disk_low", "mz-a", "kiosk-1"))
    old = {"key": key, "raised_at": NOW.isoformat(), "detail": "120 MB"}
    member = msgspec.json.decode(msgspec.json.encode(old), type=Member)
    assert (member.said, member.detail) == ("120 MB", "120 MB")


@given(st.sampled_from(list(VALUES)))
def test_a_fact_survives_the_database(code: Code) -> None:
    member = Member(Key("x"), NOW, Fact(code, VALUES[code]))
    assert msgspec.json.decode(msgspec.json.encode(member), type=Member) == member


# -- what kiosks say ---------------------------------------------------------------------------------------


def literals(*enums: type[Enum]) -> Iterator[str]:
    for enum in enums:
        yield from (one.value for one in enum)


def lost_devices() -> Iterator[str]:
    """What every driver says when its device is lost, where it is a sentence without figures."""
    for file in Path(devices.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == DeviceLost.__name__:
                (detail,) = [node.args[2]]
                if isinstance(detail, ast.Constant):
                    yield f"/dev/x: open: {detail.value}"


KIOSKS_SAY = {
    *literals(PrinterTrouble, Why),
    *lost_devices(),
    alarms.NO_ROOM,
    *happened.FAILED_BY.values(),
    *(words for _, words in happened.OF_STANDING.values() if words),
    "/dev/kiosk-pad: inventory: no answer within 1.0 s; check cable and power",
    "/dev/kiosk-pad: inventory: tags collide: spread the books out (status 11h)",
    "/dev/kiosk-pad: feig_obid: driver failed: KeyError in poll (pad.py:31)",
    "ILS 127.0.0.1:6001: cannot connect (Connection refused): check the network, the address and the server",
    "it ends on 2026-12-01",
    "tags: 3",
    "books: 12",
    "2 of 3",
}


@pytest.mark.parametrize("said", sorted(KIOSKS_SAY))
def test_what_a_kiosk_says_is_said_in_chinese(said: str) -> None:
    chinese = in_chinese(said)
    assert CHINESE_SIGNS.search(chinese) and not chinese.startswith("原文"), chinese
    assert worded(said, ENGLISH) == said


def test_what_nobody_knows_is_shown_as_it_was_said() -> None:
    assert in_chinese("flux capacitor low") == "原文：flux capacitor low"
    assert in_chinese("触摸屏失灵") == "触摸屏失灵"
    assert in_chinese("") == ""


@given(st.text(max_size=80))
def test_nothing_that_is_said_is_lost(said: str) -> None:
    chinese = in_chinese(said)
    assert bool(chinese) == bool(said)


def test_kinds_of_devices_are_named_in_both_languages() -> None:
    assert all(CHINESE_SIGNS.search(chinese) and english.isascii() for chinese, english in KINDS.values())
    assert WORDINGS.keys() == set(Code)
