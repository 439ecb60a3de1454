"""`python -m kiosk ils check`: what this ILS can do, step by step, and which settings suit it.

    python -m kiosk ils check --host ils.example --port 6001 --login kiosk --password … --reader … --item …
    python -m kiosk ils check --config kiosk.toml --json

Changes nothing at the ILS. Exit 0: it will do; 1: it will not, with the reason; 2: arguments make no sense.
"""

import argparse
import json
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from broker_config.toml import ConfigError
from kiosk import config as configuration
from kiosk.sip2 import protocol as sip
from kiosk.sip2.connection import WireLost
from kiosk.sip2.errors import IlsError
from kiosk.sip2.examination import (
    STEPS,
    VITAL,
    Examination,
    Finding,
    Subjects,
)
from kiosk.sip2.probe import Failed, Probe
from kiosk.sip2.server import Server, tls_context


@dataclass(frozen=True)
class Outcome:
    """One step: `ok` is None when there was nothing to try."""

    step: str
    ok: bool | None
    took_ms: float
    detail: str
    facts: dict[str, Any]

    @property
    def line(self) -> str:
        mark = {True: "好 ok", False: "不行 failed", None: "略过 skipped"}[self.ok]
        return f"{STEPS[self.step][0]} {self.step}: {mark} ({self.took_ms:.1f} ms): {self.detail}"

    @property
    def as_json(self) -> dict[str, Any]:
        said = {"step": self.step, "ok": self.ok, "ms": round(self.took_ms, 2), "detail": self.detail}
        return {**said, **self.facts}


def main(arguments: Sequence[str]) -> int:
    """`arguments` are those after `ils`."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        examination = _examination(chosen, parser)
    except (ConfigError, OSError, ValueError) as error:
        print(f"ils check: {error}", file=sys.stderr)
        return 2
    outcomes = []
    for outcome in _outcomes(examination):
        outcomes.append(outcome)
        if not chosen.json:
            print(outcome.line, flush=True)
    reason = next((f"{one.step}: {one.detail}" for one in outcomes if one.ok is False), None)
    if chosen.json:
        print(json.dumps(_report(examination, outcomes, reason), ensure_ascii=False, indent=2))
    else:
        _conclude(examination, reason)
    return 1 if reason else 0


def _outcomes(examination: Examination) -> Iterator[Outcome]:
    try:
        for step in STEPS:
            outcome = _outcome(step, examination)
            yield outcome
            if outcome.ok is False and step in VITAL:
                return
    finally:
        examination.probe.close()


def _outcome(step: str, examination: Examination) -> Outcome:
    began_s = time.monotonic()
    try:
        found = STEPS[step][1](examination)
        ok = None if found.skipped else True
    except (Failed, WireLost, IlsError, ValueError) as error:
        found, ok = Finding(str(error)), False
        if not isinstance(error, Failed) and step not in VITAL:
            examination.probe.recover()
    return Outcome(step, ok, 1000 * (time.monotonic() - began_s), found.detail, found.facts)


def _report(examination: Examination, outcomes: list[Outcome], reason: str | None) -> dict[str, Any]:
    times = next((one.facts for one in outcomes if one.step == "round_trip" and one.ok), None)
    return {
        "ok": reason is None,
        "server": examination.probe.server.name,
        "reason": reason,
        "dialect": _resemblance(examination),
        "settings": _settings_for(examination),
        "round_trip_ms": times,
        "steps": [outcome.as_json for outcome in outcomes],
    }


def _conclude(examination: Examination, reason: str | None) -> None:
    if reason:
        print(f"此 ILS 尚不能使用。This ILS will not do yet: {reason}", file=sys.stderr)
        return
    print(f"\n此 ILS 可以使用。This ILS will do ({_resemblance(examination)}). [ils]:")
    for key, value in _settings_for(examination).items():
        print(f'{key} = "{value}"')


def _resemblance(examination: Examination) -> str:
    """The make of ILS that behaves so; a guess for people."""
    dialect = examination.probe.dialect
    if dialect.login is sip.LoginStyle.TELNET:
        return "telnet-style"
    if dialect.encoding is sip.Encoding.GB18030:
        return "dp2-like"
    return {"message 96": "koha-like", "hangs up": "evergreen-like"}.get(
        examination.unknown_answer, "unknown"
    )


def _settings_for(examination: Examination) -> dict[str, str]:
    """The [ils] keys of the kiosk's configuration that were found, as they stand there."""
    dialect = replace(examination.probe.dialect, checksum=examination.policy)
    return {
        "login": dialect.login.value,
        "encoding": dialect.encoding.value,
        "terminator": dialect.terminator.name,
        "checksum": dialect.checksum.value,
        "version": examination.version or dialect.protocol_version,
    }


# -- arguments -------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk ils", description="Staff tools for the ILS.")
    check = parser.add_subparsers(dest="command", required=True).add_parser(
        "check", help="say step by step what an ILS can do; changes nothing there"
    )
    check.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file, for its [ils]")
    check.add_argument("--host", help="name or address of the ILS")
    check.add_argument("--port", type=int, help="its SIP2 port")
    check.add_argument("--login", metavar="USER", help="the kiosk's user there; without one: no login")
    check.add_argument("--password", help="and its password")
    check.add_argument("--login-style", choices=[style.value for style in sip.LoginStyle])
    check.add_argument("--reader", metavar="NUMBER", default="", help="a reader to ask about")
    check.add_argument("--pin", help="and the reader's PIN")
    check.add_argument("--item", metavar="NUMBER", default="", help="an item to ask about, best one on loan")
    check.add_argument("--encoding", choices=[encoding.value for encoding in sip.Encoding])
    check.add_argument("--institution", help="AO")
    check.add_argument("--location", help="CP")
    check.add_argument("--tls", action="store_true", help="TLS with the system's CAs")
    check.add_argument("--tls-ca", metavar="FILE", help="TLS with this CA (PEM)")
    check.add_argument("--timeout", type=float, metavar="SECONDS", help="to wait for an answer")
    check.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def _examination(chosen: argparse.Namespace, parser: argparse.ArgumentParser) -> Examination:
    if chosen.config is None and (chosen.host is None or chosen.port is None):
        parser.error("give --host and --port, or --config")
    known = configuration.load(chosen.config).server if chosen.config else Server("", 0, reply_timeout_s=5.0)
    server = replace(known, **_given(chosen, host="host", port="port", login="user", password="password"))
    server = replace(server, **_given(chosen, timeout="reply_timeout_s"), dialect=_dialect(server, chosen))
    if chosen.tls or chosen.tls_ca:
        server = replace(server, tls=_tls(chosen.tls_ca or ""))
    has_config = chosen.config is not None
    probe = Probe(
        server,
        login_known=has_config or chosen.login_style is not None,
        encoding_known=has_config or chosen.encoding is not None,
    )
    subjects = Subjects(chosen.reader, chosen.pin, chosen.item)
    return Examination(probe, subjects, checks_encoding=has_config or chosen.encoding is not None)


def _dialect(server: Server, chosen: argparse.Namespace) -> sip.Dialect:
    dialect = replace(
        server.dialect, **_given(chosen, institution="institution_id", location="location_code")
    )
    if chosen.encoding:
        dialect = replace(dialect, encoding=sip.Encoding(chosen.encoding))
    if chosen.login_style:
        dialect = replace(dialect, login=sip.LoginStyle(chosen.login_style))
    return dialect


def _given(chosen: argparse.Namespace, **fields: str) -> dict[str, Any]:
    """The fields whose arguments were given."""
    values = {field: getattr(chosen, argument) for argument, field in fields.items()}
    return {field: value for field, value in values.items() if value is not None}


def _tls(ca_file: str) -> ssl.SSLContext:
    try:
        return tls_context(ca_file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"--tls-ca {ca_file}: {reason}, expected a PEM file") from error
