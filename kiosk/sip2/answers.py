"""Whether an answer answers the request that was sent: by its number, checksum and item. Pure."""

import math

from kiosk.sip2 import protocol as sip

PROVEN_ECHOES = 2
"""So many answers must have borne their request's number before another number means another request."""


class Numbering:
    """How one connection's server numbers its answers: as their requests, always 4 (dp2), or not at all."""

    def __init__(self) -> None:
        self._echoes = 0.0

    @property
    def counts_along(self) -> bool:
        return self._echoes >= PROVEN_ECHOES

    def note(self, answered: int | None, asked: int | None) -> None:
        """A server that once wrote another number never counts along."""
        if answered is not None:
            self._echoes += 1 if answered == asked else -math.inf

    def is_late(self, answered: int | None, asked: int | None) -> bool:
        """It answers an earlier request than the one asked."""
        return self.counts_along and answered not in (None, asked)


def trailer_fault(received: sip.Received, sequence: int | None) -> str:
    """What is wrong with its trailer, in words; empty when nothing is, or when none was sent."""
    if sequence is None:
        return ""
    if received.checksum is sip.Checksum.WRONG:
        return "the answer's checksum is wrong"
    if received.sequence not in (None, sequence):
        return "the answer bears another sequence number"
    return ""


def speaks_of_another(request: sip.Request, reply: sip.Message) -> bool:
    """It names another item. Servers leave ids out, mangle those that are not ASCII, change letters' case."""
    asked, answered = getattr(request, "item_id", None), getattr(reply, "item_id", None)
    if not asked or not answered or not (asked + answered).isascii():
        return False
    return bool(asked.strip().casefold() != answered.strip().casefold())
