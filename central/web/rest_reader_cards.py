"""REST: signs reader codes, the QR that a reader's telephone shows to a kiosk, for the library's own app.

Whoever can do this can be any reader, so it takes a token made for nothing else (scope `cards`). The reader's
number is neither logged nor kept; the audit log says which token signed one, when and from where.
"""

import math
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from broker_config.reader_codes import LONGEST_LIFETIME_S
from central.accounts import audit
from central.reader_cards import LIFETIME_S, ReaderCardError
from central.web.rest_base import Asking, api_router
from central.web.rest_problems import Problem
from central.web.shell import Shell

A_MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 120
"""A district's readers hold their telephones to a hundred kiosks; a thief would want all numbers at once."""
NAMES_KEPT = 1000


class CardAction(Enum):
    """As the audit log names it."""

    SIGN = "reader_card.sign"


class Rate:
    """At most `most` in any `span`, counted by name. Safe for all threads."""

    def __init__(self, most: int = MOST_A_MINUTE, span: timedelta = A_MINUTE) -> None:
        self._most, self._span = most, span
        self._times: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, now: datetime) -> timedelta:
        """Nothing: it is counted and may go on; else how long to wait."""
        with self._lock:
            times = [at for at in self._times.get(name, []) if timedelta() <= now - at < self._span]
            if len(times) < self._most:
                times.append(now)
            else:
                return times[0] + self._span - now
            self._times[name] = times
            self._times.move_to_end(name)
            while len(self._times) > NAMES_KEPT:
                self._times.popitem(last=False)
            return timedelta()


class Wanted(BaseModel):
    """Whose code, and for how long it is good."""

    model_config = ConfigDict(extra="forbid")

    reader_id: Annotated[str, Field(pattern="^[!-{}~]{1,32}$", description="the reader card's number")]
    lifetime_s: Annotated[int, Field(ge=1, le=LONGEST_LIFETIME_S)] = LIFETIME_S


class Signed(BaseModel):
    """`text` goes into the QR code as it is; a kiosk takes it once, until `expires_at`."""

    text: str
    expires_at: datetime


def make_router(shell: Shell) -> APIRouter:
    router = api_router("reader cards")
    rate = Rate()

    @router.post("/reader-cards", summary="The text of a reader's QR code, good for minutes", status_code=201)
    def sign(visitor: Asking, wanted: Wanted) -> Signed:
        now = shell.board.now()
        if shell.cards is None:
            raise Problem(503, "api_no_cards")
        wait_s = math.ceil(rate.wait(visitor.principal.name, now).total_seconds())
        if wait_s:
            raise Problem(429, "api_many", {"retry-after": str(wait_s)}, seconds=wait_s)
        try:
            text = shell.cards.sign(wanted.reader_id, now, wanted.lifetime_s)
        except ReaderCardError as error:
            raise Problem(503, "api_no_cards") from error
        with shell.office.writing() as db:
            audit.record(db, visitor.actor(), CardAction.SIGN, visitor.principal.name)
        return Signed(text=text, expires_at=now + timedelta(seconds=wanted.lifetime_s))

    return router
