"""REST: raw events as CSV or Parquet, streamed; for the main library. What is in it: `central.export`."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from central.export import KINDS, LONGEST, MAKERS, ExportError, Format, Wanted, note, rows
from central.web.rest_base import Asking, api_router, known
from central.web.rest_problems import Problem
from central.web.shell import Shell

FILES = {
    200: {
        "description": "The file",
        "content": {
            maker.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for maker in MAKERS.values()
        },
    }
}


def make_router(shell: Shell) -> APIRouter:
    router = api_router("export")

    @router.get(
        "/export",
        summary="Events as a file, both days included; written in the audit log",
        response_class=StreamingResponse,
        responses=FILES,  # type: ignore[arg-type]  # FastAPI wants a looser dict
    )
    def export(
        visitor: Asking,
        first: Annotated[date, Query(alias="from", description="local day")],
        last: Annotated[date, Query(alias="to", description="local day, included")],
        *,
        kind: Annotated[list[str], Query(max_length=40, description=", ".join(KINDS))] = [],  # noqa: B006
        place: Annotated[str | None, Query(max_length=64)] = None,
        format: Format = Format.CSV,
        reader_tokens: Annotated[bool, Query(description="with the readers' monthly tokens")] = False,
    ) -> StreamingResponse:
        try:
            wanted = Wanted(first, last, frozenset(kind), place and known(shell, place), reader_tokens)
        except ExportError as error:
            if set(kind) - set(KINDS):
                raise Problem(422, "api_input", wrong=f"kind ({', '.join(KINDS)})") from error
            raise Problem(422, "api_range", first="from", last="to", days=LONGEST.days) from error
        note(shell.office, visitor.actor(), wanted)
        maker = MAKERS[format]
        found = rows(shell.board.store, shell.board.zone, wanted)
        name = f"shuzhan-{first}-{last}.{format.value}"
        return StreamingResponse(
            maker.make(wanted.columns, found),
            media_type=maker.media_type,
            headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
        )

    return router
