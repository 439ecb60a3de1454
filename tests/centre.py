"""The centre as its users run it, `python -m central`, for tests: a process of its own."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import central
from tests.broker import Broker, free_port, wait_for

PLACES = Path(central.__file__).with_name("places.toml")


class Centre:
    """`with Centre(folder, broker) as centre:`; may be stopped, killed and started again."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "centre.log"
        self.config = folder / "centre.toml"
        self._process: subprocess.Popen[bytes] | None = None
        issued = broker.issue("centre")
        self.config.write_text(
            f'[web]\nport = {self.port}\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
            f'ca = "{issued.ca}"\ncert = "{issued.certificate}"\nkey = "{issued.key}"\n'
            f'[store]\npath = "centre.db"\n[places]\nfile = "{PLACES}"\n',
            encoding="utf-8",
        )

    def start(self) -> None:
        command = [sys.executable, "-m", "central", "--config", str(self.config)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self._ready, f"the centre is ready; its log is {self.log}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send `number`, wait, and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(20)
        self._process = None
        return code

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return json.load(response)

    def event_count(self, **of: str) -> int:
        query = "&".join(f"{key}={value}" for key, value in of.items())
        return int(self.get(f"/api/events/count?{query}")["count"])

    def _ready(self) -> bool:
        assert self._process is not None
        text = self.log.read_text(encoding="utf-8")
        assert self._process.poll() is None, text
        return "centre ready" in text and "connected to the broker" in text

    def __enter__(self) -> "Centre":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self.stop(signal.SIGKILL)
