"""The messages a kiosk sends, as tables in wire order (SIP 2.00; as Koha and Evergreen take them)."""

from dataclasses import dataclass
from typing import Annotated

from kiosk.sip2.message import Request
from kiosk.sip2.values import (
    Char1,
    Char2,
    Char3,
    Date,
    Mode,
    Number3,
    ScCode,
    StatusCode,
    SummaryPlaces,
    Variable,
    Version,
    YesNo,
    flag,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Login(Request):
    code = "93"
    uid_algorithm: Char1 = "0"
    pwd_algorithm: Char1 = "0"
    login_user_id: Annotated[str, Variable("CN")]
    login_password: Annotated[str, Variable("CO")]
    location_code: Annotated[str | None, Variable("CP")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ScStatus(Request):
    code = "99"
    question = True
    status_code: ScCode = StatusCode.OK
    max_print_width: Number3 = 30
    protocol_version: Version = "2.00"


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronStatusRequest(Request):
    code = "23"
    question = True
    language: Char3
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str, Variable("AC")]
    patron_password: Annotated[str | None, Variable("AD")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronInformationRequest(Request):
    code = "63"
    question = True
    language: Char3
    transaction_date: Date
    summary: SummaryPlaces
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str | None, Variable("AC")] = None
    patron_password: Annotated[str | None, Variable("AD")] = None
    start_item: Annotated[str | None, Variable("BP")] = None
    end_item: Annotated[str | None, Variable("BQ")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemInformationRequest(Request):
    code = "17"
    question = True
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    item_id: Annotated[str, Variable("AB")]
    terminal_password: Annotated[str | None, Variable("AC")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Checkout(Request):
    code = "11"
    sc_renewal_policy: YesNo
    no_block: YesNo
    transaction_date: Date
    nb_due_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    item_id: Annotated[str, Variable("AB")]
    terminal_password: Annotated[str, Variable("AC")]
    item_properties: Annotated[str | None, Variable("CH")] = None
    patron_password: Annotated[str | None, Variable("AD")] = None
    fee_acknowledged: Annotated[bool | None, flag("BO")] = None
    cancel: Annotated[bool | None, flag("BI")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Checkin(Request):
    code = "09"
    no_block: YesNo
    transaction_date: Date
    return_date: Date
    current_location: Annotated[str, Variable("AP")]
    institution_id: Annotated[str, Variable("AO")]
    item_id: Annotated[str, Variable("AB")]
    terminal_password: Annotated[str, Variable("AC")]
    item_properties: Annotated[str | None, Variable("CH")] = None
    cancel: Annotated[bool | None, flag("BI")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Renew(Request):
    code = "29"
    third_party_allowed: YesNo
    no_block: YesNo
    transaction_date: Date
    nb_due_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    patron_password: Annotated[str | None, Variable("AD")] = None
    item_id: Annotated[str | None, Variable("AB")] = None
    title_id: Annotated[str | None, Variable("AJ")] = None
    terminal_password: Annotated[str | None, Variable("AC")] = None
    item_properties: Annotated[str | None, Variable("CH")] = None
    fee_acknowledged: Annotated[bool | None, flag("BO")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class RenewAll(Request):
    code = "65"
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    patron_password: Annotated[str | None, Variable("AD")] = None
    terminal_password: Annotated[str | None, Variable("AC")] = None
    fee_acknowledged: Annotated[bool | None, flag("BO")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class EndPatronSession(Request):
    code = "35"
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str | None, Variable("AC")] = None
    patron_password: Annotated[str | None, Variable("AD")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class FeePaid(Request):
    code = "37"
    transaction_date: Date
    fee_type: Char2
    payment_type: Char2
    currency: Char3
    fee_amount: Annotated[str, Variable("BV")]
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str | None, Variable("AC")] = None
    patron_password: Annotated[str | None, Variable("AD")] = None
    fee_id: Annotated[str | None, Variable("CG")] = None
    transaction_id: Annotated[str | None, Variable("BK")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Hold(Request):
    code = "15"
    mode: Mode
    transaction_date: Date
    expiration_date: Annotated[str | None, Variable("BW")] = None
    pickup_location: Annotated[str | None, Variable("BS")] = None
    hold_type: Annotated[str | None, Variable("BY")] = None
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    patron_password: Annotated[str | None, Variable("AD")] = None
    item_id: Annotated[str | None, Variable("AB")] = None
    title_id: Annotated[str | None, Variable("AJ")] = None
    terminal_password: Annotated[str | None, Variable("AC")] = None
    fee_acknowledged: Annotated[bool | None, flag("BO")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PatronEnable(Request):
    code = "25"
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str | None, Variable("AC")] = None
    patron_password: Annotated[str | None, Variable("AD")] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class BlockPatron(Request):
    """Answered by a patron status (24)."""

    code = "01"
    card_retained: YesNo
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    blocked_card_message: Annotated[str, Variable("AL")]
    patron_id: Annotated[str, Variable("AA")]
    terminal_password: Annotated[str, Variable("AC")]


@dataclass(frozen=True, kw_only=True, repr=False)
class ItemStatusUpdate(Request):
    code = "19"
    transaction_date: Date
    institution_id: Annotated[str, Variable("AO")]
    item_id: Annotated[str, Variable("AB")]
    terminal_password: Annotated[str | None, Variable("AC")] = None
    item_properties: Annotated[str, Variable("CH")]


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestAcsResend(Request):
    """Asks for the last reply again; bare, without sequence and checksum."""

    code = "97"
    question = True


REQUESTS: tuple[type[Request], ...] = (
    Login,
    ScStatus,
    PatronStatusRequest,
    PatronInformationRequest,
    ItemInformationRequest,
    Checkout,
    Checkin,
    Renew,
    RenewAll,
    EndPatronSession,
    FeePaid,
    Hold,
    PatronEnable,
    BlockPatron,
    ItemStatusUpdate,
    RequestAcsResend,
)
