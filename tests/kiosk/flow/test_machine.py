"""Hypothesis plays readers, wires, ILS and power against the flow, and judges whenever everything is at rest.

A longer search: `FLOW_STEPS=120 FLOW_EXAMPLES=20000 pytest tests/kiosk/flow/test_machine.py`.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from kiosk.flow.operation import OpKind
from kiosk.flow.report_values import BookReturned, DisputeRaised, LoanMade, LoanRenewed
from kiosk.flow.session import Policy, Stage
from kiosk.flow.touch import Action
from tests.kiosk.flow.library import READERS
from tests.kiosk.flow.village import ITEMS, LENT, TAGS, Cut, Fate, Village, Write

EXAMPLES = int(os.environ.get("FLOW_EXAMPLES", "300"))
STEPS = int(os.environ.get("FLOW_STEPS", "40"))
REST_S = 180
SUCCESS = {OpKind.BORROW: LoanMade, OpKind.RETURN: BookReturned, OpKind.RENEW: LoanRenewed}
TOUCHED = (
    Action.CONFIRM, Action.NO_RECEIPT, Action.END, Action.CONSENT, Action.DECLINE, Action.SHOW_RETURN,
    Action.SHOW_BORROW, Action.SHOW_ACCOUNT, Action.RENEW_ALL, Action.START_RETURN,
)  # fmt: skip

some_items = st.lists(st.sampled_from(ITEMS), min_size=1, max_size=3, unique=True)
cards = st.sampled_from(sorted(READERS))
fates = st.sampled_from(Fate)
writes = st.sampled_from(Write)


class Days(RuleBasedStateMachine):
    """Each rule is one thing that can happen at a library point."""

    @initialize(
        policy=st.sampled_from(Policy), lent=st.dictionaries(st.sampled_from(ITEMS), cards, max_size=2)
    )
    def opens(self, policy: Policy, lent: dict[str, bytes]) -> None:
        self.village = Village(policy, {item_id: READERS[card] for item_id, card in lent.items()})

    # -- a visit as it should be, up to the confirmation -----------------------------------------------------

    @rule(items=some_items, card=cards)
    def begins_to_borrow(self, items: list[str], card: bytes) -> None:
        self.village.put(*items)
        self.village.notice()
        self.village.tap(card)
        self.village.all_works()
        self.village.touch(Action.CONFIRM)

    @rule(items=some_items)
    def begins_to_return(self, items: list[str]) -> None:
        self.village.put(*items)
        self.village.notice()
        self.village.touch(Action.START_RETURN)
        self.village.all_works()
        self.village.touch(Action.CONFIRM)

    @rule(card=cards)
    def begins_to_renew(self, card: bytes) -> None:
        self.village.tap(card)
        self.village.all_works()
        self.village.touch(Action.SHOW_ACCOUNT)
        self.village.all_works()
        self.village.touch(Action.RENEW_ALL)

    # -- hands -----------------------------------------------------------------------------------------------

    @rule(items=some_items, noticed=st.booleans())
    def puts(self, items: list[str], noticed: bool) -> None:
        self.village.put(*items)
        if noticed:
            self.village.notice()

    @rule(items=some_items, noticed=st.booleans())
    def lifts(self, items: list[str], noticed: bool) -> None:
        self.village.lift(*items)
        if noticed:
            self.village.notice()

    @rule()
    def pad_notices(self) -> None:
        self.village.notice()

    @rule(card=cards)
    def taps(self, card: bytes) -> None:
        self.village.tap(card)

    @rule(action=st.sampled_from(TOUCHED))
    def touches(self, action: Action) -> None:
        self.village.touch(action)

    @rule(seconds=st.sampled_from((0.2, 1.0, 2.0, 6.0, 13.0, 31.0, 61.0)))
    def time_passes(self, seconds: float) -> None:
        self.village.wait(seconds)

    # -- what the world makes of it --------------------------------------------------------------------------

    @rule()
    def all_goes_well(self) -> None:
        self.village.all_works()

    @precondition(lambda self: self.village.to_ils)
    @rule(fate=fates)
    def ils_is_asked(self, fate: Fate) -> None:
        self.village.ils_does(fate)

    @precondition(lambda self: self.village.late)
    @rule()
    def late_request_arrives(self) -> None:
        self.village.late_request_arrives()

    @precondition(lambda self: self.village.to_pad)
    @rule(how=writes)
    def pad_acts(self, how: Write) -> None:
        self.village.pad_does(how)

    @rule(up=st.booleans(), noticed=st.booleans())
    def link_changes(self, up: bool, noticed: bool) -> None:
        self.village.link_up = up
        if noticed:
            self.village.probe()

    @rule(refuses=st.booleans())
    def ils_takes_nothing_back(self, refuses: bool) -> None:
        self.village.library.takes_nothing_back = refuses

    @rule(up=st.booleans())
    def pad_is_plugged(self, up: bool) -> None:
        self.village.plug_pad(up)

    @rule(after=st.integers(0, 8), request=fates, write=writes)
    def power_will_go(self, after: int, request: Fate, write: Write) -> None:
        self.village.cut = Cut(after, request, write)

    # -- judgement -------------------------------------------------------------------------------------------

    @rule()
    def everything_comes_to_rest(self) -> None:
        self._rests()
        self._judge()

    def teardown(self) -> None:
        if not hasattr(self, "village"):
            return
        self._rests()
        self._judge()
        self.village.put(*ITEMS)
        self.village.notice()
        self._rests()
        self._judge()

    def _rests(self) -> None:
        """All wires whole, nobody there: it must come to an end by itself."""
        village = self.village
        village.cut, village.link_up = None, True
        village.plug_pad(True)
        village.notice()
        for _ in range(REST_S):
            village.wait(1.0)
            village.all_works()
            idle = village.session.stage is Stage.IDLE and not village.session.unsettled()
            if idle and not village.late and not set(village.session.repairs) & set(village.lying):
                return
        raise AssertionError(f"no rest: {village.session}")

    def _judge(self) -> None:
        self._tags_agree()
        self._each_told_once()
        disk = self.village.disk
        assert self.village.session.repairs == disk.repairs, "the flow and the disk disagree on repairs"
        assert all(op.done and op.reader_id is None for op in disk.operations())

    def _tags_agree(self) -> None:
        """Released if and only if on loan, or listed for repair while away, or a dispute was told."""
        village = self.village
        disputed = {report.item_id for report in village.disk.reports if isinstance(report, DisputeRaised)}
        for uid, (item_id, _) in TAGS.items():
            agrees = (village.afis[uid] == LENT) == (item_id in village.library.loans)
            listed = uid in village.disk.repairs and uid not in village.lying
            assert agrees or listed or item_id in disputed, (
                f"{item_id} bears {village.afis[uid]:02X} and is lent to {village.library.loans.get(item_id)}"
            )

    def _each_told_once(self) -> None:
        """And truly: what was told as done the ILS did once, what was told as refused it never did."""
        village = self.village
        for op in village.disk.operations():
            told = [r for r in village.disk.reports if getattr(r, "op_id", None) == op.op_id]
            if op.kind is OpKind.REPAIR:
                assert not told, f"{op} was told: {told}"
                continue
            assert len(told) == 1, f"{op} was told {len(told)} times: {told}"
            done = isinstance(told[0], SUCCESS[op.kind])
            assert village.library.acts[op.op_id] == done, (
                f"{told[0]} of {op}, which the ILS did {village.library.acts[op.op_id]} times:"
                f" {village.disk.steps[op.op_id]}"
            )


TestDays = Days.TestCase
TestDays.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    suppress_health_check=list(HealthCheck),
)
