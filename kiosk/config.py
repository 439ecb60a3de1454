"""A kiosk's configuration: one TOML file; relative paths in it start from its folder.

[place]
identity = "mz-taiping-03.kiosk-1"
name = "麻章区图书馆太平村服务点"
[ils]
host = "127.0.0.1"
port = 6001
[broker]
host = "127.0.0.1"
port = 8883
ca = "ca.crt"
certificate = "mz-taiping-03.kiosk-1.crt"
key = "mz-taiping-03.kiosk-1.key"
[journal]
path = "journal.db"
[[device]]
model = "feig_obid"
port = "/dev/kiosk-pad"
"""

import hashlib
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from broker_config.toml import ConfigError, read_toml
from broker_config.topics import BadTopic, Identity
from devices import registry
from devices.finding import Address, BadAddress, ByPath, by_ids, by_usb_path
from devices.kinds import Kind
from devices.tag_data import Model
from kiosk.card_config import BadCards, Cards
from kiosk.flow.operation import SecurityValues
from kiosk.flow.session import Policy, Rules
from kiosk.flow.staff_values import StaffRules
from kiosk.opening_hours import OpeningHours, parse_span
from kiosk.receipts import library
from kiosk.receipts.papers import Templates
from kiosk.receipts.template import TemplateError
from kiosk.sip2.client import Server
from kiosk.sip2.dialect import ChecksumPolicy, Dialect, Encoding, LoginStyle, Terminator
from kiosk.sip2.server import tls_context
from kiosk.uplink import BrokerSettings

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
    """Waiting times in seconds, as in `kiosk.flow.session.Rules`."""

    idle_s: Seconds = 60.0
    warning_s: Seconds = 20.0
    message_s: Seconds = 10.0
    goodbye_s: Seconds = 5.0
    put_back_s: Seconds = 30.0
    settle_s: Seconds = 12.0


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


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    place: Place
    ils: Ils
    broker: Broker
    journal: JournalFile
    device: tuple[DeviceLine, ...]
    screen: Screen = Screen()
    visit: Visit = Visit()
    security: Security = Security()
    offline: Offline = Offline()
    tags: Tags = Tags()
    cards: Cards = Cards()
    staff: Staff = Staff()
    door: Door = Door()
    receipt: Receipt = Receipt()

    @property
    def identity(self) -> Identity:
        return Identity.parse(self.place.identity)

    @property
    def rules(self) -> Rules:
        return Rules(
            place_name=self.place.name,
            service_phone=self.place.phone,
            security=SecurityValues(self.security.in_library, self.security.on_loan),
            owners=frozenset(self.place.owners),
            # as long as the kiosk would have waited, the ILS may still be at it
            late_s=self.ils.reply_timeout_s,
            offline=Policy[self.offline.policy.upper()],
            offline_loans=self.offline.loans,
            offline_check_digit=self.offline.check_digit,
            pin_required=self.ils.pin_required,
            cards=self.cards.rules,
            staff=self.staff.rules,
            **msgspec.structs.asdict(self.visit),
        )

    @property
    def opening_hours(self) -> OpeningHours | None:
        if not self.door.open:
            return None
        return OpeningHours(tuple(map(parse_span, self.door.open)), frozenset(self.door.closed_days))

    @property
    def tag_models(self) -> tuple[Model, ...] | None:
        return tuple(Model(name) for name in self.tags.models) or None

    @property
    def receipt_templates(self) -> Templates:
        return library.load(Path(self.receipt.folder) if self.receipt.folder else None)

    @property
    def server(self) -> Server:
        ils = self.ils
        return Server(
            ils.host,
            ils.port,
            ils.user,
            ils.password,
            ils.dialect,
            tls=tls_context(ils.tls_ca) if ils.tls else None,
            reply_timeout_s=ils.reply_timeout_s,
        )

    @property
    def digest(self) -> str:
        """Tells two configurations apart without showing either."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


def load(path: Path) -> Config:
    """The configuration in `path`, its paths absolute; ConfigError names file, key and what was expected."""
    config = read_toml(path, Config)
    try:
        Identity.parse(config.place.identity)
    except BadTopic as error:
        raise ConfigError(f"{path}: place.identity: {error}") from error
    config = _named(path, config)
    try:
        config.cards.check()
    except BadCards as error:
        raise ConfigError(f"{path}: {error}") from error
    if config.visit.warning_s >= config.visit.idle_s:
        raise ConfigError(f"{path}: visit.warning_s: expected less than idle_s ({config.visit.idle_s:g})")
    try:
        _ = config.opening_hours
    except ValueError as error:
        raise ConfigError(f"{path}: door.open: {error}") from error
    folder = path.resolve().parent
    ils = _checked_ils(path, config.ils, folder)
    broker = config.broker
    for name in ("ca", "certificate", "key"):
        file = folder / getattr(broker, name)
        if not file.is_file():
            raise ConfigError(f"{path}: broker.{name}: {file} is not there, expected a PEM file")
        broker = msgspec.structs.replace(broker, **{name: str(file)})
    receipt = _checked_receipt(path, config.receipt, folder)
    journal = folder / config.journal.path
    key = folder / config.journal.key if config.journal.key else journal.with_suffix(".key")
    return msgspec.structs.replace(
        config,
        ils=ils,
        broker=broker,
        receipt=receipt,
        journal=msgspec.structs.replace(config.journal, path=str(journal), key=str(key)),
    )


def _checked_receipt(path: Path, receipt: Receipt, folder: Path) -> Receipt:
    """With its folder absolute, and every template in it understood."""
    if not receipt.folder:
        return receipt
    templates = folder / receipt.folder
    try:
        library.load(templates)
    except TemplateError as error:
        raise ConfigError(f"{path}: receipt.folder: {error}") from error
    return msgspec.structs.replace(receipt, folder=str(templates))


def _checked_ils(path: Path, ils: Ils, folder: Path) -> Ils:
    """With the path of its CA absolute; what could only fail later, at the ILS, is found now."""
    for name in ("user", "password", "institution", "location", "terminal_password"):
        try:
            getattr(ils, name).encode(ils.encoding)
        except UnicodeEncodeError:
            wanted = f"expected what can be written in {ils.encoding}, or another ils.encoding"
            raise ConfigError(f"{path}: ils.{name}: {wanted}") from None
    if not ils.tls_ca:
        return ils
    if not ils.tls:
        raise ConfigError(f"{path}: ils.tls_ca: given without TLS, expected tls = true beside it")
    file = folder / ils.tls_ca
    try:
        tls_context(str(file))
    except FileNotFoundError:
        raise ConfigError(f"{path}: ils.tls_ca: {file} is not there, expected a PEM file") from None
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or error.strerror
        raise ConfigError(f"{path}: ils.tls_ca: {file}: {reason}, expected a PEM file") from error
    return msgspec.structs.replace(ils, tls_ca=str(file))


SEVERAL = frozenset({Kind.CARD_READER, Kind.SCANNER})
"""Kinds of which a kiosk may have more than one device: whatever comes from any of them is the same."""


def _named(path: Path, config: Config) -> Config:
    """Known models only, each device with a name of its own, and a pad: without one nothing can be done."""
    named: dict[str, DeviceLine] = {}
    kinds: set[Kind] = set()
    for n, device in enumerate(config.device):
        where = f"{path}: device[{n}]"
        model = registry.MODELS.get(device.model)
        if model is None:
            known = ", ".join(sorted(registry.MODELS))
            raise ConfigError(f"{where}.model: unknown model {device.model!r}, expected one of: {known}")
        kind = model.kind
        if kind in kinds and kind not in SEVERAL:
            raise ConfigError(f"{where}.model: a second {kind.value}, expected one of a kind")
        name = device.name or kind.value
        if name in named:
            raise ConfigError(f"{where}.name: {name!r} is another device's already, expected one of its own")
        _check_device(where, device)
        kinds.add(kind)
        named[name] = msgspec.structs.replace(device, name=name)
    if Kind.TAG_READER not in kinds:
        raise ConfigError(f'{path}: device: no tag_reader, expected a book pad such as model = "feig_obid"')
    return msgspec.structs.replace(config, device=tuple(named.values()))


def _check_device(where: str, device: DeviceLine) -> None:
    """What could only fail when it is opened is found now."""
    try:
        _ = device.address, device.arguments
    except BadAddress as error:
        key = "find" if device.find else "usb_path" if device.usb_path else "port"
        raise ConfigError(f"{where}.{key}: {error}") from error
    except registry.BadOption as error:
        raise ConfigError(f"{where}.options.{error}") from error


def broker_settings(config: Config) -> BrokerSettings:
    b = config.broker
    return BrokerSettings(b.host, b.port, Path(b.ca), Path(b.certificate), Path(b.key))
