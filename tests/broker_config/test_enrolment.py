"""Claim codes and fingerprints, against OpenSSL and the standard library's own base 32."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from broker_config.enrolment import (
    ALPHABET,
    BadClaim,
    fingerprint,
    grouped,
    new_claim,
    parse_claim,
)
from central.enrolment.authority import fingerprint_of, init_ca

RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def test_a_fingerprint_is_75_bits_of_what_openssl_says(tmp_path: Path) -> None:
    ca = init_ca(tmp_path)
    public = subprocess.run(
        f"openssl x509 -in {ca} -noout -pubkey | openssl pkey -pubin -outform DER",
        shell=True,
        check=True,
        capture_output=True,
    ).stdout
    symbols = base64.b32encode(hashlib.sha256(public).digest()).decode()[:15]
    expected = symbols.translate(str.maketrans(RFC_4648, ALPHABET))
    assert fingerprint(public)[:15] == expected
    assert fingerprint_of(x509.load_pem_x509_certificate(ca.read_bytes())) == fingerprint(public)


def test_what_people_type_is_understood() -> None:
    code, printed = new_claim(), fingerprint(b"any key")
    claim = parse_claim(grouped(code + printed).lower().replace("-", " "))
    assert (claim.code, claim.fingerprint) == (code, printed)
    assert parse_claim(code) == parse_claim(f"{code[:4]}－{code[4:]}")
    typed = code.replace("1", "l").replace("0", "o")
    assert parse_claim(typed).code == code


def test_a_claim_does_not_show_itself_in_a_log() -> None:
    claim = parse_claim(new_claim())
    assert claim.code not in repr(claim)


@given(st.data())
def test_one_wrong_character_is_always_noticed(data: st.DataObject) -> None:
    code = new_claim()
    place = data.draw(st.integers(0, 7))
    wrong = data.draw(st.sampled_from([symbol for symbol in ALPHABET if symbol != code[place]]))
    with pytest.raises(BadClaim, match="前 8 位"):
        parse_claim(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "8 位"), ("K7QM", "现在是 4 位"), ("K7QM-2F9U", "没有字符 'U'"), ("猫" * 8, "没有字符")],
)
def test_what_is_no_claim(typed: str, said: str) -> None:
    with pytest.raises(BadClaim, match=said):
        parse_claim(typed)


@given(st.text(max_size=40))
def test_anything_typed_is_a_claim_or_a_sentence(typed: str) -> None:
    try:
        assert len(parse_claim(typed).code) == 8
    except BadClaim as error:
        assert str(error)
