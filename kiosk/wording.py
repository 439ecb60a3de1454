"""What states mean in words: one table per enumeration, keyed by English (see `kiosk.texts`)."""

from kiosk.flow.events import Block
from kiosk.flow.operation import Why
from kiosk.flow.session import Hint
from kiosk.flow.stack import Standing
from kiosk.view_data import Tone

STANDING: dict[Standing, tuple[str, Tone]] = {
    Standing.ASKING: ("Looking it up…", Tone.BUSY),
    Standing.UNREADABLE: ("Tag unreadable", Tone.BAD),
    Standing.BLANK: ("Empty tag", Tone.BAD),
    Standing.FOREIGN: ("Another library's book", Tone.BAD),
    Standing.READER_CARD: ("A reader's card", Tone.WARN),
    Standing.DOUBLE: ("Two tags, one number", Tone.BAD),
    Standing.INCOMPLETE_SET: ("A part is missing", Tone.WARN),
    Standing.ON_LOAN: ("On loan already", Tone.WARN),
    Standing.NOT_ON_LOAN: ("Not on loan", Tone.WARN),
    Standing.HELD: ("Kept for a reader", Tone.WARN),
    Standing.NOT_FOR_LOAN: ("For reading here", Tone.WARN),
    Standing.NOT_IN_CATALOGUE: ("Not in the catalogue", Tone.BAD),
}

BLOCK: dict[Block, tuple[str, str]] = {
    Block.CARD_LOST: (
        "This card was reported lost.",
        "If it is yours, please show it to the staff of any branch.",
    ),
    Block.TOO_MANY: (
        "You have borrowed as many books as your card allows.",
        "Return a book and you can borrow again.",
    ),
    Block.OVERDUE: ("You have overdue books.", "Return them and you can borrow again."),
    Block.FEES: ("There is a fee on your account.", "It can be paid at any branch or by phone."),
    Block.OTHER: ("Your card cannot borrow now.", "Please ask the staff of any branch, or phone."),
}

WHY: dict[Why, str] = {
    Why.BY_ILS: "The library system refused it",
    Why.ILS_UNREACHABLE: "The library system could not be reached",
    Why.STACK_CHANGED: "The books on the pad changed",
    Why.TAG_FAILED: "The tag could not be written",
    Why.INTERRUPTED: "Not done",
}

HINT: dict[Hint, tuple[str, Tone]] = {
    Hint.OTHER_CARD: ("Another card was tapped. Finish this visit first.", Tone.WARN),
    Hint.STACK_CHANGED: ("The books on the pad changed. Please look again and confirm.", Tone.WARN),
    Hint.NOT_A_READER_CODE: (
        "That is not a reader code. For books, just put them on the pad.",
        Tone.WARN,
    ),
    Hint.RECEIPT_FAILED: ("The receipt could not be printed.", Tone.WARN),
}


def masked(name: str) -> str:
    """张小三 → 张*三, 李四 → 李*, Ann Smith → A*******h: enough to know oneself, too little for others."""
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
