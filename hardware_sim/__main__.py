"""`python -m hardware_sim`: simulated devices to connect drivers to, alone or a whole place of them."""

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from devices.tag_data import Model, TagContent, dsfid_of, encode
from hardware_sim.control_server import ControlServer
from hardware_sim.faults import FAULTS
from hardware_sim.place import DEVICES, BadSeed, SimulatedPlace, load_seed
from hardware_sim.registry import MODELS, SimulatedDevice
from hardware_sim.world import Card, Chip, World


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status; argparse exits by itself (2) on arguments that make no sense."""
    args = _parser().parse_args(arguments)
    try:
        status: int = args.run(args)
    except (BadSeed, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hardware_sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="name the models that are simulated")
    listing.set_defaults(run=_list)

    running = commands.add_parser("run", help="one device with something to see, until Ctrl-C")
    running.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    running.add_argument("--link", required=True, type=Path, metavar="PATH", help="name to give its port")
    running.add_argument("--fault", choices=FAULTS, default="none", help="how its wire misbehaves")
    running.set_defaults(run=_run)

    placing = commands.add_parser("place", help=f"a whole place: {', '.join(DEVICES)}, until Ctrl-C")
    placing.add_argument("--folder", required=True, type=Path, metavar="DIR", help="where the ports appear")
    placing.add_argument("--control-port", type=int, default=0, metavar="N", help="TCP port for the hands")
    placing.add_argument("--seed", type=Path, metavar="FILE", help="JSON of the tags and cards that exist")
    placing.add_argument("--physics", action="store_true", help="let the pad take the time of a real one")
    placing.set_defaults(run=_place)

    showing = commands.add_parser("demo", help="a kiosk, its devices, the ILS and the centre at work")
    showing.add_argument("--output", required=True, type=Path, metavar="DIR", help="for pictures and logs")
    showing.add_argument("--keep", action="store_true", help="go on running at the end")
    showing.set_defaults(run=_demo)
    return parser


def _list(_: argparse.Namespace) -> int:
    for name, model in MODELS.items():
        print(f"{name:16}{'any speed' if model.line is None else model.line}")
    return 0


def _run(args: argparse.Namespace) -> int:
    device = SimulatedDevice(
        args.model, sample_world(), args.link, args.link.parent / "receipts", FAULTS[args.fault]
    )
    ended = _ended()
    device.plug()
    try:
        print(f"{args.model} at {args.link}", flush=True)
        ended.wait()
    finally:
        device.unplug()
    return 0


def _place(args: argparse.Namespace) -> int:
    world = load_seed(args.seed) if args.seed else World()
    ended = _ended()
    with (
        SimulatedPlace(args.folder, world, physics=args.physics) as place,
        ControlServer(place, args.control_port) as control,
    ):
        print(f"control port {control.port}", flush=True)
        ended.wait()
    return 0


def _demo(args: argparse.Namespace) -> int:
    """Imported only now: the demo needs the ILS, the broker and more."""
    status: int = importlib.import_module("hardware_sim.demo").main(args)
    return status


def _ended() -> threading.Event:
    """Set by Ctrl-C or SIGTERM, so that wires are taken down and their names removed."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def sample_world() -> World:
    """Two books on the pad, a card at the reader, a code before the scanner, a person through the door."""
    world = World(card=Card(bytes.fromhex("04A1B2C3")))
    for number, item in enumerate(("30000000000012", "30000000000020"), start=1):
        uid = bytes.fromhex("E0040100") + number.to_bytes(4)
        memory = bytearray(encode(TagContent(Model.ISO_28560_2, item), 112))
        world.tags[item] = Chip(uid, memory, dsfid_of(Model.ISO_28560_2), label=item)
        world.put(item)
    world.scans.append("9787302511625")
    world.door.entries = 1
    return world


if __name__ == "__main__":
    sys.exit(main())
