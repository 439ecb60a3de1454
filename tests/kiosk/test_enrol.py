"""`python -m kiosk enrol` against a running centre and broker: enrol, work, be replaced, be refused."""

import http.server
import os
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker_config.enrolment import fingerprint
from broker_config.events import AlarmRaised
from broker_config.messages import publication
from broker_config.status import Health, State
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.__main__ import main as central
from central.enrolment.authority import Issued, issue, issued, revoked
from central.store import opened
from kiosk import clock
from kiosk import config as configuration
from kiosk.enrol import main
from tests.broker import Broker, Client
from tests.centre import Centre
from tests.waiting import wait_for

NAME = "mz-taiping-03.kiosk-1"
KIOSK = Identity.parse(NAME)
TOML = f"""\
[place]
identity = "{NAME}"
name = "麻章区图书馆东黄村服务点"
[broker]
host = "old.example.org"
port = 1
ca = "x"
certificate = "x"
key = "x"
[ils]
host = "127.0.0.1"
port = 6001
password = "geheim-9731"
[journal]
path = "journal.db"
[[device]]
model = "feig_obid"
port = "/dev/kiosk-pad"
"""


@dataclass
class Library:
    broker: Broker
    centre: Centre
    url: str

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
        assert central(["kiosk", *arguments, "--config", str(self.centre.config)]) == 0
        return capsys.readouterr().out

    def claim(self, capsys: pytest.CaptureFixture[str]) -> str:
        found = re.search(r"code +([0-9A-Z-]{29})\n", self.run(capsys, "claim", NAME))
        assert found
        return found[1]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    with Broker(folder) as broker:
        web = issue(broker.certificates, "web", server=True, hosts=["127.0.0.1"])
        more = f'[enrolment]\nca = "{broker.certificates}"\npid_file = "{broker.pid_file}"\n'
        over_tls = f'cert = "{web.certificate}"\nkey = "{web.key}"'
        with Centre(folder, broker, over_tls, first_sign_in=False, more=more) as centre:
            yield Library(broker, centre, f"https://127.0.0.1:{centre.port}")


@pytest.fixture
def kept(library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Library:
    file = tmp_path / "old-kiosk.toml"
    file.write_text(TOML, encoding="utf-8")
    assert "configuration kept" in library.run(capsys, "keep", NAME, str(file))
    return library


def enrolled(library: Library, code: str, folder: Path) -> Issued:
    assert main(["--centre", library.url, "--code", code, "--folder", str(folder)]) == 0
    broker = configuration.load(folder / "kiosk.toml").broker
    return Issued(Path(broker.certificate), Path(broker.key), Path(broker.ca))


def test_enrol_work_be_replaced_be_refused(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = enrolled(kept, kept.claim(capsys), tmp_path / "first")
    old = kept.broker.client_with(first)
    speak(old, seq=1, newest=4)
    assert old.publish(f"shuzhan/v1/{NAME}/health", b"{}") != "Not authorized"
    wait_for(lambda: count(kept) == 1, "the first event is stored")

    second = enrolled(kept, kept.claim(capsys), tmp_path / "second")
    wait_for(lambda: old.disconnected, "the old connection is cut")
    with pytest.raises(OSError):
        kept.broker.client_with(first)
    with kept.broker.client_with(second) as new:
        assert new.publish(f"shuzhan/v1/{NAME}/event/alarm_raised", b"{}") == "Success"
        assert new.publish("shuzhan/v1/mz-taiping-04.kiosk-1/health", b"{}") == "Not authorized"
    told = kept.run(capsys, "replacements")
    assert NAME in told and "lost with the old disk: 3" in told
    config = configuration.load(tmp_path / "second" / "kiosk.toml")
    assert (config.ils.password, config.broker.port) == ("geheim-9731", kept.broker.port)
    assert second.key.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.rglob("pending.key"))

    assert "revoked" in kept.run(capsys, "revoke", NAME)
    with pytest.raises(OSError):
        kept.broker.client_with(second)


def speak(client: Client, seq: int, newest: int) -> None:
    at = timestamp(clock.now().utc)
    envelope = {"at": at, "clock_synced": True}
    for message in (
        State(**envelope, online=True, session=1, install_id="old-disk", oldest_seq=1),
        AlarmRaised(**envelope, install_id="old-disk", seq=seq, name="paper_low"),
        Health(**envelope, session=1, outbox_depth=newest, newest_seq=newest),
    ):
        said = publication(KIOSK, message)
        client.publish(said.topic, said.payload, said.qos, said.retain)


def count(library: Library) -> int:
    store = opened(f"sqlite:{library.centre.config.with_name('centre.db')}")
    try:
        return store.event_count(KIOSK.place, "alarm_raised")
    finally:
        store.close()


def test_a_code_is_good_once_and_the_same_board_may_ask_again(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = kept.claim(capsys)
    folder = tmp_path / "board"
    first = enrolled(kept, code, folder)
    # the answer was lost: the board still has its key
    (folder / "pending.key").write_bytes(first.key.read_bytes())
    again = enrolled(kept, code, folder)
    assert again.certificate.read_bytes() == first.certificate.read_bytes()
    assert main(["--centre", kept.url, "--code", code, "--folder", str(tmp_path / "thief")]) == 2
    assert "注册码无效、已用过或已过期" in capsys.readouterr().err
    assert not (tmp_path / "thief" / "kiosk.toml").exists()


def test_what_root_enrols_belongs_to_the_folders_owner(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, owner = tmp_path / "board", 65534 if os.geteuid() == 0 else os.geteuid()
    folder.mkdir()
    os.chown(folder, owner, -1)
    issued_ = enrolled(kept, kept.claim(capsys), folder)
    files = [folder / "kiosk.toml", issued_.key, issued_.certificate, issued_.ca, issued_.key.parent]
    assert {file.stat().st_uid for file in files} == {owner}


def test_what_is_wrong_is_said_and_nothing_is_sent_to_strangers(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(code: str, centre: str = kept.url) -> str:
        assert main(["--centre", centre, "--code", code, "--folder", str(tmp_path)]) == 2
        said = capsys.readouterr().err
        assert "Traceback" not in said
        return said

    code = kept.claim(capsys)
    assert "8 位" in refused("K7QM-2F")
    assert "指纹" in refused(code[:9])
    assert "应为 expected https" in refused(code, "http://127.0.0.1:1")
    assert "cannot be reached" in refused(code, "https://127.0.0.1:1")
    assert "前 8 位" in refused(("0" if code[0] != "0" else "1") + code[1:])
    assert "不是卡片上的那个中心" in refused(with_fingerprint(code, b"another authority"))


def with_fingerprint(code: str, key: bytes) -> str:
    return code[:9] + fingerprint(key)


def test_a_centre_that_shows_the_right_authority_but_is_another_gets_no_code(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The authority's certificate is public: whoever hands it out must still prove to be signed by it."""
    stranger = Broker(tmp_path / "stranger")
    web = issue(stranger.certificates, "web", server=True, hosts=["127.0.0.1"])
    code = kept.claim(capsys)
    ca = kept.broker.certificates / "ca.crt"
    with Impostor(web, ca.read_bytes()) as impostor:
        assert main(["--centre", impostor.url, "--code", code, "--folder", str(tmp_path)]) == 2
    assert "没有发送注册码" in capsys.readouterr().err
    assert impostor.paths == ["/api/v1/enrolment/ca"]


class Impostor:
    """An HTTPS server with a certificate of its own that hands out somebody else's authority."""

    def __init__(self, web: Issued, ca: bytes) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(200)
                self.send_header("content-length", str(len(ca)))
                self.end_headers()
                self.wfile.write(ca)

            def do_POST(self) -> None:
                paths.append(self.path)
                self.send_error(500)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(web.certificate, web.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Impostor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_configuration_that_does_not_fit_the_board_leaves_the_old_one(
    kept: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(TOML.replace("feig_obid", "no_such_pad"), encoding="utf-8")
    kept.run(capsys, "keep", NAME, str(file))
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "kiosk.toml").write_text("# the one before\n")
    assert main(["--centre", kept.url, "--code", kept.claim(capsys), "--folder", str(folder)]) == 2
    assert "no_such_pad" in capsys.readouterr().err
    assert (folder / "kiosk.toml").read_text() == "# the one before\n"


def test_the_ils_password_is_readable_nowhere_at_the_centre(kept: Library) -> None:
    files = [file for file in kept.centre.config.parent.iterdir() if file.is_file()]
    assert len(files) > 3
    assert not [file.name for file in files if b"geheim-9731" in file.read_bytes()]


def test_what_was_never_enrolled_has_nothing_to_revoke(kept: Library) -> None:
    folder = kept.broker.certificates
    assert issued(folder, "mz-nobody.kiosk-1") == []
    assert set(revoked(folder)) <= {one.serial_number for one in issued(folder, NAME)}
