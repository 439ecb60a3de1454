"""What a collector has done so far, as a value that others may read at any time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from central.intake import Heard, Rejected


@dataclass(frozen=True)
class Work:
    """Counted since the collector began. `failures`: times the store did not take a batch. `lag_s`: from
    receiving the first message of the last batch to its commit."""

    messages: int = 0
    batches: int = 0
    acknowledged: int = 0
    rejected: int = 0
    failures: int = 0
    lag_s: float = 0.0

    def kept(self, batch: Sequence[Heard], acknowledged: int, now: datetime) -> "Work":
        """After `batch` was committed."""
        if not batch:
            return self
        return replace(
            self,
            messages=self.messages + len(batch),
            batches=self.batches + 1,
            acknowledged=self.acknowledged + acknowledged,
            rejected=self.rejected + sum(type(one) is Rejected for one in batch),
            lag_s=(now - batch[0].received_at).total_seconds(),
        )

    def failed(self) -> "Work":
        return replace(self, failures=self.failures + 1)
