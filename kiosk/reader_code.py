"""Whether a signed reader code lets its reader in: the centre's, of now, and never seen here before.

Nobody is asked: the centre's public keys came with the wanted configuration and lie in the journal, as do
the nonces of codes that were accepted, until they can have expired. A clock that nobody set checks nothing.
"""

from collections.abc import Mapping
from typing import Protocol

from broker_config.reader_codes import BadReaderCode, ReaderCode, decode
from kiosk.clock import Moment
from kiosk.flow.events import CodeRefusal, ReaderCodeChecked


class UsedCodes(Protocol):
    """What `kiosk.journal` keeps for this."""

    def card_keys(self) -> Mapping[str, str]: ...

    def use_code(self, nonce: bytes, until_s: int, now_s: int) -> bool:
        """Remember the nonce durably; whether it was new."""


def check(text: str, kept: UsedCodes, moment: Moment, skew_s: int) -> ReaderCodeChecked:
    """`skew_s`: by how much this clock and the centre's may differ."""
    keys = kept.card_keys()
    if not moment.synced:
        return _refused(text, CodeRefusal.CANNOT_CHECK, "this kiosk's clock was not set since it started")
    if not keys:
        return _refused(text, CodeRefusal.CANNOT_CHECK, "the centre has sent no keys yet")
    try:
        code = decode(text, keys)
    except BadReaderCode as error:
        return _refused(text, CodeRefusal.NOT_GENUINE, str(error))
    return _of_now(text, code, kept, int(moment.utc.timestamp()), skew_s)


def _of_now(text: str, code: ReaderCode, kept: UsedCodes, now_s: int, skew_s: int) -> ReaderCodeChecked:
    if now_s > code.expires_s + skew_s:
        return _refused(text, CodeRefusal.EXPIRED, f"it expired {now_s - code.expires_s} s ago")
    if now_s < code.issued_s - skew_s:
        ahead_s = code.issued_s - now_s
        return _refused(text, CodeRefusal.CANNOT_CHECK, f"it is from {ahead_s} s ahead: check both clocks")
    if not kept.use_code(code.nonce, code.expires_s + skew_s, now_s):
        return _refused(text, CodeRefusal.USED, "it was used here before")
    return ReaderCodeChecked(text, code.reader_id)


def _refused(text: str, why: CodeRefusal, detail: str) -> ReaderCodeChecked:
    return ReaderCodeChecked(text, why, detail)
