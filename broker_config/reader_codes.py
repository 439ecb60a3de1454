"""A reader code: text for a QR code that says for a few minutes who holds the telephone. Pure.

The centre signs it (`central.reader_cards`), a kiosk checks it without asking anybody (`kiosk.reader_code`).
"SZ1:" and base32 (A to Z, 2 to 7: a QR code's alphanumeric mode, safe with every keyboard), of

    key id 4 | issued 5 (Unix s) | lifetime 2 (s) | nonce 10 | reader number 1 to 32 | signature 64

numbers with the most significant byte first, the signature Ed25519 over "SZ1:" and all that stands before it.
The number can be read by anybody who sees the code, as on a printed card; nobody else can make one.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PREFIX = "SZ1:"
LONGEST_LIFETIME_S = 300
NONCE_BYTES = 10
SIGNATURE_BYTES = 64
_KEY_ID_BYTES, _ISSUED_BYTES, _LIFETIME_BYTES = 4, 5, 2
_HEAD_BYTES = _KEY_ID_BYTES + _ISSUED_BYTES + _LIFETIME_BYTES + NONCE_BYTES
_NUMBER = re.compile(r"[!-{}~]{1,32}")
_LONGEST_TEXT = len(PREFIX) + 2 * (_HEAD_BYTES + 32 + SIGNATURE_BYTES)


class BadReaderCode(ValueError):
    """Not a reader code, or one that nobody we know has signed; the message names no number."""


@dataclass(frozen=True)
class ReaderCode:
    """What a code says; times are Unix seconds. `nonce` makes it one of its kind."""

    key_id: str
    issued_s: int
    lifetime_s: int
    nonce: bytes
    reader_id: str = field(repr=False)

    @property
    def expires_s(self) -> int:
        return self.issued_s + self.lifetime_s


def key_id(public_key: bytes) -> str:
    """The name of a key: the beginning of its hash, 8 hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()[: 2 * _KEY_ID_BYTES]


def encode(code: ReaderCode, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR code; ValueError for a value that does not fit."""
    if not _NUMBER.fullmatch(code.reader_id):
        raise ValueError("a reader code carries 1 to 32 printable ASCII characters without a bar")
    if not 0 < code.lifetime_s <= LONGEST_LIFETIME_S or len(code.nonce) != NONCE_BYTES:
        raise ValueError(f"a code lives 1 to {LONGEST_LIFETIME_S} s and has {NONCE_BYTES} bytes of nonce")
    said = (
        bytes.fromhex(code.key_id)
        + code.issued_s.to_bytes(_ISSUED_BYTES)
        + code.lifetime_s.to_bytes(_LIFETIME_BYTES)
        + code.nonce
        + code.reader_id.encode("ascii")
    )
    signed = said + sign(PREFIX.encode() + said)
    return PREFIX + base64.b32encode(signed).decode().rstrip("=")


def decode(text: str, public_keys: Mapping[str, str]) -> ReaderCode:
    """The code, if it is whole and signed by one of `public_keys` (32 bytes in hexadecimal, by key id);
    BadReaderCode. Whether it is of now and new is left to the caller."""
    signed = _bytes(text)
    said, signature = signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
    code = _read(said)
    public_key = public_keys.get(code.key_id)
    if public_key is None:
        raise BadReaderCode(f"signed with the key {code.key_id}, which is not known here")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(signature, PREFIX.encode() + said)
    except (InvalidSignature, ValueError) as error:
        raise BadReaderCode("its signature is wrong") from error
    return code


def _bytes(text: str) -> bytes:
    upper = text.strip().upper()
    if not upper.startswith(PREFIX) or len(upper) > _LONGEST_TEXT:
        raise BadReaderCode("it is no reader code")
    digits = upper[len(PREFIX) :]
    try:
        signed = base64.b32decode(digits + "=" * (-len(digits) % 8))
    except (binascii.Error, ValueError) as error:
        raise BadReaderCode("it is damaged") from error
    if len(signed) <= _HEAD_BYTES + SIGNATURE_BYTES:
        raise BadReaderCode("it is cut short")
    return signed


def _read(said: bytes) -> ReaderCode:
    number = said[_HEAD_BYTES:].decode("latin-1")
    lifetime_at = _KEY_ID_BYTES + _ISSUED_BYTES
    nonce_at = lifetime_at + _LIFETIME_BYTES
    lifetime_s = int.from_bytes(said[lifetime_at:nonce_at])
    if not _NUMBER.fullmatch(number) or not 0 < lifetime_s <= LONGEST_LIFETIME_S:
        raise BadReaderCode("what it says cannot be")
    return ReaderCode(
        key_id=said[:_KEY_ID_BYTES].hex(),
        issued_s=int.from_bytes(said[_KEY_ID_BYTES:lifetime_at]),
        lifetime_s=lifetime_s,
        nonce=said[nonce_at:_HEAD_BYTES],
        reader_id=number,
    )
