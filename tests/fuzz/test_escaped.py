"""What once escaped from decoders of wires and certificates, and what is answered now."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from central.enrolment.authority import EnrolError, public_key_of
from devices.errors import DeviceLost
from devices.feig_obid import protocol as feig
from devices.feig_obid.driver import FeigObid
from devices.honeywell_scanner.protocol import DIALECT as HONEYWELL
from devices.kinds import CodeScanned, TagsChanged
from devices.mmm_810 import protocol as mmm
from devices.pad import Pad
from devices.rl866 import protocol as rl866
from devices.serial_scanner.commands import Sieve
from devices.wedge_scanner import protocol as wedge
from hardware_sim.feig_obid import FeigObid as Reader
from hardware_sim.world import World
from kiosk import device_key
from kiosk.device_key import BadCertificate
from tests.devices import pads
from tests.devices.door_counter.test_ledger import frozen, ledger
from tests.fuzz.messages import CERTIFICATE, CSR
from tests.fuzz.wires import Liar, wired

# -- devices -----------------------------------------------------------------------------------------------


class Falters(Reader):
    """Falls silent when it is to read a book, for as long as it is `mute`."""

    mute = True
    _READ_BLOCKS = b"\xb0\x23"

    def receive(self, data: bytes) -> bytes:
        return b"" if self.mute and data[2:4] == self._READ_BLOCKS else super().receive(data)


def test_books_seen_twice_by_a_reader_that_never_got_to_read_them() -> None:
    """KeyError in Pad: a tag was present that had not been read, since the one before it killed the look."""
    world = World(tags=dict(list(pads.books("feig_obid").items())[:3]))
    world.put(*world.tags)
    reader = Falters(world)
    with wired(reader, Liar(Random(1), lambda chance, data: data, often=0.0)):
        pad = Pad(FeigObid("/dev/pad"))
        for _ in range(2):
            with pytest.raises(DeviceLost):
                pad.poll()
        reader.mute = False
        told = [changed for changed in (pad.poll() for _ in range(4)) if changed]
    assert isinstance(told[-1], TagsChanged)
    assert {tag.uid for tag in told[-1].tags} == {chip.uid for chip in world.tags.values()}
    assert all(tag.afi == pads.HF_AFI for tag in told[-1].tags)


@pytest.mark.parametrize(
    ("parse", "data"),
    [
        (feig.parse_system_information, bytes(11) + b"\x00\x1c\x01"),  # division by a block of no bytes
        (feig.parse_system_information, bytes(11) + b"\xff\x1c\x01"),
        (rl866.parse_system_information, bytes(11) + b"\x1b\xff\x01"),  # no blocks at once: division again
        (mmm.parse_tag_information, b"\x0f\x06\x07\xff\x1b\x00\x01"),
    ],
)
def test_a_tag_whose_blocks_no_tag_has_is_none(parse: Callable[[bytes], object], data: bytes) -> None:
    with pytest.raises(ValueError, match="is no"):
        parse(data)


def test_a_code_behind_an_enter_in_the_same_piece_is_ended_by_silence() -> None:
    """It waited for ever, and came out in front of the next one."""
    decoder = wedge.Decoder()
    keys = b"".join(event.encode() for key in "12\n34" for event in wedge.strokes(key))
    assert decoder.feed(keys, 1.0) == [CodeScanned("12")]
    assert decoder.feed(b"", 2.0) == [CodeScanned("34")]


@pytest.mark.parametrize("piece", [1, 500])
def test_a_reply_longer_than_any_is_text_however_it_comes(piece: int) -> None:
    said = b"CBRENA" + b"1" * 40 + b"\x06."
    sieve = Sieve(HONEYWELL.reply_size)
    text = b"".join(sieve.feed(said[at : at + piece]) for at in range(0, len(said), piece)) + sieve.feed(b"")
    assert (text, sieve.replies) == (said, [])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b"null",
        b"{}",
        b'{"install_id": "00ff"}',
        b'{"install_id": "00ff", "seq": "1"}',
    ],
)
def test_a_counter_node_survives_what_confirms_nothing(payload: bytes) -> None:
    """The task that talks ended with a KeyError, and the node told nothing more until its power was cut."""
    books = ledger.Ledger(None, "00ff")
    frozen(books, [3, 1, 0, 0])
    assert books.heard(payload) is False and len(books.outbox) == 1
    assert books.heard(b'{"install_id": "00ff", "seq": 1}') is True and books.outbox == []


# -- certificates ------------------------------------------------------------------------------------------


CURVE, NO_CURVE = bytes.fromhex("2A8648CE3D030107"), bytes.fromhex("2A8648CE3D030177")
KEY_TYPE, NO_KEY_TYPE = bytes.fromhex("2A8648CE3D0201"), bytes.fromhex("2A8648CE3D0271")
VERSION, NO_VERSION = bytes.fromhex("A003020102"), bytes.fromhex("A003020106")
POINT, NO_POINT = b"\x03\x42\x00\x04", b"\x03\x42\x00\x07"


def pem(der: bytes, name: str) -> bytes:
    return f"-----BEGIN {name}-----\n{b64encode(der).decode()}\n-----END {name}-----\n".encode()


@pytest.mark.parametrize(
    ("was", "became"),
    [(CURVE, NO_CURVE), (KEY_TYPE, NO_KEY_TYPE), (VERSION, NO_VERSION), (POINT, NO_POINT)],
    ids=["curve", "kind of key", "version", "point"],
)
def test_a_certificate_of_another_world_is_refused_in_a_sentence(was: bytes, became: bytes) -> None:
    der = x509.load_pem_x509_certificate(CERTIFICATE).public_bytes(serialization.Encoding.DER)
    assert der.count(was) >= 1
    with pytest.raises(BadCertificate, match="none"):
        device_key.parsed(pem(der.replace(was, became), "CERTIFICATE"))


@pytest.mark.parametrize(("was", "became"), [(CURVE, NO_CURVE), (KEY_TYPE, NO_KEY_TYPE), (POINT, NO_POINT)])
def test_a_request_of_another_world_is_refused_in_a_sentence(was: bytes, became: bytes) -> None:
    der = x509.load_pem_x509_csr(CSR.encode()).public_bytes(serialization.Encoding.DER)
    assert der.count(was) == 1
    with pytest.raises(EnrolError, match="expected a CSR"):
        public_key_of(pem(der.replace(was, became), "CERTIFICATE REQUEST").decode())


def test_a_locked_key_where_the_boards_own_should_be_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "pending.key"
    first = device_key.kept_key(file)
    locked = serialization.BestAvailableEncryption(b"whose?")
    file.write_bytes(
        first.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    assert device_key.kept_key(file).public_key() != first.public_key()
