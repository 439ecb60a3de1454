"""The node's books: from the judge's totals to numbered events that wait until the centre has them. Pure.

An event is frozen once, kept with its number, and forgotten when the centre has confirmed it, so that nothing
is lost and nothing told twice over any cut, of power or of the line (`broker_config.events.Visits`). Each
holds the visits since the one before, modulo 2³², and the totals by which the centre checks the sum. Runs on
MicroPython and on CPython.
"""

import json

WRAP = 0xFFFFFFFF
MOST_WAITING = 96
"""Events kept for a centre that is away: four days of hours. Later ones cover more than their hour."""
COUNTED = ("entries", "exits", "undirected", "doubts")


class Ledger:
    """`kept` is what `to_keep` gave before the power went, or None for a node that knows nothing."""

    def __init__(self, kept: dict | None, fresh_id: str) -> None:
        """`fresh_id` names this node's events if it has no name yet."""
        if kept is None:
            kept = {"install_id": fresh_id, "boots": 0, "seq": 0, "told_at": None, "outbox": []}
            kept["totals"] = kept["told"] = [0, 0, 0, 0]
            kept["entries_total"] = kept["exits_total"] = 0
        self.install_id: str = kept["install_id"]
        self.boots: int = kept["boots"] + 1
        self.seq: int = kept["seq"]
        self.totals: list[int] = list(kept["totals"])
        self.outbox: list[dict] = kept["outbox"]
        self._told: list[int] = list(kept["told"])
        self._told_at: str | None = kept["told_at"]
        self._entries_total: int = kept["entries_total"]
        self._exits_total: int = kept["exits_total"]
        self._after_a_gap = True
        """Since the last event there was a time in which nobody counted."""

    @property
    def boot_id(self) -> str:
        return f"{self.install_id}-{self.boots}"

    @property
    def oldest_seq(self) -> int:
        return self.outbox[0]["seq"] if self.outbox else self.seq + 1

    def note(self, totals: list[int]) -> bool:
        """Take over what the judge has counted, in the order of COUNTED; whether that is something new."""
        changed = self.totals != totals
        self.totals = list(totals)
        return changed

    def lost_some(self) -> None:
        """Edges came faster than they could be taken."""
        self._after_a_gap = True

    def freeze(self, at: str, hour: str, clock_synced: bool) -> bool:
        """Make an event of what came since the last one; whether there was anything, and room, for one.

        `at` is now, `hour` the one in which they came, both as messages carry them.
        """
        entries, exits, undirected, doubts = [
            (now - told) & WRAP for now, told in zip(self.totals, self._told)
        ]
        news = entries or undirected > 1 or doubts or exits or self._after_a_gap
        if not news:
            self._told_at = at if clock_synced else None
            return False
        if len(self.outbox) >= MOST_WAITING:
            self._after_a_gap = True  # what follows covers more than its own hour
            return False
        halves = undirected // 2
        self._entries_total = (self._entries_total + entries + halves) & WRAP
        self._exits_total = (self._exits_total + exits + halves) & WRAP
        self.seq += 1
        self.outbox.append(
            {
                "type": "visits/1",
                "install_id": self.install_id,
                "seq": self.seq,
                "at": at,
                "clock_synced": clock_synced,
                "hour": hour,
                "entries": entries + halves,
                "count_type": "halved" if halves else "entries",
                "complete": not self._after_a_gap,
                "since": self._told_at if self._after_a_gap and clock_synced else None,
                "doubts": doubts,
                "entries_total": self._entries_total,
                "exits_total": self._exits_total,
                "boot_id": self.boot_id,
            }
        )
        self._told = list(self.totals)
        self._told[2] = (self._told[2] - undirected % 2) & WRAP  # half a visit waits for its other half
        self._told_at = at if clock_synced else None
        self._after_a_gap = False
        return True

    def heard(self, payload: bytes) -> bool:
        """What the centre said of how far it has our events; whether that lets us forget something. Whatever
        else it says is not for us."""
        try:
            told = json.loads(payload)
            install_id, seq = told["install_id"], told["seq"]
        except (ValueError, KeyError, TypeError, RuntimeError):  # the last: nested too deep
            return False
        return type(seq) is int and self.confirmed(install_id, seq)

    def confirmed(self, install_id: str, seq: int) -> bool:
        """The centre has everything up to `seq`; whether that lets us forget something."""
        if install_id != self.install_id:
            return False
        before = len(self.outbox)
        self.outbox = [event for event in self.outbox if event["seq"] > seq]
        return len(self.outbox) != before

    def to_keep(self) -> dict:
        return {
            "install_id": self.install_id,
            "boots": self.boots,
            "seq": self.seq,
            "totals": self.totals,
            "told": self._told,
            "told_at": self._told_at,
            "entries_total": self._entries_total,
            "exits_total": self._exits_total,
            "outbox": self.outbox,
        }
