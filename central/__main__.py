"""`python -m central --config FILE` runs the centre: collector and web in one process.

`python -m central ca init --folder DIR` makes a certificate authority, `… ca issue --folder DIR NAME` a
certificate. `python -m central lists import --config FILE --items CSV --readers CSV` takes what the kiosks
are to know while they are cut off; a running centre sends them the changes.
`python -m central users add|reset|list --config FILE` keeps accounts, `… audit verify` checks the log.
`… kiosk keep|claim|revoke|replacements` enrols kiosks and lets one take another's place.
`python -m central alerts test --config FILE` sends a test message to everybody who is told of alerts.
`python -m central backup --config FILE --to FOLDER` copies everything while the centre runs, `… restore
--config FILE --from FOLDER` brings it back; `… store rebuild` counts anew from the raw events; `… collect`
is a further collector. `… export --config FILE --from DAY --to DAY --to-file F` writes events as CSV or
Parquet.
SIGTERM and Ctrl-C end the centre cleanly: what was received is kept first.
"""

import argparse
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from broker_config.lists import ENTRIES, ListName
from broker_config.toml import ConfigError
from central import config as configuration
from central import export_command as exporting
from central.accounts import command as accounts
from central.accounts.command import AccountsError
from central.alerts import command as alerting
from central.alerts.config import check_places
from central.backup import BackupError
from central.collector import AccessError
from central.dispatch import registrar
from central.enrolment import command as enrolling
from central.enrolment.authority import EnrolError, init_ca, issue, issued, revoke
from central.export import ExportError
from central.lists import ListError, import_files
from central.office import Office, OfficeError
from central.places import Places, load_places
from central.store import StoreError, opened
from central.store import command as storing
from central.store.lists import ListLog


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m central", description=__doc__)
    parser.add_argument("--config", type=Path, help="the centre's TOML file")
    commands = parser.add_subparsers(dest="command")
    _add_ca(commands)
    _add_lists(commands)
    accounts.add_users(commands)
    accounts.add_audit(commands)
    alerting.add_alerts(commands)
    storing.add_store(commands)
    exporting.add_export(commands)
    enrolling.add_kiosk(commands)
    chosen = parser.parse_args(arguments)
    if chosen.command is None and chosen.config is None:
        parser.error("expected --config FILE, or a command: --help lists them")
    try:
        return _COMMANDS[chosen.command](chosen)
    except (
        AccessError,
        AccountsError,
        BackupError,
        ConfigError,
        EnrolError,
        ExportError,
        ListError,
        OfficeError,
        StoreError,
    ) as error:
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
    gone = acts.add_parser("revoke", help="write ca.crl, with every certificate of these names in it")
    gone.add_argument("--folder", type=Path, required=True)
    gone.add_argument("names", nargs="*", help="<place>.<device>; none: the list as it is")


def _add_lists(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("lists", help="what kiosks know while cut off").add_subparsers(
        dest="act", required=True
    )
    take = acts.add_parser("import", help="take the library's items and readers, both or one of them")
    take.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
    for name, entry in ENTRIES.items():
        columns = ",".join(entry.__struct_fields__)
        take.add_argument(f"--{name.value}", type=Path, help=f"CSV in UTF-8 with the columns {columns}")
    take.add_argument(
        "--may-shrink", action="store_true", help="take a file that lacks much of what is known"
    )


def _lists(chosen: argparse.Namespace) -> int:
    files = {name: path for name in ListName if (path := getattr(chosen, name.value)) is not None}
    if not files:
        raise ListError("nothing to import: expected --items CSV or --readers CSV, or both")
    log = ListLog(configuration.load(chosen.config).lists_path)
    try:
        for imported in import_files(log, files, now(), chosen.may_shrink):
            print(imported)
    finally:
        log.close()
    return 0


def _alerts(chosen: argparse.Namespace) -> int:
    settings = configuration.load(chosen.config)
    check_places(chosen.config, settings.alerts, load_places(Path(settings.places.file)))
    results = list(alerting.tried(settings.alerts, now()))
    print("\n".join(str(one) for one in results) or alerting.NOBODY)
    return 1 if any(one.trouble for one in results) else 0


def _users(chosen: argparse.Namespace) -> int:
    return _in_office(chosen.config, lambda office, places: accounts.users(chosen, office, places, now()))


def _audit(chosen: argparse.Namespace) -> int:
    return _in_office(chosen.config, lambda office, places: accounts.check_audit(chosen, office))


def _in_office(config: Path, act: Callable[[Office, Places], str]) -> int:
    """Print what `act` says of the office, beside a running centre or without one."""
    settings = configuration.load(config)
    office = Office(settings.office_path)
    try:
        print(act(office, load_places(Path(settings.places.file))))
    finally:
        office.close()
    return 0


def _certificates(chosen: argparse.Namespace) -> int:
    if chosen.act == "init":
        print(init_ca(chosen.folder))
    elif chosen.act == "revoke":
        serials = [one.serial_number for name in chosen.names for one in issued(chosen.folder, name)]
        print(revoke(chosen.folder, serials))
    else:
        print(issue(chosen.folder, chosen.name, server=chosen.server, hosts=chosen.host).certificate)
    return 0


def _kiosk(chosen: argparse.Namespace) -> int:
    settings = configuration.load(chosen.config)
    office, store = Office(settings.office_path), opened(settings.store.url, settings.time_zone)
    try:
        print(enrolling.run(chosen, registrar(settings, office, store), now()))
    finally:
        store.close()
        office.close()
    return 0


def _export(chosen: argparse.Namespace) -> int:
    print(exporting.export(chosen, now))
    return 0


def _store(chosen: argparse.Namespace) -> int:
    print(storing.COMMANDS[chosen.command](chosen, now))
    return 0


def now() -> datetime:
    return datetime.now(UTC)


def _serve(chosen: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings = configuration.load(chosen.config)
    check_places(chosen.config, settings.alerts, load_places(Path(settings.places.file)))
    from central.service import ServiceError, serve  # the web's libraries take a second to load

    try:
        serve(settings, now)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


_COMMANDS: dict[str | None, Callable[[argparse.Namespace], int]] = {
    None: _serve,
    "ca": _certificates,
    "lists": _lists,
    "users": _users,
    "audit": _audit,
    "alerts": _alerts,
    "kiosk": _kiosk,
    "export": _export,
    **dict.fromkeys(storing.COMMANDS, _store),
}


if __name__ == "__main__":
    sys.exit(main())
