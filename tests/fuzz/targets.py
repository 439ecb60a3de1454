"""Every decoder of bytes that come from a device, a wire, a network or a file."""

from tests.fuzz import (
    cards,
    drivers,
    files,
    kept,
    messages,
    pads,
    printers_and_doors,
    scanners,
    simulators,
    sip2,
    tags,
)
from tests.fuzz.engine import Target

TARGETS: tuple[Target, ...] = (
    *tags.TARGETS,
    *pads.TARGETS,
    *cards.TARGETS,
    *scanners.TARGETS,
    *printers_and_doors.TARGETS,
    *drivers.TARGETS,
    *simulators.TARGETS,
    *sip2.TARGETS,
    *messages.TARGETS,
    *files.TARGETS,
    *kept.TARGETS,
)
