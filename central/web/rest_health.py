"""REST: whether the centre itself works, for load balancers and others who watch it; nothing to hide in it.

200: people and programs are served; `status` says whether messages come in, too. 503: the store does not
answer, so send them elsewhere.
"""

from enum import Enum

from fastapi import APIRouter, Response
from pydantic import BaseModel

from central.office import OfficeError
from central.store import StoreError
from central.web.rest_base import api_router
from central.web.shell import Shell


class Status(Enum):
    OK = "ok"
    DEGRADED = "degraded"
    """What is shown is old: nothing is received or kept."""
    DOWN = "down"


class CentreHealth(BaseModel):
    """`receiving`: messages come from the broker and are kept; `store`: it answers."""

    status: Status
    receiving: bool
    store: bool


def make_router(shell: Shell) -> APIRouter:
    router = api_router("health")

    @router.get(
        "/health",
        summary="Whether the centre works; for everybody",
        responses={503: {"description": "The store does not answer", "model": CentreHealth}},
        openapi_extra={"security": []},
    )
    def health(response: Response) -> CentreHealth:
        receiving, store = shell.receiving(), _answers(shell)
        status = Status.DOWN if not store else Status.OK if receiving else Status.DEGRADED
        if status is Status.DOWN:
            response.status_code = 503
        response.headers["cache-control"] = "no-store"
        return CentreHealth(status=status, receiving=receiving, store=store)

    return router


def _answers(shell: Shell) -> bool:
    try:
        shell.board.store.reject_count()
        shell.office.row("SELECT 1")
    except (StoreError, OfficeError):
        return False
    return True
