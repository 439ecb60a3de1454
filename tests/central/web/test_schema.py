"""The REST description against what is answered: schemathesis, straight into the application."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central.accounts.tokens import Scope
from tests.central.web.inside import OWN, House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_every_route_answers_as_described(inside: House) -> None:
    program = inside.program(Scope.MANAGE)
    headers = {**program.headers, "host": "127.0.0.1:8080"}
    schema = schemathesis.openapi.from_dict(program.get("/api/v1/openapi.json").json())
    schema.app = inside.app
    tried: list[str] = []

    def try_case(case: Case) -> None:
        tried.append(case.path)
        if "place_id" in case.path_parameters and len(tried) % 2:
            case.path_parameters["place_id"] = OWN  # chance never guesses one
        case.call_and_validate(headers=headers, checks=CHECKS)

    for result in schema.get_all_operations():
        strategy = result.ok().as_strategy()
        run = settings(
            max_examples=15,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        run(given(strategy)(try_case))()
    assert len(set(tried)) >= 5
