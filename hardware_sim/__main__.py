"""`python -m hardware_sim`: simulated devices to connect drivers to, alone or a whole place of them."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from hardware_sim.control_server import ControlServer
from hardware_sim.place import DEVICES, BadSeed, SimulatedPlace, load_seed
from hardware_sim.registry import MODELS
from hardware_sim.run import add_run_arguments, ended, port_number, run
from hardware_sim.verbs import BadWords
from hardware_sim.world import World


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: 参数不对 / {message}; --help 列出全部 / lists them all\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status; argparse exits by itself (2) on arguments that make no sense."""
    args = _parser().parse_args(arguments)
    try:
        status: int = args.run(args)
    except (BadSeed, BadWords) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(_said(error), file=sys.stderr)
    else:
        return status
    return 1


def _said(error: OSError) -> str:
    """One sentence; those that we raise ourselves are one already."""
    if error.strerror is None:
        return str(error)
    what = error.filename or "网络端口 / network port"
    return f"{what}: 用不了，请检查名字和权限 / cannot be used, check its name and rights: {error.strerror}"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="python -m hardware_sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="name the models that are simulated")
    listing.set_defaults(run=_list)

    running = commands.add_parser("run", help="one device with something to see, until Ctrl-C")
    add_run_arguments(running)
    running.set_defaults(run=run)

    placing = commands.add_parser("place", help=f"a whole place: {', '.join(DEVICES)}, until Ctrl-C")
    placing.add_argument("--folder", required=True, type=Path, metavar="DIR", help="where the ports appear")
    placing.add_argument(
        "--control-port", type=port_number, default=0, metavar="N", help="TCP port for the hands"
    )
    placing.add_argument("--seed", type=Path, metavar="FILE", help="JSON of the tags and cards that exist")
    placing.add_argument("--physics", action="store_true", help="let the pad take the time of a real one")
    placing.set_defaults(run=_place)

    living = commands.add_parser("village", help="the same, to play with: a whole village until Ctrl-C")
    living.add_argument("--folder", type=Path, metavar="DIR", help="for its data (default: a fresh one)")
    living.add_argument(
        "--panel", type=port_number, default=0, metavar="PORT", help="where the browser panel listens"
    )
    living.set_defaults(run=_village)

    showing = commands.add_parser("demo", help="a kiosk, its devices, the ILS and the centre at work")
    showing.add_argument("--output", required=True, type=Path, metavar="DIR", help="for pictures and logs")
    showing.add_argument("--keep", action="store_true", help="go on running at the end")
    showing.set_defaults(run=_demo)
    return parser


def _list(_: argparse.Namespace) -> int:
    for name, model in MODELS.items():
        print(f"{name:20}{'any speed' if model.line is None else model.line}")
    return 0


def _place(args: argparse.Namespace) -> int:
    world = load_seed(args.seed) if args.seed else World()
    end = ended()
    with (
        SimulatedPlace(args.folder, world, physics=args.physics) as place,
        ControlServer(place, args.control_port) as control,
    ):
        print(f"control port {control.port}", flush=True)
        end.wait()
    return 0


def _village(args: argparse.Namespace) -> int:
    """Imported only now, as the demo."""
    status: int = importlib.import_module("hardware_sim.panel.village").main(args)
    return status


def _demo(args: argparse.Namespace) -> int:
    """Imported only now: the demo needs the ILS, the broker and more."""
    status: int = importlib.import_module("hardware_sim.demo").main(args)
    return status


if __name__ == "__main__":
    sys.exit(main())
