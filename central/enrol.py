"""The library's own certificate authority: a certificate per device, for the centre and for the broker.

The common name is the identity the broker's access list goes by. Claim codes, revocation and renewal
without a visit are not here yet; a folder made now keeps serving them.
"""

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker_config.topics import BadTopic, Identity

SERVICES = frozenset({"broker", "centre"})
"""Names that are no device's."""
CA_VALID_DAYS = 3650
VALID_DAYS = 730
# A board without a battery clock wakes up in 1970 and must still be able to reach the broker.
VALID_FROM = datetime(1970, 1, 1, tzinfo=UTC)


class EnrolError(Exception):
    """What cannot be issued and what to do about it."""


@dataclass(frozen=True)
class Issued:
    """Where a certificate, its key and the authority's certificate lie."""

    certificate: Path
    key: Path
    ca: Path


def init_ca(folder: Path) -> Path:
    """Make an authority in `folder` (ca.crt, ca.key); refuses to replace one."""
    if (folder / "ca.key").exists():
        raise EnrolError(f"{folder / 'ca.key'} exists: every certificate it signed would be lost; keep it")
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Shuzhan CA")
    builder = _builder(name, name, key.public_key(), CA_VALID_DAYS).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    _write_key(folder / "ca.key", key)
    certificate = builder.add_extension(_key_usage(signs=True), critical=True).sign(key, hashes.SHA256())
    return _write_certificate(folder / "ca.crt", certificate)


def issue(folder: Path, name: str, *, server: bool = False, hosts: Sequence[str] = ()) -> Issued:
    """Sign a new certificate for `name`: a device's identity, `centre` or `broker`; replaces an older one.

    A server certificate bears `hosts` (names and addresses) as subject alternative names.
    """
    _check_name(name)
    if server and not hosts:
        raise EnrolError(f"{name}: a server certificate needs at least one --host that clients will use")
    ca_key, ca = _load_ca(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        _builder(_name(name), ca.subject, key.public_key(), VALID_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
    )
    if server:
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    _write_key(folder / f"{name}.key", key)
    certificate = _write_certificate(folder / f"{name}.crt", builder.sign(ca_key, hashes.SHA256()))
    return Issued(certificate, folder / f"{name}.key", folder / "ca.crt")


def _check_name(name: str) -> None:
    if name in SERVICES:
        return
    try:
        Identity.parse(name)
    except BadTopic as error:
        raise EnrolError(f"{error}, or one of {', '.join(sorted(SERVICES))}") from error


def _load_ca(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    try:
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    except OSError as error:
        raise EnrolError(
            f"{error.filename}: {error.strerror}; make an authority first: "
            f"'python -m central ca init --folder {folder}'"
        ) from error
    except ValueError as error:
        raise EnrolError(f"{folder}: ca.key or ca.crt is damaged; restore both from a backup") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise EnrolError(f"{folder / 'ca.key'}: expected a P-256 key made by 'ca init'")
    return key, certificate


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(datetime.now(UTC) + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _key_usage(signs: bool) -> x509.KeyUsage:
    """An authority signs certificates and revocation lists; everyone else signs handshakes."""
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Never readable by others, not even for a moment."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


def _write_certificate(path: Path, certificate: x509.Certificate) -> Path:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path
