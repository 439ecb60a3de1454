"""The centre as its users run it, `python -m central`, for tests: a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import central
from hardware_sim.processes import free_port
from hardware_sim.staff import ONE_TIME, Staff
from tests.broker import Broker
from tests.waiting import wait_for

PLACES = Path(central.__file__).with_name("places.toml")


class Centre:
    """`with Centre(folder, broker) as centre:`; may be stopped, killed and started again. `web` is more of
    its [web], `more` of the rest; with `first_sign_in` off the one-time password stays in `one_time`."""

    def __init__(
        self, folder: Path, broker: Broker, web: str = "", first_sign_in: bool = True, more: str = ""
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "centre.log"
        self.config = folder / "centre.toml"
        self.staff = Staff(self.url)
        self.one_time: str | None = None
        self._first_sign_in = first_sign_in
        self._process: subprocess.Popen[bytes] | None = None
        issued = broker.issue("centre")
        self.config.write_text(
            f'[web]\nport = {self.port}\n{web}\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
            f'ca = "{issued.ca}"\ncert = "{issued.certificate}"\nkey = "{issued.key}"\n'
            f'[store]\nurl = "sqlite:centre.db"\n[places]\nfile = "{PLACES}"\n{more}',
            encoding="utf-8",
        )

    def start(self) -> None:
        command = [sys.executable, "-m", "central", "--config", str(self.config)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_for(self._ready, f"the centre is ready; its log is {self.log}", 60)
        first = ONE_TIME.search(self.log.read_text(encoding="utf-8"))
        self.one_time = first[2] if first else None
        if self.one_time and self._first_sign_in:
            self.staff.start(self.one_time)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send `number`, wait, and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(20)
        self._process = None
        return code

    def get(self, path: str) -> Any:
        """What REST answers to an account of the main library."""
        return self.staff.get(path)

    def event_count(self, **of: str) -> int:
        query = "&".join(f"{key}={value}" for key, value in of.items())
        return int(self.get(f"/api/v1/events/count?{query}")["count"])

    def _ready(self) -> bool:
        assert self._process is not None
        text = self.log.read_text(encoding="utf-8")
        assert self._process.poll() is None, text
        return "centre ready" in text and "connected to the broker" in text

    def __enter__(self) -> "Centre":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop(signal.SIGKILL)
