"""The library's files into the log of changes, and what of it is sent to whom."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker_config.lists import Changes, ListedReader, ListName, Lists, Position, unpack
from broker_config.messages import Publication, encode, read
from broker_config.status import State
from broker_config.topics import Identity
from central.__main__ import main
from central.feeder import AGAIN_AFTER, AT_ONCE, LARGEST_MESSAGE_BYTES, LOOK_EVERY, Feeder
from central.lists import ListError, import_files, read_list
from central.store import StoreError
from central.store.lists import REMOVALS_KEPT, ListLog
from central.store.sqlite import SqliteStore
from tests.central.heard import Kiosk
from tests.lists import NOW, Library, many_readers, many_titles, write_items, write_readers

ITEMS, READERS = ListName.ITEMS, ListName.READERS
ZHANG = ("25240000010010", "张样例", "74db9dfb;0419131F8ABF39", "", "10", "2027-03-01")
LI = ("25240000010028", "李示范", "", "fees", "", "")
THREE = {"1": "红楼梦", "2": "三国演义", "3": "水浒传"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    yield made
    made.log.close()


# -- in ----------------------------------------------------------------------------------------------------


def test_only_the_difference_is_logged(library: Library) -> None:
    assert str(library.items(THREE)) == "items: 3 added, 0 changed, 0 removed; 3 now"
    imported = library.items({"1": "红楼梦", "3": "水浒全传", "4": "西游记"})
    assert str(imported) == "items: 1 added, 1 changed, 1 removed; 3 now"
    assert library.log.heads()[ITEMS].seq == 6
    after = library.log.after(ITEMS, Position(log="00000000", base=3, seq=3), 10)
    assert [(change.seq, change.key, change.entry) for change in after] == [
        (4, "2", None),
        (5, "3", '["3","水浒全传"]'),
        (6, "4", '["4","西游记"]'),
    ]


def test_an_unchanged_file_changes_nothing_but_when_it_was_looked_at(library: Library) -> None:
    library.items(THREE)
    before = library.log.heads()[ITEMS]
    assert library.items(dict(reversed(THREE.items())), NOW + timedelta(days=1)).difference.counts == (
        0,
        0,
        0,
    )
    after = library.log.heads()[ITEMS]
    assert (after.seq, after.log, after.imported_at - before.imported_at) == (
        3,
        before.log,
        timedelta(days=1),
    )


def test_of_a_reader_only_what_a_kiosk_needs(library: Library) -> None:
    library.readers(ZHANG, LI)
    chunk = library.next(READERS, None)
    assert chunk is not None
    zhang, li = unpack(READERS, chunk.changes).entries
    assert isinstance(zhang, ListedReader) and isinstance(li, ListedReader)
    assert zhang.credentials == ("74DB9DFB", "0419131F8ABF39"), "as card readers tell them"
    assert (zhang.blocked, zhang.loan_limit, str(zhang.expires)) == (None, 10, "2027-03-01")
    assert (li.credentials, li.blocked, li.loan_limit, li.expires) == ((), "fees", None, None)
    for file in library.folder.glob("centre.lists.db*"):
        assert "样例".encode() not in file.read_bytes(), "names stay outside"


def test_the_file_is_its_owners_alone(library: Library) -> None:
    library.readers(ZHANG)
    modes = {file.name: file.stat().st_mode & 0o777 for file in library.folder.glob("centre.lists.db*")}
    assert set(modes.values()) == {0o600} and len(modes) == 3


READER_HEADER = "number,credentials,blocked,loan_limit,expires\n"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (ITEMS, "", "line 0: no column item_id, expected a first line with item_id,title"),
        (ITEMS, "item_id,name\n1,x\n", "line 1: no column title, expected a first line with item_id,title"),
        (ITEMS, "item_id,title\n1,x\n2\n", "line 3: fewer columns than the first line"),
        (ITEMS, "item_id,title\n1,x\n,y\n", "line 3: item_id: expected `str` of length >= 1"),
        (ITEMS, "item_id,title\n1, \n", "line 2: title: expected `str` of length >= 1"),
        (ITEMS, f"item_id,title\n{'9' * 65},x\n", "line 2: item_id: expected `str` of length <= 64"),
        (ITEMS, "item_id,title\n1,x\n2,y\n1,z\n", "line 4: its item_id is that of line 2 already"),
        (ITEMS, 'item_id,title\n1,"x\n', "line 2: unexpected end of data"),
        (READERS, READER_HEADER + "1,,maybe,,\n", "line 2: blocked: expected nothing or one of card_lost, "),
        (READERS, READER_HEADER + "1,,,many,\n", "line 2: loan_limit: expected `int"),
        (READERS, READER_HEADER + "1,,,-1,\n", "line 2: loan_limit: expected `int` >= 0"),
        (READERS, READER_HEADER + "1,,,,2027/03/01\n", "line 2: expires: invalid RFC3339"),
        (READERS, READER_HEADER + "1,A B,,,\n2,B,,,\n", "line 3: its number or credential is that of line 2"),
        (READERS, READER_HEADER + "1,,,,\n2,1,,,\n", "line 3: its number or credential is that of line 2"),
    ],
)
def test_a_bad_row_is_one_sentence(tmp_path: Path, name: ListName, text: str, sentence: str) -> None:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ListError) as caught:
        read_list(name, file)
    assert str(caught.value).startswith(f"{file} {sentence}")


def test_what_is_no_text_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    with pytest.raises(ListError, match=r"items\.csv: cannot be read: No such file"):
        read_list(ITEMS, file)
    file.write_bytes("item_id,title\n1,红楼梦\n".encode("gb18030"))
    with pytest.raises(ListError, match=r"items\.csv: is not UTF-8: save it as 'CSV UTF-8'"):
        read_list(ITEMS, file)


def test_both_files_or_none(library: Library) -> None:
    items = write_items(library.folder / "items.csv", THREE)
    readers = write_readers(library.folder / "readers.csv", [ZHANG, (*LI[:3], "no reason", "", "")])
    with pytest.raises(ListError, match=r"readers\.csv line 3"):
        import_files(library.log, {ITEMS: items, READERS: readers}, NOW)
    assert library.log.heads() == {}


def test_a_file_that_broke_off_is_not_taken_for_a_clearance(library: Library) -> None:
    library.items(many_titles(1000))
    with pytest.raises(ListError, match=r"items\.csv: 300 of 1000 known entries are not in it"):
        library.items(many_titles(700), may_shrink=False)
    assert len(library.log.entries(ITEMS)) == 1000
    library.items(many_titles(850), may_shrink=False)
    library.items({}, may_shrink=True)
    assert library.log.entries(ITEMS) == {}


def test_a_full_disk_keeps_all_of_an_import_out(library: Library) -> None:
    library.items(THREE)
    pages = library.log._db.execute("PRAGMA page_count").fetchone()[0]
    library.log._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match=r"cannot be written: .*full"):
        library.items(many_titles(5000))
    assert len(library.log.entries(ITEMS)) == library.log.heads()[ITEMS].seq == 3


def test_a_log_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "centre.lists.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 9")
    with pytest.raises(StoreError, match="version 9, expected 1: update the centre"):
        ListLog(path)


def test_two_that_open_a_new_log_at_once(tmp_path: Path) -> None:
    troubles: list[Exception] = []

    def open_it() -> None:
        try:
            ListLog(tmp_path / "centre.lists.db").close()
        except StoreError as error:
            troubles.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


# -- what follows a copy -----------------------------------------------------------------------------------


def follow(library: Library, position: Position | None = None) -> list[Lists]:
    """Every chunk from `position` to the end."""
    chunks: list[Lists] = []
    while chunk := library.next(ITEMS, position):
        chunks.append(chunk)
        position = chunk.position
    return chunks


def test_a_whole_copy_comes_in_small_chunks_that_follow_each_other(library: Library) -> None:
    titles = many_titles(5000)
    library.items(titles)
    chunks = follow(library)
    assert [chunk.after for chunk in chunks] == [0, *(chunk.upto for chunk in chunks[:-1])]
    assert [chunk.position.whole for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert max(len(encode(chunk)) for chunk in chunks) <= LARGEST_MESSAGE_BYTES
    sent = [entry for chunk in chunks for entry in unpack(ITEMS, chunk.changes).entries]
    assert len(sent) == 5000 and {(entry.item_id, entry.title) for entry in sent} == set(titles.items())


def test_titles_that_cannot_be_compressed_make_smaller_chunks(library: Library) -> None:
    alphabet = [chr(code) for code in range(0x4E00, 0x9FA5)]
    titles = {
        str(n): "".join(alphabet[(n * 7919 + k * 104729) % 20000] for k in range(200)) for n in range(300)
    }
    library.items(titles)
    chunks = follow(library)
    assert max(len(encode(chunk)) for chunk in chunks) <= LARGEST_MESSAGE_BYTES
    assert sum(len(unpack(ITEMS, chunk.changes).entries) for chunk in chunks) == 300


def test_what_changed_often_is_sent_once(library: Library) -> None:
    library.items(THREE)
    position = follow(library)[-1].position
    for edition in range(20):
        library.items({**THREE, "2": f"三国演义 {edition}"})
    (chunk,) = follow(library, position)
    assert [entry.title for entry in unpack(ITEMS, chunk.changes).entries] == ["三国演义 19"]
    assert chunk.upto == 23


def test_a_copy_in_the_making_goes_on_while_the_list_changes(library: Library) -> None:
    titles = many_titles(4000)
    library.items(titles)
    first = library.next(ITEMS, None)
    assert first is not None
    gone, kept = sorted(titles)[-1], sorted(titles)[0]
    library.items({**{key: title for key, title in titles.items() if key != gone}, kept: "新题名"})
    rest = follow(library, first.position)
    sent = {entry.item_id: entry.title for chunk in rest for entry in unpack(ITEMS, chunk.changes).entries}
    assert sent[kept] == "新题名" and gone not in sent
    assert {chunk.base for chunk in rest} == {first.base} and rest[-1].upto == 4002


def test_a_copy_too_far_behind_is_begun_anew(library: Library) -> None:
    library.items(THREE)
    old = follow(library)[-1].position
    later = NOW + timedelta(days=1)
    library.items({"1": "红楼梦", "2": "三国演义"}, later)
    recent = follow(library, old)[-1].position
    library.items({"1": "红楼梦", "2": "三国志"}, later + REMOVALS_KEPT + timedelta(days=1))
    assert library.log.entries(ITEMS).keys() == {"1", "2"}
    assert [chunk.after for chunk in follow(library, recent)] == [recent.seq], "it knows of the removal"
    (anew,) = follow(library, old)
    assert (anew.after, anew.base, unpack(ITEMS, anew.changes).removed) == (0, 5, ())
    half_way = Position(log=anew.log, base=5, seq=1)
    assert [chunk.after for chunk in follow(library, half_way)] == [1], (
        "a new copy is not begun again and again"
    )


@pytest.mark.parametrize(
    "change", [{"log": "0" * 16}, {"seq": 9}, {"seq": 9, "base": 9}], ids=["another log", "ahead", "restored"]
)
def test_a_copy_of_another_log_is_begun_anew(library: Library, change: dict[str, object]) -> None:
    library.items(THREE)
    held = follow(library)[-1].position
    other = Position(**{"log": held.log, "base": held.base, "seq": held.seq, **change})  # type: ignore[arg-type]
    assert [chunk.after for chunk in follow(library, other)] == [0]


def test_a_list_that_is_empty_is_told_so(library: Library) -> None:
    library.items(THREE)
    held = follow(library)[-1].position
    library.items({})
    (chunk,) = follow(library, held)
    assert unpack(ITEMS, chunk.changes).removed == ("1", "2", "3")
    (anew,) = follow(library)
    assert unpack(ITEMS, anew.changes) == Changes((), ()) and anew.upto == 6


# -- what is sent to whom ----------------------------------------------------------------------------------


class Post:
    """A feeder between a log and a store; a kiosk is what its last state said."""

    def __init__(self, library: Library) -> None:
        self.now: datetime = NOW
        self.store = SqliteStore(library.folder / "centre.db")
        self.feeder = Feeder(library.log, self.store, lambda: self.now)

    def says(self, kiosk: Kiosk, session: int = 1, **copies: Position | None) -> list[Lists]:
        """What is sent when the kiosk says how far it is."""
        return self.sent([kiosk.birth(self.now, session, lists=copies)])

    def sent(self, heard: list) -> list[Lists]:
        self.store.take(heard)
        return self._opened(self.feeder.answers(heard))

    def later(self, by: timedelta = LOOK_EVERY) -> list[Lists]:
        self.now += by
        return self._opened(self.feeder.answers(()))

    @staticmethod
    def _opened(publications: list[Publication]) -> list[Lists]:
        messages = [read(one.topic, one.payload)[1] for one in publications]
        assert all((one.qos, one.retain) == (1, False) for one in publications)
        return [message for message in messages if isinstance(message, Lists)]


@pytest.fixture
def post(library: Library) -> Iterator[Post]:
    made = Post(library)
    yield made
    made.store.close()


def test_one_chunk_at_a_time_and_the_next_when_the_state_says_so(library: Library, post: Post) -> None:
    library.items(many_titles(4000))
    kiosk = Kiosk()
    (first,) = post.says(kiosk, items=None)
    assert post.says(kiosk, items=None) == [], "a state for another reason"
    assert post.later() == []
    (second,) = post.says(kiosk, items=first.position)
    assert second.before == first.position


def test_readers_come_before_items(library: Library, post: Post) -> None:
    library.items(THREE)
    library.readers(ZHANG)
    kiosk = Kiosk()
    (first,) = post.says(kiosk, items=None, readers=None)
    (second,) = post.says(kiosk, items=None, readers=first.position)
    assert (first.list, second.list) == (READERS, ITEMS)
    assert post.says(kiosk, items=second.position, readers=first.position) == []


def test_a_kiosk_is_sent_only_the_lists_it_takes(library: Library, post: Post) -> None:
    library.items(THREE)
    library.readers(ZHANG)
    assert post.says(Kiosk()) == []
    assert [chunk.list for chunk in post.says(Kiosk("mz-main.kiosk-1"), items=None)] == [ITEMS]


def test_an_import_is_noticed_and_an_unchanged_one_sends_nothing(library: Library, post: Post) -> None:
    library.items(THREE)
    kiosk = Kiosk()
    (first,) = post.says(kiosk, items=None)
    assert post.says(kiosk, items=first.position) == []
    library.items(THREE)
    assert post.later() == []
    library.items({**THREE, "4": "西游记"})
    (second,) = post.later()
    assert (second.after, second.upto) == (3, 4)


def test_after_any_break_it_goes_on_where_it_was(library: Library, post: Post) -> None:
    library.items(many_titles(4000))
    kiosk = Kiosk()
    (first,) = post.says(kiosk, items=None)
    (second,) = post.says(kiosk, items=first.position)
    assert post.says(kiosk, session=2, items=first.position) == [second], "a new connection: it got lost"
    again = Post(library)
    assert again.sent([]) == [second], "a new centre: it knows only what the kiosk told"
    again.store.close()


def test_a_kiosk_that_does_not_take_a_chunk_is_asked_again_rarely(library: Library, post: Post) -> None:
    library.items(THREE)
    (first,) = post.says(Kiosk(), items=None)
    assert post.later(AGAIN_AFTER - LOOK_EVERY) == []
    assert post.later() == [first]
    assert post.later() == []


def test_nothing_is_sent_to_a_kiosk_that_is_away(library: Library, post: Post) -> None:
    kiosk = Kiosk()
    assert post.says(kiosk, items=None) == []
    post.sent([kiosk.death(NOW)])
    library.items(THREE)
    assert post.later() == []
    assert len(post.says(kiosk, session=2, items=None)) == 1


def test_a_district_that_begins_from_nothing_does_not_hold_up_the_collector(
    library: Library, post: Post
) -> None:
    library.items(many_titles(1000))
    kiosks = [Kiosk(f"mz-main.kiosk-{n}", f"i-{n}") for n in range(1, 105)]
    batches = [post.sent([kiosk.birth(NOW, lists={"items": None}) for kiosk in kiosks])]
    while batches[-1]:
        batches.append(post.later(timedelta(0)))
    assert max(map(len, batches)) == AT_ONCE
    assert sum(map(len, batches)) == 104


def test_a_log_that_cannot_be_read_is_said_once_and_does_not_stop_the_collector(
    library: Library, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    library.items(THREE)
    library.log._db.execute("ALTER TABLE logs RENAME TO elsewhere")
    assert post.says(Kiosk(), items=None) == post.later() == post.later() == []
    assert len(caplog.records) == 1 and "centre.lists.db: the lists cannot be read" in caplog.text
    library.log._db.execute("ALTER TABLE elsewhere RENAME TO logs")
    assert len(post.later()) == 1


def test_a_state_of_before_there_were_lists(library: Library, post: Post) -> None:
    library.items(THREE)
    old = b'{"type":"state/1","at":"2026-11-22T03:04:05.678Z","clock_synced":true,"online":true,"session":1}'
    _, state = read(f"shuzhan/v1/{Identity('mz-main', 'kiosk-1')}/state", old)
    assert isinstance(state, State)
    assert post.sent([Kiosk("mz-main.kiosk-1").says(state)]) == []


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    file = tmp_path / "centre.toml"
    file.write_text(
        '[broker]\nhost = "127.0.0.1"\nport = 8883\nca = "ca"\ncert = "cert"\nkey = "key"\n'
        '[store]\nurl = "sqlite:data/centre.db"\n[places]\nfile = "places.toml"\n',
        encoding="utf-8",
    )
    return file


def test_the_command_says_what_it_did(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = write_items(config.with_name("items.csv"), THREE)
    readers = write_readers(config.with_name("readers.csv"), many_readers(200))
    command = ["lists", "import", "--config", str(config), "--items", str(items), "--readers", str(readers)]
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines() == [
        "readers: 200 added, 0 changed, 0 removed; 200 now",
        "items: 3 added, 0 changed, 0 removed; 3 now",
    ]
    assert (config.parent / "data" / "centre.lists.db").exists()
    write_readers(readers, many_readers(10))
    assert main(command) == 2
    told = capsys.readouterr().err
    assert "readers.csv: 190 of 200 known entries are not in it" in told and "Traceback" not in told
    assert main([*command, "--may-shrink"]) == 0


def test_the_command_without_a_file(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lists", "import", "--config", str(config)]) == 2
    assert capsys.readouterr().err == "nothing to import: expected --items CSV or --readers CSV, or both\n"
