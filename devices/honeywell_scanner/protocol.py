"""Honeywell's serial commands: SYN T CR pulls the trigger, SYN U CR lets it go, SYN M CR begins a menu.

Pure. The question is whether Codabar is read, `cbrena?.`, the example of Honeywell's own guides; the answer
is the command with the value in place of the question mark, and ACK before the full stop.
"""

from devices.serial_scanner.commands import Dialect, Identity, Order, ended_reply

_SYN, _ACK, _ENQ, _NAK = b"\x16", b"\x06", b"\x05", b"\x15"
_TAG = b"CBRENA"
_LONGEST_REPLY = 32


def _reply_size(held: bytes) -> int | None:
    return ended_reply(held, _TAG, (_ACK + b".", _ENQ + b".", _NAK + b"."), _LONGEST_REPLY)


DIALECT = Dialect(
    model="honeywell_scanner",
    baud=115_200,
    orders={Order.TRIGGER: _SYN + b"T\r", Order.STOP: _SYN + b"U\r"},
    question=_SYN + b"M\rcbrena?.",
    reply_size=_reply_size,
    identity=lambda reply: Identity(),
)
