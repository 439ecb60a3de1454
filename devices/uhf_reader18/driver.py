"""UHFReader18 as a `devices.kinds.TagReader` over UHF tags.

A tag's `uid` is its TID: 12 bytes, 8 where it has no more, and what bank 01 bears where no TID can be had.
Bank 01 would be no name: writing it renames the tag, and the university consortium keeps its security bit
there. The reader however addresses tags by bank 01, so the TID of each new content is read once and kept; two
tags that bear the same content are one to this reader. The memory is bank 01 and bank 11 in one piece, in
blocks of two words; a word that is not there at the end reads as zero. There is no DSFID: 0 stands for it.

Nothing is written while two tags bear the same content: the reader could not tell which one is meant.

Leaves the wire to `exchange.py`, which tags are there for good to `devices.pad`, what their bytes mean to
`devices.tag_data`, and opening again to the caller. Tried with the simulator only.

    [[device]]
    model = "uhf_reader18"
    port = "/dev/kiosk-pad"
    options = { access_password = 0x12345678 }    # only where the library has locked its tags
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import TypeVar

from devices.errors import BadFrame, DeviceRefused
from devices.kinds import DeviceInfo, Kind, TagSighting, TagSystem
from devices.port import LineSettings
from devices.tag_data.content import BadTag
from devices.uhf_reader18.exchange import NoMemoryThere, UhfExchange
from devices.uhf_reader18.memory import (
    CONTROL_AT,
    HEAD_SIZE,
    JustRead,
    Span,
    content_size,
    security_byte,
    security_change,
    spans,
)
from devices.uhf_reader18.names import Names
from devices.uhf_reader18.protocol import (
    WORD,
    Bank,
    ChangeEas,
    Lock,
    LockArea,
    Protection,
    Read,
    Write,
)
from devices.uhf_reader18.status import MEANINGS, Status

T = TypeVar("T")

LINE = LineSettings(57600)
BLOCK_SIZE = 2 * WORD
NO_DSFID = 0
TID_WORDS = (6, 4)
"""Asked for in this order: a tag without so many refuses."""
READ_WORDS = 64
WRITE_WORDS = 8
"""Written at once into bank 11: a tag takes 20 ms for each."""
MOST_USER_WORDS = 256
USUAL_USER_WORDS = 32
"""Of the chips that most libraries buy (512 bits): two questions tell whether it is so."""
PASSWORD_AT = 2
"""The word of the reserved bank where the access password begins."""
SECURED = (LockArea.USER, LockArea.EPC, LockArea.ACCESS_PASSWORD)
"""What is locked, the password's own area last: until then anybody may put things right."""


class UhfReader18:
    """Not safe for two threads. Every method tries three times; with a silent reader an inventory takes its
    scan time and 1.1 s, anything else 1.4 s at most."""

    def __init__(self, path: str, line: LineSettings = LINE, access_password: int = 0) -> None:
        """Open and identify: DeviceLost when nothing answers, BadFrame when something else does.

        `access_password` is the library's own for locked tags, 0 for none.
        """
        self._reader = UhfExchange(path, line)
        self._password = access_password
        self._names = Names()
        self._user_words: dict[bytes, int] = {}
        self._just_read = JustRead(b"", b"", asked=0)
        information = self._reader.information
        self._info = DeviceInfo(Kind.TAG_READER, "uhf_reader18", path, firmware=information.firmware)

    @property
    def info(self) -> DeviceInfo:
        return self._info

    def close(self) -> None:
        self._reader.close()

    def inventory(self) -> tuple[TagSighting, ...]:
        """At most the reader's scan time, and 30 ms for each content of bank 01 not seen before. A tag whose
        TID could not be read this time is left out: it cannot be told who it is."""
        uids = [uid for content in self._reader.contents() if (uid := self._known(content))]
        return tuple(TagSighting(uid, NO_DSFID) for uid in dict.fromkeys(uids))

    def system_info(self, uid: bytes) -> TagSystem:
        words = f"system information of {uid.hex()}"

        def look(content: bytes) -> TagSystem:
            bank_01 = self._bank_01(content, words)
            size = len(bank_01) + WORD * self._find_user_words(uid, content, words)
            blocks = -(-size // BLOCK_SIZE)
            self._just_read = JustRead(content, bank_01, self._reader.asked)
            return TagSystem(uid, NO_DSFID, security_byte(bank_01), BLOCK_SIZE, blocks, memory_size=size)

        return self._reach(uid, words, look)

    def read_blocks(self, uid: bytes, first: int, count: int) -> bytes:
        """Both banks right after `system_info`: bank 01, just read for that, is not asked for again."""
        words = f"read blocks {first} to {first + count - 1} of {uid.hex()}"
        start, end = BLOCK_SIZE * first, BLOCK_SIZE * (first + count)

        def look(content: bytes) -> bytes:
            there = self._end_there(uid, len(content), end)
            wanted = spans(len(content), start, there)
            return b"".join(self._parts(content, wanted, words)) + bytes(end - there)

        return self._reach(uid, words, look)

    def write_blocks(self, uid: bytes, first: int, data: bytes) -> None:
        """Bank 01 last and at once: it is the tag's address, and what names the book."""
        if len(data) % BLOCK_SIZE:
            raise ValueError(f"{len(data)} bytes are no whole blocks of {BLOCK_SIZE}")
        words = f"write block {first} of {uid.hex()}"
        start, end = BLOCK_SIZE * first, BLOCK_SIZE * first + len(data)

        def act(content: bytes) -> None:
            size = content_size(data) if start < HEAD_SIZE else len(content)
            there = end if any(data[-WORD:]) else self._end_there(uid, size, end)
            rest = data[: there - start]
            for span in reversed(spans(size, start, there)):
                before = len(rest) - WORD * span.words
                self._write(uid, content, span, rest[before:], words)
                rest = rest[:before]

        self._reach(uid, words, act)

    def write_afi(self, uid: bytes, afi: int) -> None:
        """The security byte, wherever the tag's model has it; DeviceRefused where it has none."""
        words = f"write AFI {afi:02X}h of {uid.hex()}"

        def act(content: bytes) -> None:
            try:
                change = security_change(self._bank_01(content, words), afi)
            except BadTag as fault:
                raise DeviceRefused(self._reader.path, words, str(fault)) from fault
            self._names.forget(uid)
            self._reader.ask(Write(content, Bank.EPC, change.first, change.data, self._password), words)
            self._names.remember(uid, change.content)

        self._reach(uid, words, act)

    def check_single(self, uid: bytes) -> None:
        """DeviceRefused where another tag there bears the same in bank 01, so that neither can be written."""
        words = f"find {uid.hex()}"
        self.inventory()
        self._reach(uid, words, lambda content: self._reader.check_single(content, words))

    def write_dsfid(self, uid: bytes, dsfid: int) -> None:
        """Always DeviceRefused: bank 11 of an ISO tag begins with it, other tags have none."""
        words = f"write DSFID {dsfid:02X}h of {uid.hex()}"
        raise DeviceRefused(self._reader.path, words, "a UHF tag has no register for it, only its memory")

    def lock_blocks(self, uid: bytes, first: int, count: int) -> None:
        """Always DeviceRefused: such tags are locked by whole banks, and with bank 01 the security byte."""
        words = f"lock blocks {first} to {first + count - 1} of {uid.hex()}"
        raise DeviceRefused(self._reader.path, words, "a UHF tag is locked by whole banks, not by blocks")

    def write_eas(self, uid: bytes, on: bool) -> None:
        """NXP G2X chips only, and not without an access password."""
        words = f"switch EAS {'on' if on else 'off'} of {uid.hex()}"

        def act(content: bytes) -> None:
            self._reader.ask(ChangeEas(content, on, self._password), words)

        self._reach(uid, words, act)

    def lock_with_password(self, uid: bytes) -> None:
        """From now on the tag's content, security byte and password are changed only with this library's
        access password. What fails midway is done again by calling it again."""
        words = f"lock {uid.hex()}"
        if not self._password:
            detail = "没有访问密码不能锁 / a tag is locked with an access password: give one"
            raise DeviceRefused(self._reader.path, words, detail)

        def act(content: bytes) -> None:
            secret = self._password.to_bytes(2 * WORD)
            password = Write(content, Bank.RESERVED, PASSWORD_AT, secret, self._password)
            self._reader.ask(password, words)
            for area in SECURED:
                self._reader.ask(Lock(content, area, Protection.WITH_PASSWORD, self._password), words)

        self._reach(uid, words, act)

    # -- who is there ------------------------------------------------------------------------------------

    def _known(self, content: bytes) -> bytes | None:
        """The uid of the tag that bears `content`; None while its TID cannot be read."""
        uid = self._names.uid_of(content)
        if uid is None:
            try:
                uid = self._tid(content) or content
            except DeviceRefused:
                return None
        self._names.remember(uid, content)
        return uid

    def _tid(self, content: bytes) -> bytes:
        """Empty where the tag has none that names it alone."""
        for words in TID_WORDS:
            try:
                return self._read(content, Span(Bank.TID, 0, words), "read TID")
            except NoMemoryThere:
                continue
        return b""

    def _reach(self, uid: bytes, words: str, act: Callable[[bytes], T]) -> T:
        """`act` given what the tag bears in bank 01; looked up anew when nothing answers to that any more."""
        known = self._names.content_of(uid)
        if known is not None:
            try:
                return act(known)
            except DeviceRefused as refusal:
                if refusal.status != Status.NO_TAG:
                    raise
        self.inventory()
        now = self._names.content_of(uid)
        if now is None or now == known:
            raise DeviceRefused(self._reader.path, words, MEANINGS[Status.NO_TAG], Status.NO_TAG)
        return act(now)

    # -- memory ------------------------------------------------------------------------------------------

    def _bank_01(self, content: bytes, words: str) -> bytes:
        return self._read(content, Span(Bank.EPC, 0, (HEAD_SIZE + len(content)) // WORD), words)

    def _parts(self, content: bytes, wanted: list[Span], words: str) -> list[bytes]:
        """What was read a moment ago is believed only where the tag still answers for the rest."""
        just = self._just_read
        if len(wanted) == 2 and (just.content, just.asked) == (content, self._reader.asked):
            bank_01, bank_11 = wanted
            known = just.bank_01[WORD * bank_01.first : WORD * (bank_01.first + bank_01.words)]
            return [known, self._read(content, bank_11, words)]
        return [self._read(content, span, words) for span in wanted]

    def _end_there(self, uid: bytes, content_bytes: int, end: int) -> int:
        """`end`, or a word less where the memory ends in half a block there, as far as that is known."""
        user_words = self._user_words.get(_chip(uid))
        if user_words is None:
            return end
        size = HEAD_SIZE + content_bytes + WORD * user_words
        return size if end - size == WORD else end

    def _find_user_words(self, uid: bytes, content: bytes, words: str) -> int:
        """Words of bank 11, found by trying, the usual size first: of each chip model once, since all of one
        kind have the same."""

        def ends_before(word: int) -> bool:
            try:
                self._read(content, Span(Bank.USER, word, 1), words)
            except NoMemoryThere:
                return True
            return False

        chip = _chip(uid)
        if chip not in self._user_words:
            usual = ends_before(USUAL_USER_WORDS) and not ends_before(USUAL_USER_WORDS - 1)
            self._user_words[chip] = (
                USUAL_USER_WORDS if usual else bisect_left(range(MOST_USER_WORDS), True, key=ends_before)
            )
        return self._user_words[chip]

    def _read(self, content: bytes, span: Span, words: str) -> bytes:
        end = span.first + span.words
        data = b""
        for first in range(span.first, end, READ_WORDS):
            count = min(READ_WORDS, end - first)
            piece = self._reader.ask(Read(content, span.bank, first, count, self._password), words).data
            if len(piece) != WORD * count:
                raise BadFrame(self._reader.path, words, f"{len(piece)} bytes came instead of {WORD * count}")
            data += piece
        return data

    def _write(self, uid: bytes, content: bytes, span: Span, data: bytes, words: str) -> None:
        if span.bank is Bank.EPC:
            first = max(span.first, CONTROL_AT)
            self._names.forget(uid)
            rest = data[WORD * (first - span.first) :]
            self._reader.ask(Write(content, Bank.EPC, first, rest, self._password), words)
            return
        for at in range(0, len(data), WORD * WRITE_WORDS):
            piece = data[at : at + WORD * WRITE_WORDS]
            self._reader.ask(Write(content, span.bank, span.first + at // WORD, piece, self._password), words)


def _chip(uid: bytes) -> bytes:
    """What names the chip's maker and model: the first half of a short TID, or all of what is none."""
    return uid[:4] if uid[:1] in (b"\xe0", b"\xe2") else uid
