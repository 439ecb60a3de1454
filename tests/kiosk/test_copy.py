"""What a kiosk knows of items and readers while it is cut off: taken in chunks, kept, and hidden."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.fernet import Fernet

from broker_config.lists import ListedReader, ListName, Lists, pack
from broker_config.messages import decode, encode
from broker_config.status import State
from broker_config.topics import Identity
from broker_config.values import timestamp
from kiosk import clock, uplink
from kiosk.broker_access import BrokerSettings
from kiosk.copy import CopiedReader, CopyError, LocalCopy
from kiosk.flow.ils_values import Block
from kiosk.flow.session import Policy
from kiosk.hearing import Ears
from kiosk.journal import Journal
from kiosk.uplink import Uplink
from tests.broker import Broker
from tests.centre import Centre
from tests.kiosk.cable import Cable
from tests.kiosk.test_uplink import health
from tests.lists import NOW, Library, many_readers, many_titles, write_items, write_readers
from tests.waiting import wait_for

ITEMS, READERS = ListName.ITEMS, ListName.READERS
KEY = Fernet.generate_key()
KIOSK = Identity("mz-taiping-03", "kiosk-1")
ZHANG = ("25240000010010", "张样例", "74db9dfb;0419131F8ABF39", "", "10", "2027-03-01")
LI = ("25240000010028", "李示范", "04893BA9DDE8C4", "fees", "", "")
THREE = {"1": "红楼梦", "2": "三国演义", "3": "水浒传"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    yield made
    made.log.close()


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[Callable[..., LocalCopy]]:
    with contextlib.ExitStack() as stack:

        def opened(key: bytes = KEY, policy: Policy = Policy.LOANS) -> LocalCopy:
            return stack.enter_context(
                contextlib.closing(LocalCopy(tmp_path / "kiosk" / "copy.db", key, policy))
            )

        yield opened


Open = Callable[..., LocalCopy]


def titles_in(copy: LocalCopy) -> dict[str, str]:
    return dict(copy._reader.execute("SELECT item_id, title FROM items").fetchall())


# -- taking chunks -----------------------------------------------------------------------------------------


def test_titles_by_item(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    assert (copy.positions(), copy.title("2")) == ({"items": None, "readers": None}, None)
    library.items(THREE)
    library.feed(copy, ITEMS)
    assert [copy.title(item_id) for item_id in ("1", "2", "3", "4")] == [*THREE.values(), None]
    library.items({"1": "红楼梦", "3": "水浒全传", "4": "西游记"})
    library.feed(copy, ITEMS)
    assert [copy.title(item_id) for item_id in ("1", "2", "3", "4")] == ["红楼梦", None, "水浒全传", "西游记"]


def test_readers_by_number_and_by_card(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.readers(ZHANG, LI)
    library.feed(copy, READERS)
    zhang = CopiedReader("25240000010010", None, 10, date(2027, 3, 1))
    for credential in ("25240000010010", "74DB9DFB", "0419131F8ABF39"):
        assert copy.reader(credential) == zhang
    assert copy.reader("25240000010028") == CopiedReader("25240000010028", Block.FEES, None, None)
    assert copy.reader("74DB9DF") is copy.reader("") is None


def test_a_card_that_changes_hands_and_a_reader_who_leaves(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.readers(ZHANG, LI)
    library.feed(copy, READERS)
    library.readers((*ZHANG[:2], "04893BA9DDE8C4", *ZHANG[3:]), (*LI[:2], "74db9dfb", *LI[3:]))
    library.feed(copy, READERS)
    owners = {card: copy.reader(card) for card in ("04893BA9DDE8C4", "74DB9DFB", "0419131F8ABF39")}
    assert {card: owner and owner.reader_id for card, owner in owners.items()} == {
        "04893BA9DDE8C4": ZHANG[0],
        "74DB9DFB": LI[0],
        "0419131F8ABF39": None,
    }
    library.readers((*ZHANG[:2], "", *ZHANG[3:]))
    library.feed(copy, READERS)
    assert copy.reader(LI[0]) is copy.reader("74DB9DFB") is copy.reader("04893BA9DDE8C4") is None
    assert copy.reader(ZHANG[0]) is not None


def test_a_reason_of_tomorrow_is_still_a_reason(library: Library, open_copy: Open) -> None:
    library.readers(LI)
    chunk = library.next(READERS, None)
    assert chunk is not None
    copy = open_copy()
    changes = pack([], [ListedReader("25240000010028", blocked="vaccination")])
    copy.apply(msgspec.structs.replace(chunk, changes=changes))
    known = copy.reader("25240000010028")
    assert known is not None and known.blocked is Block.OTHER


def test_what_does_not_follow_is_left_alone(library: Library, open_copy: Open) -> None:
    library.items(many_titles(5000))
    copy, other = open_copy(), LocalCopy(library.folder / "other.db", KEY)
    chunks = library.feed(other, ITEMS)
    other.close()
    assert len(chunks) > 3
    assert copy.apply(chunks[1]) is None and copy.positions()["items"] is None, "not the first"
    assert copy.apply(chunks[0]) == chunks[0].position
    assert copy.apply(chunks[2]) == chunks[0].position, "one is missing"
    assert copy.apply(chunks[1]) == chunks[1].position
    assert copy.apply(chunks[1]) == copy.apply(chunks[0]) == chunks[1].position, "again"
    stranger = msgspec.structs.replace(chunks[2], log="0" * 16)
    assert copy.apply(stranger) == chunks[1].position, "of another log"
    assert len(titles_in(copy)) == chunks[1].upto


def test_a_chunk_that_cannot_be_read_changes_nothing(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.readers(ZHANG)
    (first,) = library.feed(copy, READERS)
    library.readers()
    chunk = library.next(READERS, first.position)
    assert chunk is not None
    with pytest.raises(CopyError, match=r"^Lists\(readers 1 to 2 of .*\): changes of the readers cannot be"):
        copy.apply(msgspec.structs.replace(chunk, changes=chunk.changes[:-5]))
    assert copy.positions()["readers"] == first.position and copy.reader(ZHANG[0]) is not None


def test_a_full_disk_takes_nothing_of_a_chunk(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.items(many_titles(3000))
    first = library.feed(copy, ITEMS, chunks=1)[0]
    pages = copy._writer.execute("PRAGMA page_count").fetchone()[0]
    copy._writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(CopyError, match=r"copy\.db: the copy of the lists cannot be written: .*full"):
        library.feed(copy, ITEMS)
    assert copy.positions()["items"] == first.position and len(titles_in(copy)) == first.upto
    copy._writer.execute("PRAGMA max_page_count = 1000000")
    library.feed(copy, ITEMS)
    assert len(titles_in(copy)) == 3000


# -- a copy begun anew -------------------------------------------------------------------------------------


def test_the_old_copy_serves_until_the_new_one_is_whole(library: Library, open_copy: Open) -> None:
    """The centre's log was lost and made anew, meanwhile some books went and others came."""
    copy = open_copy()
    before = many_titles(4000)
    library.items(before)
    library.feed(copy, ITEMS)
    library.log.close()
    for file in library.folder.glob("centre.lists.db*"):
        file.unlink()
    renewed = Library(library.folder)
    after = dict([*list(before.items())[1000:], ("1", "红楼梦")])
    renewed.items(after)
    renewed.feed(copy, ITEMS, chunks=2)
    gone = next(iter(before))
    assert copy.title(gone) == before[gone] and copy.age(ITEMS, NOW) is not None
    renewed.feed(copy, ITEMS)
    assert titles_in(copy) == after
    renewed.log.close()


def test_readers_of_the_old_copy_leave_with_their_cards(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.readers(ZHANG, LI)
    library.feed(copy, READERS)
    library.readers(ZHANG)
    anew = library.next(READERS, None)
    assert anew is not None
    copy.apply(anew)
    assert copy.reader(ZHANG[0]) is not None and copy.reader(LI[2]) is None
    assert copy._reader.execute("SELECT count(*) FROM credentials").fetchone() == (2,)


def test_age_is_that_of_the_librarys_word(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    library.items(many_titles(3000), NOW)
    library.feed(copy, ITEMS, chunks=1)
    assert copy.age(ITEMS, NOW) is copy.age(READERS, NOW) is None, "not whole yet"
    library.feed(copy, ITEMS)
    assert copy.age(ITEMS, NOW + timedelta(days=3)) == timedelta(days=3)
    library.items(many_titles(3001), NOW + timedelta(days=2))
    library.feed(copy, ITEMS)
    assert copy.age(ITEMS, NOW + timedelta(days=3)) == timedelta(days=1)


def test_a_place_holds_no_list_that_it_does_not_need(library: Library, open_copy: Open) -> None:
    library.items(THREE)
    library.readers(ZHANG)
    everything = open_copy(policy=Policy.LOANS)
    for name in ListName:
        library.feed(everything, name)
    everything.close()
    titles = open_copy(policy=Policy.RETURNS)
    assert (set(titles.positions()), titles.title("1"), titles.reader(ZHANG[0])) == (
        {"items"},
        "红楼梦",
        None,
    )
    titles.close()
    nothing = open_copy(policy=Policy.OFF)
    assert (nothing.positions(), nothing.title("1")) == ({}, None)
    nothing.close()
    again = open_copy(policy=Policy.LOANS)
    assert again.positions() == {"items": None, "readers": None}


# -- power cuts and bad files ------------------------------------------------------------------------------

TAKER = """
import pathlib, sys
from broker_config.lists import Lists
from broker_config.messages import decode
from kiosk.copy import LocalCopy
copy = LocalCopy(pathlib.Path(sys.argv[1]), sys.argv[2].encode())
for chunk in sorted(pathlib.Path(sys.argv[3]).iterdir()):
    print(copy.apply(decode(Lists, chunk.read_bytes())).seq, flush=True)
"""


def test_a_killed_kiosk_goes_on_between_two_chunks(library: Library, tmp_path: Path) -> None:
    titles = many_titles(12_000)
    library.items(titles)
    chunks = tmp_path / "chunks"
    chunks.mkdir()
    path, position, marks = tmp_path / "copy.db", None, {0}
    while chunk := library.next(ITEMS, position):
        (chunks / f"{chunk.after:06}").write_bytes(encode(chunk))
        position = chunk.position
        marks.add(chunk.upto)
    resumed = []
    for lines in (1, 3, 6):
        command = [sys.executable, "-c", TAKER, str(path), KEY.decode(), str(chunks)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as taker:
            assert taker.stdout is not None
            for _ in range(lines):
                assert taker.stdout.readline()
            taker.send_signal(signal.SIGKILL)
        with contextlib.closing(LocalCopy(path, KEY)) as copy:
            held = copy.positions()["items"]
            assert held is not None and held.seq in marks and len(titles_in(copy)) == held.seq
            resumed.append(held.seq)
    assert resumed == sorted(resumed) and resumed[0] < len(titles)
    with contextlib.closing(LocalCopy(path, KEY)) as copy:
        library.feed(copy, ITEMS)
        assert titles_in(copy) == titles


@pytest.mark.parametrize("damage", ["empty", "no database", "torn", "another version"])
def test_a_file_that_cannot_be_used_is_begun_anew(
    library: Library, open_copy: Open, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    library.items(many_titles(2000))
    copy = open_copy()
    library.feed(copy, ITEMS)
    copy.close()
    path = library.folder / "kiosk" / "copy.db"
    whole = path.read_bytes()
    if damage == "another version":
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA user_version = 9")
    else:
        torn = whole[:8192] + os.urandom(len(whole) - 8192)
        path.write_bytes({"empty": b"", "no database": b"x" * 5000, "torn": torn}[damage])
    again = open_copy()
    assert again.positions() == {"items": None, "readers": None}
    assert "copy.db: the copy of the lists cannot be used and is begun anew" in caplog.text
    library.feed(again, ITEMS)
    assert len(titles_in(again)) == 2000


def test_with_another_key_it_is_begun_anew(library: Library, open_copy: Open) -> None:
    library.readers(ZHANG)
    first = open_copy()
    library.feed(first, READERS)
    first.close()
    second = open_copy(key=Fernet.generate_key())
    assert second.positions()["readers"] is None
    library.feed(second, READERS)
    assert second.reader("74DB9DFB") is not None


def test_a_copy_that_breaks_while_in_use_knows_nothing_and_says_so_once(
    library: Library, open_copy: Open, caplog: pytest.LogCaptureFixture
) -> None:
    copy = open_copy()
    library.items(THREE)
    library.feed(copy, ITEMS)
    copy._writer.execute("DROP TABLE items")
    copy._writer.execute("DROP TABLE copies")
    assert copy.title("1") is copy.title("2") is copy.age(ITEMS, NOW) is None
    assert copy.positions() == {}, "and is sent nothing"
    assert len(caplog.records) == 1 and "cannot be read" in caplog.text


# -- whoever takes the card out ----------------------------------------------------------------------------


def test_the_file_tells_nobody_who_reads_here(library: Library, open_copy: Open) -> None:
    copy = open_copy()
    readers = many_readers(300)
    library.items(THREE)
    library.readers(*readers)
    for name in ListName:
        library.feed(copy, name)
    files = list((library.folder / "kiosk").iterdir())
    stored = b"".join(file.read_bytes() for file in files).lower()
    assert "三国演义".encode() in stored, "we look at the right bytes"
    for number, _, card, *_ in readers:
        for secret in filter(None, (number, card)):
            assert copy.reader(secret) is not None
            assert secret.lower().encode() not in stored
        if card:
            assert bytes.fromhex(card) not in stored
    assert b"overdue" not in stored
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


# -- sixty thousand items ----------------------------------------------------------------------------------


def test_a_first_copy_of_a_district_takes_little_memory(library: Library, open_copy: Open) -> None:
    library.items(many_titles(60_000))
    position, payloads = None, []
    while chunk := library.next(ITEMS, position):
        payloads.append(encode(chunk))
        position = chunk.position
    copy = open_copy()
    copy.apply(decode(Lists, payloads[0]))
    tracemalloc.start()
    try:
        for payload in payloads[1:]:
            copy.apply(decode(Lists, payload))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert copy.positions()["items"] == position and len(titles_in(copy)) == 60_000
    assert peak < 4 * 2**20, f"{peak / 2**20:.1f} MB"


# -- from the library's file to the kiosk ------------------------------------------------------------------


class Line:
    """An uplink with a copy behind a cable, as `kiosk.app` puts them together."""

    def __init__(self, folder: Path, broker: Broker, port: int) -> None:
        issued = broker.issue(str(KIOSK))
        settings = BrokerSettings("127.0.0.1", port, issued.ca, issued.certificate, issued.key, keepalive_s=5)
        self.journal = Journal(folder / "journal.db", folder / "journal.key")
        self.copy = LocalCopy(folder / "copy.db", (folder / "journal.key").read_bytes())
        self.taken: list[Lists] = []
        self.on_chunk: Callable[[], object] = lambda: None
        self.uplink = Uplink(KIOSK, settings, self.journal, self._state, health, ears=Ears(lists=self._take))
        self.uplink.start()

    def _take(self, lists: Lists) -> None:
        self.copy.apply(lists)
        self.taken.append(lists)
        self.on_chunk()

    def _state(self, session: int, online: bool) -> State:
        at, copies = timestamp(clock.now().utc), self.copy.positions() if online else {}
        return State(at=at, clock_synced=True, online=online, session=session, lists=copies)

    def seq(self, name: ListName) -> int:
        position = self.copy.positions()[name.value]
        return position.seq if position else 0

    def close(self) -> None:
        self.uplink.stop()
        self.copy.close()
        self.journal.close()


def imported(centre: Centre, items: Path, readers: Path) -> str:
    command = [sys.executable, "-m", "central", "lists", "import", "--config", str(centre.config)]
    command += ["--items", str(items), "--readers", str(readers)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_from_file_to_kiosk_over_a_link_that_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uplink, "SHORTEST_PAUSE_S", 0.05)
    monkeypatch.setattr(uplink, "LONGEST_PAUSE_S", 0.2)
    titles, readers = many_titles(8000), many_readers(1500)
    items_csv = write_items(tmp_path / "items.csv", titles)
    readers_csv = write_readers(tmp_path / "readers.csv", readers)
    with Broker(tmp_path) as broker, Centre(tmp_path, broker) as centre, Cable(broker.port) as cable:
        line = Line(tmp_path / "kiosk", broker, cable.port)
        # after every chunk the link breaks, before the state that tells of it is out
        line.on_chunk = lambda: cable.cut() if len(line.taken) < 6 else None
        assert "items: 8000 added" in imported(centre, items_csv, readers_csv)
        wait_for(lambda: (line.seq(READERS), line.seq(ITEMS)) == (1500, 8000), "both lists", 60)
        assert cable.connections >= 6
        assert titles_in(line.copy) == titles
        assert all(line.copy.reader(number) is not None for number, *_ in readers)
        applied = [(lists.list, lists.upto) for lists in line.taken]
        assert len(set(applied)) == len(applied), "no chunk went over the link for nothing"

        line.taken.clear()
        assert "items: 0 added, 0 changed, 0 removed" in imported(centre, items_csv, readers_csv)
        write_items(items_csv, {**titles, "1": "红楼梦"})
        assert "items: 1 added, 0 changed, 0 removed" in imported(centre, items_csv, readers_csv)
        wait_for(lambda: line.copy.title("1") == "红楼梦", "the change", 60)
        assert [(lists.after, lists.upto) for lists in line.taken] == [(8000, 8001)], "and nothing else"
        line.close()
        assert "Traceback" not in centre.log.read_text(encoding="utf-8")
