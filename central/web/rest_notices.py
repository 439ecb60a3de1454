"""REST: announcements on the idle screens; all read them, the main library writes them; `central.notices`."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from central.notices import BadNotice, Draft, NoticeKept
from central.web.rest_base import Asking, Number, api_router
from central.web.rest_problems import Problem
from central.web.shell import Shell


class NewNotice(BaseModel):
    """`audience`: the id of a place, a level (main, branch, point), or all. Without English the Chinese is
    shown."""

    model_config = ConfigDict(extra="forbid")

    audience: Annotated[str, Field(max_length=64)]
    title_zh: Annotated[str, Field(min_length=1, max_length=200)]
    title_en: Annotated[str, Field(max_length=200)] = ""
    body_zh: Annotated[str, Field(max_length=1000)] = ""
    body_en: Annotated[str, Field(max_length=1000)] = ""
    start: AwareDatetime
    end: AwareDatetime


class NoticeView(NewNotice):
    id: int
    made_by: str


def make_router(shell: Shell) -> APIRouter:
    router = api_router("notices")
    notices = shell.dispatch.notices

    @router.get("/notices", summary="Every notice; the one that began or will begin last comes first")
    def all_() -> list[NoticeView]:
        return [_view(one) for one in notices.all()]

    @router.post("/notices", summary="Announce something", status_code=201)
    def add(visitor: Asking, wanted: NewNotice) -> NoticeView:
        draft = _draft(wanted)
        number = notices.add(visitor.actor(), draft)
        if isinstance(number, BadNotice):
            raise Problem(422, number.value)
        return _view(NoticeKept(number, draft, visitor.principal.name))

    @router.put("/notices/{number}", summary="Announce it differently", status_code=204)
    def change(visitor: Asking, number: Number, wanted: NewNotice) -> None:
        done = notices.change(visitor.actor(), number, _draft(wanted))
        if isinstance(done, BadNotice):
            raise Problem(422, done.value)
        if not done:
            raise Problem(404, "api_no_notice")

    @router.delete("/notices/{number}", summary="Announce it no longer", status_code=204)
    def remove(visitor: Asking, number: Number) -> None:
        if not notices.remove(visitor.actor(), number):
            raise Problem(404, "api_no_notice")

    return router


def _draft(wanted: NewNotice) -> Draft:
    return Draft(**wanted.model_dump())


def _view(one: NoticeKept) -> NoticeView:
    return NoticeView(id=one.id, made_by=one.made_by, **vars(one.draft))
