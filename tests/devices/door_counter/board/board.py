"""The node's board without a chip, for the Unix port of MicroPython: pins are lines of a file, the network is
there. Its clock runs ahead of the world's by the passages it was told to see.

A line of config["edges"] is "<beam> <broken> <milliseconds later>". The clock is set once the file
config["clock"] exists; before that the board believes in 1970, as they do.
"""

import os
import time
from binascii import hexlify
from random import random

import asyncio


class Board:
    def __init__(self) -> None:
        self.random = random
        self._ahead_ms = 0
        self._file = None
        self._ring = None
        self._config = {}
        self._rest = ""

    def ticks_ms(self) -> int:
        return time.ticks_add(time.ticks_ms(), self._ahead_ms)

    def ticks_diff(self, one: int, other: int) -> int:
        return time.ticks_diff(one, other)

    def random_hex(self, digits: int) -> str:
        return hexlify(os.urandom(digits // 2)).decode()

    def feed(self) -> None:
        """The watchdog is fed once in every round of the loop: a good moment for people to walk."""
        if self._file is None:
            self._file = open(self._config["edges"])
        self._rest += self._file.read()
        *lines, self._rest = self._rest.split("\n")
        for line in lines:
            beam, broken, later_ms = [int(word) for word in line.split()]
            self._ahead_ms += later_ms
            self._ring.put(beam, broken, self.ticks_ms())

    def watch(self, beam: int, config: dict, ring) -> None:
        self._config, self._ring = config, ring

    def clock(self) -> tuple:
        now_s = int(time.time())
        try:
            os.stat(self._config.get("clock", ""))
        except OSError:
            return now_s % 3600, False
        return now_s, True

    async def join_network(self, config: dict) -> None:
        await asyncio.sleep_ms(1)
