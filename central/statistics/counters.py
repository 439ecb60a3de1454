"""Which of a place's devices count people at its door. Pure."""

from collections.abc import Iterable

from central.store import Kiosk

COUNTER = "door_counter"


def counters(kiosks: Iterable[Kiosk]) -> set[tuple[str, str]]:
    """(place, subject) of the spans of door counters, by whatever name their kiosks have for them."""
    return {
        (kiosk.identity.place, f"{kiosk.identity.device}/{name}")
        for kiosk in kiosks
        for name in (COUNTER, *(d.name or d.kind for d in kiosk.devices if d.kind == COUNTER))
    }
