"""Every word on the pages in Chinese and English. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from central.health import Cause, Finding
from central.views import EventView


class Language(Enum):
    CHINESE = "zh-CN"
    ENGLISH = "en"


TEXTS: Mapping[str, tuple[str, str]] = {
    "brand": ("书站", "Shuzhan"),
    "title": ("运行中心", "Operations centre"),
    "other_language": ("English", "中文"),
    "receiving": ("数据接收正常", "Receiving data"),
    "not_receiving": ("数据接收中断，以下为旧数据", "Not receiving: figures are old"),
    "overview": ("全部网点", "All places"),
    "all": ("全部", "All"),
    "ok": ("正常", "Working"),
    "degraded": ("需留意", "Needs attention"),
    "down": ("停用", "Down"),
    "unknown": ("未知", "Unknown"),
    "today": ("今日", "Today"),
    "loans": ("借出", "Loans"),
    "returns": ("归还", "Returns"),
    "visits": ("进馆人次", "Visits"),
    "attention": ("需要处理", "Needs action"),
    "attention_none": ("已接入的网点都正常。", "Every connected place is working."),
    "search": ("查找网点", "Find a place"),
    "reporting": ("个网点今日有数据", "places reported today"),
    "last_heard": ("最近联系", "Last heard"),
    "never": ("从未联系", "Never heard"),
    "by_hour_of": ("每小时借还与进馆", "Loans, returns and visits by hour"),
    "as_table": ("以表格显示", "Show as a table"),
    "hour": ("时段", "Hour"),
    "previous_day": ("前一天", "Previous day"),
    "next_day": ("后一天", "Next day"),
    "partial_note": ("带 * 的时段计数器曾中断，人次不完整。", "* The counter missed part of this hour."),
    "estimated_note": (
        "人次为估计值：计数器不分进出，取总数的一半。",
        "Visits are estimated as half of all passages.",
    ),
    "kiosk": ("自助机", "Kiosk"),
    "devices": ("设备", "Devices"),
    "device": ("设备", "Device"),
    "model": ("型号", "Model"),
    "serial": ("序列号", "Serial"),
    "condition": ("状态", "Condition"),
    "since": ("自", "Since"),
    "reason": ("原因", "Reason"),
    "told": ("上次上报", "last told"),
    "figures": ("运行数据", "Figures"),
    "software": ("软件", "Software"),
    "recent": ("最近记录", "Recent events"),
    "recent_none": ("还没有记录。", "Nothing yet."),
    "rejects": ("条消息无法识别，已留存", "messages could not be read and are kept"),
    "no_kiosk": ("这个网点还没有接入自助机。", "No kiosk of this place has connected yet."),
    "level_main": ("总馆", "Main library"),
    "level_branch": ("分馆", "Branch"),
    "level_point": ("服务点", "Service point"),
    "yes": ("正常", "up"),
    "no": ("不通", "down"),
    # causes
    "cause_not_set_up": ("尚未接入", "Not connected yet"),
    "cause_offline": ("已断线", "Offline"),
    "cause_silent": ("没有心跳", "No heartbeat"),
    "cause_out_of_service": ("暂停服务", "Out of service"),
    "trouble": ("异常", "in trouble"),
    "cause_ils_down": ("业务系统不通", "Library system unreachable"),
    "cause_clock_unsynced": ("时钟未校准", "Clock not synchronised"),
    "cause_clock_off": ("时钟偏差", "Clock is off"),
    "cause_disk_low": ("磁盘将满", "Disk nearly full"),
    "cause_hot": ("主板过热", "Board too hot"),
    "cause_screen_slow": ("屏幕反应慢", "Screen is slow"),
    "cause_outbox_long": ("积压未上报", "Reports waiting"),
    "cause_unsettled": ("借还结果未定", "Unsettled operations"),
    # kinds of device
    "tag_reader": ("图书标签读写器", "Tag reader"),
    "card_reader": ("读卡器", "Card reader"),
    "scanner": ("扫码器", "Scanner"),
    "receipt_printer": ("凭条打印机", "Receipt printer"),
    "door_counter": ("进馆计数器", "Door counter"),
    # figures of a heartbeat
    "ils_up": ("业务系统", "Library system"),
    "ils_round_trip_ms": ("业务系统应答", "Library system reply"),
    "outbox_depth": ("待上报", "Reports waiting"),
    "unsettled": ("未定操作", "Unsettled"),
    "disk_free_mb": ("剩余磁盘", "Free disk"),
    "memory_mb": ("内存占用", "Memory"),
    "temperature_c": ("主板温度", "Board temperature"),
    "clock_offset_s": ("时钟偏差", "Clock offset"),
    "ui_stall_ms": ("屏幕最长停顿", "Longest screen stall"),
    # kinds of event
    "event_loan": ("借出", "Loan"),
    "event_return": ("归还", "Return"),
    "event_renewal": ("续借", "Renewal"),
    "event_refusal": ("被拒", "Refused"),
    "event_dispute": ("争议", "Dispute"),
    "event_visits": ("进馆", "Visits"),
    "event_device_changed": ("设备变化", "Device changed"),
    "event_alarm_raised": ("告警", "Alarm"),
    "event_alarm_cleared": ("告警解除", "Alarm cleared"),
    "event_staff_action": ("员工操作", "Staff action"),
    "loan": ("借书", "loan"),
    "return": ("还书", "return"),
    "renewal": ("续借", "renewal"),
    "due": ("应还", "due"),
}

FIGURE_UNITS = {
    "ils_up": "",
    "ils_round_trip_ms": "ms",
    "outbox_depth": "",
    "unsettled": "",
    "disk_free_mb": "MB",
    "memory_mb": "MB",
    "temperature_c": "°C",
    "clock_offset_s": "s",
    "ui_stall_ms": "ms",
}


class Words:
    """The pages' words in one language, and times in one zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self._column = 0 if language is Language.CHINESE else 1
        self._zone = zone

    def __call__(self, key: str) -> str:
        """The text of `key`; a key of tomorrow's kiosk (a new kind of device) stands for itself."""
        return TEXTS[key][self._column] if key in TEXTS else key

    def name(self, place: Any) -> str:
        """A place's or town's full name."""
        return str(place.name_en if self._column else place.name)

    def short(self, place: Any) -> str:
        return str(place.short_en if self._column else place.short)

    def number(self, amount: int | None) -> str:
        return "—" if amount is None else f"{amount:,}"

    def places(self, count: int) -> str:
        return (f"{count} 个网点", f"{count} place{'' if count == 1 else 's'}")[self._column]

    def more(self, count: int) -> str:
        return (f"另有 {count} 个，见下方", f"{count} more below")[self._column]

    def figure(self, key: str, value: float | bool | None) -> str:
        if value is None:
            return self("unknown")
        if isinstance(value, bool):
            return self("yes" if value else "no")
        return f"{round(value, 1):,g} {FIGURE_UNITS[key]}".strip()

    def ago(self, moment: datetime | None, now: datetime) -> str:
        """How old, coarsely: what is fresh changes too often to be worth a redraw."""
        if moment is None:
            return self("never")
        minutes = int((now - moment) / timedelta(minutes=1))
        if minutes < 2:
            return ("刚刚", "just now")[self._column]
        if minutes < 60:
            return (f"{minutes} 分钟前", f"{minutes} min ago")[self._column]
        if minutes < 24 * 60:
            return (f"{minutes // 60} 小时前", f"{minutes // 60} h ago")[self._column]
        return (f"{minutes // 1440} 天前", f"{minutes // 1440} d ago")[self._column]

    def at(self, moment: datetime | None) -> str:
        """Local date and time to the minute."""
        return "—" if moment is None else moment.astimezone(self._zone).strftime("%m-%d %H:%M")

    def at_text(self, timestamp: str | None) -> str:
        return self.at(datetime.fromisoformat(timestamp)) if timestamp else "—"

    def clock(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%H:%M")

    def finding(self, finding: Finding) -> str:
        """One cause in words: `凭条打印机：缺纸`, `主板过热：83 °C`."""
        colon = ("：", ": ")[self._column]
        if finding.cause is Cause.DEVICE:
            return f"{self(finding.subject)}{colon}{finding.detail or self('trouble')}"
        cause = self(f"cause_{finding.cause.value}")
        return f"{cause}{colon}{finding.detail}" if finding.detail else cause

    def event(self, event: EventView) -> str:
        """What an event tells beyond its kind."""
        said = event.details
        match event.kind:
            case "visits":
                people = (f"{said['entries']} 人", f"{said['entries']} people")[self._column]
                return f"{self.clock(datetime.fromisoformat(said['hour']))} · {people}"
            case "refusal":
                return f"{self(said['what'])} · {said['reason']}"
            case "dispute":
                return str(self(said["what"]))
            case "loan" | "renewal":
                return f"{self('due')} {said['due']}" if said.get("due") else ""
            case "device_changed":
                return self._device_changed(said)
            case "alarm_raised" | "alarm_cleared":
                return " · ".join(filter(None, [said["name"], said.get("reason")]))
            case "staff_action":
                return str(said["what"])
        return ""

    def _device_changed(self, said: dict[str, Any]) -> str:
        before = self(said["old_condition"]) if said["old_condition"] else "—"
        parts = [f"{self(said['kind'])} {before} → {self(said['new_condition'])}", said.get("reason")]
        if said.get("new_serial") != said.get("old_serial"):
            parts.append(
                f"{self('serial')} {said.get('old_serial') or '—'} → {said.get('new_serial') or '—'}"
            )
        return " · ".join(filter(None, parts))
