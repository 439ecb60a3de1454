"""The centre's web in this process, and people who visit it as browsers do: cookies, origins, forms."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

import central
from central.accounts.entrance import Welcome
from central.accounts.register import Profile
from central.accounts.roles import Role
from central.accounts.tokens import Scope
from central.board import Board
from central.listening import Web
from central.office import Office
from central.places import load_places
from central.store import opened
from central.web.app import make_api
from central.web.front import make_shell
from central.web.shell import Shell
from tests.central.accounts.people import GOOD, HASHER, by
from tests.central.heard import NOW, Kiosk, ago

ZONE = ZoneInfo("Asia/Shanghai")
PLACES = load_places(Path(central.__file__).with_name("places.toml"))
URL = "http://127.0.0.1:8080"
OWN, OTHER = "mz-taiping-03", "mz-taiping-04"
FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Person:
    """Somebody with a browser, or (with `headers`) a program."""

    app: ASGIApp
    address: str = "192.0.2.7"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        more["headers"] = {"origin": URL, **more.get("headers", {})}
        return self.ask("POST", path, **more)

    def fill_in(self, page: str, path: str | None = None, **fields: str) -> httpx.Response:
        """Open the page, fill in its form and send it to `path` (the page's own, if not given)."""
        token = FORM_TOKEN.search(self.get(page).text)
        return self.post(path or page, data={"form_token": token[1] if token else "", **fields})

    def sign_in(self, name: str, password: str = GOOD) -> httpx.Response:
        return self.fill_in("/login", name=name, password=password)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, more))

    async def _ask(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        more["headers"] = {**self.headers, **more.get("headers", {})}
        transport = httpx.ASGITransport(app=self.app, client=(self.address, 40000))
        async with httpx.AsyncClient(transport=transport, base_url=URL, cookies=self.cookies) as client:
            response = await client.request(method, path, **more)
            self.cookies = client.cookies
            return response


@dataclass
class House:
    """The web with a kiosk that was heard, and people of every role, whose password is `GOOD`."""

    shell: Shell
    app: FastAPI
    clock: Clock

    def add(self, name: str, role: Role, *places: str) -> None:
        """An account that has chosen its password."""
        one_time = self.shell.accounts.register.add(
            by(), name, Profile(name, role, frozenset(places) or None)
        )
        entrance, sessions = self.shell.accounts.entrance, self.shell.accounts.sessions
        welcome = entrance.sign_in(name, one_time, by(name, "192.0.2.99"))
        assert isinstance(welcome, Welcome)
        session = sessions.find(welcome.cookie, NOW)
        assert session is not None
        assert isinstance(entrance.change_password(session, None, GOOD, GOOD, by(name)), Welcome)

    def nobody(self, address: str = "192.0.2.7") -> Person:
        return Person(self.app, address)

    def person(self, name: str, address: str = "192.0.2.7") -> Person:
        """Signed in."""
        person = Person(self.app, address)
        assert person.sign_in(name).status_code == 303
        return person

    def program(self, scope: Scope) -> Person:
        """With a token."""
        text = self.shell.accounts.tokens.make(by("boss"), scope.value, scope, 30)
        return Person(self.app, headers={"authorization": f"Bearer {text}"})


@contextmanager
def house(folder: Path, web: Web | None = None) -> Iterator[House]:
    store = opened(f"sqlite:{folder / 'centre.db'}", ZONE)
    kiosk = Kiosk()
    store.take([kiosk.birth(), kiosk.heartbeat(), kiosk.loan(ago(minutes=20)), kiosk.visits(6, ago(hours=1))])
    office, clock = Office(folder / "office.db"), Clock()
    shell = make_shell(Board(store, PLACES, ZONE, clock), office, web or Web(), lambda: True, HASHER)
    made = House(shell, make_api(shell, ["127.0.0.1"]), clock)
    made.add("boss", Role.MAIN)
    made.add("taiping", Role.BRANCH, OWN)
    made.add("huguang", Role.BRANCH, OTHER)
    made.add("reader", Role.VIEWER)
    yield made
    store.close()
    office.close()
