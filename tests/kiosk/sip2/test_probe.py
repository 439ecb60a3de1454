"""The probe's own steps: finding a way in, coming back after a break, and what it measures."""

from collections.abc import Callable, Iterator

import pytest

from kiosk.sip2 import protocol as sip
from kiosk.sip2.connection import WireLost
from kiosk.sip2.errors import IlsRefusedLogin
from kiosk.sip2.probe import Failed, Probe
from kiosk.sip2.server import Server
from tests.kiosk.sip2.conftest import ScriptedIls

STATUS = b"98YYYYNN10000520261122    0751482.00AOMZ|BXYYYYYYYYYYYNYYYY|\r"
OFF = sip.Dialect(checksum=sip.ChecksumPolicy.OFF)
MakeProbe = Callable[..., Probe]


@pytest.fixture
def probing(scripted: ScriptedIls) -> Iterator[MakeProbe]:
    made: list[Probe] = []

    def make(*, login_known: bool = True, port: int | None = None, **changes: object) -> Probe:
        usual = {"user": "kiosk", "password": "mazhang", "reply_timeout_s": 5.0}
        server = Server("127.0.0.1", port or scripted.port, **(usual | changes))  # type: ignore[arg-type]
        made.append(Probe(server, login_known=login_known, encoding_known=True))
        return made[-1]

    yield make
    for probe in made:
        probe.close()


# -- the way in ------------------------------------------------------------------------------------------


def test_a_login_that_is_known_is_not_looked_for(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(b"941\r")
    probe = probing(user="", dialect=sip.Dialect(location_code="mz-1", checksum=sip.ChecksumPolicy.OFF))
    probe.log_in()
    assert scripted.heard == [b"9300CN|COmazhang|CPmz-1|"]


def test_a_server_that_hangs_up_on_a_trailer_is_asked_without(
    scripted: ScriptedIls, probing: MakeProbe
) -> None:
    scripted.will(b"")
    scripted.will(b"941\r")
    probe = probing()
    probe.log_in()
    assert [b"AZ" in line for line in scripted.heard] == [True, False]
    assert not probe.sends_trailer


def test_a_prompt_without_a_user_to_type() -> None:
    prompting = ScriptedIls(b"login: ")
    prompting.will(None)
    server = Server("127.0.0.1", prompting.port, reply_timeout_s=5.0)
    probe = Probe(server, login_known=False, encoding_known=True)
    with pytest.raises(Failed) as caught:
        probe.log_in()
    assert str(caught.value) == "it asks for a user at a prompt: give --login and --password"
    probe.close()
    prompting.close()


def test_a_wrong_password_is_tried_once(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(b"940\r")
    with pytest.raises(IlsRefusedLogin) as caught:
        probing().log_in()
    assert str(caught.value) == f"ILS 127.0.0.1:{scripted.port}: refused user or password: correct them"
    assert len(scripted.heard) == 1


def test_a_server_that_is_silent_to_everything(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(None)
    scripted.will(None)
    with pytest.raises(Failed) as caught:
        probing(reply_timeout_s=0.3).log_in()
    assert str(caught.value) == (
        "it took the connection but never answered: its limit of connections may be used up, or"
        " it is no SIP2 server"
    )


def test_lines_of_welcome_are_no_answer(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(STATUS, b"Welcome\r\nACS ready\r\n941AY2\r\n")
    probe = probing()
    probe.ask(sip.ScStatus())
    probe.log_in()
    status, login = probe.answers
    assert (status.line, login.line) == (STATUS[:-1], b"941AY2")
    assert login.received is not None and login.sequence == 2


def test_a_server_that_only_welcomes_is_left(scripted: ScriptedIls, probing: MakeProbe) -> None:
    for _ in range(3):
        scripted.will(b"Welcome\r" * 8, None)
    with pytest.raises(Failed, match="answered with something that is no SIP2 message, expected message 94"):
        probing().log_in()


# -- after a break ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [b"", STATUS, b"940\r"], ids=["hangs up", "something else", "refused"])
def test_coming_back_raises_nothing(scripted: ScriptedIls, probing: MakeProbe, answer: bytes) -> None:
    scripted.will(answer)
    probing().recover()
    assert len(scripted.heard) == 1


def test_coming_back_with_a_user_that_cannot_be_written_raises_nothing(
    scripted: ScriptedIls, probing: MakeProbe
) -> None:
    scripted.will(None)
    probing(user="ki|osk").recover()
    assert scripted.heard == []


# -- asking ----------------------------------------------------------------------------------------------


def test_without_trailers_an_answer_has_no_number_to_bear(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(STATUS)
    answer = probing(dialect=OFF).ask(sip.ScStatus())
    assert answer.sequence is None and b"AY" not in scripted.heard[0]


def test_a_line_may_be_given_a_time_of_its_own(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(STATUS, None)
    probe = probing(reply_timeout_s=0.0)
    assert probe.send(b"9900302.00\r", timeout_s=5.0).received is not None
    with pytest.raises(WireLost, match="sending failed"):
        probe.send(b"9900302.00\r")


def test_what_took_a_moment_is_told_in_milliseconds(scripted: ScriptedIls, probing: MakeProbe) -> None:
    scripted.will(STATUS)
    assert 0 < probing().send(b"9900302.00\r").took_ms < 60_000
