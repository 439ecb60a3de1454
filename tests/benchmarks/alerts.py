"""How soon a fault at a kiosk is seen and told, by the real clock: limits of issue 6.

A real Mosquitto with TLS, the centre as a process with its own intervals, a real mail server and a real web
server, Debian's Chromium on two pages, 104 simulated kiosks. Three rows of kiosks go through it at the same
time: one breaks in twelve ways, one dies so that its will is sent, one freezes so that only its heartbeat is
missed. Then, twice with a fresh centre, a hundred lose their link together: once all connections break, once
all wires are cut in silence.
"""

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from central.alerts.rules import RULES
from central.places import Places, load_places
from tests.benchmarks.alerts_faults import DEATH, FAULTS, FREEZE, Act, Fault
from tests.benchmarks.alerts_scene import (
    EXAMPLE,
    LOOK_S,
    Channel,
    Eyes,
    SimulatedKiosk,
    What,
    beating,
    centre_that_tells,
)
from tests.benchmarks.table import Findings, Row
from tests.broker import Broker
from tests.browser import Chromium
from tests.central.alerts.servers import MailServer, WebServer
from tests.waiting import wait_for

FAULT_LIMIT_S, LOSS_LIMIT_S = 15.0, 90.0
ROUNDS = 10
HUNDRED = 100
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Delay:
    case: str
    channel: Channel
    took_s: float
    limit_s: float | None


# -- what is measured --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One kiosk after the other; the end of one is awaited before the next."""

    name: str
    limit_s: float
    faults: Sequence[Fault]


CASES = (
    Case("fault told", FAULT_LIMIT_S, FAULTS),
    Case("kiosk killed", LOSS_LIMIT_S, (DEATH,) * ROUNDS),
    Case("heartbeat missing", LOSS_LIMIT_S, (FREEZE,) * ROUNDS),
)


def measure() -> Findings:
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own old names
    places = load_places(EXAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        scene = _Scene(Path(folder), places)
        with scene.running():
            delays = scene.one_by_one()
            crowds = [
                scene.together("all connections break", SimulatedKiosk.dies),
                scene.together("all wires are cut in silence", SimulatedKiosk.is_cut),
            ]
    return Findings(
        f"alerts: seconds until seen and told, by the real clock; limits {FAULT_LIMIT_S:.0f} s for a fault, "
        f"{LOSS_LIMIT_S:.0f} s for a lost heartbeat",
        list(_rows(delays)),
        [*crowds, "the end of each: as long as it takes to be sure (10 s), then told once"],
    )


def _rows(delays: Sequence[Delay]) -> Iterator[Row]:
    cases = dict.fromkeys((one.case, one.channel, one.limit_s) for one in delays)
    for case, channel, limit_s in cases:
        took_s = [one.took_s for one in delays if (one.case, one.channel) == (case, channel)]
        within = "" if limit_s is None else ("yes" if max(took_s) <= limit_s else "NO")
        yield {
            "case": case,
            "seen in": channel.value,
            "n": len(took_s),
            "median_s": median(took_s),
            "worst_s": max(took_s),
            "limit_s": "" if limit_s is None else f"{limit_s:.0f}",
            "within": within,
        }


class _Scene:
    def __init__(self, folder: Path, places: Places) -> None:
        self._folder, self._places = folder, places
        self._broker = Broker(folder)
        self._mail = MailServer(folder)
        self._hook = WebServer()
        self._kiosks = [
            SimulatedKiosk(place, self._broker, phase_s=30 * number / len(places.place))
            for number, place in enumerate(places.place)
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._broker, self._mail, self._hook, Chromium() as chromium:
            self._chromium = chromium
            yield

    @contextmanager
    def _watched(self, name: str) -> Iterator[Eyes]:
        """A centre that knows nothing yet, all kiosks, and eyes that have seen that all is well."""
        centre = centre_that_tells(self._folder / name, self._broker, self._mail, self._hook)
        with centre, beating(self._kiosks), self._chromium.browser(centre.staff) as browser:
            eyes = Eyes(browser, centre, self._mail, self._hook)
            wait_for(eyes.all_well, "all is well", 60)
            yield eyes

    def one_by_one(self) -> list[Delay]:
        """All cases at the same time, each with kiosks of its own."""
        delays: list[Delay] = []
        failures: list[BaseException] = []
        kiosks = iter(self._kiosks)
        with self._watched("one-by-one") as eyes:
            threads = []
            for case in CASES:
                mine = [next(kiosks) for _ in case.faults]
                threads.append(threading.Thread(target=_guarded, args=(case, mine, eyes, delays, failures)))
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                eyes.look()
                time.sleep(LOOK_S)
        if failures:
            raise failures[0]
        return sorted(delays, key=lambda one: one.limit_s is None)

    def together(self, name: str, act: Act) -> str:
        """A hundred at once, and what was told of them until all was well again."""
        fault = RULES["kiosk_offline"].text[0]
        with self._watched(name) as eyes:
            began_s = time.monotonic()
            with ThreadPoolExecutor(HUNDRED) as pool:
                list(pool.map(act, self._kiosks[:HUNDRED]))
            told_s = _until(eyes, What.RAISED, fault, began_s) - began_s
            _look_for(eyes, LOSS_LIMIT_S)  # whether more is told
            for kiosk in self._kiosks[:HUNDRED]:
                kiosk.connects()
            _until(eyes, What.CLEARED, fault, began_s)
            counts = ", ".join(
                f"{len(eyes.told(channel, fault, began_s))} by {channel.value}"
                for channel in (Channel.MAIL, Channel.HOOK)
            )
            first = eyes.told(Channel.MAIL, fault, began_s)[0].where
        return (
            f"{HUNDRED} places at once, {name}: told after {told_s:.1f} s of {first.partition('（')[0]}; "
            f"messages in all, with that of the end: {counts}"
        )


def _guarded(
    case: Case,
    kiosks: Sequence[SimulatedKiosk],
    eyes: Eyes,
    delays: list[Delay],
    failures: list[BaseException],
) -> None:
    try:
        for fault, kiosk in zip(case.faults, kiosks, strict=True):
            delays += _round(case, fault, kiosk, eyes)
    except BaseException as error:
        failures.append(error)


def _round(case: Case, fault: Fault, kiosk: SimulatedKiosk, eyes: Eyes) -> list[Delay]:
    channels = [one for one in Channel if fault.on_board or one is not Channel.BOARD]
    text, where = RULES[fault.rule].text[0], kiosk.place.short
    found = []
    for what, act, name, limit_s in (
        (What.RAISED, fault.begin, case.name, case.limit_s),
        (What.CLEARED, fault.end, f"{case.name}: its end", None),
    ):
        began_s = time.monotonic()
        act(kiosk)
        for channel in channels:
            seen_s = partial(eyes.first_s, channel, what, text, where, began_s)
            at_s = _awaited(seen_s, f"{text} {what.value} in {channel.value}")
            found.append(Delay(name, channel, at_s - began_s, limit_s))
    return found


def _awaited(seen_s: Callable[[], float | None], what: str) -> float:
    """When somebody else's looking saw it."""
    wait_for(lambda: seen_s() is not None, what, PATIENCE_S)
    at_s = seen_s()
    assert at_s is not None
    return at_s


def _until(eyes: Eyes, what: What, fault: str, after_s: float) -> float:
    """Look until a mail says so; when that was."""

    def seen() -> list[float]:
        eyes.look()
        return [one.at_s for one in eyes.told(Channel.MAIL, fault, after_s) if one.what is what]

    wait_for(seen, f"{fault} {what.value}", PATIENCE_S)
    return seen()[0]


def _look_for(eyes: Eyes, span_s: float) -> None:
    end_s = time.monotonic() + span_s
    while time.monotonic() < end_s:
        eyes.look()
        time.sleep(LOOK_S)
