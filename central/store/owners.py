"""Whose events are whose: an install_id belongs to the device that used it first.

The broker proves who speaks; what is said inside a message proves nothing. Any implementation of `Store`
asks here before it keeps a batch.
"""

from dataclasses import replace

from broker_config import topics
from broker_config.topics import Identity
from central.intake import KEPT_OF_REJECT, EventHeard, Heard, Rejected


def signature(heard: Heard) -> tuple[Identity, str] | None:
    """Who speaks for which installation; None where it does not matter."""
    match heard:
        case EventHeard():
            return heard.identity, heard.event.install_id
        case Rejected(identity=Identity() as speaker, install_id=str() as install_id):
            return speaker, install_id
        case _:
            return None


def attributed(heard: Heard, owners: dict[str, Identity]) -> Heard:
    """`heard`, or its rejection when it uses another device's install_id, whose own events it would shut out.
    An install_id nobody owns becomes the speaker's."""
    signed = signature(heard)
    if signed is None:
        return heard
    speaker, install_id = signed
    owner = owners.setdefault(install_id, speaker)
    return heard if owner == speaker else _disowned(heard, owner)


def _disowned(heard: Heard, owner: Identity) -> Heard:
    match heard:
        case EventHeard():
            return Rejected(
                topic=topics.event(heard.identity, heard.kind),
                reason=f"install_id belongs to {owner}",
                payload=heard.body[:KEPT_OF_REJECT],
                size_bytes=len(heard.body),
                received_at=heard.received_at,
                identity=heard.identity,
            )
        case Rejected():
            return replace(heard, install_id=None, seq=None)
        case _:
            return heard
