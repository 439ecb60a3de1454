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
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from broker_config.toml import ConfigError, read_toml
from broker_config.topics import BadTopic, Identity
from devices import registry
from devices.kinds import Kind
from devices.tag_data import Model
from kiosk.flow.operation import SecurityValues
from kiosk.flow.session import Policy, Rules
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


class Tags(Struct, frozen=True, forbid_unknown_fields=True):
    """`models` pins the data models a library's tags may bear, and their order; empty decides by each tag."""

    models: tuple[Annotated[str, _one_of(model.value for model in Model)], ...] = ()


class DeviceLine(Struct, frozen=True, forbid_unknown_fields=True):
    model: Text
    port: Text


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
            **msgspec.structs.asdict(self.visit),
        )

    @property
    def tag_models(self) -> tuple[Model, ...] | None:
        return tuple(Model(name) for name in self.tags.models) or None

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
    _check_devices(path, config)
    if config.visit.warning_s >= config.visit.idle_s:
        raise ConfigError(f"{path}: visit.warning_s: expected less than idle_s ({config.visit.idle_s:g})")
    folder = path.resolve().parent
    ils = _checked_ils(path, config.ils, folder)
    broker = config.broker
    for name in ("ca", "certificate", "key"):
        file = folder / getattr(broker, name)
        if not file.is_file():
            raise ConfigError(f"{path}: broker.{name}: {file} is not there, expected a PEM file")
        broker = msgspec.structs.replace(broker, **{name: str(file)})
    journal = folder / config.journal.path
    key = folder / config.journal.key if config.journal.key else journal.with_suffix(".key")
    return msgspec.structs.replace(
        config,
        ils=ils,
        broker=broker,
        journal=msgspec.structs.replace(config.journal, path=str(journal), key=str(key)),
    )


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


def _check_devices(path: Path, config: Config) -> None:
    """Known models only, one device of a kind, and a pad: without one there is nothing to do."""
    kinds: set[Kind] = set()
    for n, device in enumerate(config.device):
        where = f"{path}: device[{n}]"
        model = registry.MODELS.get(device.model)
        if model is None:
            known = ", ".join(sorted(registry.MODELS))
            raise ConfigError(f"{where}.model: unknown model {device.model!r}, expected one of: {known}")
        if model.kind in kinds:
            raise ConfigError(f"{where}.model: a second {model.kind.value}, expected one of a kind")
        kinds.add(model.kind)
    if Kind.TAG_READER not in kinds:
        raise ConfigError(f'{path}: device: no tag_reader, expected a book pad such as model = "feig_obid"')


def broker_settings(config: Config) -> BrokerSettings:
    b = config.broker
    return BrokerSettings(b.host, b.port, Path(b.ca), Path(b.certificate), Path(b.key))
