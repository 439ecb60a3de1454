"""The server on its ports: many kiosks, planned faults, the hands, and the program people start."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hardware_sim.ils import DIALECTS, IlsAdmin, IlsServer
from tests.hardware_sim.ils.sample import ITEM, READER
from tests.waiting import wait_for

LOGIN = b"9300CNkiosk|COmazhang|\r"
DATE = b"20261122    093000"
SHELF = ITEM["镜花缘"]


class Kiosk:
    """A bare socket, logged in."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.lines = self.socket.makefile("rb")
        assert self.ask(LOGIN) == b"941\r"

    def ask(self, line: bytes) -> bytes:
        """The answer, or b"" at the end of the stream."""
        self.socket.sendall(line)
        answer = b""
        while not answer.endswith(b"\r") and (byte := self.lines.read(1)):
            answer += byte
        return answer


def checkout(item_id: str, reader: str = "张样例") -> bytes:
    return b"11YN" + DATE * 2 + f"AOMZ|AA{READER[reader]}|AB{item_id}|AC|\r".encode()


def test_several_kiosks_at_once_and_each_item_goes_to_one(ils: IlsServer, admin: IlsAdmin) -> None:
    names = ["张样例", "王试读", "陈演练", "蒋虚构", "余假名", "杜无名"]
    kiosks = [Kiosk(ils.port) for _ in names]
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda k=kiosk, n=name: answers.append(k.ask(checkout(SHELF, n))))
        for kiosk, name in zip(kiosks, names, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert sorted(answer[:3] for answer in answers) == [b"120"] * 5 + [b"121"]
    assert [entry["act"] for entry in admin.item(SHELF)["history"]] == ["checkout"]


def test_two_requests_in_one_packet_are_answered_in_order(ils: IlsServer) -> None:
    kiosk = Kiosk(ils.port)
    assert kiosk.ask(b"9900302.00\r35" + DATE + b"AOMZ|AA1|\r").startswith(b"98")
    assert kiosk.ask(b"").startswith(b"36")


def test_down_refuses_and_up_is_the_same_port(ils: IlsServer, admin: IlsAdmin) -> None:
    kiosk, port = Kiosk(ils.port), ils.port
    admin.do("down")
    assert kiosk.lines.read(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    admin.do("up")
    assert Kiosk(port).ask(checkout(SHELF)).startswith(b"121")


@pytest.mark.parametrize(
    ("fault", "answer", "done"),
    [
        ("close_before_doing", b"", False),
        ("close_after_doing", b"", True),
        ("nonsense_after_doing", b"Internal Server Error\r", True),
    ],
)
def test_faults_of_one_message(
    ils: IlsServer, admin: IlsAdmin, fault: str, answer: bytes, done: bool
) -> None:
    admin.do(fault, code="11")
    assert Kiosk(ils.port).ask(checkout(SHELF)) == answer
    assert (admin.item(SHELF)["loan"] is not None) is done
    assert Kiosk(ils.port).ask(checkout(SHELF)).startswith(b"121"), "the fault is used up"


@pytest.mark.parametrize(("fault", "done"), [("hang_before", False), ("hang_after", True)])
def test_hanging(ils: IlsServer, admin: IlsAdmin, fault: str, done: bool) -> None:
    kiosk = Kiosk(ils.port)
    admin.do(fault, count=1, code="11")
    kiosk.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        kiosk.ask(checkout(SHELF))
    wait_for(lambda: (admin.item(SHELF)["loan"] is not None) is done, f"lent: {done}")


def test_full_accepts_and_never_answers(ils: IlsServer, admin: IlsAdmin) -> None:
    early = Kiosk(ils.port)
    admin.do("full")
    with socket.create_connection(("127.0.0.1", ils.port), 5) as late:
        late.sendall(LOGIN)
        late.settimeout(0.3)
        with pytest.raises(TimeoutError):
            late.recv(10)
    assert early.ask(checkout(SHELF)).startswith(b"121")
    admin.do("clear")
    assert Kiosk(ils.port)


def test_faults_come_as_often_as_planned(ils: IlsServer, admin: IlsAdmin) -> None:
    kiosk = Kiosk(ils.port)
    admin.do("nonsense_after_doing", count=2)
    answers = [kiosk.ask(b"9900302.00\r")[:2] for _ in range(3)]
    assert answers == [b"In", b"In", b"98"]


def test_queries_by_item_and_by_card(admin: IlsAdmin, ils: IlsServer) -> None:
    item = admin.item(ITEM["红楼梦"])
    assert (item["known"], item["loan"]["reader_id"]) == (True, READER["罗借满"])
    assert item["loan"]["due"] == "2026-12-04 23:59:00"
    reader = ils.store.reader(READER["罗借满"])
    assert reader is not None
    assert len(admin.reader(reader.card_uid)["loans"]) == 3
    assert admin.item("nothing") | {"ok": True} == {
        "ok": True,
        "item": "nothing",
        "known": False,
        "at": None,
        "loan": None,
        "holds": [],
        "history": [],
    }
    assert admin.reader("nobody")["reader"] is None


@pytest.mark.parametrize("line", ["{}", "nonsense", '{"do": "explode"}', '{"do": "delay_ms"}', "[1]", "3"])
def test_the_hands_are_told_what_they_got_wrong(ils: IlsServer, line: str) -> None:
    with socket.create_connection(("127.0.0.1", ils.admin_port), 5) as raw:
        raw.sendall(line.encode() + b"\n")
        answer = json.loads(raw.makefile().readline())
    assert answer["ok"] is False and "cannot do this" in answer["error"]


def test_another_encoding(tmp_path: Path) -> None:
    with IlsServer(tmp_path / "gb.sqlite", dialect=DIALECTS["dp2"]) as ils:
        answer = Kiosk(ils.port).ask(b"17" + DATE + b"AOMZ|AB" + SHELF.encode() + b"|\r")
    assert "AJ镜花缘|".encode("gb18030") in answer


def test_loans_outlive_the_server(tmp_path: Path) -> None:
    for expected in (b"121NNY", b"121YNY"):
        with IlsServer(tmp_path / "ils.sqlite") as ils:
            assert Kiosk(ils.port).ask(checkout(SHELF)).startswith(expected)


def test_an_endless_line_is_hung_up_on(ils: IlsServer) -> None:
    kiosk = Kiosk(ils.port)
    try:
        assert kiosk.ask(b"x" * 100_000) == b""
    except ConnectionError as error:  # the rest was still on its way
        assert error.errno
    assert Kiosk(ils.port)


def test_the_program_prints_its_ports_and_ends_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hardware_sim.ils", "--database", str(tmp_path / "ils.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline() for _ in range(2)]
        port = re.fullmatch(r"ILS listening on 127\.0\.0\.1:(\d+)\n", lines[0])
        admin_port = re.fullmatch(r"ILS admin on 127\.0\.0\.1:(\d+)\n", lines[1])
        assert port and admin_port
        assert Kiosk(int(port[1])).ask(checkout(SHELF)).startswith(b"121")
        hands = IlsAdmin(int(admin_port[1]))
        assert hands.item(SHELF)["loan"]["reader_id"] == READER["张样例"]
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10) == 0
        hands.close()


def test_the_program_says_why_it_cannot_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hardware_sim.ils", "--database", str(tmp_path / "no" / "ils.sqlite")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("ILS cannot start: ") and "Traceback" not in ended.stderr
