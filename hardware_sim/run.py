"""One simulated device alone on its wire until Ctrl-C, for drivers and tools of other people.

    python -m hardware_sim run feig_obid --link /tmp/kiosk-pad --noise-bytes 7
    python -m hardware_sim run escpos --link /tmp/kiosk-printer --paper low --output /tmp/receipts

Says when it is ready, and one line for each thing that happens to it. Hands come through the control port
that it names (`control.Hands`) or are typed: `put B1`, `tap C1`, `paper out`, `walk in 2`, `help`. Tried
with libnfc's tools, nfcpy, pymodbus, minimalmodbus, python-escpos and, for every model, plain pyserial.
"""

import argparse
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, fields, replace
from pathlib import Path

from hardware_sim.control import Hands, HandsError
from hardware_sim.control_server import ControlServer
from hardware_sim.faults import FAULTS, Faults
from hardware_sim.place import SimulatedPlace
from hardware_sim.place_state import Happening, Paper, happenings
from hardware_sim.registry import MODELS, SimulatedDevice
from hardware_sim.rig import rig_world
from hardware_sim.verbs import BadWords, Speaker, help_text
from hardware_sim.world import World

WATCH_S = 0.05
"""Between two looks at what happened."""
CHUNK_BYTES = 4096
MAX_PORT = 0xFFFF


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Read by `world_from`, `faults_from` and `run`."""
    parser.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--link", required=True, type=Path, metavar="PATH", help="name to give its port")
    parser.add_argument("--physics", action="store_true", help="take the time of a real one")
    parser.add_argument("--serial", metavar="TEXT", help="its serial number, where the model tells one")
    parser.add_argument("--output", type=Path, metavar="DIR", help="for receipts (default: beside the port)")
    parser.add_argument(
        "--control-port", type=port_number, default=0, metavar="N", help="TCP port for the hands"
    )
    parser.add_argument("--json", action="store_true", help="say everything as JSON, one object a line")
    lying = parser.add_argument_group("what is there at the start (default: two books, a card, a code)")
    lying.add_argument("--tag", action="append", metavar="HEX", help="a book tag's memory; may be repeated")
    lying.add_argument("--tags", type=Path, metavar="FILE", help="such memories, one a line, or a JSON seed")
    lying.add_argument(
        "--card",
        action="append",
        metavar="KIND:UID",
        help="the first is held to the reader; or resident_id:NUMBER",
    )
    lying.add_argument("--paper", choices=[paper.value for paper in Paper], default=Paper.OK.value)
    lying.add_argument("--count", type=_people, default=(1, 0), metavar="IN,OUT", help="people so far")
    wire = parser.add_argument_group("how its wire misbehaves")
    wire.add_argument("--fault", choices=FAULTS, default="none", help="a usual way; the others add to it")
    for field in fields(Faults):
        _add_fault(wire, field)


def run(args: argparse.Namespace) -> int:
    """Until Ctrl-C or SIGTERM; the wire's name is taken away then."""
    end = ended()
    link: Path = args.link
    place = SimulatedPlace(link.parent, world_from(args), args.physics, {link.name: args.model}, args.output)
    device = place.devices[link.name]
    device.link.faults = faults_from(args)
    if args.serial:
        _number(device, args.serial)
    with place, ControlServer(place, args.control_port) as control, Hands(control.port) as hands:
        tell = _teller(args.json)
        tell("ready", f"{args.model} at {link}, control port {control.port}", {
            "model": args.model, "link": str(link), "control_port": control.port,
        })  # fmt: skip
        _watch(hands, Speaker(hands, [link.name]), end, tell)
    return 0


def _number(device: SimulatedDevice, serial: str) -> None:
    """Make it the unit with that serial number; BadWords for a model that tells none, or not such a one."""
    try:
        device.swap(serial=serial)
    except ValueError as error:
        raise BadWords(f"--serial {serial!r}: {error}") from error


def ended() -> threading.Event:
    """Set by Ctrl-C or SIGTERM, so that wires are taken down and their names removed."""
    event = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: event.set())
    return event


def world_from(args: argparse.Namespace) -> World:
    return rig_world(
        args.model,
        tags=args.tag,
        file=args.tags,
        cards=args.card,
        paper=Paper(args.paper),
        people=args.count,
    )


def faults_from(args: argparse.Namespace) -> Faults:
    """The usual way of misbehaving, and every single fault beside it."""
    told = {field.name: value for field in fields(Faults) if (value := getattr(args, field.name)) is not None}
    return replace(FAULTS[args.fault], **told)


# -- at work -----------------------------------------------------------------------------------------------

Tell = Callable[[str, str, dict[str, object]], None]
"""Says what happened: its name, a sentence, and the same as data."""


def _teller(as_json: bool) -> Tell:
    def tell(what: str, sentence: str, data: dict[str, object]) -> None:
        line = json.dumps({"what": what, **data}, ensure_ascii=False) if as_json else sentence
        print(line, flush=True)

    return tell


def _watch(hands: Hands, speaker: Speaker, end: threading.Event, tell: Tell) -> None:
    keyboard = Keyboard()
    before = hands.state()
    while not end.is_set():
        for line in keyboard.lines(WATCH_S, end):
            _obey(speaker, line, tell)
        now = hands.state()
        for happening in happenings(before, now):
            _tell_of(happening, tell)
        before = now


def _tell_of(happening: Happening, tell: Tell) -> None:
    tell(happening.what.value, happening.sentence, {"about": happening.about})


def _obey(speaker: Speaker, line: str, tell: Tell) -> None:
    if line == "help":
        tell("help", help_text(), {"verbs": help_text().splitlines()})
        return
    try:
        speaker.say(line)
    except (BadWords, HandsError) as error:
        tell("refused", f"? {error}", {"about": str(error)})


class Keyboard:
    """Lines from standard input without ever waiting for one; silent once it is closed."""

    def __init__(self) -> None:
        self._open = sys.stdin is not None and not sys.stdin.closed
        self._rest = b""
        # started with & from a terminal, reading would stop the whole program
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)

    def lines(self, timeout_s: float, end: threading.Event) -> Sequence[str]:
        """Those that came within `timeout_s`."""
        if not self._open:
            end.wait(timeout_s)
            return ()
        try:
            number = sys.stdin.fileno()
            ready, _, _ = select.select([number], [], [], timeout_s)
            if not ready:
                return ()
            data = os.read(number, CHUNK_BYTES)
        except (OSError, ValueError):
            data = b""
        self._open = bool(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        return [words for line in whole if (words := line.decode("utf-8", "replace").strip())]


# -- arguments ---------------------------------------------------------------------------------------------


def _add_fault(group: "argparse._ArgumentGroup", field: "Field[object]") -> None:
    """Every field of Faults is an option of the same name, unset unless given."""
    option = f"--{field.name.replace('_', '-')}"
    default = field.default
    if isinstance(default, bool):
        group.add_argument(option, action="store_true", default=None)
    else:
        kind = type(default) if default is not MISSING else str
        group.add_argument(option, type=kind, metavar="S" if field.name.endswith("_s") else "N")


def port_number(text: str) -> int:
    """Of TCP; 0 is any free one."""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port, 0 to {MAX_PORT}")
    return int(text)


def _people(text: str) -> tuple[int, int]:
    """`IN,OUT`, as a counter starts with."""
    entries, _, exits = text.partition(",")
    if not (entries.isdecimal() and (exits or "0").isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not IN,OUT, such as 12,10")
    return int(entries), int(exits or "0")
