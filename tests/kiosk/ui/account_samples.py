"""One reader's own: PIN, account, consent to a fee; and nobody's: a return without a card.

Made by the kiosk's own view, so that they are what it will show.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kiosk import texts
from kiosk.flow.ils_values import Account, LoanEntry, Reader
from kiosk.flow.operation import Ils, Operation, OpKind, SecurityValues
from kiosk.flow.session import Hint, Mode, Rules, Session, Stage
from kiosk.view import view
from kiosk.view_account import account_screen, pin_screen
from kiosk.view_books import stack_screen
from kiosk.view_data import ViewData

if TYPE_CHECKING:
    from tests.kiosk.ui.samples import Samples

NOW = datetime(2025, 11, 22, 14, 5)


def every(samples: "Samples") -> dict[str, ViewData]:
    """By name, as in `Samples.every`."""
    held = Account(
        _loans(samples.titles[:3]), 1, "10", ("平凡的世界（全三册）",), ("活着", "Charlotte's Web")
    )
    fees = ("超期费 1.20 元：湛江海岸带鸟类图鉴，2025-10-30 归还",)
    return {
        "stack-return": ViewData(stack_screen(_session(samples, Stage.STACK, mode=Mode.RETURN), samples.say)),
        "account-asking": _account(samples, None),
        "account-nothing": _account(samples, Account((), loan_limit="10")),
        "account-1": _account(samples, Account(_loans(samples.titles[1:2], overdue=0), loan_limit="10")),
        "account-4": _account(samples, replace(held, loans=_loans(samples.titles[:4]), fees=fees)),
        "account-12": _account(samples, Account(_loans(samples.titles, overdue=2), 2)),
        "account-only-holds": _account(samples, replace(held, loans=(), overdue=0, fee_total="1.20 CNY")),
        "account-ils-away": _account(samples, held, ils_up=False),
        "account-no-answer": _account(samples, None, account_failed=True, hint=Hint.NO_ACCOUNT),
        "pin-empty": _pin(samples),
        "pin-3": _pin(samples, pin="135"),
        "pin-wrong": _pin(samples, hint=Hint.WRONG_PIN),
        "pin-12": _pin(samples, places=12, pin="1234567"),
        "overlay-fee": _fee_question(samples, "0.50 CNY", samples.titles[1]),
        "overlay-fee-long": _fee_question(samples, "12.00 CNY", samples.titles[3]),
    }


def _session(samples: "Samples", stage: Stage, places: int = 6, **values: Any) -> Session:
    rules = Rules(place_name="麻章区图书馆太平镇王村服务点", pin_places=places)
    return Session(rules, stage, samples.say.language, local=NOW, **values)


def _account(samples: "Samples", account: Account | None, **values: Any) -> ViewData:
    reader = Reader("20160042", "张小三")
    session = _session(samples, Stage.ACCOUNT, mode=Mode.RENEW, reader=reader, account=account, **values)
    return ViewData(account_screen(session, samples.say))


def _loans(titles: tuple[str, ...], overdue: int = 1) -> tuple[LoanEntry, ...]:
    """Due a few days apart; the first `overdue` of them should be back already."""
    first = date(2025, 11, 29) - timedelta(days=12 * overdue)
    return tuple(
        LoanEntry(f"352400000000{n:02}", title, (first + timedelta(days=12 * n)).isoformat())
        for n, title in enumerate(titles)
    )


def _pin(samples: "Samples", **values: Any) -> ViewData:
    return ViewData(pin_screen(_session(samples, Stage.PIN, **values), samples.say))


def _fee_question(samples: "Samples", fee: str, title: str) -> ViewData:
    """The second of three books costs something."""
    ops = tuple(
        Operation(n, OpKind.BORROW, f"352400000000{n:02}", each, (), SecurityValues())
        for n, each in enumerate((samples.titles[0], title, samples.titles[2]), start=1)
    )
    ops = (replace(ops[0], ils=Ils.ACCEPTED, done=True, due="2025-12-22"), replace(ops[1], fee=fee), ops[2])
    reader = Reader("20160042", "张小三")
    session = _session(samples, Stage.WORKING, reader=reader, ops=ops, visit=(1, 2, 3))
    return view(session, texts.load())
