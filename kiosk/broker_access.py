"""How the kiosk reaches the broker: where it is, TLS with the certificate of now, and the MQTT handshake."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from broker_config import messages
from kiosk.certificates import Certificates


@dataclass(frozen=True)
class BrokerSettings:
    host: str
    port: int
    ca: Path
    certificate: Path
    key: Path
    keepalive_s: int = 15


def tls(ca: Path, certificates: Certificates) -> ssl.SSLContext:
    """OSError names the files; then another certificate is tried the next time, if there is one."""
    certificate, key = certificates.chain()
    try:
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(certificate, key)
    except OSError as error:
        certificates.failed()
        raise OSError(f"{ca}, {certificate} or {key} cannot be used: {error}") from error
    return context


def connect(client: mqtt.Client, to: BrokerSettings) -> None:
    """OSError says which broker cannot be reached and why."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = 2 * messages.LARGEST_PAYLOAD_BYTES
    try:
        client.connect(to.host, to.port, to.keepalive_s, clean_start=True, properties=properties)
    except OSError as error:  # TLS errors are OSErrors too
        raise OSError(f"the broker {to.host}:{to.port} cannot be reached: {error}") from error
