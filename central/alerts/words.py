"""What a message says: Chinese first, English second, and short enough for any channel. Pure.

Nothing personal is in it: places, kiosks, devices, counts, and the kiosk's own words about itself.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from central.alerts.details import CHINESE, ENGLISH, KINDS, worded
from central.alerts.incident import Member, Notice, What
from central.alerts.rules import RULES, Rule
from central.places import Place, Places

NAMED = 12
"""Places named one by one; the rest are counted by town."""
HEADS: Mapping[What, tuple[str, str]] = {
    What.RAISED: ("告警", "Alert"),
    What.UPDATED: ("告警更新", "Update"),
    What.ESCALATED: ("告警无人处理", "Unanswered alert"),
    What.CLEARED: ("已恢复", "Recovered"),
}
COLON = ("：", ": ")
CENTRE = ("运行中心", "Operations centre")


class Message(Struct, frozen=True):
    """What goes to one recipient; `at` and `since` are ISO 8601 in UTC."""

    what: str
    incident: int
    rule: str
    severity: str
    title: str
    text: str
    places: tuple[str, ...]
    at: str
    since: str


class Speaker:
    """Knows the names of places and the library's time; `page` is the address of the pages or ""."""

    def __init__(self, places: Places, zone: ZoneInfo, page: str = "") -> None:
        self._places = {place.id: place for place in places.place}
        self._towns = {town.id: town for town in places.town}
        self._zone, self._page = zone, page.rstrip("/")

    def message(self, notice: Notice, members: Sequence[Member], now: datetime) -> Message:
        """About `members`, those of the notice that concern the recipient."""
        incident = notice.incident
        rule = RULES[incident.rule]
        since = min(member.raised_at for member in members)
        return Message(
            what=notice.what.value,
            incident=incident.id,
            rule=rule.name,
            severity=rule.severity.value,
            title=self._title(notice, rule, members, CHINESE),
            text="\n".join(
                [*self._lines(notice, members, CHINESE), "", *self._lines(notice, members, ENGLISH)]
            ),
            places=tuple(sorted({member.key.place for member in members})),
            at=now.isoformat(timespec="seconds"),
            since=since.isoformat(timespec="seconds"),
        )

    def _title(self, notice: Notice, rule: Rule, members: Sequence[Member], column: int) -> str:
        head, fault = HEADS[notice.what][column], rule.text[column]
        where = self._where(members, column)
        return (f"【书站{head}】{fault}：{where}", f"[Shuzhan {head}] {fault}: {where}")[column]

    def _lines(self, notice: Notice, members: Sequence[Member], column: int) -> list[str]:
        rule, incident = RULES[notice.incident.rule], notice.incident
        lines = [self._title(notice, rule, members, column)]
        since = min(member.raised_at for member in members).astimezone(self._zone)
        lines.append(
            (
                f"开始：{since.year}年{since.month}月{since.day}日 {since:%H:%M}",
                f"Since: {since.day} {since:%b %Y, %H:%M}",
            )[column]
        )
        lines += self._details(members, column)
        if notice.ended and notice.what is not What.CLEARED:
            lines.append((f"另有 {notice.ended} 处已恢复。", f"{notice.ended} more are well again.")[column])
        if notice.what is not What.CLEARED:
            lines.append((f"处理：{rule.act[column]}", f"To do: {rule.act[column]}")[column])
        if incident.acknowledged_by:
            lines.append(
                (f"处理人：{incident.acknowledged_by}", f"Taken by: {incident.acknowledged_by}")[column]
            )
        link = f" {self._page}/alerts/{incident.id}" if self._page else ""
        lines.append((f"编号 {incident.id}{link}", f"No. {incident.id}{link}")[column])
        return lines

    def _where(self, members: Sequence[Member], column: int) -> str:
        """One place by its name, several by their number and towns."""
        ids = list(dict.fromkeys(member.key.place for member in members))
        if len(ids) == 1:
            return self._name(ids[0], column)
        towns: dict[str, int] = {}
        for place_id in ids:
            town = self._town(place_id, column)
            towns[town] = towns.get(town, 0) + 1
        by_town = [f"{town} {count}" for town, count in towns.items()]
        return (f"{len(ids)} 处（{'、'.join(by_town)}）", f"{len(ids)} places ({', '.join(by_town)})")[column]

    def _details(self, members: Sequence[Member], column: int) -> list[str]:
        lines = []
        for member in members[:NAMED]:
            key = member.key
            parts = [self._name(key.place, column), key.kiosk, _subject(key.subject, column)]
            head, said = " ".join(part for part in parts if part), worded(member.said, column)
            lines.append(f"· {head}" + (f"{COLON[column]}{said}" if said else ""))
        rest = len(members) - NAMED
        if rest > 0:
            lines.append((f"…… 共 {len(members)} 处", f"… {len(members)} in all")[column])
        return lines

    def _name(self, place_id: str, column: int) -> str:
        if not place_id:
            return CENTRE[column]
        place = self._places.get(place_id)
        return _short(place, column) if place else place_id

    def _town(self, place_id: str, column: int) -> str:
        place = self._places.get(place_id)
        town = self._towns.get(place.town) if place else None
        return (town.name, town.name_en)[column] if town else CENTRE[column]


def _short(place: Place, column: int) -> str:
    return (place.short, place.short_en)[column]


def _subject(subject: str, column: int) -> str:
    """The number of an event says nothing to people."""
    if "/" in subject:
        return ""
    return KINDS[subject][column] if subject in KINDS else subject
