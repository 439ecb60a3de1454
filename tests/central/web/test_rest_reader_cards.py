"""Signed reader codes over REST: that a kiosk takes them, who gets them, and that no number stays behind."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker_config.reader_codes import decode
from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.tokens import Scope
from central.reader_cards import ReaderCardKeys
from central.web.app import make_api
from central.web.rest_reader_cards import MOST_A_MINUTE, Rate
from tests.central.heard import NOW
from tests.central.web.inside import House, Person, house

READER = "25240000010010"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    keys = ReaderCardKeys(tmp_path / "cards")
    keys.rotate(NOW)
    with house(tmp_path) as made:
        shell = replace(made.shell, cards=keys)
        yield House(shell, make_api(shell, ["127.0.0.1"]), made.clock)


@pytest.fixture
def app(own: House) -> Person:
    return own.program(Scope.CARDS)


def test_a_kiosk_takes_it(own: House, app: Person) -> None:
    answer = app.post("/api/v1/reader-cards", json={"reader_id": READER})
    assert answer.status_code == 201
    assert answer.json()["expires_at"] == "2026-11-22T03:06:05Z"
    assert own.shell.cards is not None
    code = decode(answer.json()["text"], own.shell.cards.public(NOW))
    assert (code.reader_id, code.lifetime_s, code.issued_s) == (READER, 120, int(NOW.timestamp()))


def test_the_number_is_kept_nowhere(
    own: House, app: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        app.post("/api/v1/reader-cards", json={"reader_id": READER})
        app.post("/api/v1/reader-cards", json={"reader_id": READER, "lifetime_s": 9999})
    (entry,) = audit.entries(own.shell.office, Wanted(action="reader_card.sign"), 9)
    assert (entry.actor, entry.subject, entry.details) == ("token:cards", "token:cards", {})
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert READER.encode() not in kept
    assert READER not in caplog.text


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"reader_id": ""},
        {"reader_id": "x" * 33},
        {"reader_id": "252|400"},
        {"reader_id": "252 400"},
        {"reader_id": READER + "\n"},
        {"reader_id": "张三"},
        {"reader_id": READER, "lifetime_s": 0},
        {"reader_id": READER, "lifetime_s": 301},
        {"reader_id": READER, "name": "张三"},
    ],
)
def test_numbers_that_no_code_carries(app: Person, asked: dict[str, object]) -> None:
    answer = app.post("/api/v1/reader-cards", json=asked)
    assert answer.status_code == 422
    assert READER not in answer.text


def test_a_token_for_this_opens_nothing_else_and_no_other_opens_this(own: House, app: Person) -> None:
    assert app.get("/api/v1/places").status_code == 403
    assert app.get("/metrics").status_code == 403
    for other in (own.program(Scope.MANAGE), own.person("boss")):
        answer = other.post("/api/v1/reader-cards", json={"reader_id": READER})
        assert (answer.status_code, "cards" in answer.json()["detail"]) == (403, True)


def test_so_many_a_minute(own: House, app: Person) -> None:
    for _ in range(MOST_A_MINUTE):
        assert app.post("/api/v1/reader-cards", json={"reader_id": READER}).status_code == 201
    answer = app.post("/api/v1/reader-cards", json={"reader_id": READER})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.json()["detail"] == "请求太频繁：请在 60 秒后再试。"
    own.clock.now += timedelta(seconds=60)
    assert app.post("/api/v1/reader-cards", json={"reader_id": READER}).status_code == 201


def test_a_rate_counts_each_apart_and_forgets() -> None:
    rate = Rate(2, timedelta(seconds=10))
    assert [rate.wait("a", NOW + timedelta(seconds=s)).total_seconds() for s in (0, 4, 5, 10, 11)] == [
        0,
        0,
        5,
        0,
        3,
    ]
    assert rate.wait("b", NOW).total_seconds() == 0


def test_without_keys_nobody_signs(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        answer = made.program(Scope.CARDS).post("/api/v1/reader-cards", json={"reader_id": READER})
        assert answer.status_code == 503
