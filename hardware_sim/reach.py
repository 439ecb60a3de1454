"""Which tags on a pad a reader reaches now, and what each was told: quiet, selected, at the edge."""

from random import Random

from hardware_sim.world import Chip, World


class Reach:
    """`selected` is the UID of the tag that listens to requests without one."""

    def __init__(self, world: World, random: Random) -> None:
        self._world = world
        self._random = random
        self._on = True
        self._quiet: set[bytes] = set()
        self._out_of_reach: set[bytes] = set()
        """Tags at the edge that the field does not feed until the next inventory."""
        self._luck: dict[bytes, list[bool]] = {}
        """Whether each tag at the edge is heard in the inventories to come."""
        self.selected: bytes | None = None

    def switch(self, on: bool) -> None:
        self._on = on
        self.reset()

    def reset(self) -> None:
        self._quiet.clear()
        self.selected = None

    def tags(self) -> list[Chip]:
        """Those with power. One that lost it has forgotten what it was told."""
        chips = self._world.chips_on_pad() if self._on else []
        here = {chip.uid for chip in chips}
        self._quiet &= here
        self._out_of_reach &= here
        if self.selected not in here:
            self.selected = None
        return [chip for chip in chips if chip.uid not in self._out_of_reach]

    def tag(self, uid: bytes | None) -> Chip | None:
        """The one called; None when it is not there."""
        chips = self.tags()
        wanted = self.selected if uid is None else uid
        return next((chip for chip in chips if chip.uid == wanted), None)

    def answering(self, afi: int | None) -> list[Chip]:
        """Those that take part in the inventory that begins now; with `afi` only those of that family."""
        self._draw_luck()
        return [chip for chip in self.tags() if chip.uid not in self._quiet and afi in (None, chip.afi)]

    def quieten(self, uid: bytes) -> None:
        self._quiet.add(uid)
        if self.selected == uid:
            self.selected = None

    def select(self, uid: bytes) -> None:
        self._quiet.discard(uid)
        self.selected = uid

    def make_ready(self, uid: bytes) -> None:
        self._quiet.discard(uid)
        if self.selected == uid:
            self.selected = None

    def _draw_luck(self) -> None:
        """Of each run of n inventories a tag at the edge is heard in k."""
        self._out_of_reach.clear()
        for chip in self.tags():
            heard, of = chip.heard_in
            if heard >= of:
                continue
            luck = self._luck.setdefault(chip.uid, [])
            if not luck:
                luck += [True] * heard + [False] * (of - heard)
                self._random.shuffle(luck)
            if not luck.pop():
                self._out_of_reach.add(chip.uid)
