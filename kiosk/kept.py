"""What a kiosk keeps besides its operations: which unit each device was, and whether staff closed it.

One small file beside the journal, replaced as a whole: after a power cut it is the old one or the new one.
"""

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from broker_config.whole_files import write_whole
from kiosk.flow.remote_values import UNSAID, Closure
from kiosk.flow.staff_values import Binding

log = logging.getLogger(__name__)


class Kept(Struct, frozen=True):
    bindings: dict[str, Binding] = {}
    closed: bool = False
    closure: Closure = UNSAID


class KeptFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.now = self._read()

    def bind(self, name: str, binding: Binding) -> None:
        """Durable when it returns; OSError."""
        bindings = self.now.bindings | {name: binding}
        self._write(msgspec.structs.replace(self.now, bindings=bindings))

    def close(self, closed: bool, closure: Closure = UNSAID) -> None:
        self._write(msgspec.structs.replace(self.now, closed=closed, closure=closure))

    def _read(self) -> Kept:
        """Nothing kept is no reason not to serve: every device is seen for the first time then."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return Kept()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            log.warning("%s: not used: %s", self._path, error)
            return Kept()

    def _write(self, kept: Kept) -> None:
        write_whole(self._path, msgspec.json.encode(kept))
        self.now = kept
