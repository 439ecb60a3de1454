"""What every route of REST is made of: the version in its path, who asks, places that exist, pages
that follow one another by the `Link` header, and answers that need not be sent twice.
"""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute

from central.web.rest_problems import Problem
from central.web.shell import Shell
from central.web.visitor import Visitor, visitor_of

PREFIX = "/api/v1"
LARGEST_NUMBER = 2**53
"""What JavaScript can still count."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def asking(request: Request) -> Visitor:
    return visitor_of(request)


Asking = Annotated[Visitor, Depends(asking)]
Limit = Annotated[
    int, Query(ge=1, le=1000, description="at most so many; the Link header leads to the next page")
]
Mark = Annotated[str | None, Query(max_length=80, description="as the Link header of the page before says")]
Before = Annotated[
    int | None, Query(ge=1, le=LARGEST_NUMBER, description="as the Link header of the page before says")
]
Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]


class Tagged(APIRoute):
    """Marks what it answers to GET with a weak entity tag, and says 304 to whoever has just that."""

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            response = await answer(request)
            if not _may_be_kept(request, response):
                return response
            tag = f'W/"{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
            response.headers["etag"] = tag
            response.headers["cache-control"] = "private, no-cache"
            if tag not in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
                return response
            kept = {key: response.headers[key] for key in ("etag", "cache-control")}
            return Response(status_code=304, headers=kept)

        return handler


def _may_be_kept(request: Request, response: Response) -> bool:
    told = response.headers.get("cache-control", "")
    return request.method == "GET" and response.status_code == 200 and not told and hasattr(response, "body")


def api_router(subject: str) -> APIRouter:
    """Its handlers are plain functions: FastAPI runs them in its thread pool, so a query stalls nobody."""
    return APIRouter(prefix=PREFIX, tags=[subject], route_class=Tagged)


def known(shell: Shell, place_id: str) -> str:
    """The id of a place there is."""
    if shell.board.places.find(place_id) is None:
        raise Problem(404, "api_no_place", place=place_id)
    return place_id


def as_json(value: object) -> Response:
    """Of values of ours, which need no checking on the way out: for long answers, many times faster."""
    return Response(msgspec.json.encode(value), media_type="application/json")


def lead_on(request: Request, response: Response, **mark: str | int | None) -> None:
    """Lets the answer lead to its next page, if there is one: the same query but for the mark."""
    if all(value is not None for value in mark.values()):
        query = urlencode({**request.query_params, **mark})
        response.headers["link"] = f'<{request.url.path}?{query}>; rel="next"'
