"""Every page and route: without a session, with another branch's, with a viewer's, with tokens."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from nicegui import core
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount
from starlette.types import Message, Receive, Scope, Send

from central.accounts.roles import Role
from central.accounts.tokens import Scope as TokenScope
from central.web.access import ACCESS, READ, WRITE, Table
from central.web.app import make_app
from central.web.doorkeeper import Doorkeeper, Doors
from central.web.sections import SECTIONS
from tests.central.web.inside import OTHER, OWN, House, Person, house

EVERYBODY = {"nobody", "huguang", "taiping", "reader", "boss", "read", "manage", "cards"}
PROGRAMS_TOO = EVERYBODY - {"nobody", "cards"}
PEOPLE = {"huguang", "taiping", "reader", "boss"}
HANDLE = {"taiping", "huguang", "boss", "manage"}
SEE_OWN = PROGRAMS_TOO - {"huguang"}
# who comes in where; the doorkeeper's table is not asked
MAY = {
    ("GET", "/static/centre.css"): EVERYBODY,
    ("GET", "/favicon.ico"): EVERYBODY,
    ("GET", "/language/zh-CN"): EVERYBODY,
    ("GET", "/login"): EVERYBODY,
    ("POST", "/login"): EVERYBODY,
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/login/code"): set(),
    ("POST", "/login/code"): set(),
    ("GET", "/login/password"): set(),
    ("POST", "/login/password"): set(),
    ("GET", "/login/factor"): set(),
    ("POST", "/login/factor"): set(),
    ("GET", "/account"): PEOPLE,
    ("POST", "/account/password"): PEOPLE,
    ("GET", "/account/factor"): PEOPLE,
    ("POST", "/account/factor"): PEOPLE,
    ("POST", "/account/sign-out-everywhere"): PEOPLE,
    ("GET", "/"): PEOPLE,
    ("GET", f"/places/{OWN}"): {"taiping", "reader", "boss"},
    **{("GET", f"/statistics{path}"): PEOPLE for path in ("", "/year", "/print", "/form.xlsx", "/form.csv")},
    ("POST", "/statistics/close"): {"boss"},
    ("GET", f"/statistics/entries/{OWN}"): {"taiping", "boss"},
    ("POST", f"/statistics/entries/{OWN}"): {"taiping", "boss"},
    ("GET", "/users"): {"boss"},
    ("POST", "/users/add"): {"boss"},
    ("GET", "/users/taiping"): {"boss"},
    ("POST", "/users/taiping"): {"boss"},
    ("POST", "/users/taiping/reset"): {"boss"},
    ("GET", "/tokens"): {"boss"},
    ("POST", "/tokens"): {"boss"},
    ("POST", "/tokens/1/revoke"): {"boss"},
    ("GET", "/audit"): {"boss"},
    ("GET", "/api/v1/openapi.json"): PROGRAMS_TOO,
    ("GET", "/api/v1/places"): PROGRAMS_TOO,
    ("GET", f"/api/v1/places/{OWN}"): SEE_OWN,
    ("GET", f"/api/v1/places/{OWN}/hours"): SEE_OWN,
    ("GET", "/api/v1/devices"): PROGRAMS_TOO,
    ("GET", f"/api/v1/devices?place={OWN}"): SEE_OWN,
    ("GET", f"/api/v1/devices?place={OTHER}&place={OWN}"): SEE_OWN,
    ("GET", f"/api/v1/devices?place={OWN}&place={OTHER}"): PROGRAMS_TOO - {"taiping"},
    ("GET", f"/api/v1/events/count?place={OWN}"): SEE_OWN,
    **{("GET", f"/api/v1/places/{OWN}/{name}"): SEE_OWN for name in ("days", "week", "events")},
    ("GET", f"/api/v1/devices/history?place={OWN}"): SEE_OWN,
    ("GET", "/api/v1/devices/swaps"): PROGRAMS_TOO,
    ("GET", "/api/v1/alerts"): PROGRAMS_TOO,
    ("GET", "/api/v1/alerts/1"): PROGRAMS_TOO,
    ("POST", "/api/v1/alerts/1/acknowledgement"): HANDLE,
    ("GET", "/api/v1/silences"): PROGRAMS_TOO,
    ("POST", "/api/v1/silences"): HANDLE,
    ("DELETE", "/api/v1/silences/1"): HANDLE,
    ("GET", "/api/v1/disputes"): PROGRAMS_TOO,
    ("GET", "/api/v1/disputes/settled"): PROGRAMS_TOO,
    ("POST", "/api/v1/disputes/i-1/1/settlement"): HANDLE,
    ("GET", "/api/v1/statistics/2026-11"): PROGRAMS_TOO,
    ("GET", f"/api/v1/statistics/2026-11?place={OWN}"): SEE_OWN,
    ("POST", f"/api/v1/places/{OWN}/kiosks/kiosk-1/commands"): {"taiping", "boss", "manage"},
    ("GET", "/api/v1/commands"): HANDLE,
    ("GET", f"/api/v1/commands?place={OWN}"): {"taiping", "boss", "manage"},
    ("GET", "/api/v1/commands/c-1"): HANDLE,
    ("GET", "/api/v1/commands/c-1/attachment"): HANDLE,
    ("GET", f"/api/v1/places/{OWN}/settings"): SEE_OWN,
    ("PUT", f"/api/v1/places/{OWN}/settings"): {"boss", "manage"},
    ("DELETE", f"/api/v1/places/{OWN}/settings"): {"boss", "manage"},
    ("POST", f"/api/v1/places/{OWN}/settings"): set(),
    ("GET", f"/places/{OWN}/settings"): {"boss"},
    ("POST", f"/places/{OWN}/settings"): {"boss"},
    ("POST", f"/places/{OWN}/settings/open/clear"): {"boss"},
    ("GET", "/settings"): {"boss"},
    ("POST", "/settings"): {"boss"},
    ("GET", "/api/v1/notices"): PROGRAMS_TOO,
    ("POST", "/api/v1/notices"): {"boss", "manage"},
    ("PUT", "/api/v1/notices/1"): {"boss", "manage"},
    ("DELETE", "/api/v1/notices/1"): {"boss", "manage"},
    ("GET", "/api/v1/reader-cards"): set(),
    ("POST", "/api/v1/reader-cards"): {"cards"},
    ("GET", "/api/v1/export"): {"boss", "manage"},
    ("GET", "/api/v1/health"): EVERYBODY,
    ("GET", "/metrics"): PROGRAMS_TOO,
    ("GET", "/_nicegui/3/components/x"): PEOPLE,
    ("GET", "/_nicegui_ws/socket.io/"): PEOPLE,
    ("POST", "/_nicegui_ws/socket.io/"): PEOPLE,
    # not in the table at all
    ("GET", "/openapi.json"): set(),
    ("GET", "/docs"): set(),
    ("GET", "/users/"): set(),
    ("GET", "/api"): set(),
    ("GET", "/USERS"): set(),
    ("DELETE", "/api/v1/places"): set(),
    ("PUT", "/login"): set(),
}


REACHED = 299


@pytest.fixture(scope="module")
def doors(inside: House) -> Doorkeeper:
    """The doorkeeper before an application that only says that it was reached."""
    accounts, cookie = inside.shell.accounts, inside.shell.cookies.session

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await PlainTextResponse("reached", REACHED)(scope, receive, send)

    known = Doors(accounts.sessions, accounts.tokens, cookie, inside.clock)
    return Doorkeeper(application, known, inside.shell.refusal)


@pytest.fixture(scope="module")
def visitors(inside: House) -> dict[str, Person]:
    signed_in = {name: inside.person(name) for name in PEOPLE}
    programs = {scope.value: inside.program(scope) for scope in TokenScope}
    return {"nobody": inside.nobody(), **signed_in, **programs}


@pytest.mark.parametrize(("method", "path"), MAY, ids=lambda part: str(part).replace("/", "_"))
def test_who_comes_in_where(doors: Doorkeeper, visitors: dict[str, Person], method: str, path: str) -> None:
    came_in = {
        name
        for name, person in visitors.items()
        if replace(person, app=doors).ask(method, path).status_code == REACHED
    }
    assert came_in == MAY[method, path]


def test_every_route_of_fastapi_and_nicegui_is_in_the_table(tmp_path: Path) -> None:
    """Deny by default makes a forgotten line a page that nobody can open; here it is told by name."""
    with house(tmp_path) as made:
        app = make_app(made.shell, ["127.0.0.1"])
    paths = set(chain(every_path(app.routes), every_path(core.app.routes)))
    missing = [path for path in paths if path and not Table().covers(path)]
    assert missing == []
    assert {"/", "/places/{place_id}", "/users", "/api/v1/places"} <= paths


def every_path(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """As they are written; what lies in a router or under a mount too."""
    for route in routes:
        if isinstance(route, Mount):
            yield from [f"{route.path}/x"] if route.path else []
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from every_path(router.routes)
        else:
            yield route.path  # type: ignore[attr-defined]


def test_what_changes_something_needs_more_than_a_viewer() -> None:
    """Except one's own account, signing in, and a fresh kiosk, which shows its claim."""
    own = ("/login", "/account", "/logout", "/_nicegui_ws", "/api/v1/enrolment")
    for access in ACCESS:
        if access.methods - READ and not access.path.startswith(own):
            least = access.least_for("POST")
            assert least in (Role.BRANCH, Role.MAIN) or access.purpose, access.path
        assert access.methods <= READ | WRITE | {"PUT", "PATCH", "DELETE"}


def test_sections_have_words_and_lead_somewhere() -> None:
    assert len({section.path for section in SECTIONS}) == len(SECTIONS)
    assert all(Table().find(section.path) for section in SECTIONS)


def test_others_places_are_not_in_any_answer(visitors: dict[str, Person]) -> None:
    seen = {name: visitors[name].get("/api/v1/places").json() for name in ("taiping", "huguang", "reader")}
    assert [place["id"] for place in seen["taiping"]] == [OWN]
    assert [place["id"] for place in seen["huguang"]] == [OTHER]
    assert len(seen["reader"]) == 104
    counts = {name: visitors[name].get("/api/v1/events/count").json()["count"] for name in seen}
    assert counts == {"taiping": 2, "huguang": 0, "reader": 2}
    assert visitors["huguang"].get("/api/v1/devices").json() == []
    assert len(visitors["taiping"].get("/api/v1/devices").json()) == 2


def test_refusals_say_why(visitors: dict[str, Person]) -> None:
    assert visitors["nobody"].get("/api/v1/places").json()["detail"].startswith("请登录，或出示有效的令牌")
    assert visitors["nobody"].get("/api/v1/places").headers["www-authenticate"] == "Bearer"
    assert visitors["nobody"].get("/audit").headers["location"] == "/login?to=/audit"
    answer = visitors["huguang"].get(f"/api/v1/places/{OWN}", headers={"accept-language": "en"})
    assert answer.json()["detail"] == "This place is not one of yours."
    assert answer.headers["content-type"] == "application/problem+json"
    assert "这个网点不在您的账号范围内" in visitors["huguang"].get(f"/places/{OWN}").text
    assert "您的账号没有这项权限" in visitors["reader"].get("/users").text


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Basic bWFpbjptYWlu", "bearer  ", "Bearer \xff", "Bearer shuzhan_" + "x" * 43],
)
def test_tokens_that_are_none(inside: House, header: str) -> None:
    """A cookie beside a bad token does not help."""
    person = inside.person("boss")
    answer = person.get("/api/v1/places", headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401


def test_a_socket_needs_a_session(doors: Doorkeeper, visitors: dict[str, Person]) -> None:
    def answer(person: Person) -> Message:
        """What the application says to a websocket."""
        cookie = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
        headers = [(b"cookie", cookie.encode())]
        headers += [(name.encode(), value.encode()) for name, value in person.headers.items()]
        scope: Scope = {
            "type": "websocket",
            "path": "/_nicegui_ws/socket.io/",
            "query_string": b"",
            "headers": headers,
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(doors(scope, receive, send))
        return sent[0]

    assert answer(visitors["reader"]) == {"type": "websocket.accept"}
    for name, why in (("nobody", "Sign in"), ("manage", "This needs somebody signed in")):
        refused = answer(visitors[name])
        assert (refused["type"], refused["code"]) == ("websocket.close", 1008)
        assert refused["reason"].startswith(why)
