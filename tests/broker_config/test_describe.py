"""The AsyncAPI document by the rules of AsyncAPI 3.0.0, as far as they concern what we use of it.

The specification is at https://www.asyncapi.com/docs/reference/specification/v3.0.0; its JSON Schema is not
on this machine.
"""

import json
import re
from typing import Any

import jsonschema
import pytest

from broker_config.describe import documents
from broker_config.field_words import WORDS, words_for
from broker_config.from_centre import Notices
from broker_config.messages import WAYS
from broker_config.topics import Identity

DOCUMENT: dict[str, Any] = json.loads(documents()["asyncapi.json"])
REFERENCE = {"type": "object", "required": ["$ref"], "maxProperties": 1}
RULES = {
    "type": "object",
    "required": ["asyncapi", "info"],
    "additionalProperties": False,
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "defaultContentType": {"const": "application/json"},
        "info": {"type": "object", "required": ["title", "version"]},
        "channels": {
            "type": "object",
            "propertyNames": {"pattern": "^[\\w-]+$"},
            "additionalProperties": {
                "type": "object",
                "required": ["address", "messages"],
                "properties": {
                    "messages": {"additionalProperties": REFERENCE, "minProperties": 1},
                    "parameters": {
                        "propertyNames": {"pattern": "^[A-Za-z0-9_-]+$"},
                        "additionalProperties": {"type": "object", "required": ["description"]},
                    },
                },
            },
        },
        "operations": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["action", "channel"],
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": REFERENCE,
                    "bindings": {
                        "type": "object",
                        "properties": {
                            "mqtt": {
                                "additionalProperties": False,
                                "properties": {"qos": {"enum": [0, 1, 2]}, "retain": {"type": "boolean"}},
                            }
                        },
                    },
                },
            },
        },
        "components": {
            "type": "object",
            "properties": {
                "messages": {"additionalProperties": {"required": ["name", "payload"]}},
                "schemas": {"additionalProperties": {"type": "object"}},
            },
        },
    },
}


def test_it_follows_the_rules() -> None:
    jsonschema.Draft202012Validator(RULES).validate(DOCUMENT)


def test_the_rules_find_what_is_wrong() -> None:
    for wrong in ({"asyncapi": "2.6.0"}, {"operations": {"x": {"action": "publish"}}}, {"servers!": {}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(RULES).validate(DOCUMENT | wrong)


def test_every_message_has_a_channel_and_one_operation() -> None:
    names = {cls.__name__ for cls in (*WAYS, Notices)}
    assert {message["name"] for message in DOCUMENT["components"]["messages"].values()} == names
    assert len(DOCUMENT["channels"]) == len(names)
    channels = [operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()]
    assert sorted(channels) == sorted(f"#/channels/{name}" for name in DOCUMENT["channels"])


def test_addresses_and_bindings_are_those_of_the_table() -> None:
    identity = Identity("mz-taiping-03", "kiosk-1")
    told = {
        (
            DOCUMENT["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"],
            operation["bindings"]["mqtt"]["qos"],
            operation["bindings"]["mqtt"]["retain"],
        )
        for operation in DOCUMENT["operations"].values()
    }
    expected = {
        (way.topic(identity).replace(str(identity), "{identity}"), way.qos, way.retain)
        for way in WAYS.values()
    }
    assert told == expected | {("shuzhan/v1/notices/{audience}", 1, True)}
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel["parameters"])


def fields() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, field, described)
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
    ]


def test_every_field_is_described() -> None:
    """A new field: a sentence in broker_config/field_words.py."""
    assert [
        f"{name}.{field}" for name, field, described in fields() if not described.get("description")
    ] == []
    assert len(fields()) > 150


def test_no_words_for_fields_that_are_gone() -> None:
    known = {f"{name}.{field}" for name, field, _ in fields()} | {field for _, field, _ in fields()}
    assert set(WORDS) <= known
    assert words_for("OutOfService", "reason") == "shown to readers"
    assert words_for("Nothing", "nothing") is None
