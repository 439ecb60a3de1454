"""The values messages are made of: bounded texts and numbers, conditions, times as text, and what is dated.

Bounds are part of the promise: whatever passes them can be stored, sorted and shown without another check.
"""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

Timestamp = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        description="UTC, ISO 8601 with milliseconds",
    ),
]
Hour = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00\.000Z$",
        description="start of an hour as timestamp",
    ),
]
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="a month in local time")]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Reason = Annotated[str, Meta(max_length=300, description="for staff; never personal data")]
Remark = Annotated[str, Meta(min_length=1, max_length=200)]
Port = Annotated[str, Meta(max_length=200, description="the path or address the device is opened at")]
Version = Annotated[str, Meta(max_length=80, description="a version or hash, empty if not known")]
Due = Annotated[str, Meta(max_length=40, description="due date as the ILS said it")]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Register = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Amount = Annotated[float, Meta(ge=0)]
InstallId = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$", description="one installation's outbox, for ever")
]
OperationId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$")]
ReaderToken = Annotated[str, Meta(pattern=r"^[0-9a-f]{16,64}$", description="HMAC with the month's key, hex")]
HexKey = Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){16,64}$")]
CardKeyId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}$", description="beginning of the key's SHA-256")]
Pem = Annotated[str, Meta(min_length=50, max_length=8000, description="a certificate or a request, PEM")]
Span = Annotated[
    str, Meta(pattern=r"^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$", description="hours of a day")
]
PublicKey = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="Ed25519, hex")]


class Condition(Enum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class Service(Enum):
    """Whether readers are served."""

    OPEN = "open"
    OUT_OF_SERVICE = "out_of_service"


def timestamp(moment: datetime) -> str:
    """`moment` (aware) as messages carry it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hour(moment: datetime) -> str:
    """The hour `moment` lies in, as `Visits` carry it."""
    return timestamp(moment.replace(minute=0, second=0, microsecond=0))


def moment(text: str) -> datetime:
    """The time a `Timestamp` or `Hour` tells."""
    return datetime.fromisoformat(text)


class Timed(Struct, frozen=True, kw_only=True, tag_field="type"):
    """`at` is when it happened by the sender's clock, which before the first synchronisation may say 1970."""

    at: Timestamp
    clock_synced: bool

    def __post_init__(self) -> None:
        moment(self.at)  # the pattern lets the 31st of February through
