"""Disputes, and that nothing of their readers is left once they are settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import events, messages
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.audit import Wanted
from central.disputes import BLANK, KEPT, Dispute, Disputes, Outcome, SettleError, Unsettled
from central.intake import Heard
from central.office import Office
from central.store import Store, StoredEvent, StoreError
from central.store.sqlite import SqliteStore
from tests.central.accounts.people import by
from tests.central.heard import NOW, Kiosk, ago

READER, ITEM, WORDS = "44081119610203771X", "MZ00045127", "该读者证已挂失：陈大文"
OTHER_ITEM = "MZ00099999"


def dispute(kiosk: Kiosk, at: datetime = NOW, **more: object) -> Heard:
    told = {"op_id": f"op-{kiosk.seq}", "what": "loan", "item_id": ITEM, "reader_id": READER, "words": WORDS}
    done_at = timestamp(at - timedelta(hours=3))
    return kiosk.event(events.Dispute, at, done_at=done_at, **(told | more))


@dataclass
class World:
    folder: Path
    store: Store
    office: Office
    disputes: Disputes
    kiosk: Kiosk

    def one(self) -> Dispute:
        (found,) = self.disputes.waiting(NOW)
        return found

    def files(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.folder.iterdir()))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store, office = SqliteStore(tmp_path / "centre.db"), Office(tmp_path / "office.db")
    yield World(tmp_path, store, office, Disputes(store, office), Kiosk())
    store.close()
    office.close()


def test_both_sides_are_told(world: World) -> None:
    world.store.take([world.kiosk.loan(), dispute(world.kiosk, ago(minutes=5))])
    found = world.one()
    assert (found.told.what, found.told.item_id, found.told.reader_id) == ("loan", ITEM, READER)
    assert (found.told.words, found.done_at) == (WORDS, ago(hours=3, minutes=5))
    assert str(found.identity) == "mz-taiping-03.kiosk-1"


def test_only_the_places_asked_for(world: World) -> None:
    other = Kiosk("mz-taiping-04.kiosk-1", "i-2")
    world.store.take([dispute(world.kiosk), dispute(other)])
    assert len(world.disputes.waiting(NOW)) == 2
    assert [d.identity.place for d in world.disputes.waiting(NOW, {"mz-taiping-04"})] == ["mz-taiping-04"]
    assert world.disputes.waiting(NOW, set()) == []


def test_nothing_personal_in_what_is_printed(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    assert not any(word in repr(world.one()) for word in (READER, ITEM, WORDS))


def test_settling_leaves_nothing_of_the_reader_in_any_file(world: World) -> None:
    """Among others' events, as it is: pages of the database are split and moved."""
    others = [dispute(world.kiosk, item_id=OTHER_ITEM, reader_id="GD-77", words="") for _ in range(40)]
    world.store.take([*(world.kiosk.loan() for _ in range(300)), *others[:20], dispute(world.kiosk)])
    world.store.take([*others[20:], *(world.kiosk.loan() for _ in range(300))])
    mine = next(one for one in world.disputes.waiting(NOW) if one.told.item_id == ITEM)
    secrets = [text.encode() for text in (READER, ITEM, WORDS)]
    assert all(secret in world.files() for secret in secrets)
    world.disputes.settle(by("li"), mine, Outcome.RECOVERED, "书已收回上架")
    assert not any(secret in world.files() for secret in secrets)
    assert OTHER_ITEM.encode() in world.files()
    assert len(world.disputes.waiting(NOW)) == 40


def test_what_is_settled_stays_written_down(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    world.disputes.settle(by("li"), world.one(), Outcome.ENTERED, " 已在业务系统补办借书 ")
    assert world.disputes.waiting(NOW) == []
    (settled,) = world.disputes.settled(10)
    assert (settled.by, settled.outcome, settled.reason) == ("li", Outcome.ENTERED, "已在业务系统补办借书")
    assert (settled.what, settled.done_at, settled.at) == ("loan", ago(hours=3), NOW)
    (entry,) = audit.entries(world.office, Wanted(action="dispute.settle"), 10)
    assert (entry.actor, entry.subject) == ("li", "mz-taiping-03")
    assert entry.details == {"kiosk": "kiosk-1", "what": "loan", "seq": "1", "outcome": "entered"}


def test_settled_ones_come_page_by_page_and_by_place(world: World) -> None:
    other = Kiosk("mz-taiping-04.kiosk-1", "i-2")
    world.store.take([dispute(world.kiosk), dispute(other), dispute(world.kiosk)])
    for one in world.disputes.waiting(NOW):
        world.disputes.settle(by("li"), one, Outcome.LOST, "按遗失处理")
    first = world.disputes.settled(2)
    assert len(first) == 2
    assert len(world.disputes.settled(2, before=first[-1].id)) == 1
    assert [one.identity.place for one in world.disputes.settled(9, {"mz-taiping-04"})] == ["mz-taiping-04"]


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("  ", Unsettled.NO_REASON),
        ("好" * 201, Unsettled.LONG_REASON),
        (f"{READER} 已联系", Unsettled.PERSONAL),
        (f"图书 {ITEM} 收回", Unsettled.PERSONAL),
    ],
)
def test_a_reason_that_will_not_do(world: World, reason: str, why: Unsettled) -> None:
    world.store.take([dispute(world.kiosk)])
    with pytest.raises(SettleError) as error:
        world.disputes.settle(by(), world.one(), Outcome.LOST, reason)
    assert error.value.why is why
    assert len(world.disputes.waiting(NOW)) == 1


def test_two_people_settle_the_same_one(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    one = world.one()
    world.disputes.settle(by("li"), one, Outcome.LOST, "遗失")
    with pytest.raises(SettleError) as error:
        world.disputes.settle(by("wang"), one, Outcome.RECOVERED, "收回")
    assert error.value.why is Unsettled.GONE
    assert [settled.by for settled in world.disputes.settled(9)] == ["li"]


def test_what_nobody_settled_loses_its_reader_in_the_end(world: World) -> None:
    world.store.take([dispute(world.kiosk, ago(days=KEPT.days, hours=1))])
    assert world.disputes.tidy(NOW) == 0, "what came today is not too old, whenever it happened"
    assert len(world.disputes.waiting(NOW)) == 1
    assert world.disputes.tidy(NOW + KEPT + timedelta(hours=1)) == 1
    assert READER.encode() not in world.files()
    assert [one.outcome for one in world.disputes.settled(9)] == [Outcome.EXPIRED]
    assert world.disputes.tidy(NOW + KEPT + timedelta(hours=2)) == 0


def test_a_store_that_fails_while_settling_is_tidied_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.store.take([dispute(world.kiosk)])

    def failing(event: StoredEvent, body: str) -> None:
        raise StoreError("centre.db: cannot write")

    with monkeypatch.context() as patched, pytest.raises(StoreError):
        patched.setattr(world.store, "rewrite", failing)
        world.disputes.settle(by(), world.one(), Outcome.LOST, "遗失")
    assert world.disputes.waiting(NOW) == []
    assert READER.encode() in world.files()
    assert world.disputes.tidy(NOW) == 1
    assert READER.encode() not in world.files()


def test_looking_at_a_reader_is_written_down(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    world.disputes.looked_at(by("li"), world.one())
    (entry,) = audit.entries(world.office, Wanted(), 10)
    assert (entry.action, entry.actor, entry.subject) == ("dispute.look", "li", "mz-taiping-03")
    assert READER not in repr(entry) and ITEM not in repr(entry)


def test_one_is_found_by_its_number_until_it_is_settled(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    found = world.disputes.find("i-1", 1, NOW)
    assert found is not None
    assert world.disputes.find("i-1", 2, NOW) is None
    world.disputes.settle(by(), found, Outcome.LOST, "遗失")
    assert world.disputes.find("i-1", 1, NOW) is None


def test_counting_anew_takes_a_blanked_one_too(world: World) -> None:
    world.store.take([dispute(world.kiosk)])
    world.disputes.settle(by(), world.one(), Outcome.LOST, "遗失")
    assert world.store.rebuild() == 0
    assert world.store.event_count(kind="dispute") == 1


@given(
    item=st.text(min_size=1, max_size=80),
    reader=st.none() | st.text(min_size=1, max_size=80),
    words=st.text(max_size=300),
)
def test_a_blanked_body_is_a_dispute_that_names_nobody(item: str, reader: str | None, words: str) -> None:
    told = events.Dispute(
        at=timestamp(NOW), clock_synced=True, install_id="i-1", seq=1, op_id="op-1", what="return",
        item_id=item, reader_id=reader, done_at=timestamp(NOW), words=words,
    )  # fmt: skip
    event = StoredEvent(Kiosk().identity, "dispute", NOW, NOW, messages.encode(told).decode(), "i-1", 1)
    blanked = messages.decode(events.Dispute, Dispute(event, told).blanked().encode())
    assert (blanked.item_id, blanked.reader_id, blanked.words) == (BLANK, None, "")
    assert (blanked.seq, blanked.what, blanked.done_at) == (1, "return", told.done_at)
