"""A GM65 module: zones of settings that are read and written, codes as text with a CR.

A wrong CRC is not answered. `by_itself`: set to continuous or induction mode; a new one waits for a trigger.
"""

from devices.gm65.protocol import HEAD, SPEED_ZONE, TRIGGER_ZONE, UNCHECKED, Act, crc, reply
from hardware_sim.scanner_window import Window
from hardware_sim.world import World

SUFFIX = b"\r"
SPEED_9600 = bytes.fromhex("3901")


class Gm65:
    """Implements `hardware_sim.simulator.Simulator`."""

    def __init__(self, world: World, by_itself: bool = True) -> None:
        self.window = Window(world, by_itself)
        self._zones: dict[int, bytes] = {SPEED_ZONE: SPEED_9600}
        self._heard = b""

    def receive(self, data: bytes) -> bytes:
        answer = b""
        self._heard += data
        while True:
            at = self._heard.find(HEAD)
            self._heard = self._heard[at:] if at >= 0 else self._heard[-1:]
            size = self._size()
            if at < 0 or size is None or len(self._heard) < size:
                return answer
            command, self._heard = self._heard[:size], self._heard[size:]
            body, check = command[2:-2], command[-2:]
            if check in (UNCHECKED, crc(body)):
                answer += self._obey(body[0], int.from_bytes(body[2:4], "big"), body[4:])

    def _size(self) -> int | None:
        """Head, type, length, zone, data, CRC."""
        if len(self._heard) < 4:
            return None
        data = 1 if self._heard[2] == Act.READ else self._heard[3]
        return 2 + 2 + 2 + data + 2

    def _obey(self, act: int, zone: int, data: bytes) -> bytes:
        if act == Act.READ:
            return reply(self._zones.get(zone, b"").ljust(data[0], b"\x00")[: data[0]])
        if act == Act.WRITE and zone == TRIGGER_ZONE:
            self.window.triggered = bool(data[0] & 1)
        elif act == Act.WRITE:
            self._zones[zone] = data
        else:
            return b""
        return reply(b"\x00")

    def tick(self, now: float) -> bytes:
        code = self.window.seen()
        return b"" if code is None else code.encode() + SUFFIX
