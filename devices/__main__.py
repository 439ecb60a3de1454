"""`python -m devices`: which models there are, what answers on a port, what is written on a tag."""

import argparse
import sys
from collections.abc import Sequence

from devices.errors import DeviceError
from devices.kinds import DeviceInfo
from devices.port import LineSettings, Port
from devices.registry import MODELS, probe
from devices.tag_cli import add_tag_parser
from devices.udev_rules import add_udev_parser
from devices.watching import add_watch_parser

_SILENT_MODELS = [name for name, model in MODELS.items() if model.answers is None and model.line]
_ASKED_MODELS = [name for name, model in MODELS.items() if model.answers and model.line]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status; argparse exits by itself (2) on arguments that make no sense."""
    parser = argparse.ArgumentParser(prog="python -m devices", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="name the models that can be driven")
    listing.set_defaults(run=_list)
    probing = commands.add_parser("probe", help="ask what is connected to a port")
    probing.add_argument("--port", required=True, metavar="PATH", help="such as /dev/ttyUSB0")
    probing.set_defaults(run=_probe)
    add_tag_parser(commands)
    add_udev_parser(commands)
    add_watch_parser(commands)
    args = parser.parse_args(arguments)
    status: int = args.run(args)
    return status


def _list(_: argparse.Namespace) -> int:
    for name, model in MODELS.items():
        line = f"{model.line.baud} 8{model.line.parity}1" if model.line else "no serial line"
        print(f"{name:20}{model.kind.value:18}{line}")
    return 0


def _probe(args: argparse.Namespace) -> int:
    """Ask as each model in turn, at its speed; the first that answers is it."""
    try:
        Port(args.port, LineSettings(9600)).close()
    except DeviceError as error:
        print(f"{error}; check the name and who may open it", file=sys.stderr)
        return 1
    for model in _ASKED_MODELS:
        try:
            print(_described(probe(model, args.port)))
        except DeviceError:
            continue
        return 0
    print(
        f"{args.port}: nothing answered, asked as {', '.join(_ASKED_MODELS)}. It might be a "
        f"{' or '.join(_SILENT_MODELS)}, which never answers; else check cable and power",
        file=sys.stderr,
    )
    return 1


def _described(info: DeviceInfo) -> str:
    return (
        f"{info.port}: {info.model} ({info.kind.value}), "
        f"serial {info.serial or 'unknown'}, firmware {info.firmware or 'unknown'}"
    )


if __name__ == "__main__":
    sys.exit(main())
