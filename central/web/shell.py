"""The frame that every page stands in, and everything a page is given: who looks, in which language, the
board cut down to that visitor's places, forms, and the news of the poller.
"""

import asyncio
import copy
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from inspect import isawaitable
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from nicegui import Client, Event, ui
from starlette.requests import HTTPConnection
from starlette.types import Scope

from central.accounts.entrance import Entrance
from central.accounts.register import Register
from central.accounts.sessions import Sessions, Step
from central.accounts.tokens import Tokens
from central.board import Board
from central.dispatch import Dispatch
from central.office import Office
from central.reader_cards import ReaderCardKeys
from central.scoped import ScopedBoard
from central.store import StoreError
from central.web.doorkeeper import Refusal
from central.web.forms import FIELD, Cookies, Forms
from central.web.live import TEMPLATES, Live
from central.web.sections import SECTIONS
from central.web.snapshot import Snapshot
from central.web.tabs import Tabs
from central.web.texts import Language, Words
from central.web.visitor import Visitor, visitor_of
from central.work import Work

log = logging.getLogger(__name__)

POLL_S = 2.0
LANGUAGE_COOKIE = "language"


def language_of(request: HTTPConnection) -> Language:
    """The language chosen before, else Chinese."""
    try:
        return Language(request.cookies.get(LANGUAGE_COOKIE, ""))
    except ValueError:
        return Language.CHINESE


@dataclass(frozen=True)
class Accounts:
    """The doors of `central.accounts`, all on one office."""

    register: Register
    entrance: Entrance
    sessions: Sessions
    tokens: Tokens


@dataclass(frozen=True)
class LivePage:
    """What a live page works with; `board` knows only the visitor's places."""

    words: Words
    visitor: Visitor
    board: ScopedBoard
    _shell: "Shell"
    _client: Client

    def live(self, show: Callable[[Snapshot], Awaitable[None] | None]) -> None:
        """Call `show` whenever the poller has looked, until the visitor's session ends."""

        async def shown(snapshot: Snapshot) -> None:
            if self._shell.tabs.has(self._client):
                result = show(self._shell.own(snapshot, self.visitor))
                if isawaitable(result):
                    await result

        self._shell.seen.subscribe(shown)


@dataclass(frozen=True)
class Shell:
    """`receiving` tells whether messages come in and are kept, `work` what the collector did so far. `cards`
    signs reader codes; None: nobody here does. `dispatch` is what people do with kiosks from afar."""

    board: Board
    office: Office
    accounts: Accounts
    cookies: Cookies
    receiving: Callable[[], bool]
    work: Callable[[], Work] = Work
    cards: ReaderCardKeys | None = None
    dispatch: Dispatch = field(kw_only=True)
    forms: Forms = field(init=False)
    tabs: Tabs = field(default_factory=Tabs)
    seen: "Event[[Snapshot]]" = field(default_factory=Event)

    def __post_init__(self) -> None:
        object.__setattr__(self, "forms", Forms(self.cookies))

    # -- news ----------------------------------------------------------------------------------------------

    async def poll(self) -> None:
        """One poller for all pages; also sends away those whose session has ended."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.tabs.sweep()
                if self.seen.callbacks:
                    self.seen.emit(await self.look())
            except StoreError as error:
                log.error("%s", error)

    async def look(self) -> Snapshot:
        places = await asyncio.to_thread(self.board.overview)
        return Snapshot(places, self.receiving(), self.board.now())

    def own(self, snapshot: Snapshot, visitor: Visitor) -> Snapshot:
        """`snapshot` as the visitor may see it."""
        places = self.board_for(visitor).own(snapshot.places)
        return Snapshot(places, snapshot.receiving, snapshot.now)

    def board_for(self, visitor: Visitor) -> ScopedBoard:
        return ScopedBoard(self.board, visitor.principal)

    # -- pages ---------------------------------------------------------------------------------------------

    def words(self, request: HTTPConnection) -> Words:
        return Words(language_of(request), self.board.zone)

    @asynccontextmanager
    async def page(self, request: Request, title: str) -> AsyncIterator[LivePage]:
        """A live page called `title`: the body of the `async with` fills it."""
        words, visitor, client = self.words(request), visitor_of(request), ui.context.client
        client.page = copy.copy(client.page)  # the route's own is shared by all readers of the page
        client.page.language = "zh-CN" if words.language is Language.CHINESE else "en-US"
        client.title = f"{title} · {words('brand')}"
        ui.add_head_html('<link rel="stylesheet" href="/static/centre.css">')
        ui.add_head_html('<link rel="stylesheet" href="/static/pages.css">')
        self.tabs.add(client, visitor)
        page = LivePage(words, visitor, self.board_for(visitor), self, client)
        top = self._top(request, words)
        with ui.element("header").classes("top"):
            header = Live("header.html")
            header.show(receiving=self.receiving(), **top)
        page.live(lambda snapshot: header.show(receiving=snapshot.receiving, **top))
        with ui.element("main").classes("page"):
            yield page

    def plain(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A plain page: `template` extends `plain.html`. Never kept by the browser: it may show secrets."""
        words = self.words(request)
        everything = {"receiving": None, **self._top(request, words), **values}
        html = TEMPLATES.get_template(template).render(**everything)
        return HTMLResponse(html, status, {"cache-control": "no-store"})

    def form_values(self, request: Request) -> dict[str, str]:
        """What `fields.html` needs to write a form's token."""
        return {"form_field": FIELD, "form_token": self.forms.token(self.forms.binding(request))}

    def typed_moment(self, text: str) -> datetime | None:
        """What a field of `datetime-local` sends, in the library's time; None: it is no moment."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            return None
        return at.replace(tzinfo=at.tzinfo or self.board.zone) if 2000 < at.year < 3000 else None

    def typed(self, at: datetime) -> str:
        """A moment as `datetime-local` takes it."""
        return at.astimezone(self.board.zone).strftime("%Y-%m-%dT%H:%M")

    def refusal(self, scope: Scope, refusal: Refusal) -> HTMLResponse:
        """The page that tells somebody why not."""
        return self.refused(Request(scope), refusal.status, refusal.words)

    def refused(self, request: Request, status: int, key: str, **values: str) -> HTMLResponse:
        sentence = self.words(request)(key, **values)
        return self.plain(request, "refused.html", status, sentence=sentence)

    def _top(self, request: Request, words: Words) -> dict[str, Any]:
        """What the header shows: sections for the role, whose account, the other language."""
        other = Language.ENGLISH if words.language is Language.CHINESE else Language.CHINESE
        visitor = request.scope.get("shuzhan.visitor")
        session = visitor.session if isinstance(visitor, Visitor) else None
        role = session.account.role if session and session.step is Step.DONE else None
        return {
            "t": words,
            "lang": "zh-CN" if words.language is Language.CHINESE else "en",
            "sections": [section for section in SECTIONS if role and role.at_least(section.least)],
            "path": request.url.path,
            "account": session.account if session else None,
            "other_lang": other.value,
            "language_link": f"/language/{other.value}?to={request.url.path}",
            **self.form_values(request),
        }
