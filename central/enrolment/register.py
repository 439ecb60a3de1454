"""Lets kiosks in by claim code, takes away what the one before had, and renews certificates in time.

What a replaced kiosk had not told is counted as well as it can be: its last heartbeat names its newest event,
the store how far everything has arrived. `answers` belongs to the collector's thread, the rest to anybody.
"""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from broker_config.enrolment import Claim, EnrolReply, EnrolRequest, grouped, parse_claim
from broker_config.events import CertificateRequest
from broker_config.from_centre import Certificate
from broker_config.messages import Publication, publication
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.accounts import audit
from central.accounts.roles import Actor
from central.enrolment import authority, cutting
from central.enrolment.authority import EnrolError
from central.enrolment.claims import USUAL_HOURS, ClaimKept, ClaimRefused, Claims, EnrolAction
from central.enrolment.cutting import BrokerHere
from central.enrolment.kept import KeptConfigurations
from central.intake import EventHeard, Heard
from central.office import Office
from central.store import Store, StoreError

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS replacements (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL, at TEXT NOT NULL, revoked INTEGER NOT NULL,
    heard_at TEXT, may_be_lost INTEGER
) STRICT;
"""


@dataclass(frozen=True)
class BrokerForKiosks:
    """Where kiosks find it."""

    host: str
    port: int


@dataclass(frozen=True)
class Replacement:
    """`revoked` certificates of the kiosk before; `may_be_lost`: events that were on its disk at its last
    heartbeat, `heard_at`, and have not arrived since. None: it never told."""

    identity: Identity
    at: datetime
    revoked: int
    heard_at: datetime | None
    may_be_lost: int | None


@dataclass(frozen=True)
class Card:
    """What is printed, or read out on the telephone."""

    identity: Identity
    code: str
    until: datetime


class Registrar:
    def __init__(
        self, office: Office, store: Store, ca: Path, key: Path, *, here: BrokerHere, outside: BrokerForKiosks
    ) -> None:
        """`ca` is the authority's folder, `key` the file of the key of kept configurations; EnrolError when
        one of them cannot be used."""
        self._office, self._store, self._ca = office, store, ca
        self._here, self._outside = here, outside
        self._one_at_a_time = threading.Lock()
        office.have(SCHEMA)
        self.ca = authority.ca_certificate(ca)
        self.claims = Claims(office)
        self.configurations = KeptConfigurations(office, key)

    # -- people at the centre ------------------------------------------------------------------------------

    def card(self, actor: Actor, identity: Identity, hours: int = USUAL_HOURS) -> Card:
        """A new claim. EnrolError when there is no configuration for such a kiosk to inherit."""
        if identity not in self.configurations.kept():
            raise EnrolError(
                f"{identity}: no configuration is kept for it: keep one first, "
                f"'python -m central kiosk keep --config … {identity} kiosk.toml'"
            )
        code = self.claims.make(actor, identity, hours) + authority.fingerprint_of(self.ca)
        return Card(identity, grouped(code), actor.at + timedelta(hours=hours))

    def revoke(self, actor: Actor, identity: Identity) -> str:
        """Nothing that `identity` has is good any more. What is left to be done by hand, else nothing."""
        with self._one_at_a_time:
            serials = self._good(identity)
            with self._office.writing() as db:
                audit.record(db, actor, EnrolAction.REVOKE, str(identity), {"certificates": len(serials)})
            return self._end(identity, serials, actor.at)

    def replacements(self) -> list[Replacement]:
        """The newest first."""
        return [_replacement(row) for row in self._office.rows("SELECT * FROM replacements ORDER BY id DESC")]

    # -- kiosks --------------------------------------------------------------------------------------------

    def enrol(self, request: EnrolRequest, address: str, now: datetime) -> EnrolReply | ClaimRefused:
        """BadClaim and EnrolError say what was wrong with the request; a refused claim says little."""
        claim = parse_claim(request.claim)
        key = _key_name(request.csr)
        with self._one_at_a_time:
            found = self.claims.who(Claim(claim.code), key, address, now)
            if isinstance(found, ClaimRefused):
                return found
            configuration = self.configurations.of(found.identity)
            if configuration is None:
                raise EnrolError(f"{found.identity}: no configuration is kept for it")
            before = self._good(found.identity)
            certificate = authority.sign_request(self._ca, found.identity, request.csr, now)
            old = [serial for serial in before if serial != certificate.serial_number]
            self._note(found, key, old, Actor(str(found.identity), address, now))
            # also when it asks again: the first time may have been cut short here
            self._end(found.identity, old, now)
        return EnrolReply(
            identity=str(found.identity),
            certificate=_pem(certificate),
            ca=_pem(self.ca),
            broker_host=self._outside.host,
            broker_port=self._outside.port,
            configuration=configuration,
        )

    def answers(self, kept: Sequence[Heard]) -> Iterator[Publication]:
        """Certificates for those who asked for the next one. The broker has proven who they are."""
        for heard in kept:
            if isinstance(heard, EventHeard) and isinstance(heard.event, CertificateRequest):
                try:
                    certificate = self._renewed(heard.identity, heard.event.csr, heard.received_at)
                except (EnrolError, OSError) as error:
                    log.error("%s: its certificate was not renewed: %s", heard.identity, error)
                    continue
                log.info("%s: certificate renewed", heard.identity)
                yield publication(heard.identity, Certificate(certificate=_pem(certificate)))

    def _renewed(self, identity: Identity, csr: str, now: datetime) -> x509.Certificate:
        """What was said before a revocation may be heard after it."""
        with self._one_at_a_time:
            if not self._good(identity):
                raise EnrolError("it has been revoked")
            return authority.sign_request(self._ca, identity, csr, now)

    # -- below ---------------------------------------------------------------------------------------------

    def _good(self, identity: Identity) -> list[int]:
        """Serial numbers that the broker would still take."""
        return [one.serial_number for one in authority.good(self._ca, str(identity))]

    def _note(self, claim: ClaimKept, key: str, old: Sequence[int], actor: Actor) -> None:
        """Durable before anything is taken away; nothing when this kiosk only asks again."""
        with self._office.writing() as db:
            if not self.claims.use(db, claim, key, actor.at):
                return
            if not old:
                audit.record(db, actor, EnrolAction.ENROL, str(claim.identity))
                return
            heard_at, lost = self._left_behind(claim.identity)
            db.execute(
                "INSERT INTO replacements (identity, at, revoked, heard_at, may_be_lost)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    str(claim.identity),
                    timestamp(actor.at),
                    len(old),
                    timestamp(heard_at) if heard_at else None,
                    lost,
                ),
            )
            told = {"revoked": len(old), "may_be_lost": lost}
            audit.record(db, actor, EnrolAction.REPLACE, str(claim.identity), told)

    def _left_behind(self, identity: Identity) -> tuple[datetime | None, int | None]:
        """When the kiosk was heard last, and how many of its events have not arrived."""
        try:
            known = [one for one in self._store.kiosks(identity.place) if one.identity == identity]
            if not known or known[0].state is None or known[0].health is None:
                return known[0].heard_at if known else None, None
            install_id, health = known[0].state.install_id, known[0].health
            arrived = [
                one.confirmed.seq
                for one in self._store.confirmations()
                if one.confirmed.install_id == install_id
            ]
        except StoreError as error:
            log.error("%s", error)
            return None, None
        if health.newest_seq is None:
            return known[0].heard_at, health.outbox_depth
        return known[0].heard_at, max(0, health.newest_seq - max(arrived, default=0))

    def _end(self, identity: Identity, serials: Sequence[int], now: datetime) -> str:
        if not serials:
            return ""
        authority.revoke(self._ca, serials, now)
        trouble = cutting.reload(self._here)
        if not trouble:
            pem = authority.short_lived(self._ca, identity, now)
            trouble = cutting.cut(self._here, identity, pem)
        if trouble:
            log.error("%s: revoked, but %s", identity, trouble)
        return trouble


def _replacement(row: sqlite3.Row) -> Replacement:
    return Replacement(
        identity=Identity.parse(row["identity"]),
        at=datetime.fromisoformat(row["at"]),
        revoked=row["revoked"],
        heard_at=datetime.fromisoformat(row["heard_at"]) if row["heard_at"] else None,
        may_be_lost=row["may_be_lost"],
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_name(csr: str) -> str:
    """Tells public keys apart."""
    return hashlib.sha256(authority.public_key_of(csr)).hexdigest()
