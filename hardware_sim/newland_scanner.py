"""A Newland scanner: answers every command with the command itself and ACK, an unknown one with NAK."""

from devices.newland_scanner.protocol import reply
from hardware_sim.scanner_window import Window
from hardware_sim.world import World

SUFFIX = b"\r\n"
START, END = b"~\x010000", b";\x03"
ABOUT = b"Product Name: NLS-FM430\r\nFirmware Version: V1.00.031\r\nSerial Number: EW000123\r\n"
LONGEST = 64


class NewlandScanner:
    """Implements `hardware_sim.simulator.Simulator`."""

    def __init__(self, world: World, by_itself: bool = True) -> None:
        self.window = Window(world, by_itself)
        self._heard = b""
        self._acts = {
            b"SCNTRG1": self.window.trigger,
            b"SCNTRG0": self.window.stop,
            b"SCNENA1": self.window.enable,
            b"SCNENA0": self.window.disable,
        }

    def receive(self, data: bytes) -> bytes:
        answer = b""
        self._heard += data
        while END in self._heard:
            command, _, self._heard = self._heard.partition(END)
            _, start, text = command.rpartition(START)
            if start:
                answer += self._obey(text)
        self._heard = self._heard[-LONGEST:]
        return answer

    def _obey(self, text: bytes) -> bytes:
        if text == b"@QRYSYS":
            return reply(text + ABOUT)
        act = self._acts.get(text[1:])
        if act is None or text[:1] not in (b"#", b"@"):
            return reply(text, accepted=False)
        act()
        return reply(text)

    def tick(self, now: float) -> bytes:
        code = self.window.seen()
        return b"" if code is None else code.encode() + SUFFIX
