"""What staff see: the way in, every device and how it is, and the walk through the change of one."""

from dataclasses import replace
from math import ceil

from devices.kinds import Kind
from kiosk import wording
from kiosk.flow import staff, staff_check
from kiosk.flow.session import DeviceCondition, Session
from kiosk.flow.staff_values import Binding, Check, StaffAt
from kiosk.flow.touch import Action, Touch
from kiosk.flow.visit import can_print
from kiosk.texts import Texts
from kiosk.view_data import (
    Button,
    Line,
    Overlay,
    Picture,
    PinScreen,
    Rank,
    Row,
    Screen,
    Section,
    StaffScreen,
    StaffStepScreen,
    Tone,
)
from kiosk.view_parts import button, header_of, hint_line, phone

KEYS = "1234567890"
WAY = (StaffAt.PULL, StaffAt.PLUG, StaffAt.TEST, StaffAt.DONE)
"""The stations that are shown; looking at what was plugged in belongs to the third."""


def with_way_in(screen: Screen, session: Session, say: Texts) -> Screen:
    """Staff come in by a long press on the place's name, or by a button where something needs them."""
    if session.stage not in staff.DOORS or not session.rules.staff.codes:
        return screen
    needed = session.closed or any(not device.up for device in session.devices.values())
    way_in = button(say("Staff"), Action.STAFF, Rank.QUIET) if needed else None
    return replace(screen, header=replace(screen.header, staff=way_in, held=Touch(Action.STAFF)))


def staff_code_screen(session: Session, say: Texts) -> PinScreen:
    entered = len(session.pin)
    return PinScreen(
        header=header_of(session, say),
        title=say("Staff code"),
        text=say("For the staff of the library. Readers please touch Back."),
        entered=entered,
        places=staff.LONGEST_CODE,
        keys=tuple(Button(key, Touch(Action.DIGIT, what=key)) for key in KEYS),
        erase=button(say("Erase"), Action.ERASE, enabled=entered > 0),
        enter=button(say("OK"), Action.ENTER, Rank.PRIMARY, enabled=entered > 0),
        buttons=(button(say("Back"), Action.END),),
        notice=hint_line(session, say),
    )


def staff_screen(session: Session, say: Texts) -> StaffScreen | StaffStepScreen:
    if session.staff.at is StaffAt.DEVICES:
        return _devices(session, say)
    return _step(session, say)


def staff_warning(session: Session, say: Texts) -> Overlay | None:
    left = staff.seconds_left(session)
    if left is None or left > session.rules.staff.warning_s:
        return None
    return Overlay(
        title=say("Are you still there?"),
        text=say("Without a touch the staff screens are closed. What was done stands."),
        seconds=max(0, ceil(left)),
        buttons=(
            button(say("Leave"), Action.END),
            button(say("I am still here"), Action.STAY, Rank.PRIMARY),
        ),
    )


# -- every device ----------------------------------------------------------------------------------------


def _devices(session: Session, say: Texts) -> StaffScreen:
    working = sum(device.up for device in session.devices.values())
    figures = [(str(working), say("working")), (str(len(session.devices) - working), say("not working"))]
    rows = tuple(_row(session, name, device, say) for name, device in session.devices.items())
    closed = session.closed
    return StaffScreen(
        header=header_of(session, say),
        title=say("Devices of this kiosk"),
        figures=tuple(figures),
        sections=(Section("", rows, "" if rows else say("No device is known yet.")),),
        buttons=(
            button(say("Leave"), Action.END, Rank.PRIMARY),
            button(
                say("Open") if closed else say("Close"),
                Action.STAFF_OPEN if closed else Action.STAFF_CLOSE,
            ),
            button(say("Test page"), Action.STAFF_PAGE, enabled=can_print(session)),
        ),
        notice=_notice(session, say),
    )


def _notice(session: Session, say: Texts) -> Line | None:
    if session.staff.page is not None:
        text, tone = wording.TEST_PAGE[session.staff.page]
        return Line(say(text), tone)
    if session.closed:
        return Line(say("This kiosk is closed for readers."), Tone.WARN)
    return None


def _row(session: Session, name: str, device: DeviceCondition, say: Texts) -> Row:
    mark, tone = _condition(session, name, device)
    look = Button(say("Look"), Touch(Action.STAFF_DEVICE, what=name))
    return Row(name, _called(name, device, say), _unit(session, name, say), say(mark), tone, look)


def _condition(session: Session, name: str, device: DeviceCondition) -> tuple[str, Tone]:
    if device.up:
        stuck = device.kind is Kind.RECEIPT_PRINTER and not can_print(session)
        return ("Cannot print", Tone.WARN) if stuck else ("Works", Tone.GOOD)
    return ("Does not answer" if session.is_plugged(name) else "Not plugged in", Tone.BAD)


def _called(name: str, device: DeviceCondition, say: Texts) -> str:
    """Its kind; and its own name where there are several of a kind."""
    called = say(wording.DEVICE[device.kind])
    return called if name == device.kind.value else say("{device} ({name})", device=called, name=name)


def _unit(session: Session, name: str, say: Texts) -> str:
    return _described(session.bindings.get(name), say)


def _described(unit: Binding | None, say: Texts) -> str:
    if unit is None:
        return say("unknown")
    return say("{model}, No. {serial}", model=unit.model, serial=unit.serial or say("unknown"))


# -- one device ------------------------------------------------------------------------------------------


def _step(session: Session, say: Texts) -> StaffStepScreen:
    at, known = session.staff.at, staff_check.device(session)
    if known is None:
        return _shown(session, say, (Picture.STOP, Tone.WARN), (say("unknown"), "", ""), _back(say))
    return STEPS[at](session, known, say)


def _shown(
    session: Session,
    say: Texts,
    look: tuple[Picture, Tone],
    words: tuple[str, str, str],
    *buttons: Button,
) -> StaffStepScreen:
    """`words` are title, text and advice."""
    at = StaffAt.TEST if session.staff.at is StaffAt.PROBE else session.staff.at
    on_way = session.staff.changing and at in WAY
    return StaffStepScreen(
        header=header_of(session, say),
        steps=tuple(say(wording.WAY[station]) for station in WAY) if on_way else (),
        here=WAY.index(at) if on_way else 0,
        picture=look[0],
        tone=look[1],
        title=words[0],
        text=words[1],
        advice=words[2],
        buttons=buttons,
    )


def _back(say: Texts) -> Button:
    return button(say("Back"), Action.STAFF_DEVICES)


def _stop(say: Texts) -> Button:
    return button(say("Stop"), Action.STAFF_DEVICES)


def _device(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    name = session.staff.device
    words, tone = _condition(session, name, known)
    buttons = (
        _back(say),
        button(say("Blink"), Action.STAFF_IDENTIFY, enabled=known.up and known.can_identify),
        button(say("Test"), Action.STAFF_TEST, enabled=known.up),
        button(say("Swap"), Action.STAFF_REPLACE, Rank.PRIMARY),
    )
    title = say("{device}: {condition}", device=_called(name, known, say), condition=say(words))
    advice = "" if tone is Tone.GOOD else say(wording.CONDITION_ADVICE[words])
    where = say("{where} Unit: {unit}", where=say(wording.WHERE[known.kind]), unit=_unit(session, name, say))
    return _shown(session, say, (wording.PART[known.kind], tone), (title, where, advice), *buttons)


def _pull(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    called = _called(session.staff.device, known, say)
    title = say("Unplug the old one")
    text = say("{device}: pull its plug. The screen notices by itself.", device=called)
    advice = say(wording.WHERE[known.kind])
    return _shown(session, say, (Picture.UNPLUGGED, Tone.NEUTRAL), (title, text, advice), _stop(say))


def _plug(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    called = _called(session.staff.device, known, say)
    title = say("Plug the new one in")
    text = say("{device}: into the same socket. The screen notices by itself.", device=called)
    advice = say("Another model of the same kind will do.")
    return _shown(session, say, (Picture.PLUG_IN, Tone.NEUTRAL), (title, text, advice), _stop(say))


def _probe(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    if session.now_s - session.stage_since_s < session.rules.staff.answer_s:
        title, text = say("Looking at what was plugged in…"), say("This takes some seconds.")
        return _shown(session, say, (Picture.WAIT, Tone.BUSY), (title, text, ""), _stop(say))
    title = say("It does not answer")
    text = say("Is it all the way in, has it power, is it the right kind?")
    advice = say("Unplug it and plug it in again, or try another.")
    return _shown(session, say, (wording.PART[known.kind], Tone.WARN), (title, text, advice), _stop(say))


def _test(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    check, picture = session.staff.check, wording.PART[known.kind]
    if check is Check.FAILED:
        buttons = (
            _stop(say),
            button(say("Test again"), Action.STAFF_TEST),
            button(say("Swap"), Action.STAFF_REPLACE, Rank.PRIMARY),
        )
        text = say("Test it once more, or change it for another one.")
        return _shown(
            session, say, (picture, Tone.BAD), (say("The test failed"), text, phone(session, say)), *buttons
        )
    words = wording.SELF_TEST[known.kind, check is Check.ASKED]
    failed = button(say("It does not"), Action.STAFF_WRONG)
    asked = check is Check.ASKED
    choices = (failed, button(say("Yes, it did"), Action.STAFF_RIGHT, Rank.PRIMARY)) if asked else (failed,)
    title, text = say(words[0]), say(words[1])
    return _shown(session, say, (picture, Tone.NEUTRAL), (title, text, ""), _stop(say), *choices)


def _done(session: Session, known: DeviceCondition, say: Texts) -> StaffStepScreen:
    name, before = session.staff.device, session.staff.before
    title = say("{device}: {condition}", device=_called(name, known, say), condition=say("Works"))
    text = say("Test passed. The library was told.")
    advice = ""
    if session.staff.changing:
        advice = say(
            "Before: {before}. Now: {now}.", before=_described(before, say), now=_unit(session, name, say)
        )
    done = button(say("Done"), Action.STAFF_DEVICES, Rank.PRIMARY)
    return _shown(session, say, (Picture.DONE, Tone.GOOD), (title, text, advice), done)


STEPS = {
    StaffAt.DEVICE: _device,
    StaffAt.PULL: _pull,
    StaffAt.PLUG: _plug,
    StaffAt.PROBE: _probe,
    StaffAt.TEST: _test,
    StaffAt.DONE: _done,
}
