"""The REST description against what is answered: schemathesis, straight into the application, as a program of
the main library, as the app that signs reader codes, and as nobody.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central.accounts.tokens import Scope
from central.reader_cards import ReaderCardKeys
from central.web.app import make_api
from tests.central.heard import NOW, Kiosk, ago
from tests.central.test_disputes import dispute
from tests.central.web.inside import OWN, URL, House, Person, house

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 12
LIKELY = {
    "place_id": OWN,
    "kiosk": "kiosk-1",
    "month": "2026-11",
    "number": 1,
    "seq": 1,
    "install_id": "i-7",
    "command_id": "c-1",
    "identity": f"{OWN}.kiosk-1",
}
"""Chance never guesses what is there."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("schema")
    keys = ReaderCardKeys(folder / "cards")
    keys.rotate(NOW)
    with house(folder) as made:
        made.shell.board.store.take([dispute(Kiosk(install_id="i-7"), ago(minutes=5))])
        shell = replace(made.shell, cards=keys)
        yield House(shell, make_api(shell, ["127.0.0.1"]), made.clock)


def tried(own: House, operation: APIOperation, headers: dict[str, str]) -> list[int]:
    """The statuses of the answers to `EXAMPLES` questions, right ones and wrong ones."""
    statuses: list[int] = []

    def ask(case: Case) -> None:
        if len(statuses) % 2:
            case.path_parameters.update({k: v for k, v in LIKELY.items() if k in case.path_parameters})
        answer = case.call_and_validate(headers={**headers, "host": "127.0.0.1:8080"}, checks=CHECKS)
        statuses.append(answer.status_code)

    run = settings(
        max_examples=EXAMPLES,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    strategy = operation.as_strategy()
    test: Callable[[], None] = run(given(strategy)(ask))
    test()
    return statuses


def described(own: House, person: Person) -> BaseSchema:
    schema = schemathesis.openapi.from_dict(person.get("/api/v1/openapi.json").json())
    schema.app = own.app
    return schema


def test_every_route_answers_as_described(own: House) -> None:
    manage, cards = own.program(Scope.MANAGE), own.program(Scope.CARDS)
    worked: set[str] = set()
    for result in described(own, manage).get_all_operations():
        operation = result.ok()
        person = cards if operation.path.endswith("/reader-cards") else manage
        statuses = tried(own, operation, person.headers)
        worked |= {f"{operation.method} {operation.path}"} if any(s < 300 for s in statuses) else set()
    assert len(worked) >= 15, worked


def test_nobody_learns_anything(own: House) -> None:
    """Whatever is asked without a token is refused, but what is meant for everybody."""
    nobody, open_to_all = own.nobody(), ("/api/v1/health", "/api/v1/enrolment")
    paths = own.program(Scope.READ).get("/api/v1/openapi.json").json()["paths"]
    asked = {
        (method.upper(), path): nobody.ask(
            method.upper(), path.format(**LIKELY), headers={"origin": URL}
        ).status_code
        for path, methods in paths.items()
        if not path.startswith(open_to_all)
        for method in methods
    }
    assert len(asked) > 30
    assert set(asked.values()) == {401}
