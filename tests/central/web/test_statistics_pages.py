"""The pages of the statistics in Chromium: charts, sorting, closing, both languages, a phone, paper."""

import re
from collections.abc import Iterator

import pytest

from central.store import opened
from tests.broker import Broker
from tests.browser import Browser, Chromium
from tests.central.statistics.world import NEW, WELL, ZONE, fill
from tests.centre import Centre
from tests.waiting import wait_for

PLACES = "[...document.querySelectorAll('.figures-table tr[data-place]')].map(row => row.dataset.place)"
CHARTS = "document.querySelectorAll('.chart canvas, .chart svg').length"
MONTH = "/statistics?month=2026-10"
ALL = (
    MONTH,
    f"{MONTH}&scope=place:{NEW}",
    "/statistics/year?year=2026",
    f"/statistics/entries/{NEW}?month=2026-10",
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    store = opened(f"sqlite:{folder / 'centre.db'}", ZONE)
    fill(store)
    store.close()
    with Broker(folder) as broker, Centre(folder, broker) as running:
        yield running


@pytest.fixture
def browser(centre: Centre, chromium: Chromium) -> Iterator[Browser]:
    with chromium.browser(centre.staff) as running:
        yield running
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:blank")
    assert [url for url in running.requests if not url.startswith(ours)] == []
    assert running.errors == []


def test_a_month_with_its_charts_and_gaps(centre: Centre, browser: Browser) -> None:
    browser.open(centre.url + MONTH)
    for text in (
        "2026年10月",
        "麻章区图书馆总分馆",
        "合计：全部（104 个网点）",
        "✗ 未达标 4/5 周",
        "无数据",
        "尚未结账",
    ):
        browser.see(text)
    wait_for(lambda: browser.run(CHARTS) == 2, "both charts are drawn")
    assert browser.page.locator("nav.sections [aria-current]").inner_text() == "统计"
    assert browser.page.locator("[data-place=mz-main] [data-item=visits]").inner_text() == "无数据"


def test_sorting_puts_the_most_first_and_the_unknown_last(centre: Centre, browser: Browser) -> None:
    browser.open(centre.url + MONTH)
    browser.see("各网点")
    browser.click("thead a[href*='sort=loans']")
    browser.see("排名：借出")
    wait_for(lambda: browser.run(PLACES)[:2] == [WELL, "mz-taiping-05"], "the most first")
    assert browser.page.locator("thead [aria-sort=descending]").inner_text().startswith("借出")
    browser.click("thead a[href*='sort=loans']")
    wait_for(lambda: browser.run(PLACES)[:1] == ["mz-main"], "the least first")
    assert browser.run(PLACES)[-1] not in (WELL, NEW, "mz-main", "mz-taiping")


def test_choosing_a_place_shows_why_its_figures_are_marked(centre: Centre, browser: Browser) -> None:
    browser.open(centre.url + MONTH)
    browser.see("各网点")
    browser.page.select_option("[name=scope]", f"place:{NEW}")
    browser.click("form.choose button")
    browser.see("麻章区图书馆岭头村服务点")
    browser.see("进馆计数器 10月20日 08:00 至 10月22日 12:00 没有读数")
    browser.open(f"{centre.url}/statistics?month=2026-99")
    browser.see("月份“2026-99”无法识别")


def test_in_english(centre: Centre, browser: Browser) -> None:
    browser.open(f"{centre.url}/language/en?to=/statistics")
    browser.open(centre.url + MONTH)
    for text in ("By place", "Total: all (104 places)", "no data", "✗ Not met 4/5 weeks"):
        browser.see(text)
    assert re.findall("[一-鿿]+", browser.page.locator("main.page").inner_text()) == []


def test_the_year(centre: Centre, browser: Browser) -> None:
    browser.open(f"{centre.url}/statistics/year?year=2026")
    browser.see("2026年10月")
    browser.see("全年标准")
    wait_for(lambda: browser.run(CHARTS) == 1, "the chart is drawn")
    assert "1/" in browser.page.locator("tr", has_text="东黄村").inner_text()


def test_closing_from_the_page(centre: Centre, browser: Browser) -> None:
    browser.open(f"{centre.url}/statistics?month=2026-09")
    browser.see("结账 2026年9月")
    browser.click(".closing button")
    browser.see("已于")
    assert browser.page.locator(".closing button").count() == 0


def test_nothing_wider_than_a_phone(centre: Centre, chromium: Chromium) -> None:
    with chromium.browser(centre.staff, width=390, height=844) as phone:
        for path in ALL:
            phone.open(centre.url + path)
            phone.see("退出")
            phone.see("岭头村")
            assert phone.run("document.documentElement.scrollWidth <= innerWidth"), path


def test_paper(centre: Centre, browser: Browser) -> None:
    """A4, 210 by 297 mm, is 595 by 842 points: several sheets across for 104 places, one for one place."""
    sizes = {}
    for scope in ("all", f"place:{NEW}"):
        browser.open(f"{centre.url}/statistics/print?month=2026-10&scope={scope}")
        browser.see("审核人")
        pdf = browser.page.pdf(prefer_css_page_size=True)
        boxes = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
        sizes[scope] = {(round(float(x)), round(float(y))) for x, y in boxes}, len(boxes)
    (across, sheets), (upright, one) = sizes["all"], sizes[f"place:{NEW}"]
    assert all(abs(x - 842) <= 1 and abs(y - 595) <= 1 for x, y in across) and 3 <= sheets <= 8
    assert all(abs(x - 595) <= 1 and abs(y - 842) <= 1 for x, y in upright) and one == 1
