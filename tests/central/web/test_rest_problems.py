"""What is not possible is told in one sentence, in the language that was asked for."""

import logging
from http import HTTPStatus
from pathlib import Path

import pytest

from central.accounts.tokens import Scope
from central.web.doorkeeper import Refusal
from central.web.rest_problems import WRONG, language_asked
from central.web.texts import Language
from central.web.words import TEXTS
from tests.central.web.inside import House, Person, house


@pytest.fixture(scope="module")
def client(inside: House) -> Person:
    return inside.program(Scope.MANAGE)


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("", Language.CHINESE),
        ("en", Language.ENGLISH),
        ("en-GB,en;q=0.9", Language.ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.CHINESE),
        ("en;q=0.3, zh;q=0.7", Language.CHINESE),
        ("fr, en;q=0.5", Language.ENGLISH),
        ("fr, *;q=0.5", Language.CHINESE),
        ("en;q=much", Language.ENGLISH),
        (";;,,q=1", Language.CHINESE),
    ],
)
def test_which_language(wishes: str, language: Language) -> None:
    assert language_asked(wishes) is language


@pytest.mark.parametrize(
    ("path", "chinese", "english"),
    [
        (
            "/api/v1/places/mz-main/hours?day=2026-02-31",
            "请检查：day 应为日期，如 2026-11-22。",
            "Check: day: expected a date such as 2026-11-22.",
        ),
        (
            "/api/v1/alerts?limit=0&state=all",
            "请检查：limit 应不小于 1。",
            "Check: limit: expected 1 or more.",
        ),
        (
            "/api/v1/places?condition=broken",
            "请检查：condition 应为 'ok', 'degraded', 'down' or 'unknown'。",
            "Check: condition: expected 'ok', 'degraded', 'down' or 'unknown'.",
        ),
        (
            "/api/v1/export?to=2026-01-01",
            "请检查：缺少 from。",
            "Check: from is missing.",
        ),
        (
            "/api/v1/alerts/first",
            "请检查：number 应为整数。",
            "Check: number: expected a whole number.",
        ),
    ],
)
def test_wrong_input_is_named(client: Person, path: str, chinese: str, english: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "detail": chinese,
    }
    answer = client.get(path, headers={"accept-language": "en"})
    assert (answer.json()["detail"], answer.headers["content-language"]) == (english, "en")


def test_what_was_sent_is_not_repeated(client: Person) -> None:
    number = "25240000010010"
    for body in (f'{{"outcome": "{number}"}}', f'{{"{number}', f'["{number}"]'):
        answer = client.post(
            "/api/v1/disputes/i/1/settlement", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422
        assert number not in answer.text


def test_every_refusal_and_error_has_words() -> None:
    wanted = {refusal.sentence for refusal in Refusal} | set(WRONG.values()) | {"wrong_other"}
    assert wanted <= set(TEXTS)
    assert len({refusal.value for refusal in Refusal}) == len(Refusal.__members__)


def test_a_store_that_fails_is_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with house(tmp_path) as made:
        client = made.program(Scope.READ)
        made.shell.board.store.close()
        with caplog.at_level(logging.ERROR):
            answer = client.get("/api/v1/places")
        assert (answer.status_code, answer.json()["title"]) == (503, "Service Unavailable")
        assert "暂时无法读写" in answer.json()["detail"]
        assert "cannot read the centre's database" in caplog.text
        health = made.nobody().get("/api/v1/health")
        assert (health.status_code, health.json()["status"]) == (503, "down")


def test_the_centres_own_health_is_for_everybody(inside: House) -> None:
    answer = inside.nobody().get("/api/v1/health")
    assert answer.json() == {"status": "ok", "receiving": True, "store": True}
    assert answer.headers["cache-control"] == "no-store"
