"""Words and drawings of the pages: all that can come up can be said, and what is unknown is drawn so."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker_config.values import Condition
from central.alert_views import GROUPS
from central.alerts.desk import AlertAction
from central.alerts.outbox import Outcome as Sent
from central.alerts.rules import Role as Helper
from central.alerts.rules import Severity
from central.commands import COMMANDS, Status
from central.disputes import DisputeAction, Outcome, Unsettled
from central.notices import BadNotice, NoticeAction
from central.spares import BadSpare, SpareAction
from central.store import Sample
from central.views import DayFigures, DeviceView, EventView, PlaceSummary, Segment
from central.web.acts import FIELDS, LEAST
from central.web.charts import days_chart, figure_chart
from central.web.devices import COLUMNS, grid_options, row_of
from central.web.disputes import STEPS
from central.web.texts import Language, Words
from central.web.words import TEXTS
from central.web.words.devices import GRID_TEXTS
from devices.kinds import PrinterTrouble
from tests.central.heard import NOW, ago
from tests.central.test_board import PLACES

ZONE = ZoneInfo("Asia/Shanghai")
ZH, EN = Words(Language.CHINESE, ZONE), Words(Language.ENGLISH, ZONE)


def test_everything_that_can_come_up_on_these_pages_has_words() -> None:
    wanted = set(GROUPS) | {column[1] for column in COLUMNS}
    wanted |= {bad.value for enum in (Unsettled, BadSpare, BadNotice) for bad in enum}
    actions = (*AlertAction, *DisputeAction, *NoticeAction, *SpareAction)
    wanted |= {f"action_{action.value}" for action in actions}
    wanted |= {f"outcome_{outcome.value}" for outcome in Outcome}
    wanted |= {f"delivery_{outcome.value}" for outcome in Sent}
    wanted |= {f"severity_{one.value}" for one in Severity} | {f"alert_role_{one.value}" for one in Helper}
    wanted |= {f"command_{name}" for name in COMMANDS} | {f"command_status_{one.value}" for one in Status}
    wanted |= {f"dispute_step_{what}_{n + 1}" for what, count in STEPS.items() for n in range(count)}
    assert wanted <= set(TEXTS), wanted - set(TEXTS)


def test_every_command_has_somebody_who_may_give_it() -> None:
    assert set(LEAST) == set(COMMANDS)
    assert set(FIELDS) <= set(COMMANDS)


def test_what_printers_say_is_said_in_chinese() -> None:
    assert ZH.said(PrinterTrouble.PAPER_OUT.value) == "缺纸，请换一卷"
    assert EN.said(PrinterTrouble.PAPER_OUT.value) == PrinterTrouble.PAPER_OUT.value


@pytest.mark.parametrize(
    ("span", "chinese", "english"),
    [
        (timedelta(seconds=5), "1 分钟", "1 min"),
        (timedelta(minutes=59), "59 分钟", "59 min"),
        (timedelta(hours=2, minutes=5), "2 小时 5 分钟", "2 h 5 min"),
    ],
)
def test_how_long(span: timedelta, chinese: str, english: str) -> None:
    assert (ZH.lasted(span), EN.lasted(span)) == (chinese, english)


def test_a_segment_says_when_and_why() -> None:
    down = Segment(Condition.DOWN, ("offline", "device"), ago(hours=2), ago(hours=1))
    assert ZH.segment(down) == "09:04–10:04 已断线、设备异常"
    assert EN.segment(Segment(Condition.OK, (), ago(hours=2), None)) == "09:04–now Working"


def test_a_tile_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    place, today = PLACES.place[0], DayFigures(date(2026, 11, 22), 3, None, 0)
    row = PlaceSummary(
        place.id, place.name, place.short, place.name_en, place.short_en, place.level, place.town,
        Condition.OK, (), ago(hours=1), today, "线路检修",  # type: ignore[arg-type]
    )  # fmt: skip
    assert ZH.at_a_glance(row, NOW, not_set_up=False).splitlines() == [
        "麻章区图书馆3村服务点 · 正常",
        "维护中 · 线路检修",
        "今日 · 借出 3 · 归还 — · 进馆人次 0",
        "最近联系 1 小时前",
    ]
    assert ZH.at_a_glance(row, NOW, not_set_up=True).splitlines()[0] == "麻章区图书馆3村服务点 · 尚未接入"


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("rotation", {"direction": "received", "volumes": 40}, "收到 40 册"),
        (
            "command_result",
            {"outcome": "failed", "reason": "a reader is being served"},
            "未成功 · 有读者正在使用",
        ),
        ("refusal", {"what": "loan", "reason": "stack_changed"}, "借书 · 书堆中途变动"),
        ("alarm_raised", {"name": "paper_out", "reason": ""}, "凭条纸用完"),
        (
            "alarm_raised",
            {"name": "incomplete_set", "reason": "2 of 3"},
            "成套资料不全 · 共 3 件，只有第 2 件",
        ),
        ("staff_action", {"what": "put out of service"}, "设为暂停服务"),
    ],
)
def test_events_in_words(kind: str, details: dict[str, object], said: str) -> None:
    assert ZH.event(EventView("kiosk-1", kind, NOW, NOW, details)) == said


def test_what_was_told_at_once_is_not_late() -> None:
    assert not ZH.late(EventView("kiosk-1", "loan", NOW, NOW + timedelta(minutes=9), {}))
    assert ZH.late(EventView("kiosk-1", "loan", NOW, NOW + timedelta(minutes=11), {}))


# -- drawings --------------------------------------------------------------------------------------------


def test_an_unknown_day_is_a_gap_in_the_chart() -> None:
    days = [DayFigures(date(2026, 11, 21), None, None, None), DayFigures(date(2026, 11, 22), 1, 0, 5, True)]
    options = days_chart(days, ZH)
    assert options["xAxis"]["data"] == ["11-21", "11-22*"]
    assert [series["data"] for series in options["series"]] == [[None, 1], [None, 0], [None, 5]]


def samples(*minutes: float, **figures: float) -> list[Sample]:
    return [Sample(ago(minutes=one), figures) for one in minutes]


def test_a_figure_is_drawn_in_the_librarys_time_and_breaks_off_where_nobody_heard() -> None:
    told = samples(120, 115, temperature_c=50.0) + samples(20, temperature_c=52.0) + samples(15)
    points = figure_chart("temperature_c", told, ZH, ZONE)["series"][0]["data"]
    assert points == [
        ["2026-11-22 09:04", 50.0],
        ["2026-11-22 09:09", 50.0],
        ["2026-11-22 09:25", None],
        ["2026-11-22 10:44", 52.0],
        ["2026-11-22 10:49", None],
    ]


def test_of_many_samples_peaks_stay() -> None:
    told = samples(*range(5 * 2000, 0, -5), outbox_depth=0.0)
    told[777] = Sample(told[777].at, {"outbox_depth": 99.0})
    points = figure_chart("outbox_depth", told, EN, ZONE)["series"][0]["data"]
    assert len(points) <= 240
    assert max(value for _, value in points) == 99.0


# -- the table -------------------------------------------------------------------------------------------


def test_rows_of_the_table_are_plain_values_under_our_names() -> None:
    device = DeviceView(
        "mz-taiping-03", "kiosk-1", "scanner", "serial_scanner", "/dev/s", ":getRowId", None, Condition.OK,
        Condition.OK, ":x", None, "scanner", 14, 31, None, None,
    )  # fmt: skip
    row = row_of(device, PLACES.place[0], ZH)
    assert {column[0] for column in COLUMNS} <= set(row)
    assert not [key for key in row if key.startswith(":")]
    assert (row["serial"], row["frames_bad"], row["losses"]) == (":getRowId", 14, None)
    assert {type(value) for value in row.values()} <= {str, int, type(None)}


def test_the_table_speaks_the_readers_language() -> None:
    assert grid_options(ZH)["localeText"] is GRID_TEXTS
    assert grid_options(EN)["localeText"] == {}
    assert [column["headerName"] for column in grid_options(EN)["columnDefs"]][:2] == ["Place", "Kiosk"]
