"""The second factor: time-based codes (RFC 6238, six digits, 30 s) and recovery codes. Pure but for chance.

Any authenticator app reads the URI in the QR code. The code before and the one after are taken too, since
telephones' clocks differ; a used one never again.
"""

import hashlib
import io
import secrets
from datetime import datetime

import pyotp
import qrcode
from qrcode.image.svg import SvgPathImage

PERIOD_S = 30
TOLERATED_PERIODS = 1
ISSUER = "书站"
RECOVERY_CODES = 8
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_CHARACTERS = 10


def new_secret() -> str:
    """160 bits in base 32."""
    return pyotp.random_base32()


def period_of(secret: str, code: str, now: datetime) -> int | None:
    """The number of the 30-second period that `code` belongs to, if it is a right one about now."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // PERIOD_S
    typed = "".join(code.split())
    for period in range(current - TOLERATED_PERIODS, current + TOLERATED_PERIODS + 1):
        if pyotp.utils.strings_equal(typed, totp.generate_otp(period)):
            return period
    return None


def uri(secret: str, account: str) -> str:
    """What the QR code says: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def qr_svg(text: str) -> str:
    """A QR code as one SVG element, black on nothing."""
    image = qrcode.make(text, image_factory=SvgPathImage, border=0)
    drawn = io.BytesIO()
    image.save(drawn)
    svg = drawn.getvalue().decode()
    return svg[svg.index("<svg") :]


def new_recovery_codes() -> list[str]:
    """Such as `k7mq2-xwd9h`: 49 bits each, used once each."""
    half = RECOVERY_CHARACTERS // 2
    codes = []
    for _ in range(RECOVERY_CODES):
        text = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_CHARACTERS))
        codes.append(f"{text[:half]}-{text[half:]}")
    return codes


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: random enough that a plain hash cannot be turned back."""
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
