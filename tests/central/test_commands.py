"""Commands: issued, sent once a session, answered once, expired; nobody else's answer counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker_config.commands import Command, CommandResult, Logs, OutOfService, Restart
from broker_config.messages import read
from central.accounts import audit
from central.commands import BadCommand, CommandKept, Commands, Status
from central.intake import Heard
from central.office import Office
from central.store import Store, opened
from tests.central.accounts.people import by
from tests.central.heard import NOW, Kiosk


@dataclass
class Desk:
    office: Office
    store: Store
    kiosk: Kiosk = field(default_factory=Kiosk)

    def __post_init__(self) -> None:
        self.commands = Commands(self.office, self.store)

    def issue(self, name: str, minutes: int = 60, **fields: object) -> str:
        return self.commands.issue(by(), self.kiosk.identity, name, minutes, **fields)

    def hear(self, *heard: Heard, at: datetime = NOW) -> list[Command]:
        """Keep what came and return the commands that go out."""
        self.store.take(heard)
        said = self.commands.answers(heard, at)
        return [read(one.topic, one.payload)[1] for one in said]  # type: ignore[misc]

    def result(
        self, command_id: str, outcome: str = "done", kiosk: Kiosk | None = None, **more: object
    ) -> Heard:
        return (kiosk or self.kiosk).event(CommandResult, command_id=command_id, outcome=outcome, **more)

    def one(self, command_id: str, at: datetime = NOW) -> CommandKept:
        found = self.commands.one(command_id, at)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    office, store = Office(tmp_path / "office.db"), opened(f"sqlite:{tmp_path / 'centre.db'}")
    audit.have_log(office)
    yield Desk(office, store)
    store.close()
    office.close()


def test_a_command_waits_for_its_kiosk_and_goes_out_once_a_session(desk: Desk) -> None:
    first = desk.issue("logs", lines=20)
    second = desk.issue("out_of_service", reason="盘点", until="2026-11-23T00:00:00.000Z")
    assert desk.hear() == [] and desk.one(first).status is Status.WAITING
    sent = desk.hear(desk.kiosk.birth())
    assert {command.id for command in sent} == {first, second}
    assert [command.lines for command in sent if isinstance(command, Logs)] == [20]
    assert [command.reason for command in sent if isinstance(command, OutOfService)] == ["盘点"]
    assert desk.one(first).status is Status.SENT
    later = NOW + timedelta(seconds=5)
    assert desk.hear(desk.kiosk.birth(later), at=later) == [], "the same session"
    again = desk.hear(desk.kiosk.birth(later, session=2), at=later)
    assert {command.id for command in again} == {first, second}, "it may have been lost with the connection"


def test_the_answer_is_shown_and_nothing_is_sent_any_more(desk: Desk) -> None:
    command = desk.issue("logs")
    desk.hear(desk.kiosk.birth())
    desk.hear(desk.result(command, media_type="text/plain", attachment="一行".encode()))
    kept = desk.one(command)
    assert (kept.status, kept.media_type) == (Status.DONE, "text/plain")
    attachment = desk.commands.attachment(command)
    assert attachment is not None and attachment.content.decode() == "一行"
    desk.hear(desk.result(command, "failed", reason="a second answer"))
    assert desk.one(command).status is Status.DONE
    assert desk.hear(desk.kiosk.birth(session=2), at=NOW + timedelta(seconds=2)) == []


def test_another_kiosks_answer_is_none(desk: Desk) -> None:
    command = desk.issue("restart")
    desk.hear(desk.kiosk.birth())
    desk.hear(desk.result(command, kiosk=Kiosk("mz-taiping-04.kiosk-1", "i-2")))
    assert desk.one(command).status is Status.SENT


def test_what_nobody_carried_out_in_time(desk: Desk) -> None:
    never_sent = desk.issue("restart", minutes=10)
    over = NOW + timedelta(minutes=13)
    assert desk.hear(desk.kiosk.birth(over), at=over) == []
    assert desk.one(never_sent, over).status is Status.EXPIRED
    sent = desk.issue("restart", minutes=30)
    assert [type(command) for command in desk.hear(at=over + timedelta(seconds=2))] == [Restart]
    assert desk.one(sent, NOW + timedelta(minutes=31)).status is Status.SENT, "an answer may be on its way"
    assert desk.one(sent, NOW + timedelta(minutes=33)).status is Status.UNANSWERED


def test_an_answer_that_was_stored_but_not_noted_is_found_at_the_next_start(desk: Desk) -> None:
    command = desk.issue("self_test")
    desk.hear(desk.kiosk.birth())
    desk.store.take([desk.result(command, "failed", reason="tag_reader: gone")])
    started_again = Commands(desk.office, desk.store)
    started_again.answers((), NOW)
    kept = started_again.one(command, NOW)
    assert kept is not None and (kept.status, kept.reason) == (Status.FAILED, "tag_reader: gone")


def test_attachments_are_forgotten_after_a_month(desk: Desk) -> None:
    command = desk.issue("logs")
    desk.hear(desk.result(command, media_type="text/plain", attachment=b"x"))
    assert desk.commands.attachment(command) is not None
    desk.commands.answers((), NOW + timedelta(days=31))
    assert desk.commands.attachment(command) is None
    assert desk.one(command).status is Status.DONE


@pytest.mark.parametrize(
    ("name", "minutes", "fields", "said"),
    [
        ("explode", 60, {}, "expected one of restart, "),
        ("restart", 0, {}, "expected 1 to"),
        ("restart", 60, {"reason": "x"}, "no field 'reason', expected none"),
        ("logs", 60, {"lines": 0}, "lines"),
        ("out_of_service", 60, {}, "missing required field `reason`"),
        ("out_of_service", 60, {"reason": "x", "until": "tomorrow"}, "until"),
        ("identify", 60, {"device": ""}, "device"),
    ],
)
def test_what_cannot_be_ordered(
    desk: Desk, name: str, minutes: int, fields: dict[str, object], said: str
) -> None:
    with pytest.raises(BadCommand, match=said):
        desk.issue(name, minutes, **fields)
    assert desk.commands.all(NOW) == []


def test_who_ordered_what_is_written_down_and_places_are_told_apart(desk: Desk) -> None:
    desk.issue("restart")
    (entry,) = audit.entries(desk.office, audit.Wanted(), 10)
    assert (entry.action, entry.subject, entry.details["command"]) == (
        "command.issue",
        "mz-taiping-03.kiosk-1",
        "restart",
    )
    assert len(desk.commands.all(NOW, "mz-taiping-03")) == 1
    assert desk.commands.all(NOW, "mz-taiping") == []
