"""Newland barcode scanners and engines on a serial line, real or USB CDC.

    [[device]]
    model = "newland_scanner"
    port = "/dev/kiosk-scanner"

Options: `baud` (9600) and `triggered`, see `devices.serial_scanner.commanded`. Tried with the simulator only.
"""

from devices.newland_scanner.protocol import DIALECT
from devices.serial_scanner.commanded import CommandedScanner


class NewlandScanner(CommandedScanner):
    def __init__(self, path: str, *, baud: int | None = None, triggered: bool = False) -> None:
        super().__init__(path, DIALECT, baud=baud, triggered=triggered)
