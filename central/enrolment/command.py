"""`python -m central kiosk …`: what needs nobody signed in, only the machine with the authority's key.

    python -m central kiosk keep mz-taiping-03.kiosk-1 kiosk.toml --config centre.toml
    python -m central kiosk claim mz-taiping-03.kiosk-1 --config centre.toml [--hours 72]
    python -m central kiosk revoke mz-taiping-03.kiosk-1 --config centre.toml
    python -m central kiosk replacements --config centre.toml

`keep` takes the configuration that every kiosk of that name will inherit; `claim` prints the code for the
next one, to be typed at the board: `python -m kiosk enrol --centre https://… --code …`.
"""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from broker_config.topics import BadTopic, Identity
from central.accounts.roles import Actor
from central.enrolment.authority import EnrolError
from central.enrolment.claims import HOURS, USUAL_HOURS
from central.enrolment.register import Registrar, Replacement

ACTOR = "command line"
CARD = """\
自助机 kiosk   {identity}
注册码 code    {code}
有效期至 until {until:%Y-%m-%d %H:%M} UTC，只能用一次 once only
在自助机上运行 at the board:
  python -m kiosk enrol --centre https://… --code {code}"""


def add_kiosk(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("kiosk", help="enrol, replace and revoke kiosks").add_subparsers(
        dest="act", required=True
    )
    parsers = {
        "keep": acts.add_parser("keep", help="keep a configuration for the kiosks of that name"),
        "claim": acts.add_parser("claim", help="make a claim code and print its card"),
        "revoke": acts.add_parser("revoke", help="nothing that kiosk has is good any more"),
        "replacements": acts.add_parser("replacements", help="kiosks that took another's place"),
    }
    for act, parser in parsers.items():
        if act != "replacements":
            parser.add_argument("identity", help="<place>.<device>")
        parser.add_argument("--config", type=Path, required=True, help="the centre's TOML file")
    parsers["keep"].add_argument("file", type=Path, help="the kiosk's TOML file")
    parsers["claim"].add_argument("--hours", type=int, default=USUAL_HOURS)


def run(chosen: argparse.Namespace, registrar: Registrar | None, now: datetime) -> str:
    """Do what was asked and return what to print; EnrolError says why not."""
    if registrar is None:
        raise EnrolError(f"{chosen.config}: enrolment: missing, expected [enrolment] with the key ca")
    return ACTS[chosen.act](chosen, registrar, Actor(ACTOR, "", now))


def _keep(chosen: argparse.Namespace, registrar: Registrar, actor: Actor) -> str:
    try:
        text = chosen.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnrolError(f"{chosen.file}: cannot be read: {error}") from error
    identity = _identity(chosen)
    registrar.configurations.keep(actor, identity, text)
    return f"{identity}: 配置已保存 configuration kept"


def _claim(chosen: argparse.Namespace, registrar: Registrar, actor: Actor) -> str:
    if chosen.hours not in HOURS:
        raise EnrolError(f"--hours {chosen.hours}: expected {HOURS[0]} to {HOURS[-1]}")
    card = registrar.card(actor, _identity(chosen), chosen.hours)
    return CARD.format(identity=card.identity, code=card.code, until=card.until)


def _revoke(chosen: argparse.Namespace, registrar: Registrar, actor: Actor) -> str:
    left = registrar.revoke(actor, _identity(chosen))
    return f"{chosen.identity}: 已吊销 revoked" + (f"; {left}" if left else "")


def _replacements(chosen: argparse.Namespace, registrar: Registrar, actor: Actor) -> str:
    return "\n".join(map(_line, registrar.replacements())) or "没有更换记录 none yet"


def _line(one: Replacement) -> str:
    lost = "不知道 not known" if one.may_be_lost is None else str(one.may_be_lost)
    heard = f"{one.heard_at:%Y-%m-%d %H:%M}" if one.heard_at else "—"
    return (
        f"{one.at:%Y-%m-%d %H:%M} {one.identity}: 旧机最后心跳 last heard {heard}, "
        f"旧盘上可能丢失的记录 events that may be lost with the old disk: {lost}"
    )


def _identity(chosen: argparse.Namespace) -> Identity:
    try:
        return Identity.parse(chosen.identity)
    except BadTopic as error:
        raise EnrolError(str(error)) from error


ACTS: dict[str, Callable[[argparse.Namespace, Registrar, Actor], str]] = {
    "keep": _keep,
    "claim": _claim,
    "revoke": _revoke,
    "replacements": _replacements,
}
