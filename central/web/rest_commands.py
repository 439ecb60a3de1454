"""REST: commands to the kiosks of one's own places, and what came of them; `central.commands`."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from broker_config.topics import Identity
from central.accounts.roles import Principal
from central.commands import COMMANDS, MINUTES, USUAL_MINUTES, BadCommand, CommandKept, Status
from central.web.rest_base import Asking, Limit, api_router, known
from central.web.rest_problems import Problem
from central.web.shell import Shell

Name = Enum("Name", {name.upper(): name for name in COMMANDS})  # type: ignore[misc]  # from the one table
CommandId = Annotated[str, Path(max_length=40)]
MOST_READ = 1000


class NewCommand(BaseModel):
    """`fields` are the command's own: `reason` and `until` of out_of_service, `lines` of logs, `device` of
    identify. Not carried out within `minutes` it is not carried out at all."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    minutes: Annotated[int, Field(ge=MINUTES[0], le=MINUTES[-1])] = USUAL_MINUTES
    fields: Annotated[dict[str, str | int], Field(max_length=4)] = {}


class Issued(BaseModel):
    id: str


class CommandView(BaseModel):
    """`attachment`: what the kiosk sent with its answer can be fetched."""

    id: str
    place: str
    kiosk: str
    name: str
    fields: dict[str, Any]
    issued_at: datetime
    expires_at: datetime
    issued_by: str
    status: Status
    answered_at: datetime | None
    reason: str
    attachment: bool


class CommandRoutes:
    """Issuing, listing, and fetching what came of it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._commands, self._board = shell.dispatch.commands, shell.board

    def _found(self, principal: Principal, command_id: str) -> CommandKept:
        one = self._commands.one(command_id, self._board.now())
        if one is None or not principal.sees(one.identity.place):
            raise Problem(404, "api_no_command")
        return one

    def issue(
        self, visitor: Asking, place_id: str, kiosk: Annotated[str, Path(max_length=40)], wanted: NewCommand
    ) -> Issued:
        identities = [one.identity for one in self._board.store.kiosks(known(self._shell, place_id))]
        identity = _among(identities, kiosk)
        try:
            name = str(wanted.name.value)
            return Issued(
                id=self._commands.issue(visitor.actor(), identity, name, wanted.minutes, **wanted.fields)
            )
        except BadCommand as error:
            raise Problem(422, "api_decision", why=str(error)) from error

    def all_(
        self, visitor: Asking, place: Annotated[str | None, Query(max_length=64)] = None, limit: Limit = 100
    ) -> list[CommandView]:
        of = known(self._shell, place) if place is not None else None
        kept = self._commands.all(self._board.now(), of, MOST_READ)
        return [_view(one) for one in kept if visitor.principal.sees(one.identity.place)][:limit]

    def one(self, visitor: Asking, command_id: CommandId) -> CommandView:
        return _view(self._found(visitor.principal, command_id))

    def attachment(self, visitor: Asking, command_id: CommandId) -> Response:
        self._found(visitor.principal, command_id)
        kept = self._commands.attachment(command_id)
        if kept is None:
            raise Problem(404, "api_no_attachment")
        headers = {"content-disposition": f'attachment; filename="{command_id}"', "cache-control": "no-store"}
        return Response(kept.content, media_type="application/octet-stream", headers=headers)


def make_router(shell: Shell) -> APIRouter:
    routes = CommandRoutes(shell)
    router = api_router("commands")
    router.post(
        "/places/{place_id}/kiosks/{kiosk}/commands",
        summary="Order something of a kiosk; carried out when nobody is being served",
        status_code=201,
    )(routes.issue)
    router.get("/commands", summary="Commands, newest first")(routes.all_)
    router.get("/commands/{command_id}", summary="One command and what came of it")(routes.one)
    router.get(
        "/commands/{command_id}/attachment",
        summary="What the kiosk sent with its answer: a log or a picture, without anything of a reader",
        response_class=Response,
        responses={200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}},
    )(routes.attachment)
    return router


def _among(identities: Sequence[Identity], kiosk: str) -> Identity:
    """One that was heard of: a command for another would wait for nobody."""
    identity = next((one for one in identities if one.device == kiosk), None)
    if identity is None:
        raise Problem(404, "api_no_kiosk")
    return identity


def _view(one: CommandKept) -> CommandView:
    return CommandView(
        id=one.id,
        place=one.identity.place,
        kiosk=one.identity.device,
        name=one.name,
        fields=one.fields,
        issued_at=one.issued_at,
        expires_at=one.expires_at,
        issued_by=one.issued_by,
        status=one.status,
        answered_at=one.answered_at,
        reason=one.reason,
        attachment=bool(one.media_type),
    )
