"""Questions to a UHFReader18 and its answers: what is in the field, and one command to one tag.

Leaves the wire, repeats and stale answers to `devices.exchange`, and who bears what to the driver.
"""

from collections import Counter

from devices.errors import DeviceRefused
from devices.exchange import ANSWER_S, SHORT_ANSWER_S, Exchange, Question
from devices.port import LineSettings
from devices.uhf_reader18.protocol import (
    INVENTORY,
    READER_INFORMATION,
    ChangeEas,
    Decoder,
    Frame,
    Lock,
    Read,
    ReaderInformation,
    Reply,
    Write,
    parse_inventory,
    parse_reader_information,
)
from devices.uhf_reader18.status import INVENTORY_ANSWERS, Status, TagError

MOST_FRAMES = 64
"""Answers to one inventory: for far more tags than a pad can hold."""
WORTH_REPEATING = frozenset({Status.POOR_COMMUNICATION, Status.NO_TAG, Status.FAILED})
"""What a tag at the edge of the field causes."""
NO_MEMORY_THERE = frozenset({TagError.NO_SUCH_MEMORY, TagError.OTHER, TagError.UNSPECIFIC})


class NoMemoryThere(DeviceRefused):
    """The tag itself says that it has no such memory."""


class UhfExchange:
    """One reader, addressed tag by tag through what they bear in bank 01."""

    def __init__(self, path: str, line: LineSettings) -> None:
        """Open and identify: DeviceLost when nothing answers, BadFrame when something else does."""
        harmless = _question(READER_INFORMATION, "identify", SHORT_ANSWER_S)
        self._reader = Exchange(path, line, Decoder, harmless, WORTH_REPEATING)
        self.path = path
        self._listed: Counter[bytes] = Counter()
        self.asked = 0
        """Questions so far, about tags or one of them: what was read before the last one may be old."""
        try:
            self.information = self._reader.insist(self._identify)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._reader.close()

    def contents(self) -> list[bytes]:
        """What the tags in the field bear in bank 01, each content once."""
        self.asked += 1
        self._listed = self._reader.insist(self._list)
        return list(self._listed)

    def ask(self, command: Read | Write | Lock | ChangeEas, words: str) -> Reply:
        """One command to the one tag that it names; DeviceRefused when that is not certain, or its answer is
        not OK. What only reads is asked of any tag that bears the same content."""
        frame = command.frame()
        self.asked += 1
        self._check_named(command.epc, words)
        if not isinstance(command, Read):
            self.check_single(command.epc, words)
        return self._reader.insist(lambda: self._once(frame, words, ANSWER_S))

    def _check_named(self, content: bytes, words: str) -> None:
        if not content and self._listed.total() != 1:
            detail = (
                "第01区空白的标签要单独放 / a tag without content in bank 01 can be reached only while it "
                "lies there alone"
            )
            raise DeviceRefused(self.path, words, detail)

    def check_single(self, content: bytes, words: str) -> None:
        """DeviceRefused unless one tag alone bears that. Listed twice may be one tag that was heard twice:
        what counts is the second look."""
        if self._listed[content] <= 1:
            return
        self.contents()
        if self._listed[content] > 1:
            detail = (
                "两张标签的第01区内容相同，请只留一张 / two tags bear the same content in bank 01: leave "
                "only one of them there"
            )
            raise DeviceRefused(self.path, words, detail)

    def _identify(self) -> ReaderInformation:
        reply = self._once(READER_INFORMATION, "identify", SHORT_ANSWER_S)
        return self._reader.understood(parse_reader_information, reply.data, "identify")

    def _list(self) -> Counter[bytes]:
        """How often each content was listed, in one or more answers."""
        question = _question(INVENTORY, "inventory", self.information.scan_time_s + SHORT_ANSWER_S)
        contents: Counter[bytes] = Counter()
        frame = self._reader.converse(question)
        for _ in range(MOST_FRAMES):
            reply = Reply(frame.command, frame.data[0], frame.data[1:])
            if reply.status == Status.NO_TAG:
                break
            if reply.status not in INVENTORY_ANSWERS:
                raise self._refusal(reply, "inventory")
            contents.update(self._reader.understood(parse_inventory, reply.data, "inventory"))
            if reply.status != Status.MORE_FOLLOWS:
                break
            frame = self._reader.another(question)
        return contents

    def _once(self, frame: Frame, words: str, timeout_s: float) -> Reply:
        """One question, one answer; DeviceRefused when it is not OK."""
        answer = self._reader.converse(_question(frame, words, timeout_s))
        reply = Reply(answer.command, answer.data[0], answer.data[1:])
        if reply.status != Status.OK:
            raise self._refusal(reply, words)
        return reply

    def _refusal(self, reply: Reply, words: str) -> DeviceRefused:
        kind = NoMemoryThere if reply.tag_error in NO_MEMORY_THERE else DeviceRefused
        return kind(self.path, words, reply.meaning, reply.status)


def _question(frame: Frame, words: str, timeout_s: float) -> Question[Frame]:
    def answers(other: Frame) -> bool:
        return other.command == frame.command and bool(other.data)

    return Question(frame.encode(), answers, words, timeout_s)
