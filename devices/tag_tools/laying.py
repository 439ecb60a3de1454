"""Waiting for the books that staff lay on the pad, one after the other or by the pile."""

import time

from devices.errors import BadFrame, DeviceRefused
from devices.kinds import TagReader
from devices.pad import Presence
from devices.tag_tools.overwriting import Say
from devices.tag_tools.tags import Refusal

PAUSE_S = 0.1


class Laying:
    """What lies on the pad, watched. `wait_s` is how long staff may take for the next book."""

    def __init__(self, reader: TagReader, say: Say, wait_s: float) -> None:
        self._reader = reader
        self._say = say
        self._wait_s = wait_s
        self._presence = Presence()
        self._handled: frozenset[bytes] = frozenset()
        self._said = ""

    def next_single(self) -> bytes:
        """A tag that came after those handled and lies there alone; Refusal when none came in time."""
        return self._next(alone=True)

    def next_of(self, wanted: frozenset[bytes]) -> bytes:
        """Any tag of `wanted` that was not handled since it was laid down; Refusal when none came in time."""
        return self._next(alone=False, wanted=wanted)

    def _next(self, alone: bool, wanted: frozenset[bytes] | None = None) -> bytes:
        end = time.monotonic() + self._wait_s
        while time.monotonic() < end:
            self._look()
            known, present = self._presence.known, self._presence.present
            fresh = [uid for uid in present if uid not in self._handled and (wanted is None or uid in wanted)]
            if alone and len(known) > 1:
                self._say_once("请只留一本 / more than one tag: leave only the next book")
            elif fresh:
                self._handled |= {fresh[0]}
                self._said = ""
                return fresh[0]
            time.sleep(PAUSE_S)
        raise Refusal(
            f"{self._wait_s:g} 秒内没有放上图书，可再次运行以继续 / no further book was laid down within "
            f"{self._wait_s:g} s, run it again to go on"
        )

    def _look(self) -> None:
        try:
            seen = [sighting.uid for sighting in self._reader.inventory()]
        except (DeviceRefused, BadFrame) as error:
            # books on the move collide: what is there is seen when they lie still
            self._say_once(str(error))
            return
        self._presence.see(seen)
        self._handled &= self._presence.known

    def _say_once(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            self._say(sentence)
