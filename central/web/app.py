"""Puts the web together: guard and doorkeeper, REST, plain pages, style, and NiceGUI's pages behind them."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from nicegui import app as nicegui_app
from nicegui import ui

from central.office import OfficeError
from central.store import StoreError
from central.web import (
    account,
    acts,
    alerts,
    audit,
    devices,
    disputes,
    events,
    notices,
    overview,
    page_trouble,
    place,
    rest,
    rest_alerts,
    rest_commands,
    rest_devices,
    rest_disputes,
    rest_enrolment,
    rest_export,
    rest_health,
    rest_notices,
    rest_reader_cards,
    rest_settings,
    rest_statistics,
    settings,
    sign_in,
    statistics,
    statistics_pages,
    tokens,
    users,
)
from central.web.description import describe
from central.web.doorkeeper import API, Doorkeeper, Doors
from central.web.forms import BadForm
from central.web.guard import OriginGuard
from central.web.metrics import Metrics, Timed
from central.web.rest_problems import Problem, told, told_of_input
from central.web.shell import LANGUAGE_COOKIE, Shell
from central.web.texts import Language

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
A_YEAR_S = 365 * 24 * 3600

PAGES: tuple[Callable[[Shell], None], ...] = (
    overview.register,
    statistics.register,
    place.register,
    alerts.register,
    devices.register,
)
"""Live pages, which NiceGUI keeps."""
ROUTERS: tuple[Callable[[Shell], APIRouter], ...] = (
    rest.make_router,
    rest_devices.make_router,
    rest_alerts.make_router,
    rest_disputes.make_router,
    rest_enrolment.make_router,
    rest_reader_cards.make_router,
    rest_export.make_router,
    rest_statistics.make_router,
    rest_commands.make_router,
    rest_notices.make_router,
    rest_settings.make_router,
    rest_health.make_router,
    sign_in.make_router,
    account.make_router,
    acts.make_router,
    events.make_router,
    alerts.make_router,
    devices.make_router,
    disputes.make_router,
    notices.make_router,
    settings.make_router,
    users.make_router,
    tokens.make_router,
    audit.make_router,
    statistics_pages.make_router,
)
"""REST and plain pages."""


def make_api(shell: Shell, hosts: Sequence[str]) -> FastAPI:
    """REST and everything else that is not a NiceGUI page."""
    # The usual documentation pages load their scripts from another site: only the description is served.
    api = FastAPI(
        title="书站 Shuzhan", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None
    )
    for make_router in ROUTERS:
        api.include_router(make_router(shell))
    api.mount("/static", StaticFiles(directory=HERE / "static"))
    api.get("/language/{language}", include_in_schema=False)(choose_language)
    api.get("/favicon.ico", include_in_schema=False)(_favicon)
    _tell_errors(api, shell)
    describe(api, shell.cookies.session)
    metrics = Metrics(shell)
    api.include_router(metrics.make_router())
    sessions, tokens_ = shell.accounts.sessions, shell.accounts.tokens
    doors = Doors(sessions, tokens_, shell.cookies.session, shell.board.now)
    api.add_middleware(Doorkeeper, doors=doors, page=shell.refusal)
    api.add_middleware(OriginGuard, hosts=hosts)
    api.add_middleware(Timed, durations=metrics.durations)
    return api


def make_app(shell: Shell, hosts: Sequence[str]) -> FastAPI:
    """The whole web of the centre; once in a process, since NiceGUI keeps its pages in one place."""
    api = make_api(shell, hosts)
    for register in PAGES:
        register(shell)
    page_trouble.register(shell)
    nicegui_app.on_startup(shell.poll)
    favicon = HERE / "static" / "seal.svg"
    ui.run_with(api, title=api.title, favicon=favicon, tailwind=False, show_welcome_message=False)
    return api


def choose_language(language: Language, to: str = "/") -> RedirectResponse:
    """Remember the language and go back to page `to` of ours."""
    response = RedirectResponse(sign_in.ours(to), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language.value, max_age=A_YEAR_S, httponly=True, samesite="lax")
    return response


def _favicon() -> RedirectResponse:
    return RedirectResponse("/static/seal.svg", status_code=301)


def _tell_errors(api: FastAPI, shell: Shell) -> None:
    """A sentence for REST, a page for people, never a traceback."""

    def bad_form(request: Request, error: BadForm) -> Response:
        return shell.refused(request, error.status, error.words, **error.values)

    def bad_input(request: Request, error: RequestValidationError) -> Response:
        if request.url.path.startswith(API):
            return told_of_input(request.scope, error.errors())
        fields = ", ".join(str(e["loc"][-1]) for e in error.errors())
        return shell.refused(request, 422, "refused_input", fields=fields)

    def problem(request: Request, error: Problem) -> Response:
        return told(request.scope, error.status, error.words, error.headers, **error.values)

    def trouble(request: Request, error: OfficeError | StoreError) -> Response:
        log.error("%s", error)
        if request.url.path.startswith(API):
            return told(request.scope, 503, "api_trouble")
        return shell.refused(request, 503, "refused_trouble")

    api.exception_handler(BadForm)(bad_form)
    api.exception_handler(RequestValidationError)(bad_input)
    api.exception_handler(Problem)(problem)
    api.exception_handler(OfficeError)(trouble)
    api.exception_handler(StoreError)(trouble)
