"""An ESC/POS receipt printer with cutter and Chinese font; its receipts come out as pictures.

At each cut (or where a hand tears: `tear`) it leaves `receipt-NNN.txt` and then `receipt-NNN.png`, whole, in
its output folder. Paper, cover, cutter and faults are the world's. Barcodes are skipped (`unknown`), since
our receipts have none. Driven by python-escpos 3.1's own `printer.Serial` and by thermalprinter 2.1, which
makes its bytes by itself.
"""

from collections import deque
from itertools import count
from pathlib import Path

from hardware_sim import escpos_status
from hardware_sim.escpos_head import Head
from hardware_sim.escpos_stream import ESC, GS, REAL_TIME_STATUS, Command, Stream
from hardware_sim.receipt_image import CELL_DOTS, DOTS_PER_MM, Row, plain_text, render
from hardware_sim.world import World

CUTS = frozenset((b"\x1bi", b"\x1bm", b"\x1dV"))
RESET, TELL_STATUS, TELL_CHANGES = b"\x1b@", b"\x1dr", b"\x1da"
NO_INK = frozenset(
    {bytes((ESC, letter)) for letter in b"MR{rp=BcV 789"}
    | {bytes((GS, letter)) for letter in b"b|Hfhw"}
    | {b"\x10\x05", b"\x10\x14"}
)
"""Commands that every printer knows and whose effect does not show on our paper."""


class Escpos:
    """Implements `hardware_sim.simulator.Simulator` for a printer of 32 (58 mm), 42 or 48 (80 mm) columns."""

    def __init__(self, world: World, output_folder: Path, columns: int = 32, cutter: bool = True) -> None:
        self.unknown: list[bytes] = []
        """Codes of the commands that were skipped because this printer does not know them."""
        self._world = world
        self._cutter = cutter
        self._folder = output_folder
        self._width_dots = columns * CELL_DOTS
        self._stream = Stream()
        self._waiting: deque[Command] = deque()
        self._head = Head(self._width_dots, self._print)
        self._uncut: list[Row] = []
        self._told: bytes | None = None
        """The automatic status that was told last; None while it is not wanted."""

    def receive(self, data: bytes) -> bytes:
        """Status questions are answered even when nothing can be printed; all else waits its turn."""
        answer = b""
        for command in self._stream.feed(data):
            if command.code == REAL_TIME_STATUS:
                with self._world.lock:
                    answer += escpos_status.at_once(self._world.printer, command.data[0])
            else:
                self._waiting.append(command)
                answer += self._work()
        return answer

    def tick(self, now: float) -> bytes:
        """What waited, and a change that the host wants to be told of."""
        answer = self._work()
        with self._world.lock:
            status = escpos_status.unasked(self._world.printer)
        if self._told in (None, status):
            return answer
        self._told = status
        return answer + status

    def _work(self) -> bytes:
        """Obey what waits, for as long as there is paper, a closed cover and a free cutter."""
        answer = b""
        while self._waiting and self._ready():
            command = self._waiting.popleft()
            if self._cutter and command.code in CUTS:
                self._head.feed(command.data[1] if len(command.data) > 1 else 0)
                self._give_out()
            elif command.code == TELL_STATUS:
                with self._world.lock:
                    answer += escpos_status.in_turn(self._world.printer, command.data[0])
            elif command.code == TELL_CHANGES:
                self._told = b"" if command.data[0] else None
            elif not self._head.obey(command) and command.code not in NO_INK:
                self.unknown.append(command.code)
            if command.code == RESET:
                self._told = None
        return answer

    def _ready(self) -> bool:
        with self._world.lock:
            return not self._world.printer.stopped

    def _print(self, row: Row) -> None:
        self._uncut.append(row)
        with self._world.lock:
            printer = self._world.printer
            printer.paper_mm = max(0.0, printer.paper_mm - row.height_dots / DOTS_PER_MM)

    def tear(self) -> None:
        """A hand tears off what came out; a printer without a cutter gives nothing out otherwise."""
        self._give_out()

    def _give_out(self) -> None:
        """What was printed since the last time; a cut of no paper leaves none."""
        self._head.end_line()
        if not self._uncut:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        names = (self._folder / f"receipt-{number:03}" for number in count(1))
        name = next(name for name in names if not name.with_suffix(".png").exists())
        name.with_suffix(".txt").write_text(plain_text(self._uncut), encoding="utf-8")
        fresh = name.with_suffix(".new")
        render(self._uncut, self._width_dots).save(fresh, "PNG")
        fresh.replace(name.with_suffix(".png"))
        self._uncut.clear()
