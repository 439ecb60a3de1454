"""A Zebra scanner speaking SSI: codes go in packets, each again until the host acknowledges it.

A command it does not know is answered by NAK (bad context), one it may not obey now by NAK (denied).
"""

from devices.zebra_ssi.protocol import AGAIN, DECODER, HOST, SYMBOLOGIES, Cause, Opcode, Packet, decoder
from hardware_sim.scanner_window import Window
from hardware_sim.world import World

AGAIN_AFTER_S = 0.5
SENT_AT_MOST = 4
REVISION = b"PAABLS00-007-R00D0 \x2d"
AIM = {"code39": "A", "codabar": "F", "code128": "C", "itf": "I", "ean": "E", "qr": "Q", "datamatrix": "d"}
CODE_TYPES = {AIM[name]: code for code, name in reversed(SYMBOLOGIES.items()) if name in AIM}
OTHER_TYPE = 0x00


class ZebraSsi:
    """Implements `hardware_sim.simulator.Simulator`. An AIM prefix in `world.scans` becomes the type."""

    def __init__(self, world: World, by_itself: bool = True) -> None:
        self.window = Window(world, by_itself)
        self._decoder = decoder(HOST)
        self._unacknowledged: Packet | None = None
        self._sent = 0
        self._again_at = 0.0
        self._acts = {
            Opcode.START: self.window.trigger,
            Opcode.STOP: self.window.stop,
            Opcode.ENABLE: self.window.enable,
            Opcode.DISABLE: self.window.disable,
        }

    def receive(self, data: bytes) -> bytes:
        return b"".join(self._answer(packet) for packet in self._decoder.feed(data))

    def _answer(self, packet: Packet) -> bytes:
        if packet.opcode == Opcode.ACK:
            self._unacknowledged = None
            return b""
        if packet.opcode == Opcode.NAK:
            self._again_at = 0.0
            return b""
        if packet.opcode == Opcode.REQUEST_REVISION:
            return _said(Opcode.REPLY_REVISION, REVISION)
        if packet.opcode not in self._acts:
            return _said(Opcode.NAK, bytes((Cause.BAD_CONTEXT,)))
        if packet.opcode == Opcode.START and not self.window.enabled:
            return _said(Opcode.NAK, bytes((Cause.DENIED,)))
        self._acts[Opcode(packet.opcode)]()
        return _said(Opcode.ACK)

    def tick(self, now: float) -> bytes:
        """A new code, or the one that nobody acknowledged once more; given up in the end."""
        if self._unacknowledged is None:
            code = self.window.seen()
            if code is None:
                return b""
            self._unacknowledged, self._sent = Packet(Opcode.CODE, _data(code), DECODER), 0
        elif now < self._again_at:
            return b""
        if self._sent >= SENT_AT_MOST:
            self._unacknowledged = None
            return b""
        status = AGAIN if self._sent else 0
        self._sent, self._again_at = self._sent + 1, now + AGAIN_AFTER_S
        return Packet(Opcode.CODE, self._unacknowledged.data, DECODER, status).encode()


def _said(opcode: Opcode, data: bytes = b"") -> bytes:
    return Packet(opcode, data, DECODER).encode()


def _data(code: str) -> bytes:
    prefixed = len(code) > 3 and code[0] == "]"
    kind = CODE_TYPES.get(code[1], OTHER_TYPE) if prefixed else OTHER_TYPE
    return bytes((kind,)) + (code[3:] if prefixed else code).encode()
