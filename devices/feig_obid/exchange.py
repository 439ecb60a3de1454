"""Question and answer with a FEIG OBID reader: pauses, deadlines, repeats and stale answers.

An answer repeats the command but neither tag nor block, so a late one could pass for the next question's.
After any question left without an answer the reader is therefore asked something else first: it answers in
order, so what comes before that answer is old and dropped.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.feig_obid.protocol import (
    BAUD_DETECT,
    Command,
    Decoder,
    Frame,
    ProtocolError,
    Reply,
    Status,
    encode,
)
from devices.port import Deadline, LineSettings, Port

T = TypeVar("T")

ATTEMPTS = 3
PAUSE_S = 0.005
"""Least time between an answer and the next command."""
BURST_GAP_S = 0.05
"""Silence after which an unfinished frame stays so: 12 ms by the book, more for USB adapters."""
ANSWER_S = 0.8
SHORT_ANSWER_S = 0.3
"""For commands that the reader answers without the air."""
WORTH_REPEATING = frozenset(
    {
        Status.NO_TAG,
        Status.DATA_FALSE,
        Status.WRITE_ERROR,
        Status.COLLISION,
        Status.RF_COMMUNICATION,
        Status.RF_WARNING,
    }
)
"""What a tag at the edge of the field causes, and what often passes."""


class Silent(DeviceLost):
    """No byte came in time; the wire itself is there."""


class Exchange:
    def __init__(self, path: str, line: LineSettings) -> None:
        self.path = path
        self._port = Port(path, line)
        self._in_doubt = False
        self._free_at = 0.0

    def close(self) -> None:
        self._port.close()

    def insist(self, act: Callable[[], T]) -> T:
        """What `act` returns, tried again a bounded number of times while that may help."""
        for _ in range(ATTEMPTS - 1):
            try:
                return act()
            except (Silent, BadFrame):
                continue
            except DeviceRefused as refusal:
                if refusal.status not in WORTH_REPEATING:
                    raise
        return act()

    def ask(
        self,
        command: Command,
        words: str,
        understand: Callable[[bytes], T],
        timeout_s: float = ANSWER_S,
    ) -> T:
        """`understand` applied to the answer's data. At most 1.4 s when the reader is silent."""
        return self.insist(lambda: self.understood(self.once(command, words, timeout_s), words, understand))

    def tell(self, command: Command, words: str) -> None:
        """A command whose answer bears nothing but its status."""
        self.ask(command, words, lambda _: None)

    def once(
        self,
        command: Command,
        words: str,
        timeout_s: float = ANSWER_S,
        accepted: tuple[Status, ...] = (Status.OK,),
    ) -> Reply:
        """One question, one answer; DeviceRefused when its status is not among `accepted`."""
        if self._in_doubt:
            self._converse(BAUD_DETECT, words, SHORT_ANSWER_S)
        reply = self._converse(command, words, timeout_s)
        if reply.status not in accepted:
            raise DeviceRefused(self.path, words, reply.meaning, reply.status)
        return reply

    def understood(self, reply: Reply, words: str, understand: Callable[[bytes], T]) -> T:
        """The answer's data as a value; BadFrame when it is not what the command calls for."""
        try:
            return understand(reply.data)
        except ProtocolError as error:
            raise BadFrame(self.path, words, str(error)) from error

    def _converse(self, command: Command, words: str, timeout_s: float) -> Reply:
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        self._port.discard_input()
        self._in_doubt = True
        self._port.write(encode(command), words)
        reply = self._await_reply(command.frame().control, words, timeout_s)
        self._in_doubt = False
        self._free_at = time.monotonic() + PAUSE_S
        return reply

    def _await_reply(self, control: int, words: str, timeout_s: float) -> Reply:
        """Silent when no byte comes, BadFrame when bytes come but no answer to `control`."""
        deadline, decoder, heard = Deadline(timeout_s), Decoder(), False
        while not deadline.over:
            data = self._port.read(min(BURST_GAP_S, deadline.left_s), words)
            heard = heard or bool(data)
            for reply in _replies(decoder.feed(data) if data else decoder.end_of_burst()):
                if reply.control == control:
                    return reply
        if heard:
            raise BadFrame(self.path, words, "what came back is no answer; check speed, cable and model")
        raise Silent(self.path, words, f"no answer within {timeout_s} s; check cable and power")


def _replies(frames: list[Frame]) -> list[Reply]:
    return [reply for frame in frames if (reply := Reply.of(frame))]
