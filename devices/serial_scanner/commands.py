"""Commands to scanners that send codes as text: a model's orders, and its replies among the text.

Pure. Serves `honeywell_scanner`, `newland_scanner` and `gm65`, each of which gives a `Dialect`; Zebra's SSI
puts codes into packets too and is told by `zebra_ssi` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum


class Order(Enum):
    """What a scanner can be told; not every model knows all."""

    TRIGGER = "trigger"
    """Look for a code now, as if its trigger were pulled."""
    STOP = "stop"
    ENABLE = "enable"
    DISABLE = "disable"
    """Look for nothing, whatever its trigger says."""


@dataclass(frozen=True)
class Identity:
    """What a scanner says of itself; None where it does not."""

    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True)
class Dialect:
    """`question` is harmless and always answered; `reply_size` tells how long the reply is that the bytes
    begin with (None: not yet known, 0: none does, as in `devices.framing`); `identity` is what a reply to the
    question says, None of any other."""

    model: str
    baud: int
    orders: Mapping[Order, bytes]
    question: bytes
    reply_size: Callable[[bytes], int | None]
    identity: Callable[[bytes], Identity | None]


class Sieve:
    """Takes replies out of the text that comes in any pieces."""

    def __init__(self, reply_size: Callable[[bytes], int | None]) -> None:
        self._reply_size = reply_size
        self._held = b""
        self.replies: list[bytes] = []
        """Whole ones, oldest first; the reader of this list empties it."""

    def feed(self, data: bytes) -> bytes:
        """The text in `data`. What may become a reply is held back: no data at all lets go of it."""
        if not data:
            text, self._held = self._held, b""
            return text
        self._held += data
        text = b""
        while self._held:
            size = self._reply_size(self._held)
            if size is None or size > len(self._held):
                break
            if size:
                self.replies.append(self._held[:size])
            else:
                text += self._held[:1]
            self._held = self._held[size or 1 :]
        return text


def ended_reply(held: bytes, start: bytes, ends: tuple[bytes, ...], longest: int) -> int | None:
    """`Dialect.reply_size` of a reply between fixed bytes, at most `longest` long."""
    if not held.startswith(start):
        return None if start.startswith(held) else 0
    found = [held.index(end) + len(end) for end in ends if end in held[:longest]]
    if found:
        return min(found)
    return None if len(held) < longest else 0
