"""The tables of a kiosk's TOML: keys, bounds, defaults. `kiosk.config` reads and checks them as a whole."""

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct

from devices import registry
from devices.finding import Address, BadAddress, ByPath, by_ids, by_usb_path
from devices.tag_data import Model
from kiosk.flow.power_values import PowerRules
from kiosk.flow.session import Policy
from kiosk.flow.staff_values import StaffRules
from kiosk.sip2.dialect import ChecksumPolicy, Dialect, Encoding, LoginStyle, Terminator

Text = Annotated[str, Meta(min_length=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Sendable = Annotated[str, Meta(pattern=r"^[^|\r\n]*$")]
"""What may stand in a field of SIP2."""
Seconds = Annotated[float, Meta(gt=0)]
Byte = Annotated[int, Meta(ge=0, le=255)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
DeviceName = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{0,40}$")]
Pixels = Annotated[int, Meta(ge=320, le=7680)]


def _one_of(choices: Iterable[str]) -> Meta:
    """As a pattern, for then a wrong value is answered with what was expected."""
    return Meta(pattern=f"^({'|'.join(choices)})$")


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """`owners` lists the ISILs of this library; empty accepts every tag's owner."""

    identity: Text
    name: Text
    phone: str = ""
    owners: tuple[Text, ...] = ()


class Screen(Struct, frozen=True, forbid_unknown_fields=True):
    """`width_mm` is the width of the lit glass: everything on it is sized in millimetres."""

    width_px: Pixels = 1280
    height_px: Pixels = 800
    width_mm: Annotated[float, Meta(ge=60, le=2000)] = 217.0
    show_cursor: bool = False
    automation_port: Annotated[int, Meta(ge=0, le=65535)] | None = None


class Visit(Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting times in seconds, as in `kiosk.flow.session.Rules`; more loans at once than `large_checkout`
    are told to the centre."""

    idle_s: Seconds = 60.0
    warning_s: Seconds = 20.0
    message_s: Seconds = 10.0
    goodbye_s: Seconds = 5.0
    put_back_s: Seconds = 30.0
    settle_s: Seconds = 12.0
    large_checkout: Annotated[int, Meta(ge=1, le=1000)] = 10


class Offline(Struct, frozen=True, forbid_unknown_fields=True):
    """What is allowed while the ILS cannot be reached (`kiosk.flow.session.Policy`). `loans`: how many books
    a reader may borrow then; `check_digit` asks for library Codabar item numbers."""

    policy: Annotated[str, _one_of(policy.name.lower() for policy in Policy)] = "off"
    loans: Annotated[int, Meta(ge=0, le=50)] = 3
    check_digit: bool = True


class Security(Struct, frozen=True, forbid_unknown_fields=True):
    in_library: Byte = 0x07
    on_loan: Byte = 0xC2


class Ils(Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the ILS and how it speaks SIP2; `python -m kiosk ils check` finds out what suits it.

    `tls_ca` is a PEM file with the CA that issued the ILS's certificate; without it the system's CAs count.
    """

    host: Text
    port: Port
    user: Sendable = ""
    password: Sendable = ""
    institution: Sendable = ""
    location: Sendable = ""
    terminal_password: Sendable = ""
    login: Annotated[str, _one_of(style.value for style in LoginStyle)] = "sip"
    encoding: Annotated[str, _one_of(encoding.value for encoding in Encoding)] = "utf-8"
    terminator: Annotated[str, _one_of(Terminator.__members__)] = "CR"
    checksum: Annotated[str, _one_of(policy.value for policy in ChecksumPolicy)] = "log"
    version: Annotated[str, Meta(pattern="^[12][.]00$")] = "2.00"
    language: Annotated[str, Meta(pattern="^[0-9]{3}$")] = "001"
    tls: bool = False
    tls_ca: str = ""
    pin_required: bool = False
    reply_timeout_s: Seconds = 10.0

    @property
    def dialect(self) -> Dialect:
        return Dialect(
            institution_id=self.institution,
            location_code=self.location,
            terminal_password=self.terminal_password,
            encoding=Encoding(self.encoding),
            terminator=Terminator[self.terminator],
            checksum=ChecksumPolicy(self.checksum),
            login=LoginStyle(self.login),
            protocol_version=self.version,
            language=self.language,
        )


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    host: Text
    port: Port
    ca: Text
    certificate: Text
    key: Text


class JournalFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`key` holds the key of the encrypted fields; made beside the journal when absent. `keep_days`: how long
    an operation is kept once it is done."""

    path: Text
    key: str = ""
    keep_days: Annotated[int, Meta(ge=1, le=3660)] = 90


class Door(Struct, frozen=True, forbid_unknown_fields=True):
    """`open`: the opening hours, such as ["09:00-12:00", "14:00-17:30"]; visits at other times are marked.
    Empty: nobody said. `closed_days`: 1 is Monday."""

    open: tuple[Text, ...] = ()
    closed_days: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = ()


class Power(Struct, frozen=True, forbid_unknown_fields=True):
    """A UPS that says whether the mains is there: in the kernel's file `online`, or on the pin `gpio` (BCM
    number), which is high for yes unless `active_low`. Times as in `kiosk.flow.power_values.PowerRules`.
    `command` is a program and its arguments; no shell reads it."""

    online: str = ""
    gpio: Annotated[int, Meta(ge=0, le=53)] | None = None
    active_low: bool = False
    ride_through_s: Annotated[float, Meta(ge=0)] = 20.0
    shut_down_after_s: Annotated[float, Meta(ge=0)] = 60.0
    at_latest_s: Seconds = 300.0
    command: Annotated[tuple[Text, ...], Meta(min_length=1)] = ("systemctl", "poweroff")

    @property
    def rules(self) -> PowerRules:
        return PowerRules(self.ride_through_s, self.shut_down_after_s, self.at_latest_s)


class Tags(Struct, frozen=True, forbid_unknown_fields=True):
    """`models` pins the data models a library's tags may bear, and their order; empty decides by each tag."""

    models: tuple[Annotated[str, _one_of(model.value for model in Model)], ...] = ()


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """`folder` holds the library's own templates, in place of the shipped ones of the same name;
    `account_url` is printed as a QR code, and is the same for every reader."""

    folder: str = ""
    account_url: Annotated[str, Meta(pattern="^(https?://[!-~]+)?$", max_length=200)] = ""


class DeviceLine(Struct, frozen=True, forbid_unknown_fields=True):
    """`name` tells several devices of a kind apart, and is the kind's where there is one; `options` are those
    of the model's driver. Where it is: `port`, or `find` or `usb_path` as in `devices.finding`."""

    model: Text
    port: str = ""
    find: str = ""
    usb_path: str = ""
    name: DeviceName = ""
    options: dict[str, Any] = {}

    @property
    def address(self) -> Address:
        """BadAddress when it is not exactly one."""
        given = [key for key in ("port", "find", "usb_path") if getattr(self, key)]
        if len(given) != 1:
            raise BadAddress(f"expected one of port, find and usb_path, not {' and '.join(given) or 'none'}")
        if self.find:
            return by_ids(self.find)
        return by_usb_path(self.usb_path) if self.usb_path else ByPath(self.port)

    @property
    def arguments(self) -> dict[str, Any]:
        """For the driver; BadOption."""
        return registry.arguments(self.model, self.options)


class Staff(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may see to the devices: cards and codes as `python -m kiosk staff` writes them, with their salt."""

    salt: str = ""
    cards: tuple[Hash, ...] = ()
    codes: tuple[Hash, ...] = ()
    idle_s: Seconds = 180.0

    @property
    def rules(self) -> StaffRules:
        return StaffRules(self.salt, frozenset(self.cards), frozenset(self.codes), self.idle_s)
