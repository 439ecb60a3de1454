"""Signed reader codes. Keys and base32 are others': RFC 8032 (Ed25519) test 1 to 3, RFC 4648."""

import base64
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from broker_config.reader_codes import PREFIX, BadReaderCode, ReaderCode, decode, encode, key_id

# RFC 8032 7.1, test 1 and 2: secret and public keys
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
OTHER = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
KEY = Ed25519PrivateKey.from_private_bytes(SECRET)
KEY_ID = key_id(bytes.fromhex(PUBLIC))
KEYS = {KEY_ID: PUBLIC, key_id(bytes.fromhex(OTHER)): OTHER}
CODE = ReaderCode(KEY_ID, 1_795_352_400, 120, bytes(range(10)), "25240000010010")
NUMBERS = st.from_regex(r"[!-{}~]{1,32}", fullmatch=True)


def test_the_key_is_that_of_the_rfc() -> None:
    assert KEY.public_key().public_bytes_raw().hex() == PUBLIC
    # sha256sum of the 32 bytes, its first 8 digits
    assert KEY_ID == "21fe31df"


def test_the_layout_byte_by_byte() -> None:
    text = encode(CODE, KEY.sign)
    assert re.fullmatch("SZ1:[A-Z2-7]+", text) and len(text) < 170
    signed = base64.b32decode(text.removeprefix(PREFIX) + "=" * (-(len(text) - 4) % 8))
    said = bytes.fromhex(KEY_ID + "006b02e750" + "0078") + bytes(range(10)) + b"25240000010010"
    assert signed[:-64] == said
    KEY.public_key().verify(signed[-64:], b"SZ1:" + said)


@pytest.mark.parametrize("change", [str, str.lower, lambda text: f" {text}\r\n"])
def test_it_is_read_back_however_a_scanner_writes_it(change) -> None:
    assert decode(change(encode(CODE, KEY.sign)), KEYS) == CODE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no reader code"),
        ("25240000010010", "no reader code"),
        ("SZ1:", "cut short"),
        ("SZ1:ABC", "cut short|damaged"),
        ("SZ1:0189", "damaged"),
        ("SZ1:证号", "damaged"),
        ("SZ1:" + "A" * 500, "no reader code"),
        ("SZ1:" + "A" * 160, "cannot be"),
    ],
)
def test_what_is_no_code_says_why(text: str, reason: str) -> None:
    with pytest.raises(BadReaderCode, match=reason):
        decode(text, KEYS)


def test_a_code_of_an_unknown_key_names_the_key_and_no_number() -> None:
    with pytest.raises(BadReaderCode, match=f"key {KEY_ID}, which is not known here") as refused:
        decode(encode(CODE, KEY.sign), {})
    assert CODE.reader_id not in str(refused.value) and CODE.reader_id not in repr(CODE)


def test_nobody_else_can_sign_it() -> None:
    thief = Ed25519PrivateKey.generate()
    with pytest.raises(BadReaderCode, match="signature"):
        decode(encode(CODE, thief.sign), KEYS)
    with pytest.raises(BadReaderCode, match="signature"):
        decode(encode(replace(CODE, key_id=key_id(bytes.fromhex(OTHER))), KEY.sign), KEYS)


def test_a_signature_for_something_else_is_none() -> None:
    """What the centre may sign for another purpose does not begin with the prefix."""
    with pytest.raises(BadReaderCode, match="signature"):
        decode(encode(CODE, lambda said: KEY.sign(said.removeprefix(PREFIX.encode()))), KEYS)


@given(st.integers(0, 500), st.integers(0, 7))
def test_any_flipped_bit_is_found(at: int, bit: int) -> None:
    text = encode(CODE, KEY.sign)
    signed = bytearray(base64.b32decode(text.removeprefix(PREFIX) + "=" * (-(len(text) - 4) % 8)))
    signed[at % len(signed)] ^= 1 << bit
    with pytest.raises(BadReaderCode):
        decode(PREFIX + base64.b32encode(signed).decode(), KEYS)


@given(st.integers(0, 2**40 - 1), st.integers(1, 300), st.binary(min_size=10, max_size=10), NUMBERS)
def test_there_and_back(issued_s: int, lifetime_s: int, nonce: bytes, number: str) -> None:
    code = ReaderCode(KEY_ID, issued_s, lifetime_s, nonce, number)
    assert decode(encode(code, KEY.sign), KEYS) == code


@given(st.text(max_size=300).map(lambda text: PREFIX + text) | st.text())
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(BadReaderCode):
        decode(text, KEYS)


@pytest.mark.parametrize(
    "code",
    [
        replace(CODE, lifetime_s=0),
        replace(CODE, lifetime_s=301),
        replace(CODE, nonce=b"short"),
        replace(CODE, reader_id=""),
        replace(CODE, reader_id="a|b"),
        replace(CODE, reader_id="1" * 33),
    ],
)
def test_what_no_code_can_say_is_not_written(code: ReaderCode) -> None:
    with pytest.raises(ValueError, match="code"):
        encode(code, KEY.sign)
