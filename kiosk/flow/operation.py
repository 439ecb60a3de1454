"""One item borrowed or returned: its state, and the one function that says what comes next.

The same `next_act` drives the live visit and the recovery after a crash, so there is one truth about the
order of doing (DESIGN §4): a loan asks the ILS first and then releases the tag; a return secures the tag
first and then asks the ILS; whatever the ILS refuses gives the tag its original value back.
"""

from dataclasses import dataclass, replace
from enum import Enum


class OpKind(Enum):
    BORROW = "borrow"
    RETURN = "return"
    RENEW = "renew"
    REPAIR = "repair"
    """A tag put right long after its loan or return was settled."""


class Ils(Enum):
    """What is known of the ILS's answer. SENT is durable before the request leaves."""

    NOT_ASKED = "not_asked"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    """Done offline by the place's policy; the ILS is told when it is back."""


class Why(Enum):
    """Why an operation was refused; the only words about it that leave the kiosk."""

    BY_ILS = "by_ils"
    ILS_UNREACHABLE = "ils_unreachable"
    STACK_CHANGED = "stack_changed"
    TAG_FAILED = "tag_failed"
    INTERRUPTED = "interrupted"
    FEE_DECLINED = "fee_declined"


class Act(Enum):
    """What to do next with an operation."""

    SEND = "send"
    WAIT = "wait"
    ASK_READER = "ask_reader"
    """The ILS wants a fee agreed to first."""
    ASK_TRUTH = "ask_truth"
    REPLAY = "replay"
    """Tell the ILS of what was done offline."""
    WRITE_TAG = "write_tag"
    READ_TAG = "read_tag"
    REPORT = "report"
    FINISH = "finish"
    NOTHING = "nothing"


class Step(Enum):
    """The durable steps; the journal keeps one line for each that was reached."""

    INTENDED = "intended"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FEE_ASKED = "fee_asked"
    QUEUED = "queued"
    TAG_WRITTEN = "tag_written"
    TAG_PROVEN = "tag_proven"
    TAG_TO_REPAIR = "tag_to_repair"
    REPORTED = "reported"
    DONE = "done"


@dataclass(frozen=True)
class SecurityValues:
    """The library's two AFI values."""

    in_library: int = 0x07
    on_loan: int = 0xC2


@dataclass(frozen=True)
class TagSide:
    """One tag of the item (a set may bear several). `written` and `proven` are AFI values of this operation;
    `touched` says that a write may have begun; `to_repair` that it is left to the repair list; `failures`
    counts acts on it that did not work."""

    uid: bytes
    original_afi: int | None
    written: int | None = None
    proven: int | None = None
    touched: bool = False
    to_repair: bool = False
    failures: int = 0


@dataclass(frozen=True)
class Hold:
    """Where a returned item is to go: `reader_ending` are the last figures of the number of who waits (None:
    nobody, it is only sent home), `destination` the ILS's name of the place, empty for this one."""

    destination: str = ""
    reader_ending: str | None = None


@dataclass(frozen=True)
class Operation:
    """`op_id` counts up for ever on one kiosk. `due` and `message` are the ILS's own words."""

    op_id: int
    kind: OpKind
    item_id: str
    title: str
    tags: tuple[TagSide, ...]
    security: SecurityValues
    reader_id: str | None = None
    ils: Ils = Ils.NOT_ASKED
    why: Why | None = None
    due: str = ""
    message: str = ""
    due_before: str = ""
    """RENEW only: tells afterwards whether an unanswered renewal was made."""
    fee: str = ""
    """What the ILS asks for before it lends or renews; `consented` when the reader agreed."""
    consented: bool = False
    hold: "Hold | None" = None
    """At return: somebody waits for this item, or it belongs elsewhere."""
    done_at: str = ""
    """When it was done offline (UTC, ISO 8601); empty for an operation the ILS was asked about at once."""
    lost: int = 0
    """Done offline: how often it was told to the ILS and is known not to have been done."""
    unanswered: int = 0
    """How often the ILS was asked in vain what became of it; counted anew after a start."""
    repair_to: int | None = None
    """REPAIR only: the value the ILS's record calls for."""
    reported: bool = False
    done: bool = False


def wanted_afi(op: Operation, tag: TagSide) -> int | None:
    """The AFI this tag should bear, as far as is known now; None when it is to be left alone."""
    if op.kind is OpKind.REPAIR:
        return op.repair_to
    if op.kind is OpKind.BORROW:
        # what was lent offline has left the house with its reader, whatever the ILS says later
        return op.security.on_loan if op.ils is Ils.ACCEPTED or op.done_at else None
    if op.ils is Ils.REFUSED and not op.done_at:
        # a value that was never read: the loan stands, since only books on loan are returned
        original = op.security.on_loan if tag.original_afi is None else tag.original_afi
        return original if tag.touched else None
    return op.security.in_library


def open_tag(op: Operation) -> TagSide | None:
    """The first tag that still needs writing or reading back."""
    for tag in op.tags:
        wanted = wanted_afi(op, tag)
        if wanted is not None and tag.proven != wanted and not tag.to_repair:
            return tag
    return None


def next_act(op: Operation) -> Act:
    """What comes next; pure, and right at any moment including after a crash."""
    if op.done:
        return Act.NOTHING
    tag = open_tag(op)
    if tag is not None:
        return Act.READ_TAG if tag.written == wanted_afi(op, tag) else Act.WRITE_TAG
    if op.ils is Ils.NOT_ASKED:
        return Act.ASK_READER if op.fee and not op.consented else Act.SEND
    if op.ils in WAITING:
        return WAITING[op.ils]
    return Act.FINISH if op.reported else Act.REPORT


WAITING = {Ils.SENT: Act.WAIT, Ils.UNKNOWN: Act.ASK_TRUTH, Ils.QUEUED: Act.REPLAY}


def with_tag(op: Operation, tag: TagSide) -> Operation:
    """`op` with the tag of the same uid replaced."""
    return replace(op, tags=tuple(tag if t.uid == tag.uid else t for t in op.tags))


def refuse(op: Operation, why: Why, message: str = "") -> Operation:
    """Not done, and known to be not done."""
    return replace(op, ils=Ils.REFUSED, why=why, message=message)


def leave_to_repair(op: Operation) -> Operation:
    """Every tag still open goes to the repair list; what the ILS said stands."""
    while (tag := open_tag(op)) is not None:
        op = with_tag(op, replace(tag, to_repair=True))
    return op


def after_crash(op: Operation) -> Operation:
    """What a journal row means when the kiosk starts again, before anything is asked.

    A request under way is unknown; one never sent is called off, since the reader who confirmed it was
    shown no result and has left. A return may have begun to write its tag.
    """
    if op.kind is OpKind.RETURN and not op.done_at:
        op = replace(op, tags=tuple(replace(t, touched=True) for t in op.tags))
    if op.ils is Ils.SENT:
        return replace(op, ils=Ils.UNKNOWN)
    if op.ils is Ils.NOT_ASKED:
        return refuse(op, Why.INTERRUPTED)
    return op


@dataclass(frozen=True)
class Truth:
    """What the ILS says when asked: is the item on loan; to this operation's reader (None: cannot tell)?"""

    on_loan: bool
    to_this_reader: bool | None
    due: str = ""


def settle(op: Operation, truth: Truth) -> Operation:
    """Turn an unknown operation into accepted or refused by what the ILS's record says."""
    mine = truth.on_loan and truth.to_this_reader is not False
    if op.kind is OpKind.RENEW:
        mine = mine and truth.due != op.due_before
    if op.kind in (OpKind.BORROW, OpKind.RENEW):
        return replace(op, ils=Ils.ACCEPTED, due=truth.due) if mine else refuse(op, Why.INTERRUPTED)
    return refuse(op, Why.INTERRUPTED) if truth.on_loan else replace(op, ils=Ils.ACCEPTED)


SENT_AT_MOST = 3
"""How often the ILS is told of what was done offline: what it never manages to do becomes a dispute."""


def lost_on_the_way(op: Operation) -> Operation:
    """`op`, which the ILS has certainly not done: what was done offline is queued again, a few times."""
    if not op.done_at or op.lost + 1 >= SENT_AT_MOST:
        return refuse(op, Why.INTERRUPTED)
    return replace(op, ils=Ils.QUEUED, why=None, lost=op.lost + 1)
