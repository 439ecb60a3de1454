"""Lets another process be the hands at a simulated place: lay books, tap cards, pull plugs.

One JSON object a line over TCP on loopback, `{"command": "put", "arguments": {"labels": ["A1"]}}`,
answered by `{"result": …}` or `{"error": "one sentence"}`. The client is `control.Hands`. Nobody is asked
who they are: it only ever moves things that do not exist.
"""

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

import msgspec

from hardware_sim.control import LOOPBACK
from hardware_sim.faults import FAULTS
from hardware_sim.place import SimulatedPlace, chip
from hardware_sim.place_state import look
from hardware_sim.registry import MODELS, SimulatedDevice
from hardware_sim.sdt_idcard import Person, id_card
from hardware_sim.world import Card, Printer, Sector, UnknownLabel

LOW_PAPER_MM = 1_000.0
PATIENCE_S = 10.0
"""How long a card is held to a reader that does not look."""


class BadCommand(ValueError):
    """What was asked for makes no sense here; the message is the answer."""


# -- what hands can do: each function is one command, its parameters are the command's arguments ------------


def _put(place: SimulatedPlace, labels: list[str]) -> None:
    place.world.put(*labels)


def _lift(place: SimulatedPlace, labels: list[str]) -> None:
    place.world.lift(*labels)


def _clear_pad(place: SimulatedPlace) -> None:
    with place.world.lock:
        place.world.pad.clear()


def _add_tag(place: SimulatedPlace, *, label: str, uid: str, memory: str, dsfid: int, afi: int) -> None:
    tag = chip(label, uid, memory, dsfid, afi)
    with place.world.lock:
        place.world.tags[label] = tag


def _tag_state(place: SimulatedPlace, label: str) -> dict[str, object]:
    with place.world.lock:
        tag = place.world.chip(label)
        return {
            "uid": tag.uid.hex(),
            "afi": tag.afi,
            "eas": tag.eas,
            "memory": tag.memory.hex(),
            "dsfid": tag.dsfid,
        }


def _spoil_writes(place: SimulatedPlace, label: str, times: int) -> None:
    with place.world.lock:
        place.world.chip(label).write_fails = times


def _add_card(
    place: SimulatedPlace,
    *,
    label: str,
    uid: str,
    technology: str,
    ndef: str = "",
    sector: list[Any] | None = None,
) -> None:
    """`sector` is its number, its data and both keys."""
    number, *parts = sector or [0]
    sectors = (Sector(number, *map(bytes.fromhex, parts)),) if parts else ()
    card = Card(bytes.fromhex(uid), technology, label, sectors, bytes.fromhex(ndef))
    with place.world.lock:
        place.world.cards[label] = card


def _add_id_card(place: SimulatedPlace, label: str, number: str, kind: str) -> None:
    card = id_card(Person(number, kind=kind), label)
    with place.world.lock:
        place.world.cards[label] = card


def _tap(place: SimulatedPlace, card: str, hold_s: float | None) -> None:
    """`card` is a label, or the hexadecimal UID of one that nobody described."""
    with place.world.lock:
        held = replace(place.world.cards.get(card) or _nameless_card(card))
        place.world.card = held
    if hold_s is not None:
        threading.Thread(target=_hold, args=(place, held, hold_s), daemon=True).start()


def _nameless_card(uid: str) -> Card:
    try:
        return Card(bytes.fromhex(uid))
    except ValueError:
        raise BadCommand(f"no card is called {uid!r}, and it is no hexadecimal UID: add it first") from None


def _lay_beside(place: SimulatedPlace, card: str) -> None:
    with place.world.lock:
        place.world.beside = replace(place.world.cards.get(card) or _nameless_card(card))


def _hold(place: SimulatedPlace, held: Card, hold_s: float) -> None:
    """For `hold_s` from when a reader found it, as people do; then it is taken away, unless another card, or
    the same once more, was tapped meanwhile."""
    held.noticed.wait(PATIENCE_S)
    time.sleep(hold_s)
    with place.world.lock:
        if place.world.card is held:
            place.world.card = None


def _remove_card(place: SimulatedPlace) -> None:
    with place.world.lock:
        place.world.card = place.world.beside = None


def _scan(place: SimulatedPlace, text: str) -> None:
    with place.world.lock:
        place.world.scans.append(text)


def _walk_in(place: SimulatedPlace, people: int) -> None:
    with place.world.lock:
        place.world.door.entries += people


def _walk_out(place: SimulatedPlace, people: int) -> None:
    with place.world.lock:
        place.world.door.exits += people


def _set_paper(place: SimulatedPlace, paper_mm: float) -> None:
    with place.world.lock:
        place.world.printer.paper_mm = paper_mm


def _paper_out(place: SimulatedPlace) -> None:
    _set_paper(place, 0.0)


def _paper_low(place: SimulatedPlace) -> None:
    _set_paper(place, LOW_PAPER_MM)


def _paper_refill(place: SimulatedPlace) -> None:
    _set_paper(place, Printer().paper_mm)


def _cover(place: SimulatedPlace, is_open: bool) -> None:
    with place.world.lock:
        place.world.printer.cover_open = is_open


def _mains(place: SimulatedPlace, is_there: bool) -> None:
    place.set_mains(is_there)


def _receipts(place: SimulatedPlace) -> list[str]:
    return [str(picture) for picture in place.receipts()]


def _state(place: SimulatedPlace) -> object:
    return msgspec.to_builtins(look(place))


def _unplug(place: SimulatedPlace, device: str) -> None:
    _device(place, device).unplug()


def _plug(place: SimulatedPlace, device: str) -> None:
    _device(place, device).plug()


def _swap(place: SimulatedPlace, device: str, unit: str) -> None:
    """`unit` is a model, or a serial number of the model that is there."""
    changed = _device(place, device)
    if unit in MODELS:
        changed.swap(model=unit)
    else:
        changed.swap(serial=unit)


def _fault(place: SimulatedPlace, device: str, name: str) -> None:
    if name not in FAULTS:
        raise BadCommand(f"no fault is called {name!r}: choose one of {', '.join(FAULTS)}")
    _device(place, device).link.faults = FAULTS[name]


def _device(place: SimulatedPlace, name: str) -> SimulatedDevice:
    if name not in place.devices:
        raise BadCommand(f"no device is called {name!r}: choose one of {', '.join(place.devices)}")
    return place.devices[name]


COMMANDS: dict[str, Callable[..., Any]] = {
    "put": _put,
    "lift": _lift,
    "clear_pad": _clear_pad,
    "add_tag": _add_tag,
    "tag_state": _tag_state,
    "spoil_writes": _spoil_writes,
    "add_card": _add_card,
    "add_id_card": _add_id_card,
    "lay_beside": _lay_beside,
    "tap": _tap,
    "remove_card": _remove_card,
    "scan": _scan,
    "walk_in": _walk_in,
    "walk_out": _walk_out,
    "paper_out": _paper_out,
    "paper_low": _paper_low,
    "paper_refill": _paper_refill,
    "cover": _cover,
    "mains": _mains,
    "receipts": _receipts,
    "state": _state,
    "unplug": _unplug,
    "plug": _plug,
    "swap": _swap,
    "fault": _fault,
}


def obey(place: SimulatedPlace, line: bytes) -> dict[str, object]:
    """The answer to one line, whatever it is."""
    try:
        request = json.loads(line)
        name, arguments = request["command"], request.get("arguments", {})
        if name not in COMMANDS:
            raise BadCommand(f"no command is called {name!r}: choose one of {', '.join(COMMANDS)}")
        return {"result": COMMANDS[name](place, **arguments)}
    except (KeyError, TypeError, AttributeError) as error:
        return {"error": f"not a command with its arguments: {error}"}
    except (ValueError, UnknownLabel) as error:
        return {"error": str(error)}


class ControlServer:
    """Serves `place` to any number of hands, one command at a time; `port` 0 takes a free one."""

    def __init__(self, place: SimulatedPlace, port: int = 0) -> None:
        one_at_a_time = threading.Lock()

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):
                    for line in self.rfile:
                        with one_at_a_time:
                            answer = obey(place, line)
                        self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer((LOOPBACK, port), Conversation)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
