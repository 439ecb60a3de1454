"""The values every tag codec turns bytes into."""

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


@dataclass(frozen=True)
class SetInfo:
    """This tag is `part` of `total` in a multi-part item (OID 4; bytes 1–2 of 28560-3)."""

    part: int
    total: int


@dataclass(frozen=True)
class TagContent:
    """A tag that can be trusted. `elements` maps OID (28560 data element) to its text or list value."""

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
