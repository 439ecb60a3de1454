"""What OpenAPI says beyond the routes: the two ways of showing who asks, and how refusals look."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from central.web.rest_problems import MEDIA_TYPE, ProblemBody

REFUSALS = {
    "401": "Nobody: sign in, or send a valid token",
    "403": "The role does not suffice, or the place is not one of yours",
    "404": "There is no such thing",
    "422": "What was sent is not as described here",
    "503": "The centre cannot read or save at the moment",
}
REFUSALS_OF_BODIES = {"413": "The body is too large", "429": "Too many: Retry-After says when to try again"}
NOT_MODIFIED = {"description": "Nothing has changed since the entity tag in If-None-Match"}
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe(api: FastAPI, cookie: str) -> None:
    """Let `api` describe sessions and tokens with every route."""

    def description() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _completed(
                get_openapi(
                    title=api.title,
                    version=api.version,
                    routes=api.routes,
                    description="Times are UTC, days those of the library. What is null is not known.",
                ),
                cookie,
            )
        return api.openapi_schema

    api.openapi = description  # type: ignore[method-assign]  # FastAPI's own way of changing it


def _completed(schema: dict[str, Any], cookie: str) -> dict[str, Any]:
    components = schema.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "made on the tokens page"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "signed in"},
    }
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = ProblemBody.model_json_schema()
    schema["security"] = [{"token": []}, {"session": []}]
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            _complete(operation["responses"], method, "requestBody" in operation)
    return schema


def _complete(responses: dict[str, Any], method: str, has_body: bool) -> None:
    responses.pop("422", None)  # FastAPI's own, which is not how ours looks
    refusals = REFUSALS | (REFUSALS_OF_BODIES if has_body else {})
    for status, sentence in refusals.items():
        responses.setdefault(status, {"description": sentence, "content": PROBLEM})
    if method == "get":
        responses.setdefault("304", NOT_MODIFIED)
