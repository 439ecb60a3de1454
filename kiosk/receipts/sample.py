"""A made-up visit for every paper, so that a template can be looked at before a reader holds it."""

from dataclasses import replace
from datetime import datetime

from devices.kinds import ReceiptLine
from kiosk.flow.ils_values import Account, LoanEntry, Reader
from kiosk.flow.operation import Hold, Ils, Operation, OpKind, SecurityValues
from kiosk.flow.session import Language, Rules, Session
from kiosk.receipts.papers import OF_KIND, Paper, Papers

ACCOUNT_URL = "https://lib.example.cn/my"
CODE = "30234000517861"
TITLES = ("水浒传", "A Handbook of Pest and Disease Control for Rice and Sugar Cane", "𠮷金的眼睛")
DUE = "2026-12-22"


def lines(papers: Papers, paper: Paper, language: Language) -> tuple[ReceiptLine, ...]:
    """What `paper` says of the made-up visit."""
    session = _session(language)
    kinds = {paper: kind for kind, paper in OF_KIND.items()}
    match paper:
        case Paper.BORROW | Paper.RENEW | Paper.RETURN:
            return papers.visit(_with(session, *_operations(kinds[paper])))
        case Paper.FEE:
            loan = replace(_operations(OpKind.BORROW)[0], fee="0.50 CNY", consented=True)
            return papers.visit(_with(session, loan))
        case Paper.ACCOUNT:
            return papers.account(session)
        case Paper.HOLD | Paper.TRANSFER:
            hold = Hold("太平分馆", "0044" if paper is Paper.HOLD else None)
            return papers.slip(replace(_operations(OpKind.RETURN)[0], hold=hold), session)
        case Paper.TEST:
            return papers.test_page(session, CODE)
        case Paper.CODE:
            return papers.code_page(session, CODE)


def _session(language: Language) -> Session:
    loans = tuple(LoanEntry(f"352400000000{n:02}", title, DUE) for n, title in enumerate(TITLES))
    return Session(
        Rules("麻章区图书馆太平村服务点", "0759-2700000"),
        language=language,
        local=datetime(2026, 11, 22, 14, 5),
        reader=Reader("25240000010044", "陈演练"),
        account=Account(loans, holds_ready=("活着",), fee_total="1.20 CNY"),
    )


def _with(session: Session, *ops: Operation) -> Session:
    return replace(session, ops=ops, visit=tuple(op.op_id for op in ops))


def _operations(kind: OpKind) -> tuple[Operation, ...]:
    """The last of them done offline."""
    ops = [
        Operation(
            n, kind, f"352400000000{n:02}", title, (), SecurityValues(), ils=Ils.ACCEPTED, done=True, due=DUE
        )
        for n, title in enumerate(TITLES)
    ]
    return (*ops[:-1], replace(ops[-1], ils=Ils.QUEUED, done=False, due=""))
