"""The values every tag codec turns bytes into, and the one error it may raise on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Model(Enum):
    """A data model; the value is its name in configuration and on the command line."""

    ISO_28560_2 = "iso28560-2"
    ISO_28560_3 = "iso28560-3"
    MMM = "3m"
    ISO_28560_4 = "iso28560-4"
    GAOXIAO = "gaoxiao"


class BadTag(ValueError):
    """These bytes are not this data model; `decode` turns it into Unreadable.

    The message tells OIDs and positions, never what is written: it gets logged, and a reader's card among
    the books is a tag too.
    """


class Truncated(BadTag):
    """The data run past the bytes at hand; `needed` counts the bytes from address 0 that would hold them."""

    def __init__(self, needed: int, what: str) -> None:
        super().__init__(f"{what} runs past the end ({needed} bytes needed)")
        self.needed = needed


@dataclass(frozen=True)
class SetInfo:
    """This tag is `part` of `total` in a multi-part item (OID 4; bytes 1–2 of 28560-3).

    Part 0 is written where one tag stands for all `total` parts.
    """

    part: int
    total: int

    @classmethod
    def from_digits(cls, text: str) -> "SetInfo | None":
        """OID 4's text: half the digits say the total, half the part. None where no total is stated.

        An odd count has lost the total's leading zero to integer compaction.
        """
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise BadTag("set information is not a number of at most 10 digits")
        text = text.zfill(len(text) + len(text) % 2)
        half = len(text) // 2
        return cls.checked(part=int(text[half:]), total=int(text[:half]))

    @classmethod
    def checked(cls, part: int, total: int) -> "SetInfo | None":
        if part > total > 0:
            raise BadTag(f"set information says part {part} of {total}")
        return cls(part, total) if total else None

    @property
    def digits(self) -> str:
        """The text of OID 4: total, then part, in at least two digits each."""
        width = max(2, len(str(self.total)))
        return f"{self.total:0{width}}{self.part:0{width}}"


@dataclass(frozen=True)
class TagContent:
    """A tag that can be trusted. `elements` maps OID (28560 data element) to its text or list value.

    Text throughout; OID 2 is the list of OIDs it announces; bytes without a defined meaning are hex text.
    `primary_item_id` is empty only for bank 11 of an ISO 28560-4 tag read without its bank 01.
    """

    model: Model
    primary_item_id: str
    owner: str | None = None
    set_info: SetInfo | None = None
    elements: Mapping[int, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Unreadable:
    """A tag that must not be believed, and why, in words for staff. `blank` when it bears nothing at all."""

    reason: str
    blank: bool = False
