"""GM65 barcode modules and their relatives (GM805, GM812 …) on a serial line, TTL or USB CDC.

    [[device]]
    model = "gm65"
    port = "/dev/kiosk-scanner"

Options: `baud` (9600) and `triggered`, see `devices.serial_scanner.commanded`; a new module looks only when
told to. Tried with the simulator only.
"""

from devices.gm65.protocol import DIALECT
from devices.serial_scanner.commanded import CommandedScanner


class Gm65(CommandedScanner):
    def __init__(self, path: str, *, baud: int | None = None, triggered: bool = False) -> None:
        super().__init__(path, DIALECT, baud=baud, triggered=triggered)
