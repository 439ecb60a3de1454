"""What systemd hears, at a socket such as it listens on."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.watchdog import USUAL_TIMEOUT_S, Notifier, Watchdog
from tests.waiting import wait_for


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        while True:
            try:
                self._heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self._heard

    def environment(self, timeout_s: float = 0.03) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": str(round(timeout_s * 1e6))}

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    made = Systemd(
        str(tmp_path / "notify") if request.param == "file" else f"@shuzhan-{tmp_path.name}-{id(request)}"
    )
    yield made
    made.close()


def notifier(systemd: Systemd) -> Notifier:
    made = Notifier.from_environment(systemd.environment())
    assert made is not None
    return made


def test_nobody_listens_to_a_kiosk_started_by_hand() -> None:
    assert Notifier.from_environment({}) is None
    made = Notifier.from_environment({"NOTIFY_SOCKET": "/nowhere"})
    assert made is not None
    assert made.ping_every_s == USUAL_TIMEOUT_S / 3


def test_a_socket_that_is_gone_stops_nothing(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone"), 60.0).ready()
    assert "not told READY" in caplog.text


def test_ready_then_pings_in_chinese_too_and_a_farewell(systemd: Systemd) -> None:
    watchdog = Watchdog(notifier(systemd), lambda: None)
    watchdog.start()
    wait_for(lambda: systemd.heard().count("WATCHDOG=1") >= 3, "three pings")
    watchdog.stop()
    watchdog.join(10)
    heard = systemd.heard()
    assert (heard[0], heard[-1]) == ("READY=1", "STOPPING=1")
    assert "STATUS=运行正常 running" in heard


def test_no_ping_while_something_stands_still(systemd: Systemd, caplog: pytest.LogCaptureFixture) -> None:
    ails: list[str | None] = [None]
    watchdog = Watchdog(notifier(systemd), lambda: ails[0])
    watchdog.start()
    wait_for(lambda: "WATCHDOG=1" in systemd.heard(), "a ping")
    ails[0] = "tag_reader"
    wait_for(lambda: "STATUS=停住了 stands still: tag_reader" in systemd.heard(), "the reason")
    pings = systemd.heard().count("WATCHDOG=1")
    ails[0] = None
    wait_for(lambda: systemd.heard().count("STATUS=运行正常 running") == 2, "well again")
    ill = systemd.heard()[systemd.heard().index("STATUS=停住了 stands still: tag_reader") :]
    assert ill.index("WATCHDOG=1") <= ill.index("STATUS=运行正常 running")
    assert pings == systemd.heard().count("WATCHDOG=1") - ill.count("WATCHDOG=1")
    assert "no ping for systemd: tag_reader stands still" in caplog.text
    watchdog.stop()
    watchdog.join(10)
    assert not watchdog.is_alive()
