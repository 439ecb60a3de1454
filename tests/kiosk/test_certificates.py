"""The certificate is renewed without a visit: asked for, given, tried; the old one stays until then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from broker_config import topics
from broker_config.events import CertificateRequest
from broker_config.from_centre import Certificate
from broker_config.messages import publication, read
from broker_config.status import State
from broker_config.topics import Identity
from central.accounts import audit
from central.enrolment import authority
from central.enrolment.cutting import BrokerHere
from central.enrolment.register import BrokerForKiosks, Registrar
from central.intake import understand
from central.office import Office
from central.store import opened
from kiosk import clock, device_key, uplink
from kiosk.broker_access import BrokerSettings
from kiosk.certificates import Certificates
from kiosk.clock import Moment
from kiosk.device_key import BadCertificate
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.broker import Broker, Client
from tests.kiosk.test_uplink import health, state
from tests.waiting import wait_for

KIOSK = Identity("mz-taiping-03", "kiosk-1")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PEM = serialization.Encoding.PEM


@dataclass
class Board:
    """A kiosk's folder with a certificate signed by the library's authority as of `signed`."""

    folder: Path
    ca: Path

    def have(self, signed: datetime) -> BrokerSettings:
        key = device_key.kept_key(self.folder / "device.key")
        certificate = authority.sign_request(self.ca, KIOSK, device_key.request(key, "x"), signed)
        (self.folder / "device.crt").write_bytes(certificate.public_bytes(PEM))
        return BrokerSettings(
            "127.0.0.1", 1, self.ca / "ca.crt", self.folder / "device.crt", self.folder / "device.key"
        )

    def certificates(self) -> Certificates:
        return Certificates(KIOSK, self.ca / "ca.crt", self.folder / "device.crt", self.folder / "device.key")

    def signed(self, csr: str, at: datetime) -> str:
        return authority.sign_request(self.ca, KIOSK, csr, at).public_bytes(PEM).decode()


@pytest.fixture
def board(tmp_path: Path) -> Board:
    authority.init_ca(tmp_path / "ca")
    (tmp_path / "board").mkdir()
    return Board(tmp_path / "board", tmp_path / "ca")


def old_enough(days_left: float) -> datetime:
    """When a certificate was signed that ends so many days from `NOW` on."""
    return NOW - timedelta(days=authority.VALID_DAYS - days_left)


def test_it_asks_in_the_last_sixty_days_once_a_day_and_only_by_a_clock_that_was_set(board: Board) -> None:
    board.have(old_enough(days_left=59))
    certificates = board.certificates()
    assert certificates.request(Moment(datetime(1970, 1, 1, tzinfo=UTC), synced=False)) is None
    asked = certificates.request(Moment(NOW, synced=True))
    assert asked is not None and "CERTIFICATE REQUEST" in asked
    assert certificates.request(Moment(NOW + timedelta(hours=23), synced=True)) is None
    again = certificates.request(Moment(NOW + timedelta(hours=25), synced=True))
    assert again is not None
    keys = {x509.load_pem_x509_csr(csr.encode()).public_key().public_numbers() for csr in (asked, again)}
    assert len(keys) == 1, "the key of the request under way stays"
    (board.folder / "device.key").unlink()
    board.have(old_enough(days_left=61))
    assert board.certificates().request(Moment(NOW, synced=True)) is None


def test_the_new_one_is_tried_the_old_one_kept_until_it_worked(board: Board) -> None:
    settings = board.have(old_enough(days_left=10))
    old = settings.certificate, settings.key
    certificates = board.certificates()
    csr = certificates.request(Moment(NOW, synced=True))
    assert csr is not None and certificates.chain() == old
    pem = board.signed(csr, NOW)
    assert certificates.take(pem)
    fresh, _ = certificates.chain()
    assert fresh != old[0] and certificates.certificate == old[0], "not proven yet"
    certificates.failed()
    assert certificates.chain() == old, "the old one in between"
    certificates.worked()
    assert certificates.chain()[0] == fresh, "and the new one the next time"
    certificates.worked()
    assert certificates.chain()[0] == certificates.certificate != fresh
    assert certificates.certificate.read_text().startswith(pem.strip()[:200])
    assert not list(board.folder.glob("next.*")), "the key is in the file of the certificate alone"
    assert certificates.take(pem) is False, "said twice"
    assert board.certificates().chain()[0] == certificates.certificate, "after a start too"
    assert certificates.certificate.stat().st_mode & 0o077 == 0


def test_a_kiosk_that_was_enrolled_anew_uses_what_it_got_then(board: Board) -> None:
    board.have(old_enough(days_left=10))
    certificates = board.certificates()
    csr = certificates.request(Moment(NOW, synced=True))
    assert csr is not None and certificates.take(board.signed(csr, NOW))
    certificates.worked()
    assert certificates.certificate.name == "renewed.pem"
    (board.folder / "device.key").unlink()
    settings = board.have(NOW + timedelta(days=300))
    assert board.certificates().chain() == (settings.certificate, settings.key)


def test_a_certificate_that_is_none_of_ours_is_not_taken(board: Board, tmp_path: Path) -> None:
    board.have(old_enough(days_left=10))
    certificates = board.certificates()
    csr = certificates.request(Moment(NOW, synced=True))
    assert csr is not None
    authority.init_ca(tmp_path / "stranger")
    another = device_key.request(device_key.kept_key(tmp_path / "x.key"), "x")
    forged = {
        "for another key": board.signed(another, NOW),
        "not by the centre's": Board(board.folder, tmp_path / "stranger").signed(csr, NOW),
        "not for mz-taiping-03": authority.sign_request(board.ca, Identity("a", "b"), csr, NOW)
        .public_bytes(PEM)
        .decode(),
        "is none": "-----BEGIN CERTIFICATE-----\n" + "A" * 60,
    }
    for why, pem in forged.items():
        with pytest.raises(BadCertificate, match=why):
            certificates.take(pem)
    assert not list(board.folder.glob("next.pem"))


# -- over the wire ---------------------------------------------------------------------------------------


@dataclass
class Line:
    broker: Broker
    registrar: Registrar
    centre: Client
    board: Board
    journal: Journal

    def answer(self) -> list[CertificateRequest]:
        """The centre's part, with what came so far; returns the requests."""
        heard = [understand(topic, payload, datetime.now(UTC)) for topic, payload in self.centre.received]
        for one in self.registrar.answers(heard):
            self.centre.publish(one.topic, one.payload, one.qos, one.retain)
        read_ = [read(topic, payload)[1] for topic, payload in self.centre.received]
        return [message for message in read_ if isinstance(message, CertificateRequest)]

    def births(self) -> list[int]:
        read_ = [read(topic, payload)[1] for topic, payload in self.centre.received]
        return [message.session for message in read_ if isinstance(message, State) and message.online]


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(uplink, "SHORTEST_PAUSE_S", 0.05)
    monkeypatch.setattr(uplink, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(clock, "_synchronised", lambda: True)
    office, store = Office(tmp_path / "office.db"), opened(f"sqlite:{tmp_path / 'centre.db'}")
    audit.have_log(office)
    (tmp_path / "board").mkdir()
    with Broker(tmp_path) as broker, broker.client("centre") as centre:
        centre.subscribe(topics.EVERY_EVENT)
        centre.subscribe(topics.EVERY_STATE)
        ca = broker.certificates
        here = BrokerHere("127.0.0.1", broker.port, ca / "ca.crt", broker.pid_file)
        outside = BrokerForKiosks("127.0.0.1", broker.port)
        registrar = Registrar(office, store, ca, tmp_path / "e.key", here=here, outside=outside)
        journal = Journal(tmp_path / "board" / "journal.db", tmp_path / "board" / "journal.key")
        yield Line(broker, registrar, centre, Board(tmp_path / "board", ca), journal)
        journal.close()
    store.close()
    office.close()


def started(line: Line, days_left: float) -> Uplink:
    signed = datetime.now(UTC) - timedelta(days=authority.VALID_DAYS - days_left)
    s = line.board.have(signed)
    settings = BrokerSettings(s.host, line.broker.port, s.ca, s.certificate, s.key, keepalive_s=5)
    made = Uplink(KIOSK, settings, line.journal, state, health, certificates=line.board.certificates())
    made.start()
    return made


def test_a_kiosk_renews_its_certificate_by_itself(line: Line) -> None:
    up = started(line, days_left=20)
    wait_for(line.answer, "a request")
    wait_for(lambda: line.births()[-1:] == [2], f"it comes back with the new one: {line.births()}")
    up.stop()
    renewed = line.board.certificates().certificate
    assert renewed.name == "renewed.pem"
    certificate = x509.load_pem_x509_certificate(renewed.read_bytes())
    assert (certificate.not_valid_after_utc - datetime.now(UTC)).days > 700
    assert authority.common_name(certificate) == str(KIOSK)


def test_a_request_that_is_heard_after_a_revocation_is_not_answered(line: Line) -> None:
    up = started(line, days_left=20)
    wait_for(lambda: [m for m in line.centre.received if "certificate_request" in m[0]], "a request")
    up.stop()
    good = authority.good(line.board.ca, str(KIOSK))
    authority.revoke(line.board.ca, [one.serial_number for one in good])
    assert line.answer(), "it was heard"
    assert authority.good(line.board.ca, str(KIOSK)) == [], "and nothing was signed"


def test_a_new_certificate_that_the_broker_refuses_does_not_silence_the_kiosk(line: Line) -> None:
    up = started(line, days_left=20)
    wait_for(lambda: line.births() == [1], "a birth")
    wait_for(lambda: [m for m in line.centre.received if "certificate_request" in m[0]], "a request")
    csr = read(*next(m for m in line.centre.received if "certificate_request" in m[0]))[1]
    assert isinstance(csr, CertificateRequest)
    bad = authority.sign_request(line.board.ca, KIOSK, csr.csr, datetime.now(UTC) - timedelta(days=5000))
    said = publication(KIOSK, Certificate(certificate=bad.public_bytes(PEM).decode()))
    line.centre.publish(said.topic, said.payload, said.qos)
    wait_for(lambda: line.births()[1:], f"the old one is used again: {line.births()}")
    up.stop()
    assert line.board.certificates().certificate.name == "device.crt"
