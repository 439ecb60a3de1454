"""What the centre tells this kiosk to do and to go by: taken in the uplink's thread, kept, put on the queue.

An order is remembered for good when it is answered, by the same commit: what the centre repeats is not done
again. When it is done is `kiosk.flow.remote`'s to decide.
"""

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from broker_config.commands import (
    Command,
    CommandResult,
    Identify,
    InService,
    Logs,
    OutOfService,
    Restart,
    Screenshot,
    SelfTest,
    UpdateLists,
)
from broker_config.from_centre import Notice, Notices, Settings, Wanted
from broker_config.toml import ConfigError
from broker_config.values import moment
from kiosk import clock
from kiosk.config import Config
from kiosk.flow.effects import Answer
from kiosk.flow.events import Event, NoticesCame, Ordered, SettingsCame
from kiosk.flow.remote_values import Announcement, Order, OrderKind
from kiosk.journal import Journal
from kiosk.remote_settings import with_settings
from kiosk.reports import Stamp

log = logging.getLogger(__name__)

ANSWERED_KEPT = 200
EVERYBODY = "all"
KINDS: dict[type[Command], OrderKind] = {
    Restart: OrderKind.RESTART,
    OutOfService: OrderKind.OUT_OF_SERVICE,
    InService: OrderKind.IN_SERVICE,
    Logs: OrderKind.LOGS,
    Screenshot: OrderKind.SCREENSHOT,
    SelfTest: OrderKind.SELF_TEST,
    Identify: OrderKind.IDENTIFY,
    UpdateLists: OrderKind.UPDATE_LISTS,
}
_FIELDS = ("reason", "lines", "device")


class _KeptWanted(msgspec.Struct, frozen=True):
    version: int = 0
    settings: Settings = Settings()


class CentreSays:
    """`config` is the file's own; what the centre changed of it comes back from the journal at the start."""

    def __init__(self, config: Config, journal: Journal, post: Callable[[Event], None]) -> None:
        self._file, self._journal, self._post = config, journal, post
        self._lock = threading.Lock()
        self._seen: set[str] = set(self._answered())
        self._notices: dict[str, Notices] = self._kept_notices()
        kept = self._kept_wanted()
        self.version = kept.version
        """Of the wanted configuration that is in force; 0 for none yet."""
        self._level = kept.settings.level
        self._waiting: dict[int, Config] = {}
        self.config = self._changed(kept.settings) or config

    # -- orders --------------------------------------------------------------------------------------------

    def command(self, command: Command) -> None:
        """On the queue, unless it is there or was answered already."""
        if command.id in self._seen:
            return
        self._seen.add(command.id)
        self._post(Ordered(order_of(command)))

    def answer(self, answer: Answer) -> None:
        """Durable when it returns; JournalError."""
        with self._journal.one_commit():
            answered = [*self._answered(), answer.order_id][-ANSWERED_KEPT:]
            self._journal.keep("orders_answered", json.dumps(answered))
            self._journal.tell(lambda stamp: _result(stamp, answer), clock.now())

    def _answered(self) -> list[str]:
        answered: list[str] = json.loads(self._journal.kept("orders_answered") or "[]")
        return answered

    # -- settings ------------------------------------------------------------------------------------------

    def wanted(self, wanted: Wanted) -> None:
        """On the queue as rules, to be taken up when nobody is being served."""
        config = self._changed(wanted.settings)
        if config is None:
            return
        moved, self._level = self._level != wanted.settings.level, wanted.settings.level
        kept = msgspec.json.encode(_KeptWanted(wanted.version, wanted.settings)).decode()
        self._journal.keep("wanted", kept)
        if (wanted.version, config) != (self.version, self.config):
            with self._lock:
                self._waiting[wanted.version] = config
            self._post(SettingsCame(wanted.version, config.rules))
        if moved:
            self._post(self.announcements())

    def take_up(self, version: int) -> Config:
        """The configuration of `version`, from now on in force."""
        with self._lock:
            self.config = self._waiting.pop(version, self.config)
            self.version = version
        return self.config

    def audiences(self) -> tuple[str, ...]:
        """Whose notices concern this place."""
        level = (self._level,) if self._level else ()
        return (self._file.identity.place, *level, EVERYBODY)

    def _changed(self, settings: Settings) -> Config | None:
        try:
            return with_settings(self._file, settings)
        except ConfigError as error:
            log.warning("settings not taken: %s", error)
            return None

    def _kept_wanted(self) -> _KeptWanted:
        text = self._journal.kept("wanted")
        return msgspec.json.decode(text, type=_KeptWanted) if text else _KeptWanted()

    # -- notices -------------------------------------------------------------------------------------------

    def notices(self, audience: str, notices: Notices) -> None:
        if self._notices.get(audience, Notices()) == notices:
            return
        self._notices[audience] = notices
        self._journal.keep("notices", msgspec.json.encode(self._notices).decode())
        self._post(self.announcements())

    def announcements(self) -> NoticesCame:
        """Those of the place itself first."""
        every = [self._notices.get(audience, Notices()).notices for audience in self.audiences()]
        return NoticesCame(tuple(_announcement(one) for notices in every for one in notices))

    def _kept_notices(self) -> dict[str, Notices]:
        text = self._journal.kept("notices")
        return msgspec.json.decode(text, type=dict[str, Notices]) if text else {}


def order_of(command: Command) -> Order:
    """The order as the flow knows it."""
    fields: dict[str, Any] = {name: getattr(command, name) for name in _FIELDS if hasattr(command, name)}
    until: str | None = getattr(command, "until", None)
    return Order(
        id=command.id,
        kind=KINDS[type(command)],
        expires=moment(command.expires),
        until=moment(until) if until else None,
        **fields,
    )


def _announcement(notice: Notice) -> Announcement:
    start, end = (datetime.fromisoformat(text) for text in (notice.start, notice.end))
    return Announcement(notice.title_zh, start, end, notice.title_en, notice.body_zh, notice.body_en)


def _result(stamp: Stamp, answer: Answer) -> CommandResult:
    return CommandResult(
        **stamp.fields,  # type: ignore[arg-type]
        command_id=answer.order_id,
        outcome=answer.outcome.value,
        reason=answer.reason[:300],
        media_type=answer.media_type,
        attachment=answer.attachment,
    )
