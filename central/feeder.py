"""Says what to send to each kiosk so that its copies of the lists come up to date; sends nothing itself.

Where a kiosk is it tells in its state; it is sent the next chunk after that, and the one after when its state
shows that it took the first. So nothing need be remembered over a restart of anybody, and after any break a
kiosk goes on where it was. Tried with 104 kiosks that all begin from nothing.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import msgspec

from broker_config.lists import ENTRIES, ListName, Lists, Position, pack
from broker_config.messages import Publication, encode, publication
from broker_config.status import State
from broker_config.topics import Identity
from broker_config.values import timestamp
from central.intake import Heard, StateHeard
from central.store import Store, StoreError
from central.store.lists import Change, Head, ListLog

log = logging.getLogger(__name__)

LARGEST_MESSAGE_BYTES = 24_000
"""What a broken link costs at most; 2 kB a second carry it within a kiosk's keep-alive."""
CHANGES_AT_ONCE = 1500
LOOK_EVERY = timedelta(seconds=5)
"""How soon an import by another process is noticed."""
AGAIN_AFTER = timedelta(hours=1)
"""A kiosk that took a chunk says so at once; one that does not (its disk is full) is not asked for ever."""
AT_ONCE = 8
"""Messages made in one go: the collector waits meanwhile."""


@dataclass(frozen=True)
class _Sent:
    """What the kiosk had told when it was sent its last chunk, and when that was."""

    session: int
    copies: dict[str, Position | None]
    at: datetime

    def under_way(self, state: State, now: datetime) -> bool:
        """Whether the kiosk has told nothing new since, and may still do so."""
        told = (state.session, state.lists)
        return told == (self.session, self.copies) and now - self.at < AGAIN_AFTER


class Feeder:
    """Belongs to the collector's thread."""

    def __init__(self, lists: ListLog, store: Store, now: Callable[[], datetime]) -> None:
        self._lists, self._store, self._now = lists, store, now
        self._look_at = now()
        self._sent: dict[Identity, _Sent] = {}
        self._trouble = ""

    def answers(self, kept: Sequence[Heard]) -> list[Publication]:
        """What to send now that `kept` is in the store; call it without anything, too, as time goes by."""
        now = self._now()
        if now < self._look_at and not any(isinstance(heard, StateHeard) for heard in kept):
            return []
        try:
            said = list(islice(self._chunks(now), AT_ONCE))
        except StoreError as error:
            if str(error) != self._trouble:
                log.error("%s", error)
            said, self._trouble = [], str(error)
        else:
            self._trouble = ""
        self._look_at = now if len(said) == AT_ONCE else now + LOOK_EVERY
        return said

    def _chunks(self, now: datetime) -> Iterator[Publication]:
        heads = self._lists.heads()
        for kiosk in self._store.kiosks():
            state, sent = kiosk.state, self._sent.get(kiosk.identity)
            if not kiosk.online or state is None or (sent and sent.under_way(state, now)):
                continue
            chunk = self._next(heads, state.lists)
            if chunk is not None:
                self._sent[kiosk.identity] = _Sent(state.session, state.lists, now)
                yield publication(kiosk.identity, chunk)

    def _next(self, heads: dict[ListName, Head], copies: dict[str, Position | None]) -> Lists | None:
        """One list after the other, in the order of their names' importance: who is blocked comes first."""
        for name in ListName:
            if name in heads and name.value in copies:
                chunk = next_chunk(self._lists, name, heads[name], copies[name.value])
                if chunk is not None:
                    return chunk
        return None


def next_chunk(lists: ListLog, name: ListName, head: Head, copy: Position | None) -> Lists | None:
    """What follows `copy`, or the beginning of a whole one; None when nothing does."""
    if head.seq == 0:
        return None
    if copy is None or not head.continues(copy):
        copy = Position(log=head.log, base=head.seq, seq=0)
    elif copy.seq == head.seq:
        return None
    changes = lists.after(name, copy, CHANGES_AT_ONCE)
    last = len(changes) < CHANGES_AT_ONCE
    while True:
        upto = max(head.seq, changes[-1].seq if changes else 0) if last else changes[-1].seq
        chunk = _chunk(name, head, copy, upto, changes)
        excess = len(encode(chunk)) / LARGEST_MESSAGE_BYTES
        if excess <= 1:
            return chunk
        changes, last = changes[: int(len(changes) / excess * 0.95)], False


def _chunk(name: ListName, head: Head, copy: Position, upto: int, changes: Sequence[Change]) -> Lists:
    removed = [change.key for change in changes if change.entry is None]
    entries = [msgspec.json.decode(c.entry, type=ENTRIES[name]) for c in changes if c.entry is not None]
    return Lists(
        list=name,
        at=timestamp(head.imported_at),
        log=copy.log,
        base=copy.base,
        after=copy.seq,
        upto=upto,
        changes=pack(removed, entries),
    )
