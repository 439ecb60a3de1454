"""What hands do at a simulated place, as words: `put B1`, `tap C1`, `paper out`, `walk in 2`, `unplug pad`.

The same words serve scenarios, the keyboard of a rig (`run.py`), the demo and the browser panel. What needs a
kiosk, an ILS or a broker besides is `scenario.py`'s.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hardware_sim.contactless_cards import AIR_CARDS
from hardware_sim.control import Hands
from hardware_sim.faults import FAULTS

T = TypeVar("T")
TAP_S = 0.6
WIRE_PREFIX = "kiosk-"

Labels = Callable[[str], list[str]]
"""From what people call a book to the labels of its tags; LookupError where there is no such book."""


class BadWords(ValueError):
    """A line that means nothing; the message says what would."""


@dataclass(frozen=True)
class Verb:
    """`usage` is what follows the verb, `meaning` what it does, Chinese and English."""

    act: "Callable[[Speaker, str], None]"
    usage: str
    meaning: str


class Speaker:
    """Does at one place what is said. `devices` are its wires: the only one need not be named."""

    def __init__(self, hands: Hands, devices: Iterable[str], labels: Labels = lambda name: [name]) -> None:
        self._hands = hands
        self._devices = tuple(devices)
        self._labels = labels

    def say(self, words: str) -> None:
        """One step. BadWords, or HandsError where the place cannot do it."""
        name, _, rest = words.strip().partition(" ")
        if name not in VERBS:
            raise BadWords(f"没有这个动作 / no such verb: {name!r}; choose one of {', '.join(VERBS)}")
        VERBS[name].act(self, rest.strip())

    # -- one verb each -----------------------------------------------------------------------------------

    def _put(self, names: str) -> None:
        self._hands.put(*self._all(names))

    def _lift(self, names: str) -> None:
        if names == "all":
            self._hands.clear_pad()
        else:
            self._hands.lift(*self._all(names))

    def _tap(self, card: str) -> None:
        self._hands.tap(self._card(card), hold_s=TAP_S)

    def _hold(self, card: str) -> None:
        self._hands.tap(self._card(card))

    def _take_card(self, _rest: str) -> None:
        self._hands.remove_card()

    def _scan(self, text: str) -> None:
        self._hands.scan(_said(text, "scan TEXT"))

    def _walk(self, words: str) -> None:
        way, _, count = words.partition(" ")
        walk = _chosen("walk", way, {"in": self._hands.walk_in, "out": self._hands.walk_out})
        walk(_number(count.strip() or "1", "walk in|out N"))

    def _paper(self, state: str) -> None:
        hands = self._hands
        changes = {"out": hands.paper_out, "low": hands.paper_low, "new": hands.paper_refill}
        _chosen("paper", state, changes)()

    def _cover(self, state: str) -> None:
        self._hands.cover(_chosen("cover", state, {"open": True, "closed": False}))

    def _mains(self, state: str) -> None:
        self._hands.mains(_chosen("mains", state, {"on": True, "off": False}))

    def _unplug(self, device: str) -> None:
        self._hands.unplug(self._device(device))

    def _plug(self, device: str) -> None:
        self._hands.plug(self._device(device))

    def _swap(self, words: str) -> None:
        device, _, unit = words.rpartition(" ")
        self._hands.swap(self._device(device.strip()), _said(unit, "swap [DEVICE] MODEL|SERIAL"))

    def _fault(self, words: str) -> None:
        device, _, name = words.rpartition(" ")
        self._hands.fault(self._device(device.strip()), _said(name, "fault [DEVICE] NAME"))

    def _spoil(self, words: str) -> None:
        book, _, times = words.rpartition(" ")
        for label in self._all(book):
            self._hands.spoil_writes(label, _number(times, "spoil BOOK TIMES"))

    # -- names -------------------------------------------------------------------------------------------

    def _all(self, names: str) -> list[str]:
        """Books are parted by commas, since a title may hold a space."""
        given = [part.strip() for part in names.replace("，", ",").split(",") if part.strip()]
        if not given:
            raise BadWords("请说明哪本书 / say which book, such as `put B1`")
        try:
            return [label for name in given for label in self._labels(name)]
        except LookupError as error:
            raise BadWords(f"没有这本书 / no such book: {error}") from error

    def _card(self, card: str) -> str:
        """`KIND:UID` is a card that nobody described yet."""
        kind, colon, uid = _said(card, "tap CARD").partition(":")
        if not colon:
            return card
        self._hands.add_card(card, *described_card(kind, uid))
        return card

    def _device(self, name: str) -> str:
        if not name and len(self._devices) == 1:
            return self._devices[0]
        known = {device.removeprefix(WIRE_PREFIX): device for device in self._devices}
        return name if name in self._devices else _chosen("device", name, known)


VERBS: dict[str, Verb] = {
    "put": Verb(Speaker._put, "BOOK, …", "把书放上感应区 / lay books on the pad"),
    "place": Verb(Speaker._put, "BOOK, …", "同 put / the same"),
    "lift": Verb(Speaker._lift, "BOOK, …|all", "把书取走 / take books away"),
    "spoil": Verb(Speaker._spoil, "BOOK TIMES", "让标签写坏几次 / let its next writes fail"),
    "tap": Verb(Speaker._tap, "CARD|KIND:UID", f"刷一下证（{TAP_S:g} 秒）/ tap a card"),
    "hold": Verb(Speaker._hold, "CARD|KIND:UID", "把证放着不拿走 / leave a card there"),
    "take-card": Verb(Speaker._take_card, "", "把证拿走 / take the card away"),
    "scan": Verb(Speaker._scan, "TEXT", "扫一个条码 / hold a code before the scanner"),
    "walk": Verb(Speaker._walk, "in|out [N]", "有人进出 / people walk through the door"),
    "walk-in": Verb(lambda speaker, n: speaker._walk(f"in {n}"), "[N]", "同 walk in / the same"),
    "walk-out": Verb(lambda speaker, n: speaker._walk(f"out {n}"), "[N]", "同 walk out / the same"),
    "paper": Verb(Speaker._paper, "out|low|new", "打印纸 / the printer's paper"),
    "cover": Verb(Speaker._cover, "open|closed", "打印机上盖 / the printer's cover"),
    "mains": Verb(Speaker._mains, "on|off", "来电，停电 / the village's power"),
    "unplug": Verb(Speaker._unplug, "[DEVICE]", "拔线 / pull the plug"),
    "plug": Verb(Speaker._plug, "[DEVICE]", "插线 / put it back"),
    "swap": Verb(Speaker._swap, "[DEVICE] MODEL|SERIAL", "换一台 / another unit in its place"),
    "fault": Verb(Speaker._fault, f"[DEVICE] {'|'.join(FAULTS)}", "线路故障 / spoil the wire, or mend it"),
}


def described_card(kind: str, uid: str) -> tuple[bytes, str]:
    """A card's UID and kind from words; BadWords where there is no such card."""
    _chosen("card", kind, AIR_CARDS)
    try:
        number = bytes.fromhex(uid)
    except ValueError:
        number = b""
    if not number:
        raise BadWords(f"{uid!r} 不是十六进制卡号 / is no UID in hexadecimal, such as type2:04A1B2C3D4E5F6")
    sizes = AIR_CARDS[kind].UID_SIZES
    if len(number) not in sizes:
        known = "/".join(map(str, sizes))
        raise BadWords(f"{uid!r}: {kind} 的卡号有 {known} 字节 / the UID of such a card has {known} bytes")
    return number, kind


def help_text() -> str:
    """Every verb on a line of its own."""
    lines = (f"  {name + ' ' + verb.usage:28}{verb.meaning}" for name, verb in VERBS.items())
    return "\n".join(lines)


def _said(words: str, usage: str) -> str:
    if not words:
        raise BadWords(f"请说完整 / say it all: {usage}")
    return words


def _number(text: str, usage: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadWords(f"{text!r} 不是数目 / is no number: {usage}")
    return int(text)


def _chosen(what: str, word: str, choices: Mapping[str, T]) -> T:
    if word not in choices:
        raise BadWords(f"{what} {word!r}: 请选 / choose one of {', '.join(choices)}")
    return choices[word]
