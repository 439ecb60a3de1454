"""An ILS with Koha's rules as far as one kiosk's flow can tell; a repeated checkout renews."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Account, Item, ItemStatus, LoanEntry, Reader
from kiosk.flow.operation import Truth

READERS = {b"\x01": "23024000000017", b"\x02": "23024000000025"}
OWING = READERS[b"\x02"]
LOAN_LIMIT, RENEWALS = 3, 2


@dataclass
class Library:
    """The ILS: who has what. `acts` counts what it did for each operation, `renewed_by_checkout` which
    loans a checkout only prolonged."""

    loans: dict[str, str] = field(default_factory=dict)
    renewals: Counter[str] = field(default_factory=Counter)
    acts: Counter[int] = field(default_factory=Counter)
    renewed_by_checkout: list[int] = field(default_factory=list)
    takes_nothing_back: bool = False
    clock: int = 0

    def answer(self, asked: Any) -> ev.Event:
        return self.ANSWERS[type(asked)](self, asked)

    def due(self, item_id: str) -> str:
        return f"due {self.renewals[item_id]} of {self.clock}" if item_id in self.loans else ""

    def _checkout(self, asked: fx.SendCheckout) -> ev.Event:
        holder, mine = self.loans.get(asked.item_id), list(self.loans.values()).count(asked.reader_id)
        if holder == asked.reader_id:
            self.renewed_by_checkout.append(asked.op_id)
            return self._renew(asked)
        if holder is not None:
            return ev.IlsRefused(asked.op_id, "Item checked out to another patron")
        if mine >= LOAN_LIMIT:
            return ev.IlsRefused(asked.op_id, "TOO_MANY")
        if asked.reader_id == OWING and not asked.fee_agreed:
            return ev.IlsWantsFee(asked.op_id, "5.00 CNY")
        self.loans[asked.item_id] = asked.reader_id
        self.renewals[asked.item_id] = 0
        self.acts[asked.op_id] += 1
        return ev.IlsAccepted(asked.op_id, due=self.due(asked.item_id))

    def _renew(self, asked: fx.SendCheckout) -> ev.Event:
        if self.loans.get(asked.item_id) != asked.reader_id or self.renewals[asked.item_id] >= RENEWALS:
            return ev.IlsRefused(asked.op_id, "Item has reached maximum renewals")
        self.renewals[asked.item_id] += 1
        self.acts[asked.op_id] += 1
        return ev.IlsAccepted(asked.op_id, due=self.due(asked.item_id))

    def _checkin(self, asked: fx.SendCheckin) -> ev.Event:
        if self.takes_nothing_back:
            return ev.IlsRefused(asked.op_id, "Checkin not allowed")
        self.loans.pop(asked.item_id, None)
        self.acts[asked.op_id] += 1
        return ev.IlsAccepted(asked.op_id)

    def _truth(self, asked: fx.AskTruth) -> ev.Event:
        holder = self.loans.get(asked.item_id)
        mine = None if holder is None or asked.reader_id is None else holder == asked.reader_id
        return ev.TruthAnswered(asked.op_id, Truth(holder is not None, mine, self.due(asked.item_id)))

    def _item(self, asked: fx.AskItem) -> ev.Event:
        lent = asked.item_id in self.loans
        status = ItemStatus.ON_LOAN if lent else ItemStatus.AVAILABLE
        return ev.ItemAnswered(Item(asked.item_id, asked.item_id, status))

    def _reader(self, asked: fx.AskReader) -> ev.Event:
        return ev.ReaderAnswered(asked.credential, reader_of(asked.credential))

    def _account(self, asked: fx.AskAccount) -> ev.Event:
        mine = [item_id for item_id, reader_id in self.loans.items() if reader_id == asked.reader_id]
        loans = tuple(LoanEntry(item_id, item_id, self.due(item_id)) for item_id in mine)
        return ev.AccountAnswered(asked.reader_id, Account(loans))

    ANSWERS: ClassVar[dict[type, Callable[..., ev.Event]]] = {
        fx.SendCheckout: _checkout, fx.SendRenew: _renew, fx.SendCheckin: _checkin, fx.AskTruth: _truth,
        fx.AskItem: _item, fx.AskReader: _reader, fx.AskAccount: _account,
    }  # fmt: skip


FAILED: dict[type, Callable[[Any], ev.Event]] = {
    fx.AskTruth: lambda asked: ev.TruthNotAnswered(asked.op_id, "no route"),
    fx.AskItem: lambda asked: ev.ItemNotAnswered(asked.item_id, "no route"),
    fx.AskReader: lambda asked: ev.ReaderNotAnswered(asked.credential, "no route"),
    fx.AskAccount: lambda asked: ev.AccountNotAnswered(asked.reader_id, "no route"),
}


def reader_of(credential: str) -> Reader:
    return Reader(READERS[bytes.fromhex(credential)], "王小明")
