"""Watches over everything, once a second, in a thread: store -> health -> signs -> alerts -> messages.

What is decided is pure and elsewhere (`health/`, `alerts/engine.py`); here is the order of things: conditions
are recorded for availability, incidents and messages are kept in one transaction before anything is sent.
Events are read from the store by time, the last minutes at every look, two weeks at the start and every ten
minutes, since a kiosk that was cut off tells late; the ledger takes the same event twice without harm.
Tried with 104 kiosks behind Mosquitto 2.0.11, and 10,000 places in memory.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker_config.values import Condition
from central.alerts import ledger as alarms
from central.alerts.config import Alerts
from central.alerts.delivery import Courier, letters
from central.alerts.details import Code, Fact
from central.alerts.engine import State, step
from central.alerts.outbox import Outbox
from central.alerts.signs import Key, Sign, by_key, of_centre, signs_of
from central.alerts.surroundings import Setting, Site
from central.alerts.tables import Tables
from central.alerts.words import Speaker
from central.collector import Status
from central.health import SILENT_AFTER, Verdict, judge_device, judge_kiosk, judge_place
from central.office import Office, OfficeError
from central.outlook import Outlook
from central.places import Places
from central.store import Kiosk, Store, StoreError, Told

log = logging.getLogger(__name__)

TICK_S = 1.0
PATIENCE_S = 5.0
"""What is on its way when we end may still arrive, and be noted: else it would be sent again."""
JUST_NOW = timedelta(minutes=10)
LATE = timedelta(days=14)
LOOK_BACK_EVERY = timedelta(minutes=10)
ALIVE_EVERY = timedelta(seconds=30)
KEEP = timedelta(days=400)
CENTRE_DOWN = "centre_down"
"""The cause of what is unknown because nobody listened."""


@dataclass(frozen=True)
class Judged:
    kiosk: Kiosk
    verdict: Verdict


def setting_of(places: Places, zone: ZoneInfo, alerts: Alerts) -> Setting:
    sites = {place.id: Site(place.town, places.schedule(place, zone)) for place in places.place}
    return Setting(sites, timedelta(minutes=alerts.escalate_after_minutes))


def judged(kiosks: Sequence[Kiosk], now: datetime) -> list[Judged]:
    return [Judged(kiosk, judge_kiosk(kiosk, now)) for kiosk in kiosks]


def conditions(places: Places, found: Sequence[Judged]) -> list[Told]:
    """What is recorded: every place (""), kiosk ("kiosk-1") and device ("kiosk-1/receipt_printer")."""
    by_place: dict[str, list[Judged]] = {}
    for one in found:
        by_place.setdefault(one.kiosk.identity.place, []).append(one)
    told = []
    for place in places.place:
        here = by_place.get(place.id, [])
        told.append(_told(place.id, "", judge_place([one.verdict for one in here])))
        for one in here:
            name = one.kiosk.identity.device
            told.append(_told(place.id, name, one.verdict))
            for device in one.kiosk.devices:
                subject = f"{name}/{device.name or device.kind}"
                told.append(Told(place.id, subject, judge_device(device, one.verdict)))
    return told


def _told(place: str, subject: str, verdict: Verdict) -> Told:
    causes = tuple(sorted({finding.cause.value for finding in verdict.findings}))
    return Told(place, subject, verdict.condition, causes)


class Watch:
    """`run` works until `stop`; `tick` is one look, for tests with a clock of their own."""

    def __init__(
        self,
        store: Store,
        office: Office,
        *,
        places: Places,
        zone: ZoneInfo,
        alerts: Alerts,
        status: Callable[[], Status],
        now: Callable[[], datetime],
        outlook: Outlook,
    ) -> None:
        """StoreError, OfficeError."""
        self._store, self._places, self._alerts = store, places, alerts
        self._status, self._now = status, now
        self.tables, self.outbox, self.outlook = Tables(office), Outbox(office), outlook
        self._setting = setting_of(places, zone, alerts)
        self._speaker = Speaker(places, zone, alerts.page)
        self._couriers = [Courier(one, alerts.recipient, self.outbox, now) for one in alerts.channels]
        at = now()
        self._state: State = self.tables.state(at)
        self._ledger = self.tables.ledger()
        self._listening_since = at
        self._look_back_at = self._alive_at = self._prune_at = at
        self._online: frozenset[object] = frozenset()
        self._seen: dict[Key, Sign] = {}
        self._trouble = ""
        self._stop = threading.Event()
        self._own_up(at)

    # -- threads -------------------------------------------------------------------------------------------

    def run(self) -> None:
        threads = [
            threading.Thread(target=courier.run, name=f"alerts {number}", daemon=True)
            for number, courier in enumerate(self._couriers)
        ]
        for thread in threads:
            thread.start()
        while not self._stop.is_set():
            self._guarded_tick()
            self._stop.wait(TICK_S)
        for courier in self._couriers:
            courier.stop()
        for thread in threads:
            thread.join(PATIENCE_S)

    def stop(self) -> None:
        self._stop.set()

    def _guarded_tick(self) -> None:
        """A watch that ended would be believed: whatever goes wrong is said once, and life goes on."""
        try:
            trouble = self.tick()
        except OfficeError as error:
            trouble = str(error)
        except Exception as error:
            trouble = f"watch: {type(error).__name__}"
            if trouble != self._trouble:
                log.exception("the watch stumbled")
        if trouble and trouble != self._trouble:
            log.error("%s", trouble)
        self._trouble = trouble

    # -- one look ------------------------------------------------------------------------------------------

    def tick(self) -> str:
        """What is wrong with the store, "" when nothing is: then everything else stays as last seen."""
        now, status = self._now(), self._status()
        if not status.connected:
            self._listening_since = now
        trouble = ""
        try:
            self._seen = by_key(self._look(status, now))
        except StoreError as error:
            trouble = str(error)
            failing = of_centre("store_failing")
            self._seen = {**self._seen, failing.key: failing}
        turn = step(self._state, self._seen, self.tables.decisions(now), self._setting, now)
        if turn.changed or turn.notices:
            mail = letters(turn.notices, self._alerts, self._setting, self._speaker, now)
            self.tables.save(turn.changed, mail, now)
        self._state = turn.state
        self._keep_house(now)
        return trouble

    def _look(self, status: Status, now: datetime) -> list[Sign]:
        found = judged(self._store.kiosks(), now)
        self._store.record_conditions(conditions(self._places, found), now)
        self._hear_alarms(found, now)
        self.outlook.look(now)
        return self._signs(found, status, now)

    def _signs(self, found: Sequence[Judged], status: Status, now: datetime) -> list[Sign]:
        signs = [
            sign for one in found for sign in signs_of(one.kiosk, one.verdict, self._listening_since, now)
        ]
        signs += alarms.signs(self._ledger, now)
        signs += self.outlook.signs(now)
        if not status.connected:
            signs.append(of_centre("not_receiving", said=Fact(Code.BROKER_LOST, (status.trouble,))))
        elif status.trouble:
            signs.append(of_centre("store_failing"))
        struggling = self.outbox.struggling()
        signs += [
            of_centre("delivery_failing", name, Fact(Code.NOT_DELIVERED, (why,)))
            for name, why in struggling.items()
        ]
        return signs

    def _hear_alarms(self, found: Sequence[Judged], now: datetime) -> None:
        online = frozenset(one.kiosk.identity for one in found if one.kiosk.online)
        back = now >= self._look_back_at or not online <= self._online
        self._online = online
        if back:
            self._look_back_at = now + LOOK_BACK_EVERY
        start = now - (LATE if back else JUST_NOW)
        events = self._store.events(start, now + timedelta(seconds=1), alarms.KINDS)
        ledger = alarms.without_past(alarms.with_events(self._ledger, events), now)
        if ledger != self._ledger:
            self.tables.save_ledger(self._ledger, ledger)
            self._ledger = ledger

    # -- the centre's own absence --------------------------------------------------------------------------

    def _own_up(self, now: datetime) -> None:
        """What happened while the centre was down nobody knows: it is not what was last heard before."""
        alive_at = self.tables.alive_at()
        if alive_at is not None and now - alive_at > SILENT_AFTER:
            spans = self._store.condition_history(alive_at, now)
            unknown = [
                Told(span.told.place, span.told.subject, Condition.UNKNOWN, (CENTRE_DOWN,))
                for span in spans
                if span.ended_at is None
            ]
            self._store.record_conditions(unknown, alive_at)

    def _keep_house(self, now: datetime) -> None:
        if now >= self._alive_at:
            self._alive_at = now + ALIVE_EVERY
            self.tables.be_alive(now)
        if now >= self._prune_at:
            self._prune_at = now + timedelta(days=1)
            self.tables.prune(now - KEEP)
