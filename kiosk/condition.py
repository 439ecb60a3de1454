"""How the kiosk itself is, in the words of the promise with the centre: made of what others know."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from cryptography import x509

from broker_config.status import DeviceState, Health, State
from broker_config.values import Condition, Service, timestamp
from devices.kinds import Kind
from kiosk import clock, reports
from kiosk.flow.events import BoardChecked
from kiosk.flow.session import DeviceCondition, Session, Stage
from kiosk.journal import Journal
from kiosk.tally import Tally

SOFTWARE = "shuzhan 0.1.0"
REASON_CHARACTERS = 300
CLOSED = "closed by staff"
ON_BATTERY = "power cut: running on battery"


def device_states(session: Session, tallies: Mapping[str, Tally]) -> tuple[DeviceState, ...]:
    """`tallies`: how well each answered so far, by its name."""
    return tuple(
        _device_state(session, name, known, tallies.get(name)) for name, known in session.devices.items()
    )


def _device_state(session: Session, name: str, known: DeviceCondition, tally: Tally | None) -> DeviceState:
    condition, reason = (Condition.OK, "") if known.up else (Condition.DOWN, known.reason)
    printer = session.printer if known.kind is Kind.RECEIPT_PRINTER else None
    if known.up and printer is not None and not printer.can_print:
        condition, reason = Condition.DEGRADED, printer.trouble.value if printer.trouble else ""
    if known.up and known.kind is Kind.DOOR_COUNTER and session.door_trouble:
        condition, reason = Condition.DEGRADED, session.door_trouble
    return DeviceState(
        name=name,
        kind=known.kind.value,
        model=known.model,
        port=known.port,
        condition=condition,
        serial=reports.fitting(known.info.serial) if known.info else None,
        firmware=reports.fitting(known.info.firmware) if known.info else None,
        reason=reason[:REASON_CHARACTERS],
        since=timestamp(known.since) if known.since else None,
        **(_figures(tally) if tally else {}),
    )


def _figures(tally: Tally) -> dict[str, Any]:
    last = tally.last_success
    return {
        "frames_bad": tally.frames_bad,
        "retries": tally.retries,
        "losses": tally.losses,
        "last_success": timestamp(last) if last else None,
    }


def gone(connection: int) -> State:
    """The will: it names no devices, the centre keeps the last ones it was told."""
    moment = clock.now()
    return State(at=timestamp(moment.utc), clock_synced=moment.synced, online=False, session=connection)


def state(
    session: Session,
    connection: int,
    digest: str,
    lists: Any,
    tallies: Mapping[str, Tally],
    *,
    wanted_version: int | None = None,
) -> State:
    """`digest` tells what configuration runs, `lists` how far the local copies are."""
    moment = clock.now()
    on_battery = session.power.on_battery
    out = session.closed or on_battery or session.stage is Stage.OUT_OF_SERVICE
    closed = session.closure.reason or CLOSED if session.closed else ON_BATTERY if on_battery else ""
    return State(
        at=timestamp(moment.utc),
        clock_synced=moment.synced,
        online=True,
        session=connection,
        devices=device_states(session, tallies),
        software=SOFTWARE,
        config_hash=digest,
        service=Service.OUT_OF_SERVICE if out else Service.OPEN,
        reason=(session.fault or closed)[:REASON_CHARACTERS],
        lists=lists,
        wanted_version=wanted_version,
    )


def health(
    session: Session,
    connection: int,
    *,
    tallies: Mapping[str, Tally],
    folder: Path,
    outbox_depth: int,
    newest_seq: int,
    ui_stall_ms: int | None,
    round_trip_s: float | None,
) -> Health:
    """`folder` is where the journal lies: its disk is the one that must not fill up."""
    moment = clock.now()
    return Health(
        at=timestamp(moment.utc),
        clock_synced=moment.synced,
        session=connection,
        devices=device_states(session, tallies),
        ui_stall_ms=ui_stall_ms,
        disk_free_mb=shutil.disk_usage(folder).free / 2**20,
        memory_mb=psutil.Process().memory_info().rss / 2**20,
        temperature_c=_temperature_c(),
        outbox_depth=outbox_depth,
        newest_seq=newest_seq,
        ils_round_trip_ms=None if round_trip_s is None else round_trip_s * 1000,
        ils_up=session.ils_up,
        unsettled=len(session.unsettled()),
    )


def board(journal: Journal, certificate: Path) -> BoardChecked:
    """What alarms are made of that no device tells; `certificate` is read anew, for it may be renewed."""
    return BoardChecked(journal.has_reserve(), clock.now().synced, _ends(certificate))


def _ends(certificate: Path) -> datetime | None:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _temperature_c() -> float | None:
    """The hottest sensor of the board; None where it has none."""
    sensors = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    readings = [reading.current for group in sensors.values() for reading in group]
    return max(readings) if readings else None
