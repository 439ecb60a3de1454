"""What the centre orders and announces, as the flow knows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class OrderKind(Enum):
    """As `broker_config` calls its commands."""

    RESTART = "restart"
    OUT_OF_SERVICE = "out_of_service"
    IN_SERVICE = "in_service"
    LOGS = "logs"
    SCREENSHOT = "screenshot"
    SELF_TEST = "self_test"
    IDENTIFY = "identify"
    UPDATE_LISTS = "update_lists"


@dataclass(frozen=True)
class Order:
    """Carried out once, when nobody is being served, not after `expires`. `reason` and `until` belong to
    OUT_OF_SERVICE, `lines` to LOGS, `device` to IDENTIFY."""

    id: str
    kind: OrderKind
    expires: datetime
    reason: str = ""
    until: datetime | None = None
    lines: int = 0
    device: str = ""


class Outcome(Enum):
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True)
class Announcement:
    """Shown on the idle screen from `start` until `end`; empty English falls back to the Chinese."""

    title_zh: str
    start: datetime
    end: datetime
    title_en: str = ""
    body_zh: str = ""
    body_en: str = ""

    def is_current(self, now: datetime) -> bool:
        return self.start <= now < self.end


@dataclass(frozen=True)
class Closure:
    """Why the kiosk was put out of service, in words for readers, and when it opens again by itself."""

    reason: str = ""
    until: datetime | None = None


UNSAID = Closure()
"""Nobody gave a reason or an end."""
