"""Decides what works: one state machine for kiosks, their devices and places. Pure: time is an argument.

A connection that lives proves little, so a heartbeat's content is judged, its age, and the last will.
What is not known is unknown and never fine. What was planned (`planned.py`) is said beside the condition and
does not change it. Opening hours are in `hours.py`, shares of them in `availability.py`, what may be said of
the future in `forecast.py`. Words for people are in `web/texts.py`, alerts in `central/alerts`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from broker_config.status import DeviceState, Health
from broker_config.values import Condition, Service
from central.store import Kiosk

SILENT_AFTER = timedelta(seconds=80)
"""Two heartbeats missed and the third late: shown and told before it is 90 s."""


class Cause(Enum):
    """Why something is not ok; the value is its name in REST."""

    NOT_SET_UP = "not_set_up"
    OFFLINE = "offline"
    SILENT = "silent"
    OUT_OF_SERVICE = "out_of_service"
    DEVICE = "device"
    ILS_DOWN = "ils_down"
    CLOCK_UNSYNCED = "clock_unsynced"
    CLOCK_OFF = "clock_off"
    DISK_LOW = "disk_low"
    HOT = "hot"
    SCREEN_SLOW = "screen_slow"
    OUTBOX_LONG = "outbox_long"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Finding:
    """One cause and how bad it is; `subject` is the kind of device or the kiosk, `detail` the figure with its
    unit or the kiosk's own words, `device` the device's name where a kiosk may have several of a kind."""

    cause: Cause
    condition: Condition
    subject: str = ""
    detail: str = ""
    device: str = ""
    figure: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`heard_at` says how old the knowledge is; None: nothing was ever heard. `planned` is the reason of the
    maintenance that is under way, None when there is none: what is found then alarms nobody."""

    condition: Condition
    findings: tuple[Finding, ...] = ()
    heard_at: datetime | None = None
    planned: str | None = None


@dataclass(frozen=True)
class _Limit:
    """A figure of the heartbeat that is degraded beyond a limit; None stays unknown and is not judged."""

    cause: Cause
    figure: Callable[[Health], float | None]
    is_bad: Callable[[float], bool]
    unit: str


LIMITS = (
    _Limit(Cause.DISK_LOW, lambda h: h.disk_free_mb, lambda mb: mb < 500, "MB"),
    _Limit(Cause.HOT, lambda h: h.temperature_c, lambda c: c >= 80, "°C"),
    _Limit(Cause.SCREEN_SLOW, lambda h: h.ui_stall_ms, lambda ms: ms >= 2000, "ms"),
    _Limit(Cause.CLOCK_OFF, lambda h: h.clock_offset_s, lambda s: abs(s) >= 5, "s"),
    _Limit(Cause.OUTBOX_LONG, lambda h: h.outbox_depth, lambda depth: depth >= 200, ""),
    _Limit(Cause.UNSETTLED, lambda h: h.unsettled, lambda count: count >= 1, ""),
)


def judge_kiosk(kiosk: Kiosk, now: datetime) -> Verdict:
    finding = _absent(kiosk, now)
    if finding:
        return Verdict(finding.condition, (finding,), kiosk.heard_at)
    findings = (*_service(kiosk), *_devices(kiosk.devices), *_heartbeat(_current(kiosk)))
    return Verdict(_worst(findings), findings, kiosk.heard_at)


def judge_device(device: DeviceState, kiosk: Verdict) -> Condition:
    """What a device told counts only while its kiosk is heard."""
    absent = any(finding.cause in (Cause.OFFLINE, Cause.SILENT) for finding in kiosk.findings)
    return Condition.UNKNOWN if absent else device.condition


def judge_place(verdicts: Sequence[Verdict]) -> Verdict:
    """With several kiosks a place is degraded while any of them serves, and down when none does."""
    if not verdicts:
        return Verdict(Condition.UNKNOWN, (Finding(Cause.NOT_SET_UP, Condition.UNKNOWN),))
    conditions = {verdict.condition for verdict in verdicts}
    if len(conditions) == 1:
        condition = verdicts[0].condition
    else:
        serves = conditions & {Condition.OK, Condition.DEGRADED}
        condition = Condition.DEGRADED if serves else Condition.DOWN
    return Verdict(
        condition=condition,
        findings=tuple(finding for verdict in verdicts for finding in verdict.findings),
        heard_at=max((v.heard_at for v in verdicts if v.heard_at), default=None),
    )


# -- what is looked at -------------------------------------------------------------------------------------


def _absent(kiosk: Kiosk, now: datetime) -> Finding | None:
    if not kiosk.online:
        return Finding(Cause.OFFLINE, Condition.DOWN, str(kiosk.identity))
    if kiosk.heard_at is None or now - kiosk.heard_at > SILENT_AFTER:
        return Finding(Cause.SILENT, Condition.UNKNOWN, str(kiosk.identity))
    return None


def _current(kiosk: Kiosk) -> Health | None:
    """The last heartbeat, unless it is one of a connection before this one: that says nothing any more."""
    health, state = kiosk.health, kiosk.state
    stale = health is not None and state is not None and health.session < state.session
    return None if stale else health


def _service(kiosk: Kiosk) -> list[Finding]:
    state = kiosk.state
    if state is None or state.service is Service.OPEN:
        return []
    return [Finding(Cause.OUT_OF_SERVICE, Condition.DOWN, str(kiosk.identity), state.reason)]


def _devices(devices: Sequence[DeviceState]) -> list[Finding]:
    """A broken device degrades its kiosk; whether readers are still served is the kiosk's own verdict."""
    return [
        Finding(Cause.DEVICE, Condition.DEGRADED, device.kind, device.reason, device.name or device.kind)
        for device in devices
        if device.condition is not Condition.OK
    ]


def _heartbeat(health: Health | None) -> list[Finding]:
    if health is None:
        return []
    findings = []
    if health.ils_up is False:
        findings.append(Finding(Cause.ILS_DOWN, Condition.DEGRADED))
    if not health.clock_synced:
        findings.append(Finding(Cause.CLOCK_UNSYNCED, Condition.DEGRADED))
    for limit in LIMITS:
        figure = limit.figure(health)
        if figure is not None and limit.is_bad(figure):
            detail = f"{figure:.10g} {limit.unit}".strip()
            findings.append(Finding(limit.cause, Condition.DEGRADED, detail=detail, figure=figure))
    return findings


def _worst(findings: Sequence[Finding]) -> Condition:
    found = {finding.condition for finding in findings}
    for condition in (Condition.DOWN, Condition.DEGRADED):
        if condition in found:
            return condition
    return Condition.OK
