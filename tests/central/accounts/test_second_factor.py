"""Codes of authenticator apps, first with the vectors of RFC 6238."""

from datetime import UTC, datetime

import pytest

from central.accounts import second_factor

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""RFC 6238, appendix B: the ASCII text 12345678901234567890 in base 32."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_rfc_6238(seconds: int, code: str) -> None:
    """The last six of the eight digits printed there."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert second_factor.period_of(RFC_SECRET, code, now) == seconds // 30
    assert second_factor.period_of(RFC_SECRET, f"{code[:3]} {code[3:]}", now) == seconds // 30


@pytest.mark.parametrize(("offset_s", "taken"), [(-30, True), (59, True), (-31, False), (60, False)])
def test_telephones_clocks_differ(offset_s: int, taken: bool) -> None:
    now = datetime.fromtimestamp(1234567890 + offset_s, UTC)
    assert (second_factor.period_of(RFC_SECRET, "005924", now) is not None) is taken


@pytest.mark.parametrize("code", ["", "5924", "0059240", "abcdef", "二八七零八二", "\x00" * 6])
def test_what_is_no_code(code: str) -> None:
    assert second_factor.period_of(RFC_SECRET, code, datetime.fromtimestamp(1234567890, UTC)) is None


def test_the_uri_and_its_picture() -> None:
    uri = second_factor.uri(RFC_SECRET, "chen")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={RFC_SECRET}" in uri
    svg = second_factor.qr_svg(uri)
    assert svg.startswith("<svg") and svg.endswith("</svg>")


def test_secrets_and_recovery_codes() -> None:
    assert len(second_factor.new_secret()) == 32
    assert second_factor.new_secret() != second_factor.new_secret()
    codes = second_factor.new_recovery_codes()
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    plain = second_factor.recovery_hash(codes[0])
    assert plain == second_factor.recovery_hash(codes[0].upper().replace("-", " "))
    assert plain != second_factor.recovery_hash(codes[1])
