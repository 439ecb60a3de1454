"""SIP2: typed messages to bytes and back, for the kiosk and for the ILS simulator alike. Pure.

The messages themselves are tables (`requests.py`, `replies.py`); this file walks them. Reading forgives what
real servers do (any field order, missing fields, junk between fields, `&#124;`, odd trailers) and loses
nothing: what the table does not know is in `Message.extra`. Writing refuses what would break the line.
Read and written byte for byte against a capture of Koha 19.06; the rules also hold for Evergreen, FOLIO and
dp2. It leaves connections, retries and deadlines to `client.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.sip2.dates import read_date, read_due, write_date
from kiosk.sip2.dialect import ChecksumPolicy, Dialect, Encoding, LoginStyle, Terminator
from kiosk.sip2.framing import BadMessage, Checksum, Decoder, checksum_of, read_trailer, with_trailer
from kiosk.sip2.message import FIELD_ID, Layout, Message, Request, layout_of, when_absent
from kiosk.sip2.replies import (
    REPLIES,
    AcsStatus,
    CheckinReply,
    CheckoutReply,
    EndSessionReply,
    FeePaidReply,
    HoldReply,
    ItemInformation,
    ItemStatusUpdateReply,
    LoanReply,
    LoginReply,
    PatronEnableReply,
    PatronInformation,
    PatronStatus,
    RenewAllReply,
    RenewReply,
    RequestScResend,
)
from kiosk.sip2.requests import (
    REQUESTS,
    BlockPatron,
    Checkin,
    Checkout,
    EndPatronSession,
    FeePaid,
    Hold,
    ItemInformationRequest,
    ItemStatusUpdate,
    Login,
    PatronEnable,
    PatronInformationRequest,
    PatronStatusRequest,
    Renew,
    RenewAll,
    RequestAcsResend,
    ScStatus,
)
from kiosk.sip2.values import (
    CirculationStatus,
    Denied,
    HoldMode,
    StatusCode,
    Summary,
    Variable,
)

__all__ = [
    "AcsStatus",
    "BadMessage",
    "BlockPatron",
    "Checkin",
    "CheckinReply",
    "Checkout",
    "CheckoutReply",
    "Checksum",
    "ChecksumPolicy",
    "CirculationStatus",
    "Decoder",
    "Denied",
    "Dialect",
    "Encoding",
    "EndPatronSession",
    "EndSessionReply",
    "FeePaid",
    "FeePaidReply",
    "Hold",
    "HoldMode",
    "HoldReply",
    "ItemInformation",
    "ItemInformationRequest",
    "ItemStatusUpdate",
    "ItemStatusUpdateReply",
    "LoanReply",
    "Login",
    "LoginReply",
    "LoginStyle",
    "Message",
    "PatronEnable",
    "PatronEnableReply",
    "PatronInformation",
    "PatronInformationRequest",
    "PatronStatus",
    "PatronStatusRequest",
    "Received",
    "Renew",
    "RenewAll",
    "RenewAllReply",
    "RenewReply",
    "Request",
    "RequestAcsResend",
    "RequestScResend",
    "ScStatus",
    "StatusCode",
    "Summary",
    "Terminator",
    "checksum_of",
    "encode",
    "parse",
    "read_date",
    "read_due",
    "write_date",
]

SEPARATOR = "|"
ESCAPED_SEPARATOR = "&#124;"

_KINDS: dict[str, type[Message]] = {kind.code: kind for kind in (*REQUESTS, *REPLIES)}
_LAYOUTS = {code: layout_of(kind) for code, kind in _KINDS.items()}
_UNSENDABLE = re.compile(r"[|\r\n]")
_FIELD = re.compile(FIELD_ID)
# A Perl reference that a server printed by mistake, between two fields or in front of one.
_JUNK = re.compile(r"(?:[\w:]+=)?(?:HASH|ARRAY|SCALAR|CODE|REF)\(0x[0-9a-f]+\)")


@dataclass(frozen=True)
class Received:
    """A message off the wire with what its trailer said; `sequence` is None where there was none."""

    message: Message
    sequence: int | None
    checksum: Checksum


def encode(message: Message, dialect: Dialect, sequence: int | None = None) -> bytes:
    """The whole line; with a trailer when `sequence` (0–9) is given.

    ValueError, naming the field but never its value, when one cannot stand on the wire.
    """
    text = message.code + "".join(_written(message))
    try:
        body = text.encode(dialect.encoding.value)
    except UnicodeEncodeError:
        raise ValueError(f"message {message.code} cannot be written in {dialect.encoding.value}") from None
    line = body if sequence is None else with_trailer(body, sequence)
    return line + dialect.terminator.value.encode("ascii")


def parse(line: bytes, dialect: Dialect) -> Received:
    """One line of `Decoder.feed`; BadMessage, with its text, when it is no message of ours."""
    # Decoded before it is split: the second byte of a GBK character may be the separator.
    text = line.decode(dialect.encoding.value, "replace")
    trailer = read_trailer(line, text)
    body = text[: trailer.start]
    kind = _KINDS.get(body[:2])
    if kind is None:
        raise BadMessage("not a SIP2 message", text)
    if trailer.checksum is Checksum.RIGHT:
        body += SEPARATOR  # a last field that the server did not end: the checksum says that it is whole
    try:
        message = _read(kind, body)
    except ValueError as error:
        raise BadMessage(f"message {kind.code}: {error}", text) from None
    return Received(message, trailer.sequence, trailer.checksum)


def _written(message: Message) -> Iterator[str]:
    layout = _LAYOUTS[message.code]
    for name, place in layout.fixed:
        yield _sendable(name, _converted(name, place.write, getattr(message, name)))
    for name, field in layout.variable:
        value = getattr(message, name)
        for one in value if field.repeated else (value,):
            if one is not None:
                yield field.id + _sendable(field.id, field.write(one)) + SEPARATOR
    for field_id, text in message.extra:
        yield field_id + _sendable(field_id, text) + SEPARATOR


def _sendable(name: str, text: str) -> str:
    if _UNSENDABLE.search(text):
        raise ValueError(f"field {name} holds a separator or a line end and cannot be sent")
    return text


def _converted(name: str, convert: Callable[[Any], Any], value: Any) -> Any:
    try:
        return convert(value)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _read(kind: type[Message], body: str) -> Message:
    layout = _LAYOUTS[kind.code]
    places, rest = _cut(layout, body[len(kind.code) :])
    values: dict[str, Any] = {
        name: _converted(name, place.read, text)
        for (name, place), text in zip(layout.fixed, places, strict=True)
    }
    known = {field.id: (name, field) for name, field in layout.variable}
    extra = tuple(pair for pair in _fields(rest) if not _kept(pair, known, values))
    absent = {name: when_absent(kind, name, field) for name, field in layout.variable if name not in values}
    return kind(**values, **absent, extra=extra)


def _cut(layout: Layout, text: str) -> tuple[list[str], str]:
    """What stands at each fixed place, and the rest; by their widths alone where the layout does not fit."""
    if found := layout.places.match(text):
        return list(found.groups()), text[found.end() :]
    places, at = [], 0
    for name, place in layout.fixed:
        if len(text) < at + place.width:
            raise ValueError(f"ends before {name}")
        places.append(text[at : at + place.width])
        at += place.width
    return places, text[at:]


def _kept(pair: tuple[str, str], known: dict[str, tuple[str, Variable]], values: dict[str, Any]) -> bool:
    """Put a field where the table wants it; False when it has no place there or its place is taken."""
    field_id, text = pair
    if field_id not in known:
        return False
    name, field = known[field_id]
    value = field.read(text)
    if field.repeated:
        values[name] = (*values.get(name, ()), value)
        return True
    if value is None or name in values:
        return False
    values[name] = value
    return True


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Every `XX…|`; what stands between them and is no field is skipped."""
    *segments, _unended = text.split(SEPARATOR)
    for segment in segments:
        junk = _JUNK.match(segment)
        # Junk alone in a segment may be a field's (worthless) value: then it stays with its id.
        field = segment[junk.end() :] if junk and junk.end() < len(segment) else segment
        if _FIELD.match(field):
            yield field[:2], field[2:].replace(ESCAPED_SEPARATOR, SEPARATOR)
