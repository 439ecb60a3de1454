"""Who may connect to the real broker, and who may say and hear what there: every topic is tried."""

import os
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from broker_config import topics
from broker_config.events import Event
from broker_config.messages import WAYS
from broker_config.status import Health, State
from broker_config.topics import Identity
from central.enrolment import authority, cutting
from central.enrolment.authority import Issued
from central.enrolment.cutting import BrokerHere
from kiosk import device_key
from tests.broker import Broker, Client
from tests.waiting import wait_for

OWN, OTHER = Identity("mz-taiping-03", "kiosk-1"), Identity("mz-taiping-04", "kiosk-1")
OWN_WORDS = {cls for cls in WAYS if cls in (State, Health) or issubclass(cls, Event)}
NOTICES = [topics.notices(audience) for audience in ("point", "branch", "all", OWN.place)]
SAID = ("Success", "No matching subscribers")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def here(broker: Broker) -> BrokerHere:
    return BrokerHere("127.0.0.1", broker.port, broker.certificates / "ca.crt", broker.pid_file)


def signed(broker: Broker, folder: Path, identity: Identity, now: datetime) -> Issued:
    """A certificate for a key made here, signed as of `now`."""
    key = device_key.kept_key(folder / f"{identity}.key")
    certificate = authority.sign_request(broker.certificates, identity, device_key.request(key, "x"), now)
    path = folder / f"{identity}.crt"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Issued(path, folder / f"{identity}.key", broker.certificates / "ca.crt")


def serial(issued: Issued) -> int:
    return x509.load_pem_x509_certificate(issued.certificate.read_bytes()).serial_number


@pytest.mark.parametrize("cls", WAYS, ids=lambda cls: cls.__name__)
def test_a_device_says_only_its_own_words_and_only_as_itself(broker: Broker, cls: type) -> None:
    with broker.client(str(OWN)) as device:
        for identity in (OWN, OTHER):
            allowed = identity == OWN and cls in OWN_WORDS
            answer = device.publish(WAYS[cls].topic(identity), b"x")
            assert (answer in SAID) == allowed, (identity, answer)
            assert allowed or answer == "Not authorized"


@pytest.mark.parametrize("topic", [*NOTICES, "shuzhan/v1/x", "$SYS/broker/uptime", "elsewhere"])
def test_no_device_says_anything_elsewhere(broker: Broker, topic: str) -> None:
    with broker.client(str(OWN)) as device:
        assert device.publish(topic, b"x") == "Not authorized"


def test_a_device_hears_what_is_for_it_and_nothing_else(broker: Broker) -> None:
    """A forbidden subscription is granted and stays silent: what arrives is what counts."""
    with broker.client("centre") as centre, broker.client(str(OWN)) as device:
        for subscribed in ("#", "$SYS/#", f"shuzhan/v1/{OTHER}/#", "$share/x/shuzhan/v1/+/event/+"):
            device.subscribe(subscribed)
        for cls, way in WAYS.items():
            for identity in (OTHER, OWN):
                assert centre.publish(way.topic(identity), cls.__name__.encode()) in SAID
        for topic in NOTICES:
            centre.publish(topic, b"notices")
        wait_for(lambda: (NOTICES[-1], b"notices") in device.received, "the last one arrives")
    heard = {topic for topic, _ in device.received}
    assert heard == {way.topic(OWN) for cls, way in WAYS.items() if cls not in OWN_WORDS} | set(NOTICES)


def test_an_expired_certificate_is_refused(broker: Broker, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=authority.VALID_DAYS + 1)
    with pytest.raises(OSError):
        broker.client_with(signed(broker, tmp_path, OWN, long_ago))
    with broker.client_with(signed(broker, tmp_path, OWN, datetime.now(UTC))) as device:
        assert not device.disconnected, "the same key with a certificate of today"


def test_a_revoked_certificate_is_refused_and_its_connection_cut(
    broker: Broker, here: BrokerHere, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    (tmp_path / "other").mkdir()
    gone = signed(broker, tmp_path, OWN, now)
    others = signed(broker, tmp_path / "other", OTHER, now)
    with broker.client_with(others) as bystander, broker.client_with(gone) as device:
        authority.revoke(broker.certificates, [serial(gone)], now)
        assert cutting.reload(here) == ""
        assert cutting.cut(here, OWN, authority.short_lived(broker.certificates, OWN, now)) == ""
        wait_for(lambda: device.disconnected, "the revoked one is cut")
        with pytest.raises(OSError):
            broker.client_with(gone)
        assert bystander.publish(f"shuzhan/v1/{OTHER}/health", b"x") in SAID, "nobody else is touched"
    broker.stop()
    broker.start()
    with pytest.raises(OSError):
        broker.client_with(gone)


def test_anonymous_and_plain_tcp_are_refused(broker: Broker) -> None:
    with pytest.raises(OSError):
        Client(broker.port, context=None)
    with pytest.raises(OSError):
        Client(broker.port, ssl.create_default_context(cafile=broker.certificates / "ca.crt"))


def test_openssl_reads_the_list_of_the_revoked(broker: Broker) -> None:
    authority.revoke(broker.certificates, [0xC0FFEE])
    said = subprocess.run(
        ["openssl", "crl", "-in", str(broker.certificates / "ca.crl"), "-noout", "-text", "-CAfile",
         str(broker.certificates / "ca.crt")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "verify OK" in said.stderr and "C0FFEE" in said.stdout
    assert 0xC0FFEE in authority.revoked(broker.certificates)


def test_what_cannot_be_told_to_the_broker_is_said(here: BrokerHere, tmp_path: Path) -> None:
    nobody = tmp_path / "mosquitto.pid"
    said = {
        "not told: run": BrokerHere(here.host, here.port, here.ca),
        "No such file": BrokerHere(here.host, here.port, here.ca, nobody),
        "no broker runs as": BrokerHere(here.host, here.port, here.ca, tmp_path / "other.pid"),
    }
    (tmp_path / "other.pid").write_text(f"{os.getpid()}\n")
    for sentence, broker in said.items():
        assert sentence in cutting.reload(broker)
