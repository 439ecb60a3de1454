"""What states mean in words: one table per enumeration, keyed by English (see `kiosk.texts`)."""

from dataclasses import dataclass

from devices.kinds import Kind
from kiosk.flow.ils_values import Block
from kiosk.flow.operation import OpKind, Why
from kiosk.flow.refusals import Refusal
from kiosk.flow.session import Hint, Language, Message, Mode
from kiosk.flow.stack import Standing
from kiosk.flow.staff_values import Check, StaffAt
from kiosk.view_data import Picture, Tone

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
    Why.FEE_DECLINED: "Without the fee",
}

NOT_DONE: dict[OpKind, str] = {
    OpKind.BORROW: "Not borrowed",
    OpKind.RETURN: "Not returned",
    OpKind.RENEW: "Not renewed",
    OpKind.REPAIR: "Not done",
}

WORKING: dict[Mode, str] = {
    Mode.BORROW: "Borrowing: leave the books on the pad",
    Mode.RETURN: "Returning: leave the books on the pad",
    Mode.RENEW: "Renewing",
}

DONE: dict[Mode, tuple[str, str]] = {
    Mode.BORROW: ("{n} book borrowed", "{n} books borrowed"),
    Mode.RETURN: ("{n} book returned", "{n} books returned"),
    Mode.RENEW: ("{n} book renewed", "{n} books renewed"),
}

# what the ILS means, and what the reader can do next
REFUSAL: dict[Refusal, tuple[str, str]] = {
    Refusal.ON_LOAN_TO_OTHER: (
        "It is on loan to another reader.",
        "Please hand it to the staff, or put it on the return shelf.",
    ),
    Refusal.HELD_FOR_OTHER: (
        "Another reader has reserved it.",
        "Please leave it on the return shelf.",
    ),
    Refusal.NOT_FOR_LOAN: ("It is for reading here.", "Please put it back on its shelf."),
    Refusal.TOO_MANY: ("Your card's limit is reached.", "Return a book and you can borrow again."),
    Refusal.TOO_MANY_RENEWALS: ("It cannot be renewed any more.", "Please return it by its due date."),
    Refusal.FEES: ("There is a fee on your account.", "It can be paid at any branch or by phone."),
    Refusal.CARD_EXPIRED: ("Your card has expired.", "It is renewed free at any branch."),
    Refusal.READER_BLOCKED: ("Your card cannot borrow now.", "Please ask the staff of any branch, or phone."),
    Refusal.READER_UNKNOWN: ("Your card is not known.", "Please ask the staff of any branch, or phone."),
    Refusal.ITEM_UNKNOWN: ("It is not in the catalogue.", "Please hand it to the staff."),
    Refusal.NOT_ON_LOAN: ("It is not on loan.", "Please put it on the return shelf."),
    Refusal.OTHER: ("The library system refused it.", "Please ask the staff of any branch, or phone."),
}


@dataclass(frozen=True)
class Words:
    """One thing to know: what happened, and what to do next."""

    picture: Picture
    tone: Tone
    title: str
    text: str
    advice: str


MESSAGE: dict[Message, Words] = {
    Message.CARD_UNKNOWN: Words(
        Picture.STOP,
        Tone.WARN,
        "This card is not known",
        "It belongs to no reader of this library.",
        "Try another card, or get a reader card at any branch: one card is good everywhere.",
    ),
    Message.CARD_UNKNOWN_OFFLINE: Words(
        Picture.STOP,
        Tone.WARN,
        "This card is not known here yet",
        "The library system cannot be reached, and this kiosk's own list does not have the card.",
        "Please try again in a few minutes.",
    ),
    Message.ILS_DOWN: Words(
        Picture.UNPLUGGED,
        Tone.BAD,
        "The library system cannot be reached",
        "Nothing was borrowed or returned.",
        "Please try again in a few minutes.",
    ),
    Message.NOT_A_READER_CARD: Words(
        Picture.STOP,
        Tone.WARN,
        "This is not a reader card",
        "No reader number of this library was found on it.",
        "Tap your reader card. Without one, get it at any branch: one card is good everywhere.",
    ),
    Message.CARD_UNREADABLE: Words(
        Picture.STOP,
        Tone.WARN,
        "The card could not be read",
        "It left too soon, or did not lie flat. Nothing of it was kept.",
        "Take it away, lay it flat on the card reader and wait a moment.",
    ),
    Message.CODE_EXPIRED: Words(
        Picture.STOP,
        Tone.WARN,
        "This code has expired",
        "A reader code is good for a few minutes only.",
        "Open a new one on your telephone and scan it again, or tap your reader card.",
    ),
    Message.CODE_USED: Words(
        Picture.STOP,
        Tone.WARN,
        "This code has been used already",
        "Each reader code is good for one visit.",
        "Open a new one on your telephone and scan it again, or tap your reader card.",
    ),
    Message.CODE_NOT_GENUINE: Words(
        Picture.STOP,
        Tone.BAD,
        "Not a code of this library",
        "It may be damaged, or not made by the library.",
        "Open it anew on your telephone, or tap your reader card.",
    ),
    Message.CODE_CANNOT_BE_CHECKED: Words(
        Picture.STOP,
        Tone.WARN,
        "Codes cannot be checked now",
        "This kiosk has to hear from the library first.",
        "Please tap your reader card.",
    ),
    Message.WRONG_PIN: Words(
        Picture.STOP,
        Tone.WARN,
        "The PIN was not right",
        "It was wrong several times.",
        "The staff of any branch can set a new one.",
    ),
}

HINT: dict[Hint, tuple[str, Tone]] = {
    Hint.OTHER_CARD: ("Another card was tapped. Finish this visit first.", Tone.WARN),
    Hint.NOT_A_READER_CARD: ("That is not a reader card of this library.", Tone.WARN),
    Hint.CARD_UNREADABLE: ("The card could not be read. Take it away and lay it flat again.", Tone.WARN),
    Hint.STACK_CHANGED: ("The books on the pad changed. Please look again and confirm.", Tone.WARN),
    Hint.NOT_A_READER_CODE: (
        "That is not a reader code. For books, just put them on the pad.",
        Tone.WARN,
    ),
    Hint.WRONG_PIN: ("That PIN is not right. Please try again.", Tone.WARN),
    Hint.WRONG_CODE: ("That code is not right. Please try again.", Tone.WARN),
    Hint.CODE_LOCKED: ("Too many wrong codes. Please wait a minute.", Tone.BAD),
    Hint.ON_BATTERY: ("The power is out. Please finish what you began: nothing is lost.", Tone.WARN),
    Hint.NO_ACCOUNT: ("Your account cannot be looked up now.", Tone.WARN),
    Hint.RECEIPT_FAILED: ("Nothing was printed: the printer is not ready.", Tone.WARN),
    Hint.RECEIPT_DOUBTFUL: (
        "The list may be incomplete: please look at the slot. A second one says that it is a copy.",
        Tone.WARN,
    ),
    Hint.ACCOUNT_PRINTED: ("Your list is printed: please take it.", Tone.GOOD),
    Hint.BOOK_CODE: (
        "That is a book's barcode. Books are not scanned: just put them on the pad.",
        Tone.NEUTRAL,
    ),
    Hint.ISBN: ("That is an ISBN. Books are not scanned: just put them on the pad.", Tone.NEUTRAL),
    Hint.NOW_BORROWING: ("You are signed in to borrow. To return books, touch Return.", Tone.NEUTRAL),
    Hint.CODE_UNREADABLE: ("That code could not be read. Please hold it still and try again.", Tone.WARN),
}


# -- for staff

DEVICE: dict[Kind, str] = {
    Kind.TAG_READER: "Book pad",
    Kind.CARD_READER: "Card reader",
    Kind.SCANNER: "Code scanner",
    Kind.RECEIPT_PRINTER: "Receipt printer",
    Kind.DOOR_COUNTER: "Door counter",
}

WHERE: dict[Kind, str] = {
    Kind.TAG_READER: "It is the flat plate that books are laid on.",
    Kind.CARD_READER: "It is the small plate that cards are held to.",
    Kind.SCANNER: "It is the window with the light that codes are held before.",
    Kind.RECEIPT_PRINTER: "It is the box that the receipts come out of.",
    Kind.DOOR_COUNTER: "It is the pair of eyes at the sides of the door.",
}

PART: dict[Kind, Picture] = {
    Kind.TAG_READER: Picture.PUT_BOOKS,
    Kind.CARD_READER: Picture.TAP_CARD,
    Kind.SCANNER: Picture.SCANNER,
    Kind.RECEIPT_PRINTER: Picture.PRINTER,
    Kind.DOOR_COUNTER: Picture.DOOR,
}

CONDITION_ADVICE: dict[str, str] = {
    "Does not answer": "Pull its plug and put it back. If that does not help, change it.",
    "Not plugged in": "See whether its plug is all the way in. If it is, change the device.",
    "Cannot print": "Look at the paper and the cover first.",
}

WAY: dict[StaffAt, str] = {
    StaffAt.PULL: "Unplug",
    StaffAt.PLUG: "Plug in",
    StaffAt.TEST: "Test",
    StaffAt.DONE: "Done",
}

# title and text, by kind and by whether the answer can only come from who stands there
SELF_TEST: dict[tuple[Kind, bool], tuple[str, str]] = {
    (Kind.TAG_READER, False): ("Put any book on the pad", "As soon as its tag is read the test is passed."),
    (Kind.CARD_READER, False): ("Hold any card to the reader", "As soon as it is read the test is passed."),
    (Kind.SCANNER, False): (
        "Hold any code before the scanner",
        "The one on the page that is being printed, or the one on any book.",
    ),
    (Kind.RECEIPT_PRINTER, False): ("A test page is being printed", "This takes some seconds."),
    (Kind.RECEIPT_PRINTER, True): (
        "Is the page right?",
        "Clear characters, straight margins, cut off at the end.",
    ),
    (Kind.DOOR_COUNTER, False): ("Walk through the door once", "As soon as it counts the test is passed."),
}

TEST_PAGE: dict[Check, tuple[str, Tone]] = {
    Check.WAITING: ("A test page is being printed", Tone.BUSY),
    Check.ASKED: ("The test page was printed.", Tone.GOOD),
    Check.PASSED: ("The test page was printed.", Tone.GOOD),
    Check.FAILED: ("The test page could not be printed.", Tone.BAD),
}


YUAN = {Language.ZH: "{} 元", Language.EN: "{} yuan"}


def masked(name: str) -> str:
    """张小三 → 张*三, 李四 → 李*, Ann Smith → A*******h: enough to know oneself, too little for others."""
    if len(name) <= 2:
        return name[:1] + "*" if name else ""
    return name[0] + "*" * (len(name) - 2) + name[-1]


def money(sum_of_ils: str, language: Language) -> str:
    """`1.20 CNY` with our own money's name as people say it; any other as it came."""
    amount, _, currency = sum_of_ils.partition(" ")
    return YUAN[language].format(amount) if currency == "CNY" else sum_of_ils
