"""A visit without a screen: events in, effects looked at. Answers come only when the test gives them."""

from dataclasses import replace
from datetime import datetime

from devices.kinds import (
    CardTapped,
    CardTechnology,
    DeviceInfo,
    Kind,
    PaperState,
    PrinterStatus,
    TagOnPad,
    TagsChanged,
)
from devices.tag_data import Model, SetInfo, TagContent, Unreadable
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus, Reader
from kiosk.flow.operation import Step
from kiosk.flow.session import Rules, Session, Stage
from kiosk.flow.stack import ready, uids
from kiosk.flow.step import step
from kiosk.flow.touch import Action, Touch

NOON = datetime(2026, 11, 22, 12, 0)
CARD = bytes.fromhex("04A1B2C3")
READER = Reader("23024000000017", "王小明")


def uid(n: int) -> bytes:
    return bytes.fromhex(f"E00401{n:010X}")


def book(n: int, afi: int = 0x07, part: SetInfo | None = None, tag: int | None = None) -> TagOnPad:
    content = TagContent(Model.ISO_28560_2, f"B{n}", set_info=part)
    return TagOnPad(uid(tag or n), content, afi)


def stranger(n: int) -> TagOnPad:
    return TagOnPad(uid(n), Unreadable("not a library tag"), 0)


class Table:
    """Keeps the session and every effect; `take` removes and returns the effects of one class."""

    def __init__(
        self,
        unfinished: tuple = (),
        repairs: tuple = (),
        ils_up: bool = True,
        lying: tuple[TagOnPad, ...] = (),
    ) -> None:
        self.session = Session(Rules("麻章区图书馆太平村服务点"))
        self.effects: list[fx.Effect] = []
        self.now_s = 100.0
        self.event(ev.Tick(self.now_s, NOON))
        self.event(ev.Recovered(unfinished, repairs))
        for kind in (Kind.TAG_READER, Kind.CARD_READER, Kind.RECEIPT_PRINTER):
            self.event(ev.DeviceUp(DeviceInfo(kind, "model", "port", serial="1")))
        self.event(ev.PrinterChecked(PrinterStatus(PaperState.OK)))
        self.event(ev.IlsUp() if ils_up else ev.IlsDown("no route"))
        self.pad(*lying)

    # -- what happens ----------------------------------------------------------------------------

    def event(self, event: ev.Event) -> None:
        self.session, effects = step(self.session, event)
        self.effects += effects

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.event(ev.Tick(self.now_s, NOON))

    def pad(self, *tags: TagOnPad) -> None:
        self.event(TagsChanged(tags))

    def tap(self, card: bytes = CARD) -> None:
        self.event(CardTapped(card, CardTechnology.TYPE2))

    def touch(self, action: Action) -> None:
        seen = uids(ready(self.session)) if action is Action.CONFIRM else frozenset()
        self.event(Touch(action, seen))

    # -- what the world answers ------------------------------------------------------------------

    def sign_in(self, reader: Reader | None = READER, card: bytes = CARD) -> None:
        self.tap(card)
        self.event(ev.ReaderAnswered(card.hex().upper(), reader))

    def titles(self, status: ItemStatus = ItemStatus.AVAILABLE) -> None:
        for asked in self.take(fx.AskItem):
            self.event(ev.ItemAnswered(Item(asked.item_id, f"书{asked.item_id}", status)))

    def tags_obey(self, held: dict[bytes, int] | None = None) -> None:
        """Every write and read the flow asks for works, until it asks for none; `held`: what tags bear."""
        held = dict(held or {})
        while acts := [e for e in self.effects if isinstance(e, fx.WriteAfi | fx.ReadAfi)]:
            self.effects = [e for e in self.effects if e not in acts]
            for act in acts:
                if isinstance(act, fx.WriteAfi):
                    held[act.uid] = act.afi
                    self.event(ev.AfiWritten(act.op_id, act.uid, act.afi))
                else:
                    self.event(ev.AfiRead(act.op_id, act.uid, held[act.uid]))

    def ils_says_yes(self, due: str = "2026-12-22") -> fx.Effect:
        asked = self.only(fx.SendCheckout, fx.SendCheckin)
        self.event(ev.IlsAccepted(asked.op_id, due=due))
        return asked

    def all_goes_well(self) -> None:
        while any(isinstance(e, fx.SendCheckout | fx.SendCheckin | fx.WriteAfi) for e in self.effects):
            self.tags_obey()
            if any(isinstance(e, fx.SendCheckout | fx.SendCheckin) for e in self.effects):
                self.ils_says_yes()

    # -- what is seen ----------------------------------------------------------------------------

    def take(self, *classes: type) -> list:
        taken = [e for e in self.effects if isinstance(e, classes)]
        self.effects = [e for e in self.effects if not isinstance(e, classes)]
        return taken

    def only(self, *classes: type):
        taken = self.take(*classes)
        assert len(taken) == 1, f"expected one of {classes}, got {taken}"
        return taken[0]

    def journal(self) -> list[tuple[int, Step]]:
        return [(op.op_id, e.step) for e in self.effects if isinstance(e, fx.Journal) for op in e.operations]

    def told(self, cls: type) -> list:
        reports = [e.report for e in self.effects if isinstance(e, fx.Journal | fx.Tell) and e.report]
        return [report for report in reports if isinstance(report, cls)]

    @property
    def stage(self) -> Stage:
        return self.session.stage


def restarted(table: Table) -> tuple:
    """What the journal would give back after the power came again."""
    latest: dict[int, object] = {}
    for effect in table.effects:
        if isinstance(effect, fx.Journal):
            latest |= {op.op_id: replace(op, title="") for op in effect.operations}
    return tuple(op for op in latest.values() if not op.done)
