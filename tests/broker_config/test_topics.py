"""Topics as they are written, and that nothing else is taken for one of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config import topics
from broker_config.topics import Address, BadTopic, Identity

KIOSK = Identity("mz-taiping-03", "kiosk-1")


def test_topics_are_pinned() -> None:
    """Kiosks in the field rely on these very words."""
    assert topics.state(KIOSK) == "shuzhan/v1/mz-taiping-03.kiosk-1/state"
    assert topics.health(KIOSK) == "shuzhan/v1/mz-taiping-03.kiosk-1/health"
    assert topics.event(KIOSK, "device_changed") == "shuzhan/v1/mz-taiping-03.kiosk-1/event/device_changed"
    assert topics.command(KIOSK, "restart") == "shuzhan/v1/mz-taiping-03.kiosk-1/cmd/restart"
    assert topics.commands(KIOSK) == "shuzhan/v1/mz-taiping-03.kiosk-1/cmd/+"
    assert topics.wanted(KIOSK) == "shuzhan/v1/mz-taiping-03.kiosk-1/wanted"
    assert topics.confirmed(KIOSK) == "shuzhan/v1/mz-taiping-03.kiosk-1/confirmed"
    assert topics.notices("point") == "shuzhan/v1/notices/point"


@pytest.mark.parametrize(
    ("topic", "address"),
    [
        ("shuzhan/v1/mz-main.kiosk-2/state", Address(Identity("mz-main", "kiosk-2"), "state")),
        ("shuzhan/v1/mz-main.kiosk-2/event/loan", Address(Identity("mz-main", "kiosk-2"), "event", "loan")),
        ("shuzhan/v1/mz-main.kiosk-2/cmd/restart", Address(Identity("mz-main", "kiosk-2"), "cmd", "restart")),
    ],
)
def test_parse(topic: str, address: Address) -> None:
    assert topics.parse(topic) == address


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "shuzhan/v2/mz-main.kiosk-1/state",
        "x/shuzhan/v1/mz-main.kiosk-1/state",
        "shuzhan/v1/mz-main/state",
        "shuzhan/v1/mz-main.kiosk-1",
        "shuzhan/v1/mz-main.kiosk-1/event",
        "shuzhan/v1/mz-main.kiosk-1/state/more",
        "shuzhan/v1/mz-main.kiosk-1/event/Loan",
        "shuzhan/v1/MZ.kiosk-1/state",
        "shuzhan/v1/+.kiosk-1/state",
        "shuzhan/v1/" + "a" * 41 + ".kiosk-1/state",
        "shuzhan/v1/notices/point",
    ],
)
def test_what_is_none_of_ours(topic: str) -> None:
    with pytest.raises(BadTopic):
        topics.parse(topic)


@given(st.text())
def test_parse_never_fails_otherwise(text: str) -> None:
    for topic in (text, f"shuzhan/v1/{text}", f"shuzhan/v1/mz-main.kiosk-1/{text}"):
        try:
            assert topic.startswith("shuzhan/v1/" + str(topics.parse(topic).identity))
        except BadTopic as error:
            assert len(str(error)) < 300
