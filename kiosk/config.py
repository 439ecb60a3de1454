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
from pathlib import Path

import msgspec
from msgspec import Struct

from broker_config.opening_hours import span
from broker_config.toml import ConfigError, is_file, read_toml
from broker_config.topics import BadTopic, Identity
from devices import registry
from devices.finding import BadAddress
from devices.kinds import Kind
from devices.tag_data import Model
from kiosk.broker_access import BrokerSettings
from kiosk.card_config import BadCards, Cards
from kiosk.config_tables import (
    Broker,
    DeviceLine,
    Door,
    Ils,
    JournalFile,
    Offline,
    Place,
    Power,
    Receipt,
    Screen,
    Security,
    Staff,
    Tags,
    Visit,
)
from kiosk.flow.operation import SecurityValues
from kiosk.flow.session import Policy, Rules
from kiosk.opening_hours import OpeningHours
from kiosk.receipts import library
from kiosk.receipts.papers import Templates
from kiosk.receipts.template import TemplateError
from kiosk.sip2.client import Server
from kiosk.sip2.server import tls_context


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
    power: Power | None = None

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
            power=self.power.rules if self.power else None,
            **msgspec.structs.asdict(self.visit),
        )

    @property
    def opening_hours(self) -> OpeningHours | None:
        if not self.door.open:
            return None
        return OpeningHours(tuple(map(span, self.door.open)), frozenset(self.door.closed_days))

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
        if not is_file(file):
            raise ConfigError(f"{path}: broker.{name}: {file} is not there, expected a PEM file")
        broker = msgspec.structs.replace(broker, **{name: str(file)})
    receipt = _checked_receipt(path, config.receipt, folder)
    power = _checked_power(path, config.power, folder) if config.power else None
    journal = folder / config.journal.path
    key = folder / config.journal.key if config.journal.key else journal.with_suffix(".key")
    return msgspec.structs.replace(
        config,
        ils=ils,
        broker=broker,
        receipt=receipt,
        power=power,
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


def _checked_power(path: Path, power: Power, folder: Path) -> Power:
    """With the path of its file absolute. That file need not be there yet: its driver may load late."""
    if bool(power.online) == (power.gpio is not None):
        given = "both" if power.online else "neither"
        raise ConfigError(f"{path}: power: expected one of online and gpio, not {given}")
    if power.active_low and power.gpio is None:
        raise ConfigError(f"{path}: power.active_low: given without a pin, expected gpio beside it")
    least_s = power.ride_through_s + power.shut_down_after_s
    if power.at_latest_s < least_s:
        raise ConfigError(
            f"{path}: power.at_latest_s: expected at least ride_through_s and shut_down_after_s "
            f"together ({least_s:g})"
        )
    return msgspec.structs.replace(power, online=str(folder / power.online) if power.online else "")


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
