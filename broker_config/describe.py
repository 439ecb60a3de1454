"""The promise for those who read JSON and not Python: JSON Schema per message, and one AsyncAPI document.

Written to `schemas/` by `python -m broker_config schemas`; a test fails when they no longer match.
"""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from broker_config import topics
from broker_config.commands import Command
from broker_config.field_words import words_for
from broker_config.from_centre import Certificate, Confirmed, Notices, Resend, Wanted
from broker_config.lists import Lists
from broker_config.messages import WAYS, Message
from broker_config.topics import Identity

FOLDER = Path(__file__).parent / "schemas"
_ANYONE = Identity("place", "device")
_FROM_CENTRE: frozenset[type[Message]] = frozenset(
    {Wanted, Confirmed, Resend, Lists, Certificate, *(cls for cls in WAYS if issubclass(cls, Command))}
)
_AUDIENCE = "audience"


def documents() -> dict[str, str]:
    """File name -> text of every published description."""
    described: dict[str, Any] = {f"{_name(cls)}.json": _schema(cls) for cls in (*WAYS, Notices)}
    described["asyncapi.json"] = _asyncapi()
    return {
        name: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for name, content in described.items()
    }


def write(folder: Path = FOLDER) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _name(cls: type[Message | Notices]) -> str:
    """DeviceChanged -> device_changed, as in topics."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def _schema(cls: type[Message | Notices]) -> dict[str, Any]:
    schema = msgspec.json.schema(cls)
    _put_words(schema["$defs"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _put_words(components: dict[str, Any]) -> None:
    """A sentence for every field that has none of its type."""
    for name, schema in components.items():
        for field, described in schema.get("properties", {}).items():
            if words := words_for(name, field):
                described.setdefault("description", words)


def _asyncapi() -> dict[str, Any]:
    schemas, components = msgspec.json.schema_components(
        [*WAYS, Notices], ref_template="#/components/schemas/{name}"
    )
    _put_words(components)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shuzhan: kiosk and centre",
            "version": topics.ROOT.rpartition("/")[2],
            "description": "Operations are the kiosk's: it sends its state and events, it receives the rest.",
        },
        "defaultContentType": "application/json",
        "channels": {_name(cls): _channel(cls) for cls in WAYS} | {_name(Notices): _notices_channel()},
        "operations": {_operation(cls): _operation_of(cls) for cls in WAYS}
        | {f"receive_{_name(Notices)}": _receives(Notices, retain=True)},
        "components": {
            "messages": {
                _name(cls): {"name": cls.__name__, "payload": schema}
                for cls, schema in zip((*WAYS, Notices), schemas, strict=True)
            },
            "schemas": components,
        },
    }


def _channel(cls: type[Message]) -> dict[str, Any]:
    return {
        "address": WAYS[cls].topic(_ANYONE).replace(str(_ANYONE), "{identity}"),
        "parameters": {"identity": {"description": "<place>.<device>, the certificate's common name"}},
        "messages": {_name(cls): {"$ref": f"#/components/messages/{_name(cls)}"}},
    }


def _notices_channel() -> dict[str, Any]:
    return {
        "address": topics.notices(_AUDIENCE).replace(_AUDIENCE, "{audience}"),
        "parameters": {"audience": {"description": "a place, a level of places, or all"}},
        "messages": {_name(Notices): {"$ref": f"#/components/messages/{_name(Notices)}"}},
    }


def _receives(cls: type[Message | Notices], retain: bool) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{_name(cls)}"},
        "bindings": {"mqtt": {"qos": 1, "retain": retain}},
    }


def _operation(cls: type[Message]) -> str:
    return f"{'receive' if cls in _FROM_CENTRE else 'send'}_{_name(cls)}"


def _operation_of(cls: type[Message]) -> dict[str, Any]:
    return {
        "action": "receive" if cls in _FROM_CENTRE else "send",
        "channel": {"$ref": f"#/channels/{_name(cls)}"},
        "bindings": {"mqtt": {"qos": WAYS[cls].qos, "retain": WAYS[cls].retain}},
    }
