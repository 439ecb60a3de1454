"""What the flow knows of the mains, where a UPS tells of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PowerRules:
    """Seconds: how long a cut is ridden out before new visits are refused; how long after nothing is open any
    more the board is shut down; and from the cut on, when it is at the latest."""

    ride_through_s: float = 20.0
    shut_down_after_s: float = 60.0
    at_latest_s: float = 300.0


@dataclass(frozen=True)
class Power:
    """`good` None: nobody said yet."""

    good: bool | None = None
    gone_since_s: float | None = None
    on_battery: bool = False
    """Gone for longer than is ridden out: nobody new is served."""
    nothing_open_since_s: float | None = None
    shutting_down: bool = False
    """Not to be called off any more."""
