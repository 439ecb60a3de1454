"""The kiosk's own questions and `python -m kiosk ils check`, put to library systems of other people's making.

Their ways and where those are told of: `tests/kiosk/sip2/test_servers_of_others.py`.
"""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.ils import ANSWERS
from kiosk.ils_check import main
from tests.kiosk.sip2.other_server import Answer, Manners, OtherServer
from tests.kiosk.sip2.test_servers_of_others import (
    ITEM,
    LOAN,
    NOW,
    READER,
    READER_OF,
    ROWS,
    STATUS,
    USUAL,
    client_of,
    stack,
)

__all__ = ["stack"]

PRODUCTS = {row.product.partition(":")[0]: row.manners for row in ROWS}


# -- the kiosk's questions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (b"AA2|AEA|BLY|", True),
        (b"AA2|AE|BLY|", True),  # Koha told to hide names
        (b"AA2|AEA|", True),  # a server of version 1.00, which knows no BL
        (b"AA2|AE|", False),  # and one that echoes whatever it is asked about
        (b"AA2|AE |AFno such reader|", False),
        (b"AA2|AEA|BLN|", False),
        (b"AA|AEA|BLY|", False),
        (b"AA |AEA|", False),
    ],
)
def test_who_is_a_reader_where_servers_say_little(stack: ExitStack, told: bytes, known: bool) -> None:
    client, _ = client_of(stack, Manners({**USUAL, b"63": READER_OF + told}))
    ask, _ = ANSWERS[fx.AskReader]
    event = ask(client, fx.AskReader("2"))
    assert isinstance(event, ev.ReaderAnswered) and (event.reader is not None) is known


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"20261222    235900", "2026-12-22"),
        (b"December 22 2026 11:59 PM", "2026-12-22"),
        (b"04/01/2027", "04/01/2027"),  # January in France, April in the U.S.: as it stands
        (b" 04/01/2027 ", "04/01/2027"),
        (b"", ""),
    ],
)
def test_a_due_day_that_could_be_two_is_shown_as_it_stands(
    stack: ExitStack, written: bytes, shown: str
) -> None:
    client, _ = client_of(stack, Manners({**USUAL, b"11": LOAN.replace(b"20261222    235900", written)}))
    ask, _ = ANSWERS[fx.SendCheckout]
    event = ask(client, fx.SendCheckout(1, "2", "3"))
    assert isinstance(event, ev.IlsAccepted) and event.due == shown


# -- ils check -------------------------------------------------------------------------------------------


def checked(manners: Manners, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any]:
    """Exit status and report; unknown messages are answered with 96, so that nothing is waited for."""
    answers: dict[bytes, Answer | list[Answer]] = {**manners.answers, b"77": b"96"}
    polite = Manners(**{**vars(manners), "answers": answers})
    with OtherServer(polite) as other:
        where = [
            "--host",
            "127.0.0.1",
            "--port",
            str(other.port),
            "--login",
            "kiosk",
            "--password",
            "mazhang",
        ]
        status = main(["check", *where, "--timeout", "10", "--json", *more])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("product", "expected", "answers"),
    [
        ("Koha 19.06", {"encoding": "utf-8", "checksum": "log", "version": "2.00"}, "CRLF"),
        ("Evergreen", {"encoding": "utf-8", "checksum": "log", "version": "2.00"}, "CR"),
        ("Sierra", {"encoding": "cp850", "checksum": "log", "version": "2.00"}, "CR"),
        ("Aleph 16", {"encoding": "utf-8", "checksum": "off", "version": "2.00"}, "CR"),
        ("dp2", {"encoding": "utf-8", "checksum": "log", "version": "2.00"}, "CR"),
        ("dp2 of 2025", {"encoding": "utf-8", "checksum": "off", "version": "2.00"}, "CR"),
        (
            "a Chinese system in GBK, with 9C7Ch in title and name",
            {"encoding": "gb18030", "checksum": "off", "version": "2.00"},
            "CR",
        ),
        ("a server of LF alone", {"encoding": "utf-8", "checksum": "log", "version": "2.00"}, "LF"),
        ("a server that ends with NUL after CR", {"checksum": "off"}, "CR"),
        ("a banner in lines before the login's answer", {"checksum": "off"}, "CRLF"),
        ("14 figures for a date", {"checksum": "off"}, "CR"),
    ],
)
def test_the_settings_that_suit(
    capsys: pytest.CaptureFixture[str], product: str, expected: dict[str, str], answers: str
) -> None:
    status, report = checked(
        PRODUCTS[product], capsys, "--login-style", "sip", "--reader", "2", "--item", "3"
    )
    assert (status, report["reason"]) == (0, None)
    assert {name: report["settings"][name] for name in expected} == expected
    assert (report["settings"]["login"], report["settings"]["terminator"]) == ("sip", "CR")
    steps = {step["step"]: step for step in report["steps"]}
    assert steps["terminator"]["answers"] == answers
    assert steps["unknown_message"]["answer"] == "message 96"
    assert steps["item"]["status"] == "available"


REFUSED = "ILS 127.0.0.1:PORT: refused user or password: correct them"


@pytest.mark.parametrize(
    ("manners", "reason"),
    [
        (Manners({b"93": b"940|AFTerminal unknown.|"}), f"login: {REFUSED} (it says: Terminal unknown.)"),
        (Manners({b"93": b"940|AFmazhang?|"}), f"login: {REFUSED} (it says: ***?)"),
        (Manners({b"93": b"940"}), f"login: {REFUSED}"),
        (
            Manners({b"93": b"HTTP/1.1 400 Bad Request"}, hangs_up=True),
            "login: no login: the login was answered with something that is no SIP2 message, "
            "expected message 94",
        ),
        (
            Manners({**USUAL, b"99": STATUS.replace(b"98Y", b"98N")}),
            "status: it says that it is off line: ask its staff to start circulation",
        ),
        (
            Manners({**USUAL, b"99": LOAN}),
            "status: message 99 was answered with message 12, expected 98",
        ),
        (
            Manners({**USUAL, b"17": LOAN}),
            "item: message 17 was answered with message 12, expected 18",
        ),
    ],
)
def test_why_it_will_not_do(capsys: pytest.CaptureFixture[str], manners: Manners, reason: str) -> None:
    status, report = checked(manners, capsys, "--login-style", "sip", "--item", "3")
    port = report["server"].rpartition(":")[2]
    assert (status, report["reason"]) == (1, reason.replace("PORT", port))


def test_prompts_where_message_93_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    prompting = Manners({b"93": b"password: "}, greeting=b"login: ", end=b"")
    status, report = checked(prompting, capsys, "--login-style", "sip", "--timeout", "1.5")
    reason = "login: it prompts for user and password: give --login-style telnet"
    assert (status, report["reason"]) == (1, reason)


def test_an_answer_that_is_never_ended_is_no_silence(capsys: pytest.CaptureFixture[str]) -> None:
    status, report = checked(
        Manners({b"93": b"941"}, end=b""), capsys, "--login-style", "sip", "--timeout", "1.5"
    )
    assert (status, report["reason"]) == (1, "login: no login: an answer was begun and not ended in time")


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (
            b"AH04/01/2027|",
            "17 tells until when in words that read as no day or as two: let it write year, month, day",
        ),
        (
            b"AH22/12/2026 23:59|",
            "17 tells that it is on loan and until when, not to whom (63 lists a reader's loans)",
        ),
    ],
)
def test_a_due_day_that_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], due: bytes, words: str
) -> None:
    lent = ITEM.replace(b"1803", b"1804", 1) + due
    status, report = checked(Manners({**USUAL, b"17": lent}), capsys, "--login-style", "sip", "--item", "3")
    assert status == 0
    assert next(step for step in report["steps"] if step["step"] == "item")["tells_of_loans"] == words


@pytest.mark.parametrize(
    ("code", "line", "step", "words"),
    [
        (b"99", STATUS.replace(NOW, b" " * 18), "status", "protocol 2.00, lacks 19 item status update"),
        (
            b"63",
            READER.replace(b"0" * 24, b"000000000002000000000000"),
            "reader",
            "A, 2 on loan (it does not list them)",
        ),
        (b"63", READER, "reader", "A, 0 on loan (nothing to list)"),
        (b"17", [ITEM, LOAN], "item", "no message 18"),
        (b"17", [ITEM, ITEM.replace(b"AJA", b"AJ")], "item", "status 03, no title"),
        (b"17", [ITEM, ITEM], "item", "status 03, a title"),
    ],
)
def test_what_is_told_of_each_answer(
    capsys: pytest.CaptureFixture[str], code: bytes, line: Answer | list[Answer], step: str, words: str
) -> None:
    answers = Manners({**USUAL, code: line})
    status, report = checked(answers, capsys, "--login-style", "sip", "--reader", "2", "--item", "3")
    told = next(one for one in report["steps"] if one["step"] == step)
    assert status == 0
    assert words in (told["detail"], told.get("unknown_item"))


def test_what_is_not_given_is_not_tried(capsys: pytest.CaptureFixture[str]) -> None:
    status, report = checked(Manners(USUAL), capsys, "--login-style", "sip")
    steps = {step["step"]: step for step in report["steps"]}
    skipped = {name: step["detail"] for name, step in steps.items() if step["ok"] is None}
    assert (status, skipped["reader"], skipped["item"]) == (0, "give --reader to try", "give --item to try")
    assert steps["encoding"]["found"] is None


def test_every_kind_of_trailer_that_came_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, report = checked(PRODUCTS["Evergreen"], capsys, "--login-style", "sip")
    detail = next(step["detail"] for step in report["steps"] if step["step"] == "checksum")
    assert detail == "its own are out of sequence and wrong; without: message 98; wrong: message 98"
