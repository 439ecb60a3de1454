"""What a kiosk asks of its ILS, one typed call each; every call returns the reply or raises an `IlsError`.

`IlsUnreachable` (with `IlsCrowded`, `IlsRefusedLogin`) means certainly not done, `IlsUnknown` (with
`IlsNonsense`) that only the ILS can tell. It leaves the connection to `session.py`, what an answer means for
the reader to the flow, and settling an unknown outcome to the journal. One thread uses it.

Tried with `hardware_sim.ils` in all its dialects, whose answers follow a capture of Koha 19.06.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from kiosk.sip2 import protocol as sip
from kiosk.sip2.errors import (
    IlsCrowded,
    IlsError,
    IlsNonsense,
    IlsRefusedLogin,
    IlsUnknown,
    IlsUnreachable,
)
from kiosk.sip2.server import Server
from kiosk.sip2.session import Session

__all__ = [
    "IlsCrowded",
    "IlsError",
    "IlsNonsense",
    "IlsRefusedLogin",
    "IlsUnknown",
    "IlsUnreachable",
    "Server",
    "Sip2Client",
]

PAGES = 20


class Sip2Client:
    """ValueError from any call: a value cannot stand on the wire; nothing of it was sent."""

    def __init__(
        self,
        server: Server,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """`clock` counts seconds for backoff and idleness; `now` is the local time written into messages."""
        self._session = Session(server, clock)
        self._dialect = server.dialect
        self._now = now

    @property
    def connected(self) -> bool:
        return self._session.connected

    @property
    def acs_status(self) -> sip.AcsStatus | None:
        """What the ILS last said of itself; None before the first connection."""
        return self._session.acs_status

    @property
    def round_trip_s(self) -> float | None:
        """How long the last answered exchange took."""
        return self._session.round_trip_s

    def tend(self) -> None:
        """Call every few seconds between exchanges: keep-alive and idle close. Raises nothing."""
        self._session.tend()

    def close(self) -> None:
        self._session.close()

    # -- questions: nothing changes -----------------------------------------------------------------------

    def status(self) -> sip.AcsStatus:
        request = sip.ScStatus(protocol_version=self._dialect.protocol_version)
        return self._session.exchange(request, sip.AcsStatus)

    def patron_status(self, reader_id: str, pin: str | None = None) -> sip.PatronStatus:
        request = sip.PatronStatusRequest(
            **self._common, language=self._dialect.language, patron_id=reader_id, patron_password=pin
        )
        return self._session.exchange(request, sip.PatronStatus)

    def patron_information(
        self,
        reader_id: str,
        pin: str | None = None,
        summary: sip.Summary | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> sip.PatronInformation:
        """`reader_id` is whatever the ILS knows the card by; the reply's `patron_id` is the reader's number.

        `summary` asks for one list, `first` to `last` (counted from 1) for a part of it.
        """
        request = sip.PatronInformationRequest(
            **self._common,
            language=self._dialect.language,
            summary=summary,
            patron_id=reader_id,
            patron_password=pin,
            start_item=None if first is None else str(first),
            end_item=None if last is None else str(last),
        )
        return self._session.exchange(request, sip.PatronInformation)

    def patron_list(
        self, reader_id: str, summary: sip.Summary, pin: str | None = None
    ) -> tuple[sip.PatronInformation, tuple[str, ...]]:
        """The reader and one whole list, each entry once, however the server cuts it into pages."""
        reader = self.patron_information(reader_id, pin, summary)
        entries = reader.entries(summary)
        total = reader.count(summary)
        for _ in range(PAGES):
            if not entries or total is None or len(entries) >= total:
                break
            page = self.patron_information(reader_id, pin, summary, len(entries) + 1, total)
            more = tuple(dict.fromkeys(entries + page.entries(summary)))
            if more == entries:
                break
            entries = more
        return reader, entries

    def item_information(self, item_id: str) -> sip.ItemInformation:
        request = sip.ItemInformationRequest(**self._common, item_id=item_id)
        return self._session.exchange(request, sip.ItemInformation)

    # -- what changes a loan: sent once, never again ------------------------------------------------------

    def checkout(
        self,
        reader_id: str,
        item_id: str,
        *,
        pin: str | None = None,
        fee_acknowledged: bool = False,
        done_at: datetime | None = None,
        due: datetime | None = None,
    ) -> sip.CheckoutReply:
        """`done_at` and `due` tell of a loan already made offline (no block): the ILS may still refuse."""
        request = sip.Checkout(
            **self._dated(done_at),
            sc_renewal_policy=False,
            no_block=done_at is not None,
            nb_due_date=due,
            patron_id=reader_id,
            item_id=item_id,
            patron_password=pin,
            fee_acknowledged=fee_acknowledged,
            cancel=False,
        )
        return self._session.exchange(request, sip.CheckoutReply)

    def checkin(self, item_id: str, *, done_at: datetime | None = None) -> sip.CheckinReply:
        """`done_at` tells of a return already taken offline (no block)."""
        request = sip.Checkin(
            **self._common,
            no_block=done_at is not None,
            return_date=done_at or self._now(),
            current_location=self._dialect.location_code,
            item_id=item_id,
            cancel=False,
        )
        return self._session.exchange(request, sip.CheckinReply)

    def renew(
        self, reader_id: str, item_id: str, *, pin: str | None = None, fee_acknowledged: bool = False
    ) -> sip.RenewReply:
        request = sip.Renew(
            **self._common,
            third_party_allowed=False,
            no_block=False,
            nb_due_date=None,
            patron_id=reader_id,
            patron_password=pin,
            item_id=item_id,
            fee_acknowledged=fee_acknowledged,
        )
        return self._session.exchange(request, sip.RenewReply)

    def renew_all(
        self, reader_id: str, *, pin: str | None = None, fee_acknowledged: bool = False
    ) -> sip.RenewAllReply:
        request = sip.RenewAll(
            **self._common, patron_id=reader_id, patron_password=pin, fee_acknowledged=fee_acknowledged
        )
        return self._session.exchange(request, sip.RenewAllReply)

    def hold(
        self,
        mode: sip.HoldMode,
        reader_id: str,
        item_id: str,
        *,
        pin: str | None = None,
        pickup_location: str | None = None,
    ) -> sip.HoldReply:
        request = sip.Hold(
            **self._common,
            mode=mode,
            pickup_location=pickup_location,
            patron_id=reader_id,
            patron_password=pin,
            item_id=item_id,
        )
        return self._session.exchange(request, sip.HoldReply)

    def end_session(self, reader_id: str) -> sip.EndSessionReply:
        request = sip.EndPatronSession(**self._common, patron_id=reader_id)
        return self._session.exchange(request, sip.EndSessionReply)

    @property
    def _common(self) -> dict[str, Any]:
        """What every request bears."""
        return self._dated(None)

    def _dated(self, when: datetime | None) -> dict[str, Any]:
        return {
            "transaction_date": when or self._now(),
            "institution_id": self._dialect.institution_id,
            "terminal_password": self._dialect.terminal_password,
        }
