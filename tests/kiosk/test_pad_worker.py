"""The pad's worker over a real wire: what it asks of the reader, and when."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.feig_obid.driver import FeigObid
from devices.feig_obid.protocol import Control, Decoder, Iso
from devices.kinds import Kind, TagsChanged
from hardware_sim.feig_obid import FeigObid as Reader
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.world import SLIX, Chip, World, uid_of
from kiosk.flow.effects import ReadAfi, WriteAfi
from kiosk.flow.events import AfiRead, AfiWritten, DeviceUp, Event, TagActFailed
from kiosk.jobs import PAD_PACE, PadJob
from kiosk.workers import DeviceWorker

ON_LOAN = 0xC2
UIDS = [uid_of(SLIX, number) for number in range(1, 7)]


class OverheardReader(Reader):
    """The simulator, noting what it was asked of tags."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.heard: list[int] = []
        self._ear = Decoder()

    def receive(self, data: bytes) -> bytes:
        self.heard += [frame.data[0] for frame in self._ear.feed(data) if frame.control == Control.ISO_HOST]
        return super().receive(data)


@pytest.fixture
def world() -> World:
    world = World(tags={uid.hex(): Chip(uid, bytearray(112)) for uid in UIDS})
    world.put(*world.tags)
    return world


@pytest.fixture
def reader(world: World) -> OverheardReader:
    return OverheardReader(world)


@pytest.fixture
def link(reader: OverheardReader, tmp_path: Path) -> Iterator[PtyLink]:
    with PtyLink(reader, tmp_path / "kiosk-pad", line=LineSpeed((38400,), "E")) as link:
        yield link


@pytest.fixture
def job(link: PtyLink) -> Iterator[PadJob]:
    driver = FeigObid(str(link.path))
    yield PadJob(driver)
    driver.close()


def done(job: PadJob, command: WriteAfi | ReadAfi) -> list[Event]:
    told: list[Event] = []
    job.do(command, told.append)
    return told


def test_what_was_written_is_read_back_while_the_write_is_recorded(
    job: PadJob, reader: OverheardReader
) -> None:
    uid = UIDS[0]
    assert done(job, WriteAfi(1, uid, ON_LOAN)) == [AfiWritten(1, uid, ON_LOAN)]
    assert reader.heard == [Iso.WRITE_AFI, Iso.SYSTEM_INFORMATION]
    assert done(job, ReadAfi(1, uid)) == [AfiRead(1, uid, ON_LOAN)]
    assert reader.heard == [Iso.WRITE_AFI, Iso.SYSTEM_INFORMATION]
    assert done(job, ReadAfi(1, uid)) == [AfiRead(1, uid, ON_LOAN)]
    assert reader.heard[2:] == [Iso.SYSTEM_INFORMATION]


def test_one_tags_byte_never_passes_for_anothers(job: PadJob, world: World) -> None:
    done(job, WriteAfi(1, UIDS[0], ON_LOAN))
    assert done(job, ReadAfi(2, UIDS[1])) == [AfiRead(2, UIDS[1], 0x07)]


def test_reading_ahead_that_fails_is_nobodys_failure(
    job: PadJob, world: World, reader: OverheardReader
) -> None:
    uid = UIDS[0]
    chip = world.chip(uid.hex())
    answered = reader.field.write_afi

    def write_and_go_dumb(called: bytes | None, afi: int) -> None:
        answered(called, afi)
        chip.garbled_answers = 3

    reader.field.write_afi = write_and_go_dumb  # type: ignore[method-assign]
    assert done(job, WriteAfi(1, uid, ON_LOAN)) == [AfiWritten(1, uid, ON_LOAN)]
    assert done(job, ReadAfi(1, uid)) == [AfiRead(1, uid, ON_LOAN)]


def test_there_is_no_pause_while_security_bytes_are_owed(job: PadJob) -> None:
    told: list[Event] = []
    job.poll(told.append)
    assert job.pause_s == 0
    job.poll(told.append)
    assert job.pause_s > 0
    afis = [[tag.afi for tag in event.tags] for event in told if isinstance(event, TagsChanged)]
    assert afis == [[None] * len(UIDS), [0x07] * len(UIDS)]


# -- how often it looks ------------------------------------------------------------------------------------


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Watch:
    """A job whose clock and whose readers are the test's, at rest over six books."""

    def __init__(self, link: PtyLink) -> None:
        self.clock, self.attended = Clock(), False
        self.driver = FeigObid(str(link.path))
        self.job = PadJob(self.driver, attended=lambda: self.attended, clock_s=self.clock)
        self.told: list[Event] = []
        self.look(3)
        assert self.job.pause_s == PAD_PACE.brisk_s, "books have only just been laid there"
        self.rest()

    def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.job.poll(self.told.append)

    def rest(self) -> None:
        self.clock.now_s += PAD_PACE.rests_after_s
        self.look()
        assert self.job.pause_s == PAD_PACE.resting_s


@pytest.fixture
def watch(link: PtyLink) -> Iterator[Watch]:
    watch = Watch(link)
    yield watch
    watch.driver.close()


def test_a_book_lifted_or_laid_there_ends_the_rest_at_its_first_look(watch: Watch, world: World) -> None:
    told = len(watch.told)
    world.lift(UIDS[0].hex())
    watch.look()
    assert watch.job.pause_s == PAD_PACE.brisk_s
    assert len(watch.told) == told, "that it was missed once is told nobody yet"
    watch.look(2)
    assert len(watch.told) == told + 1
    watch.rest()
    world.put(UIDS[0].hex())
    watch.look()
    assert watch.job.pause_s <= PAD_PACE.brisk_s


def test_nobody_who_is_there_waits_for_a_pad_at_rest(watch: Watch) -> None:
    watch.attended = True
    assert watch.job.pause_s == PAD_PACE.brisk_s
    watch.attended = False
    assert watch.job.pause_s == PAD_PACE.resting_s


def test_a_command_ends_the_rest(watch: Watch) -> None:
    watch.job.do(WriteAfi(1, UIDS[0], ON_LOAN), watch.told.append)
    assert watch.job.pause_s == PAD_PACE.brisk_s


# -- the worker --------------------------------------------------------------------------------------------


@pytest.fixture
def events() -> "queue.Queue[Event]":
    return queue.Queue()


@pytest.fixture
def worker(link: PtyLink, events: "queue.Queue[Event]") -> Iterator[DeviceWorker]:
    path = str(link.path)
    worker = DeviceWorker(Kind.TAG_READER, "feig_obid", path, lambda: FeigObid(path), events.put)
    worker.start()
    yield worker
    worker.stop()
    worker.join(timeout=5.0)


def next_of(events: "queue.Queue[Event]", kind: type) -> Event:
    """The next event of that kind, in time; others pass."""
    while True:
        event = events.get(timeout=5.0)
        if isinstance(event, kind):
            return event


def afis_known(events: "queue.Queue[Event]") -> None:
    while True:
        event = next_of(events, TagsChanged)
        if isinstance(event, TagsChanged) and event.tags and all(tag.afi is not None for tag in event.tags):
            return


def test_no_inventory_comes_between_the_tags_of_one_stack(
    worker: DeviceWorker, events: "queue.Queue[Event]", reader: OverheardReader
) -> None:
    afis_known(events)
    for number, uid in enumerate(UIDS):
        worker.put(WriteAfi(number, uid, ON_LOAN))
        next_of(events, AfiWritten)
        worker.put(ReadAfi(number, uid))
        next_of(events, AfiRead)
    heard = reader.heard
    first, last = heard.index(Iso.WRITE_AFI), len(heard) - 1 - heard[::-1].index(Iso.WRITE_AFI)
    assert heard[first:last].count(Iso.INVENTORY) == 0
    assert heard.count(Iso.WRITE_AFI) == len(UIDS)


def test_after_a_failure_it_looks_at_once(
    worker: DeviceWorker, events: "queue.Queue[Event]", world: World
) -> None:
    afis_known(events)
    world.lift(UIDS[0].hex())
    worker.put(WriteAfi(1, UIDS[0], ON_LOAN))
    next_of(events, TagActFailed)
    changed = next_of(events, TagsChanged)
    assert isinstance(changed, TagsChanged)
    assert {tag.uid for tag in changed.tags} == set(UIDS[1:])


def test_a_lost_reader_answers_every_command_with_failure(
    worker: DeviceWorker, events: "queue.Queue[Event]", link: PtyLink
) -> None:
    next_of(events, DeviceUp)
    link.unplug()
    worker.put(WriteAfi(1, UIDS[0], ON_LOAN))
    worker.put(ReadAfi(2, UIDS[1]))
    failed = [next_of(events, TagActFailed) for _ in range(2)]
    assert [each.op_id for each in failed if isinstance(each, TagActFailed)] == [1, 2]
