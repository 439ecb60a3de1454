"""What a sign adds to its rule: the centre's own findings as a code with values, worded in two languages.

What a kiosk said of itself comes as text and stays text (`phrases.py` knows it in Chinese). Both are kept
as they are and worded when somebody reads them, so each reader has their own language. Pure.
"""

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum

from msgspec import Struct

from central.alerts.phrases import in_chinese

CHINESE, ENGLISH = 0, 1


class Code(Enum):
    """What was found; the value is kept in the office's database."""

    DISK_FULL_ON = "disk_full_on"
    PAPER_ENDS_ON = "paper_ends_on"
    VISITS_FOR_EACH_LOAN = "visits_for_each_loan"
    VISITS_WHILE_CLOSED = "visits_while_closed"
    VISITS_LOST = "visits_lost"
    EXPIRES_ON = "expires_on"
    UNREADABLE = "unreadable"
    DEVICE_SWAPPED = "device_swapped"
    CLOCK_UNSYNCED = "clock_unsynced"
    CLOCK_OFF_S = "clock_off_s"
    DISK_FREE_MB = "disk_free_mb"
    TEMPERATURE_C = "temperature_c"
    STALL_MS = "stall_ms"
    EVENTS_WAITING = "events_waiting"
    OPERATIONS_UNSETTLED = "operations_unsettled"
    BROKER_LOST = "broker_lost"
    NOT_DELIVERED = "not_delivered"


Value = str | int | float


class Fact(Struct, frozen=True, tag="fact"):
    """`values` in the order of the code's wording; days as ISO 8601."""

    code: Code
    values: tuple[Value, ...] = ()


Said = Fact | str
"""A finding of the centre, or a kiosk's own words; "" is nothing."""

KINDS: Mapping[str, tuple[str, str]] = {
    "tag_reader": ("图书标签读写器", "tag reader"),
    "card_reader": ("读卡器", "card reader"),
    "scanner": ("扫码器", "scanner"),
    "receipt_printer": ("凭条打印机", "receipt printer"),
    "door_counter": ("进馆计数器", "door counter"),
}

WORDINGS: Mapping[Code, tuple[str, str]] = {
    Code.DISK_FULL_ON: (
        "按最近 {1} 天的趋势，预计 {0:day}写满",
        "full about {0:day}, by the trend of {1} days",
    ),
    Code.PAPER_ENDS_ON: (
        "按前 {1} 卷的用量，预计 {0:day}用完",
        "used up about {0:day}, by the use of {1} rolls",
    ),
    Code.VISITS_FOR_EACH_LOAN: (
        "上周每借 1 册进馆 {0:.1f} 人次，平时 {1:.1f}（前 {2} 周）",
        "{0:.1f} visits for each loan last week, usually {1:.1f} ({2} weeks)",
    ),
    Code.VISITS_WHILE_CLOSED: (
        "最近 7 天 {1:n} 人次中有 {0:n} 人次在闭馆时间",
        "{0:n} of {1:n} visits in the last 7 days were outside opening hours",
    ),
    Code.VISITS_LOST: (
        "最近 7 天漏报 {0:n} 人次：计数器的累计数比收到的多",
        "{0:n} visits of the last 7 days never came: the counter's own total is higher",
    ),
    Code.EXPIRES_ON: ("{0:day}到期", "expires on {0:day}"),
    Code.UNREADABLE: ("文件无法读取", "the file cannot be read"),
    Code.DEVICE_SWAPPED: ("{0:kind}：序列号 {1} → {2}", "serial number of the {0:kind}: {1} → {2}"),
    Code.CLOCK_UNSYNCED: ("尚未对时", "not synchronised"),
    Code.CLOCK_OFF_S: ("{0:n} 秒", "{0:n} s"),
    Code.DISK_FREE_MB: ("剩余 {0:n} MB", "{0:n} MB free"),
    Code.TEMPERATURE_C: ("{0:n} °C", "{0:n} °C"),
    Code.STALL_MS: ("停顿 {0:n} 毫秒", "stood still for {0:n} ms"),
    Code.EVENTS_WAITING: ("{0:n} 条", "{0:n} reports"),
    Code.OPERATIONS_UNSETTLED: ("{0:n} 笔", "{0:n} operations"),
    Code.BROKER_LOST: ("{0:said}", "{0:said}"),
    Code.NOT_DELIVERED: ("最近一次失败：{0:said}", "last failure: {0:said}"),
}
"""Chinese and English; `day`, `kind`, `n` (a number) and `said` (text) are forms of this module."""


def worded(said: Said, column: int) -> str:
    """In the language of the column, CHINESE or ENGLISH."""
    if isinstance(said, Fact):
        return WORDINGS[said.code][column].format(*(_Worded(value, column) for value in said.values))
    return in_chinese(said) if column == CHINESE else said


class _Worded:
    """A value as its language writes it."""

    def __init__(self, value: Value, column: int) -> None:
        self._value, self._column = value, column

    def __format__(self, form: str) -> str:
        if form in FORMS:
            return FORMS[form](self._value, self._column)
        return format(self._value, form)


def _day(value: Value, column: int) -> str:
    day = date.fromisoformat(str(value))
    return (f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%b %Y}")[column]


def _kind(value: Value, column: int) -> str:
    return KINDS[value][column] if isinstance(value, str) and value in KINDS else str(value)


def _number(value: Value, _column: int) -> str:
    return f"{round(value, 1):,}".removesuffix(".0") if isinstance(value, int | float) else str(value)


def _said(value: Value, column: int) -> str:
    return in_chinese(str(value)) if column == CHINESE else str(value)


FORMS: Mapping[str, Callable[[Value, int], str]] = {"day": _day, "kind": _kind, "n": _number, "said": _said}
