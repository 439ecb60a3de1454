"""Topics of the promise between kiosk and centre: pure builders and one parser.

A device's identity `<place>.<device>` is one topic level, its user name at the broker and the common name
of its certificate, so that one set of ACL patterns (`acl.conf`) serves every device.
What travels on a topic is in `messages.py`.
"""

import re
from dataclasses import dataclass

ROOT = "shuzhan/v1"
"""The version of every meaning below it: a new meaning is a new root."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KIND = re.compile(r"[a-z]+(_[a-z]+)*")
_MAX_NAME = 40


class BadTopic(ValueError):
    """A topic or identity that is none of ours; the message says what is wrong with it."""


@dataclass(frozen=True, order=True)
class Identity:
    """Who speaks: `place` as in the places file (`mz-taiping-03`), `device` within it (`kiosk-1`)."""

    place: str
    device: str

    def __post_init__(self) -> None:
        for what, name in (("place", self.place), ("device", self.device)):
            if len(name) > _MAX_NAME or not _NAME.fullmatch(name):
                raise BadTopic(
                    f"{what} {name[:_MAX_NAME]!r}: expected a-z, 0-9 and single hyphens, {_MAX_NAME} at most"
                )

    def __str__(self) -> str:
        return f"{self.place}.{self.device}"

    @classmethod
    def parse(cls, text: str) -> "Identity":
        place, dot, device = text.partition(".")
        if not dot:
            raise BadTopic(f"identity {text[:80]!r}: expected <place>.<device>")
        return cls(place, device)


def state(identity: Identity) -> str:
    return f"{ROOT}/{identity}/state"


def health(identity: Identity) -> str:
    return f"{ROOT}/{identity}/health"


def event(identity: Identity, kind: str) -> str:
    return f"{ROOT}/{identity}/event/{_kind(kind)}"


def command(identity: Identity, name: str) -> str:
    return f"{ROOT}/{identity}/cmd/{_kind(name)}"


def wanted(identity: Identity) -> str:
    return f"{ROOT}/{identity}/wanted"


def confirmed(identity: Identity) -> str:
    return f"{ROOT}/{identity}/confirmed"


def notices(audience: str) -> str:
    """`audience` is a place or a level of places (`point`, `branch`, `main`)."""
    return f"{ROOT}/notices/{Identity(audience, 'all').place}"


def notices_audience(topic: str) -> str | None:
    """Whose notices travel on `topic`; None when it is no topic of notices."""
    head, _, audience = topic.partition(f"{ROOT}/notices/")
    return audience if not head and audience and "/" not in audience else None


# Filters: one subscription per need, since overlapping ones deliver a message twice.
EVERY_STATE = f"{ROOT}/+/state"
EVERY_HEALTH = f"{ROOT}/+/health"
EVERY_EVENT = f"{ROOT}/+/event/+"


def commands(identity: Identity) -> str:
    """The filter a device subscribes to for its commands."""
    return f"{ROOT}/{identity}/cmd/+"


_SINGLE = frozenset({"state", "health", "wanted", "confirmed"})
_NAMED = frozenset({"event", "cmd"})


@dataclass(frozen=True)
class Address:
    """A topic taken apart: `branch` is state, health, event, cmd, wanted or confirmed; `name` is the
    event's kind or the command's name, else None."""

    identity: Identity
    branch: str
    name: str | None = None


def parse(topic: str) -> Address:
    """The address of a device's topic; BadTopic for anything else (notices belong to no device)."""
    head, _, rest = topic.partition(f"{ROOT}/")
    levels = rest.split("/")
    match levels:
        case [identity, branch] if not head and branch in _SINGLE:
            return Address(Identity.parse(identity), branch)
        case [identity, branch, name] if not head and branch in _NAMED:
            return Address(Identity.parse(identity), branch, _kind(name))
    raise BadTopic(
        f"topic {topic[:120]!r}: expected {ROOT}/<place>.<device>/ and state, health, event/<kind> …"
    )


def _kind(name: str) -> str:
    if len(name) > _MAX_NAME or not _KIND.fullmatch(name):
        raise BadTopic(f"kind {name[:_MAX_NAME]!r}: expected a-z and single underscores, {_MAX_NAME} at most")
    return name
