"""What comes over the broker and over HTTPS: topics, every class of message, lists, claims, certificates."""

import bz2
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker_config import lists, messages, topics
from broker_config.enrolment import BadClaim, EnrolRequest, parse_claim
from central import intake
from central.enrolment.authority import EnrolError, public_key_of
from kiosk import device_key
from kiosk.device_key import BadCertificate
from kiosk.enrol import EnrolFailed, _reply, _sentence
from tests.broker_config.examples import EVERY, NOTICES
from tests.fuzz.engine import Target
from tests.fuzz.inputs import mutations_of

IDENTITY = topics.Identity("mz-taiping-03", "kiosk-1")
NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
_SAID = [messages.publication(IDENTITY, message) for message in EVERY]
_AUDIENCE = messages.announcement("point", NOTICES)
_NOT_OURS = (topics.BadTopic, messages.BadMessage)


def _topic_and_payload(data: bytes) -> tuple[str, bytes]:
    """Both parts may be damaged; the broker lets no other topic than UTF-8 through."""
    topic, _, payload = data.partition(b"\n")
    return topic.decode("utf-8", "replace"), payload


def _read(data: bytes) -> bool:
    """What is believed can be said again, in the same words."""
    _, message = messages.read(*_topic_and_payload(data))
    again = messages.encode(message)
    assert messages.encode(messages.decode(type(message), again)) == again
    repr(message)
    return True


def _collected(data: bytes) -> bool:
    """At the centre nothing is dropped: it is of this version, or kept with a reason."""
    heard = intake.understand(*_topic_and_payload(data), NOW)
    if isinstance(heard, intake.Rejected):
        assert heard.reason and len(heard.payload) <= intake.KEPT_OF_REJECT
        heard.payload.encode()
        return False
    if isinstance(heard, intake.EventHeard):
        assert intake.counts_in(heard.kind, heard.body, heard.happened_at) == heard.counts
        assert heard.happened_at <= intake.told_at(NOW)
    return True


def _notices(data: bytes) -> bool:
    topic, payload = _topic_and_payload(data)
    messages.decode(messages.Notices, payload)
    return topics.notices_audience(topic) is not None


def _topic(data: bytes) -> bool:
    """The address of a topic makes the same topic."""
    text = data.decode("utf-8", "replace")
    topics.notices_audience(text)
    address = topics.parse(text)
    named = f"/{address.name}" if address.name else ""
    assert f"{topics.ROOT}/{address.identity}/{address.branch}{named}" == text
    return True


def _changes(name: lists.ListName, data: bytes) -> bool:
    """As they come, and as the text inside: few mutations of bzip2 are bzip2."""
    entries = []
    for packed in (data, bz2.compress(data)):
        try:
            entries += lists.unpack(name, packed).entries
        except lists.BadChanges as error:
            assert str(error)
    return bool(entries)


def _packed(*entries: lists.Entry) -> Iterator[bytes]:
    packed = lists.pack(["35240000000019"], entries)
    yield packed
    yield bz2.decompress(packed)


_ITEMS = (*_packed(lists.ListedItem("35240000000027", "三国演义")),)
_READERS = (*_packed(lists.ListedReader("25240000010010", ("04A1B2C3",), "overdue", 5, NOW.date())),)

# -- enrolment ---------------------------------------------------------------------------------------------

_KEY = ec.derive_private_key(7, ec.SECP256R1())
CSR = device_key.request(_KEY, "new kiosk")


def _certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(IDENTITY))])
    builder = x509.CertificateBuilder(name, name, _KEY.public_key(), 1, NOW, NOW + timedelta(days=1))
    return builder.sign(_KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


CERTIFICATE = _certificate()
_CA = device_key.parsed(CERTIFICATE)


def _claim(data: bytes) -> bool:
    claim = parse_claim(data.decode("utf-8", "replace"))
    assert parse_claim(str(claim)) == claim
    return True


def _certificate_sent(pem: bytes) -> bool:
    """As the centre's answer bears it: text, whatever is in it."""
    device_key.fingerprint_of(device_key.parsed(pem))
    device_key.checked(pem.decode("utf-8", "replace"), _KEY, _CA, str(IDENTITY))
    return True


def _request_sent(pem: bytes) -> bool:
    return bool(public_key_of(pem.decode("utf-8", "replace")))


def _enrol_answer(said: bytes) -> bool:
    assert isinstance(_sentence(said), str)
    repr(_reply(said))
    return True


_ENROLLED = msgspec.json.encode(
    {
        "identity": str(IDENTITY),
        "certificate": CERTIFICATE.decode(),
        "ca": CERTIFICATE.decode(),
        "broker_host": "centre.example.org",
        "broker_port": 8883,
        "configuration": "[place]\nidentity = 'mz-taiping-03.kiosk-1'\n",
    }
)


def _enrol_request(said: bytes) -> bool:
    return isinstance(msgspec.json.decode(said, type=EnrolRequest), EnrolRequest)


TARGETS = (
    Target(
        "messages",
        mutations_of(*(one.topic.encode() + b"\n" + one.payload for one in _SAID)),
        _read,
        _NOT_OURS,
    ),
    Target(
        "the centre's intake",
        mutations_of(*(one.topic.encode() + b"\n" + one.payload for one in _SAID)),
        _collected,
    ),
    Target(
        "notices", mutations_of(_AUDIENCE.topic.encode() + b"\n" + _AUDIENCE.payload), _notices, _NOT_OURS
    ),
    Target(
        "topics",
        mutations_of(*(one.topic.encode() for one in (*_SAID, _AUDIENCE))),
        _topic,
        (topics.BadTopic,),
    ),
    Target("list of items", mutations_of(*_ITEMS), lambda data: _changes(lists.ListName.ITEMS, data)),
    Target("list of readers", mutations_of(*_READERS), lambda data: _changes(lists.ListName.READERS, data)),
    Target("claim codes", mutations_of(b"K7QM-2F9D", b"00000000"), _claim, (BadClaim,)),
    Target("certificates", mutations_of(CERTIFICATE), _certificate_sent, (BadCertificate,)),
    Target("certificate requests", mutations_of(CSR.encode()), _request_sent, (EnrolError,)),
    Target(
        "answers to enrolment", mutations_of(_ENROLLED, b'{"detail": "no"}'), _enrol_answer, (EnrolFailed,)
    ),
)
