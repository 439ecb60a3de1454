"""Random stories as data: what people, wires, ILS and disk do, and when the power goes. A seed is a story.

A story is a few lives of one kiosk. Each has its beats, and ends a short while after one of them;
in the dark the books may be moved. The last life is given whole wires, a good disk and an ILS that answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from hardware_sim.ils.catalogue import CatalogueItem, Kind, load_catalogue, load_start

READER = "25240000010010"
LENDABLE = frozenset({Kind.GENERAL, Kind.CHILDREN})
CHANGING = ("11", "09", "29")
ASKING = ("17", "63", "23")
"""SIP2 codes: checkout, checkin and renewal; item information, reader information, reader status."""
ILS_FAULTS = (
    "hang_before", "hang_after", "close_before_doing", "close_after_doing", "nonsense_after_doing",
)  # fmt: skip
LONGEST_DELAY_MS = 250


@dataclass(frozen=True)
class Beat:
    """One thing that happens: `verb` is a row of `kill.VERBS`, `what` its arguments."""

    verb: str
    what: tuple[object, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.verb, *map(str, self.what)))


@dataclass(frozen=True)
class Life:
    """The power goes `kill_delay_s` after beat number `kill_at`; `dark` happens before it comes back."""

    beats: tuple[Beat, ...]
    kill_at: int
    kill_delay_s: float
    dark: tuple[Beat, ...]


@dataclass(frozen=True)
class Story:
    """`lent` are the numbers of the items on loan when it begins; `last` disturbs the last start."""

    seed: int
    items: tuple[CatalogueItem, ...]
    lent: tuple[str, ...]
    offline: str
    """What the place allows while the ILS is away."""
    lives: tuple[Life, ...]
    last: tuple[Beat, ...]

    def __str__(self) -> str:
        lines = [f"story {self.seed}: items {', '.join(item.item_id for item in self.items)}"]
        lines.append(f"  on loan: {', '.join(self.lent) or 'none'}; offline: {self.offline}")
        for life in self.lives:
            for number, beat in enumerate(life.beats):
                lines.append(f"  {beat}")
                if number == life.kill_at:
                    lines.append(f"  … power cut {life.kill_delay_s * 1000:.0f} ms after this")
            lines += [f"  (dark) {beat}" for beat in life.dark]
        lines += [f"  (last start) {beat}" for beat in self.last]
        return "\n".join(lines)


def tell(seed: int) -> Story:
    random = Random(seed)
    items = tuple(random.sample(lendable(), random.randint(2, 5)))
    lent = tuple(item.item_id for item in items if random.random() < 0.4)
    shelf = Shelf(items, set(lent))
    lives = tuple(_life(random, shelf) for _ in range(random.choice((1, 2, 2, 3))))
    offline = random.choice(("off", "off", "finish", "returns", "loans"))
    return Story(seed, items, lent, offline, lives, tuple(_last(random)))


@dataclass
class Shelf:
    """What the teller believes to be on loan; a power cut may prove it wrong."""

    items: tuple[CatalogueItem, ...]
    lent: set[str]

    def choose(self, random: Random, borrowing: bool) -> list[str]:
        """Some books for a visit, mostly such as can be borrowed or returned."""
        fitting = [item.item_id for item in self.items if (item.item_id in self.lent) != borrowing]
        if not fitting or random.random() < 0.1:
            fitting = [item.item_id for item in self.items]
        chosen = random.sample(fitting, random.randint(1, len(fitting)))
        (self.lent.update if borrowing else self.lent.difference_update)(chosen)
        return chosen


@cache
def lendable() -> tuple[CatalogueItem, ...]:
    """Items with tags that everybody may borrow and nobody waits for."""
    taken = {entry.item_id for entry in load_start()}
    return tuple(
        item
        for item in load_catalogue()
        if item.kind in LENDABLE and item.tag_model and item.tag_uids and item.item_id not in taken
    )


def _life(random: Random, shelf: Shelf) -> Life:
    visits = [tuple(_visit(random, shelf)) for _ in range(random.choice((1, 1, 2)))]
    beats = tuple(beat for visit in visits for beat in visit)
    confirms = [n for n, beat in enumerate(beats) if beat.what in (("confirm",), ("renew_all",))]
    at_work = random.random() < 0.8
    # the last confirmation rather than an early one: the visits before it leave their traces
    kill_at = random.choice(confirms[-2:]) if at_work else random.randrange(len(beats))
    longest_s = random.choice((0.03, 0.1, 0.3, 0.6))
    return Life(beats, kill_at, random.uniform(0.0, longest_s), tuple(_dark(random, shelf.items)))


def _visit(random: Random, shelf: Shelf) -> Iterator[Beat]:
    renewing = shelf.lent and random.random() < 0.15
    return _renewal(random) if renewing else _circulation(random, shelf)


def _renewal(random: Random) -> Iterator[Beat]:
    yield Beat("scan", (READER,))
    yield Beat("touch", ("show_account",))
    yield from _trouble_ahead(random)
    yield Beat("touch", ("renew_all",))
    yield Beat("result")
    yield Beat("touch", ("no_receipt",))


def _circulation(random: Random, shelf: Shelf) -> Iterator[Beat]:
    able = len(shelf.lent) < len(shelf.items)
    borrowing = able and (not shelf.lent or random.random() < 0.55)
    books = shelf.choose(random, borrowing)
    put = Beat("put", tuple(books))
    begin = Beat("scan", (READER,)) if borrowing else Beat("touch", ("start_return",))
    yield from (put, begin) if random.random() < 0.5 else (begin, put)
    yield Beat("ready", ("borrow" if borrowing else "return",))
    yield from _trouble_ahead(random)
    yield Beat("touch", ("confirm",))
    for _ in range(random.choice((0, 0, 1, 2))):
        yield Beat("pause", (random.uniform(0.0, 0.08),))
        yield from _disturbance(random, books)
    if random.random() < 0.3:
        yield Beat("network", (random.choice(("cut", "mend")),))
    yield Beat("result")
    if random.random() < 0.6:
        yield Beat("touch", ("no_receipt",))
        yield Beat("lift", tuple(books))
    elif borrowing:
        # the same books straight back, without lifting them
        yield Beat("touch", ("show_return",))
        yield Beat("ready", ("return",))
        yield from _trouble_ahead(random)
        yield Beat("touch", ("confirm",))
        yield Beat("result")
        shelf.lent.difference_update(books)


def _trouble_ahead(random: Random) -> Iterator[Beat]:
    """Something that will go wrong after the next touch."""
    if random.random() < 0.1:
        yield Beat("ils", ("down",))
    if random.random() < 0.5:
        yield Beat("ils", ("delay_ms", random.randint(0, LONGEST_DELAY_MS)))
    if random.random() < 0.35:
        yield Beat("ils", (random.choice(ILS_FAULTS), random.choice(CHANGING)))
    if random.random() < 0.15:
        yield Beat("ils", (random.choice(ILS_FAULTS), random.choice(ASKING)))
    if random.random() < 0.15:
        yield Beat("weak", (random.randint(1, 4),))
    if random.random() < 0.12:
        yield Beat("disk", (random.choice(("full", "slow", "slow", "broken")),))


def _disturbance(random: Random, books: list[str]) -> Iterator[Beat]:
    book = random.choice(books)
    pause = Beat("pause", (random.uniform(0.0, 0.5),))
    kind = random.choice(("lift", "swap", "pad", "ils", "disk", "fingers"))
    if kind in ("lift", "swap"):
        yield Beat("lift", (book,))
    if kind == "swap":
        yield from (pause, Beat("put", (book,)))
    if kind == "pad":
        yield from (Beat("unplug"), pause, Beat("plug"))
    if kind == "ils":
        yield from (Beat("ils", ("down",)), pause, Beat("ils", ("up",)))
    if kind == "disk":
        yield Beat("disk", (random.choice(("full", "slow", "broken")),))
    if kind == "fingers":
        yield from (Beat("touch", ("end",)), Beat("touch", ("start_return",)), Beat("scan", (READER,)))


def _dark(random: Random, items: tuple[CatalogueItem, ...]) -> Iterator[Beat]:
    yield Beat("plug")
    if random.random() < 0.7:
        yield Beat("ils", ("up",))
    if random.random() < 0.7:
        yield Beat("ils", ("clear",))
    for item in items:
        if random.random() < 0.25:
            yield Beat(random.choice(("lift", "put")), (item.item_id,))


def _last(random: Random) -> Iterator[Beat]:
    """What may happen while the kiosk settles for the last time: it must come to rest all the same."""
    if random.random() < 0.3:
        yield Beat("ils", (random.choice(ILS_FAULTS), random.choice(ASKING)))
    if random.random() < 0.3:
        yield Beat("ils", ("delay_ms", random.randint(0, LONGEST_DELAY_MS)))
