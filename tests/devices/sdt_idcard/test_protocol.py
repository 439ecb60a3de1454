"""Frames and answers. The bytes are those of the published command set (GA 467), as
shared/reference/cards-and-ids.md gives them; the text's layout is from there too."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.sdt_idcard.protocol import (
    BAD_CARD,
    BAD_CHECKSUM,
    BAD_LENGTH,
    START,
    Answer,
    CardNumber,
    Command,
    Decoder,
    IdKind,
    Status,
    checksum,
    encode,
    encode_answer,
    sam_serial,
)

SAMPLE = "11010519491231002X"
"""The published sample number; the others are published samples of their permits."""
HOST = {
    "0003 10 FF EC": Command.RESET,
    "0003 11 FF ED": Command.STATUS,
    "0003 12 FF EE": Command.SAM_ID,
    "0003 20 01 22": Command.FIND,
    "0003 20 02 21": Command.SELECT,
    "0003 30 01 32": Command.READ,
    "0003 30 10 23": Command.READ_WITH_FINGERPRINT,
    "0003 60 00 63": Command.BAUD_115200,
    "0003 60 04 67": Command.BAUD_9600,
}
ANSWERS = {
    "0004 00 00 90 94": Answer(Status.OK),
    "0008 00 00 9F 00000000 97": Answer(Status.FOUND, bytes(4)),
    "0004 00 00 80 84": Answer(Status.NO_CARD),
    "000C 00 00 90 0000000000000000 9C": Answer(Status.OK, bytes(8)),
    "0004 00 00 81 85": Answer(Status.NOT_SELECTED),
}


def wire(after_start: str) -> bytes:
    return START + bytes.fromhex(after_start)


def text(number: str, letter: str = " ") -> bytearray:
    """A card's 256 bytes: a field of the layout is written where the reference says it stands."""
    made = bytearray(" ".encode("utf-16-le") * 128)
    for at, words in (
        (0, "张样例"),
        (52, "湛江市麻章区样例村"),
        (122, number),
        (158, "样例市公安局"),
        (248, letter),
    ):
        written = words.encode("utf-16-le")
        made[at : at + len(written)] = written
    return made


def read_answer(card: bytes, sizes: str = "0100 0400", fingerprint: int = 0) -> bytes:
    photo = bytes(n & 0xFF for n in range(1024))
    return encode_answer(Status.OK, bytes.fromhex(sizes) + card + photo + bytes(fingerprint))


@pytest.mark.parametrize(("bytes_after_start", "command"), HOST.items())
def test_commands_of_the_reference(bytes_after_start: str, command: Command) -> None:
    assert encode(command) == wire(bytes_after_start)


@pytest.mark.parametrize(("bytes_after_start", "answer"), ANSWERS.items())
def test_answers_of_the_reference(bytes_after_start: str, answer: Answer) -> None:
    assert Decoder().feed(wire(bytes_after_start)) == [answer]
    assert encode_answer(answer.status, answer.data) == wire(bytes_after_start)


@pytest.mark.parametrize(
    ("sizes", "fingerprint", "in_all", "head"),
    [
        ("0100 0400", 0, 1295, "0508 000090 0100 0400"),
        ("0100 0400 0400", 1024, 2321, "090A 000090 0100 0400 0400"),
        ("0100 0400 0200", 512, 1809, "070A 000090 0100 0400 0200"),
        ("0100 0400 0000", 0, 1297, "050A 000090 0100 0400 0000"),
    ],
)
def test_a_card_with_and_without_fingerprints(sizes: str, fingerprint: int, in_all: int, head: str) -> None:
    whole = read_answer(text(SAMPLE), sizes, fingerprint)
    assert len(whole) == in_all and whole.startswith(wire(head))
    assert Decoder().feed(whole) == [CardNumber(IdKind.RESIDENT, SAMPLE)]


@pytest.mark.parametrize(
    ("letter", "number", "found"),
    [
        (" ", SAMPLE, CardNumber(IdKind.RESIDENT, SAMPLE)),
        ("\0", SAMPLE, CardNumber(IdKind.RESIDENT, SAMPLE)),
        ("J", "810000199408230021", CardNumber(IdKind.HONG_KONG_MACAO_TAIWAN, "810000199408230021")),
        ("Y", "911124198108030024", CardNumber(IdKind.FOREIGNER_2023, "911124198108030024")),
        # 15 characters, and the country stands right behind the field
        ("I", "CAN110081080510CAN", CardNumber(IdKind.FOREIGNER_2017, "CAN110081080510")),
    ],
)
def test_each_layout(letter: str, number: str, found: CardNumber) -> None:
    assert Decoder().feed(read_answer(text(number, letter))) == [found]
    assert number not in repr(found)


@pytest.mark.parametrize(
    "number", ["", "1101051949123100 2X", "证件号码", "\ud800".encode("utf-16-le", "surrogatepass")]
)
def test_a_number_that_cannot_be_is_no_card(number: str | bytes) -> None:
    card = text("")
    written = number.encode("utf-16-le") if isinstance(number, str) else number
    card[122 : 122 + len(written)] = written
    assert Decoder().feed(read_answer(card)) == [BAD_CARD]


def test_other_sizes_than_announced_are_no_card() -> None:
    assert Decoder().feed(read_answer(text(SAMPLE), "0100 0401")) == [BAD_CARD]


@pytest.mark.parametrize("at", [7, 200, 600, 1294])
def test_one_flipped_bit_anywhere_is_a_wrong_checksum(at: int) -> None:
    damaged = bytearray(read_answer(text(SAMPLE)))
    damaged[at] ^= 0x10
    assert Decoder().feed(bytes(damaged)) == [BAD_CHECKSUM]


@pytest.mark.parametrize("length", ["0000", "0003", "0041", "0507", "FFFF"])
def test_a_length_of_no_answer_costs_no_other(length: str) -> None:
    assert Decoder().feed(wire(length) + wire("0004 000090 94")) == [BAD_LENGTH, Answer(Status.OK)]


def test_byte_by_byte_behind_noise() -> None:
    decoder = Decoder()
    sent = bytes.fromhex("00 AA AA AA AA 96 00 FF") + wire("0004 000080 84") + read_answer(text(SAMPLE))
    items = [item for byte in sent for item in decoder.feed(bytes([byte]))]
    assert items == [Answer(Status.NO_CARD), CardNumber(IdKind.RESIDENT, SAMPLE)]


def test_a_start_behind_one_byte_too_many_of_its_first() -> None:
    assert Decoder().feed(b"\xaa" + wire("0004 000090 94")) == [Answer(Status.OK)]


def test_a_truncated_answer_waits_for_more() -> None:
    decoder, whole = Decoder(), read_answer(text(SAMPLE))
    assert decoder.feed(whole[:700]) == []
    assert decoder.feed(whole[700:]) == [CardNumber(IdKind.RESIDENT, SAMPLE)]


@pytest.mark.parametrize("read_so_far", [200, 700, 1294, 1295])
def test_the_decoder_never_holds_name_address_or_photo(read_so_far: int) -> None:
    """Not even in the middle of an answer, which a pulled plug may leave there for long."""
    decoder = Decoder()
    left = decoder.feed(read_answer(text(SAMPLE))[:read_so_far])
    held = b"".join(
        value for value in gc.get_referents(vars(decoder)) if isinstance(value, bytes | bytearray)
    )
    shown = held + repr(left).encode() + repr(decoder).encode()
    for secret in ("张样例", "湛江", "公安局"):
        assert secret.encode("utf-16-le") not in shown and secret.encode() not in shown
    assert bytes(range(16, 32)) not in held and len(held) < 64


def test_a_sams_number_as_it_is_printed() -> None:
    assert (
        sam_serial(bytes.fromhex("0500 0100 E7423201 7C530000 1F6F0956"))
        == "05.01-20071143-0000021372-1443458847"
    )
    assert sam_serial(bytes(15)) is None


@given(st.binary(max_size=3000), st.integers(1, 400))
def test_noise_never_breaks_it(noise: bytes, piece: int) -> None:
    decoder = Decoder()
    for at in range(0, len(noise), piece):
        decoder.feed(noise[at : at + piece])
    decoder.feed(bytes(2400))  # whatever the noise began is over now
    assert decoder.feed(encode_answer(Status.FOUND, bytes(4))) == [Answer(Status.FOUND, bytes(4))]


@given(st.sampled_from(Status), st.binary(max_size=60))
def test_there_and_back(status: Status, data: bytes) -> None:
    sent = encode_answer(status, data)
    assert checksum(sent[len(START) :]) == 0
    assert Decoder().feed(sent) == [Answer(status, data)]
