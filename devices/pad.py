"""The book pad as the flow sees it: which tags lie there for good, and what each bears.

Works over any `TagReader`. A tag read once is not read again while it lies there, so a poll of a pad at
rest costs one inventory. Leaves to others the thread that polls, opening the reader again, and what a
library thinks of the tags (two copies of one item, a foreign tag, a missing part).
"""

from collections.abc import Collection, Sequence

from devices.errors import BadFrame, DeviceRefused
from devices.kinds import TagOnPad, TagReader, TagsChanged, TagSystem
from devices.tag_data import Model, Unreadable, bytes_needed, decode

FIRST_READ_BYTES = 36
"""Nine blocks of four: most tags end there, and the lengths of the others are known then."""
READ_AGAIN_EVERY = 3
"""Polls between two attempts at a tag that could not be read: an edge tag must not slow the others down."""


class Presence:
    """Which UIDs are there for good. Pure: fed with one inventory after the other.

    A UID is present after `sightings_in` inventories in a row, gone after `misses_out` in a row without it.
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
        self._settled_after = max(sightings_in, misses_out)
        self._limits = (sightings_in, misses_out)
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after tags were written by somebody else: every tag is read and told again."""
        self._presence = Presence(*self._limits)
        self._tags: dict[bytes, TagOnPad] = {}
        self._read_again_in: dict[bytes, int] = {}
        self._told: dict[bytes, TagOnPad] | None = None
        self._polls = 0

    def poll(self) -> TagsChanged | None:
        """Look once; the whole stable set when it or what is known of it changed, else None.

        An empty pad is told too, once it is known to be empty. DeviceLost and a failed inventory are
        raised; a tag that cannot be read is Unreadable and tried again while it lies there.
        """
        seen = [sighting.uid for sighting in self._reader.inventory()]
        self._presence.see(seen)
        self._polls += 1
        self._forget_all_but(self._presence.known)
        for uid in dict.fromkeys(seen):
            self._read_if_due(uid)
        return self._news()

    def write_afi(self, uid: bytes, afi: int) -> None:
        """Raises what the reader raises. Not read back; no poll tells of it as a change."""
        self._reader.write_afi(uid, afi)
        self._note_afi(uid, afi)

    def read_afi(self, uid: bytes) -> int:
        """The security byte in the tag now."""
        afi = self._reader.system_info(uid).afi
        self._note_afi(uid, afi)
        return afi

    def _news(self) -> TagsChanged | None:
        stable = {uid: self._tags[uid] for uid in self._presence.present}
        unsure = self._told is None and not stable and self._polls < self._settled_after
        if unsure or stable == self._told:
            return None
        self._told = stable
        return TagsChanged(tuple(stable.values()))

    def _forget_all_but(self, known: Collection[bytes]) -> None:
        """What comes back later may bear something else by then."""
        self._tags = {uid: tag for uid, tag in self._tags.items() if uid in known}
        self._read_again_in = {uid: polls for uid, polls in self._read_again_in.items() if uid in known}

    def _read_if_due(self, uid: bytes) -> None:
        wait = self._read_again_in.get(uid, 0)
        if wait:
            self._read_again_in[uid] = wait - 1
        if uid not in self._tags or wait == 1:
            self._tags[uid] = self._read(uid)

    def _read(self, uid: bytes) -> TagOnPad:
        system: TagSystem | None = None
        try:
            system = self._reader.system_info(uid)
            memory = self._memory(system)
        except (DeviceRefused, BadFrame) as error:
            self._read_again_in[uid] = READ_AGAIN_EVERY
            reason = f"读不到标签，请把书分开放 / cannot be read, spread the books out: {error.detail}"
            return TagOnPad(uid, Unreadable(reason), system.afi if system else None)
        self._read_again_in.pop(uid, None)
        return TagOnPad(uid, decode(memory, system.dsfid, self._models), system.afi)

    def _memory(self, system: TagSystem) -> bytes:
        """The first blocks, and more only while what they say calls for it."""
        memory = b""
        needed: int | None = FIRST_READ_BYTES
        while needed is not None:
            first = len(memory) // system.block_size
            end = min(-(-needed // system.block_size), system.block_count)
            if end <= first:
                break
            memory += self._reader.read_blocks(system.uid, first, end - first)
            needed = bytes_needed(memory, system.dsfid, self._models)
        return memory

    def _note_afi(self, uid: bytes, afi: int) -> None:
        for tags in (self._tags, self._told):
            if tags and uid in tags:
                tag = tags[uid]
                tags[uid] = TagOnPad(uid, tag.content, afi)
