"""Disputes over REST: nothing of a reader unless it is asked for, and then it is written down."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.tokens import Scope
from tests.central.heard import Kiosk, ago
from tests.central.test_disputes import ITEM, READER, WORDS, dispute
from tests.central.web.inside import OWN, House, house


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.shell.board.store.take([dispute(Kiosk(install_id="i-7"), ago(minutes=5))])
        yield made


def test_a_list_without_anybody_in_it(own: House) -> None:
    answer = own.program(Scope.READ).get("/api/v1/disputes")
    (told,) = answer.json()
    assert (told["place"], told["install_id"], told["seq"], told["what"]) == (OWN, "i-7", 1, "loan")
    assert told["done_at"] < told["refused_at"]
    assert told["personal"] is None
    assert not any(secret in answer.text for secret in (READER, ITEM, WORDS))
    assert own.person("huguang").get("/api/v1/disputes").json() == []


def test_who_is_shown_the_reader(own: House) -> None:
    for person in (own.program(Scope.READ), own.person("reader")):
        assert person.get("/api/v1/disputes?personal=true").status_code == 403
    (told,) = own.person("taiping").get("/api/v1/disputes?personal=true").json()
    assert told["personal"] == {"reader_id": READER, "item_id": ITEM, "words": WORDS}
    (entry,) = audit.entries(own.shell.office, Wanted(action="dispute.look"), 9)
    assert (entry.actor, entry.subject) == ("taiping", OWN)


def test_settling(own: House) -> None:
    path, decision = "/api/v1/disputes/i-7/1/settlement", {"outcome": "entered", "reason": "已手工补录"}
    assert own.person("huguang").post(path, json=decision).status_code == 404
    taiping = own.person("taiping")
    assert taiping.post(path, json=decision | {"outcome": "expired"}).status_code == 422
    refused = taiping.post(path, json=decision | {"reason": f"读者 {READER}"})
    assert refused.status_code == 422
    assert READER not in refused.text
    assert taiping.post(path, json=decision).status_code == 204
    assert taiping.post(path, json=decision).status_code == 404
    assert taiping.get("/api/v1/disputes").json() == []
    (settled,) = taiping.get("/api/v1/disputes/settled").json()
    assert (settled["outcome"], settled["by"], settled["reason"]) == ("entered", "taiping", "已手工补录")
    assert own.person("huguang").get("/api/v1/disputes/settled").json() == []
