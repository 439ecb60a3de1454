"""The centre's keys for signed reader codes: made, rotated, told to kiosks, and used to sign.

A key is told to the kiosks for `AHEAD` before it signs, so that one whose link is down for days knows it in
time, and for `BEHIND` after the next one took over. Each is a PEM file that only the centre's user may read;
its name says when it was made. Who may have a code for which reader is left to the caller (REST).

    keys = ReaderCardKeys(folder)
    keys.rotate(now)                     # once a day is enough: makes a key when one is due
    keys.public(now)                     # Wanted.card_keys
    keys.sign("25240000010010", now)     # the text of the QR code
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker_config.reader_codes import LONGEST_LIFETIME_S, NONCE_BYTES, ReaderCode, encode, key_id
from broker_config.whole_files import write_whole

SIGNS_FOR = timedelta(days=90)
AHEAD = timedelta(days=30)
BEHIND = timedelta(days=1)
LIFETIME_S = 120

_FILE = re.compile(r"reader-card-([0-9]{14})\.pem")


class ReaderCardError(Exception):
    """A key cannot be read or written; the message says which and what to do."""


@dataclass(frozen=True)
class _Key:
    made: datetime
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()


class ReaderCardKeys:
    def __init__(self, folder: Path) -> None:
        """ReaderCardError when a key in `folder` cannot be read. Nothing is made yet."""
        self._folder = folder
        self._keys = sorted((_load(file) for file in _files(folder)), key=lambda key: key.made)

    def rotate(self, now: datetime) -> None:
        """Make a key if there is none, or if the newest will soon have signed for long enough; forget those
        that nothing valid can be signed with any more."""
        if not self._keys or now >= self._keys[-1].made + SIGNS_FOR:
            self._make(now)
        for key in [key for key in self._keys if self._is_over(key, now)]:
            _path(self._folder, key.made).unlink(missing_ok=True)
            self._keys.remove(key)

    def public(self, now: datetime) -> dict[str, str]:
        """What kiosks check with: 32 bytes in hexadecimal by key id."""
        return {key_id(key.public): key.public.hex() for key in self._keys if not self._is_over(key, now)}

    def sign(self, reader_id: str, now: datetime, lifetime_s: int = LIFETIME_S) -> str:
        """A code for this reader, good once at a kiosk; ValueError for a number that no code can carry."""
        if not 0 < lifetime_s <= LONGEST_LIFETIME_S:
            raise ValueError(f"a reader code lives 1 to {LONGEST_LIFETIME_S} s, not {lifetime_s}")
        key = self._signing(now)
        nonce = secrets.token_bytes(NONCE_BYTES)
        code = ReaderCode(key_id(key.public), int(now.timestamp()), lifetime_s, nonce, reader_id)
        return encode(code, key.private.sign)

    def _signing(self, now: datetime) -> _Key:
        """The newest that every kiosk can know by now; at the very beginning the first there is."""
        if not self._keys:
            raise ReaderCardError(f"{self._folder}: no key for reader codes yet, expected rotate() before")
        known = [key for key in self._keys if now >= key.made + AHEAD]
        return known[-1] if known else self._keys[0]

    def _is_over(self, key: _Key, now: datetime) -> bool:
        later = [other for other in self._keys if other.made > key.made]
        return bool(later) and now >= later[0].made + AHEAD + BEHIND

    def _make(self, now: datetime) -> None:
        made = now.astimezone(UTC).replace(microsecond=0)
        key = _Key(made, Ed25519PrivateKey.generate())
        _write(_path(self._folder, made), key.private)
        self._keys.append(key)


def _path(folder: Path, made: datetime) -> Path:
    return folder / f"reader-card-{made:%Y%m%d%H%M%S}.pem"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("*.pem") if _FILE.fullmatch(file.name)]


def _load(file: Path) -> _Key:
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise ReaderCardError(f"{file}: cannot be read as a key; restore it, or remove it") from error
    match = _FILE.fullmatch(file.name)
    if not isinstance(private, Ed25519PrivateKey) or match is None:
        raise ReaderCardError(f"{file}: is no Ed25519 key of rotate(); restore it, or remove it")
    return _Key(datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC), private)


def _write(file: Path, key: Ed25519PrivateKey) -> None:
    """Whole or not at all, and never readable by others."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text, 0o600)
    except OSError as error:
        raise ReaderCardError(f"{file}: cannot be written: {error.strerror}") from error
