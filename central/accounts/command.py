"""`python -m central users …` and `python -m central audit …`: what needs nobody signed in, only the machine.

    python -m central users add NAME --display 张三 --role branch --place mz-taiping --config centre.toml
    python -m central users reset NAME --config centre.toml
    python -m central users list --config centre.toml
    python -m central audit verify --config centre.toml [--noted HASH]

`add` and `reset` print a one-time password, which must be changed at the first sign-in. `reset` also turns
the second factor off: the way back in when telephone and recovery codes are lost.
"""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from central.accounts import audit
from central.accounts.passwords import Hasher
from central.accounts.register import Account, Profile, Refused, Register
from central.accounts.roles import Actor, Role
from central.office import Office
from central.places import Places
from central.web.words import TEXTS

ACTOR = "command line"


class AccountsError(Exception):
    """What the command cannot do and why."""


def add_users(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("users", help="accounts").add_subparsers(dest="act", required=True)
    parsers = {
        "add": acts.add_parser("add", help="make an account; prints a one-time password"),
        "reset": acts.add_parser("reset", help="make a new one-time password and turn the second factor off"),
        "list": acts.add_parser("list", help="show every account"),
    }
    for act, parser in parsers.items():
        parser.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
        if act != "list":
            parser.add_argument("name", help="the account's name")
    parsers["add"].add_argument("--display", required=True, help="the name of the person")
    roles = [role.value for role in Role]
    parsers["add"].add_argument("--role", choices=roles, default=Role.VIEWER.value)
    parsers["add"].add_argument("--place", action="append", help="id of a place; repeatable, all if absent")


def add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("audit", help="the log of who did what").add_subparsers(
        dest="act", required=True
    )
    check = acts.add_parser("verify", help="compute the log's checksums again")
    check.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
    check.add_argument("--noted", help="a last checksum noted earlier: is it still in the log?")


def users(chosen: argparse.Namespace, office: Office, places: Places, now: datetime) -> str:
    """Do what was asked and return what to print; AccountsError says why not."""
    register = Register(office, Hasher(), [place.id for place in places.place])
    try:
        return _ACTS[chosen.act](register, chosen, Actor(ACTOR, "", now))
    except Refused as refused:
        said = (text.format(detail=refused.detail) for text in TEXTS[refused.reason.value])
        raise AccountsError(" ".join(said)) from refused


def check_audit(chosen: argparse.Namespace, office: Office) -> str:
    audit.have_log(office)
    verdict = audit.verify(office)
    if verdict.broken_at is not None:
        raise AccountsError(
            f"{office.path}: the audit log was changed from entry {verdict.broken_at} on: restore a backup "
            "beside it and compare"
        )
    if chosen.noted and not audit.has(office, chosen.noted):
        raise AccountsError(f"{office.path}: the noted checksum is not in the audit log: its end was cut off")
    return f"audit log: {verdict.entries} entries, unbroken; last checksum {verdict.head}"


def _add(register: Register, chosen: argparse.Namespace, actor: Actor) -> str:
    places = frozenset(chosen.place) if chosen.place else None
    password = register.add(actor, chosen.name, Profile(chosen.display, Role(chosen.role), places))
    return f"user {chosen.name}, one-time password {password}"


def _reset(register: Register, chosen: argparse.Namespace, actor: Actor) -> str:
    return f"user {chosen.name}, one-time password {register.reset(actor, chosen.name)}"


def _list(register: Register, chosen: argparse.Namespace, actor: Actor) -> str:
    return "\n".join(map(_line, register.accounts())) or "no accounts: start the centre once"


def _line(account: Account) -> str:
    places = "all places" if account.places is None else ",".join(sorted(account.places))
    marks = {"disabled": account.disabled, "one-time password": account.one_time, "2FA": account.has_factor}
    told = ", ".join(mark for mark, is_so in marks.items() if is_so)
    return f"{account.name:<20} {account.role.value:<7} {places}{f' ({told})' if told else ''}"


_ACTS: dict[str, Callable[[Register, argparse.Namespace, Actor], str]] = {
    "add": _add,
    "reset": _reset,
    "list": _list,
}
