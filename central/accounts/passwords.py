"""Passwords: what a good one is (pure), one-time ones, and argon2 hashes.

A hash takes tens of milliseconds and 64 MB on purpose: two at a time are enough for a library and too few to
bring the machine down.
"""

import secrets
import threading
from enum import Enum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 200
"""Nobody types more; argon2 would hash megabytes of it."""
AT_ONCE = 2
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike when read out or written down."""
ONE_TIME_GROUPS, ONE_TIME_GROUP_CHARACTERS = 4, 4

# The commonest words, which digits and signs around them make no better (see `_is_common`).
COMMON = frozenset(
    (
        "password",
        "passw0rd",
        "qwertyuiop",
        "asdfghjkl",
        "qwerty",
        "asdfgh",
        "zxcvbnm",
        "qwertyui",
        "qazwsxedc",
        "1q2w3e4r5t",
        "iloveyou",
        "woaini",
        "woaiwojia",
        "administrator",
        "admin",
        "root",
        "welcome",
        "letmein",
        "changeme",
        "default",
        "guest",
        "library",
        "tushuguan",
        "shuzhan",
        "mazhang",
        "zhanjiang",
        "abc",
        "abcd",
        "abcdef",
        "abcdefgh",
        "abcdefghij",
    )
)


class Weakness(Enum):
    """Why a password is not taken; the value is the key of the words."""

    TOO_SHORT = "password_too_short"
    TOO_LONG = "password_too_long"
    NAMES_ACCOUNT = "password_names_you"
    COMMON = "password_common"


def weakness(password: str, account: str) -> Weakness | None:
    """What is wrong with a new password of `account`, if anything."""
    if len(password) < LEAST_CHARACTERS:
        return Weakness.TOO_SHORT
    if len(password) > MOST_CHARACTERS:
        return Weakness.TOO_LONG
    if account.casefold() in password.casefold():
        return Weakness.NAMES_ACCOUNT
    return Weakness.COMMON if _is_common(password) else None


def _is_common(password: str) -> bool:
    """Digits alone (telephones, birthdays, runs), one short thing repeated, a common word dressed up."""
    plain = password.casefold()
    repeated = any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5))
    dressed = plain.strip("0123456789!@#$%^&*._- ")
    return plain.isdecimal() or repeated or plain in COMMON or dressed in COMMON


def one_time_password() -> str:
    """Four groups such as `k7mq-2xwd-9hfa-tr3p`: 79 bits, easy to read out."""
    groups = (
        "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(ONE_TIME_GROUP_CHARACTERS))
        for _ in range(ONE_TIME_GROUPS)
    )
    return "-".join(groups)


class Hasher:
    """Makes and checks argon2id hashes, a few at a time; safe for all threads."""

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self.make(secrets.token_hex())

    def make(self, password: str) -> str:
        with self._places:
            return self._argon2.hash(password)

    def fits(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; without a hash (unknown account) it is not, after the same time."""
        with self._places:
            try:
                self._argon2.verify(hashed or self._nobodys, password[: MOST_CHARACTERS + 1])
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether a newer argon2 setting is in force: the next sign-in makes a new hash."""
        return self._argon2.check_needs_rehash(hashed)
