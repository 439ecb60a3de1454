"""Lines on a SIP2 stream, and the trailer (AY sequence, AZ checksum) that may end one. Pure.

Koha and Evergreen end lines with CR or CRLF, before login sometimes with another than after it; a title may
hold a raw LF. So: split on CR alone, then drop a leading LF (and the NULs or blanks that some put between
lines). Who ends them with LF alone is found out by whoever knows how long nothing more has come.
"""

import re
from dataclasses import dataclass
from enum import Enum

LONGEST_LINE = 64 * 1024

_BETWEEN = b"\n\0 \t\xef\xbb\xbf"
"""What may stand between two lines and is part of neither; the last three bytes mark UTF-8 for some."""
_TRAILER = re.compile(r"(?:AY(?P<sequence>[0-9]))?(?:AZ(?P<checksum>[0-9A-Fa-f]{0,4}))?$")


class BadMessage(ValueError):
    """What came is no SIP2 message. `text` is all of it, for staff; the error's own words never quote it."""

    def __init__(self, detail: str, text: str = "") -> None:
        super().__init__(detail)
        self.text = text


class Decoder:
    """Bytes in any pieces to whole lines, without their ends."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._held = b""
        self._end = b"\r"
        self._end_known = False

    def feed(self, data: bytes) -> list[bytes]:
        """Every line that `data` completes; empty lines are dropped.

        BadMessage when a line grows past the longest: the rest of the stream cannot be trusted.
        """
        *lines, self._held = (self._held + data).split(self._end)
        self._end_known = self._end_known or bool(lines)
        if len(self._held) > self._longest:
            text, self._held = self._held.decode("ascii", "replace"), b""
            raise BadMessage(f"no line end within {self._longest} bytes", text)
        return [line for line in (line.lstrip(_BETWEEN) for line in lines) if line]

    @property
    def may_have_ended(self) -> bool:
        """What is held ends with LF, and no line of this stream has shown yet how they end."""
        return not self._end_known and self.held.endswith(b"\n")

    def end_at_line_feed(self) -> list[bytes]:
        """From here on LF ends lines; those that it ends already."""
        self._end = b"\n"
        return self.feed(b"")

    @property
    def line_feed_alone(self) -> bool:
        return self._end == b"\n"

    @property
    def line_feed_follows(self) -> bool:
        """The last line ended with CRLF, as far as has come."""
        return self._held.startswith(b"\n")

    @property
    def held(self) -> bytes:
        """The beginning of a line still to be ended."""
        return self._held.lstrip(_BETWEEN)


class Checksum(Enum):
    """What became of a line's checksum."""

    ABSENT = "absent"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True)
class Trailer:
    """`start` is where it begins in the decoded line."""

    start: int
    sequence: int | None
    checksum: Checksum


def checksum_of(data: bytes) -> bytes:
    """Four hex digits that bring the 16-bit sum of `data` (through `AZ`) to zero."""
    return f"{-sum(data) & 0xFFFF:04X}".encode("ascii")


def with_trailer(body: bytes, sequence: int) -> bytes:
    counted = body + f"AY{sequence}AZ".encode("ascii")
    return counted + checksum_of(counted)


def read_trailer(line: bytes, text: str) -> Trailer:
    """The trailer of `line`, whose decoded form is `text`; the sum is taken over the bytes."""
    found = _TRAILER.search(text.rstrip())
    assert found is not None  # every part of the pattern is optional
    sequence = None if found["sequence"] is None else int(found["sequence"])
    return Trailer(found.start(), sequence, _judge(line.rstrip(), found["checksum"]))


def _judge(line: bytes, checksum: str | None) -> Checksum:
    if not checksum:
        return Checksum.ABSENT
    counted = line[: -len(checksum)]
    return Checksum.RIGHT if checksum_of(counted) == checksum.upper().encode("ascii") else Checksum.WRONG
