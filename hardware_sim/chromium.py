"""A picture of a page as Debian's Chromium shows it to somebody who is signed in.

It is driven through a pair of pipes (`--remote-debugging-pipe`): JSON messages that end with a zero byte.
"""

import base64
import json
import os
import select
import subprocess
import time
from collections.abc import Iterable
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any

from hardware_sim.processes import NotReady

# No sandbox: the demo may run as root in a container.
COMMAND = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--remote-debugging-pipe", "--window-size=1440,1100",
)  # fmt: skip
WITH_PIPES = 'input=$1 output=$2; shift 2; exec "$@" 3<"/dev/fd/$input" 4>"/dev/fd/$output"'
"""A shell puts the pipes' ends where Chromium wants them."""


def picture(url: str, path: Path, profile: Path, cookies: Iterable[Cookie], shows: str) -> None:
    """Write a PNG of the page at `url`, once it shows the text `shows`; NotReady when it does not."""
    with _Tab(profile) as tab:
        for cookie in cookies:
            tab.call("Network.setCookie", name=cookie.name, value=cookie.value, url=url, httpOnly=True)
        tab.call("Page.navigate", url=url)
        said = f"document.body && document.body.innerText.includes({json.dumps(shows)})"
        end = time.monotonic() + 60
        while not tab.call("Runtime.evaluate", expression=said)["result"].get("value"):
            if time.monotonic() > end:
                raise NotReady(f"Chromium: {url} does not show {shows!r}")
            time.sleep(0.1)
        path.write_bytes(base64.b64decode(tab.call("Page.captureScreenshot")["data"]))


class _Tab:
    """One page of a Chromium of its own."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile

    def __enter__(self) -> "_Tab":
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        ends = (theirs_in, theirs_out)
        chromium = [*COMMAND, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["sh", "-c", WITH_PIPES, "sh", *map(str, ends), *chromium],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=ends,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._read = b""
        self._last_id = 0
        self._session = ""
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command; NotReady when it is refused or not answered."""
        self._last_id += 1
        message: dict[str, Any] = {"id": self._last_id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            received = json.loads(self._next_message(method))
            if received.get("id") == self._last_id:
                if "error" in received:
                    raise NotReady(f"Chromium refused {method}: {received['error'].get('message')}")
                result: dict[str, Any] = received["result"]
                return result

    def _next_message(self, method: str) -> bytes:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._from], [], [], 60)
            chunk = os.read(self._from, 65536) if ready else b""
            if not chunk:
                raise NotReady(f"Chromium did not answer {method}")
            self._read += chunk
        message, _, self._read = self._read.partition(b"\0")
        return message
