"""This board's own keys and what is signed for them: a key never leaves the board, only requests do."""

import os
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker_config.enrolment import fingerprint
from broker_config.whole_files import write_whole

_PEM = serialization.Encoding.PEM
_UNREADABLE = (ValueError, UnsupportedAlgorithm, x509.InvalidVersion)
"""What cryptography says of a file that is none of ours, be it damaged or of another kind."""


class BadCertificate(ValueError):
    """What came is not the certificate that was asked for; one sentence."""


def kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in `path`, made when there is none: an answer that was lost can be asked for again."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key
    except (FileNotFoundError, TypeError, *_UNREADABLE):
        pass
    key = ec.generate_private_key(ec.SECP256R1())
    write_whole(path, private_pem(key), 0o600)
    return key


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def request(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """A certificate request (PEM); the centre decides on the name."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(_PEM).decode()


def checked(pem: str, key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, name: str) -> x509.Certificate:
    """The certificate in `pem`: for this key and name, by this authority; BadCertificate."""
    certificate = parsed(pem.encode())
    if certificate.public_key() != key.public_key():
        raise BadCertificate("the certificate is for another key")
    if [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] != [name]:
        raise BadCertificate(f"the certificate is not for {name}")
    try:
        certificate.verify_directly_issued_by(ca)
    except (*_UNREADABLE, TypeError, InvalidSignature) as error:
        raise BadCertificate("the certificate is not by the centre's authority") from error
    return certificate


def parsed(pem: bytes) -> x509.Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.public_key(), certificate.subject  # read only now: they may be what is wrong
    except _UNREADABLE as error:
        raise BadCertificate("what should be a certificate is none") from error
    return certificate


def fingerprint_of(ca: x509.Certificate) -> str:
    """As on a claim's card."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return fingerprint(ca.public_key().public_bytes(serialization.Encoding.DER, spki))


def forget(path: Path) -> None:
    """A key that is not needed any more."""
    if path.exists():
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
