"""Which answer the simulated ILS gives to which SIP2 request."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.dialects import IlsDialect
from hardware_sim.ils.loan_answers import LoanAnswers
from hardware_sim.ils.reader_answers import ReaderAnswers
from kiosk.sip2 import protocol as sip

INSTITUTION = "MZ"


class Answers:
    """Every request is answered in one transaction."""

    def __init__(self, circulation: Circulation, now: Callable[[], datetime], dialect: IlsDialect) -> None:
        self._store = circulation.store
        self._now = now
        self._dialect = dialect
        readers = ReaderAnswers(circulation, now, dialect)
        loans = LoanAnswers(circulation, now, dialect)
        self._table: dict[type[sip.Message], Callable[[Any], sip.Message | None]] = {
            sip.ScStatus: self._status,
            sip.PatronStatusRequest: readers.patron_status,
            sip.PatronInformationRequest: readers.patron_information,
            sip.EndPatronSession: readers.end_session,
            sip.FeePaid: readers.fee_paid,
            sip.ItemInformationRequest: loans.item_information,
            sip.Checkout: loans.checkout,
            sip.Checkin: loans.checkin,
            sip.Renew: loans.renew,
            sip.RenewAll: loans.renew_all,
            sip.Hold: loans.hold,
        }

    def answer(self, request: sip.Message) -> sip.Message | None:
        """RequestScResend where this ILS does not know the message; None where it hangs up instead."""
        answer = self._table.get(type(request), _not_known)
        with self._store.transaction():
            return answer(request)

    def _status(self, _: sip.ScStatus) -> sip.AcsStatus:
        return sip.AcsStatus(
            online=True,
            checkin_ok=True,
            checkout_ok=True,
            renewal_policy=True,
            status_update_ok=False,
            offline_ok=False,
            timeout_period=100,
            retries_allowed=5,
            date_time_sync=self._now(),
            protocol_version=self._dialect.wire.protocol_version,
            institution_id=INSTITUTION,
            supported_messages=self._dialect.supported_messages,
        )


def _not_known(_: sip.Message) -> sip.Message:
    return sip.RequestScResend()
