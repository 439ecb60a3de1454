"""SIP2: lines in any pieces and every message, in each dialect's encoding, as a kiosk hears them."""

from collections.abc import Iterable

from hardware_sim.ils.dialects import DIALECTS
from kiosk.sip2 import protocol as sip
from kiosk.sip2.framing import Decoder
from tests import vectors
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import as_stream, mutations_of

_CAPTURED = [line for _, line in vectors.sip2_lines() if line]
_LINES = [line.strip(b"\r\n") for line in _CAPTURED]
_TITLE = "12" + "1NNY20261122    030405AOmz|AA25240000010010|AB35240000000019|AJ渱三体|AH20261220|AY1AZ0000"


def _lines(stream: Iterable[bytes]) -> object:
    decoder = Decoder()
    return [line for piece in stream for line in decoder.feed(piece)]


def _parsed(dialect: sip.Dialect) -> Act:
    """What is understood can be asked for all it says, and is nobody's to log."""

    def act(line: bytes) -> bool:
        received = sip.parse(line, dialect)
        message = received.message
        assert repr(message) == f"<{type(message).__name__} {message.code}>"
        if isinstance(message, sip.PatronInformation):
            assert all(isinstance(message.entries(summary), tuple) for summary in sip.Summary)
        if isinstance(message, sip.AcsStatus):
            message.supports("11")
        sip.read_due(getattr(message, "due_date", None))
        return True

    return act


def _due(data: bytes) -> bool:
    return sip.read_due(data.decode("utf-8", "replace")) is not None


TARGETS = (
    Target("wire SIP2", mutations_of(*_CAPTURED), as_stream(_lines), (sip.BadMessage,)),
    *(
        Target(
            f"SIP2 of {name}",
            mutations_of(*_LINES, _TITLE.encode(dialect.wire.encoding.value, "replace")),
            _parsed(dialect.wire),
            (sip.BadMessage,),
        )
        for name, dialect in DIALECTS.items()
    ),
    *(
        Target(
            f"SIP2 in {encoding.value}",
            mutations_of(*_LINES, _TITLE.encode(encoding.value, "replace")),
            _parsed(sip.Dialect(encoding=encoding)),
            (sip.BadMessage,),
        )
        for encoding in (sip.Encoding.CP850, sip.Encoding.ASCII)
    ),
    Target("due dates", mutations_of(b"20261220    235900", b"2026-12-20 23:59", b"20261220"), _due),
)
