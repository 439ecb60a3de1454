"""A real Mosquitto with TLS on a free port, for tests: started, and stopped, by the test that uses it."""

import signal
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from broker_config.render import render
from central.enrolment.authority import Issued, init_ca, issue
from hardware_sim.processes import free_port
from tests.waiting import wait_for

MOSQUITTO = "/usr/sbin/mosquitto"


class Broker:
    """`with Broker(folder) as broker:` runs one; `folder` keeps its data, so it may be started again."""

    def __init__(self, folder: Path) -> None:
        self.certificates = folder / "certificates"
        self.port = free_port()
        self.log = folder / "mosquitto.log"
        self.pid_file = folder / "broker" / "mosquitto.pid"
        self._process: subprocess.Popen[bytes] | None = None
        init_ca(self.certificates)
        issue(self.certificates, "broker", server=True, hosts=["127.0.0.1", "localhost"])
        self._configuration = render(folder / "broker", self.port, self.certificates)

    def issue(self, name: str) -> Issued:
        """A certificate for `name`, with its key and the authority's certificate."""
        return issue(self.certificates, name)

    def client(self, name: str, client_id: str = "") -> "Client":
        """A connected MQTT 5 client with a certificate for `name`."""
        return self.client_with(self.issue(name), client_id)

    def client_with(self, issued: Issued, client_id: str = "") -> "Client":
        context = ssl.create_default_context(cafile=issued.ca)
        context.load_cert_chain(issued.certificate, issued.key)
        return Client(self.port, context, client_id)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [MOSQUITTO, "-c", str(self._configuration)], stdout=log, stderr=log
            )
        wait_for(self._answers, f"mosquitto listens; its log is {self.log}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self) -> "Broker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Client:
    """A plain MQTT 5 client: what it received is in `received` as (topic, payload)."""

    def __init__(self, port: int, context: ssl.SSLContext | None, client_id: str = "") -> None:
        """Without `context` it speaks plain text; OSError when the broker will not have it."""
        self.received: list[tuple[str, bytes]] = []
        self.disconnected = False
        self._connected = False
        self._granted: set[int] = set()
        self._answers: dict[int, str] = {}
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        if context:
            self.mqtt.tls_set_context(context)
        self.mqtt.on_connect = self._on_connect
        self.mqtt.on_disconnect = self._on_disconnect
        self.mqtt.on_message = self._on_message
        self.mqtt.on_subscribe = self._on_subscribe
        self.mqtt.on_publish = self._on_publish
        self.mqtt.connect("127.0.0.1", port)
        self.mqtt.loop_start()
        wait_for(lambda: self._connected or self.disconnected, "an answer to CONNECT")
        if self.disconnected:
            self.close()
            raise ConnectionError("the broker closed the connection")

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> str:
        """Publish and return the broker's answer in words ("Success", "Not authorized" …)."""
        mid = self.mqtt.publish(topic, payload, qos, retain).mid
        wait_for(lambda: mid in self._answers or self.disconnected, f"an answer to PUBLISH {topic}")
        return self._answers.get(mid, "disconnected")

    def subscribe(self, topic_filter: str) -> None:
        """Returns when the broker has answered, which it also does to a forbidden subscription."""
        _, mid = self.mqtt.subscribe(topic_filter, qos=1)
        wait_for(lambda: mid in self._granted, f"an answer to SUBSCRIBE {topic_filter}")

    def close(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: Any, _p: object) -> None:
        self._connected = not reason.is_failure
        self.disconnected = reason.is_failure

    def _on_disconnect(self, *_: object) -> None:
        self.disconnected = True

    def _on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        self.received.append((message.topic, bytes(message.payload)))

    def _on_subscribe(self, _client: object, _data: object, mid: int, _reasons: object, _p: object) -> None:
        self._granted.add(mid)

    def _on_publish(self, _client: object, _data: object, mid: int, reason: object, _p: object) -> None:
        self._answers[mid] = str(reason)
