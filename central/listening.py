"""`[web]` of the centre's configuration: where pages and REST listen, by which names, how people sign in.

[web]
port = 8443
listen = "0.0.0.0"
hosts = ["centre.example.org"]
cert = "web.crt"
key = "web.key"
second_factor = "required"

Passwords never cross a network in the clear: elsewhere than on loopback it takes TLS, its own (`cert`, `key`)
or that of a proxy before it (`behind_proxy = true`, which also makes cookies secure).
"""

import ipaddress
from enum import Enum
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, structs

from broker_config.toml import ConfigError

Port = Annotated[int, Meta(ge=0, le=65535)]
Text = Annotated[str, Meta(min_length=1)]


class SecondFactor(Enum):
    """Whether accounts of the main library must have one; everybody may."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Web(Struct, frozen=True, forbid_unknown_fields=True):
    """`port` 0 takes a free one. `hosts` are the names that browsers may call us by: a request under another
    name, or from another site's page, is refused. A session ends when unused for `idle_minutes`, and after
    `longest_hours` in any case. What a proxy at one of `proxies` says of its clients is believed."""

    port: Port = 8080
    hosts: tuple[Text, ...] = ("127.0.0.1", "localhost")
    listen: Text = "127.0.0.1"
    cert: str = ""
    key: str = ""
    behind_proxy: bool = False
    proxies: tuple[Text, ...] = ("127.0.0.1",)
    second_factor: SecondFactor = SecondFactor.OPTIONAL
    idle_minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
    longest_hours: Annotated[int, Meta(ge=1, le=168)] = 12

    @property
    def tls(self) -> bool:
        return bool(self.cert)

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https."""
        return self.tls or self.behind_proxy


def checked(web: Web, path: Path) -> Web:
    """`web` with absolute paths; ConfigError with the name of the file `path` says what is wrong."""
    try:
        address = ipaddress.ip_address(web.listen)
    except ValueError as error:
        raise ConfigError(
            f"{path}: web.listen: {web.listen!r} is no address, expected such as '0.0.0.0' or '127.0.0.1'"
        ) from error
    if bool(web.cert) != bool(web.key):
        raise ConfigError(f"{path}: web.cert and web.key belong together: give both or none")
    if not (address.is_loopback or web.secure):
        raise ConfigError(
            f"{path}: web.listen: {web.listen} is not loopback, where passwords would cross the network "
            "in the clear: give web.cert and web.key, or say behind_proxy = true if a proxy does TLS"
        )
    folder = path.resolve().parent
    for name in ("cert", "key"):
        file = getattr(web, name)
        if file and not (folder / file).is_file():
            raise ConfigError(f"{path}: web.{name}: {folder / file} is not there, expected a PEM file")
    return structs.replace(
        web,
        cert=str(folder / web.cert) if web.cert else "",
        key=str(folder / web.key) if web.key else "",
    )
