"""How a new kiosk becomes one of ours: the claim code that people type, and what goes over HTTPS with it.

A claim is eight characters, the last one a check character, good once and for some days. With the centre's
fingerprint behind it (16 more) it says which authority is the right one, so that a fresh board trusts nobody
by accident. Letters are Crockford's: no I, L, O and U; what people type instead of 1 and 0 is understood.

    K7QM-2F9D                                  claim; the fingerprint is known otherwise
    K7QM-2F9D-0XQ4-7M2N-VB51-P8TW              claim and fingerprint, as on the centre's card
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta, Struct

from broker_config.values import Name, Pem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CLAIM_CHARACTERS = 8
FINGERPRINT_CHARACTERS = 16
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": "", "－": "", "—": ""})

LARGEST_REQUEST_BYTES = 16 * 1024
LARGEST_REPLY_BYTES = 256 * 1024


class BadClaim(ValueError):
    """What was typed is no claim code; one sentence, in Chinese and English, without the code itself."""


@dataclass(frozen=True)
class Claim:
    """`code` with its check character and no hyphens; `fingerprint` None when only the claim was typed."""

    code: str = field(repr=False)
    fingerprint: str | None = None

    def __str__(self) -> str:
        return grouped(self.code + (self.fingerprint or ""))


class EnrolRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`csr` is signed with the kiosk's own key, which stays on its board."""

    claim: Annotated[str, Meta(min_length=CLAIM_CHARACTERS, max_length=80)]
    csr: Pem


class EnrolReply(Struct, frozen=True, kw_only=True):
    """`configuration` is the place's own TOML without its [broker], which follows from the rest."""

    identity: Name
    certificate: Pem
    ca: Pem
    broker_host: Name
    broker_port: Annotated[int, Meta(ge=1, le=65535)]
    configuration: Annotated[str, Meta(min_length=1, max_length=200_000)]

    def __repr__(self) -> str:
        """Without the configuration: the ILS's password is in it."""
        return f"EnrolReply({self.identity}, {self.broker_host}:{self.broker_port})"


def new_claim() -> str:
    return _with_check("".join(secrets.choice(ALPHABET) for _ in range(CLAIM_CHARACTERS - 1)))


def fingerprint(public_key_der: bytes) -> str:
    """Of an authority's public key (SubjectPublicKeyInfo): 75 bits of its SHA-256, and a check character."""
    number = int.from_bytes(hashlib.sha256(public_key_der).digest()) >> (256 - 75)
    symbols = [ALPHABET[number >> shift & 31] for shift in range(70, -1, -5)]
    return _with_check("".join(symbols))


def parse_claim(text: str) -> Claim:
    """BadClaim says what is wrong with what was typed."""
    symbols = text.upper().translate(_MEANT)
    if strange := sorted(set(symbols) - set(ALPHABET)):
        raise BadClaim(f"注册码里没有字符 {strange[0]!r}；a claim code has no character {strange[0]!r}")
    if len(symbols) not in (CLAIM_CHARACTERS, CLAIM_CHARACTERS + FINGERPRINT_CHARACTERS):
        raise BadClaim(
            f"注册码应为 8 位，或连同指纹 24 位，现在是 {len(symbols)} 位；"
            f"a claim code has 8 characters, or 24 with the fingerprint, not {len(symbols)}"
        )
    code, printed = symbols[:CLAIM_CHARACTERS], symbols[CLAIM_CHARACTERS:]
    for what, part in (("前 8 位 first 8", code), ("后 16 位 last 16", printed)):
        if part and _check(part[:-1]) != part[-1]:
            raise BadClaim(
                f"注册码输入有误（{what}），请对照卡片重新输入；"
                f"a mistake in the {what} characters: compare them with the card"
            )
    return Claim(code, printed or None)


def grouped(symbols: str) -> str:
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def _with_check(symbols: str) -> str:
    return symbols + _check(symbols)


def _check(symbols: str) -> str:
    """Luhn's digit in base 32: it shows any one wrong character and nearly every pair changed over."""
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        value = ALPHABET.index(symbol) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
