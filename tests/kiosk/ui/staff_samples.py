"""The screens of staff as `view` makes them, for every step of the walk and every device."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from devices.kinds import DeviceInfo, Kind, PaperState, PrinterStatus
from kiosk import texts
from kiosk.flow.power_values import Power
from kiosk.flow.session import DeviceCondition, Hint, Rules, Session, Stage
from kiosk.flow.staff_values import Binding, Check, Staff, StaffAt, StaffRules
from kiosk.view import view
from kiosk.view_data import ViewData

if TYPE_CHECKING:
    from tests.kiosk.ui.samples import Samples

MODELS = {
    Kind.TAG_READER: ("feig_obid", "0C1A77D3"),
    Kind.CARD_READER: ("pn532", None),
    Kind.SCANNER: ("serial_scanner", None),
    Kind.RECEIPT_PRINTER: ("escpos", "TP80-2210-00417"),
    Kind.DOOR_COUNTER: ("modbus_counter", None),
}
PAD, CARDS = Kind.TAG_READER.value, Kind.CARD_READER.value
TEXTS = texts.load()


def session(samples: "Samples", stage: Stage = Stage.STAFF, *, up: bool = True, **known: Any) -> Session:
    """A kiosk with a device of each kind; `up` says whether its book pad works."""
    devices = {
        kind.value: DeviceCondition(
            kind, True, model, "/dev/kiosk", info=DeviceInfo(kind, model, "/dev/kiosk"), can_identify=True
        )
        for kind, (model, _) in MODELS.items()
    }
    devices[PAD] = replace(devices[PAD], up=up)
    rules = Rules(
        place_name="麻章区图书馆太平镇王村服务点",
        service_phone="0759-2700000",
        staff=StaffRules("salt", codes=frozenset({"x"})),
    )
    return replace(
        Session(
            rules,
            stage,
            samples.say.language,
            local=datetime(2025, 11, 22, 14, 5),
            devices=devices,
            plugged={PAD: up},
            bindings={kind.value: Binding(*unit) for kind, unit in MODELS.items()},
            printer=PrinterStatus(PaperState.OK),
            ils_up=True,
        ),
        **known,
    )


def at(step: StaffAt, device: str = PAD, **more: Any) -> Staff:
    return Staff(step, device, before=Binding("feig_obid", "0C1A77D3"), **more)


def every(samples: "Samples") -> dict[str, ViewData]:
    asked = {kind: Check.ASKED if kind is Kind.RECEIPT_PRINTER else Check.WAITING for kind in Kind}
    new = {PAD: Binding("rl866", "RL-20240117")}
    sessions = {
        "staff-devices": session(samples),
        "staff-devices-down": session(samples, up=False, staff=Staff(page=Check.ASKED)),
        "staff-closed": session(samples, closed=True),
        "staff-code": session(samples, Stage.STAFF_CODE, pin="123", hint=Hint.WRONG_CODE),
        "staff-device": session(samples, staff=at(StaffAt.DEVICE)),
        "staff-device-down": session(samples, up=False, staff=at(StaffAt.DEVICE)),
        "staff-pull": session(samples, staff=at(StaffAt.PULL, changing=True)),
        "staff-plug": session(samples, up=False, staff=at(StaffAt.PLUG, changing=True)),
        "staff-probe": session(samples, staff=at(StaffAt.PROBE, changing=True)),
        "staff-no-answer": session(samples, staff=at(StaffAt.PROBE, changing=True), now_s=15.0),
        "staff-failed": session(samples, staff=at(StaffAt.TEST, changing=True, check=Check.FAILED)),
        "staff-done": session(samples, staff=at(StaffAt.DONE, changing=True), bindings=new),
        "staff-leaving": session(samples, now_s=170.0),
        "closed": session(samples, Stage.CLOSED, closed=True),
        "closed-power": session(samples, Stage.CLOSED, power=Power(good=False, on_battery=True)),
        "idle-staff": session(samples, Stage.IDLE, devices=_without_cards(samples)),
        **{
            f"staff-test-{kind.value.replace('_', '-')}": session(
                samples, staff=at(StaffAt.TEST, kind.value, changing=True, check=asked[kind])
            )
            for kind in Kind
        },
    }
    return {name: view(each, TEXTS) for name, each in sessions.items()}


def _without_cards(samples: "Samples") -> dict[str, DeviceCondition]:
    devices = dict(session(samples).devices)
    return devices | {CARDS: replace(devices[CARDS], up=False)}
