"""The rendered Mosquitto, running: who may connect, who may speak and listen where."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_config.__main__ import main
from broker_config.messages import LARGEST_PAYLOAD_BYTES
from broker_config.render import RenderError, render
from central.enrolment.authority import init_ca, issue
from tests.broker import Broker, Client
from tests.waiting import wait_for

ONE, OTHER = "mz-taiping-03.kiosk-1", "mz-taiping-04.kiosk-1"
ROOT = "shuzhan/v1"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.mark.parametrize("branch", ["state", "health", "event/loan", "event/visits"])
def test_a_device_speaks_under_its_own_topics(broker: Broker, branch: str) -> None:
    with broker.client("centre") as centre, broker.client(ONE) as device:
        centre.subscribe(f"{ROOT}/#")
        assert device.publish(f"{ROOT}/{ONE}/{branch}", b"hello") == "Success"
        wait_for(lambda: (f"{ROOT}/{ONE}/{branch}", b"hello") in centre.received, "the centre hears it")


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/{OTHER}/state",
        f"{ROOT}/{OTHER}/health",
        f"{ROOT}/{OTHER}/event/loan",
        f"{ROOT}/{OTHER}/confirmed",
        f"{ROOT}/{ONE}/confirmed",
        f"{ROOT}/{ONE}/wanted",
        f"{ROOT}/{ONE}/cmd/restart",
        f"{ROOT}/notices/point",
        f"{ROOT}/centre",
        "elsewhere",
    ],
)
def test_a_device_speaks_nowhere_else(broker: Broker, topic: str) -> None:
    with broker.client(ONE) as device:
        assert device.publish(topic, b"forged") == "Not authorized"


def test_a_device_hears_only_what_is_meant_for_it(broker: Broker) -> None:
    """A forbidden subscription is granted and stays silent, so what arrives is what counts."""
    branches = ("cmd/restart", "wanted", "confirmed", "state", "health", "event/loan")
    with broker.client("centre") as centre, broker.client(ONE) as device:
        device.subscribe(f"{ROOT}/#")
        for identity in (OTHER, ONE):
            for branch in branches:
                assert centre.publish(f"{ROOT}/{identity}/{branch}", b"x") in ("Success", NO_SUBSCRIBERS)
        centre.publish(f"{ROOT}/notices/point", b"x")
        wait_for(lambda: (f"{ROOT}/notices/point", b"x") in device.received, "the last one sent arrives")
    assert {topic for topic, _ in device.received} == {
        f"{ROOT}/{ONE}/cmd/restart",
        f"{ROOT}/{ONE}/wanted",
        f"{ROOT}/{ONE}/confirmed",
        f"{ROOT}/notices/point",
    }


NO_SUBSCRIBERS = "No matching subscribers"


def test_a_client_id_cannot_be_stolen(broker: Broker) -> None:
    """The broker takes the certificate's name for the client id: nobody is thrown out by another."""
    with broker.client(ONE) as device:
        thief = broker.client(OTHER, client_id=ONE)
        with thief:
            assert device.publish(f"{ROOT}/{ONE}/health", b"still here") in ("Success", NO_SUBSCRIBERS)
            assert thief.publish(f"{ROOT}/{ONE}/health", b"me too") == "Not authorized"


def test_plain_text_is_refused(broker: Broker) -> None:
    with pytest.raises(OSError):
        Client(broker.port, context=None)


def test_no_certificate_is_refused(broker: Broker) -> None:
    with pytest.raises(OSError):
        Client(broker.port, ssl.create_default_context(cafile=broker.certificates / "ca.crt"))


def test_another_authoritys_certificate_is_refused(broker: Broker, tmp_path: Path) -> None:
    init_ca(tmp_path)
    forged = issue(tmp_path, ONE)
    context = ssl.create_default_context(cafile=broker.certificates / "ca.crt")
    context.load_cert_chain(forged.certificate, forged.key)
    with pytest.raises(OSError):
        Client(broker.port, context)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(broker: Broker) -> None:
    context = ssl.create_default_context(cafile=broker.certificates / "ca.crt")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", broker.port)) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname="127.0.0.1")


def test_too_large_a_message_cuts_only_its_sender(broker: Broker) -> None:
    with broker.client(OTHER) as other, broker.client(ONE) as device:
        largest = b"x" * LARGEST_PAYLOAD_BYTES
        assert device.publish(f"{ROOT}/{ONE}/health", largest) in ("Success", NO_SUBSCRIBERS)
        assert device.publish(f"{ROOT}/{ONE}/health", b"x" * 10_000_000) == "disconnected"
        assert other.publish(f"{ROOT}/{OTHER}/health", b"ok") in ("Success", NO_SUBSCRIBERS)


def test_render_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RenderError, match=r"ca\.crt is missing: make it with 'python -m central ca issue"):
        render(tmp_path / "broker", 8883, tmp_path)
    arguments = ["render", "--folder", str(tmp_path / "b"), "--port", "1", "--certificates", str(tmp_path)]
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err
