"""A whole borrow from the browser's panel: real kiosk under Xvfb, Chromium, touches by the mirror."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hardware_sim.panel.server import Panel
from hardware_sim.panel.stage import Stage
from hardware_sim.scenario import Player
from hardware_sim.world import AFI_ON_LOAN
from tests.browser import CHROMIUM, OPTIONS
from tests.stories.teller import Story
from tests.waiting import wait_for

TITLE, READER = "警世通言", "张样例"


def touched(page: Page, story: Story, action: str) -> None:
    """A click on the mirror where the kiosk has that target."""
    screen = story.village.screen
    wait_for(lambda: action in screen.targets(), f"the kiosk offers {action}")
    mirror = page.locator("#mirror")
    shrunk = mirror.evaluate("m => m.clientWidth / m.naturalWidth")
    x, y, *_ = screen.targets()[action]
    mirror.click(position={"x": x * shrunk, "y": y * shrunk})


def said(url: str, origin: str, words: str) -> tuple[int, str]:
    """Status and reason of an act posted from a page of `origin`."""
    headers = {"Origin": origin, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}say", json.dumps({"words": words}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, ""
    except urllib.error.HTTPError as error:
        return error.code, json.load(error).get("error", "")


@pytest.mark.timeout(240)
def test_a_reader_borrows_a_book_from_the_panel(tmp_path: Path) -> None:
    with Story(tmp_path) as story, Panel(Stage(Player(story.village))) as panel:
        with sync_playwright() as player:
            chromium = player.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            page = chromium.new_page(viewport={"width": 1360, "height": 900})
            page.set_default_timeout(60_000)
            expect.set_options(timeout=60_000)
            errors: list[object] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
            page.goto(panel.url)
            expect(page.locator("#mirror")).to_be_visible()
            page.fill("#search", TITLE)
            page.locator("#shelf button", has_text=TITLE).first.click()
            expect(page.locator("#pad")).to_contain_text(f"取走《{TITLE}》")
            page.locator("#readers button", has_text=READER).click()
            story.tell("see stack 借这 1 本")
            touched(page, story, "confirm")
            story.tell("see result 成功借出 1 本")
            expect(page.locator("#pad")).to_contain_text("借出 Out")
            touched(page, story, "print_receipt")
            expect(page.locator("#receipts img")).to_have_count(1)
            page.locator("button", has_text="全部取走").click()
            wait_for(lambda: not story.village.hands.state().pad, "the pad is empty")
            assert errors == []
            chromium.close()
        tag = story.village.hands.tag_state(story.item_id(TITLE))
        assert (story.borrower(TITLE), tag.afi) == (READER, AFI_ON_LOAN)
        ours = panel.url.rstrip("/")
        assert said(panel.url, "http://books.example", "unplug pad")[0] == 403
        assert story.village.hands.state().devices[0].plugged
        assert said(panel.url, ours, "put 没有的书")[0] == 409
        status, reason = said(panel.url, ours, "see idle")
        assert (status, "面板不能做" in reason) == (409, True)
        assert said(panel.url, ours, "unplug pad")[0] == 200
        assert not story.village.hands.state().devices[0].plugged
