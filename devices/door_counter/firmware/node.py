"""The door counter node: two beams in, numbered visits out, over an MQTT broker that may be away for days.

Pins, Wi-Fi, clock and watchdog are the `board`'s; judging passages is `passage.py`'s (the kiosk's own file),
the books are `ledger.py`'s, the file over power cuts `keeping.py`'s. One loop judges and keeps, whatever the
network does; another one talks, and begins anew with growing pauses when the line is lost.
"""

import asyncio
import gc
import json
import time

import keeping
import mqtt
from ledger import COUNTED, Ledger
from line import open_line
from passage import Judge, Rules, Totals
from ring import Ring

ROOT = "shuzhan/v1/"
SOFTWARE = "shuzhan-node 0.1.0"
JUDGE_MS = 50
SAVE_S = 5
"""So often at most is the flash written to for passages alone."""
TELL_S = 300
HEARTBEAT_S = 30
KEEPALIVE_S = 60
CONFIRM_S = 60
"""Not confirmed for so long: told again."""
LONGEST_PAUSE_S = 60
BEAMS = ("A (outer)", "B (inner)")


def timestamp(unix_s: int) -> str:
    year, month, day, hour, minute, second = time.gmtime(unix_s)[:6]
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.000Z"


class Node:
    """`board` as in `board.py`; `path` is the file of its memory."""

    def __init__(self, config: dict, board, path: str) -> None:
        self._config, self._board, self._path = config, board, path
        self._ring = Ring()
        self._ledger = Ledger(keeping.load(path), board.random_hex(16))
        self._ledger_saved = False
        rules = Rules(beams=len(config["pins"]), **config.get("rules", {}))
        self._judge = Judge(rules, Totals(**dict(zip(COUNTED, self._ledger.totals))))
        self._ticks_ms = board.ticks_ms()
        self._now_ms = 0
        self._saved_s = self._told_s = 0
        _, self._hour, self._hour_is_true = self._clock()
        self._connections = 0
        self._something_to_send = asyncio.Event()
        for beam in range(len(config["pins"])):
            board.watch(beam, config, self._ring)

    async def run(self) -> None:
        """For ever. Flash that cannot be written ends it: the watchdog starts the node anew."""
        self._save()  # the boot has a number of its own before anything is told of it
        asyncio.create_task(self._talk())
        while True:
            self._board.feed()
            self._judge_edges()
            self._keep_books()
            await asyncio.sleep_ms(JUDGE_MS)

    # -- counting --------------------------------------------------------------------------------------------

    def _judge_edges(self) -> None:
        while True:
            edge = self._ring.get()
            if edge is None:
                break
            beam, broken, ticks_ms = edge
            self._judge.feed(beam, broken, self._at(ticks_ms))
        self._judge.tick(self._at(self._board.ticks_ms()))
        if self._ring.lost:
            self._ring.lost = False
            self._ledger.lost_some()

    def _at(self, ticks_ms: int) -> int:
        """The board's ticks roll over; the judge's time never goes back."""
        passed = self._board.ticks_diff(ticks_ms, self._ticks_ms)
        if passed > 0:
            self._ticks_ms = ticks_ms
            self._now_ms += passed
        return self._now_ms

    def _keep_books(self) -> None:
        totals = self._judge.totals
        changed = self._ledger.note([getattr(totals, name) for name in COUNTED])
        self._ledger_saved = self._ledger_saved and not changed
        now_s = self._now_ms // 1000
        at, hour, synced = self._clock()
        if hour != self._hour or now_s - self._told_s >= self._config.get("tell_s", TELL_S):
            # the last seconds of an hour are told with it
            self._told_s = now_s
            # but an hour from before the clock was set is none
            of_hour = self._hour if self._hour_is_true else hour
            frozen = self._ledger.freeze(at, of_hour, synced)
            if frozen or hour != self._hour:
                self._save()
            self._hour, self._hour_is_true = hour, synced
            if frozen:
                self._something_to_send.set()
        elif not self._ledger_saved and now_s - self._saved_s >= SAVE_S:
            self._save()

    def _save(self) -> None:
        keeping.save(self._path, self._ledger.to_keep())
        self._ledger_saved = True
        self._saved_s = self._now_ms // 1000

    def _clock(self) -> tuple:
        """(now, its hour, whether the clock was set from outside), as messages carry them."""
        unix_s, synced = self._board.clock()
        at = timestamp(unix_s)
        return at, at[:13] + ":00:00.000Z", synced

    # -- talking ---------------------------------------------------------------------------------------------

    async def _talk(self) -> None:
        pause_s = 1
        while True:
            try:
                connection = await self._connect()
                pause_s = 1
                await self._converse(connection)
            except (OSError, EOFError, ValueError, asyncio.TimeoutError, mqtt.MqttError) as error:
                print("line:", repr(error))
            gc.collect()
            await asyncio.sleep(pause_s * (0.5 + self._board.random()))
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _connect(self) -> mqtt.Connection:
        config = self._config
        await self._board.join_network(config)
        reader, writer = await asyncio.wait_for(open_line(config), 30)
        connection = mqtt.Connection(reader, writer, self._heard)
        self._connections += 1
        try:
            hello = mqtt.connect(
                config["identity"], KEEPALIVE_S, self._topic("state"), self._state(online=False)
            )
            await asyncio.wait_for(connection.open(hello), 30)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _converse(self, connection: mqtt.Connection) -> None:
        """Until the line is lost, which either task may notice first."""
        tasks = [asyncio.create_task(connection.run()), asyncio.create_task(self._tell(connection))]
        try:
            while not any(task.done() for task in tasks):
                await asyncio.sleep_ms(200)
            for task in tasks:
                if task.done():
                    await task
        finally:
            for task in tasks:
                task.cancel()
            await connection.close()

    async def _tell(self, connection: mqtt.Connection) -> None:
        await connection.subscribe(self._topic("confirmed"))
        await connection.publish(self._topic("state"), self._state(online=True), retain=True)
        condition, beat = self._condition(), 0
        self._something_to_send.set()
        sent_to, sent_at = 0, 0
        while True:
            if self._something_to_send.is_set():
                self._something_to_send.clear()
                sent_to, sent_at = await self._tell_events(connection, sent_to), self._now_ms
            elif self._ledger.outbox and self._now_ms - sent_at > CONFIRM_S * 1000:
                sent_to, sent_at = await self._tell_events(connection, 0), self._now_ms
            if self._condition() != condition:
                condition = self._condition()
                await connection.publish(self._topic("state"), self._state(online=True), retain=True)
            if beat % HEARTBEAT_S == 0:
                await self._beat(connection)
            beat += 1
            await asyncio.sleep(1)

    async def _tell_events(self, connection: mqtt.Connection, above_seq: int) -> int:
        """Everything that waits and was not told on this line; the highest number told."""
        for event in list(self._ledger.outbox):
            if event["seq"] > above_seq:
                await connection.publish(self._topic("event/visits"), json.dumps(event).encode())
                above_seq = event["seq"]
        return above_seq

    async def _beat(self, connection: mqtt.Connection) -> None:
        if not connection.heard:
            raise OSError("the broker is silent")
        connection.heard = False
        await connection.publish_once(self._topic("health"), self._health())
        await connection.ping()

    def _heard(self, topic: str, payload: bytes) -> None:
        """The one thing we subscribe to: how far the centre has our events."""
        if self._ledger.heard(payload):
            self._ledger_saved = False

    # -- messages --------------------------------------------------------------------------------------------

    def _topic(self, branch: str) -> str:
        return ROOT + self._config["identity"] + "/" + branch

    def _session(self) -> int:
        """Grows with every connection, over all boots."""
        return self._ledger.boots * 1_000_000 + self._connections

    def _condition(self) -> tuple:
        stuck = [name for name, is_stuck in zip(BEAMS, self._judge.stuck) if is_stuck]
        if stuck:
            return "degraded", "beam " + " and ".join(stuck) + " long broken: clean the sensor"
        return "ok", ""

    def _devices(self) -> list:
        condition, reason = self._condition()
        device = {"kind": "door_counter", "model": "node_counter", "port": "gpio", "reason": reason}
        device["condition"] = condition
        device["serial"] = self._ledger.install_id
        return [device]

    def _state(self, online: bool) -> bytes:
        at, _, synced = self._clock()
        state = {"type": "state/1", "at": at, "clock_synced": synced, "online": online}
        state["session"] = self._session()
        if online:
            state["devices"] = self._devices()
            state["software"] = SOFTWARE
            state["install_id"] = self._ledger.install_id
            state["oldest_seq"] = self._ledger.oldest_seq
        return json.dumps(state).encode()

    def _health(self) -> bytes:
        at, _, synced = self._clock()
        health = {"type": "health/1", "at": at, "clock_synced": synced, "session": self._session()}
        health["devices"] = self._devices()
        health["outbox_depth"] = len(self._ledger.outbox)
        health["memory_mb"] = gc.mem_alloc() / 2**20
        return json.dumps(health).encode()
