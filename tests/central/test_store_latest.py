"""The table of kiosks in memory says what the database says, whoever wrote it, on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from random import Random

import pytest

from broker_config.topics import Identity
from broker_config.values import Condition
from central.intake import Heard
from central.store import Gap, Kiosk, Store, StoreError, Told, opened
from tests.central import heard
from tests.central.heard import NOW, ago, device
from tests.central.test_store import server, store, url
from tests.waiting import wait_for

__all__ = ["server", "store", "url"]
SPEAKERS = [heard.Kiosk(f"mz-p-{n}.kiosk-{k}", f"i-{n}-{k}") for n in range(4) for k in (1, 2)]
SAYS: tuple[Callable[[heard.Kiosk, int], Heard], ...] = (
    lambda kiosk, n: kiosk.birth(ago(seconds=900 - n), session=n // 9),
    lambda kiosk, n: kiosk.heartbeat(ago(seconds=900 - n), session=n // 9),
    lambda kiosk, n: kiosk.heartbeat(ago(seconds=900 - n), session=n // 9, devices=(device(Condition.DOWN),)),
    lambda kiosk, n: kiosk.death(ago(seconds=900 - n), session=n // 9),
    lambda kiosk, n: kiosk.loan(ago(seconds=900 - n)),
)


def anew(url: str) -> list[Kiosk]:
    """By somebody who has never looked before."""
    store = opened(url)
    found = store.kiosks()
    store.close()
    return found


def test_who_looks_now_and_then_sees_what_several_wrote(url: str) -> None:
    """As pages in one process and collectors in others."""
    writers, reader, random = [opened(url), opened(url)], opened(url), Random(3)
    for number in range(60):
        said = [random.choice(SAYS)(random.choice(SPEAKERS), number) for _ in range(random.randrange(1, 5))]
        random.choice([*writers, reader]).take(said)
        if random.random() < 0.4:
            assert reader.kiosks() == anew(url)
            place = f"mz-p-{random.randrange(4)}"
            assert reader.kiosks(place) == list(reader.kiosks_by_place().get(place, ()))
    assert reader.kiosks() == anew(url) != []
    for each in (*writers, reader):
        each.close()


def test_where_nothing_changed_nothing_is_made_anew(store: Store) -> None:
    store.take([kiosk.birth() for kiosk in SPEAKERS])
    before = store.kiosks_by_place()
    assert list(before) == ["mz-p-0", "mz-p-1", "mz-p-2", "mz-p-3"]
    store.take([SPEAKERS[2].heartbeat(), SPEAKERS[0].loan()])
    after = store.kiosks_by_place()
    assert {place for place in after if after[place] is not before[place]} == {"mz-p-1"}
    assert after["mz-p-1"][0].state is before["mz-p-1"][0].state, "a heartbeat says nothing of it"
    assert [kiosk.health is not None for kiosk in after["mz-p-1"]] == [True, False]


def test_a_new_place_stands_in_its_order(store: Store) -> None:
    for name in ("mz-p-2.kiosk-1", "mz-p-1.kiosk-2", "mz-p-1.kiosk-1"):
        store.take([heard.Kiosk(name).birth()])
        store.kiosks()
    assert [str(kiosk.identity) for kiosk in store.kiosks()] == [
        "mz-p-1.kiosk-1",
        "mz-p-1.kiosk-2",
        "mz-p-2.kiosk-1",
    ]


def test_what_was_taken_back_is_not_seen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of a transaction that failed is used again."""
    first, second = SPEAKERS[:2]
    store.take([first.birth()])
    assert len(store.kiosks()) == 1
    with monkeypatch.context() as broken:
        broken.setattr("central.store.statements.HEARTBEAT", "INSERT INTO nowhere VALUES (1)")
        with pytest.raises(StoreError):
            store.take([second.birth(), second.heartbeat()])
    assert len(store.kiosks()) == 1
    store.take([second.birth()])
    assert [kiosk.identity for kiosk in store.kiosks()] == [first.identity, second.identity]


def test_nothing_is_missed_while_others_write(url: str) -> None:
    """Transactions overlap: a number that is seen before a lower one would hide what the lower one wrote."""
    writers, reader = [opened(url) for _ in range(3)], opened(url)
    done: list[int] = []

    def write(number: int) -> None:
        for turn in range(40):
            mine = SPEAKERS[number::3]
            writers[number].take([kiosk.heartbeat(ago(seconds=900 - turn)) for kiosk in mine])
        done.append(number)

    threads = [threading.Thread(target=write, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    wait_for(lambda: reader.kiosks() is not None and len(done) == 3, "everything is written", 60)
    assert reader.kiosks() == anew(url)
    assert {kiosk.heard_at for kiosk in reader.kiosks()} == {ago(seconds=861)}
    for each in (*writers, reader):
        each.close()


# -- several places ----------------------------------------------------------------------------------------


def test_of_one_place_several_or_all(store: Store) -> None:
    told = [Told(f"mz-p-{n}", subject, Condition.OK) for n in range(4) for subject in ("", "kiosk-1")]
    store.record_conditions(told, ago(hours=3))
    store.take([kiosk.birth() for kiosk in SPEAKERS])
    for kiosk in SPEAKERS:
        forgot = kiosk.state(NOW, 1, online=True, install_id=kiosk.install_id, oldest_seq=3)
        store.take([kiosk.loan(seq=9), kiosk.says(forgot)])
    span = (ago(hours=9), NOW)
    for asked, places in (("mz-p-1", {"mz-p-1"}), (["mz-p-1", "mz-p-3", "nowhere"], {"mz-p-1", "mz-p-3"})):
        assert {kiosk.identity.place for kiosk in store.kiosks(asked)} == places
        assert {seen.identity.place for seen in store.device_history(asked)} == places
        assert {loss.gap.identity.place for loss in store.losses(asked)} == places
        spans = store.condition_history(*span, asked, {"", "kiosk-2"})
        assert [(s.told.place, s.told.subject) for s in spans] == [(place, "") for place in sorted(places)]
    assert store.kiosks([]) == store.device_history([]) == store.losses([]) == []
    assert store.condition_history(*span, []) == []
    assert len(store.kiosks()) == len(store.losses()) == 8
    assert store.losses("mz-p-0")[0].gap == Gap(Identity("mz-p-0", "kiosk-1"), "i-0-1", 1, 2)


# -- from an older version ---------------------------------------------------------------------------------

BACK_TO_2 = (
    "DROP TABLE door_marks",
    "DROP TABLE door_losses",
    *(f"ALTER TABLE installs DROP COLUMN {name}" for name in ("door_seq", "door_total", "door_at")),
    "DROP INDEX kiosks_by_change",
    "ALTER TABLE kiosks DROP COLUMN changed",
    "DELETE FROM facts WHERE name = 'kiosks_changed'",
    "DROP INDEX spans_by_place",
    "CREATE INDEX spans_by_place ON spans (place, subject, started_at)",
)


def test_a_database_of_the_version_before_is_brought_up_to_date(url: str) -> None:
    store, kiosk = opened(url), SPEAKERS[0]
    store.take([kiosk.birth(ago(hours=1)), kiosk.loan(seq=1)])
    before = store.kiosks()
    with store.database.transaction() as writing:  # type: ignore[attr-defined]
        own = "UPDATE facts SET value = '2' WHERE name = 'version'"
        for sql in (*BACK_TO_2, "PRAGMA user_version = 2" if url.startswith("sqlite") else own):
            writing.execute(sql)
    store.close()
    upgraded = opened(url)
    assert (upgraded.kiosks(), upgraded.event_count()) == (before, 1)
    upgraded.take([kiosk.heartbeat()])
    assert upgraded.kiosks() == anew(url) != before
    upgraded.close()
