"""A district at one moment, with its web: the same on every run, for tests of pages and for their pictures.

`python -m tests.central.web.showcase FOLDER PORT` serves it, and prints the cookie of every role as JSON.
What is in it came in as messages and was judged by the real watch; only the clock stands still.
"""

import json
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from msgspec.structs import replace

from broker_config import events
from broker_config.events import DeviceChanged, Refusal, StaffAction
from broker_config.from_centre import Settings
from broker_config.status import DeviceState
from broker_config.values import Condition, Service, timestamp
from central.accounts.entrance import Welcome
from central.accounts.register import Profile
from central.accounts.roles import Role
from central.alerts.config import Alerts
from central.alerts.desk import Desk
from central.alerts.people import Matcher
from central.board import Board
from central.collector import Status
from central.intake import Heard
from central.listening import Web
from central.office import Office
from central.outlook import Outlook
from central.places import Level
from central.reader_cards import ReaderCardKeys
from central.store import Store, Told, opened
from central.wanted import TokenKeys, WantedKeeper, Wishes
from central.watch import Watch
from central.web.app import make_app
from central.web.front import make_shell
from tests.central.accounts.people import GOOD, HASHER, by
from tests.central.heard import NOW, Kiosk, ago
from tests.central.web.inside import OWN, PLACES, ZONE

TALL = "mz-huguang-07"
"""A place in trouble."""
ROLES = {
    "boss": (Role.MAIN, ()),
    "taiping": (Role.BRANCH, (OWN, "mz-taiping-05")),
    "reader": (Role.VIEWER, ()),
}
PAST_DAYS = 35


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


def devices(serial: str, printer: Condition = Condition.OK, reason: str = "") -> tuple[DeviceState, ...]:
    since = timestamp(ago(days=12))
    lively = {"frames_bad": 2, "retries": 5, "losses": 0, "last_success": timestamp(ago(seconds=20))}

    def device(kind: str, model: str, port: str, mark: str, **more: object) -> DeviceState:
        values: dict[str, object] = {"condition": Condition.OK, "since": since, "firmware": "2.11", **lively}
        return DeviceState(kind=kind, model=model, port=port, serial=f"{mark}-{serial}", **(values | more))  # type: ignore[arg-type]

    return (
        device("tag_reader", "feig_obid", "/dev/shuzhan/pad", "FE"),
        device("card_reader", "pn532", "/dev/shuzhan/card", "PN"),
        device("scanner", "serial_scanner", "/dev/shuzhan/scanner", "SC", retries=31, frames_bad=14),
        device("receipt_printer", "escpos", "/dev/shuzhan/printer", "PR", condition=printer, reason=reason),
        device("door_counter", "modbus_counter", "/dev/shuzhan/door", "DC"),
    )


def kiosks() -> dict[str, Kiosk]:
    """Two places of three have one by now."""
    chosen = [
        place for number, place in enumerate(PLACES.place) if number % 3 or place.level is not Level.POINT
    ]
    return {place.id: Kiosk(f"{place.id}.kiosk-1", f"i-{place.id}") for place in chosen} | {
        place_id: Kiosk(f"{place_id}.kiosk-1", f"i-{place_id}") for place_id in (OWN, TALL)
    }


def past(kiosk: Kiosk, number: int) -> list[Heard]:
    """Some weeks of circulation, a few hours a day, the same on every run."""
    heard = [kiosk.birth(ago(days=PAST_DAYS), devices=devices(f"{number:03}"))]
    for back in reversed(range(PAST_DAYS)):
        for hour in (0, 1, 2, 7, 9):  # 11:00, 10:00, 9:00 … of the library's day, and the evening before
            at = ago(days=back, hours=hour)
            times = (number * 7 + back * 5 + hour * 3) % 4
            if back % 7 == 5:
                times //= 2
            heard += [kiosk.loan(at - timedelta(minutes=minute)) for minute in range(times)]
            heard += [kiosk.give_back(at - timedelta(minutes=9 + minute)) for minute in range(times // 2)]
            heard.append(kiosk.visits(times * 3 + 1, at, complete=not (back == 0 and hour == 2)))
    return heard


def present(place_id: str, kiosk: Kiosk, number: int, at: datetime) -> list[Heard]:
    beat = {"session": 2, "devices": devices(f"{number:03}"), "disk_free_mb": 21480.0, "temperature_c": 52.4}
    beat |= {
        "ils_round_trip_ms": 38.0,
        "outbox_depth": 0,
        "unsettled": 0,
        "ui_stall_ms": 24.0,
        "memory_mb": 241.0,
    }
    more = dict[str, object]()
    if number % 17 == 4:
        more = {
            "devices": devices(
                f"{number:03}", Condition.DEGRADED, "The printer is out of paper: put in a new roll."
            )
        }
    if number % 23 == 9:
        more = {"ils_up": False}
    if place_id == TALL:
        more = {"temperature_c": 84.0, "outbox_depth": 260}
    if number == 11:
        more = {"devices": (replace(devices("011")[0], serial="=1+1"), *devices("011")[1:])}
    beat |= more
    birth = {"devices": beat["devices"], "software": "0.1.0"}
    if number % 41 == 6:
        birth |= {"service": Service.OUT_OF_SERVICE, "reason": "触摸屏失灵，等待更换"}
    heard = [kiosk.birth(at, session=2, **birth), kiosk.heartbeat(at, **beat)]  # type: ignore[arg-type]
    if number % 31 == 12:
        heard.append(kiosk.death(at, session=2))
    return heard


def stories(here: Kiosk) -> list[Heard]:
    """What happened at `OWN` this morning."""
    return [
        here.event(
            DeviceChanged, ago(days=3, hours=1), kind="scanner", model="serial_scanner",
            port="/dev/shuzhan/scanner", old_condition=Condition.DOWN, new_condition=Condition.OK,
            old_serial="SC-017", new_serial="SC-117",
        ),
        here.event(StaffAction, ago(days=3, minutes=50), what="更换扫码器"),
        here.event(Refusal, ago(minutes=41), op_id="op-r", what="loan", reason="已达可借册数"),
        *(
            here.event(
                events.Dispute, ago(hours=hours), op_id=f"op-{hours}", what=what, item_id=item,
                reader_id=reader, done_at=timestamp(ago(hours=hours + 9)), words=words,
            )
            for hours, what, item, reader, words in (
                (2, "loan", "MZ00045127", "4408110023", "读者证已挂失，不能借书"),
                (5, "return", "MZ00031990", None, "该书不在借出状态"),
            )
        ),
    ]  # fmt: skip


def fill(folder: Path) -> tuple[Board, Office]:
    """The district at `NOW`, heard by a centre that has watched it for a week."""
    store, office, clock = (
        opened(f"sqlite:{folder / 'centre.db'}", ZONE),
        Office(folder / "office.db"),
        Clock(NOW),
    )
    everybody = kiosks()
    numbers = {place_id: number for number, place_id in enumerate(everybody)}
    for place_id, kiosk in everybody.items():
        store.take(past(kiosk, numbers[place_id]))
    own = [Told(OWN, "", Condition.OK)]
    for hours, condition, causes in (
        (167, Condition.OK, ()), (120, Condition.DOWN, ("offline",)), (116, Condition.OK, ()),
        (70, Condition.DEGRADED, ("device",)), (69, Condition.OK, ()), (30, Condition.UNKNOWN, ("silent",)),
        (28.5, Condition.OK, ()),
    ):  # fmt: skip
        own = [Told(OWN, "", condition, causes)]
        store.record_conditions(own, ago(hours=hours))
    store.take([heard for one in range(24 * 12) for heard in _figures(everybody[OWN], one)])
    store.take(stories(everybody[OWN]))
    clock.now = ago(minutes=20)
    outlook = Outlook(store, PLACES, ZONE, {})
    watch = Watch(
        store, office, places=PLACES, zone=ZONE, alerts=Alerts(), status=lambda: Status(connected=True),
        now=clock, outlook=outlook,
    )  # fmt: skip
    for minutes in (20, 12, 4, 3, 2, 1, 0.5, 0):
        clock.now = ago(minutes=minutes)
        store.take(
            [
                heard
                for place_id, kiosk in everybody.items()
                for heard in present(place_id, kiosk, numbers[place_id], clock.now)
            ]
        )
        watch.tick()
    desk = Desk(office)
    desk.plan(by("boss"), ["mz-mazhang-09", "mz-mazhang-11"], ago(hours=1), ago(hours=-4), "线路检修")
    desk.silence(by("boss"), Matcher(rule="hot", place=TALL), ago(hours=-20), "风扇已订购，周二到货")
    (acknowledged,) = [one for one in watch.tables.incidents(50) if one.rule == "out_of_service"][:1]
    desk.acknowledge(by("boss"), acknowledged.id)
    watch.tick()
    choose_settings(folder, store, office, everybody[OWN])
    return Board(store, PLACES, ZONE, clock, watch.tables.windows), office


def choose_settings(folder: Path, store: Store, office: Office, kiosk: Kiosk) -> None:
    """Chosen and sent an hour ago, and a kiosk that took them up ten minutes later."""
    tokens, cards = TokenKeys(folder / "tokens"), ReaderCardKeys(folder / "cards")
    chosen = Settings(open=("09:00-12:00", "14:30-17:30"), closed_days=(1,), offline="returns")
    Wishes(office).set(by("boss"), OWN, chosen)
    keeper = WantedKeeper(office, store, PLACES, ZONE, tokens=tokens, cards=cards)
    keeper.answers((), ago(hours=1))
    (now,) = store.kiosks(OWN)
    assert now.state is not None
    store.take([kiosk.says(replace(now.state, wanted_version=1), NOW)])
    keeper.answers((), ago(minutes=50))


def _figures(kiosk: Kiosk, slot: int) -> list[Heard]:
    at = ago(minutes=5 * slot + 30)
    wave = (slot % 48) / 48
    return [
        kiosk.heartbeat(
            at,
            temperature_c=48 + 9 * abs(wave - 0.5),
            disk_free_mb=21480 - slot * 2.0,
            ils_round_trip_ms=30 + 25 * (slot % 7 == 3),
            outbox_depth=6 if 90 < slot < 110 else 0,
        )
    ]


def main(folder: Path, port: int) -> None:
    board, office = fill(folder)
    shell = make_shell(board, office, Web(), lambda: True, HASHER)
    cookies = {}
    for name, (role, places) in ROLES.items():
        profile = Profile(
            {"boss": "李馆长", "taiping": "陈老师", "reader": "访客"}[name], role, frozenset(places) or None
        )
        one_time = shell.accounts.register.add(by(), name, profile)
        entrance, sessions = shell.accounts.entrance, shell.accounts.sessions
        first = entrance.sign_in(name, one_time, by(name))
        assert isinstance(first, Welcome)
        session = sessions.find(first.cookie, NOW)
        assert session is not None
        welcome = entrance.change_password(session, None, GOOD, GOOD, by(name))
        assert isinstance(welcome, Welcome)
        cookies[name] = welcome.cookie
    app = make_app(shell, ["127.0.0.1"])
    print(json.dumps({"cookie": shell.cookies.session, "people": cookies}), flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
