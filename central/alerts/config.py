"""Who is told of what, and through what: the `[alerts]` part of the centre's configuration. Pure.

    [alerts]
    escalate_after_minutes = 30
    [[alerts.email]]
    name = "mail"
    host = "smtp.example.cn"
    sender = "shuzhan@example.cn"
    user = "shuzhan@example.cn"
    password = "…"
    [[alerts.wecom]]
    name = "group"
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"
    [[alerts.recipient]]
    name = "值班"
    channel = "mail"
    to = ["duty@example.cn"]
    [[alerts.recipient]]
    name = "太平镇"
    channel = "group"
    towns = ["taiping"]

A recipient without towns, places and roles is told everything. `line = "second"` is told only what nobody
acknowledged in time, and its end. What stands here is secret: nothing of it is logged or shown but names.
"""

import ipaddress
from collections import Counter
from enum import Enum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct, structs

from broker_config.toml import ConfigError
from central.alerts.rules import Role
from central.places import Places

Text = Annotated[str, Meta(min_length=1)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]


class Encryption(Enum):
    """Of the way to the mail server: begun in the clear (port 587), from the first byte (465), none."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Email(Struct, frozen=True, forbid_unknown_fields=True):
    """`ca`: a PEM file of the authority to trust, where it is not a public one."""

    name: Text
    host: Text
    sender: Text
    port: Port = 587
    encryption: Encryption = Encryption.STARTTLS
    user: str = ""
    password: str = ""
    ca: str = ""

    def __repr__(self) -> str:
        return f"Email(name={self.name!r})"


class Hook(Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON of ours, posted; `token`, if any, goes along as bearer."""

    name: Text
    url: Text
    token: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name!r})"


class WeCom(Struct, frozen=True, forbid_unknown_fields=True):
    """A robot in a WeCom (企业微信) group; the key in its address is the secret."""

    name: Text
    url: Text

    __repr__ = Hook.__repr__


class DingTalk(Struct, frozen=True, forbid_unknown_fields=True):
    """A robot in a DingTalk (钉钉) group; `secret` is that of its signature (加签), if it has one."""

    name: Text
    url: Text
    secret: str = ""

    __repr__ = Hook.__repr__


Channel = Email | Hook | WeCom | DingTalk


class Line(Enum):
    FIRST = "first"
    SECOND = "second"


class Recipient(Struct, frozen=True, forbid_unknown_fields=True):
    """`to` are addresses of an e-mail channel; a robot's group has its own members."""

    name: Text
    channel: Text
    to: tuple[Text, ...] = ()
    towns: tuple[Text, ...] = ()
    places: tuple[Text, ...] = ()
    roles: tuple[Role, ...] = ()
    line: Line = Line.FIRST


class Alerts(Struct, frozen=True, forbid_unknown_fields=True):
    """`page` is the address of the centre's pages, for a link in each message."""

    escalate_after_minutes: Minutes = 30
    page: str = ""
    email: tuple[Email, ...] = ()
    webhook: tuple[Hook, ...] = ()
    wecom: tuple[WeCom, ...] = ()
    dingtalk: tuple[DingTalk, ...] = ()
    recipient: tuple[Recipient, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        return (*self.email, *self.webhook, *self.wecom, *self.dingtalk)


def checked(path: Path, alerts: Alerts) -> Alerts:
    """With absolute paths. ConfigError for names that name nothing, and for secrets that would travel in the
    clear."""
    names = [channel.name for channel in alerts.channels]
    for name, times in Counter(names).items():
        if times > 1:
            raise ConfigError(f"{path}: alerts: {times} channels are called {name!r}, expected one")
    for channel in alerts.channels:
        _check_channel(path, channel)
    mail = {channel.name for channel in alerts.email}
    for recipient in alerts.recipient:
        where = f"{path}: alerts.recipient {recipient.name!r}"
        if recipient.channel not in names:
            expected = ", ".join(names) or "a channel; there is none in this file"
            raise ConfigError(f"{where}: channel: {recipient.channel!r}: expected one of {expected}")
        if (recipient.channel in mail) != bool(recipient.to):
            what = (
                "an address at least" if recipient.channel in mail else "nothing, a group has its own members"
            )
            raise ConfigError(f"{where}: to: expected {what}")
    folder = path.resolve().parent
    email = (structs.replace(one, ca=str(folder / one.ca) if one.ca else "") for one in alerts.email)
    return structs.replace(alerts, email=tuple(email))


def check_places(path: Path, alerts: Alerts, places: Places) -> None:
    """ConfigError for a recipient's town or place that is not in the places file."""
    known = {"towns": {town.id for town in places.town}, "places": {place.id for place in places.place}}
    for recipient in alerts.recipient:
        for key, names in known.items():
            for name in getattr(recipient, key):
                if name not in names:
                    where = f"{path}: alerts.recipient {recipient.name!r}"
                    raise ConfigError(f"{where}: {key}: {name!r} is not in the places file")


def _check_channel(path: Path, channel: Channel) -> None:
    where = f"{path}: alerts: channel {channel.name!r}"
    if isinstance(channel, Email):
        if channel.encryption is Encryption.NONE and not is_loopback(channel.host):
            raise ConfigError(f"{where}: encryption: expected starttls or tls, none is for this machine only")
        return
    parts = urlsplit(channel.url)
    local = parts.hostname is not None and is_loopback(parts.hostname)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ConfigError(
            f"{where}: url: expected https://… (its address is not repeated here, it is secret)"
        )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
