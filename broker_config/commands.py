"""What the centre may order a kiosk to do, and what comes of it.

Carrying them out is `kiosk.commands`'s, issuing them and keeping the answers `central.commands`'s; how they
travel is in `messages.py`. A new one also needs a line in `messages.WAYS`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from broker_config.events import Event
from broker_config.values import Name, OperationId, Reason, Remark, Timestamp, Version, moment

LARGEST_ATTACHMENT_BYTES = 36_000
"""Of a `CommandResult`, before base64, which makes 48 kB of them."""


class Command(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Carried out once, when nobody is being served, and not after `expires`; a `CommandResult` with its `id`
    says what came of it."""

    id: OperationId
    issued: Timestamp
    expires: Timestamp

    def __post_init__(self) -> None:
        moment(self.issued)
        moment(self.expires)


class Restart(Command, frozen=True, kw_only=True, tag="restart/1"):
    pass


class OutOfService(Command, frozen=True, kw_only=True, tag="out_of_service/1"):
    """Until `until`, or until somebody opens it again; `reason` is shown to readers."""

    reason: Remark
    until: Timestamp | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.until is not None:
            moment(self.until)


class InService(Command, frozen=True, kw_only=True, tag="in_service/1"):
    pass


class Logs(Command, frozen=True, kw_only=True, tag="logs/1"):
    """The last `lines` of what the kiosk noted; long numbers are masked."""

    lines: Annotated[int, Meta(ge=1, le=1000)] = 200


class Screenshot(Command, frozen=True, kw_only=True, tag="screenshot/1"):
    """Of a screen without a reader; refused while somebody is being served."""


class SelfTest(Command, frozen=True, kw_only=True, tag="self_test/1"):
    """Every device, the ILS, the disk: done when all is well, failed with the names of what is not."""


class Identify(Command, frozen=True, kw_only=True, tag="identify/1"):
    """`device`, by the kiosk's own name for it, blinks or beeps."""

    device: Name


class UpdateLists(Command, frozen=True, kw_only=True, tag="update_lists/1"):
    """The local copies of the lists are asked for anew, from where they are."""


class CommandResult(Event, frozen=True, kw_only=True, tag="command_result/1"):
    """What became of the command `command_id`. `attachment` is of media type `media_type`: text or a picture,
    without anything of a reader."""

    command_id: OperationId
    outcome: Literal["done", "refused", "expired", "failed"]
    reason: Reason = ""
    media_type: Version = ""
    attachment: Annotated[bytes, Meta(max_length=LARGEST_ATTACHMENT_BYTES)] = b""

    def __repr__(self) -> str:
        return f"CommandResult(seq={self.seq}, command_id={self.command_id!r}, outcome={self.outcome!r})"
