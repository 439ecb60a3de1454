"""What the centre's web answers when a year is in its store: routes asked as programs and browsers ask them,
whole: doors, query, sums, JSON. Pages show the same values.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random

from central.accounts.roles import Role
from central.accounts.tokens import Scope
from central.board import Board
from central.listening import Web
from central.office import Office
from central.web.app import make_api
from central.web.front import make_shell
from tests.central.accounts.people import HASHER
from tests.central.web.inside import Clock, House, Person


@contextmanager
def answers(board: Board, now: datetime, district: int) -> Iterator[dict[str, Callable[[], object]]]:
    """What can be asked, by its name; a branch account of `district` places asks for the report."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder) / "office.db")
        shell = make_shell(board, office, Web(), lambda: True, HASHER)
        house = House(shell, make_api(shell, ["127.0.0.1"]), Clock(now))
        ids = [place.id for place in board.places.place]
        house.add("boss", Role.MAIN)
        house.add("branch", Role.BRANCH, *ids[:district])
        everything, branch, random = house.program(Scope.READ), house.person("branch"), Random(5)

        def place() -> None:
            path = f"/api/v1/places/{random.choice(ids)}"
            _get(everything, path)
            _get(everything, f"{path}/hours")

        yield {
            "route: overview": lambda: _get(everything, "/api/v1/places"),
            "route: one place and its day": place,
            "route: one place's week": lambda: _get(everything, f"/api/v1/places/{random.choice(ids)}/week"),
            "route: a district's month": lambda: _get(
                branch, f"/api/v1/statistics/2026-{random.randrange(1, 11):02}"
            ),
            "route: metrics": lambda: _get(everything, "/metrics"),
        }
        office.close()


def _get(person: Person, path: str) -> None:
    answer = person.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:200]}"
