"""The hands at a simulated place that runs in another process: a typed method for each thing they can do.

    python -m hardware_sim place --folder DIR      prints the control port

The other side, and the words on the wire, are `control_server.py`.
"""

import json
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from hardware_sim.place_state import PlaceState
from hardware_sim.world import Sector

LOOPBACK = "127.0.0.1"
TIMEOUT_S = 10.0


class HandsError(Exception):
    """The place said no, or is gone; the message says why."""


@dataclass(frozen=True)
class TagState:
    """What a book tag holds in truth, whatever a reader says."""

    uid: bytes
    afi: int
    eas: bool
    memory: bytes
    dsfid: int


class Hands:
    """Connected to one place. Any thread may use it; every method returns when the thing is done."""

    def __init__(self, port: int) -> None:
        """HandsError when no place listens there."""
        self._port = port
        self._lock = threading.Lock()
        try:
            self._socket = socket.create_connection((LOOPBACK, port), TIMEOUT_S)
        except OSError as error:
            raise HandsError(f"no simulated place listens on port {port}: {error}") from error
        self._stream = self._socket.makefile("rwb")

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- books on the pad --------------------------------------------------------------------------------

    def add_tag(self, label: str, uid: bytes, memory: bytes, dsfid: int = 0x06, afi: int = 0x07) -> None:
        """Make a book tag, or remake it; it lies nowhere until it is put."""
        self._do("add_tag", label=label, uid=uid.hex(), memory=memory.hex(), dsfid=dsfid, afi=afi)

    def put(self, *labels: str) -> None:
        self._do("put", labels=labels)

    def lift(self, *labels: str) -> None:
        self._do("lift", labels=labels)

    def clear_pad(self) -> None:
        self._do("clear_pad")

    def tag_state(self, label: str) -> TagState:
        state = self._do("tag_state", label=label)
        return TagState(
            bytes.fromhex(state["uid"]),
            state["afi"],
            state["eas"],
            bytes.fromhex(state["memory"]),
            state["dsfid"],
        )

    def spoil_writes(self, label: str, times: int) -> None:
        """Let the next `times` writes to this tag fail, as when it is at the edge of the field."""
        self._do("spoil_writes", label=label, times=times)

    # -- cards and codes ---------------------------------------------------------------------------------

    def add_card(
        self,
        label: str,
        uid: bytes,
        technology: str = "mifare_classic",
        *,
        ndef: bytes = b"",
        sector: Sector | None = None,
    ) -> None:
        """Make a card, blank but for the message or the sector that somebody wrote."""
        written = sector and [sector.number, sector.data.hex(), sector.key_a.hex(), sector.key_b.hex()]
        self._do(
            "add_card", label=label, uid=uid.hex(), technology=technology, ndef=ndef.hex(), sector=written
        )

    def add_id_card(self, label: str, number: str, kind: str = "") -> None:
        """A made-up person's ID card; `kind` J, I or Y for a permit."""
        self._do("add_id_card", label=label, number=number, kind=kind)

    def tap(self, card: str, hold_s: float | None = None) -> None:
        """Hold a card (its label, or a UID in hexadecimal) to the reader; for ever without `hold_s`."""
        self._do("tap", card=card, hold_s=hold_s)

    def lay_beside(self, card: str) -> None:
        """Hold a second card to the reader together with the one that is there."""
        self._do("lay_beside", card=card)

    def remove_card(self) -> None:
        """Both, where there are two."""
        self._do("remove_card")

    def scan(self, text: str) -> None:
        self._do("scan", text=text)

    # -- the door and the printer ------------------------------------------------------------------------

    def walk_in(self, people: int = 1) -> None:
        self._do("walk_in", people=people)

    def walk_out(self, people: int = 1) -> None:
        self._do("walk_out", people=people)

    def paper_out(self) -> None:
        self._do("paper_out")

    def paper_low(self) -> None:
        self._do("paper_low")

    def paper_refill(self) -> None:
        self._do("paper_refill")

    def cover(self, is_open: bool) -> None:
        self._do("cover", is_open=is_open)

    def receipts(self) -> list[Path]:
        """Pictures of what was printed, oldest first."""
        return [Path(picture) for picture in self._do("receipts")]

    def state(self) -> PlaceState:
        """How everything stands there now."""
        return msgspec.convert(self._do("state"), PlaceState)

    # -- the mains ---------------------------------------------------------------------------------------

    def mains(self, is_there: bool) -> None:
        """Cut the village's power, or give it back; the kiosk itself hangs on a UPS."""
        self._do("mains", is_there=is_there)

    # -- plugs and wires ---------------------------------------------------------------------------------

    def unplug(self, device: str) -> None:
        """`device` is the wire's name, such as kiosk-pad."""
        self._do("unplug", device=device)

    def plug(self, device: str) -> None:
        self._do("plug", device=device)

    def swap(self, device: str, unit: str) -> None:
        """Another unit in this one's place: another model, or another serial number of the same model. It is
        plugged in if that one was."""
        self._do("swap", device=device, unit=unit)

    def fault(self, device: str, name: str) -> None:
        """Spoil a wire (`hardware_sim.faults.FAULTS`); "none" mends it."""
        self._do("fault", device=device, name=name)

    def _do(self, command: str, **arguments: object) -> Any:
        line = json.dumps({"command": command, "arguments": arguments}, ensure_ascii=False).encode()
        try:
            with self._lock:
                self._stream.write(line + b"\n")
                self._stream.flush()
                answer = self._stream.readline()
        except (OSError, ValueError) as error:
            raise HandsError(f"{command}: the place on port {self._port} is gone: {error}") from error
        if not answer:
            raise HandsError(f"{command}: the place on port {self._port} has closed")
        reply = json.loads(answer)
        if "error" in reply:
            raise HandsError(f"{command}: {reply['error']}")
        return reply["result"]
