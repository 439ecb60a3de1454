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
path = "centre.db"
[places]
file = "places.toml"
"""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct, structs

from broker_config.toml import ConfigError, read_toml

Port = Annotated[int, Meta(ge=0, le=65535)]
Text = Annotated[str, Meta(min_length=1)]


class Web(Struct, frozen=True, forbid_unknown_fields=True):
    """Pages and REST. `port` 0 takes a free one. `hosts` are the names that browsers may call us by: a
    request under another name, or from another site's page, is refused."""

    port: Port = 8080
    hosts: tuple[Text, ...] = ("127.0.0.1", "localhost")


class Broker(Struct, frozen=True, forbid_unknown_fields=True):
    host: Text
    port: Port
    ca: Text
    cert: Text
    key: Text
    client_id: Text = "centre"


class StorePlace(Struct, frozen=True, forbid_unknown_fields=True):
    path: Text


class PlacesFile(Struct, frozen=True, forbid_unknown_fields=True):
    file: Text


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """After `load` every path is absolute and every certificate file exists."""

    broker: Broker
    store: StorePlace
    places: PlacesFile
    web: Web = Web()
    zone: Text = "Asia/Shanghai"

    @property
    def lists_path(self) -> Path:
        """Beside the centre's database: the logs of changes of the lists that kiosks hold."""
        return Path(self.store.path).with_suffix(".lists.db")

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


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
        if not Path(getattr(broker, key)).is_file():
            raise ConfigError(
                f"{path}: broker.{key}: {getattr(broker, key)} is not there, expected a PEM file"
            )
    return structs.replace(
        config,
        broker=broker,
        store=StorePlace(str(folder / config.store.path)),
        places=PlacesFile(str(folder / config.places.file)),
    )
