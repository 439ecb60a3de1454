"""Everything the centre says to kiosks by itself, asked together by the collector's thread.

One that cannot read its tables at the moment keeps no other silent, and never ends the collector.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from broker_config.messages import Publication
from central.enrolment.authority import EnrolError
from central.intake import Heard
from central.office import OfficeError
from central.reader_cards import ReaderCardError
from central.store import StoreError

log = logging.getLogger(__name__)

Source = Callable[[Sequence[Heard]], Iterable[Publication]]


class Speech:
    """Called with what was just kept; `sources` by what they are for."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._trouble: dict[str, str] = {}

    def __call__(self, kept: Sequence[Heard]) -> list[Publication]:
        said: list[Publication] = []
        for name, source in self._sources.items():
            try:
                said.extend(source(kept))
                self._trouble.pop(name, None)
            except (OfficeError, StoreError, EnrolError, ReaderCardError, OSError) as error:
                if self._trouble.get(name) != str(error):
                    log.error("%s: %s", name, error)
                self._trouble[name] = str(error)
        return said
