"""The messages an ILS answers with, as tables in wire order.

Required fields that real servers leave out read as an empty string; counts and flags that they leave blank
read as None.
"""

from dataclasses import dataclass
from typing import Annotated

from kiosk.sip2.message import Message
from kiosk.sip2.values import (
    Char2,
    Char3,
    Circulation,
    Count,
    Date,
    Number3,
    Ok,
    PatronStatus14,
    Perhaps,
    Summary,
    Variable,
    Version,
    YesNo,
    flag,
    read_truth,
    repeated,
)

SUPPORTABLE = (
    *("23", "11", "09", "01", "99", "97", "93", "63"),
    *("35", "37", "17", "19", "25", "15", "29", "65"),
)
"""The request that each place of BX stands for."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Reply(Message):
    """Every reply but two may speak to the reader and ask for something to be printed."""

    screen_message: Annotated[tuple[str, ...], repeated("AF")] = ()
    print_line: Annotated[tuple[str, ...], repeated("AG")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class LoginReply(Message):
    code = "94"
    ok: Ok


@dataclass(frozen=True, kw_only=True, repr=False)
class AcsStatus(Reply):
    """`timeout_period` in tenths of a second; `supported_messages` is absent from version 1.00 servers."""

    code = "98"
    online: YesNo
    checkin_ok: Perhaps
    checkout_ok: Perhaps
    renewal_policy: Perhaps
    status_update_ok: Perhaps
    offline_ok: Perhaps
    timeout_period: Number3
    retries_allowed: Number3
    date_time_sync: Date
    protocol_version: Version
    institution_id: Annotated[str, Variable("AO")]
    library_name: Annotated[str | None, Variable("AM")] = None
    supported_messages: Annotated[str, Variable("BX")]
    terminal_location: Annotated[str | None, Variable("AN")] = None

    def supports(self, code: str) -> bool | None:
        """Whether it says that it takes that request; None when it does not say."""
        place = SUPPORTABLE.index(code)
        return read_truth(self.supported_messages[place : place + 1])


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronStatus(Reply):
    """`valid_patron_password` is None when no PIN was sent; False beside a valid patron is a wrong PIN."""

    code = "24"
    patron_status: PatronStatus14
    language: Char3
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    personal_name: Annotated[str, Variable("AE")]
    valid_patron: Annotated[bool | None, flag("BL")] = None
    valid_patron_password: Annotated[bool | None, flag("CQ")] = None
    currency: Annotated[str | None, Variable("BH")] = None
    fee_amount: Annotated[str | None, Variable("BV")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronInformation(Reply):
    """Counts differ in meaning between servers: Koha's hold count is ready holds only, Evergreen's is all."""

    code = "64"
    patron_status: PatronStatus14
    language: Char3
    transaction_date: Date
    hold_count: Count
    overdue_count: Count
    charged_count: Count
    fine_count: Count
    recall_count: Count
    unavailable_hold_count: Count
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    personal_name: Annotated[str, Variable("AE")]
    hold_limit: Annotated[str | None, Variable("BZ")] = None
    overdue_limit: Annotated[str | None, Variable("CA")] = None
    charged_limit: Annotated[str | None, Variable("CB")] = None
    valid_patron: Annotated[bool | None, flag("BL")] = None
    valid_patron_password: Annotated[bool | None, flag("CQ")] = None
    currency: Annotated[str | None, Variable("BH")] = None
    fee_amount: Annotated[str | None, Variable("BV")] = None
    fee_limit: Annotated[str | None, Variable("CC")] = None
    hold_items: Annotated[tuple[str, ...], repeated("AS")] = ()
    overdue_items: Annotated[tuple[str, ...], repeated("AT")] = ()
    charged_items: Annotated[tuple[str, ...], repeated("AU")] = ()
    fine_items: Annotated[tuple[str, ...], repeated("AV")] = ()
    recall_items: Annotated[tuple[str, ...], repeated("BU")] = ()
    unavailable_hold_items: Annotated[tuple[str, ...], repeated("CD")] = ()
    home_address: Annotated[str | None, Variable("BD")] = None
    email_address: Annotated[str | None, Variable("BE")] = None
    home_phone: Annotated[str | None, Variable("BF")] = None

    def count(self, summary: Summary) -> int | None:
        counts = (
            self.hold_count,
            self.overdue_count,
            self.charged_count,
            self.fine_count,
            self.recall_count,
            self.unavailable_hold_count,
        )
        return counts[summary]

    def entries(self, summary: Summary) -> tuple[str, ...]:
        """What the asked list holds: without the empty entries and repeats that servers send."""
        lists = (
            self.hold_items,
            self.overdue_items,
            self.charged_items,
            self.fine_items,
            self.recall_items,
            self.unavailable_hold_items,
        )
        listed = lists[summary]
        return tuple(dict.fromkeys(entry.strip() for entry in listed if entry.strip()))


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemInformation(Reply):
    """`due_date` as the server writes it: `values.read_due` reads the usual ways."""

    code = "18"
    circulation_status: Circulation
    security_marker: Char2
    fee_type: Char2
    transaction_date: Date
    hold_queue_length: Annotated[str | None, Variable("CF")] = None
    due_date: Annotated[str | None, Variable("AH")] = None
    recall_date: Annotated[str | None, Variable("CJ")] = None
    hold_pickup_date: Annotated[str | None, Variable("CM")] = None
    item_id: Annotated[str, Variable("AB")]
    title_id: Annotated[str, Variable("AJ")]
    owner: Annotated[str | None, Variable("BG")] = None
    currency: Annotated[str | None, Variable("BH")] = None
    fee_amount: Annotated[str | None, Variable("BV")] = None
    media_type: Annotated[str | None, Variable("CK")] = None
    permanent_location: Annotated[str | None, Variable("AQ")] = None
    current_location: Annotated[str | None, Variable("AP")] = None
    item_properties: Annotated[str | None, Variable("CH")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class LoanReply(Reply):
    """What checkout and renewal answer alike. Not ok with a fee and no message asks for consent (BO)."""

    ok: Ok
    renewal_ok: Perhaps
    magnetic_media: Perhaps
    desensitize: Perhaps
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    item_id: Annotated[str, Variable("AB")]
    title_id: Annotated[str, Variable("AJ")]
    due_date: Annotated[str, Variable("AH")]
    fee_type: Annotated[str | None, Variable("BT")] = None
    security_inhibit: Annotated[bool | None, flag("CI")] = None
    currency: Annotated[str | None, Variable("BH")] = None
    fee_amount: Annotated[str | None, Variable("BV")] = None
    media_type: Annotated[str | None, Variable("CK")] = None
    item_properties: Annotated[str | None, Variable("CH")] = None
    transaction_id: Annotated[str | None, Variable("BK")] = None
    valid_patron: Annotated[bool | None, flag("BL")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckoutReply(LoanReply):
    code = "12"


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewReply(LoanReply):
    code = "30"


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckinReply(Reply):
    """`alert_type`: 00 none, 01 hold here, 02 hold elsewhere, 04 transfer, 98 and 99 bad item."""

    code = "10"
    ok: Ok
    resensitize: Perhaps
    magnetic_media: Perhaps
    alert: Perhaps
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    item_id: Annotated[str, Variable("AB")]
    permanent_location: Annotated[str, Variable("AQ")]
    title_id: Annotated[str | None, Variable("AJ")] = None
    sort_bin: Annotated[str | None, Variable("CL")] = None
    patron_id: Annotated[str | None, Variable("AA")] = None
    media_type: Annotated[str | None, Variable("CK")] = None
    item_properties: Annotated[str | None, Variable("CH")] = None
    call_number: Annotated[str | None, Variable("CS")] = None
    collection_code: Annotated[str | None, Variable("CR")] = None
    hold_patron_id: Annotated[str | None, Variable("CY")] = None
    destination_location: Annotated[str | None, Variable("CT")] = None
    hold_patron_name: Annotated[str | None, Variable("DA")] = None
    alert_type: Annotated[str | None, Variable("CV")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewAllReply(Reply):
    code = "66"
    ok: Ok
    renewed_count: Count
    unrenewed_count: Count
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    renewed_items: Annotated[tuple[str, ...], repeated("BM")] = ()
    unrenewed_items: Annotated[tuple[str, ...], repeated("BN")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class EndSessionReply(Reply):
    code = "36"
    end_session: YesNo
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]


@dataclass(frozen=True, kw_only=True, repr=False)
class FeePaidReply(Reply):
    code = "38"
    payment_accepted: YesNo
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    transaction_id: Annotated[str | None, Variable("BK")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class HoldReply(Reply):
    code = "16"
    ok: Ok
    available: Perhaps
    transaction_date: Date
    expiration_date: Annotated[str | None, Variable("BW")] = None
    queue_position: Annotated[str | None, Variable("BR")] = None
    pickup_location: Annotated[str | None, Variable("BS")] = None
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    item_id: Annotated[str | None, Variable("AB")] = None
    title_id: Annotated[str | None, Variable("AJ")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronEnableReply(Reply):
    code = "26"
    patron_status: PatronStatus14
    language: Char3
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    personal_name: Annotated[str, Variable("AE")]
    valid_patron: Annotated[bool | None, flag("BL")] = None
    valid_patron_password: Annotated[bool | None, flag("CQ")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemStatusUpdateReply(Reply):
    code = "20"
    ok: Ok
    transaction_date: Date
    item_id: Annotated[str, Variable("AB")]
    title_id: Annotated[str | None, Variable("AJ")] = None
    item_properties: Annotated[str | None, Variable("CH")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestScResend(Message):
    """The ILS could not read what it was sent."""

    code = "96"


REPLIES: tuple[type[Message], ...] = (
    LoginReply,
    AcsStatus,
    PatronStatus,
    PatronInformation,
    ItemInformation,
    CheckoutReply,
    CheckinReply,
    RenewReply,
    RenewAllReply,
    EndSessionReply,
    FeePaidReply,
    HoldReply,
    PatronEnableReply,
    ItemStatusUpdateReply,
    RequestScResend,
)
