"""Lets the broker know that a certificate is revoked, and ends the connections it had.

Measured with Mosquitto 2.0.11: a new CRL counts from the next SIGHUP on; until then, and for connections that
are up, nothing changes. But one user name has one connection (`use_username_as_clientid`): whoever connects
with the same name takes it over. So the centre does that once, with a certificate of some minutes.
"""

import os
import signal
import ssl
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from broker_config.topics import Identity

PATIENCE_S = 10.0
LOOP_S = 0.1
RELOADED_AFTER_S = 1.0
"""The broker looks for signals ten times a second."""
NAME = "mosquitto"


@dataclass(frozen=True)
class BrokerHere:
    """The broker as the centre reaches it. Without `pid_file` somebody else has to tell it of the CRL."""

    host: str
    port: int
    ca: Path
    pid_file: Path | None = None


def reload(broker: BrokerHere) -> str:
    """SIGHUP; what is to be done by hand when it cannot be sent, else nothing."""
    if broker.pid_file is None:
        return "the broker was not told: run 'systemctl reload mosquitto', or give enrolment.pid_file"
    try:
        pid = int(broker.pid_file.read_text(encoding="ascii"))
        # the number may be another's since the broker died
        if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() != NAME:
            return f"{broker.pid_file}: no broker runs as {pid}: start it, it reads ca.crl then"
        os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError) as error:
        return f"{broker.pid_file}: the broker was not told ({error}): run 'systemctl reload mosquitto'"
    return ""


def cut(broker: BrokerHere, identity: Identity, pem: tuple[bytes, bytes]) -> str:
    """End what connections `identity` has; `pem` is a certificate in its name and the key. Why it did not
    work, else nothing. Twice: one that was thrown out may be back before the broker has read the new list."""
    trouble = take_over(broker, identity, pem)
    if not trouble:
        time.sleep(RELOADED_AFTER_S)
        trouble = take_over(broker, identity, pem)
    return trouble


def take_over(broker: BrokerHere, identity: Identity, pem: tuple[bytes, bytes]) -> str:
    """Connect as `identity`, which ends any other connection of that name, and leave again."""
    answers: list[bool] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, str(identity), protocol=MQTTProtocolVersion.MQTTv5)
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answers.append(
        not reason.is_failure
    )
    try:
        client.tls_set_context(_context(broker.ca, pem))
        client.connect(broker.host, broker.port, keepalive=int(PATIENCE_S))
        until_s = time.monotonic() + PATIENCE_S
        while not answers and time.monotonic() < until_s:
            if client.loop(LOOP_S) != MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        client.disconnect()
    except OSError as error:
        return f"the broker {broker.host}:{broker.port} cannot be reached: {error}"
    return "" if answers == [True] else f"the broker {broker.host}:{broker.port} did not let us take over"


def _context(ca: Path, pem: tuple[bytes, bytes]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca)
    # ssl reads keys from files only; this one is gone before anybody can find it
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(pem))
        file.flush()
        context.load_cert_chain(file.name)
    return context
