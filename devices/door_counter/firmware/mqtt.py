"""MQTT 3.1.1 as far as the node needs it: one connection with a will, QoS 1 out, one subscription in.

Reconnecting, and what is said, are `node.py`'s. From the OASIS standard "MQTT Version 3.1.1".
"""

import asyncio
import struct

# kinds of packet
CONNECT = 1
CONNACK = 2
PUBLISH = 3
PUBACK = 4
SUBSCRIBE = 8
SUBACK = 9
PINGREQ = 12
LARGEST_PACKET = 4096
_REFUSALS = {1: "version", 2: "client id", 3: "not ready", 4: "user or password", 5: "not authorised"}


class MqttError(Exception):
    """The broker refused us, or speaks something else."""


def packet(kind: int, flags: int, body: bytes) -> bytes:
    length, encoded = len(body), bytearray()
    while True:
        length, digit = length >> 7, length & 0x7F
        encoded.append(digit | 0x80 if length else digit)
        if not length:
            return bytes((kind << 4 | flags,)) + bytes(encoded) + body


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(data)) + data


def connect(client_id: str, keepalive_s: int, will_topic: str, will: bytes) -> bytes:
    """Clean session; the will is retained, QoS 1."""
    flags = 0x02 | 0x04 | 1 << 3 | 0x20
    head = text("MQTT") + bytes((4, flags)) + struct.pack(">H", keepalive_s)
    return packet(CONNECT, 0, head + text(client_id) + text(will_topic) + text(will))


def publish(topic: str, payload: bytes, number: int, retain: bool, again: bool = False) -> bytes:
    """QoS 1 with `number` (1 to 65535), QoS 0 with 0."""
    flags = int(retain) | (0x02 if number else 0) | (0x08 if again else 0)
    body = text(topic) + (struct.pack(">H", number) if number else b"") + payload
    return packet(PUBLISH, flags, body)


def subscribe(topic_filter: str, number: int) -> bytes:
    return packet(SUBSCRIBE, 2, struct.pack(">H", number) + text(topic_filter) + b"\x01")


def published(flags: int, body: bytes) -> tuple[str, bytes, int]:
    """(topic, payload, number to acknowledge or 0) of a PUBLISH that came."""
    size = struct.unpack(">H", body[:2])[0]
    topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
    if flags & 0x06:
        return topic, rest[2:], struct.unpack(">H", rest[:2])[0]
    return topic, rest, 0


class Connection:
    """An open connection. `run` calls `on_message(topic, payload)`, and ends with the connection."""

    def __init__(self, reader, writer, on_message) -> None:
        self._reader, self._writer, self._on_message = reader, writer, on_message
        self._number = 0
        self._waiting: dict[int, asyncio.Event] = {}
        self.heard = True
        """Something came since this was last set to False."""

    async def open(self, hello: bytes) -> None:
        await self._send(hello)
        kind, _, body = await self._receive()
        if kind != CONNACK or len(body) != 2:
            raise MqttError("no CONNACK: this is no MQTT broker")
        if body[1]:
            raise MqttError("the broker refused us: " + _REFUSALS.get(body[1], str(body[1])))

    async def run(self) -> None:
        while True:
            kind, flags, body = await self._receive()
            self.heard = True
            if kind == PUBLISH:
                topic, payload, number = published(flags, body)
                self._on_message(topic, payload)
                if number:
                    await self._send(packet(PUBACK, 0, struct.pack(">H", number)))
            elif kind in (PUBACK, SUBACK):
                waiting = self._waiting.get(struct.unpack(">H", body[:2])[0])
                if waiting:
                    waiting.set()

    async def publish(self, topic: str, payload: bytes, retain: bool = False, timeout_s: float = 20) -> None:
        """QoS 1: returns when the broker has acknowledged it."""
        number = self._next_number()
        await self._acknowledged(number, publish(topic, payload, number, retain), timeout_s)

    async def publish_once(self, topic: str, payload: bytes) -> None:
        """QoS 0."""
        await self._send(publish(topic, payload, 0, False))

    async def subscribe(self, topic_filter: str, timeout_s: float = 20) -> None:
        number = self._next_number()
        await self._acknowledged(number, subscribe(topic_filter, number), timeout_s)

    async def ping(self) -> None:
        await self._send(packet(PINGREQ, 0, b""))

    async def close(self) -> None:
        try:
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:
            return

    def _next_number(self) -> int:
        self._number = self._number % 0xFFFF + 1
        return self._number

    async def _acknowledged(self, number: int, data: bytes, timeout_s: float) -> None:
        event = self._waiting[number] = asyncio.Event()
        try:
            await self._send(data)
            await asyncio.wait_for(event.wait(), timeout_s)
        finally:
            del self._waiting[number]

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _receive(self) -> tuple[int, int, bytes]:
        head = (await self._reader.readexactly(1))[0]
        length, shift = 0, 0
        while True:
            digit = (await self._reader.readexactly(1))[0]
            length |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                break
            if shift > 21:
                raise MqttError("a packet of no length: this is no MQTT broker")
        if length > LARGEST_PACKET:
            raise MqttError("a packet too large for us")
        body = await self._reader.readexactly(length) if length else b""
        return head >> 4, head & 0x0F, body
