"""The library's own certificate authority: a certificate per device, for the centre and for the broker.

The common name is the identity the broker's access list goes by. A folder holds everything: ca.crt, ca.key,
`issued/` with every certificate that was ever signed, and ca.crl with those that are worth nothing any more.
Telling the broker of a new ca.crl is `cutting.py`'s. Tried with OpenSSL 3.0 and Mosquitto 2.0.11.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker_config.enrolment import fingerprint
from broker_config.topics import BadTopic, Identity
from broker_config.whole_files import write_whole
from central.enrolment.locking import alone

SERVICES = frozenset({"broker", "centre", "web"})
"""Names that are no device's."""
CA_VALID_DAYS = 3650
VALID_DAYS = 730
# A board without a battery clock wakes up in 1970 and must still be able to reach the broker.
VALID_FROM = datetime(1970, 1, 1, tzinfo=UTC)
PEM = serialization.Encoding.PEM


class EnrolError(Exception):
    """What cannot be issued and what to do about it."""


@dataclass(frozen=True)
class Issued:
    """Where a certificate, its key and the authority's certificate lie."""

    certificate: Path
    key: Path
    ca: Path


@dataclass(frozen=True)
class _Signer:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def init_ca(folder: Path) -> Path:
    """Make an authority in `folder` (ca.crt, ca.key, ca.crl); refuses to replace one."""
    if (folder / "ca.key").exists():
        raise EnrolError(f"{folder / 'ca.key'} exists: every certificate it signed would be lost; keep it")
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Shuzhan CA")
    builder = _builder(name, name, key.public_key(), datetime.now(UTC) + timedelta(days=CA_VALID_DAYS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    _write_key(folder / "ca.key", key)
    certificate = builder.add_extension(_key_usage(signs=True), critical=True).sign(key, hashes.SHA256())
    path = write_whole(folder / "ca.crt", certificate.public_bytes(PEM))
    revoke(folder, ())
    return path


def issue(folder: Path, name: str, *, server: bool = False, hosts: Sequence[str] = ()) -> Issued:
    """Sign a new certificate for `name`: a device's identity, `centre`, `broker` or `web`; replaces an older
    one, which stays good until it is revoked.

    A server certificate bears `hosts` (names and addresses) as subject alternative names.
    """
    _check_name(name)
    if server and not hosts:
        raise EnrolError(f"{name}: a server certificate needs at least one --host that clients will use")
    signer = _load_ca(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    until = datetime.now(UTC) + timedelta(days=VALID_DAYS)
    certificate = _sign(folder, signer, name, key.public_key(), until, hosts=hosts if server else None)
    _write_key(folder / f"{name}.key", key)
    path = write_whole(folder / f"{name}.crt", certificate.public_bytes(PEM))
    return Issued(path, folder / f"{name}.key", folder / "ca.crt")


def sign_request(folder: Path, identity: Identity, csr: str, now: datetime) -> x509.Certificate:
    """A device's certificate for the key of `csr`; whatever else the request says is not looked at. The same
    key gets the same certificate: an answer that was lost can be asked for again."""
    key = _requested_key(csr)
    for known in good(folder, str(identity)):
        if known.public_key() == key and known.not_valid_after_utc > now + timedelta(days=VALID_DAYS / 2):
            return known
    return _sign(folder, _load_ca(folder), str(identity), key, now + timedelta(days=VALID_DAYS))


def short_lived(folder: Path, identity: Identity, now: datetime) -> tuple[bytes, bytes]:
    """Certificate and key (PEM) of `identity` for some minutes, for the centre to speak in its place; kept
    nowhere."""
    key = ec.generate_private_key(ec.SECP256R1())
    until = now + timedelta(minutes=10)
    certificate = _certificate(_load_ca(folder), str(identity), key.public_key(), until, None)
    return certificate.public_bytes(PEM), _private_pem(key)


def issued(folder: Path, name: str) -> list[x509.Certificate]:
    """Every certificate that `name` ever got, the oldest first."""
    files = [*(folder / "issued").glob(f"{name}.*.crt"), folder / f"{name}.crt"]
    found = {
        one.serial_number: one
        for one in (x509.load_pem_x509_certificate(file.read_bytes()) for file in files if file.is_file())
        if common_name(one) == name
    }
    return sorted(found.values(), key=lambda one: one.not_valid_after_utc)


def good(folder: Path, name: str) -> list[x509.Certificate]:
    """Those that are not revoked."""
    gone = revoked(folder)
    return [one for one in issued(folder, name) if one.serial_number not in gone]


def ca_certificate(folder: Path) -> x509.Certificate:
    """EnrolError when there is none."""
    return _load_ca(folder).certificate


def fingerprint_of(certificate: x509.Certificate) -> str:
    """As it stands on a claim's card."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return fingerprint(certificate.public_key().public_bytes(serialization.Encoding.DER, spki))


def public_key_of(csr: str) -> bytes:
    """In DER; EnrolError when it is no request that its own key signed."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return _requested_key(csr).public_bytes(serialization.Encoding.DER, spki)


def common_name(certificate: x509.Certificate) -> str:
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


# -- revocation --------------------------------------------------------------------------------------------


def revoked(folder: Path) -> dict[int, datetime]:
    """Serial number -> since when."""
    path = folder / "ca.crl"
    if not path.is_file():
        return {}
    try:
        listed = x509.load_pem_x509_crl(path.read_bytes())
    except ValueError as error:
        raise EnrolError(f"{path} is damaged: restore it from a backup") from error
    return {one.serial_number: one.revocation_date_utc for one in listed}


def revoke(folder: Path, serials: Iterable[int], now: datetime | None = None) -> Path:
    """Write ca.crl anew with `serials` in it too, whole or not at all.

    It ends with the authority: a list that ran out would make the broker refuse everybody.
    """
    signer, now = _load_ca(folder), now or datetime.now(UTC)
    with alone(folder / "ca.lock"):
        everything = dict.fromkeys(serials, now) | revoked(folder)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(VALID_FROM)
            .next_update(signer.certificate.not_valid_after_utc)
        )
        for serial, since in sorted(everything.items()):
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        content = builder.sign(signer.key, hashes.SHA256()).public_bytes(PEM)
        return write_whole(folder / "ca.crl", content)


# -- below -------------------------------------------------------------------------------------------------


def _check_name(name: str) -> None:
    if name in SERVICES:
        return
    try:
        Identity.parse(name)
    except BadTopic as error:
        raise EnrolError(f"{error}, or one of {', '.join(sorted(SERVICES))}") from error


def _load_ca(folder: Path) -> _Signer:
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
    return _Signer(key, certificate)


def _requested_key(csr: str) -> ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(csr.encode())
        key = request.public_key()
        genuine = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise EnrolError("the certificate request cannot be read: expected a CSR in PEM") from error
    if not genuine or not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise EnrolError("the certificate request is not signed by a P-256 key of its own")
    return key


def _sign(
    folder: Path,
    signer: _Signer,
    name: str,
    key: ec.EllipticCurvePublicKey,
    until: datetime,
    *,
    hosts: Sequence[str] | None = None,
) -> x509.Certificate:
    """Noted before it is handed out: what is not in `issued/` cannot be revoked."""
    certificate = _certificate(signer, name, key, until, hosts)
    (folder / "issued").mkdir(exist_ok=True)
    path = folder / "issued" / f"{name}.{certificate.serial_number:x}.crt"
    write_whole(path, certificate.public_bytes(PEM))
    return certificate


def _certificate(
    signer: _Signer, name: str, key: ec.EllipticCurvePublicKey, until: datetime, hosts: Sequence[str] | None
) -> x509.Certificate:
    """A server's with `hosts`, else a client's."""
    usage = ExtendedKeyUsageOID.CLIENT_AUTH if hosts is None else ExtendedKeyUsageOID.SERVER_AUTH
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = (
        _builder(_name(name), signer.certificate.subject, key, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(authority, critical=False)
    )
    if hosts is not None:
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer.key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(until)
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


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Never readable by others, not even for a moment."""
    write_whole(path, _private_pem(key), 0o600)
