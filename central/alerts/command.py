"""`python -m central alerts test --config FILE`: a test message to every recipient, and what became of it.

    [ok]  值班 (mail)
    [bad] 太平镇 (group): HTTP 404

Nothing is retried, and nothing secret is printed. The exit code is 1 when a message was not taken.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from central.alerts.config import Alerts
from central.alerts.delivery import send
from central.alerts.errors import DeliveryError
from central.alerts.words import Message

NOBODY = "nobody is told of alerts: the configuration has no [[alerts.recipient]]"


def add_alerts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    acts = commands.add_parser("alerts", help="who is told").add_subparsers(dest="act", required=True)
    test = acts.add_parser("test", help="send a test message to every recipient")
    test.add_argument("--config", type=Path, required=True, help="the centre's TOML file")


@dataclass(frozen=True)
class Tried:
    recipient: str
    channel: str
    trouble: str

    def __str__(self) -> str:
        head, tail = ("[bad]", f": {self.trouble}") if self.trouble else ("[ok] ", "")
        return f"{head} {self.recipient} ({self.channel}){tail}"


def test_message(now: datetime) -> Message:
    at = now.isoformat(timespec="seconds")
    return Message(
        what="test",
        incident=0,
        rule="test",
        severity="minor",
        title="【书站测试】通知通道正常",
        text="【书站测试】收到这条消息，说明告警能送达这里。无需处理。\n\n"
        "[Shuzhan test] This message shows that alerts arrive here. Nothing is to be done.",
        places=(),
        at=at,
        since=at,
    )


def tried(alerts: Alerts, now: datetime) -> Iterator[Tried]:
    """One after the other, in the order of the file."""
    channels = {channel.name: channel for channel in alerts.channels}
    for recipient in alerts.recipient:
        trouble = ""
        try:
            send(channels[recipient.channel], recipient, test_message(now), now)
        except DeliveryError as error:
            trouble = str(error)
        yield Tried(recipient.name, recipient.channel, trouble)
