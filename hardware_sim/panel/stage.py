"""What the panel shows of a village, and what it may do there: one line of the scenarios' language at a time.

Several browsers and a keyboard may act at once: one act at a time is done, and each is told how it went.
"""

import threading
from collections import deque
from typing import Any

import msgspec

from hardware_sim import verbs
from hardware_sim.control import HandsError
from hardware_sim.ils.catalogue import CardStatus, CatalogueItem, SampleReader
from hardware_sim.place_state import PlaceState, happenings
from hardware_sim.processes import NotReady
from hardware_sim.scenario import STRANGE_TAG, BadScenario, Player
from hardware_sim.screen import NotSeen

ALLOWED = frozenset(verbs.VERBS) | {"touch", "touch-at", "ils", "broker"}
"""The scenarios' verbs but those that wait for something to be seen, or write pictures."""
LOG_LINES = 14
MISTAKES = (BadScenario, HandsError, NotReady, NotSeen, LookupError, ValueError, OSError)
"""What an act may end with: the person is told, the panel goes on."""


class Refused(Exception):
    """An act that could not be done; the message is one sentence for the person at the panel."""


class Stage:
    """One village. Any thread may use it."""

    def __init__(self, player: Player) -> None:
        self.village = player.village
        self._player = player
        self._acting = threading.Lock()
        self._ils = "up"
        self._broker = "up"
        self._before: PlaceState | None = None
        self._log: deque[str] = deque(maxlen=LOG_LINES)

    def say(self, words: str, watching: bool = False) -> None:
        """Do one step, as in `put 活着, 边城`; Refused when it cannot be done. `watching`: whoever says it
        sees the kiosk's screen, and may wait for something there."""
        verb, _, rest = words.strip().partition(" ")
        if verb not in ALLOWED and not watching:
            raise Refused(f"面板不能做 / the panel does not do {verb!r}")
        with self._acting:
            try:
                self._player.do(words.strip())
            except MISTAKES as error:
                raise Refused(f"没有做成 / not done: {error}") from error
            self._note(verb, rest)

    def things(self) -> dict[str, Any]:
        """What never changes while the village stands: books, cards, where the centre is."""
        books = {item.item_id: item for item in self.village.items.values()}
        return {
            "books": [_book(item) for item in books.values() if item.tag_uids] + [_strange()],
            "readers": [_reader(reader) for reader in self.village.readers.values()],
            "centre": self.village.centre_url,
        }

    def state(self) -> dict[str, Any]:
        """How everything stands now, and what happened last (newest first)."""
        now = self.village.hands.state()
        for happening in happenings(self._before, now) if self._before else ():
            self._log.appendleft(happening.sentence)
        self._before = now
        told = msgspec.to_builtins(now) | {"receipts": len(now.receipts)}
        told["tags"] = {tag.label: tag.afi for tag in now.tags}
        return {"place": told, "ils": self._ils, "broker": self._broker, "log": list(self._log)}

    def receipt(self, number: int) -> bytes:
        """The picture of a receipt, by its number from 0; LookupError where there is none."""
        return self.village.hands.receipts()[number].read_bytes()

    def _note(self, verb: str, rest: str) -> None:
        if verb == "ils":
            self._ils = "up" if rest in ("up", "mend", "delay_ms 0") else rest
        elif verb == "broker":
            self._broker = rest


def _book(item: CatalogueItem) -> dict[str, Any]:
    labels = [item.item_id, *(f"{item.item_id}-{part}" for part in range(2, len(item.tag_uids) + 1))]
    return {"id": item.item_id, "title": item.title, "author": item.author, "labels": labels}


def _strange() -> dict[str, Any]:
    return {"id": STRANGE_TAG, "title": "别处的标签 / strange tag", "author": "", "labels": [STRANGE_TAG]}


def _reader(reader: SampleReader) -> dict[str, Any]:
    """`note` tells why this card is worth trying."""
    owes = f"欠 {reader.owes_yuan} 元" if reader.owes_yuan else ""
    status = "" if reader.status is CardStatus.OK else STATUS_WORDS[reader.status]
    return {"name": reader.name, "category": reader.category.value, "note": status or owes}


STATUS_WORDS = {CardStatus.BLOCKED: "停用", CardStatus.EXPIRED: "过期", CardStatus.LOST: "挂失"}
