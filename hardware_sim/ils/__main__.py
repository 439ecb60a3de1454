"""python -m hardware_sim.ils --database FILE [--port N] [--admin-port N] [--dialect NAME] [--limit N]

Runs until interrupted or terminated. Port 0 is any free one; the ports are printed.
"""

import argparse
import signal
import sqlite3
import sys
from pathlib import Path

from hardware_sim.ils.conversation import Account
from hardware_sim.ils.dialects import DIALECTS
from hardware_sim.ils.server import IlsServer


def main() -> int:
    chosen = _arguments().parse_args()
    account = Account(chosen.user, chosen.password)
    stop = {signal.SIGINT, signal.SIGTERM}
    # Blocked before any thread starts, so that the signal waits for sigwait and no thread dies of it.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    try:
        server = IlsServer(
            chosen.database,
            port=chosen.port,
            admin_port=chosen.admin_port,
            account=account,
            dialect=DIALECTS[chosen.dialect],
        )
        server.faults.limit = chosen.limit
        server.start()
    except (OSError, sqlite3.Error) as error:
        print(f"ILS cannot start: {error}: check --database, --port and --admin-port", file=sys.stderr)
        return 1
    print(f"ILS listening on 127.0.0.1:{server.port}", flush=True)
    print(f"ILS admin on 127.0.0.1:{server.admin_port}", flush=True)
    signal.sigwait(stop)
    server.stop()
    return 0


def _arguments() -> argparse.ArgumentParser:
    program = "python -m hardware_sim.ils"
    parser = argparse.ArgumentParser(prog=program, description="A small ILS speaking SIP2.")
    parser.add_argument("--database", type=Path, required=True, help="SQLite file; filled when it is new")
    parser.add_argument("--port", type=int, default=0, help="SIP2 port, 0 for a free one")
    parser.add_argument("--admin-port", type=int, default=0, help="port of the hands, 0 for a free one")
    parser.add_argument("--user", default=Account().user, help="the kiosks' SIP2 user")
    parser.add_argument("--password", default=Account().password, help="the kiosks' SIP2 password")
    parser.add_argument("--dialect", choices=DIALECTS, default="koha", help="whose SIP2 it speaks")
    parser.add_argument("--limit", type=int, help="connections served at once; more are never answered")
    return parser


if __name__ == "__main__":
    sys.exit(main())
