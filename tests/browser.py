"""Debian's Chromium without a screen, driven over its debugging protocol: just enough to test our pages."""

import base64
import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.sync.client import connect

from tests.broker import wait_for

CHROMIUM = "/usr/bin/chromium"
# No sandbox: tests may run as root in a container. The rest keeps it from calling home.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)


class Browser:
    """`with Browser(folder) as browser:` is one tab. `requests` are the addresses it asked for, `errors` what
    its console complained of."""

    def __init__(self, folder: Path, width: int = 1360, height: int = 900) -> None:
        self._profile = folder / "chromium"
        self._size = f"--window-size={width},{height}"
        self._last_id = 0
        self.requests: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> "Browser":
        command = [CHROMIUM, *OPTIONS, self._size, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = self._profile / "DevToolsActivePort"
        wait_for(lambda: port_file.exists() and "\n" in port_file.read_text(), "Chromium answers", 60)
        port, path = port_file.read_text().split("\n")[:2]
        self._connection = connect(f"ws://127.0.0.1:{port}{path}", max_size=None)
        self._socket = self._connection.__enter__()
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.__exit__(kind, error, trace)
        self._process.terminate()
        self._process.wait(20)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; None while the page is changing."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    def see(self, text: str, deadline_s: float = 20) -> None:
        """Wait until the page shows `text`."""
        script = f"document.body.innerText.includes({json.dumps(text)})"
        wait_for(lambda: self.run(script), f"the page shows {text!r}", deadline_s)

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    _session = ""

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            received = json.loads(self._socket.recv(timeout=30))
            if received.get("id") == self._last_id:
                assert "error" not in received, f"{method}: {received['error']}"
                result: dict[str, Any] = received["result"]
                return result
            self._note(received.get("method", ""), received.get("params", {}))

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"].get("exception", told)))
