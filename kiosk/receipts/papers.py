"""Every paper there is, and what its template may name: pure, from the session to lines.

Only what is certain stands on paper; names and numbers are masked. A second copy of a receipt that may have
been printed says so above everything else, whatever its template says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from devices.kinds import Emphasis, ReceiptLine
from kiosk.flow.operation import Hold, Ils, Operation, OpKind
from kiosk.flow.session import Language, Session
from kiosk.receipts.template import Names, Template, Values
from kiosk.view_parts import is_certain
from kiosk.wording import masked, money


class Paper(Enum):
    """The value is the first part of its template's file name."""

    BORROW = "borrow"
    RETURN = "return"
    RENEW = "renew"
    FEE = "fee"
    ACCOUNT = "account"
    HOLD = "hold"
    TRANSFER = "transfer"
    TEST = "test"
    CODE = "code"


Templates = Mapping[tuple[Paper, Language], Template]

_ALWAYS = frozenset({"place", "phone", "time", "account_url"})
_READER = frozenset({"reader", "card"})
_BOOK = frozenset({"title", "number", "due", "queued"})
_FEE = frozenset({"what", "amount"})
_VISIT = Names(_ALWAYS | _READER | {"count"}, {"book": _BOOK})
_SLIP = Names(_ALWAYS | {"title", "number", "reader_ending", "destination"}, {})
_CHECK = Names(_ALWAYS | {"code"}, {})

NAMES: dict[Paper, Names] = {
    Paper.BORROW: _VISIT,
    Paper.RETURN: _VISIT,
    Paper.RENEW: _VISIT,
    Paper.FEE: Names(_ALWAYS | _READER, {"fee": _FEE}),
    Paper.ACCOUNT: Names(
        _VISIT.values, {"book": _BOOK, "hold": frozenset({"title"}), "fee": frozenset({"amount"})}
    ),
    Paper.HOLD: _SLIP,
    Paper.TRANSFER: _SLIP,
    Paper.TEST: _CHECK,
    Paper.CODE: _CHECK,
}

OF_KIND = {OpKind.BORROW: Paper.BORROW, OpKind.RENEW: Paper.RENEW, OpKind.RETURN: Paper.RETURN}
COPY = ReceiptLine("重印 REPRINT", emphasis=Emphasis.TITLE)

PHONE_BYTES = 1200
"""A code with more is too fine for an old telephone's camera."""
TITLE_CHARACTERS = (200, 20, 10, 4)
"""So much of each title stands in a telephone's receipt: the most that still fits."""
CUT_SHORT = "……"
APART = (ReceiptLine(""), ReceiptLine(""))


@dataclass(frozen=True)
class Papers:
    """`account_url` is where a reader finds their account; nothing of the reader is in it."""

    templates: Templates
    account_url: str = ""

    def visit(self, session: Session, copy: bool = False) -> tuple[ReceiptLine, ...]:
        """Of this visit's books, and the fees agreed to; `copy`: it may have been printed before."""
        lines = self._visit(session, max(TITLE_CHARACTERS))
        return (COPY, *lines) if copy else lines

    def visit_text(self, session: Session) -> str:
        """The same to be taken home in a telephone, at most `PHONE_BYTES` long."""
        for characters in TITLE_CHARACTERS:
            text = as_text(self._visit(session, characters))
            if len(text.encode()) <= PHONE_BYTES:
                return text
        room = PHONE_BYTES - len(CUT_SHORT.encode())
        return text.encode()[:room].decode(errors="ignore").rpartition("\n")[0] + CUT_SHORT

    def account(self, session: Session, copy: bool = False) -> tuple[ReceiptLine, ...]:
        """What the ILS has of the reader; nothing while that is not known."""
        account = session.account
        if account is None:
            return ()
        values = (
            self._common(session)
            | _reader_values(session)
            | {
                "count": str(len(account.loans)),
                "book": [_book(loan.title, loan.item_id, loan.due) for loan in account.loans],
                "hold": [{"title": title} for title in account.holds_ready],
                "fee": [
                    {"amount": money(fee, session.language)}
                    for fee in account.fees or ((account.fee_total,) * bool(account.fee_total))
                ],
            }
        )
        lines = self._filled(Paper.ACCOUNT, session.language, values)
        return (COPY, *lines) if copy else lines

    def slip(self, op: Operation, session: Session) -> tuple[ReceiptLine, ...]:
        """To lie in a returned book: where it is to go, and the last figures of who waits. Staff read it."""
        hold = op.hold or Hold()
        paper = Paper.TRANSFER if hold.reader_ending is None else Paper.HOLD
        values = self._common(session) | {
            "title": op.title or op.item_id,
            "number": op.item_id,
            "reader_ending": hold.reader_ending or "",
            "destination": hold.destination,
        }
        return self._filled(paper, Language.ZH, values)

    def test_page(self, session: Session, code: str) -> tuple[ReceiptLine, ...]:
        """For who changes or checks the printer: every way of printing, and a QR code of `code`."""
        return self._filled(Paper.TEST, session.language, self._common(session) | {"code": code})

    def code_page(self, session: Session, code: str) -> tuple[ReceiptLine, ...]:
        """For who checks the scanner: a QR code to hold before it."""
        return self._filled(Paper.CODE, session.language, self._common(session) | {"code": code})

    def _visit(self, session: Session, title_characters: int) -> tuple[ReceiptLine, ...]:
        done = [op for op in session.visit_ops() if is_certain(op)]
        lines: list[ReceiptLine] = []
        for kind, paper in OF_KIND.items():
            ops = [op for op in done if op.kind is kind]
            if ops:
                books = [_of_operation(op, title_characters) for op in ops]
                values = self._for_reader(session) | {"count": str(len(ops)), "book": books}
                lines += self._filled(paper, session.language, values)
        return (*lines, *self._fees(session, [op for op in done if op.fee and op.consented]))

    def _fees(self, session: Session, ops: Iterable[Operation]) -> tuple[ReceiptLine, ...]:
        """A paper of its own, set apart from the one above."""
        fees = [{"what": op.title or op.item_id, "amount": money(op.fee, session.language)} for op in ops]
        values = self._for_reader(session) | {"fee": fees}
        return (*APART, *self._filled(Paper.FEE, session.language, values)) if fees else ()

    def _for_reader(self, session: Session) -> dict[str, "str | list[dict[str, str]]"]:
        return {**self._common(session), **_reader_values(session)}

    def _common(self, session: Session) -> dict[str, "str | list[dict[str, str]]"]:
        return {
            "place": session.rules.place_name,
            "phone": session.rules.service_phone,
            "time": f"{session.local:%Y-%m-%d %H:%M}",
            "account_url": self.account_url,
        }

    def _filled(self, paper: Paper, language: Language, values: Values) -> tuple[ReceiptLine, ...]:
        return self.templates[paper, language].fill(values)


def as_text(lines: Iterable[ReceiptLine]) -> str:
    """Lines of paper as lines of text; rules and pictures are for paper only."""
    kept = (line for line in lines if line.emphasis not in (Emphasis.RULE, Emphasis.QR))
    return "\n".join(f"{line.left} {line.right}".strip() for line in kept)


def masked_number(number: str) -> str:
    """The last four figures, and never more than half of them."""
    masked_count = max(len(number) - 4, (len(number) + 1) // 2)
    return "*" * masked_count + number[masked_count:]


def _reader_values(session: Session) -> dict[str, str]:
    """Empty where nobody is signed in."""
    reader = session.reader
    return {
        "reader": masked(reader.name) if reader else "",
        "card": masked_number(reader.reader_id) if reader else "",
    }


def _of_operation(op: Operation, title_characters: int) -> dict[str, str]:
    title = op.title[:title_characters] + "…" * (len(op.title) > title_characters)
    return _book(title, op.item_id, op.due, op.ils is Ils.QUEUED)


def _book(title: str, number: str, due: str, queued: bool = False) -> dict[str, str]:
    return {"title": title or number, "number": number, "due": due, "queued": "yes" if queued else ""}
