"""Who acts is asked anew in every event handler."""

import asyncio
from collections.abc import Iterator

import pytest
from nicegui import Client
from nicegui.page import page
from starlette.requests import HTTPConnection

from central.accounts.register import Profile
from central.accounts.roles import Principal, Role
from central.scoped import visible
from central.web.doorkeeper import Doors
from central.web.visitor import Visitor
from tests.central.accounts.people import by
from tests.central.web.inside import OTHER, OWN, PLACES, House, house


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


def visitor(own: House, name: str) -> Visitor:
    cookie = own.person(name).cookies["shuzhan"]
    doors = Doors(own.shell.accounts.sessions, own.shell.accounts.tokens, "shuzhan", own.clock)
    scope = {
        "type": "http",
        "headers": [(b"cookie", f"shuzhan={cookie}".encode())],
        "client": ("192.0.2.7", 1),
    }
    found = doors.visitor(HTTPConnection(scope), awake=False)
    assert found is not None
    return found


def click(visitor: Visitor, least: Role, place: str | None = None) -> tuple[list[str], str]:
    """What a button does that needs `least` at `place`, and where the page was sent."""
    done: list[str] = []

    async def press() -> str:
        with Client(page("/")) as client:
            await visitor.handler(least, lambda: done.append("done"), place)()
            sent = [str(message) for message in client.outbox.messages]
            client.delete()
            return " ".join(sent)

    return done, asyncio.run(press())


@pytest.mark.parametrize(
    ("name", "least", "place", "may"),
    [
        ("boss", Role.MAIN, None, True),
        ("boss", Role.BRANCH, OWN, True),
        ("taiping", Role.BRANCH, OWN, True),
        ("taiping", Role.BRANCH, OTHER, False),
        ("taiping", Role.MAIN, None, False),
        ("reader", Role.VIEWER, None, True),
        ("reader", Role.BRANCH, OWN, False),
    ],
)
def test_who_may_press(own: House, name: str, least: Role, place: str | None, may: bool) -> None:
    done, sent = click(visitor(own, name), least, place)
    assert done == (["done"] if may else [])
    assert ("/login" in sent) is not may


def test_a_role_that_changed_meanwhile(own: House) -> None:
    taiping = visitor(own, "taiping")
    own.shell.accounts.register.change(by(), "taiping", Profile("x", Role.VIEWER))
    assert click(taiping, Role.VIEWER)[0] == []
    assert taiping.current() is None


def test_an_account_that_was_disabled_meanwhile(own: House) -> None:
    reader = visitor(own, "reader")
    own.shell.accounts.register.set_disabled(by(), "reader", True)
    assert click(reader, Role.VIEWER)[0] == []


def test_who_a_viewer_and_a_branch_are() -> None:
    viewer, branch = Principal("v", Role.VIEWER), Principal("b", Role.BRANCH, frozenset({OWN}))
    assert (viewer.sees_personal, branch.sees_personal) == (False, True)
    own = visible(PLACES, branch)
    assert [place.id for place in own.place] == [OWN]
    assert len(own.town) == 1
    assert visible(PLACES, viewer) == PLACES
