"""Whose events are whose: an install_id belongs to the device that used it first.

The broker proves who speaks; what is said inside a message proves nothing. The store asks here before it
keeps a batch.
"""

from dataclasses import replace

from msgspec import structs

from broker_config import topics
from broker_config.topics import Identity
from central.intake import KEPT_OF_REJECT, EventHeard, Heard, Rejected, StateHeard


def signature(heard: Heard) -> tuple[Identity, str] | None:
    """Who speaks for which installation; None where it does not matter."""
    match heard:
        case EventHeard():
            return heard.identity, heard.event.install_id
        case Rejected(identity=Identity() as speaker, install_id=str() as install_id):
            return speaker, install_id
        case StateHeard() if heard.state.install_id is not None:
            return heard.identity, heard.state.install_id
        case _:
            return None


def disowned(heard: Heard, owner: Identity) -> Heard:
    """What is left of a message that uses the install_id of `owner`, whose own events it would shut out."""
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
        case StateHeard():
            return replace(heard, state=structs.replace(heard.state, install_id=None, oldest_seq=None))
        case _:
            return heard
