"""The whole centre as a process: started, ended, killed, misconfigured."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config.messages import Confirmed, Loan, decode, publication
from broker_config.topics import Identity
from tests.broker import Broker, wait_for
from tests.centre import Centre

KIOSK = Identity("mz-taiping-03", "kiosk-1")
CONFIRMED = f"shuzhan/v1/{KIOSK}/confirmed"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as running:
        yield running


def loan(seq: int) -> Loan:
    return Loan(install_id="i-1", seq=seq, at="2026-11-22T03:04:05.678Z", clock_synced=True, op_id="op")


def test_sigterm_ends_it_cleanly(broker: Broker, tmp_path: Path) -> None:
    with Centre(tmp_path, broker) as centre:
        assert len(centre.get("/api/v1/places")) == 104
        assert centre.stop(signal.SIGTERM) == 0
    log = centre.log.read_text(encoding="utf-8")
    assert f"centre ready: {centre.url}" in log
    assert "Traceback" not in log


def test_killed_in_the_middle_it_loses_nothing(broker: Broker, tmp_path: Path) -> None:
    """SIGKILL while events stream in, four times; the sender sends each once and trusts the confirmation."""
    total, kills = 2000, 4
    with Centre(tmp_path, broker) as centre, broker.client(str(KIOSK)) as device:
        device.subscribe(CONFIRMED)
        for seq in range(1, total + 1):
            sent = publication(KIOSK, loan(seq))
            device.mqtt.publish(sent.topic, sent.payload, sent.qos)
            if seq % (total // (kills + 1)) == 0 and seq < total:
                centre.stop(signal.SIGKILL)
                centre.start()
        wait_for(lambda: centre.event_count() == total, "every event is stored, each once", 60)

        def mark() -> int:
            marks = [decode(Confirmed, payload).seq for topic, payload in device.received]
            return max(marks, default=0)

        wait_for(lambda: mark() == total, "everything is confirmed")
    assert "Traceback" not in centre.log.read_text(encoding="utf-8")


def test_a_port_in_use_is_one_sentence(broker: Broker, tmp_path: Path) -> None:
    with Centre(tmp_path, broker) as centre:
        second = subprocess.run(
            [sys.executable, "-m", "central", "--config", str(centre.config)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert second.returncode == 1
    assert f"port {centre.port} of 127.0.0.1 cannot be used" in second.stderr
    assert "Traceback" not in second.stderr
