"""How a kiosk is: its birth, changes and death, and its pulse every 30 s.

Making them is `kiosk.condition`'s, judging them `central.health`'s; how they travel is in `messages.py`.
"""

from msgspec import Struct, field

from broker_config.lists import Position
from broker_config.values import (
    Amount,
    Condition,
    Count,
    InstallId,
    Name,
    Number,
    Port,
    Reason,
    Service,
    Timed,
    Timestamp,
    Version,
    moment,
)


class DeviceState(Struct, frozen=True, kw_only=True, gc=False):
    """One device of a kiosk. `kind` is text and no enumeration: an older centre must still take a newer
    kiosk's message. `name` is the kiosk's own for it, its kind where there is only one. `since` is when the
    condition began, None if not known. The figures count since the kiosk started (None: not counted):
    `frames_bad` answers that were not the protocol, `retries` questions asked again, `losses` times it went
    away; `last_success` is when it last answered."""

    kind: Name
    model: Name
    port: Port
    condition: Condition
    serial: Name | None = None
    firmware: Name | None = None
    reason: Reason = ""
    since: Timestamp | None = None
    name: Name | None = None
    frames_bad: Count | None = None
    retries: Count | None = None
    losses: Count | None = None
    last_success: Timestamp | None = None

    def __post_init__(self) -> None:
        for time in (self.since, self.last_success):
            if time is not None:
                moment(time)


class State(Timed, frozen=True, kw_only=True, tag="state/1", gc=False):
    """Birth, change and (as the last will, `online` false) death. `session` numbers connections of one
    identity upwards, so that an old death cannot kill a new birth. The will names no devices and no software:
    the centre keeps the last ones it was told. `lists` names every list this kiosk takes and how far its copy
    is, None without one; the centre sends what is named here and nothing else. Of the outbox of `install_id`
    every event below `oldest_seq` has been confirmed and is forgotten: a centre that lacks one (it lost its
    database) need not wait for it. None: not told. `wanted_version` is that of the `Wanted` it goes by, 0 for
    none yet."""

    online: bool
    session: Count
    devices: tuple[DeviceState, ...] = ()
    software: Version = ""
    config_hash: Version = ""
    service: Service = Service.OPEN
    reason: Reason = ""
    lists: dict[Name, Position | None] = field(default_factory=dict)
    install_id: InstallId | None = None
    oldest_seq: Number | None = None
    wanted_version: Count | None = None


class Health(Timed, frozen=True, kw_only=True, tag="health/1", gc=False):
    """Every 30 s. None means unknown, never 0. `unsettled` counts operations whose outcome is not proven;
    `newest_seq` is the last event there was: what a lost disk takes along is counted by it."""

    session: Count
    devices: tuple[DeviceState, ...] = ()
    ui_stall_ms: Amount | None = None
    disk_free_mb: Amount | None = None
    memory_mb: Amount | None = None
    temperature_c: float | None = None
    clock_offset_s: float | None = None
    outbox_depth: Count | None = None
    ils_round_trip_ms: Amount | None = None
    ils_up: bool | None = None
    unsettled: Count | None = None
    newest_seq: Count | None = None
