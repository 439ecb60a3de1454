"""`python -m central --config FILE` runs the centre: collector and web in one process.

`python -m central ca init --folder DIR` makes a certificate authority, `… ca issue --folder DIR NAME` a
certificate. SIGTERM and Ctrl-C end it cleanly: what was received is kept first.
"""

import argparse
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

from broker_config.toml import ConfigError
from central import config as configuration
from central.enrol import EnrolError, init_ca, issue


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m central", description=__doc__)
    parser.add_argument("--config", type=Path, help="the centre's TOML file")
    _add_ca(parser.add_subparsers(dest="command"))
    chosen = parser.parse_args(arguments)
    if chosen.command is None and chosen.config is None:
        parser.error("expected --config FILE, or ca init, or ca issue")
    try:
        return _certificates(chosen) if chosen.command == "ca" else _serve(chosen.config)
    except (ConfigError, EnrolError) as error:
        print(error, file=sys.stderr)
        return 2


def _add_ca(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("ca", help="certificates").add_subparsers(dest="act", required=True)
    init = acts.add_parser("init", help="make an authority")
    init.add_argument("--folder", type=Path, required=True)
    new = acts.add_parser("issue", help="sign a certificate for a device, 'centre' or 'broker'")
    new.add_argument("--folder", type=Path, required=True)
    new.add_argument("name", help="<place>.<device>, centre or broker")
    new.add_argument("--server", action="store_true", help="a server's certificate")
    new.add_argument("--host", action="append", default=[], help="name or address of the server; repeatable")


def _certificates(chosen: argparse.Namespace) -> int:
    if chosen.act == "init":
        print(init_ca(chosen.folder))
    else:
        print(issue(chosen.folder, chosen.name, server=chosen.server, hosts=chosen.host).certificate)
    return 0


def _serve(path: Path) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings = configuration.load(path)
    from central.service import ServiceError, serve  # the web's libraries take a second to load

    try:
        serve(settings, now=lambda: datetime.now(UTC))
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
