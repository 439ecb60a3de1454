"""Plays what people do at a village, one step a line, in the readers' words: for the demo and the stories.

tap 张样例                 a card is held to the reader (a name of readers.tsv, or a card's hexadecimal uid)
    put 活着, 边城             books (titles or numbers of catalogue.tsv); `strange tag` is none of ours
touch confirm              a finger on the screen (the names of kiosk.flow.touch.Action)
see stack 3                the screen of that name is there, with that text on it
picture borrow-stack       the screen as PNG
# …                        a remark
"""

from collections.abc import Callable
from pathlib import Path

from hardware_sim.processes import wait_until
from hardware_sim.village import Village

TAP_S = 0.6
STRANGE_TAG = "strange tag"
STRANGE_UID = bytes.fromhex("E00401500000BAD1")
SCENARIOS = Path(__file__).parent / "scenarios"


class BadScenario(ValueError):
    """A line that means nothing; the message names file and line."""


class Player:
    """Plays scenarios in one village; `pictures` is where pictures go (None: they are not taken)."""

    def __init__(self, village: Village, pictures: Path | None = None) -> None:
        self.village = village
        self._pictures = pictures
        self._taken = 0
        village.hands.add_tag(STRANGE_TAG, STRANGE_UID, b"\xe2\x02" + b"\xa5" * 110, dsfid=0x00, afi=0x00)

    def play(self, path: Path) -> None:
        """Every line of the file; AssertionError (with file and line) when the kiosk does otherwise."""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            words = line.split("#", 1)[0].strip()
            if not words:
                continue
            try:
                self.do(words)
            except AssertionError as error:
                raise AssertionError(f"{path.name} line {number}, {words!r}: {error}") from error

    def do(self, words: str) -> None:
        """One step, such as `put 活着, 边城`."""
        verb, _, rest = words.partition(" ")
        act = VERBS.get(verb)
        if act is None:
            raise BadScenario(f"{words!r}: expected one of {', '.join(VERBS)}")
        act(self, rest.strip())

    # -- one verb each -----------------------------------------------------------------------------------

    def _tap(self, who: str) -> None:
        self.village.hands.tap(who, hold_s=TAP_S)

    def _hold(self, who: str) -> None:
        self.village.hands.tap(who)

    def _put(self, titles: str) -> None:
        self.village.hands.put(*self._labels(titles))

    def _lift(self, titles: str) -> None:
        if titles == "all":
            self.village.hands.clear_pad()
        else:
            self.village.hands.lift(*self._labels(titles))

    def _touch(self, action: str) -> None:
        self.village.screen.touch(action)

    def _see(self, what: str) -> None:
        name, _, text = what.partition(" ")
        self.village.screen.see(name, text.strip(), timeout_s=15.0)

    def _picture(self, name: str) -> None:
        if self._pictures is not None:
            self._taken += 1
            self.village.screen.picture(self._pictures / f"screen-{self._taken:02}-{name}.png")

    def _walk(self, people: str) -> None:
        self.village.hands.walk_in(int(people))

    def _scan(self, text: str) -> None:
        self.village.hands.scan(text)

    def _unplug(self, device: str) -> None:
        self.village.hands.unplug(f"kiosk-{device}")

    def _plug(self, device: str) -> None:
        self.village.hands.plug(f"kiosk-{device}")

    def _paper(self, state: str) -> None:
        {"out": self.village.hands.paper_out, "new": self.village.hands.paper_refill}[state]()

    def _ils(self, command: str) -> None:
        """`down`, `up`, `delay_ms 800`, or a fault for the next message such as `hang_after 11`."""
        act, _, value = command.partition(" ")
        arguments: dict[str, object] = {}
        if value:
            arguments = {"ms": int(value)} if act == "delay_ms" else {"code": value}
        self.village.ils.do(act, **arguments)

    def _receipt(self, count: str) -> None:
        expected = int(count)
        wait_until(f"{count} receipts printed", lambda: len(self.village.hands.receipts()) == expected)

    def _labels(self, titles: str) -> list[str]:
        """The labels of every tag of the named books."""
        labels = []
        for title in (part.strip() for part in titles.split(",")):
            if title == STRANGE_TAG:
                labels.append(title)
                continue
            item = self.village.items[title]
            labels += [item.item_id, *(f"{item.item_id}-{n}" for n in range(2, len(item.tag_uids) + 1))]
        return labels


VERBS: dict[str, Callable[[Player, str], None]] = {
    "tap": Player._tap,
    "hold": Player._hold,
    "put": Player._put,
    "lift": Player._lift,
    "touch": Player._touch,
    "see": Player._see,
    "picture": Player._picture,
    "walk-in": Player._walk,
    "scan": Player._scan,
    "unplug": Player._unplug,
    "plug": Player._plug,
    "paper": Player._paper,
    "ils": Player._ils,
    "receipts": Player._receipt,
}
