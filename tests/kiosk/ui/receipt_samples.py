"""The choice of a receipt, and the receipt as a code: made by the kiosk's own view from a finished visit."""

from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from devices.kinds import DeviceInfo, Kind, PaperState, PrinterStatus
from kiosk import texts
from kiosk.flow.ils_values import Account, LoanEntry, Reader
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues, Why
from kiosk.flow.session import DeviceCondition, Hint, Mode, Receipt, Rules, Session, Stage
from kiosk.receipts.library import load
from kiosk.receipts.papers import Papers
from kiosk.view import view
from kiosk.view_account import account_screen
from kiosk.view_books import result_screen
from kiosk.view_data import ViewData

if TYPE_CHECKING:
    from tests.kiosk.ui.samples import Samples

PAPERS = Papers(load(), "https://lib.example.cn/my")
PRINTER = DeviceCondition(
    Kind.RECEIPT_PRINTER, True, "escpos", "port", info=DeviceInfo(Kind.RECEIPT_PRINTER, "escpos", "port")
)


REFUSED = (
    (Why.BY_ILS, "Item is on hold for another patron"),
    (Why.ILS_UNREACHABLE, ""),
    (Why.BY_ILS, "Patron has too many items"),
    (Why.STACK_CHANGED, ""),
    (Why.TAG_FAILED, ""),
    (Why.BY_ILS, "此书暂由特藏部保管"),
)


def every(samples: "Samples") -> dict[str, ViewData]:
    """By name, as in `Samples.every`."""
    empty = PrinterStatus(PaperState.OUT, offline=True)
    return {
        "result-choice": _result(samples, 3),
        "result-choice-12": _result(samples, 12),
        "result-renewed": _result(samples, 2, mode=Mode.RENEW),
        "result-no-paper": _result(samples, 2, printer=empty),
        "result-doubtful": _result(samples, 2, receipt=Receipt.DOUBTFUL),
        "result-failed": _result(samples, 2, receipt=Receipt.FAILED),
        "result-jammed": _result(samples, 2, printer=PrinterStatus(PaperState.OK, cover_open=True)),
        "result-printing": _result(samples, 2, receipt=Receipt.PRINTING),
        "result-nothing": _refused(samples),
        "receipt-1": _code(samples, 1),
        "receipt-12": _code(samples, 12),
        "account-printer": _account(samples),
        "account-no-paper": _account(samples, printer=empty),
        "account-printing": _account(samples, receipt=Receipt.PRINTING),
        "account-printed": _account(samples, hint=Hint.ACCOUNT_PRINTED),
    }


def text_of(samples: "Samples", books: int) -> str:
    return PAPERS.visit_text(_session(samples, books))


def _session(samples: "Samples", books: int, mode: Mode = Mode.BORROW, **values: Any) -> Session:
    kind = OpKind.RENEW if mode is Mode.RENEW else OpKind.BORROW
    ops = tuple(
        Operation(n, kind, f"352400000000{n:02}", title, (), SecurityValues(), done=True)
        for n, title in enumerate(islice(cycle(samples.titles), books), start=1)
    )
    defaults: dict[str, Any] = {
        "reader": Reader("20160042", "张小三"),
        "local": datetime(2025, 11, 22, 14, 5),
        "devices": {"receipt_printer": PRINTER},
        "printer": PrinterStatus(PaperState.OK),
        "mode": mode,
    }
    return Session(
        Rules("麻章区图书馆太平镇王村服务点"),
        Stage.RESULT,
        samples.say.language,
        ops=tuple(replace(op, ils=Ils.ACCEPTED, due="2025-12-22") for op in ops),
        visit=tuple(op.op_id for op in ops),
        **(defaults | values),
    )


def _result(samples: "Samples", books: int, **values: Any) -> ViewData:
    return ViewData(result_screen(_session(samples, books, **values), samples.say))


def _code(samples: "Samples", books: int) -> ViewData:
    text = text_of(samples, books)
    return _result(samples, books, receipt=Receipt.SHOWN, receipt_text=text)


def _refused(samples: "Samples") -> ViewData:
    """Twenty books, and none of them can be had: each for a reason of its own, as servers say it."""
    session = _session(samples, 20)
    refused = [
        replace(op, ils=Ils.REFUSED, why=why, message=words, due="")
        for op, (why, words) in zip(session.ops, cycle(REFUSED), strict=False)
    ]
    return view(replace(session, ops=tuple(refused)), texts.load())


def _account(samples: "Samples", **values: Any) -> ViewData:
    loans = tuple(LoanEntry(f"352400000000{n:02}", t, "2025-12-22") for n, t in enumerate(samples.titles[:3]))
    account = Account(loans, loan_limit="10")
    session = replace(_session(samples, 0, mode=Mode.RENEW, **values), account=account)
    return ViewData(account_screen(session, samples.say))
