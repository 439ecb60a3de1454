"""From a received message to what is stored of it, with clocks that lie."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broker_config.from_centre import Confirmed
from broker_config.messages import publication
from broker_config.topics import Identity
from central.intake import KEPT_OF_REJECT, EventHeard, Rejected, understand
from tests.central.heard import NOW, Kiosk, ago

LOAN_TOPIC = "shuzhan/v1/mz-main.kiosk-1/event/loan"


def test_a_loan() -> None:
    heard = Kiosk().loan(ago(minutes=5))
    assert isinstance(heard, EventHeard)
    assert (heard.kind, heard.counts.amount, heard.happened_at) == ("loan", 1, "2026-11-22T02:59:05.000Z")


def test_visits_count_people_in_their_hour() -> None:
    heard = Kiosk().visits(7, ago(hours=1))
    assert isinstance(heard, EventHeard)
    assert (heard.counts.amount, heard.happened_at) == (7, "2026-11-22T02:00:00.000Z")


def test_a_clock_that_cannot_be_believed() -> None:
    """1970 from a board that just woke up, or the future: the time of receipt counts."""
    for at, synced in ((datetime(1970, 1, 1, 0, 3, tzinfo=UTC), False), (ago(days=-3), True)):
        heard = Kiosk().loan(at, synced)
        assert isinstance(heard, EventHeard)
        assert heard.happened_at == "2026-11-22T03:04:05.000Z"


def test_an_event_of_tomorrow_keeps_its_number() -> None:
    """Or its sender would offer it for ever."""
    heard = understand(LOAN_TOPIC, b'{"type":"loan/2","install_id":"i-9","seq":4,"weight":3}', NOW)
    assert isinstance(heard, Rejected)
    assert (heard.identity, heard.install_id, heard.seq) == (Identity("mz-main", "kiosk-1"), "i-9", 4)
    assert "loan/2" in heard.payload


def test_what_the_decoder_skips_must_be_utf8_too() -> None:
    """It is kept as text: such a message once ended the collector."""
    sent = b'{"type":"loan/1","install_id":"i-9","seq":4,"at":"2026-11-22T03:04:05.678Z","clock_synced":true,'
    heard = understand(LOAN_TOPIC, sent + b'"op_id":"o","later":"\xff"}', NOW)
    assert isinstance(heard, Rejected)
    assert (heard.install_id, heard.seq) == ("i-9", 4)


def test_a_clock_older_than_any_kiosk_is_wrong_even_if_it_calls_itself_right() -> None:
    heard = Kiosk().loan(datetime(2019, 12, 31, tzinfo=UTC))
    assert isinstance(heard, EventHeard)
    assert heard.happened_at == "2026-11-22T03:04:05.000Z"


def test_only_the_centre_confirms() -> None:
    sent = publication(Identity("mz-main", "kiosk-1"), Confirmed(install_id="i-1", seq=3))
    assert isinstance(understand(sent.topic, sent.payload, NOW), Rejected)


def test_a_long_reject_is_kept_in_part() -> None:
    heard = understand(LOAN_TOPIC, "书".encode() * 50_000, NOW)
    assert isinstance(heard, Rejected)
    assert heard.payload == "书" * KEPT_OF_REJECT
    assert heard.size_bytes == 150_000


@given(st.text(max_size=60), st.binary(max_size=200))
def test_never_at_a_loss(topic: str, payload: bytes) -> None:
    for name in (topic, LOAN_TOPIC, "shuzhan/v1/mz-main.kiosk-1/state"):
        heard = understand(name, payload, NOW)
        assert isinstance(heard, Rejected)
        assert heard.reason
