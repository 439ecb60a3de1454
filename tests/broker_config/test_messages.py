"""Every class of message: its bytes, its way, its published schema, and what is refused."""

import json
from datetime import UTC, datetime, timedelta, timezone

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import topics
from broker_config.describe import FOLDER, documents
from broker_config.events import Loan, Visits
from broker_config.from_centre import Wanted
from broker_config.messages import (
    LARGEST_PAYLOAD_BYTES,
    WAYS,
    BadMessage,
    Message,
    decode,
    encode,
    publication,
    read,
)
from broker_config.status import Health, State
from broker_config.topics import Identity
from broker_config.values import hour, moment, timestamp
from tests.broker_config.examples import EVERY

KIOSK = Identity("mz-taiping-03", "kiosk-1")
# Written by hand after DESIGN §6, with a field of a later version.
LOAN_ON_THE_WIRE = (
    b'{"type": "loan/1", "install_id": "a3", "seq": 12, "at": "2026-11-22T03:04:05.678Z", '
    b'"clock_synced": true, "op_id": "op-12", "shelf": "I247"}'
)


def test_every_class_has_an_example_and_a_way() -> None:
    assert {type(message) for message in EVERY} == set(WAYS)


def test_a_message_written_by_hand() -> None:
    loan = decode(Loan, LOAN_ON_THE_WIRE)
    assert loan == Loan(
        install_id="a3", seq=12, at="2026-11-22T03:04:05.678Z", clock_synced=True, op_id="op-12"
    )


@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_round_trip_by_topic(message: Message) -> None:
    sent = publication(KIOSK, message)
    address, received = read(sent.topic, sent.payload)
    assert (address.identity, received) == (KIOSK, message)


def test_ways_are_pinned() -> None:
    """Literal: topic, QoS and retain of every class are a promise to kiosks in the field."""
    ways = {
        cls.__name__: (way.topic(KIOSK).rpartition(f"{KIOSK}/")[2], way.qos, way.retain)
        for cls, way in WAYS.items()
    }
    assert ways == {
        "State": ("state", 1, True),
        "Health": ("health", 0, False),
        "Loan": ("event/loan", 1, False),
        "Return": ("event/return", 1, False),
        "Renewal": ("event/renewal", 1, False),
        "Refusal": ("event/refusal", 1, False),
        "Dispute": ("event/dispute", 1, False),
        "Visits": ("event/visits", 1, False),
        "DeviceChanged": ("event/device_changed", 1, False),
        "AlarmRaised": ("event/alarm_raised", 1, False),
        "AlarmCleared": ("event/alarm_cleared", 1, False),
        "StaffAction": ("event/staff_action", 1, False),
        "Rotation": ("event/rotation", 1, False),
        "CertificateRequest": ("event/certificate_request", 1, False),
        "CommandResult": ("event/command_result", 1, False),
        "Wanted": ("wanted", 1, True),
        "Confirmed": ("confirmed", 1, True),
        "Resend": ("cmd/resend", 1, False),
        "Lists": ("cmd/lists", 1, False),
        "Restart": ("cmd/restart", 1, False),
        "OutOfService": ("cmd/out_of_service", 1, False),
        "InService": ("cmd/in_service", 1, False),
        "Logs": ("cmd/logs", 1, False),
        "Screenshot": ("cmd/screenshot", 1, False),
        "SelfTest": ("cmd/self_test", 1, False),
        "Identify": ("cmd/identify", 1, False),
        "UpdateLists": ("cmd/update_lists", 1, False),
        "Certificate": ("cmd/certificate", 1, False),
    }


@pytest.mark.parametrize("message", EVERY, ids=lambda message: type(message).__name__)
def test_published_schema_accepts_what_we_send(message: Message) -> None:
    name = f"{type(message).__name__}"
    schemas = {path.stem.replace("_", ""): path for path in FOLDER.glob("*.json")}
    schema = json.loads(schemas[name.lower()].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(encode(message)))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({"type": "other/1"})


def test_schemas_have_not_drifted() -> None:
    """After a wanted change: python -m broker_config schemas."""
    published = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert published == documents()


def test_asyncapi_refers_only_to_what_it_holds() -> None:
    text = documents()["asyncapi.json"]
    document = json.loads(text)
    references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert len(references) > 20
    for reference in references:
        value = document
        for step in reference.removeprefix("#/").split("/"):
            value = value[step]
    assert document["channels"]["loan"]["address"] == "shuzhan/v1/{identity}/event/loan"


def without(field: str) -> bytes:
    message = json.loads(LOAN_ON_THE_WIRE)
    del message[field]
    return json.dumps(message).encode()


def with_value(field: str, value: object) -> bytes:
    return json.dumps({**json.loads(LOAN_ON_THE_WIRE), field: value}).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{",
        b"[" * 60_000,
        b'"' + b"a" * LARGEST_PAYLOAD_BYTES + b'"',
        without("seq"),
        with_value("type", "loan/2"),
        with_value("seq", 0),
        with_value("seq", 2**63),
        with_value("seq", "12"),
        with_value("at", "2026-11-22 03:04:05"),
        with_value("at", "2026-02-31T03:04:05.678Z"),
        with_value("install_id", "a" * 65),
        with_value("install_id", "a b"),
        with_value("reader_token", "4408111990"),
        with_value("clock_synced", 1),
    ],
)
def test_bad_payloads_are_one_short_sentence(payload: bytes) -> None:
    with pytest.raises(BadMessage) as caught:
        decode(Loan, payload)
    assert str(caught.value).startswith("Loan: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_bad(payload: bytes) -> None:
    for cls in (State, Health, Loan, Visits):
        with pytest.raises(BadMessage):
            decode(cls, payload)


def test_a_class_arrives_on_its_own_topic_only() -> None:
    with pytest.raises(BadMessage):
        read(topics.event(KIOSK, "return"), LOAN_ON_THE_WIRE)
    with pytest.raises(BadMessage, match="no message of this version"):
        read(topics.event(KIOSK, "weather"), LOAN_ON_THE_WIRE)


def test_token_keys_are_not_in_what_gets_logged() -> None:
    secret = "00ff" * 16
    wanted = Wanted(version=3, token_keys={"2026-11": secret})
    assert secret not in f"{wanted} {wanted!r}"
    assert "2026-11" in repr(wanted)


def test_times() -> None:
    beijing = timezone(timedelta(hours=8))
    told = timestamp(datetime(2026, 11, 22, 11, 4, 5, 678_901, beijing))
    assert told == "2026-11-22T03:04:05.678Z"
    assert moment(told) == datetime(2026, 11, 22, 3, 4, 5, 678_000, UTC)
    assert hour(datetime(2026, 11, 22, 11, 4, 5, 1, beijing)) == "2026-11-22T03:00:00.000Z"
