"""The book pad as the flow sees it: which tags lie there for good, and what each bears.

Works over any `TagReader`. What a tag bears is read first and told first, its security byte (AFI) after all
the others' contents, so that the books' titles can be fetched meanwhile. A tag read once is not read again
while it lies there, so a poll of a pad at rest costs one inventory. Leaves to others the thread that polls,
opening the reader again, and what a library thinks of the tags (two copies of one item, a foreign tag, a
missing part).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from devices.errors import BadFrame, DeviceRefused
from devices.first_read import FirstRead
from devices.kinds import TagOnPad, TagReader, TagsChanged, TagSystem, is_hf
from devices.tag_data import Model, TagContent, Unreadable, bytes_needed, decode

USUAL_BLOCK_SIZE = 4
READ_AGAIN_EVERY = 3
"""Polls between two attempts at a tag that could not be read: an edge tag must not slow the others down."""


class Presence:
    """Which UIDs are there for good. Pure: fed with one inventory after the other.

    A UID is present after `sightings_in` sightings, by inventories in a row or by answering in between, and
    gone after `misses_out` inventories in a row without it.
    """

    def __init__(self, sightings_in: int = 2, misses_out: int = 3) -> None:
        self._sightings_in = sightings_in
        self._misses_out = misses_out
        self._arriving: dict[bytes, int] = {}
        self._misses: dict[bytes, int] = {}

    @property
    def present(self) -> tuple[bytes, ...]:
        """In order of arrival."""
        return tuple(self._misses)

    @property
    def known(self) -> frozenset[bytes]:
        """Present or on the way in."""
        return frozenset(self._misses) | frozenset(self._arriving)

    @property
    def steady(self) -> bool:
        """Whether the last inventory saw what is present, no more and no less."""
        return not self._arriving and not any(self._misses.values())

    def see(self, seen: Collection[bytes]) -> None:
        """Take in one inventory; a UID that it repeats counts once."""
        for uid, misses in list(self._misses.items()):
            self._misses[uid] = 0 if uid in seen else misses + 1
            if self._misses[uid] >= self._misses_out:
                del self._misses[uid]
        arriving = {
            uid: self._arriving.get(uid, 0) + 1 for uid in dict.fromkeys(seen) if uid not in self._misses
        }
        self._arriving = {uid: times for uid, times in arriving.items() if times < self._sightings_in}
        self._misses |= {uid: 0 for uid, times in arriving.items() if times >= self._sightings_in}

    def answered(self, uid: bytes) -> None:
        """A UID on its way in was asked for something and answered: one sighting more."""
        if uid not in self._arriving:
            return
        self._arriving[uid] += 1
        if self._arriving[uid] >= self._sightings_in:
            del self._arriving[uid]
            self._misses[uid] = 0


@dataclass(frozen=True)
class _Read:
    """What a tag gave: `memory` from address 0, empty when it could not be read."""

    memory: bytes
    dsfid: int | None
    """None for a UHF tag, which has no such register."""
    content: TagContent | Unreadable


class Pad:
    """One reader's pad. One thread calls it."""

    def __init__(
        self,
        reader: TagReader,
        models: Sequence[Model] | None = None,
        sightings_in: int = 2,
        misses_out: int = 3,
    ) -> None:
        """`models`: the data models the library allows, in order; None decides by each tag."""
        self._reader = reader
        self._models = models
        self._first_read = FirstRead()
        self._settled_after = max(sightings_in, misses_out)
        self._limits = (sightings_in, misses_out)
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after tags were written by somebody else: every tag is read and told again."""
        self._presence = Presence(*self._limits)
        self._reads: dict[bytes, _Read] = {}
        self._afis: dict[bytes, int] = {}
        self._again_in: dict[bytes, int] = {}
        """Looks until a tag that could not be read is tried again."""
        self._told: dict[bytes, TagOnPad] | None = None
        self._looks = 0
        self._at_rest = False

    @property
    def at_rest(self) -> bool:
        """Whether the last poll found nothing new, gone or owed: the next one may take its time."""
        return self._at_rest

    @property
    def owes(self) -> bool:
        """Whether the next poll has a security byte to read: no reason to wait with it."""
        return bool(self._owed())

    def poll(self) -> TagsChanged | None:
        """Look once, or read the security bytes still owed; the whole stable set when it or what is known of
        it changed, else None.

        An empty pad is told too, once it is known to be empty. DeviceLost and a failed inventory are
        raised; a tag that cannot be read is Unreadable and tried again while it lies there.
        """
        owed = self._owed()
        if owed:
            for uid in owed:
                self._read_registers(uid)
        else:
            self._look()
        news = self._news()
        self._at_rest = news is None and self._presence.steady and not self.owes
        return news

    def write_afi(self, uid: bytes, afi: int) -> None:
        """Raises what the reader raises. Not read back; no poll tells of it as a change."""
        self._reader.write_afi(uid, afi)
        self._note_afi(uid, afi)

    def read_afi(self, uid: bytes) -> int:
        """The security byte in the tag now."""
        afi = self._reader.system_info(uid).afi
        self._note_afi(uid, afi)
        return afi

    # -- who is there ------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._again_in = {uid: looks - 1 for uid, looks in self._again_in.items() if looks > 1}
        seen = {sighting.uid: sighting.dsfid for sighting in self._reader.inventory()}
        self._presence.see(seen)
        self._looks += 1
        self._forget_all_but(self._presence.known)
        for uid, dsfid in seen.items():
            read = self._reads.get(uid)
            if uid not in self._again_in and (read is None or not read.memory):
                self._read(uid, dsfid if is_hf(uid) else None)

    def _present_and_read(self) -> list[bytes]:
        """A reader that falls silent in the middle of a look leaves tags that it has seen and not read."""
        return [uid for uid in self._presence.present if uid in self._reads]

    def _forget_all_but(self, known: Collection[bytes]) -> None:
        """What comes back later may bear something else by then."""
        self._reads = {uid: read for uid, read in self._reads.items() if uid in known}
        self._afis = {uid: afi for uid, afi in self._afis.items() if uid in known}
        self._again_in = {uid: looks for uid, looks in self._again_in.items() if uid in known}

    def _news(self) -> TagsChanged | None:
        stable = {
            uid: TagOnPad(uid, self._reads[uid].content, self._afis.get(uid))
            for uid in self._present_and_read()
        }
        unsure = self._told is None and not stable and self._looks < self._settled_after
        if unsure or stable == self._told:
            return None
        self._told = stable
        return TagsChanged(tuple(stable.values()))

    # -- what they bear ----------------------------------------------------------------------------------

    def _read(self, uid: bytes, dsfid: int | None) -> None:
        try:
            memory = self._memory(uid, dsfid) if dsfid is not None else self._whole_memory(uid)
        except (DeviceRefused, BadFrame) as error:
            self._again_in[uid] = READ_AGAIN_EVERY
            reason = f"读不到标签，请把书分开放 / cannot be read, spread the books out: {error.detail}"
            self._reads[uid] = _Read(b"", dsfid, Unreadable(reason))
        else:
            self._presence.answered(uid)
            self._reads[uid] = read = _Read(memory, dsfid, decode(memory, dsfid, self._models))
            if self._models is None and dsfid is not None:
                self._first_read.learn(memory, dsfid, read.content)

    def _memory(self, uid: bytes, dsfid: int) -> bytes:
        """The first blocks, and more only while what they say calls for it. How many blocks and of what size
        the tag has, is asked only when it refuses."""
        memory, first, size = b"", 0, USUAL_BLOCK_SIZE
        count: int | None = None
        needed: int | None = self._first_read.size(dsfid)
        while needed is not None:
            end = -(-needed // size) if count is None else min(-(-needed // size), count)
            if end <= first:
                break
            try:
                memory += self._reader.read_blocks(uid, first, end - first)
            except DeviceRefused:
                count = self._registers(uid).block_count
                if end <= count:
                    raise
                continue
            first, size = end, len(memory) // end
            needed = bytes_needed(memory, dsfid, self._models)
        return memory

    def _whole_memory(self, uid: bytes) -> bytes:
        """Where each bank ends is told by the chip, not by the data: a UHF tag is small and read at once."""
        return self._reader.read_blocks(uid, 0, self._registers(uid).block_count)

    # -- security bytes ----------------------------------------------------------------------------------

    def _owed(self) -> list[bytes]:
        return [
            uid for uid in self._present_and_read() if uid not in self._afis and uid not in self._again_in
        ]

    def _read_registers(self, uid: bytes) -> None:
        """An inventory need not tell the right DSFID: what was read is looked at anew under the true one."""
        try:
            dsfid = self._registers(uid).dsfid
        except (DeviceRefused, BadFrame):
            self._again_in[uid] = READ_AGAIN_EVERY
            return
        read = self._reads[uid]
        if read.memory and read.dsfid is not None and dsfid != read.dsfid:
            self._reads[uid] = _Read(read.memory, dsfid, decode(read.memory, dsfid, self._models))

    def _registers(self, uid: bytes) -> TagSystem:
        system = self._reader.system_info(uid)
        self._afis[uid] = system.afi
        return system

    def _note_afi(self, uid: bytes, afi: int) -> None:
        self._afis[uid] = afi
        if self._told and uid in self._told:
            self._told[uid] = replace(self._told[uid], afi=afi)
