"""What the node needs of its chip: pins, ticks, clock, Wi-Fi, watchdog. The only file that knows ESP32 and
RP2040; the tests put another `board.py` in its place. Not tried on a chip yet.
"""

import asyncio
import os
import time
from binascii import hexlify
from random import random

import network
import ntptime
from machine import WDT, Pin

WATCHDOG_MS = 8000
"""The RP2040 cannot wait longer than 8.3 s."""
WIFI_S = 30
CLOCK_S = 6 * 3600

ticks_ms = time.ticks_ms
ticks_diff = time.ticks_diff


class Board:
    """One of it, made by `main.py`."""

    def __init__(self) -> None:
        self._watchdog = WDT(timeout=WATCHDOG_MS)
        self._synced_ticks_s = None
        self._pins = []
        self.ticks_ms, self.ticks_diff, self.random = ticks_ms, ticks_diff, random

    def random_hex(self, digits: int) -> str:
        return hexlify(os.urandom(digits // 2)).decode()

    def feed(self) -> None:
        self._watchdog.feed()

    def watch(self, beam: int, config: dict, ring) -> None:
        """Put every edge of `beam` into `ring`, beginning with a beam that is broken now."""
        high_is_broken = config.get("broken", "high") == "high"
        pin = Pin(config["pins"][beam], Pin.IN, Pin.PULL_UP)

        def saw(pin: Pin) -> None:
            ring.put(beam, int(pin.value() == high_is_broken), ticks_ms())

        pin.irq(saw, Pin.IRQ_RISING | Pin.IRQ_FALLING)
        saw(pin)
        self._pins.append(pin)

    def clock(self) -> tuple:
        """(seconds of this port's epoch, whether the clock was ever set from outside)."""
        return time.time(), self._synced_ticks_s is not None

    async def join_network(self, config: dict) -> None:
        """Wi-Fi up, and the clock set now and then; OSError when there is no Wi-Fi."""
        wlan = network.WLAN(network.STA_IF)
        wlan.active(True)
        if not wlan.isconnected():
            wlan.connect(config["wifi"], config["wifi_password"])
            for _ in range(WIFI_S * 5):
                if wlan.isconnected():
                    break
                await asyncio.sleep_ms(200)
            else:
                raise OSError("no Wi-Fi: check its name and password")
        if self._synced_ticks_s is None or time.time() - self._synced_ticks_s > CLOCK_S:
            ntptime.host = config.get("ntp", ntptime.host)
            try:
                ntptime.settime()
                self._synced_ticks_s = time.time()
            except (OSError, OverflowError):
                print("clock: nobody tells the time at", ntptime.host)
