"""Says things in Chinese or English: words by their key, numbers, times, findings, events. Pure.

The words themselves are in `central/web/words`, a table a page.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from central.alerts.details import Said, worded
from central.alerts.rules import RULES, Rule
from central.alerts.signs import said_of
from central.health import Cause, Finding
from central.views import EventView, PlaceSummary, Segment
from central.web.words import TEXTS
from central.web.words.place import FIGURE_UNITS

LATE = timedelta(minutes=10)


class Language(Enum):
    CHINESE = "zh-CN"
    ENGLISH = "en"


class Words:
    """The pages' words in one language, and times in one zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self.language = language
        self._column = 0 if language is Language.CHINESE else 1
        self._zone = zone

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with `values` in its {places}; a key of tomorrow's kiosk (a new kind of device)
        stands for itself."""
        text = TEXTS[key][self._column] if key in TEXTS else key
        return text.format(**values) if values else text

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
        """Local date of this year and time to the minute: `11月22日 10:44`."""
        if moment is None:
            return "—"
        local = moment.astimezone(self._zone)
        return f"{self.month_day(local.date())} {local:%H:%M}"

    def between(self, start: datetime, end: datetime | None) -> str:
        """From when to when, the day once where it is the same: `11月21日 05:04–06:34`."""
        if end is None:
            return f"{self.at(start)} – {self('until_now')}"
        same = start.astimezone(self._zone).date() == end.astimezone(self._zone).date()
        return f"{self.at(start)}–{self.clock(end)}" if same else f"{self.at(start)} – {self.at(end)}"

    def minute(self, moment: datetime) -> str:
        """Local date with its year and time to the minute."""
        local = moment.astimezone(self._zone)
        return f"{self.full_date(local.date())} {local:%H:%M}"

    def moment(self, moment: datetime) -> str:
        """Local date and time to the second, as logs have them: all of one width."""
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def sortable(self, timestamp: str | None) -> str:
        """For tables that sort by text: local date and time to the minute, "" where nobody knows."""
        return self.moment(datetime.fromisoformat(timestamp))[:16] if timestamp else ""

    def day(self, moment: datetime) -> str:
        """Local date."""
        return self.full_date(moment.astimezone(self._zone).date())

    def full_date(self, day: date) -> str:
        return (f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%b %Y}")[self._column]

    def month_day(self, day: date) -> str:
        return (f"{day.month}月{day.day}日", f"{day.day} {day:%b}")[self._column]

    def at_text(self, timestamp: str | None) -> str:
        return self.at(datetime.fromisoformat(timestamp)) if timestamp else "—"

    def clock(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%H:%M")

    def said(self, said: Said) -> str:
        """What the centre found, or a kiosk's own words, as this language has them."""
        return worded(said, self._column)

    def finding(self, finding: Finding) -> str:
        """One cause in words: `凭条打印机：缺纸`, `主板过热：83 °C`."""
        colon = ("：", ": ")[self._column]
        if finding.cause is Cause.DEVICE:
            return f"{self(finding.subject)}{colon}{self.said(finding.detail) or self('trouble')}"
        cause, more = self(f"cause_{finding.cause.value}"), self.said(said_of(finding))
        return f"{cause}{colon}{more}" if finding.detail else cause

    def rule(self, rule: Rule) -> str:
        return rule.text[self._column]

    def rule_named(self, name: str) -> str:
        return self.rule(RULES[name]) if name in RULES else name

    def act(self, rule: Rule) -> str:
        return rule.act[self._column]

    def subject(self, subject: str) -> str:
        """What of a kiosk an alert is about; the number of an event says nothing to people."""
        return "" if "/" in subject else self(subject)

    def what(self, subject: str, said: Said) -> str:
        """What of a kiosk, and what is said of it: `凭条打印机：缺纸`."""
        return ("：", ": ")[self._column].join(filter(None, [self.subject(subject), self.said(said)]))

    def causes(self, causes: Sequence[str]) -> str:
        """Names of causes, as conditions are recorded with."""
        return ("、", ", ")[self._column].join(self(f"cause_{cause}") for cause in causes)

    def segment(self, one: Segment) -> str:
        end = self.clock(one.end) if one.end else self("until_now")
        return f"{self.clock(one.start)}–{end} {self.causes(one.causes) or self(one.condition.value)}"

    def lasted(self, span: timedelta) -> str:
        minutes = max(1, round(span / timedelta(minutes=1)))
        hours, rest = divmod(minutes, 60)
        if not hours:
            return (f"{rest} 分钟", f"{rest} min")[self._column]
        return (f"{hours} 小时 {rest} 分钟", f"{hours} h {rest} min")[self._column]

    def late(self, event: EventView) -> bool:
        """Told long after it happened: its kiosk was cut off."""
        return event.received_at - event.happened_at > LATE

    def at_a_glance(self, row: PlaceSummary, now: datetime, not_set_up: bool) -> str:
        """All of a tile in words."""
        condition = self("cause_not_set_up") if not_set_up else self(row.condition.value)
        lines = [f"{self.name(row)} · {condition}"]
        if row.planned is not None:
            lines.append(f"{self('planned')} · {row.planned}")
        lines += [] if not_set_up else [self.finding(finding) for finding in row.findings]
        if not not_set_up:
            keys = ("loans", "returns", "visits")
            today = [f"{self(key)} {self.number(getattr(row.today, key))}" for key in keys]
            lines.append(f"{self('today')} · {' · '.join(today)}")
            lines.append(f"{self('last_heard')} {self.ago(row.heard_at, now)}")
        return "\n".join(lines)

    def event(self, event: EventView) -> str:
        """What an event tells beyond its kind."""
        said = event.details
        match event.kind:
            case "visits":
                people = (f"{said['entries']} 人", f"{said['entries']} people")[self._column]
                return f"{self.clock(datetime.fromisoformat(said['hour']))} · {people}"
            case "refusal":
                return f"{self(said['what'])} · {self.said(said['reason'])}"
            case "dispute":
                return str(self(said["what"]))
            case "loan" | "renewal":
                return f"{self('due')} {said['due']}" if said.get("due") else ""
            case "device_changed":
                return self._device_changed(said)
            case "alarm_raised" | "alarm_cleared":
                return " · ".join(
                    filter(None, [self.rule_named(said["name"]), self.said(said.get("reason") or "")])
                )
            case "rotation":
                volumes = (f"{said['volumes']} 册", f"{said['volumes']} volumes")[self._column]
                return f"{self('rotation_' + said['direction'])} {volumes}"
            case "command_result":
                parts = [self(f"command_status_{said['outcome']}"), self.said(said.get("reason") or "")]
                return " · ".join(filter(None, parts))
            case "staff_action":
                return self.said(said["what"])
        return ""

    def _device_changed(self, said: dict[str, Any]) -> str:
        before = self(said["old_condition"]) if said["old_condition"] else "—"
        parts = [
            f"{self(said['kind'])} {before} → {self(said['new_condition'])}",
            self.said(said.get("reason") or ""),
        ]
        if said.get("new_serial") != said.get("old_serial"):
            parts.append(
                f"{self('serial')} {said.get('old_serial') or '—'} → {said.get('new_serial') or '—'}"
            )
        return " · ".join(filter(None, parts))
