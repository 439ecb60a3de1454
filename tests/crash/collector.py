"""Kills collectors under load, and judges what the centre has: `make crash-centre N=200`.

python -m tests.crash.collector --kills 200 [--store postgresql]

Two collectors share the events of real uplinks that never stop telling; one after the other is killed with
SIGKILL at a random instant and started again. Now and then the broker is stopped or killed, and now and then
a collector starts with files that may not grow (RLIMIT_FSIZE: the system refuses its writes as a full disk
does, without needing root). In the end every event is there, once, and counted once.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom

from broker_config.topics import Identity
from central.store import opened
from central.store.sqlite import SqliteDatabase
from kiosk import clock, uplink
from kiosk.broker_access import BrokerSettings
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.broker import Broker
from tests.kiosk.test_uplink import health, something, state
from tests.postgres import Postgres
from tests.waiting import wait_for

KIOSKS = 3
NAMES = ("centre.collector-2", "centre.collector-3")
BROKER_EVERY = 9
"""Kills between two stops of the broker."""
FULL_EVERY = 7
"""Kills between two lives on a full disk."""
PROGRESS = 150
"""Events at most that are confirmed between two kills …"""
IN_VAIN = 3000
"""Confirmed events after which nobody waits any longer for a write to be refused: the other collector may
leave one on a full disk nothing to write, or keep the files so small that it never hits the limit."""
AFTER_S = 0.05
"""… and the last instant, in which a batch is under way."""
WAITING = 100
"""Events a kiosk keeps on telling up to."""
SETTLE_S = 90.0
ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass
class Outcome:
    kills: int = 0
    full: int = 0
    broker: int = 0
    events: int = 0
    findings: list[str] = field(default_factory=list)


class Kiosk:
    """A journal and its uplink; it tells as long as it is asked to."""

    def __init__(self, folder: Path, broker: Broker, number: int) -> None:
        self.identity = Identity(f"mz-village-{number}", "kiosk-1")
        issued = broker.issue(str(self.identity))
        self.journal = Journal(folder / f"{number}.db", folder / f"{number}.key")
        settings = BrokerSettings("127.0.0.1", broker.port, issued.ca, issued.certificate, issued.key)
        self.uplink = Uplink(self.identity, settings, self.journal, state, health)
        self.told = 0

    @property
    def confirmed(self) -> int:
        return self.journal.confirmed_up_to()

    def tell(self) -> None:
        for _ in range(max(0, WAITING - self.journal.outbox_depth())):
            self.journal.tell(something, clock.now())
            self.told += 1


class Collectors:
    """The centre's processes, `python -m central collect`."""

    def __init__(self, folder: Path, broker: Broker, url: str) -> None:
        self.config, self.log = folder / "centre.toml", folder / "collectors.log"
        issued, *_ = [broker.issue(name) for name in ("centre", *NAMES)]
        self.config.write_text(
            f'[broker]\nhost = "127.0.0.1"\nport = {broker.port}\nshare = "centre"\n'
            f'ca = "{issued.ca}"\ncert = "{issued.certificate}"\nkey = "{issued.key}"\n'
            f'[store]\nurl = "{url}"\n[places]\nfile = "places.toml"\n',
            encoding="utf-8",
        )
        self.log.touch()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, largest_file: int | None = None) -> None:
        command = [sys.executable, "-m", "central", "collect", "--config", str(self.config), "--name", name]
        if largest_file is not None:
            command = ["prlimit", f"--fsize={largest_file}", *command]
        with self.log.open("ab") as log:
            self._running[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def refusals(self) -> int:
        return self.log.read_text(encoding="utf-8").count("cannot write the centre's database")

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def end(self) -> None:
        for name in list(self._running):
            self.kill(name)


def play(kills: int, seed: int, folder: Path, url: str | None = None) -> Outcome:
    """`url` of PostgreSQL; SQLite without."""
    random, outcome = Random(seed), Outcome()
    store_url = url or f"sqlite:{folder / 'centre.db'}"
    with ExitStack() as stack:
        broker = stack.enter_context(Broker(folder))
        collectors = Collectors(folder, broker, store_url)
        stack.callback(collectors.end)
        kiosks = list(stack.enter_context(_kiosks(folder, broker)))
        opened(store_url).close()
        for name in NAMES:
            collectors.start(name)
        starved, refused = None, 0
        for number in range(1, kills + 1):
            _load(kiosks, random, collectors, refused if starved else 0)
            # whoever works on a full disk is killed next: the other one must do the work meanwhile
            name = starved or random.choice(NAMES)
            collectors.kill(name)
            full = url is None and number % FULL_EVERY == 0
            starved, refused = name if full else None, collectors.refusals() + 1
            collectors.start(name, _hardly_more(folder, random) if full else None)
            outcome.kills += 1
            if number % BROKER_EVERY == 0:
                broker.stop(random.choice([signal.SIGTERM, signal.SIGKILL]))
                broker.start()
                outcome.broker += 1
        # one that began on a full disk stays there
        for name in NAMES:
            collectors.kill(name)
            collectors.start(name)
        outcome.full = collectors.refusals()
        outcome.findings += _settled(kiosks)
    outcome.findings += judged(store_url, {kiosk.journal.install_id: kiosk.told for kiosk in kiosks})
    outcome.events = sum(kiosk.told for kiosk in kiosks)
    return outcome


def _load(kiosks: list[Kiosk], random: Random, collectors: Collectors, refusals: int) -> None:
    """Until some events are confirmed and so many writes were refused, and a random moment longer."""
    wanted = sum(kiosk.confirmed for kiosk in kiosks) + random.randrange(1, PROGRESS)

    def progressed() -> bool:
        for kiosk in kiosks:
            kiosk.tell()
        confirmed = sum(k.confirmed for k in kiosks)
        starved = collectors.refusals() >= refusals or confirmed >= wanted + IN_VAIN
        return confirmed >= wanted and starved

    try:
        wait_for(progressed, "events are confirmed", SETTLE_S)
    except AssertionError as error:
        said = collectors.log.read_text(encoding="utf-8").splitlines()[-8:]
        done = f"{[k.confirmed for k in kiosks]} confirmed, {wanted} wanted in all"
        writes = f"{collectors.refusals()} writes refused, {refusals} wanted"
        raise AssertionError("\n".join([f"{error}: {done}; {writes}; the collectors say:", *said])) from error
    time.sleep(random.uniform(0, AFTER_S))


def _hardly_more(folder: Path, random: Random) -> int:
    """Bytes that the largest file of the store may have: a little more than it has."""
    return max(path.stat().st_size for path in folder.glob("centre.db*")) + random.randrange(65_536)


@contextmanager
def _kiosks(folder: Path, broker: Broker) -> Iterator[list[Kiosk]]:
    before = uplink.RESEND_S, uplink.SHORTEST_PAUSE_S, uplink.LONGEST_PAUSE_S
    uplink.RESEND_S, uplink.SHORTEST_PAUSE_S, uplink.LONGEST_PAUSE_S = 1.0, 0.05, 0.5
    kiosks = [Kiosk(folder, broker, number) for number in range(KIOSKS)]
    for kiosk in kiosks:
        kiosk.uplink.start()
    try:
        yield kiosks
    finally:
        for kiosk in kiosks:
            kiosk.uplink.stop()
            kiosk.journal.close()
        uplink.RESEND_S, uplink.SHORTEST_PAUSE_S, uplink.LONGEST_PAUSE_S = before


def _settled(kiosks: list[Kiosk]) -> list[str]:
    try:
        wait_for(lambda: not any(k.journal.outbox_depth() for k in kiosks), "every outbox is empty", SETTLE_S)
    except AssertionError as error:
        return [f"{error}: {[kiosk.journal.outbox_depth() for kiosk in kiosks]} wait"]
    return []


def judged(url: str, told: dict[str, int]) -> list[str]:
    """What is wrong with the store, of which `told` says how many events every installation told."""
    store = opened(url)
    stored = Counter((event.install_id, event.seq) for event in store.events(*ALWAYS))
    expected = {(install_id, seq) for install_id, count in told.items() for seq in range(1, count + 1)}
    marks = {c.confirmed.install_id: c.confirmed.seq for c in store.confirmations()}
    findings = [
        (f"lost: {sorted(expected - stored.keys())[:5]}", not expected - stored.keys()),
        (f"never told: {sorted(stored.keys() - expected)[:5]}", not stored.keys() - expected),
        (f"twice: {[key for key, times in stored.items() if times > 1][:5]}", set(stored.values()) <= {1}),
        (f"marks: {marks}, told {told}", marks == told),
        (f"counted {store.event_count()} of {len(expected)}", store.event_count() == len(expected)),
        (f"rejected {store.reject_count()}", store.reject_count() == 0),
        ("hours or days are not what the events say", store.rebuild() == 0),
        (f"gaps {store.gaps()[:3]}, losses {store.losses()[:3]}", not store.gaps() and not store.losses()),
    ]
    store.close()
    if url.startswith("sqlite:"):
        database = SqliteDatabase(Path(url.removeprefix("sqlite:")))
        verdict = database.rows("PRAGMA integrity_check")
        database.close()
        findings.append((f"the file: {verdict[:3]}", verdict == [("ok",)]))
    return [finding for finding, fine in findings if not fine]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.collector", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(Postgres()).database() if chosen.store == "postgresql" else None
        outcome = play(chosen.kills, chosen.seed, folder, url)
    print(
        f"seed {chosen.seed}: {outcome.kills} kills, {outcome.full} writes refused by a full disk, "
        f"{outcome.broker} stops of the broker, {outcome.events} events"
    )
    print("\n".join(outcome.findings) or "nothing lost, nothing twice")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
