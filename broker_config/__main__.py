"""`python -m broker_config render …` writes a broker's folder; `… schemas` writes the published schemas."""

import argparse
import sys
from pathlib import Path

from broker_config import describe
from broker_config.render import RenderError, render


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m broker_config", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    broker = commands.add_parser("render", help="write what 'mosquitto -c FOLDER/mosquitto.conf' runs")
    broker.add_argument("--folder", type=Path, required=True)
    broker.add_argument("--port", type=int, required=True)
    broker.add_argument(
        "--certificates", type=Path, required=True, help="folder with ca.crt, broker.crt, .key"
    )
    broker.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    commands.add_parser("schemas", help="write broker_config/schemas from the types of messages")
    chosen = parser.parse_args(arguments)
    if chosen.command == "schemas":
        print("\n".join(str(path) for path in describe.write()))
        return 0
    try:
        print(render(chosen.folder, chosen.port, chosen.certificates, chosen.host))
    except RenderError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
