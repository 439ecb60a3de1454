"""`python -m kiosk ils check` on every dialect, on broken servers and on wrong arguments."""

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.ils import DIALECTS, IlsServer, load_catalogue, load_readers
from hardware_sim.ils.faults import Fault
from kiosk.ils_check import main
from kiosk.sip2.examination import STEPS
from kiosk.sip2.probe import fitting_encoding
from kiosk.sip2.protocol import Encoding
from tests.kiosk.sip2.certificate import self_signed
from tests.kiosk.sip2.conftest import ScriptedIls
from tests.kiosk.test_config import GOOD

READERS = {reader.name: reader for reader in load_readers()}
ITEMS = {item.title: item.item_id for item in reversed(load_catalogue())}
BORROWER = READERS["罗借满"]
QUESTIONS = {"93", "99", "63", "17", "77"}
STATUS = b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"

Check = Callable[..., tuple[int, Any]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """Exit status and the JSON it printed."""

    def run(port: int, *more: str) -> tuple[int, Any]:
        status = main(["check", *where_to(port), "--timeout", "1", "--json", *more])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ils(tmp_path: Path) -> Iterator[IlsServer]:
    with IlsServer(tmp_path / "ils.sqlite") as server:
        yield server


@pytest.fixture
def scripted() -> Iterator[ScriptedIls]:
    server = ScriptedIls()
    yield server
    server.close()


def where_to(port: int) -> list[str]:
    return ["--host", "127.0.0.1", "--port", str(port), "--login", "kiosk", "--password", "mazhang"]


def configured(folder: Path, port: int, lines: str = "") -> Path:
    """A kiosk's configuration for the ILS on that port."""
    for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
        (folder / name).touch()
    text = GOOD.replace("ils.example", "127.0.0.1").replace("6001", str(port)).replace("secret", "mazhang")
    config = folder / "kiosk.toml"
    config.write_text(text.replace("[broker]", f"{lines}\n[broker]"), encoding="utf-8")
    return config


def steps_of(report: Any) -> dict[str, Any]:
    return {step["step"]: step for step in report["steps"]}


# -- servers that will do --------------------------------------------------------------------------------


def test_every_dialect_is_found_out_and_nothing_is_changed(
    tmp_path: Path, dialect: str, check: Check
) -> None:
    with IlsServer(tmp_path / "ils.sqlite", dialect=DIALECTS[dialect]) as ils:
        status, report = check(ils.port, "--reader", BORROWER.reader_id, "--pin", BORROWER.pin)
        heard = set(ils.faults.heard)
    assert (status, report["ok"], report["reason"]) == (0, True, None)
    expected = {
        "koha": ("koha-like", "utf-8", "sip", "2.00"),
        "evergreen": ("evergreen-like", "utf-8", "sip", "2.00"),
        "dp2": ("dp2-like", "gb18030", "sip", "2.00"),
        "strict": ("koha-like", "utf-8", "sip", "2.00"),
        "telnet": ("telnet-style", "utf-8", "telnet", "1.00"),
    }[dialect]
    settings = report["settings"]
    found = (report["dialect"], settings["encoding"], settings["login"], settings["version"])
    assert found == expected
    assert settings["checksum"] == "strict"
    steps = steps_of(report)
    assert list(steps) == list(STEPS)
    assert steps["reader"]["name"] == "罗**" and steps["reader"]["lists_loans"] is True
    assert (steps["item"]["status"], steps["item"]["unknown_item"]) == ("charged", "status 01, no title")
    assert "until when" in steps["item"]["tells_of_loans"]
    assert steps["terminator"]["answers"] == ("CRLF" if dialect == "telnet" else "CR")
    assert steps["checksum"]["without"] == ("message 96" if dialect == "strict" else "message 98")
    assert 0 < report["round_trip_ms"]["min_ms"] <= report["round_trip_ms"]["max_ms"]
    assert heard <= QUESTIONS, "questions and a login only"


def test_people_read_lines_and_get_settings_to_paste(
    ils: IlsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["check", *where_to(ils.port), "--login-style", "sip", "--item", ITEMS["镜花缘"]])
    out = capsys.readouterr().out
    assert status == 0
    assert "登录 login: 好 ok" in out and "读者信息 reader: 略过 skipped" in out
    assert "镜花缘: available" in out
    assert 'encoding = "utf-8"\nterminator = "CR"\nchecksum = "strict"\nversion = "2.00"\n' in out
    assert "mazhang" not in out


def test_the_kiosks_own_configuration(
    tmp_path: Path, ils: IlsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path, ils.port)
    assert main(["check", "--config", str(config), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["server"] == f"127.0.0.1:{ils.port}"
    assert steps_of(report)["login"]["style"] == "sip"


def test_inside_tls(tmp_path: Path, check: Check) -> None:
    certificate, key = self_signed(tmp_path)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(certificate, key)
    with IlsServer(tmp_path / "ils.sqlite", tls=inside) as ils:
        status, report = check(ils.port, "--login-style", "sip", "--tls-ca", str(certificate))
        assert (status, steps_of(report)["tls"]["certificate"]) == (0, "ils")
        assert steps_of(report)["tls"]["version"].startswith("TLSv1.")
        status, report = check(ils.port, "--tls")
    assert status == 1
    assert "its certificate is not trusted" in report["reason"]


# -- servers that will not -------------------------------------------------------------------------------


def test_nobody_there(ils: IlsServer, check: Check) -> None:
    port = ils.port
    ils.stop()
    status, report = check(port)
    assert (status, report["ok"]) == (1, False)
    assert report["reason"].startswith("connect: ") and "nothing listens there" in report["reason"]
    assert list(steps_of(report)) == ["connect"]


def test_a_wrong_password_is_tried_once(ils: IlsServer, check: Check) -> None:
    status, report = check(ils.port, "--password", "guess")
    assert status == 1
    assert report["reason"].endswith("refused user or password: correct them")
    assert ils.faults.heard["93"] == 1, "more would lock the account at some ILS"
    assert "guess" not in json.dumps(report)


def test_a_full_ils(ils: IlsServer, check: Check) -> None:
    ils.faults.limit = 0
    status, report = check(ils.port, "--login-style", "sip")
    assert (status, "limit of connections" in report["reason"]) == (1, True)


def test_no_login_where_one_is_needed(
    ils: IlsServer, scripted: ScriptedIls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--host", "127.0.0.1", "--port", str(ils.port), "--timeout", "1"]) == 1
    assert "give --login and --password" in capsys.readouterr().err


def test_prompts_without_a_user(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with IlsServer(tmp_path / "ils.sqlite", dialect=DIALECTS["telnet"]) as ils:
        assert main(["check", "--host", "127.0.0.1", "--port", str(ils.port)]) == 1
    assert "asks for a user at a prompt" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--reader", "nobody"], "reader: this ILS does not know the reader: check --reader"),
        (["--reader", BORROWER.reader_id, "--pin", "0"], "reader: it says that the PIN is wrong"),
        (["--item", "nothing"], "item: this ILS does not know the item: check --item"),
        (["--item", ITEMS["镜花缘"], "--encoding", "gb18030"], "encoding: its text is utf-8, not gb18030"),
    ],
)
def test_a_failed_step_does_not_end_the_others(
    ils: IlsServer, check: Check, arguments: list[str], reason: str
) -> None:
    status, report = check(ils.port, "--login-style", "sip", *arguments)
    assert status == 1
    assert report["reason"].startswith(reason) and "\n" not in report["reason"]
    assert list(steps_of(report)) == list(STEPS)
    assert steps_of(report)["unknown_message"]["answer"] == "message 96"


def test_an_ils_that_hangs_up_on_a_question(ils: IlsServer, check: Check) -> None:
    ils.faults.plan(Fault.CLOSE_BEFORE_DOING, code="63")
    status, report = check(ils.port, "--login-style", "sip", "--reader", BORROWER.reader_id)
    assert (status, report["reason"]) == (1, "reader: connection was closed by the server")
    assert steps_of(report)["checksum"]["without"] == "message 98", "it was connected and logged in again"


def test_strict_checksums_that_the_ils_cannot_keep(
    tmp_path: Path, ils: IlsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path, ils.port, 'checksum = "strict"')
    ils.faults.plan(Fault.WRONG_CHECKSUM_AFTER_DOING, count=6, code="99")
    assert main(["check", "--config", str(config), "--json"]) == 1
    reason = json.loads(capsys.readouterr().out)["reason"]
    assert reason == "checksum: its trailers are right and wrong: strict would refuse them, use log"


def test_a_server_that_is_no_ils(scripted: ScriptedIls, check: Check) -> None:
    for _ in range(4):
        scripted.will(b"HTTP/1.1 400 Bad Request\r\n")
    status, report = check(scripted.port, "--login-style", "sip")
    assert status == 1
    assert "something that is no SIP2 message" in report["reason"]


def test_an_ils_that_is_off_line(scripted: ScriptedIls, check: Check) -> None:
    scripted.will(b"941\r", STATUS.replace(b"98Y", b"98N"))
    status, report = check(scripted.port, "--login-style", "sip")
    assert (status, report["reason"][:35]) == (1, "status: it says that it is off line")


def test_a_server_that_wants_crlf(scripted: ScriptedIls, check: Check) -> None:
    """Silent at first, as one that waits for a line feed."""
    scripted.will(None)
    scripted.will(b"941\r\n", *[STATUS] * 6, STATUS, b"96\r", b"96\r")
    status, report = check(scripted.port, "--login-style", "sip")
    assert (status, report["settings"]["terminator"]) == (0, "CRLF")
    assert report["settings"]["checksum"] == "off", "it never sent a trailer"


def test_sums_over_characters_instead_of_bytes(scripted: ScriptedIls, check: Check) -> None:
    body = "1804020120261122    075149AB3|AJ红楼梦|AY8AZ"
    summed = body + f"{-sum(map(ord, body)) & 0xFFFF:04X}\r"
    unknown = b"1801010120261122    075149ABNO-SUCH-ITEM-0|AJ|\r"
    scripted.will(b"941\r", *[STATUS] * 6, summed.encode(), unknown, STATUS, b"96\r", b"96\r")
    status, report = check(scripted.port, "--login-style", "sip", "--item", "3")
    assert (status, report["settings"]["checksum"]) == (0, "log")
    assert "not until when" in steps_of(report)["item"]["tells_of_loans"]
    assert "summed over characters instead of bytes" in steps_of(report)["checksum"]["returned"]


# -- encodings and arguments -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("红楼梦", "utf-8", Encoding.UTF_8),
        ("Café", "utf-8", Encoding.UTF_8),
        ("红楼梦，读者", "gb18030", Encoding.GB18030),
        ("AF读者证已过期。|", "gb18030", Encoding.GB18030),
        ("AJ紅樓夢 A|", "gb18030", Encoding.GB18030),
        ("Märchen für Große", "cp850", Encoding.CP850),
        ("plain", "ascii", None),
    ],
)
def test_which_encoding_fits(text: str, written: str, expected: Encoding | None) -> None:
    assert fitting_encoding(text.encode(written)) is expected


@pytest.mark.parametrize("words", [[], ["--host", "x"], ["--port", "6001"], ["--host", "x", "--port", "y"]])
def test_arguments_that_make_no_sense(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", *words])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--config", "none.toml"], "none.toml: cannot be read"),
        (["--host", "x", "--port", "1", "--tls-ca", "none.crt"], "--tls-ca none.crt: "),
    ],
)
def test_files_that_cannot_be_used(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_as_staff_start_it(ils: IlsServer) -> None:
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "ils", "check", *where_to(ils.port), "--password", "guess"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, time.monotonic() - began < 30) == (1, True)
    assert ended.stderr.count("\n") == 1 and "refused user or password" in ended.stderr
