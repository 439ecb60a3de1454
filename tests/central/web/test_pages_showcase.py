"""Every page of a whole district in Chromium: as pictures, in both languages, on a phone, with its tables."""

import csv
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware_sim.processes import free_port
from tests.browser import Browser, Chromium
from tests.central.web import pictures
from tests.central.web.inside import OWN
from tests.central.web.showcase import TALL
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
DISPUTE = f"/disputes/i-{OWN}"
PAGES = {
    "overview": ("/", "各镇网点", "Places by town"),
    "place": (f"/places/{OWN}", "近 7 天运行状况", "Seven days"),
    "trouble": (f"/places/{TALL}", "主板过热", "Board too hot"),
    "acts": (f"/places/{OWN}/acts", "安排维护", "Plan maintenance"),
    "events": (f"/places/{OWN}/events", "最近记录", "Recent events"),
    "alerts": ("/alerts", "需要处理", "Needs staff"),
    "devices": ("/devices", "台在用设备", "devices in use"),
    "disputes": ("/disputes", "待处理", "Waiting"),
    "notices": ("/notices", "还没有公告", "None yet"),
    "notice": ("/notices/new", "预览", "Preview"),
    "settings": (f"/places/{OWN}/settings", "已生效", "In force"),
    "settings-many": ("/settings", "1 / 1 台已生效", "in force at 1 of 1 kiosks"),
}
"""Path, and what it says in Chinese and in English."""
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
KEPT = [(name, "desktop", "zh-CN") for name in PAGES]
KEPT += [(name, "phone", "zh-CN") for name in ("overview", "place", "alerts", "devices", "disputes", "acts")]
KEPT += [(name, "desktop", "en") for name in ("overview", "place", "alerts", "settings")]


@dataclass(frozen=True)
class Show:
    url: str
    cookie: str
    people: dict[str, str]


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    folder, port = tmp_path_factory.mktemp("showcase"), free_port()
    command = [sys.executable, "-m", "tests.central.web.showcase", str(folder), str(port)]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    try:
        wait_for(lambda: _answers(process, folder / "out", port), "the showcase answers", 90)
        said: dict[str, Any] = json.loads((folder / "out").read_text(encoding="utf-8").splitlines()[-1])
        yield Show(f"http://127.0.0.1:{port}", said["cookie"], said["people"])
    finally:
        process.terminate()
        process.wait(20)


def _answers(process: "subprocess.Popen[bytes]", out: Path, port: int) -> bool:
    assert process.poll() is None, out.read_text(encoding="utf-8")
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def browser(show: Show, chromium: Chromium) -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened
        assert opened.errors == []


def visit(
    browser: Browser,
    show: Show,
    name: str,
    *,
    size: str = "desktop",
    language: str = "zh-CN",
    who: str = "boss",
) -> None:
    """Open the page and wait until it is drawn."""
    browser.cookie(show.url, show.cookie, show.people[who])
    browser.cookie(show.url, "language", language)
    width, height = SIZES[size]
    browser.page.set_viewport_size({"width": width, "height": height})
    path, chinese, english = PAGES[name]
    browser.open(f"{show.url}{path}")
    browser.see(chinese if language == "zh-CN" else english)
    browser.page.wait_for_load_state("networkidle")
    browser.page.wait_for_function(
        "document.querySelectorAll('.chart, .small-chart').length"
        " === document.querySelectorAll('.chart canvas, .small-chart canvas').length"
    )
    browser.page.wait_for_function(
        "!document.querySelector('.devices-grid') || document.querySelectorAll('.ag-row').length > 5"
    )
    browser.run("document.fonts.ready.then(() => true)")


@pytest.mark.parametrize("kept", KEPT, ids="-".join)
def test_pages_look_as_they_did(
    browser: Browser, show: Show, tmp_path: Path, kept: tuple[str, str, str]
) -> None:
    name, size, language = kept
    visit(browser, show, name, size=size, language=language)
    browser.page.mouse.move(0, 0)
    suffix = "" if language == "zh-CN" else f"-{language}"
    pictures.check(f"{name}-{size}{suffix}", browser.page.screenshot(), tmp_path)


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_is_wider_and_all_can_be_read(browser: Browser, show: Show, name: str) -> None:
    """In English, which is the longer one."""
    visit(browser, show, name, size="phone", language="en")
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    ratio, text = browser.run(f"({CONTRAST})()")
    assert ratio >= 4.5, f"{text!r} has a contrast of {ratio:.2f}"


def test_the_board_fades_what_is_not_meant(browser: Browser, show: Show) -> None:
    visit(browser, show, "overview")
    plain = "[...document.querySelectorAll('.tile')].filter(e => getComputedStyle(e).opacity === '1').length"
    assert browser.run(plain) == 104
    browser.click(".stat.is-down")
    downs = int(browser.run("document.querySelector('.stat.is-down .stat-count').innerText"))
    wait_for(lambda: browser.run(plain) == downs, "only what is down")
    browser.click(".stat.is-all")
    wait_for(lambda: browser.run(plain) == 104, "everything")
    browser.page.fill(".search input", "东黄")
    wait_for(lambda: browser.run(plain) == 1, "the one that was searched for")


def rows(browser: Browser) -> list[str]:
    """The first column as it is shown, from top to bottom."""
    return list(
        browser.run(
            "[...document.querySelectorAll('.ag-center-cols-container .ag-row')]"
            ".sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))"
            ".map(row => row.querySelector('[col-id=serial]').innerText)"
        )
    )


def test_the_table_of_devices_sorts_filters_and_exports(browser: Browser, show: Show, tmp_path: Path) -> None:
    visit(browser, show, "devices")
    browser.click(".ag-header-cell[col-id=serial] .ag-header-cell-label")
    wait_for(lambda: rows(browser)[:1] == ["=1+1"], "sorted by serial number")
    browser.click(".ag-header-cell[col-id=serial] .ag-header-cell-label")
    wait_for(lambda: rows(browser)[0].startswith("SC-"), "and the other way round")
    browser.page.locator(".ag-floating-filter input").nth(6).fill("=1+1")
    wait_for(lambda: rows(browser) == ["=1+1"], "filtered")
    with browser.page.expect_download() as download:
        browser.click(".grid-card button.button")
    file = tmp_path / "devices.csv"
    download.value.save_as(file)
    assert download.value.suggested_filename == "设备清单.csv"
    head, row = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    assert head[:3] == ["网点", "自助机", "设备"]
    assert row[6] == "'=1+1", "no formula for a spreadsheet"


def test_the_table_speaks_chinese(browser: Browser, show: Show) -> None:
    visit(browser, show, "devices")
    browser.page.locator(".ag-floating-filter-button-button").first.click()
    browser.see("包含")


def test_a_notice_is_previewed_as_text(browser: Browser, show: Show) -> None:
    visit(browser, show, "notice")
    browser.page.fill("[name=title_zh]", "<img src=x onerror=alert(1)>")
    assert browser.run("document.querySelector('[data-shows=title_zh]').innerText") == (
        "<img src=x onerror=alert(1)>"
    )
    assert browser.run("document.querySelectorAll('.idle-screen img').length") == 0


def test_one_dispute_shows_both_sides(browser: Browser, show: Show, tmp_path: Path) -> None:
    visit(browser, show, "disputes")
    browser.page.locator(".worklist a.button").last.click()
    for text in ("4408110023", "MZ00045127", "读者证已挂失，不能借书", "处理步骤", "已在业务系统补办"):
        browser.see(text)
    pictures.check("dispute-desktop", browser.page.screenshot(), tmp_path)


def test_a_viewer_is_shown_no_buttons(browser: Browser, show: Show) -> None:
    for name in ("place", "alerts", "devices"):
        visit(browser, show, name, who="reader")
        buttons = "document.querySelectorAll('main.page form, main.page a.button').length"
        assert browser.run(buttons) == 0, name
    assert "争议" not in browser.run("document.querySelector('nav.sections').innerText")


def test_a_branch_sees_its_own_places_only(browser: Browser, show: Show) -> None:
    visit(browser, show, "overview", who="taiping")
    assert browser.run("document.querySelectorAll('.tile').length") == 2
    visit(browser, show, "alerts", who="taiping")
    text = browser.run("document.body.innerText")
    assert "东黄村" in text and "坡塘村" not in text


def test_an_alert_is_taken_on_the_page_of_alerts(browser: Browser, show: Show) -> None:
    """The last, since it changes what others look at."""
    visit(browser, show, "alerts")
    taken = "document.querySelectorAll('.alert_acknowledged .alert').length"
    before = browser.run(taken)
    browser.page.locator(".alert_open .alert button").first.click()
    wait_for(lambda: browser.run(taken) == before + 1, "it is taken")
    browser.see("处理人 boss")
