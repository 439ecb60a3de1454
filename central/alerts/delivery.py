"""Carries waiting messages out: a thread for each channel, so that one that fails does not hold the others.

What is to be told to whom is `letters`, pure; what waits is in `outbox.py`.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from central.alerts import hooks, mail
from central.alerts.config import Alerts, Channel, Email, Hook, Line, Recipient
from central.alerts.errors import DeliveryError
from central.alerts.incident import Member, Notice, What
from central.alerts.outbox import Delivery, Letter, Outbox
from central.alerts.rules import RULES
from central.alerts.surroundings import Setting, site_of
from central.alerts.words import Message, Speaker
from central.office import OfficeError

log = logging.getLogger(__name__)

LOOK_S = 1.0
ROBOT_PAUSE_S = 3.0
"""Both kinds of robot take 20 messages a minute."""


def letters(
    notices: Sequence[Notice], alerts: Alerts, setting: Setting, speaker: Speaker, now: datetime
) -> list[Letter]:
    """Each recipient is told of the members that are his; nobody of nothing."""
    found = []
    for notice in notices:
        for recipient in alerts.recipient:
            members = _his(notice, recipient, setting)
            if members:
                message = speaker.message(notice, members, now)
                found.append(Letter(recipient.channel, recipient.name, message))
    return found


def _his(notice: Notice, recipient: Recipient, setting: Setting) -> tuple[Member, ...]:
    incident = notice.incident
    if recipient.roles and RULES[incident.rule].role not in recipient.roles:
        return ()
    escalated = notice.what is What.ESCALATED or (notice.what is What.CLEARED and incident.escalated_at)
    if recipient.line is Line.SECOND and not escalated:
        return ()
    if recipient.line is Line.FIRST and notice.what is What.ESCALATED:
        return ()
    if not recipient.towns and not recipient.places:
        return notice.members
    return tuple(
        member
        for member in notice.members
        if member.key.place in recipient.places or site_of(member.key, setting.sites).town in recipient.towns
    )


def send(channel: Channel, recipient: Recipient, message: Message, now: datetime) -> None:
    """DeliveryError."""
    if isinstance(channel, Email):
        mail.send(channel, recipient.to, message)
    else:
        hooks.send(channel, message, now)


class Courier:
    """Empties one channel's part of the outbox; `run` works until `stop`."""

    def __init__(
        self, channel: Channel, recipients: Sequence[Recipient], outbox: Outbox, now: Callable[[], datetime]
    ) -> None:
        self._channel, self._outbox, self._now = channel, outbox, now
        self._recipients = {one.name: one for one in recipients if one.channel == channel.name}
        self._stop = threading.Event()
        self._trouble = ""

    def run(self) -> None:
        pause_s = 0.0 if isinstance(self._channel, Email | Hook) else ROBOT_PAUSE_S
        while not self._stop.is_set():
            try:
                worked = self.carry_one()
            except OfficeError as error:
                self._say(str(error))
                worked = False
            self._stop.wait(pause_s if worked else LOOK_S)

    def stop(self) -> None:
        self._stop.set()

    def carry_one(self) -> bool:
        """False when nothing is due."""
        delivery = self._outbox.due(self._channel.name, self._now())
        if delivery is None:
            return False
        try:
            self._send(delivery)
        except DeliveryError as error:
            self._outbox.failed(delivery, str(error), self._now())
            self._say(str(error))
        else:
            self._outbox.sent(delivery, self._now())
            self._say("")
        return True

    def _send(self, delivery: Delivery) -> None:
        recipient = self._recipients.get(delivery.letter.recipient)
        if recipient is None:
            raise DeliveryError("the recipient is no longer in the configuration")
        send(self._channel, recipient, delivery.letter.message, self._now())

    def _say(self, trouble: str) -> None:
        """Each change once."""
        if trouble and trouble != self._trouble:
            log.warning("alerts cannot be delivered by channel %r: %s", self._channel.name, trouble)
        elif self._trouble and not trouble:
            log.info("alerts are delivered by channel %r again", self._channel.name)
        self._trouble = trouble
