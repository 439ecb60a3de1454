"""The world around one kiosk's flow, without wires or time of its own: an ILS, tags on a pad, a disk.

The ILS can be out of reach, lose an answer, or carry a request out after nobody waits for it any more. The
pad's writes can fail with or without effect.
What is durable is what `Journal` effects made so, through the journal's own rows. Each effect is looked at as
it is performed: nothing may be done that is not on disk, and no operation may reach the ILS twice.
"""

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from devices.kinds import CardTapped, CardTechnology, DeviceInfo, Kind, TagOnPad, TagsChanged
from devices.tag_data import Model, SetInfo, TagContent
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.ils_values import Item, ItemStatus
from kiosk.flow.operation import Ils, Operation, OpKind, Step
from kiosk.flow.report_values import Report
from kiosk.flow.session import Policy, Rules, Session, Stage
from kiosk.flow.stack import ready, uids
from kiosk.flow.step import step
from kiosk.flow.touch import Action, Touch
from kiosk.journal_rows import from_row, to_row
from tests.kiosk.flow.library import FAILED, Library, reader_of

HOME, LENT = 0x07, 0xC2
NOON = datetime(2026, 11, 22, 12, 0)
TAGS = {b"t1": ("B1", None), b"t2": ("B2", None), b"t3": ("B3", None)} | {
    b"t4": ("B4", SetInfo(1, 2)),
    b"t5": ("B4", SetInfo(2, 2)),
}
ITEMS = tuple(dict.fromkeys(item_id for item_id, _ in TAGS.values()))
Send = (fx.SendCheckout, fx.SendCheckin)
"""SendRenew is a SendCheckout."""


class Fate(Enum):
    """What becomes of a request to the ILS."""

    ANSWERED = "answered"
    UNREACHED = "unreached"
    LOST = "lost on the way there"
    ANSWER_LOST = "done, and the answer lost on the way back"
    LATE = "done after nobody waits for it any more"


class Write(Enum):
    WORKS = "works"
    FAILS = "fails"
    TORN = "takes effect and is said to have failed"


class Disk:
    """What `kiosk.journal` would hold: rows of operations, their steps, repairs, reports."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[dict[str, Any], str | None]] = {}
        self.steps: defaultdict[int, list[Step]] = defaultdict(list)
        self.repairs: dict[bytes, str] = {}
        self.reports: list[Report] = []

    def record(self, effect: fx.Journal) -> None:
        for op in effect.operations:
            known = self.get(op.op_id)
            assert known is None or not known.done, f"operation {op.op_id} is done and yet {effect.step}"
            self.rows[op.op_id] = (to_row(op), op.reader_id)
            self.steps[op.op_id].append(effect.step)
            for tag in op.tags:
                if tag.to_repair:
                    self.repairs[tag.uid] = op.item_id
                elif effect.step is Step.DONE and op.ils is Ils.ACCEPTED and tag.proven is not None:
                    self.repairs.pop(tag.uid, None)
        if effect.report is not None:
            self.reports.append(effect.report)

    def get(self, op_id: int) -> Operation | None:
        return from_row(*self.rows[op_id]) if op_id in self.rows else None

    def operations(self) -> tuple[Operation, ...]:
        return tuple(from_row(*self.rows[op_id]) for op_id in sorted(self.rows))


class PowerCut(Exception):
    """The kiosk is no more; what it had not yet done is not done."""


@dataclass(frozen=True)
class Cut:
    """The power goes after so many more effects; `request` and `write` are what becomes of what ILS and pad
    are at."""

    after: int
    request: Fate
    write: Write


class Village:
    def __init__(self, policy: Policy, lent: dict[str, str]) -> None:
        self.library = Library(dict(lent))
        self.rules = Rules(
            "麻章区图书馆太平村服务点", offline=policy, offline_check_digit=False, offline_loans=2
        )
        self.afis = {uid: LENT if item_id in lent else HOME for uid, (item_id, _) in TAGS.items()}
        self.lying: dict[bytes, None] = {}
        self.link_up = True
        self.pad_up = True
        self.disk = Disk()
        self.now_s = 100.0
        self.cut: Cut | None = None
        self.late: list[tuple[float, Any]] = []
        """(until when, request) that the ILS may still carry out."""
        self.reached: Counter[int] = Counter()
        """How often an operation has reached the ILS and may have been done."""
        self.start()

    # -- the kiosk's life ------------------------------------------------------------------------------------

    def start(self) -> None:
        self.to_ils: deque[Any] = deque()
        self.to_pad: deque[Any] = deque()
        self.noted_afis: dict[bytes, int] = {}
        self.ils_thought_up: bool | None = None
        next_op = max(self.disk.rows, default=0) + 1
        self.session = Session(self.rules, next_op=next_op, now_s=self.now_s, local=NOON)
        unfinished = tuple(op for op in self.disk.operations() if not op.done)
        self.happens(ev.Recovered(unfinished, tuple(self.disk.repairs.items())))
        self.happens(self._pad_news())
        self.notice()
        self.probe()

    def happens(self, *events: ev.Event) -> None:
        """Events, their effects, and what the local copy answers to them."""
        answers: deque[ev.Event] = deque(events)
        try:
            while answers:
                self.session, effects = step(self.session, answers.popleft())
                for effect in effects:
                    self._perform(effect, answers)
        except PowerCut:
            self._go_dark()

    def _go_dark(self) -> None:
        assert self.cut
        cut, self.cut = self.cut, None
        request = self.to_ils[0] if self.to_ils else None
        if isinstance(request, Send) and self.link_up:
            self._sent(request, cut.request)
        act = self.to_pad[0] if self.to_pad else None
        if isinstance(act, fx.WriteAfi) and cut.write is not Write.FAILS and self._in_reach(act.uid):
            self.afis[act.uid] = act.afi
        self.start()

    def _perform(self, effect: fx.Effect, answers: deque[ev.Event]) -> None:
        if self.cut is not None:
            if self.cut.after == 0:
                raise PowerCut
            self.cut = replace(self.cut, after=self.cut.after - 1)
        if isinstance(effect, fx.Journal):
            self.disk.record(effect)
        elif isinstance(effect, fx.WriteAfi | fx.ReadAfi):
            self._must_be_durable(effect)
            self.to_pad.append(effect)
        elif isinstance(effect, fx.LookUpReader):
            answers.append(ev.ReaderAnswered(effect.credential, reader_of(effect.credential), offline=True))
        elif isinstance(effect, fx.LookUpItem):
            item = Item(effect.item_id, effect.item_id, ItemStatus.OTHER)
            answers.append(ev.ItemAnswered(item))
        elif type(effect) in Library.ANSWERS:
            self._must_be_durable(effect)
            self.to_ils.append(effect)

    def _must_be_durable(self, effect: Any) -> None:
        """An act stands on a step that is on disk."""
        if isinstance(effect, Send):
            op = self.disk.get(effect.op_id)
            assert op and op.ils is Ils.SENT, f"{effect} with {op} on disk"
        if isinstance(effect, fx.WriteAfi):
            op = self.disk.get(effect.op_id)
            assert op, f"{effect} of an operation that is not on disk"
            known = op.ils in (Ils.ACCEPTED, Ils.REFUSED) or bool(op.done_at)
            # a return called off by a power cut is so by what is on disk: its tag may be given back
            own = op.kind is OpKind.RETURN and (effect.afi == HOME or op.ils is Ils.NOT_ASKED)
            assert known or own, f"{effect} with {op} on disk"

    # -- the ILS ---------------------------------------------------------------------------------------------

    def ils_does(self, fate: Fate) -> None:
        """With the question that was asked first."""
        if not self.to_ils:
            return
        asked = self.to_ils[0]
        if not self.link_up:
            fate = Fate.UNREACHED
        if isinstance(asked, Send):
            event = self._sent(asked, fate)
        else:
            event = self.library.answer(asked) if fate is Fate.ANSWERED else FAILED[type(asked)](asked)
            self._note_certain_no(event)
        self.to_ils.popleft()
        self.happens(*self._news_of_link(fate is Fate.ANSWERED), event)

    def _sent(self, asked: Any, fate: Fate) -> ev.Event:
        if fate is Fate.UNREACHED:
            return ev.IlsNotReached(asked.op_id, "no route")
        self._may_be_sent(asked)
        self.reached[asked.op_id] += 1
        if fate is Fate.LATE:
            self.late.append((self.now_s + self.rules.late_s, asked))
        if fate in (Fate.ANSWERED, Fate.ANSWER_LOST):
            event = self.library.answer(asked)
            if fate is Fate.ANSWERED:
                self.reached[asked.op_id] -= isinstance(event, ev.IlsWantsFee)
                return event
        return ev.IlsUnknown(asked.op_id, "no answer")

    def _note_certain_no(self, event: ev.Event) -> None:
        """What the ILS has certainly not done may be told to it again."""
        if isinstance(event, ev.TruthAnswered) and not self.late and not self.library.acts[event.op_id]:
            self.reached[event.op_id] = 0

    def _may_be_sent(self, asked: Any) -> None:
        """Once, and what was done offline in its order and before what is new."""
        assert self.reached[asked.op_id] == 0, f"{asked} reached the ILS before"
        ops = self.disk.operations()
        unknown = {op.item_id for op in ops if op.ils is Ils.UNKNOWN}
        queued = [op.op_id for op in ops if op.ils is Ils.QUEUED and op.item_id not in unknown]
        assert all(op_id > asked.op_id for op_id in queued), f"{asked} overtakes {queued}"

    def _news_of_link(self, up: bool) -> tuple[ev.Event, ...]:
        if self.ils_thought_up is up:
            return ()
        self.ils_thought_up = up
        return (ev.IlsUp() if up else ev.IlsDown("no route"),)

    def probe(self) -> None:
        """The worker looks for the ILS when nobody asks it anything."""
        if not self.to_ils:
            self.happens(*self._news_of_link(self.link_up))

    def late_request_arrives(self) -> None:
        if self.late:
            self.library.answer(self.late.pop(0)[1])

    # -- time, hands and tags --------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        while any(until_s <= self.now_s for until_s, _ in self.late):
            self.late_request_arrives()
        self.happens(ev.Tick(self.now_s, NOON + timedelta(seconds=self.now_s)))
        self.probe()

    def put(self, *item_ids: str) -> None:
        self.lying |= {uid: None for uid, (item_id, _) in TAGS.items() if item_id in item_ids}

    def lift(self, *item_ids: str) -> None:
        self.lying = {uid: None for uid in self.lying if TAGS[uid][0] not in item_ids}

    def notice(self) -> None:
        """The pad tells what lies on it, and what it last read there."""
        if self.pad_up:
            self.noted_afis = {uid: self.noted_afis.get(uid, self.afis[uid]) for uid in self.lying}
            self.happens(TagsChanged(tuple(self._seen(uid) for uid in self.lying)))

    def _seen(self, uid: bytes) -> TagOnPad:
        item_id, part = TAGS[uid]
        return TagOnPad(uid, TagContent(Model.ISO_28560_2, item_id, set_info=part), self.noted_afis[uid])

    def plug_pad(self, up: bool) -> None:
        if self.pad_up is not up:
            self.pad_up, self.noted_afis = up, {}
            self.happens(self._pad_news())
            self.notice()

    def _pad_news(self) -> ev.Event:
        if self.pad_up:
            return ev.DeviceUp(DeviceInfo(Kind.TAG_READER, "feig_obid", "pad"))
        return ev.DeviceDown(Kind.TAG_READER, "feig_obid", "pad", "unplugged")

    def _in_reach(self, uid: bytes) -> bool:
        return self.pad_up and uid in self.lying

    def pad_does(self, how: Write) -> None:
        if not self.to_pad:
            return
        act = self.to_pad.popleft()
        reached = self._in_reach(act.uid)
        writes = isinstance(act, fx.WriteAfi)
        if reached and writes and how is not Write.FAILS:
            self.afis[act.uid] = act.afi
        if not reached or how is not Write.WORKS:
            self.happens(ev.TagActFailed(act.op_id, act.uid, "no tag"))
            return
        self.noted_afis[act.uid] = self.afis[act.uid]
        answer = ev.AfiWritten if writes else ev.AfiRead
        self.happens(answer(act.op_id, act.uid, self.afis[act.uid]))

    def tap(self, card: bytes) -> None:
        self.happens(CardTapped(card, CardTechnology.TYPE2))

    def touch(self, action: Action) -> None:
        agreed = action is Action.CONFIRM and self.session.stage is Stage.STACK
        seen = uids(ready(self.session)) if agreed else frozenset()
        self.happens(Touch(action, seen))

    def all_works(self) -> None:
        """ILS and pad do what they are asked, until they are asked nothing more."""
        while self.to_ils or self.to_pad:
            self.ils_does(Fate.ANSWERED)
            self.pad_does(Write.WORKS)
