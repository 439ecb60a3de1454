"""Which numbered events of one installation are there, which are missing, which will never come. Pure.

Everything up to `confirmed` is there or lost; above it `beyond` holds what came too early. So whether an
event is new is known without asking for it among millions.
"""

from collections.abc import Iterable, Iterator, Sequence

Range = tuple[int, int]
"""From first to last, both within."""


class Ledger:
    def __init__(self, confirmed: int = 0, beyond: Iterable[int] = (), lost: Iterable[Range] = ()) -> None:
        self.confirmed = confirmed
        self.beyond = set(beyond)
        self.lost = list(lost)
        self.highest = max(self.beyond, default=confirmed)

    def take(self, seq: int) -> bool:
        """Whether `seq` is new; from now on it is there."""
        if seq == self.confirmed + 1:
            self.confirmed = seq
            self._advance()
        elif seq <= self.confirmed:
            return self._recover(seq)
        elif seq in self.beyond:
            return False
        else:
            self.beyond.add(seq)
        self.highest = max(self.highest, seq)
        return True

    def begin_at(self, oldest: int) -> None:
        """The sender has forgotten all events below `oldest`: what is missing of them is lost."""
        if oldest - 1 > self.confirmed:
            missing = ranges_missing(self.confirmed, (*self.beyond, oldest))
            self.lost += [one for one in missing if one[0] < oldest]
            self.confirmed = oldest - 1
            self.beyond = {seq for seq in self.beyond if seq >= oldest}
            self.highest = max(self.highest, self.confirmed)
            self._advance()

    def _advance(self) -> None:
        while self.beyond and self.confirmed + 1 in self.beyond:
            self.confirmed += 1
            self.beyond.remove(self.confirmed)

    def _recover(self, seq: int) -> bool:
        """An event that was given up came after all."""
        for place, (first, last) in enumerate(self.lost):
            if first <= seq <= last:
                rest = [(first, seq - 1), (seq + 1, last)]
                self.lost[place : place + 1] = [(a, b) for a, b in rest if a <= b]
                return True
        return False


def ranges_missing(confirmed: int, beyond: Iterable[int]) -> list[Range]:
    """What is missing between `confirmed` and the highest of `beyond`."""
    return list(_missing(confirmed, sorted(beyond)))


def _missing(confirmed: int, beyond: Sequence[int]) -> Iterator[Range]:
    before = confirmed
    for seq in beyond:
        if seq > before + 1:
            yield before + 1, seq - 1
        before = seq
