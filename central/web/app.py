"""Puts the web together: guard, REST, style, language switch, and NiceGUI's pages behind them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from nicegui import ui

from central.board import Board
from central.web.guard import OriginGuard
from central.web.pages import LANGUAGE_COOKIE, Pages
from central.web.rest import make_router
from central.web.texts import Language

HERE = Path(__file__).parent
A_YEAR_S = 365 * 24 * 3600


def make_api(board: Board, hosts: Sequence[str]) -> FastAPI:
    """REST and everything else that is not a NiceGUI page."""
    # The usual documentation pages load their scripts from another site: only the description is served.
    api = FastAPI(
        title="书站 Shuzhan", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None
    )
    api.include_router(make_router(board))
    api.mount("/static", StaticFiles(directory=HERE / "static"))
    api.get("/language/{language}", include_in_schema=False)(choose_language)
    api.add_middleware(OriginGuard, hosts=hosts)
    return api


def make_app(board: Board, receiving: Callable[[], bool], hosts: Sequence[str]) -> FastAPI:
    """The whole web of the centre; once in a process, since NiceGUI keeps its pages in one place."""
    api = make_api(board, hosts)
    Pages(board, receiving)
    favicon = HERE / "static" / "seal.svg"
    ui.run_with(api, title=api.title, favicon=favicon, tailwind=False, show_welcome_message=False)
    return api


def choose_language(language: Language, to: str = "/") -> RedirectResponse:
    """Remember the language and go back to page `to` of ours."""
    ours = to.startswith("/") and not to.startswith(("//", "/\\"))
    response = RedirectResponse(to if ours else "/", status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language.value, max_age=A_YEAR_S, httponly=True, samesite="lax")
    return response
