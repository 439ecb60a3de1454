"""The kiosk's certificate over the years: asks for the next one in time, tries it, and falls back.

In `folder`, which unlike the configuration the kiosk may write to, lie, each written whole: next.key (made
for the request under way), next.pem (the certificate that came, with its key, not yet tried) and renewed.pem
(the last one that the broker took). Of it and the configured one that which ends later is used: a kiosk that
was enrolled anew has a newer one. `chain` tells the files, `Uplink` says whether they worked and sends the
request. Belongs to its thread, but for `certificate`.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from broker_config.topics import Identity
from broker_config.whole_files import write_whole
from kiosk import device_key
from kiosk.clock import Moment
from kiosk.device_key import BadCertificate

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(days=60)
ASK_AGAIN_AFTER = timedelta(days=1)


class Certificates:
    def __init__(
        self, identity: Identity, ca: Path, certificate: Path, key: Path, folder: Path | None = None
    ) -> None:
        """`folder`: beside the certificate, if not said."""
        self._identity, self._ca = identity, ca
        self._configured = certificate, key
        folder = folder or certificate.parent
        self._renewed, self._next = folder / "renewed.pem", folder / "next.pem"
        self._next_key = folder / "next.key"
        self._try_next = True
        self._ask_at: datetime | None = None

    @property
    def certificate(self) -> Path:
        """The file with the certificate that is good now, as far as we know."""
        return self._proven()[0]

    def chain(self) -> tuple[Path, Path]:
        """Files of certificate and key for the connection that is made now."""
        if self._try_next and self._next.exists():
            return self._next, self._next
        return self._proven()

    def _proven(self) -> tuple[Path, Path]:
        configured = _ends(self._configured[0])
        renewed = _ends(self._renewed)
        later = renewed is not None and (configured is None or renewed > configured)
        return (self._renewed, self._renewed) if later else self._configured

    def worked(self) -> None:
        """The broker took what `chain` told last."""
        if self._try_next and self._next.exists():
            self._next.replace(self._renewed)
            device_key.forget(self._next_key)
            log.info("the renewed certificate is in use")
        self._try_next = True

    def failed(self) -> None:
        """It did not, whatever the reason: a new certificate and the old one are tried in turn."""
        self._try_next = not self._try_next

    def request(self, moment: Moment) -> str | None:
        """A certificate request, when it is time for one. A clock that nobody set asks for nothing."""
        now = moment.utc
        if not moment.synced or (self._ask_at is not None and now < self._ask_at) or self._next.exists():
            return None
        self._ask_at = now + ASK_AGAIN_AFTER
        ends = _ends(self.certificate)
        if ends is None or now < ends - RENEW_BEFORE:
            return None
        return device_key.request(device_key.kept_key(self._next_key), str(self._identity))

    def take(self, pem: str) -> bool:
        """Whether a certificate that came is to be tried now; BadCertificate, OSError."""
        if not self._next_key.exists():
            return False  # said twice
        key = device_key.kept_key(self._next_key)
        device_key.checked(pem, key, device_key.parsed(self._ca.read_bytes()), str(self._identity))
        write_whole(self._next, pem.encode() + device_key.private_pem(key), 0o600)
        self._try_next = True
        return True


def _ends(certificate: Path) -> datetime | None:
    """None when there is none, or it cannot be read."""
    try:
        return device_key.parsed(certificate.read_bytes()).not_valid_after_utc
    except (OSError, BadCertificate):
        return None
