"""What the flow keeps of alarms: what was told, and what is counted until it is worth telling."""

from dataclasses import dataclass

from broker_config.alarms import AlarmName


@dataclass(frozen=True)
class Watch:
    """What was told, and what is counted until it is worth telling."""

    raised: frozenset[str] = frozenset()
    """Names of the lasting alarms that the centre believes to hold; kept across a start."""
    noticed: frozenset[tuple[AlarmName, str]] = frozenset()
    """What was told of this visit or of a tag that still lies there, by name and subject: it is told once."""
    here_since_s: float | None = None
    """Since when somebody is being served."""
    failures: int = 0
    """Scans, cards and PINs in a row that led nowhere."""
    failed_at_s: float = 0.0
