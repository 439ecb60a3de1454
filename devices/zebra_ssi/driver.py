"""Zebra scanners that speak SSI over a serial line, real or USB CDC.

    [[device]]
    model = "zebra_ssi"
    port = "/dev/kiosk-scanner"

Options: `baud` (9600) and `triggered`: it looks only when told to, and is told again after every code and
every few seconds. Set the scanner to send decode data as packets. It is asked for its revision at opening and
whenever nothing was heard for a while. Tried with the simulator only.
"""

from collections import deque

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import CodeScanned, DeviceInfo, Kind
from devices.port import Deadline, LineSettings, Port
from devices.serial_scanner.commands import Order
from devices.serial_scanner.protocol import Rejected
from devices.zebra_ssi.protocol import AGAIN, ORDERS, Cause, Opcode, Packet, code_in, decoder

ANSWER_S = 0.6
BURST_GAP_S = 0.05
"""Silence after which an unfinished packet stays so."""
CHECK_EVERY_S = 2.0
TRIGGER_EVERY_S = 4.0
ATTEMPTS = 3


class ZebraSsi:
    """A Scanner at `path`."""

    def __init__(self, path: str, *, baud: int = 9600, triggered: bool = False) -> None:
        self._port = Port(path, LineSettings(baud))
        self.info = DeviceInfo(Kind.SCANNER, "zebra_ssi", path)
        self._decoder = decoder()
        self._results: deque[CodeScanned | Rejected] = deque()
        self._answers: deque[Packet] = deque(maxlen=8)
        self._last = b""
        """The code acknowledged last: it comes again when the acknowledgement was lost."""
        self._triggered = triggered
        self._trigger_again = Deadline(0.0)
        self._check_again = Deadline(0.0)
        try:
            firmware = self.check()
            self.order(Order.ENABLE)
        except (DeviceLost, DeviceRefused):
            self.close()
            raise
        self.info = DeviceInfo(Kind.SCANNER, "zebra_ssi", path, firmware=firmware)

    def order(self, order: Order) -> None:
        """DeviceRefused when it says no, DeviceLost when it says nothing."""
        self._ask(Packet(ORDERS[order]), Opcode.ACK, order.value)

    def check(self) -> str | None:
        """The revision it tells; DeviceLost when it says nothing."""
        answer = self._ask(Packet(Opcode.REQUEST_REVISION), Opcode.REPLY_REVISION, "check")
        return answer.data.decode("ascii", "replace").split(" ", 1)[0] or None

    def read(self, timeout_s: float) -> CodeScanned | None:
        """The next code; BadFrame, once, for one that had to be dropped."""
        if self._triggered and self._trigger_again.over:
            self.order(Order.TRIGGER)
            self._trigger_again = Deadline(TRIGGER_EVERY_S)
        deadline = Deadline(timeout_s)
        self._hear(0.0)
        while not self._results and not deadline.over:
            self._hear(min(deadline.left_s, BURST_GAP_S))
        if not self._results and self._check_again.over:
            self.check()
        return self._next()

    def _next(self) -> CodeScanned | None:
        if not self._results:
            return None
        self._trigger_again = Deadline(0.0)
        result = self._results.popleft()
        if isinstance(result, Rejected):
            raise BadFrame(self.info.port, "read", result.reason)
        return result

    def _ask(self, question: Packet, wanted: Opcode, words: str) -> Packet:
        """The answer, asked for again a few times: either may have been garbled on the way."""
        for _ in range(ATTEMPTS):
            self._answers.clear()
            self._port.write(question.encode(), words)
            answer = self._answer(wanted)
            cause = answer.data[0] if answer and answer.opcode == Opcode.NAK and answer.data else None
            if answer is None or cause == Cause.RESEND:
                continue
            if answer.opcode == Opcode.NAK:
                raise DeviceRefused(self.info.port, words, "the scanner says no", cause)
            self._check_again = Deadline(CHECK_EVERY_S)
            return answer
        raise DeviceLost(self.info.port, words, "no answer; check cable, speed and that it speaks SSI")

    def _answer(self, wanted: Opcode) -> Packet | None:
        deadline = Deadline(ANSWER_S)
        while not deadline.over:
            self._hear(min(deadline.left_s, BURST_GAP_S))
            for packet in self._answers:
                if packet.opcode in (wanted, Opcode.NAK):
                    return packet
        return None

    def _hear(self, timeout_s: float) -> None:
        heard = self._port.read(timeout_s, "read")
        packets = self._decoder.feed(heard) if heard or not timeout_s else self._decoder.end_of_burst()
        for packet in packets:
            if packet.opcode == Opcode.CODE:
                self._take(packet)
            else:
                self._answers.append(packet)

    def _take(self, packet: Packet) -> None:
        """Acknowledge, and keep it unless it is the last one once more."""
        self._port.write(Packet(Opcode.ACK).encode(), "acknowledge")
        self._check_again = Deadline(CHECK_EVERY_S)
        if not (packet.status & AGAIN and packet.data == self._last):
            self._results.append(code_in(packet))
        self._last = packet.data

    def close(self) -> None:
        self._port.close()
