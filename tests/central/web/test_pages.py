"""The pages in Chromium, fed by a simulated kiosk through broker and collector."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker_config.messages import DeviceState, Health, Loan, Message, State, Visits, publication
from broker_config.topics import Identity
from broker_config.values import Condition, hour, timestamp
from tests.broker import Broker, Client, wait_for
from tests.browser import Browser
from tests.centre import Centre

KIOSK = Identity("mz-taiping-03", "kiosk-1")
TILE = 'a[href="/places/mz-taiping-03"].tile'


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def centre(tmp_path: Path, broker: Broker) -> Iterator[Centre]:
    with Centre(tmp_path, broker) as running:
        yield running


@pytest.fixture
def device(broker: Broker) -> Iterator[Client]:
    with broker.client(str(KIOSK)) as connected:
        yield connected


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path) as running:
        yield running
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:blank")
    assert [url for url in running.requests if not url.startswith(ours)] == []
    assert running.errors == []


def tell(device: Client, *messages: Message) -> None:
    for message in messages:
        sent = publication(KIOSK, message)
        assert device.publish(sent.topic, sent.payload, 1, sent.retain) == "Success"


def now() -> str:
    return timestamp(datetime.now(UTC))


def printer(condition: Condition, reason: str = "") -> DeviceState:
    return DeviceState(
        kind="receipt_printer",
        model="escpos",
        port="/dev/p0",
        condition=condition,
        reason=reason,
        serial="P1",
    )


def birth(device: DeviceState) -> State:
    return State(at=now(), clock_synced=True, online=True, session=1, devices=(device,), software="0.1.0")


def heartbeat(device: DeviceState) -> Health:
    return Health(at=now(), clock_synced=True, session=1, devices=(device,), ils_up=True, disk_free_mb=20_000)


def loan(seq: int, install_id: str) -> Loan:
    return Loan(install_id=install_id, seq=seq, at=now(), clock_synced=True, op_id=f"op-{seq}")


def tile(browser: Browser) -> str:
    return str(browser.run(f"document.querySelector('{TILE}')?.innerText") or "")


def test_a_kiosks_fault_shows_without_reload_and_clears(
    centre: Centre, device: Client, browser: Browser
) -> None:
    browser.open(centre.url)
    wait_for(lambda: "尚未接入" in tile(browser), "a place nobody has heard of")
    tell(device, birth(printer(Condition.OK)), heartbeat(printer(Condition.OK)), loan(1, "live-1"))
    wait_for(lambda: "正常" in tile(browser), "the kiosk is there", 15)
    tell(device, heartbeat(printer(Condition.DOWN, "缺纸")))
    wait_for(lambda: "需留意" in tile(browser), "the fault", 15)
    browser.see("凭条打印机：缺纸")
    tell(device, heartbeat(printer(Condition.OK)))
    wait_for(lambda: "正常" in tile(browser), "the repair", 15)
    tell(device, State(at=now(), clock_synced=True, online=False, session=1))
    wait_for(lambda: "停用" in tile(browser), "the last will", 15)


def test_one_place_in_both_languages(centre: Centre, device: Client, browser: Browser) -> None:
    told = datetime.now(UTC) - timedelta(minutes=1)
    visits = Visits(
        install_id="page-1",
        seq=2,
        at=timestamp(told),
        clock_synced=True,
        hour=hour(told),
        entries=7,
        count_type="entries",
        complete=True,
    )
    tell(device, birth(printer(Condition.OK)), heartbeat(printer(Condition.DOWN, "缺纸")))
    tell(device, loan(1, "page-1"), visits)
    wait_for(lambda: centre.event_count() == 2, "the events are stored")
    browser.open(f"{centre.url}/places/mz-taiping-03")
    for text in ("麻章区图书馆东黄村服务点", "需留意", "凭条打印机", "P1", "缺纸", "7 人", "20,000 MB"):
        browser.see(text)
    assert browser.run("document.documentElement.lang") == "zh-CN"
    assert browser.run("document.querySelectorAll('.chart canvas, .chart svg').length") == 1
    browser.click("a.language")
    for text in ("Donghuang Village Service Point", "Needs attention", "Receipt printer", "7 people"):
        browser.see(text)
    assert browser.run("location.pathname") == "/places/mz-taiping-03"
    assert str(browser.run("document.documentElement.lang")).startswith("en")


def test_filter_and_search(centre: Centre, device: Client, browser: Browser) -> None:
    shown = "[...document.querySelectorAll('.cell')].filter(e => e.offsetParent).length"
    tell(device, birth(printer(Condition.OK)), heartbeat(printer(Condition.OK)))
    browser.open(centre.url)
    wait_for(lambda: browser.run(shown) == 104, "every place")
    wait_for(lambda: "正常" in tile(browser), "the kiosk is there", 15)
    browser.click(".stat.is-ok")
    wait_for(lambda: browser.run(shown) == 1, "only what works")
    assert browser.run("document.querySelector('.stat.is-ok').getAttribute('aria-pressed')") == "true"
    browser.click(".stat.is-all")
    wait_for(lambda: browser.run(shown) == 104, "every place again")
    browser.run(
        "(() => { const e = document.querySelector('.search input'); e.value = '东黄'; "
        "e.dispatchEvent(new Event('input')); })()"
    )
    wait_for(lambda: browser.run(shown) == 1, "the one found")


def test_nothing_wider_than_a_phone(centre: Centre, tmp_path: Path) -> None:
    with Browser(tmp_path, width=500, height=900) as phone:
        for path in ("/", "/places/mz-taiping-03"):
            phone.open(centre.url + path)
            phone.see("麻章")
            assert phone.run("document.documentElement.scrollWidth <= innerWidth")


def test_old_figures_are_called_old(tmp_path: Path, browser: Browser) -> None:
    """The broker goes and comes back; the page says so by itself."""
    folder = tmp_path / "own"
    folder.mkdir()
    with Broker(folder) as broker, Centre(folder, broker) as centre:
        browser.open(centre.url)
        browser.see("数据接收正常")
        broker.stop()
        browser.see("数据接收中断，以下为旧数据")
        broker.start()
        browser.see("数据接收正常")


def test_words_of_a_kiosk_are_never_markup(centre: Centre, device: Client, browser: Browser) -> None:
    attack = "<img src=x onerror=\"document.title='owned'\">"
    tell(device, birth(printer(Condition.OK)), heartbeat(printer(Condition.DOWN, attack)))
    browser.open(f"{centre.url}/places/mz-taiping-03")
    browser.see(attack)
    assert "owned" not in str(browser.run("document.title"))


def test_a_place_that_does_not_exist(centre: Centre, tmp_path: Path) -> None:
    with Browser(tmp_path) as visitor:
        visitor.open(f"{centre.url}/places/nowhere")
        visitor.see("404")
