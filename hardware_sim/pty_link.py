"""A wire between a driver and a simulator: a pseudo-terminal with a stable name, pumped by one thread.

The only place where wire faults happen and where time passes: with a `Pace` an answer arrives as late as
from a real device over a real line, without one at once. A pty enforces neither speed nor parity, and Linux
drops parity from its settings altogether, so a link given a `LineSpeed` checks the speed and is mute at a
wrong one, as a device is that hears only rubbish.
"""

import contextlib
import os
import select
import termios
import threading
import time
import tty
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Literal, Self

from hardware_sim.air_answers import Spent
from hardware_sim.faults import GOOD_WIRE, Faults, bend
from hardware_sim.pace import Pace, Timed
from hardware_sim.simulator import Simulator

TICK_S = 0.02
CHUNK_BYTES = 4096

_BAUD_OF_SPEED_CODE = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if name.startswith("B") and name[1:].isdigit()
}


@dataclass(frozen=True)
class LineSpeed:
    """The speeds in baud that a device understands (more than one where it can be told to change)."""

    bauds: tuple[int, ...]
    parity: Literal["N", "E", "O"] = "N"
    """For people to read: a pty cannot tell which parity the driver chose."""

    @property
    def bits_per_byte(self) -> int:
        return 10 if self.parity == "N" else 11

    def __str__(self) -> str:
        return f"{'/'.join(map(str, self.bauds))} 8{self.parity}1"


class PtyLink:
    """`path` is a symlink to whatever pty the simulator sits behind now; it survives unplug and plug."""

    def __init__(
        self,
        simulator: Simulator,
        path: Path | str,
        faults: Faults = GOOD_WIRE,
        line: LineSpeed | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Open nothing yet. `line` None: any speed will do; a `pace` needs one. `simulator` may be replaced
        while unplugged."""
        self.simulator = simulator
        self.path = Path(path)
        self.line = line
        self.pace = pace
        self.faults = faults
        self._master = self._slave = -1
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._queue: deque[tuple[float, bytes]] = deque()
        self._random = Random(faults.seed)

    @property
    def faults(self) -> Faults:
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        """May be changed at any time, from any thread; holds from the next answer on."""
        self._faults = faults
        self._random = Random(faults.seed)

    @property
    def plugged(self) -> bool:
        return self._thread is not None

    def start(self) -> None:
        """Make the pty and its name, and begin to pump. Starting twice does nothing."""
        if self.plugged:
            return
        self._master, self._slave = os.openpty()  # the slave stays open here: no EIO when a driver closes
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._leave_something_to_change()  # before anyone can open it: see there
        self._name_it(os.ttyname(self._slave))
        self._stopping.clear()
        self._queue.clear()
        self._thread = threading.Thread(target=self._pump, name=f"pty {self.path.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take pty and name away: a driver that has it open sees a hang-up. Stopping twice does nothing."""
        if self._thread is None:
            return
        self.path.unlink(missing_ok=True)
        self._stopping.set()
        self._thread.join()
        self._thread = None
        os.close(self._slave)
        os.close(self._master)

    def unplug(self) -> None:
        """Pull the plug."""
        self.stop()

    def plug(self) -> None:
        """Put the plug back: a new pty under the same name."""
        self.start()

    def set_baud(self, baud: int) -> None:
        """The device changed its speed: from the next question on it hears at this one only."""
        self.line = LineSpeed((baud,), self.line.parity if self.line else "N")

    def say(self, data: bytes) -> None:
        """Bytes that nobody asked for, as from a plug that scratches; read by the driver as they are."""
        self._write(data)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _name_it(self, terminal: str) -> None:
        """Point the symlink at `terminal` in one step; never replace anything that is not a symlink."""
        if self.path.exists() and not self.path.is_symlink():
            raise FileExistsError(
                f"{self.path}: 已有同名文件，请换个名字 / exists and is not a link; choose another name"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f".{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(terminal)
        fresh.replace(self.path)

    def _pump(self) -> None:
        while not self._stopping.is_set():
            self._leave_something_to_change()
            ready, _, _ = select.select([self._master], [], [], self._wait_s())
            now = time.monotonic()
            if ready:
                data = os.read(self._master, CHUNK_BYTES)
                self._leave_something_to_change()  # before an answer, on which a driver may close and open
                self._hear(now, data)
            unasked = self.simulator.tick(now)
            if self._speed_is_right():
                self._speak(now, unasked)
            self._send_due()

    def _leave_something_to_change(self) -> None:
        """Let a driver that sets a parity set it again, as on a real line.

        A pty always drops the parity bit, and Linux refuses (EINVAL) a change of which nothing took
        effect. So one flag without meaning here, which drivers clear, is raised whenever one cleared it:
        before the name exists and right after a driver's one setting at open. Never while a driver may be
        setting the speed, for reading and writing back are two steps and would undo it.
        """
        if self.line is None or self.line.parity == "N":
            return
        attributes = termios.tcgetattr(self._slave)
        if not attributes[0] & termios.IGNBRK:
            attributes[0] |= termios.IGNBRK
            termios.tcsetattr(self._slave, termios.TCSANOW, attributes)

    def _wait_s(self) -> float:
        if not self._queue:
            return TICK_S
        return min(TICK_S, max(0.0, self._queue[0][0] - time.monotonic()))

    def _hear(self, now: float, data: bytes) -> None:
        if self.faults.deaf or not self._speed_is_right():
            return
        if self.pace:
            self.pace.hear(now, len(data), self._byte_s())
        self._speak(now, self.simulator.receive(data))

    def _speak(self, now: float, answer: bytes) -> None:
        """Queue `answer` as the faults bend it, behind what is still on its way."""
        due = self._due(now, answer)
        if self._queue:
            due = max(due, self._queue[-1][0])
        for piece in bend(answer, self.faults, self._random):
            due += piece.wait_s
            self._queue.append((due, piece.data))

    def _due(self, now: float, answer: bytes) -> float:
        """When the whole answer has come over the line. With no pace it is there at once."""
        if not self.pace or not answer:
            return now
        field = getattr(self.simulator, "field", None)
        spent = field.take_spent() if isinstance(field, Timed) else Spent()
        return self.pace.answer(now, len(answer), self._byte_s(), spent)

    def _send_due(self) -> None:
        while self._queue and self._queue[0][0] <= time.monotonic():
            self._write(self._queue.popleft()[1])

    def _write(self, data: bytes) -> None:
        """A line has no memory: what nobody reads, once the terminal's buffer is full, is lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def _speed_is_right(self) -> bool:
        return self.line is None or self._baud() in self.line.bauds

    def _baud(self) -> int | None:
        speed_code = termios.tcgetattr(self._master)[5]
        return _BAUD_OF_SPEED_CODE.get(speed_code)

    def _byte_s(self) -> float:
        """At the speed of the moment."""
        baud = self._baud()
        return self.line.bits_per_byte / baud if self.line and baud else 0.0
