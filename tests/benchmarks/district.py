"""Kiosks that were cut off for long: real journals and real uplinks, a process apart from the centre.

python -m tests.benchmarks.district …  is how `District` starts its process.
"""

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from broker_config.topics import Identity
from kiosk import clock
from kiosk.broker_access import BrokerSettings
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.broker import Broker
from tests.kiosk.test_uplink import health, something, state


class District:
    def __init__(self, folder: Path, broker: Broker, places: int, queued: int) -> None:
        self._folder, self._port = folder, broker.port
        self._process: subprocess.Popen[str] | None = None
        self._certificates = []
        for number in range(places):
            identity = Identity(f"mz-village-{number}", "kiosk-1")
            issued = broker.issue(str(identity))
            self._certificates.append(
                [str(identity), str(issued.ca), str(issued.certificate), str(issued.key)]
            )
            _fill(folder / str(identity), queued)

    def start(self) -> None:
        told = json.dumps([self._port, str(self._folder), self._certificates])
        command = [sys.executable, "-m", "tests.benchmarks.district"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        assert self._process.stdin is not None
        self._process.stdin.write(told + "\n")
        self._process.stdin.flush()

    def drained(self) -> bool:
        assert self._process is not None and self._process.poll() is None
        return (self._folder / "drained").exists()

    def __enter__(self) -> "District":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def _fill(folder: Path, count: int) -> None:
    """What days without a line leave behind."""
    journal = Journal(folder / "journal.db", folder / "journal.key")
    journal.tell(something, clock.now())
    journal.close()
    with sqlite3.connect(folder / "journal.db") as db:
        payload = json.loads(db.execute("SELECT payload FROM outbox").fetchone()[0])
        rows = [(seq, json.dumps(payload | {"seq": seq}).encode()) for seq in range(2, count + 1)]
        db.executemany("INSERT INTO outbox (seq, payload, topic_kind) VALUES (?, ?, 'alarm_raised')", rows)
        db.execute("UPDATE facts SET value = ? WHERE name = 'last_seq'", [count])


def main() -> None:
    port, name, certificates = json.loads(sys.stdin.readline())
    folder = Path(name)
    journals, uplinks = [], []
    for identity, ca, certificate, key in certificates:
        journal = Journal(folder / identity / "journal.db", folder / identity / "journal.key")
        settings = BrokerSettings("127.0.0.1", port, Path(ca), Path(certificate), Path(key))
        journals.append(journal)
        uplinks.append(Uplink(Identity.parse(identity), settings, journal, state, health))
    for uplink in uplinks:
        uplink.start()
    while any(journal.outbox_depth() for journal in journals):
        time.sleep(0.2)
    (folder / "drained").touch()
    sys.stdin.read()


if __name__ == "__main__":
    main()
