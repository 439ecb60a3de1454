"""What an ILS means when it refuses: its free text, or code, mapped to what the reader can do next.

Phrases of Koha, Evergreen, FOLIO and Chinese systems. What is not known is shown as it stands, with the
advice to ask.
"""

import re
from enum import Enum


class Refusal(Enum):
    """Why, as far as the ILS's words can be understood."""

    ON_LOAN_TO_OTHER = "on_loan_to_other"
    HELD_FOR_OTHER = "held_for_other"
    NOT_FOR_LOAN = "not_for_loan"
    TOO_MANY = "too_many"
    TOO_MANY_RENEWALS = "too_many_renewals"
    FEES = "fees"
    CARD_EXPIRED = "card_expired"
    READER_BLOCKED = "reader_blocked"
    READER_UNKNOWN = "reader_unknown"
    ITEM_UNKNOWN = "item_unknown"
    NOT_ON_LOAN = "not_on_loan"
    OTHER = "other"


# the first that is found counts: the special before the general
PHRASES: tuple[tuple[Refusal, str], ...] = (
    (Refusal.TOO_MANY_RENEWALS, r"maximum renewals|TOO_MANY_RENEW|renewal limit|续借次数"),
    (Refusal.HELD_FOR_OTHER, r"hold shelf|outstanding holds|on hold|reserved|RESERVED|预约"),
    (Refusal.ON_LOAN_TO_OTHER, r"another patron|checked out to|ISSUED_TO_ANOTHER|已借出|他人"),
    (Refusal.NOT_ON_LOAN, r"not checked out|not on loan|未借出|没有借"),
    (Refusal.NOT_FOR_LOAN, r"NOT_FOR_LOAN|not for loan|reference|不外借|阅览"),
    (Refusal.TOO_MANY, r"TOO_MANY|too many|maximum|limit|超出|上限|已满"),
    (Refusal.FEES, r"\bowes\b|fines?\b|fees?\b|DEBT|欠费|罚款"),
    (Refusal.CARD_EXPIRED, r"expired|EXPIRED|过期"),
    (Refusal.READER_UNKNOWN, r"invalid (patron|cardnumber|borrower)|PATRON_NOT_FOUND|读者不存在"),
    (Refusal.READER_BLOCKED, r"blocked|restricted|suspended|debarred|停用|停借"),
    (Refusal.ITEM_UNKNOWN, r"invalid item|ITEM_NOT_FOUND|no such item|unknown barcode|图书不存在"),
)
_COMPILED = tuple((refusal, re.compile(pattern, re.IGNORECASE)) for refusal, pattern in PHRASES)


def classify(message: str) -> Refusal:
    """OTHER for silence and for words nobody has met yet."""
    return next((refusal for refusal, pattern in _COMPILED if pattern.search(message)), Refusal.OTHER)
