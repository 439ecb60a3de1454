"""Honeywell and Mindeo barcode scanners on a serial line, real or USB CDC.

    [[device]]
    model = "honeywell_scanner"
    port = "/dev/kiosk-scanner"

Options: `baud` (115200, as the guides of current models have it) and `triggered`, see
`devices.serial_scanner.commanded`. Tried with the simulator only.
"""

from devices.honeywell_scanner.protocol import DIALECT
from devices.serial_scanner.commanded import CommandedScanner


class HoneywellScanner(CommandedScanner):
    def __init__(self, path: str, *, baud: int | None = None, triggered: bool = False) -> None:
        super().__init__(path, DIALECT, baud=baud, triggered=triggered)
