"""What kiosks' alarms add up to: what holds, what is news, and for how long."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker_config.events import AlarmCleared, AlarmRaised, DeviceChanged, Dispute, Event
from broker_config.messages import encode
from broker_config.topics import Identity
from broker_config.values import Condition, timestamp
from central.alerts.details import Code, Fact
from central.alerts.ledger import Entry, signs, with_events, without_past
from central.alerts.rules import RULES
from central.alerts.signs import Key
from central.disputes import BLANK
from central.store import StoredEvent
from tests.central.heard import NOW, ago

HERE = Identity("mz-taiping-03", "kiosk-1")
KINDS = {
    AlarmRaised: "alarm_raised",
    AlarmCleared: "alarm_cleared",
    Dispute: "dispute",
    DeviceChanged: "device_changed",
}


def event(
    cls: type[Event],
    seq: int,
    at: datetime,
    install_id: str = "i-1",
    received_at: datetime | None = None,
    **more: object,
) -> StoredEvent:
    said = cls(at=timestamp(at), clock_synced=True, install_id=install_id, seq=seq, **more)  # type: ignore[arg-type]
    return StoredEvent(HERE, KINDS[cls], at, received_at or at, encode(said).decode(), install_id, seq)  # type: ignore[arg-type]


def raised(name: str, seq: int, at: datetime = NOW, reason: str = "", **more: str) -> StoredEvent:
    return event(AlarmRaised, seq, at, name=name, reason=reason, **more)  # type: ignore[arg-type]


def cleared(name: str, seq: int, at: datetime = NOW, **more: str) -> StoredEvent:
    return event(AlarmCleared, seq, at, name=name, **more)  # type: ignore[arg-type]


def holding(events: list[StoredEvent], now: datetime = NOW) -> set[tuple[str, str]]:
    return {(sign.key.rule, sign.key.subject) for sign in signs(with_events({}, events), now)}


def test_a_lasting_alarm_holds_until_it_is_cleared() -> None:
    up = raised("paper_low", 1, ago(days=30))
    assert holding([up]) == {("paper_low", "receipt_printer")}
    assert holding([up, cleared("paper_low", 2, ago(days=1))]) == set()


def test_why_a_printer_cannot_print_is_known_only_while_it_cannot() -> None:
    """An older kiosk raises one name for all, with its printer's sentence as the reason."""
    up = raised("printer_cannot_print", 1, ago(hours=2), "The printer is out of paper: put in a new roll.")
    assert holding([up]) == {("paper_out", "receipt_printer")}
    assert (
        holding([up, event(AlarmCleared, 2, ago(hours=1), name="printer_cannot_print", reason="paper ok")])
        == set()
    )


def test_news_holds_for_a_while_from_when_it_was_received() -> None:
    late = event(AlarmRaised, 4, ago(days=9), received_at=ago(hours=1), name="hold_returned")
    lasts = RULES["hold_returned"].lasts
    assert lasts is not None
    assert holding([late]) == {("hold_returned", "i-1/4")}
    assert holding([late], NOW + lasts) == set()
    assert without_past(with_events({}, [late]), NOW + lasts) == {}


def test_disputes_and_changed_serials_are_news_and_conditions_are_not() -> None:
    dispute = event(
        Dispute, 5, NOW, op_id="op", what="loan", item_id="B1", reader_id="R1", done_at=timestamp(NOW)
    )
    swap = {"kind": "tag_reader", "model": "feig_obid", "port": "/dev/pad0", "old_serial": "FE1"}
    changed = event(
        DeviceChanged, 6, NOW, old_condition=None, new_condition=Condition.OK, new_serial="FE2", **swap
    )
    broken = event(
        DeviceChanged,
        7,
        NOW,
        old_condition=Condition.OK,
        new_condition=Condition.DOWN,
        new_serial="FE1",
        **swap,
    )
    found = signs(with_events({}, [dispute, changed, broken]), NOW)
    assert {(s.key.rule, s.said) for s in found} == {
        ("dispute_waiting", ""),  # nothing of the reader, nothing of the item
        ("device_changed", Fact(Code.DEVICE_SWAPPED, ("tag_reader", "FE1", "FE2"))),
    }


def test_a_name_of_tomorrow_is_shown_as_it_is() -> None:
    (sign,) = signs(with_events({}, [raised("earthquake", 1, reason="6.1")]), NOW)
    assert (sign.key, sign.said) == (Key("other_alarm", HERE.place, HERE.device, "earthquake"), "6.1")


def test_a_new_installation_knows_nothing_of_the_alarms_before() -> None:
    old = raised("journal_repairs_waiting", 900, ago(days=3))
    new = raised("paper_low", 1, NOW, install_id="i-2")
    assert holding([old, new]) == {("paper_low", "receipt_printer")}


STORY = st.lists(st.tuples(st.sampled_from(["paper_low", "disk_full"]), st.booleans()), max_size=8)


@given(STORY, st.randoms(use_true_random=False), st.integers(0, 8))
def test_order_and_repetition_change_nothing(story: list[tuple[str, bool]], chance: object, cut: int) -> None:
    events = [
        (raised if up else cleared)(name, n + 1, NOW + timedelta(seconds=n))
        for n, (name, up) in enumerate(story)
    ]
    last = dict(story)
    shuffled = list(events)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    ledger: dict[Key, Entry] = with_events({}, shuffled[:cut])
    ledger = with_events(ledger, shuffled)
    assert {s.key.rule for s in signs(ledger, NOW)} == {name for name, up in last.items() if up}


def test_a_dispute_waits_until_it_is_settled() -> None:
    """Settling takes reader and item out of the stored event, which is then read once more."""
    told = {"op_id": "op-1", "what": "loan", "done_at": timestamp(ago(hours=9))}
    waiting = event(Dispute, 1, ago(hours=1), item_id="MZ1", **told)
    other = event(Dispute, 2, ago(hours=1), item_id="MZ2", **told)
    settled = event(Dispute, 1, ago(hours=1), item_id=BLANK, **told)
    ledger = with_events({}, [waiting, other])
    assert {sign.key.subject for sign in signs(ledger, NOW)} == {"i-1/1", "i-1/2"}
    assert {sign.key.subject for sign in signs(with_events(ledger, [settled, other]), NOW)} == {"i-1/2"}
