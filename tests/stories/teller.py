"""Tells a story in a village, one step a line, and asks afterwards what is true (never the kiosk alone)."""

import sqlite3
from pathlib import Path
from typing import Any, Self

from hardware_sim.processes import wait_until
from hardware_sim.scenario import Player
from hardware_sim.village import PLACE, Village
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN

WAITS = {
    "idle_s": 20.0,
    "warning_s": 12.0,
    "message_s": 8.0,
    "goodbye_s": 4.0,
    "put_back_s": 6.0,
    "settle_s": 3.0,
}


class Story:
    """`story.tell(steps)` plays; the other methods ask ILS, tags, centre and journal."""

    def __init__(self, folder: Path, **place: Any) -> None:
        """`place`: how this village differs, as `Village` takes it."""
        self.village = Village(folder / "village", visit=WAITS, reply_timeout_s=1.5, **place)

    def __enter__(self) -> Self:
        self.village.__enter__()
        self._player = Player(self.village)
        self.tell("see idle")
        return self

    def __exit__(self, *error: Any) -> None:
        self.village.stop()

    def tell(self, steps: str) -> None:
        for step in filter(None, (line.split("#")[0].strip() for line in steps.splitlines())):
            try:
                self._player.do(step)
            except AssertionError as error:
                raise AssertionError(f"at the step {step!r}: {error}") from error

    # -- what is true ------------------------------------------------------------------------------------

    def item_id(self, title: str) -> str:
        return self.village.items[title].item_id

    def borrower(self, title: str) -> str | None:
        """The name of the reader to whom the ILS has lent it."""
        loan = self.village.ils.item(self.item_id(title))["loan"]
        names = {reader.reader_id: name for name, reader in self.village.readers.items()}
        return names[loan["reader_id"]] if loan else None

    def released(self, title: str) -> bool:
        """The book's tag lets it through the gate."""
        return self.village.hands.tag_state(self.item_id(title)).afi == AFI_ON_LOAN

    def secured(self, title: str) -> bool:
        return self.village.hands.tag_state(self.item_id(title)).afi == AFI_IN_LIBRARY

    def acts_at_ils(self, title: str) -> list[str]:
        """What the ILS did with it, in order."""
        return [entry["act"] for entry in self.village.ils.item(self.item_id(title))["history"]]

    def journal(self, sql: str) -> list[Any]:
        """Rows of the kiosk's journal, read from beside it."""
        path = self.village.folder / "kiosk" / "journal.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0) as db:
            return db.execute(sql).fetchall()

    def today(self) -> dict[str, int]:
        """What the centre has counted for this place today."""
        counted: dict[str, int] = self.village.centre(f"/api/v1/places/{PLACE}")["summary"]["today"]
        return counted

    def centre_counts(self, **expected: int) -> None:
        """Wait until the centre has exactly these counts."""
        wait_until(
            f"the centre counts {expected} (now {self.today()})",
            lambda: {key: self.today()[key] for key in expected} == expected,
        )

    def device(self, kind: str) -> dict[str, Any]:
        """What the centre knows of the kiosk's device of that kind."""
        kiosks = self.village.centre(f"/api/v1/places/{PLACE}")["kiosks"]
        found: dict[str, Any] = next(
            (device for kiosk in kiosks for device in kiosk["devices"] if device["kind"] == kind), {}
        )
        return found
