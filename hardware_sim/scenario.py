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

from hardware_sim import verbs
from hardware_sim.place import DEVICES
from hardware_sim.processes import wait_until
from hardware_sim.village import Village

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
        self._speaker = verbs.Speaker(village.hands, DEVICES, self._labels)
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
        if act is not None:
            act(self, rest.strip())
        elif verb in verbs.VERBS:
            self._speaker.say(words)
        else:
            raise BadScenario(f"{words!r}: expected one of {', '.join(ALL_VERBS)}")

    # -- what needs more than hands ----------------------------------------------------------------------

    def _touch(self, action: str) -> None:
        self.village.screen.touch(action)

    def _touch_at(self, where: str) -> None:
        """Pixels from the left and from the top."""
        across, _, down = where.partition(" ")
        self.village.screen.touch_at(float(across), float(down))

    def _see(self, what: str) -> None:
        name, _, text = what.partition(" ")
        self.village.screen.see(name, text.strip(), timeout_s=15.0)

    def _picture(self, name: str) -> None:
        if self._pictures is not None:
            self._taken += 1
            self.village.screen.picture(self._pictures / f"screen-{self._taken:02}-{name}.png")

    def _ils(self, command: str) -> None:
        """`down`, `up`, `delay_ms 800`, a fault for the next message such as `hang_after 11`, or `mend`."""
        act, _, value = command.partition(" ")
        if act == "mend":
            self.village.ils.do("clear")
            act = "up"
        arguments: dict[str, object] = {}
        if value:
            arguments = {"ms": int(value)} if act == "delay_ms" else {"code": value}
        self.village.ils.do(act, **arguments)

    def _broker(self, state: str) -> None:
        """`down` or `up`: the link to the centre, cut and mended."""
        running = [
            program for program in self.village.programs if program.name == "broker" and program.running
        ]
        if state == "down":
            for program in running:
                program.stop()
        elif state == "up" and not running:
            self.village.start_broker()

    def _mains(self, state: str) -> None:
        """Also of the village's board, which starts with the power where its kiosk had shut it down."""
        self._speaker.say(f"mains {state}")
        kiosk = self.village.kiosk
        if state == "on" and kiosk is not None and not kiosk.running:
            self.village.screen.close()
            self.village.start_kiosk()

    def _receipt(self, count: str) -> None:
        expected = int(count)
        wait_until(f"{count} receipts printed", lambda: len(self.village.hands.receipts()) == expected)

    def _labels(self, title: str) -> list[str]:
        """The labels of every tag of a book; KeyError where there is none of that title or number."""
        if title == STRANGE_TAG:
            return [title]
        item = self.village.items[title]
        return [item.item_id, *(f"{item.item_id}-{n}" for n in range(2, len(item.tag_uids) + 1))]


VERBS: dict[str, Callable[[Player, str], None]] = {
    "touch": Player._touch,
    "touch-at": Player._touch_at,
    "see": Player._see,
    "picture": Player._picture,
    "ils": Player._ils,
    "broker": Player._broker,
    "mains": Player._mains,
    "receipts": Player._receipt,
}
"""Beside the verbs of the hands (`verbs.py`), or in their place."""
ALL_VERBS = tuple(dict.fromkeys((*verbs.VERBS, *VERBS)))
