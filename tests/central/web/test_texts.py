"""The words of the pages: both languages, every one used, none twice."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import central.web
from broker_config.messages import WAYS
from broker_config.values import Condition
from central.accounts.audit import Action
from central.accounts.entrance import Wrong
from central.accounts.passwords import Weakness
from central.accounts.register import Refusal
from central.accounts.roles import Role
from central.accounts.tokens import BadToken, Scope
from central.health import Cause, Finding
from central.views import EventView, Figures, Hour
from central.web import doorkeeper
from central.web.charts import hours_chart
from central.web.sections import SECTIONS
from central.web.texts import Language, Words
from central.web.words import PAGES, TEXTS
from central.web.words.place import FIGURE_UNITS
from tests.central.heard import NOW

ZONE = ZoneInfo("Asia/Shanghai")
ZH, EN = Words(Language.CHINESE, ZONE), Words(Language.ENGLISH, ZONE)
FILLED = re.compile(r"\{(\w+)\}")
CHINESE = re.compile("[\u4e00-\u9fff]")
WEB = Path(central.web.__file__).parent


def test_every_text_is_in_both_languages() -> None:
    for key, (chinese, english) in TEXTS.items():
        assert chinese and english, key
        if key != "other_language":
            assert CHINESE.search(chinese), key
            assert not CHINESE.search(english), key


def test_no_word_is_defined_by_two_pages() -> None:
    keys = [key for table in PAGES for key in table]
    assert sorted(keys) == sorted(TEXTS)


def test_both_languages_are_filled_with_the_same() -> None:
    for key, (chinese, english) in TEXTS.items():
        assert set(FILLED.findall(chinese)) == set(FILLED.findall(english)), key
    assert ZH("recovery_left", n=3) == "还剩 3 个恢复码"


def test_everything_that_can_come_up_has_words() -> None:
    wanted = {f"cause_{cause.value}" for cause in Cause if cause is not Cause.DEVICE}
    wanted |= {condition.value for condition in Condition}
    wanted |= {f"event_{way.kind}" for way in WAYS.values() if way.kind}
    wanted |= set(FIGURE_UNITS)
    wanted |= {reason.value for enum in (Wrong, Weakness, Refusal, BadToken) for reason in enum}
    wanted |= {f"action_{action.value}" for action in Action} | {f"role_{role.value}" for role in Role}
    wanted |= {f"scope_{scope.value}" for scope in Scope} | {section.text for section in SECTIONS}
    wanted |= {refusal.words for refusal in doorkeeper.Refusal}
    assert wanted <= set(TEXTS)
    assert set(FIGURE_UNITS) == set(Figures.__dataclass_fields__) - {"at"}


def test_templates_use_only_texts_that_exist_and_nothing_else_speaks() -> None:
    used = set()
    for template in (WEB / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        used |= set(re.findall(r"""\bt\(['"](\w+)['"]\)""", text))
        outside = re.sub(r"\{[{%#].*?[}%#]\}", "", text, flags=re.DOTALL)
        assert CHINESE.findall(outside) in ([], ["书"]), template.name
    assert used <= set(TEXTS)
    assert len(used) > 20


@pytest.mark.parametrize(
    ("age", "chinese", "english"),
    [
        (timedelta(seconds=100), "刚刚", "just now"),
        (timedelta(minutes=59), "59 分钟前", "59 min ago"),
        (timedelta(hours=23), "23 小时前", "23 h ago"),
        (timedelta(days=3), "3 天前", "3 d ago"),
    ],
)
def test_how_old(age: timedelta, chinese: str, english: str) -> None:
    assert (ZH.ago(NOW - age, NOW), EN.ago(NOW - age, NOW)) == (chinese, english)
    assert ZH.ago(None, NOW) == "从未联系"


def test_a_span_names_its_day_once() -> None:
    start = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert ZH.between(start, start + timedelta(hours=2)) == "11月22日 09:00–11:00"
    assert EN.between(start, start + timedelta(hours=20)) == "22 Nov 09:00 – 23 Nov 05:00"
    assert ZH.between(start, None) == "11月22日 09:00 – 至今"
    assert ZH.day(start) == "2026年11月22日" and EN.minute(start) == "22 Nov 2026 09:00"


def test_times_are_the_librarys() -> None:
    assert ZH.at(datetime(2026, 11, 22, 17, 30, tzinfo=UTC)) == "11月23日 01:30"


def test_unknown_is_never_zero() -> None:
    assert (ZH.number(None), ZH.number(0)) == ("—", "0")
    assert (ZH.figure("disk_free_mb", None), ZH.figure("disk_free_mb", 21480.0)) == ("未知", "21,480 MB")
    assert (EN.figure("ils_up", False), EN.figure("temperature_c", 54.62)) == ("down", "54.6 °C")


def test_findings() -> None:
    paper = Finding(Cause.DEVICE, Condition.DEGRADED, "receipt_printer", "缺纸")
    assert ZH.finding(paper) == "凭条打印机：缺纸"
    assert EN.finding(Finding(Cause.DEVICE, Condition.DEGRADED, "scanner")) == "Scanner: in trouble"
    assert (
        EN.finding(Finding(Cause.HOT, Condition.DEGRADED, detail="83 °C", figure=83.0))
        == "Board too hot: 83 °C"
    )
    assert ZH.finding(Finding(Cause.DEVICE, Condition.DEGRADED, "gate")) == "gate：异常"


def event(event_kind: str, **details: object) -> EventView:
    return EventView("kiosk-1", event_kind, NOW, NOW, details)


def test_events() -> None:
    changed = {
        "kind": "scanner",
        "old_condition": "ok",
        "new_condition": "down",
        "reason": "/dev/s: watch: unplugged",
        "old_serial": "A",
        "new_serial": "B",
    }
    assert ZH.event(event("device_changed", **changed)) == (
        "扫码器 正常 → 停用 · 已拔出（/dev/s） · 序列号 A → B"
    )
    assert EN.event(event("visits", hour="2026-11-22T03:00:00.000Z", entries=4)) == "11:00 · 4 people"
    assert ZH.event(event("refusal", what="loan", reason="欠费")) == "借书 · 欠费"
    assert ZH.event(event("return", op_id="x")) == ""
    assert EN.event(event("alarm_raised", name="paper_out", reason="")) == "Paper out"
    assert ZH.event(event("staff_action", what="换纸")) == "换纸"


def test_an_unknown_hour_is_a_gap_in_the_chart() -> None:
    hours = [Hour(8, None, None, None), Hour(9, 0, 2, 5, visits_partial=True)]
    options = hours_chart(hours, ZH)
    assert options["xAxis"]["data"] == ["08", "09*"]
    assert [series["data"] for series in options["series"]] == [[None, 0], [None, 2], [None, 5]]
    assert options["series"][2]["connectNulls"] is False
