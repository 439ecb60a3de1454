"""What REST answers when something is not possible: problem details (RFC 9457), one sentence in the language
that was asked for (`Accept-Language`), Chinese without a wish. Words are in `words/api.py`.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.types import Scope

from central.web.texts import Language
from central.web.words import TEXTS

MEDIA_TYPE = "application/problem+json"
TOLD_AT_ONCE = 5
"""Wrong fields that one sentence names."""


class ProblemBody(BaseModel):
    """RFC 9457. `detail` says what is wrong, where, and what to do."""

    type: str = Field("about:blank", description="always about:blank: the status says which kind it is")
    title: str = Field(description="the status in words")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="one sentence, Chinese or English by Accept-Language")


class Problem(Exception):
    """Raised by a route; `words` is the key of the sentence, `values` what goes into it."""

    def __init__(
        self, status: int, words: str, headers: Mapping[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = headers
        self.values = values


LANGUAGES = {"zh": Language.CHINESE, "en": Language.ENGLISH}


def language_asked(wishes: str) -> Language:
    """Of an `Accept-Language` header: that of ours which is wished for most."""
    weighed = []
    for wish in wishes.split(","):
        tag, _, weight = wish.partition(";")
        language = LANGUAGES.get(tag.strip().lower()[:2])
        if language is not None:
            weighed.append((_weight(weight), language))
    return max(weighed, key=lambda each: each[0], default=(0.0, Language.CHINESE))[1]


def _weight(text: str) -> float:
    try:
        return float(text.strip().lower().removeprefix("q=")) if text else 1.0
    except ValueError:
        return 0.0


def sentence(language: Language, words: str, **values: object) -> str:
    text = TEXTS[words][0 if language is Language.CHINESE else 1]
    return text.format(**values) if values else text


def told(
    scope: Scope, status: int, words: str, headers: Mapping[str, str] | None = None, **values: object
) -> Response:
    """The answer to the request of `scope`."""
    language = language_asked(Headers(scope=scope).get("accept-language", ""))
    body = ProblemBody(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=sentence(language, words, **values),
    )
    more = {"content-language": language.value, "vary": "accept-language", **(headers or {})}
    return JSONResponse(body.model_dump(), status, more, media_type=MEDIA_TYPE)


# -- input that does not fit the description -----------------------------------------------------------------

WRONG: Mapping[str, str] = {
    "missing": "wrong_missing",
    "extra_forbidden": "wrong_extra",
    "int_parsing": "wrong_integer",
    "int_type": "wrong_integer",
    "int_from_float": "wrong_integer",
    "int_parsing_size": "wrong_integer",
    "bool_parsing": "wrong_truth",
    "greater_than_equal": "wrong_least",
    "less_than_equal": "wrong_most",
    "string_too_short": "wrong_short",
    "string_too_long": "wrong_long",
    "enum": "wrong_choice",
    "literal_error": "wrong_choice",
    "string_pattern_mismatch": "wrong_pattern",
    "date_parsing": "wrong_date",
    "date_from_datetime_parsing": "wrong_date",
    "date_from_datetime_inexact": "wrong_date",
    "date_type": "wrong_date",
    "datetime_parsing": "wrong_time",
    "datetime_from_date_parsing": "wrong_time",
    "datetime_type": "wrong_time",
    "timezone_aware": "wrong_time",
    "json_invalid": "wrong_json",
}
"""Pydantic's names of errors -> keys of ours."""


def told_of_input(scope: Scope, errors: Sequence[Mapping[str, Any]]) -> Response:
    """What was sent is never repeated: it may be a reader's."""
    language = language_asked(Headers(scope=scope).get("accept-language", ""))
    comma = "；" if language is Language.CHINESE else "; "
    wrong = comma.join(_wrong(language, error) for error in errors[:TOLD_AT_ONCE])
    return told(scope, 422, "api_input", wrong=wrong)


def _wrong(language: Language, error: Mapping[str, Any]) -> str:
    key = WRONG.get(error["type"], "wrong_other")
    where = ".".join(str(part) for part in error["loc"][1:]) or "body"
    return sentence(language, key, **{**error.get("ctx", {}), "where": where})
