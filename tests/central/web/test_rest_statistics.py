"""A month over REST: the same figures as the desk's, of one's own places only."""

import pytest

from central.accounts.tokens import Scope
from central.statistics.desk import Desk
from central.statistics.figures import Item
from central.statistics.periods import Month
from tests.central.web.inside import OTHER, OWN, House


def test_the_figures_are_those_of_the_report(inside: House) -> None:
    told = inside.program(Scope.READ).get("/api/v1/statistics/2026-11").json()
    shell, board = inside.shell, inside.shell.board
    desk = Desk(board.store, shell.office, board.places, board.zone, board.now)
    report = desk.report(Month(2026, 11), board.places.place)
    assert (told["month"], told["over"], told["closed_at"]) == ("2026-11", False, None)
    assert told["as_of"] == "2026-11-22T03:04:05Z"
    amounts = {
        row["place"]: {key: figure["amount"] for key, figure in row["figures"].items()}
        for row in told["places"]
    }
    assert amounts == {
        row.place.id: {item.value: figure.amount for item, figure in row.figures.items()}
        for row in report.rows
    }
    assert amounts[OWN][Item.LOANS.value] == 1
    district = told["groups"][0]
    assert (district["scope"], district["totals"]["visits"]["known"]) == ("district", 1)


def test_what_is_not_known_says_why(inside: House) -> None:
    told = inside.program(Scope.READ).get(f"/api/v1/statistics/2026-11?place={OTHER}").json()
    (row,) = told["places"]
    assert row["figures"]["loans"]["amount"] is None
    assert row["figures"]["loans"]["notes"][0]["cause"] == "not_installed"


def test_ones_own_places_only(inside: House) -> None:
    told = inside.person("taiping").get("/api/v1/statistics/2026-11").json()
    assert [row["place"] for row in told["places"]] == [OWN]
    assert inside.person("taiping").get(f"/api/v1/statistics/2026-11?place={OTHER}").status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "1999-01", "9999-01", "now"])
def test_what_is_no_month(inside: House, month: str) -> None:
    answer = inside.person("boss").get(f"/api/v1/statistics/{month}")
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("请检查：month")
