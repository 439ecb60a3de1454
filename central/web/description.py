"""What OpenAPI says beyond the routes: the two ways of showing who asks."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

REFUSALS = {
    "401": "Nobody: sign in, or send a valid token",
    "403": "The role does not suffice, or the place is not one of yours",
}


def describe(api: FastAPI, cookie: str) -> None:
    """Let `api` describe sessions and tokens with every route."""

    def description() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _with_doors(
                get_openapi(title=api.title, version=api.version, routes=api.routes), cookie
            )
        return api.openapi_schema

    api.openapi = description  # type: ignore[method-assign]  # FastAPI's own way of changing it


def _with_doors(schema: dict[str, Any], cookie: str) -> dict[str, Any]:
    schema.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "made on the users page"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "signed in"},
    }
    schema["security"] = [{"token": []}, {"session": []}]
    detail = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
    content = {"application/json": {"schema": detail}}
    for path in schema["paths"].values():
        for operation in path.values():
            for status, sentence in REFUSALS.items():
                operation["responses"].setdefault(status, {"description": sentence, "content": content})
            if "parameters" in operation:
                missing = {"description": "There is no such thing", "content": content}
                operation["responses"].setdefault("404", missing)
    return schema
