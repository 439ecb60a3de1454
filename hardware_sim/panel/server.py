"""Serves the panel to browsers on this machine: one page, its state as server-sent events, acts as POSTs.

Standard library only. Each browser keeps one connection open for the events; the village is looked at once
for all of them.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from hardware_sim.control import LOOPBACK, HandsError
from hardware_sim.panel.guard import JSON, refusal
from hardware_sim.panel.mirror import Mirror
from hardware_sim.panel.stage import Refused, Stage

FOLDER = Path(__file__).parent
PAGES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/panel.css": ("panel.css", "text/css; charset=utf-8"),
    "/panel.js": ("panel.js", "text/javascript; charset=utf-8"),
}
SAFETY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LOOK_S = 0.25
KEEP_ALIVE_S = 10.0
MOST_BODY_BYTES = 4096


class Panel:
    """`with Panel(stage, port) as panel:` serves at `panel.url`; `port` 0 takes a free one."""

    def __init__(self, stage: Stage, port: int = 0) -> None:
        """OSError when the port is taken."""
        self.stage = stage
        self.news = News(self._everything)
        village = stage.village
        self.mirror = Mirror(village.screen.beside(), village.folder / "mirror.png", self.news.watched)
        self._server = _Server((LOOPBACK, port), self)
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.1,), name="panel", daemon=True),
            threading.Thread(target=self.news.run, name="panel news", daemon=True),
        ]

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"

    def __enter__(self) -> Self:
        self.mirror.start()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.news.stop()
        self.mirror.stop()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()

    def _everything(self) -> str:
        screen = {"number": self.mirror.number, "name": self.mirror.name}
        return json.dumps(self.stage.state() | {"screen": screen}, ensure_ascii=False)


class News:
    """The latest state, and whoever waits for the next one."""

    def __init__(self, look: Callable[[], str]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._latest = ""
        self._number = 0
        self._watching = 0
        self._stopping = threading.Event()

    def watched(self) -> bool:
        return self._watching > 0

    def run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            if not self.watched():
                continue
            try:
                latest = self._look()
            except HandsError:  # the place is being taken down
                continue
            with self._changed:
                if latest != self._latest:
                    self._latest, self._number = latest, self._number + 1
                    self._changed.notify_all()

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def after(self, number: int) -> tuple[int, str]:
        """The state after the one of that number; the same number when nothing changed for long."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._number > number or self._stopping.is_set(), timeout=KEEP_ALIVE_S
            )
            return self._number, self._latest

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While somebody looks."""
        with self._changed:
            self._watching += 1
        try:
            yield
        finally:
            with self._changed:
                self._watching -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], panel: Panel) -> None:
        self.panel = panel
        super().__init__(address, _Conversation)


class _Conversation(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._turned_away():
            return
        path = self.path.partition("?")[0]
        panel = self.server.panel
        if path in PAGES:
            name, kind = PAGES[path]
            self._give((FOLDER / name).read_bytes(), kind)
        elif path == "/things.json":
            self._give(json.dumps(panel.stage.things(), ensure_ascii=False).encode(), JSON)
        elif path == "/events":
            self._tell_news()
        elif path == "/screen.png" and panel.mirror.picture:
            self._give(panel.mirror.picture, "image/png")
        elif path.startswith("/receipts/"):
            self._give_receipt(path.removeprefix("/receipts/").removesuffix(".png"))
        else:
            self._fail(HTTPStatus.NOT_FOUND, "没有这一页 / there is no such page")

    def do_POST(self) -> None:
        if self._turned_away():
            return
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal() or int(size) > MOST_BODY_BYTES or self.path != "/say":
            self.close_connection = True
            self._fail(HTTPStatus.BAD_REQUEST, '应为 / expected POST /say with {"words": "tap 张样例"}')
            return
        try:
            words = json.loads(self.rfile.read(int(size)))["words"]
            self.server.panel.stage.say(str(words))
        except Refused as refused:
            self._fail(HTTPStatus.CONFLICT, str(refused))
        except (ValueError, KeyError, TypeError):
            self._fail(HTTPStatus.BAD_REQUEST, '应为 / expected {"words": "tap 张样例"}')
        else:
            self._give(b"{}", JSON)

    def log_message(self, format: str, *args: object) -> None:
        """What people do at the panel is nobody's log."""

    # -- answers -----------------------------------------------------------------------------------------

    def _turned_away(self) -> bool:
        reason = refusal(self.command, dict(self.headers), self.server.panel.port)
        if reason is None:
            return False
        self.close_connection = True
        self._fail(HTTPStatus.FORBIDDEN, reason)
        return True

    def _give_receipt(self, number: str) -> None:
        try:
            self._give(self.server.panel.stage.receipt(int(number)), "image/png")
        except (LookupError, ValueError, OSError):
            self._fail(HTTPStatus.NOT_FOUND, "没有这张凭条 / there is no such receipt")

    def _tell_news(self) -> None:
        self._head(HTTPStatus.OK, "text/event-stream; charset=utf-8", None)
        news, told = self.server.panel.news, 0
        with news.watching(), contextlib.suppress(OSError):
            while not news.stopping:
                number, state = news.after(told)
                words = f"data: {state}\n\n" if number != told else ": still here\n\n"
                told = number
                self.wfile.write(words.encode())
                self.wfile.flush()
        self.close_connection = True

    def _fail(self, status: HTTPStatus, reason: str) -> None:
        self._give(json.dumps({"error": reason}, ensure_ascii=False).encode(), JSON, status)

    def _give(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._head(status, kind, len(body))
        self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, size: int | None) -> None:
        self.send_response(status)
        for name, value in SAFETY.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        if size is not None:
            self.send_header("Content-Length", str(size))
        self.end_headers()
