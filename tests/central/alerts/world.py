"""A district for alerts: a clock, signs that come and go, and what was told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from central.alerts.engine import State, step
from central.alerts.incident import Notice, What
from central.alerts.people import Acknowledgement, Decisions, Silence
from central.alerts.signs import Key, Sign, by_key
from central.alerts.surroundings import Setting, Site
from central.health.hours import Schedule, Week
from central.health.planned import Window
from tests.central.heard import NOW

ZONE = ZoneInfo("Asia/Shanghai")
ALWAYS = Schedule(ZONE)
DAILY = Schedule(
    ZONE, Week(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "09:00-18:00"))
)
"""`NOW` is 11:04 of such a day."""


def places(count: int) -> list[str]:
    """Spread over the three towns."""
    return [f"mz-{('mazhang', 'huguang', 'taiping')[n % 3]}-{n:02d}" for n in range(count)]


def sites(count: int = 100, schedule: Schedule = ALWAYS) -> dict[str, Site]:
    return {place: Site(place.split("-")[1], schedule) for place in places(count)}


def sign(rule: str, place: str = "mz-mazhang-00", subject: str = "", detail: str = "") -> Sign:
    return Sign(Key(rule, place, "kiosk-1", subject), detail)


class District:
    """`runs` lets time pass, second by second, while the signs are as they are."""

    def __init__(
        self, schedule: Schedule = ALWAYS, escalate_after: timedelta = timedelta(minutes=30)
    ) -> None:
        self.now: datetime = NOW
        self.state = State()
        self.signs: set[Sign] = set()
        self.decisions = Decisions()
        self.setting = Setting(sites(schedule=schedule), escalate_after)
        self.told: list[Notice] = []

    def sees(self, *signs: Sign) -> None:
        self.signs |= set(signs)

    def no_longer(self, *signs: Sign) -> None:
        self.signs -= set(signs)

    def runs(self, seconds: float, tick_s: float = 1) -> list[Notice]:
        """What was told meanwhile."""
        before, end = len(self.told), self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.now += timedelta(seconds=tick_s)
            turn = step(
                self.state, by_key(sorted(self.signs, key=repr)), self.decisions, self.setting, self.now
            )
            self.state = turn.state
            self.told += turn.notices
        return self.told[before:]

    def silence(self, silence: Silence) -> None:
        self.decisions = Decisions(silences=(silence,))

    def acknowledge(self, incident: int, by: str = "李四") -> None:
        said = Acknowledgement(incident, by, self.now)
        self.decisions = Decisions(acknowledgements={incident: said})

    def maintain(self, window: Window) -> None:
        self.decisions = Decisions(windows=(window,))


def whats(notices: Iterable[Notice]) -> list[tuple[What, str, int]]:
    """(what, rule, how many members)."""
    return [(notice.what, notice.incident.rule, len(notice.members)) for notice in notices]
