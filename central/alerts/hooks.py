"""Posts one message to a webhook: a JSON of ours, a WeCom (企业微信) robot's, or a DingTalk (钉钉) robot's.

Formats: developer.work.weixin.qq.com/document/path/91770 (text of 2048 bytes at most) and
open.dingtalk.com/document/robots/custom-robot-access (signature: base64 of HMAC-SHA256 with the secret over
time in ms, line feed, secret). Both take 20 messages a minute and answer HTTP 200 with an `errcode`, 0 when
all is well.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from central.alerts.config import DingTalk, Hook, WeCom
from central.alerts.errors import DeliveryError
from central.alerts.words import Message

TIMEOUT_S = 15.0
WECOM_BYTES = 2048
DINGTALK_BYTES = 4000
ANSWER_BYTES = 4096


@dataclass(frozen=True)
class Request:
    """What is posted where; `url` and `headers` hold the secrets."""

    url: str = field(repr=False)
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    robot: bool = False


def request(channel: Hook | WeCom | DingTalk, message: Message, now: datetime) -> Request:
    """Pure: what `message` is in the channel's own format."""
    match channel:
        case WeCom():
            return Request(channel.url, _text(message, WECOM_BYTES), robot=True)
        case DingTalk():
            return Request(signed(channel, now), _text(message, DINGTALK_BYTES), robot=True)
        case Hook():
            headers = {"Authorization": f"Bearer {channel.token}"} if channel.token else {}
            return Request(channel.url, msgspec.json.encode(message), headers)


def signed(channel: DingTalk, now: datetime) -> str:
    """The robot's address with time and signature, where it has a secret."""
    if not channel.secret:
        return channel.url
    at_ms = str(int(now.timestamp() * 1000))
    parts = urlsplit(channel.url)
    query = [*parse_qsl(parts.query), ("timestamp", at_ms)]
    query.append(("sign", signature(channel.secret, f"{at_ms}\n{channel.secret}")))
    return urlunsplit(parts._replace(query=urlencode(query)))


def signature(secret: str, text: str) -> str:
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _text(message: Message, most_bytes: int) -> bytes:
    return msgspec.json.encode({"msgtype": "text", "text": {"content": cut(message.text, most_bytes)}})


def cut(text: str, most_bytes: int) -> str:
    """As much of `text` as fits, whole characters; that something is missing is shown."""
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return encoded[: most_bytes - len("…".encode())].decode("utf-8", "ignore") + "…"


def send(channel: Hook | WeCom | DingTalk, message: Message, now: datetime) -> None:
    """DeliveryError says what failed, without the address, which is the secret.

    A redirection is a failure: the secret goes where it was configured for, and nowhere else."""
    wanted = request(channel, message, now)
    try:
        status, answer = _posted(wanted)
    except (OSError, HTTPException) as error:
        raise DeliveryError(f"cannot be reached: {_why(error)}") from None
    if not 200 <= status < 300:
        raise DeliveryError(f"HTTP {status}")
    if wanted.robot:
        _check(answer)


def _posted(wanted: Request) -> tuple[int, bytes]:
    parts = urlsplit(wanted.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    headers = {"Content-Type": "application/json; charset=utf-8", **wanted.headers}
    try:
        connection.request(
            "POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), wanted.body, headers
        )
        response = connection.getresponse()
        return response.status, response.read(ANSWER_BYTES)
    finally:
        connection.close()


def _check(answer: bytes) -> None:
    try:
        said: Any = msgspec.json.decode(answer)
        code = said["errcode"]
    except (msgspec.DecodeError, KeyError, TypeError):
        raise DeliveryError("the robot's answer has no errcode") from None
    if code != 0:
        raise DeliveryError(f"the robot refused: errcode {code!r:.20}")


def _why(error: Exception) -> str:
    words = error.strerror if isinstance(error, OSError) else None
    return words or type(error).__name__
