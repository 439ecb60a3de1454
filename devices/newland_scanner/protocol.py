"""Newland's serial commands: `~` SOH 0000, `#` for now or `@` for ever, the command, `;` ETX.

Pure. Answered by STX SOH 0000, the command, what was asked, ACK, `;` ETX. QRYSYS asks for the product's names
and numbers, a line each.
"""

import re

from devices.serial_scanner.commands import Dialect, Identity, Order, ended_reply

_ADDRESS = b"\x010000"
_END = b";\x03"
_LONGEST_REPLY = 400
_QUESTION = b"@QRYSYS"
_SERIAL = re.compile(rb"(?<!OEM )Serial Number: *([!-~]+)")
_FIRMWARE = re.compile(rb"Firmware Version: *([!-~]+)")


def command(text: bytes) -> bytes:
    """`text` with its storage mark, such as #SCNTRG1, as it goes over the wire."""
    return b"~" + _ADDRESS + text + _END


def reply(text: bytes, accepted: bool = True) -> bytes:
    """As a scanner answers."""
    return b"\x02" + _ADDRESS + text + (b"\x06" if accepted else b"\x15") + _END


def _identity(answer: bytes) -> Identity | None:
    if not answer.startswith(b"\x02" + _ADDRESS + _QUESTION):
        return None
    return Identity(_found(_SERIAL, answer), _found(_FIRMWARE, answer))


def _found(pattern: re.Pattern[bytes], answer: bytes) -> str | None:
    match = pattern.search(answer)
    return match[1].decode() if match else None


DIALECT = Dialect(
    model="newland_scanner",
    baud=9600,
    orders={
        Order.TRIGGER: command(b"#SCNTRG1"),
        Order.STOP: command(b"#SCNTRG0"),
        Order.ENABLE: command(b"#SCNENA1"),
        Order.DISABLE: command(b"#SCNENA0"),
    },
    question=command(_QUESTION),
    reply_size=lambda held: ended_reply(held, b"\x02" + _ADDRESS, (_END,), _LONGEST_REPLY),
    identity=_identity,
)
