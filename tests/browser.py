"""Debian's Chromium without a screen, driven by Playwright: a thin layer with the words our tests use."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from hardware_sim.staff import Staff

CHROMIUM = "/usr/bin/chromium"
# No sandbox: tests may run as root in a container. The rest keeps it from calling home.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
DEADLINE_S = 30


class Chromium:
    """The program, which takes seconds to start: `with Chromium() as chromium:` and then as many browsers as
    one likes, `with chromium.browser(staff) as browser:`, which know nothing of each other. While it runs,
    nothing else in this thread can use asyncio."""

    def browser(self, staff: Staff | None = None, width: int = 1360, height: int = 900) -> "Browser":
        return Browser(staff, width, height, self)

    def context(self, width: int, height: int) -> BrowserContext:
        return self._chromium.new_context(viewport={"width": width, "height": height})

    def __enter__(self) -> "Chromium":
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        return self

    def __exit__(self, *_: object) -> None:
        self._chromium.close()
        self._playwright.stop()


class Browser:
    """`with Browser() as browser:` is one tab; `page` is Playwright's. `requests` are the addresses it asked
    for, `errors` what its console complained of. `staff`: signed in as they are from the beginning. Without a
    `chromium` it starts its own."""

    page: Page

    def __init__(
        self,
        staff: Staff | None = None,
        width: int = 1360,
        height: int = 900,
        chromium: Chromium | None = None,
    ) -> None:
        self._staff = staff
        self._size = (width, height)
        self._shared = chromium
        self._open = ExitStack()
        self.requests: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> "Browser":
        chromium = self._shared or self._open.enter_context(Chromium())
        self._context = chromium.context(*self._size)
        self._open.callback(self._context.close)
        self._context.set_default_timeout(DEADLINE_S * 1000)
        if self._staff is not None:
            for cookie in self._staff.cookies:
                self._context.add_cookies(
                    [{"name": cookie.name, "value": cookie.value or "", "url": self._staff.url}]
                )
        self.page = self.tab()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def tab(self) -> Page:
        """Another tab of the same browser."""
        page = self._context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        return page

    def cookie(self, url: str, name: str, value: str) -> None:
        self._context.add_cookies([{"name": name, "value": value, "url": url}])

    def open(self, url: str) -> None:
        self.page.goto(url, wait_until="commit")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        return self.page.evaluate(script)

    def see(self, text: str, deadline_s: float = DEADLINE_S) -> None:
        """Wait until the page shows `text`."""
        self.page.wait_for_function(
            "text => document.body && document.body.innerText.includes(text)",
            arg=text,
            timeout=deadline_s * 1000,
        )

    def click(self, selector: str) -> None:
        self.page.click(selector)

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)
