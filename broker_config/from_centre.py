"""What the centre says to kiosks besides commands: wanted state, confirmations, certificates, notices.

The lists that kiosks go by while they are cut off are in `lists.py`; how all of it travels in `messages.py`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from broker_config.values import (
    CardKeyId,
    Count,
    HexKey,
    InstallId,
    Month,
    Name,
    Number,
    OperationId,
    Pem,
    PublicKey,
    Remark,
    Span,
    Timestamp,
    moment,
)


class Settings(Struct, frozen=True, kw_only=True):
    """All of a kiosk's configuration that the centre may change from afar; None leaves what its file says.
    `level` is that of its place, for notices; `open` the opening hours of a day such as "09:00-17:30";
    `closed_days` are days of the week, 1 is Monday."""

    level: Name | None = None
    open: Annotated[tuple[Span, ...], Meta(max_length=6)] | None = None
    closed_days: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(max_length=7)] | None = None
    offline: Literal["off", "finish", "returns", "loans"] | None = None
    offline_loans: Annotated[int, Meta(ge=0, le=50)] | None = None
    idle_s: Annotated[float, Meta(ge=20, le=600)] | None = None
    warning_s: Annotated[float, Meta(ge=10, le=120)] | None = None


class Wanted(Struct, frozen=True, kw_only=True, tag_field="type", tag="wanted/1"):
    """Desired configuration, taken up when nobody is being served; `State.wanted_version` and `config_hash`
    say what the kiosk runs. `token_keys` are secret.
    `card_keys` are the public halves of the centre's keys for reader codes (`reader_codes.py`)."""

    version: Number
    token_keys: dict[Month, HexKey] = {}
    card_keys: dict[CardKeyId, PublicKey] = {}
    settings: Settings = Settings()

    def __repr__(self) -> str:
        months, cards = sorted(self.token_keys), sorted(self.card_keys)
        return f"Wanted(version={self.version}, token_keys of {months}, card_keys {cards})"


class Confirmed(Struct, frozen=True, kw_only=True, tag_field="type", tag="confirmed/1"):
    """Every event of `install_id` up to and including `seq` is stored at the centre: only now may the
    kiosk's outbox forget them."""

    install_id: InstallId
    seq: Count


class Resend(Struct, frozen=True, kw_only=True, tag_field="type", tag="resend/1"):
    """The centre lacks the events `first` to `last` of `install_id` and has later ones: those still in the
    outbox are sent once more, and the state after them, which tells what is there no longer."""

    install_id: InstallId
    first: Number
    last: Number


class Certificate(Struct, frozen=True, kw_only=True, tag_field="type", tag="certificate/1"):
    """The answer to a `CertificateRequest`: PEM, for the key that its CSR named."""

    certificate: Pem


class Notice(Struct, frozen=True, kw_only=True):
    """Shown on the idle screen from `start` until `end`; without English the Chinese is shown."""

    id: OperationId
    title_zh: Remark
    title_en: Annotated[str, Meta(max_length=200)] = ""
    body_zh: Annotated[str, Meta(max_length=1000)] = ""
    body_en: Annotated[str, Meta(max_length=1000)] = ""
    start: Timestamp
    end: Timestamp

    def __post_init__(self) -> None:
        if moment(self.end) <= moment(self.start):
            raise ValueError("end: expected later than start")


class Notices(Struct, frozen=True, kw_only=True, tag_field="type", tag="notices/1"):
    """Everything there is to say to one place or one level of places: retained on `topics.notices(…)`, at
    QoS 1. No device's topic, so it is none of `WAYS`."""

    notices: Annotated[tuple[Notice, ...], Meta(max_length=20)] = ()
