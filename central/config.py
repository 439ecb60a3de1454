"""The centre's configuration: one TOML file; relative paths in it start from its folder.

zone = "Asia/Shanghai"
[web]
port = 8080
[broker]
host = "127.0.0.1"
port = 8883
ca = "certificates/ca.crt"
cert = "certificates/centre.crt"
key = "certificates/centre.key"
[store]
url = "sqlite:centre.db"
[places]
file = "places.toml"
[enrolment]
ca = "certificates"
key = "enrolment.key"
broker_host = "centre.example.org"
pid_file = "broker/mosquitto.pid"
"""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct, structs

from broker_config.toml import ConfigError, is_file, read_toml
from central import listening
from central.alerts import config as alerting
from central.alerts.config import Alerts
from central.listening import Port, Text, Web


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    host: Text
    port: Port
    ca: Text
    cert: Text
    key: Text
    client_id: Text = "centre"
    share: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{1,40}$")] | None = None
    """The name under which several collectors share the events (`python -m central collect`)."""


Days = Annotated[int, Meta(ge=1, le=36_500)]


class StorePlace(Struct, frozen=True, forbid_unknown_fields=True):
    """`url` is sqlite:FILE or postgresql://…. Raw events are kept for `keep_days`, the figures of heartbeats
    for `figures_days`, of messages that could not be read the latest `rejects_kept`; counts stay for ever.
    `folder` is for the smaller files beside it, that of the SQLite file where there is one."""

    url: Text
    folder: str = ""
    keep_days: Days = 800
    figures_days: Days = 90
    rejects_kept: Annotated[int, Meta(ge=100, le=1_000_000)] = 10_000


class PlacesFile(Struct, frozen=True, forbid_unknown_fields=True):
    file: Text


class EnrolmentPlace(Struct, frozen=True, forbid_unknown_fields=True):
    """Where kiosks become ours: `ca` is the folder with ca.key, `key` the file with the key of the kept
    configurations (made when absent), `broker_host` and `broker_port` where kiosks find the broker, if not
    where we do; `pid_file` the broker's, which is told of revoked certificates."""

    ca: Text
    key: Text = "enrolment.key"
    broker_host: str = ""
    broker_port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    pid_file: str = ""


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """After `load` every path is absolute and every certificate file exists."""

    broker: Broker
    store: StorePlace
    places: PlacesFile
    web: Web = Web()
    zone: Text = "Asia/Shanghai"
    alerts: Alerts = Alerts()
    enrolment: EnrolmentPlace | None = None

    @property
    def tokens_folder(self) -> Path:
        """Beside it, and in no backup: the keys of reader tokens (`wanted.py`)."""
        return self.office_path.with_name("reader-tokens")

    @property
    def lists_path(self) -> Path:
        """Beside the centre's database: the logs of changes of the lists that kiosks hold."""
        return self.beside("lists")

    @property
    def office_path(self) -> Path:
        """Beside it too: what people at the centre decide."""
        return self.beside("office")

    @property
    def cards_folder(self) -> Path:
        """Beside it: the keys that sign reader codes (`reader_cards.py`)."""
        return self.office_path.with_name("reader-cards")

    def beside(self, name: str) -> Path:
        file = sqlite_file(self.store.url)
        return Path(self.store.folder) / f"{file.stem if file else 'centre'}.{name}.db"

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def sqlite_file(url: str) -> Path | None:
    """None: it is no SQLite."""
    scheme, _, rest = url.partition(":")
    return Path(rest) if scheme == "sqlite" and rest else None


def load(path: Path) -> Config:
    """The configuration in `path`; ConfigError names file, key and what was expected."""
    config = read_toml(path, Config)
    try:
        ZoneInfo(config.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(
            f"{path}: zone: {config.zone!r} is no time zone, expected such as 'Asia/Shanghai'"
        ) from error
    folder = path.resolve().parent
    broker = structs.replace(
        config.broker, **{key: str(folder / getattr(config.broker, key)) for key in ("ca", "cert", "key")}
    )
    for key in ("ca", "cert", "key"):
        if not is_file(Path(getattr(broker, key))):
            raise ConfigError(
                f"{path}: broker.{key}: {getattr(broker, key)} is not there, expected a PEM file"
            )
    return structs.replace(
        config,
        broker=broker,
        web=listening.checked(config.web, path),
        store=_store(path, folder, config.store),
        places=PlacesFile(str(folder / config.places.file)),
        alerts=alerting.checked(path, config.alerts),
        enrolment=_enrolment(path, folder, config.enrolment),
    )


def _enrolment(path: Path, folder: Path, place: EnrolmentPlace | None) -> EnrolmentPlace | None:
    if place is None:
        return None
    ca = folder / place.ca
    if not is_file(ca / "ca.key"):
        raise ConfigError(f"{path}: enrolment.ca: {ca} has no ca.key, expected the folder of 'ca init'")
    pid_file = str(folder / place.pid_file) if place.pid_file else ""
    return structs.replace(place, ca=str(ca), key=str(folder / place.key), pid_file=pid_file)


def _store(path: Path, folder: Path, store: StorePlace) -> StorePlace:
    file = sqlite_file(store.url)
    if file is None and not store.url.startswith(("postgresql://", "postgres://")):
        raise ConfigError(f"{path}: store.url: expected sqlite:FILE or postgresql://user@host/database")
    beside = folder / store.folder if store.folder or file is None else (folder / file).parent
    url = f"sqlite:{folder / file}" if file else store.url
    return structs.replace(store, url=url, folder=str(beside))
