"""The pages in Chromium, fed by a simulated kiosk through broker and collector."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker_config.events import Dispute, Loan, Visits
from broker_config.messages import Message, publication
from broker_config.status import DeviceState, Health, State
from broker_config.topics import Identity
from broker_config.values import Condition, hour, timestamp
from central.places import Level, Place, load_places
from hardware_sim.staff import NAME, PASSWORD, Staff
from tests.broker import Broker, Client
from tests.browser import Browser, Chromium
from tests.centre import PLACES as PLACES_FILE
from tests.centre import Centre
from tests.waiting import wait_for

ZONE = ZoneInfo("Asia/Shanghai")
PLACES = [place for place in load_places(PLACES_FILE).place if place.level is Level.POINT]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Centre]:
    with Centre(tmp_path_factory.mktemp("centre"), broker) as running:
        yield running


@dataclass(frozen=True)
class Device:
    """A kiosk of a place that nobody has heard of before."""

    place: Place
    client: Client

    def tell(self, *messages: Message) -> None:
        for message in messages:
            sent = publication(Identity(self.place.id, "kiosk-1"), message)
            assert self.client.publish(sent.topic, sent.payload, 1, sent.retain) == "Success"


@pytest.fixture
def device(broker: Broker) -> Iterator[Device]:
    place = PLACES.pop()
    with broker.client(f"{place.id}.kiosk-1") as connected:
        yield Device(place, connected)


@pytest.fixture
def browser(centre: Centre, chromium: Chromium) -> Iterator[Browser]:
    with chromium.browser(centre.staff) as running:
        yield running
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:blank")
    assert [url for url in running.requests if not url.startswith(ours)] == []
    assert running.errors == []


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


def tile(browser: Browser, device: Device) -> str:
    selector = f'a.tile[href$="/{device.place.id}"]'
    return str(browser.run(f"document.querySelector({json.dumps(selector)})?.innerText") or "")


def test_a_kiosks_fault_shows_without_reload_and_clears(
    centre: Centre, device: Device, browser: Browser
) -> None:
    browser.open(centre.url)
    wait_for(lambda: "尚未接入" in tile(browser, device), "a place nobody has heard of")
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.OK)), loan(1, "live-1"))
    wait_for(lambda: "正常" in tile(browser, device), "the kiosk is there", 15)
    device.tell(heartbeat(printer(Condition.DOWN, "缺纸")))
    wait_for(lambda: "需留意" in tile(browser, device), "the fault", 15)
    browser.see("凭条打印机：缺纸")
    device.tell(heartbeat(printer(Condition.OK)))
    wait_for(lambda: "正常" in tile(browser, device), "the repair", 15)
    device.tell(State(at=now(), clock_synced=True, online=False, session=1))
    wait_for(lambda: "停用" in tile(browser, device), "the last will", 15)


def test_one_place_in_both_languages(centre: Centre, device: Device, browser: Browser) -> None:
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
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.DOWN, "缺纸")))
    device.tell(loan(1, "page-1"), visits)
    wait_for(lambda: centre.event_count(place=device.place.id) == 2, "the events are stored")
    browser.open(f"{centre.url}/places/{device.place.id}")
    for text in (device.place.name, "需留意", "凭条打印机", "P1", "缺纸", "7 人", "20,000 MB"):
        browser.see(text)
    assert browser.run("document.documentElement.lang") == "zh-CN"
    wait_for(lambda: browser.run("document.querySelectorAll('.chart canvas').length") == 2, "hours and days")
    wait_for(lambda: browser.run("document.querySelectorAll('.small-chart canvas').length") == 4, "figures")
    browser.click("a.language")
    for text in (device.place.name_en, "Needs attention", "Receipt printer", "7 people"):
        browser.see(text)
    assert browser.run("location.pathname") == f"/places/{device.place.id}"
    assert str(browser.run("document.documentElement.lang")).startswith("en")


def test_filter_and_search(centre: Centre, device: Device, browser: Browser) -> None:
    """What is not meant fades and stays where it is."""
    shown = "[...document.querySelectorAll('.tile')].filter(e => getComputedStyle(e).opacity === '1').length"
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.OK)))
    browser.open(centre.url)
    wait_for(lambda: browser.run(shown) == 104, "every place")
    wait_for(lambda: "正常" in tile(browser, device), "the kiosk is there", 15)
    browser.click(".stat.is-ok")
    wait_for(lambda: 1 <= browser.run(shown) < 10, "only what works")
    assert browser.run("document.querySelector('.stat.is-ok').getAttribute('aria-pressed')") == "true"
    browser.click(".stat.is-all")
    wait_for(lambda: browser.run(shown) == 104, "every place again")
    browser.page.fill(".search input", device.place.id)
    wait_for(lambda: browser.run(shown) == 1, "the one found")


WATCH_TILES = """
    window.touched = new Set();
    for (const tile of document.querySelectorAll('a.tile')) tile.wasThere = true;
    new MutationObserver(changes => {
      for (const change of changes) {
        const cell = (change.target.closest ? change.target : change.target.parentElement).closest('.cell');
        const tile = cell && cell.querySelector('a.tile');
        if (tile) window.touched.add(tile.getAttribute('href'));
      }
    }).observe(
      document.querySelector('.board'),
      {subtree: true, childList: true, attributes: true, characterData: true}
    );
"""


def test_only_the_tile_that_changed_is_drawn_anew(centre: Centre, device: Device, browser: Browser) -> None:
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.OK)))
    browser.open(centre.url)
    wait_for(lambda: "正常" in tile(browser, device), "the kiosk is there", 15)
    browser.run(f"(() => {{ {WATCH_TILES} scrollTo(0, 500); }})()")
    at = browser.run("scrollY")
    device.tell(heartbeat(printer(Condition.DOWN, "缺纸")))
    wait_for(lambda: "需留意" in tile(browser, device), "the fault", 15)
    assert browser.run("[...window.touched]") == [f"/places/{device.place.id}"]
    kept = "[...document.querySelectorAll('a.tile')].filter(tile => tile.wasThere).length"
    assert browser.run(kept) == 103
    assert abs(browser.run("scrollY") - at) < 80, "the list above may grow by a line"


def test_a_dispute_from_the_kiosk_to_its_end(centre: Centre, device: Device, browser: Browser) -> None:
    """Through broker and collector; once it is settled no file of the centre names the reader."""
    reader, item, words = "4408117700112", "MZ00077001", "读者证已挂失"
    told = Dispute(
        install_id="dispute-1", seq=1, at=now(), clock_synced=True, op_id="op-1", what="loan", item_id=item,
        reader_id=reader, done_at=now(), words=words,
    )  # fmt: skip
    device.tell(birth(printer(Condition.OK)), told)
    wait_for(lambda: centre.event_count(place=device.place.id) == 1, "the dispute is stored")
    browser.open(f"{centre.url}/disputes")
    browser.see(device.place.short)
    assert reader not in browser.run("document.body.innerText")
    browser.click("a[href='/disputes/dispute-1/1']")
    for text in (reader, item, words, device.place.name):
        browser.see(text)
    assert reader.encode() in files(centre)
    browser.page.check("input[value=recovered]")
    browser.page.fill("[name=reason]", "书已收回上架")
    browser.click("main button.main")
    browser.see("书已收回上架")
    secrets = [text.encode() for text in (reader, item, words)]
    assert not any(secret in files(centre) for secret in secrets)
    browser.open(f"{centre.url}/audit")
    browser.see("了结争议")


def files(centre: Centre) -> bytes:
    """All that the centre keeps: databases, their logs, what it printed."""
    return b"".join(file.read_bytes() for file in sorted(centre.config.parent.glob("centre.*")))


def test_maintenance_is_shown_on_the_board_and_asks_for_no_action(
    centre: Centre, device: Device, browser: Browser
) -> None:
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.DOWN, "缺纸")))
    browser.open(centre.url)
    wait_for(lambda: "需留意" in tile(browser, device), "the fault", 15)
    ends = (datetime.now(UTC) + timedelta(hours=3)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    starts = (datetime.now(UTC) - timedelta(hours=1)).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    path = f"/places/{device.place.id}"
    centre.staff.send(
        f"{path}/maintenance", page=f"{path}/acts", starts_at=starts, ends_at=ends, reason="换打印机"
    )
    wait_for(lambda: "维护中" in tile(browser, device), "the maintenance", 15)
    browser.see("换打印机")
    browser.open(f"{centre.url}{path}")
    browser.see("维护中 · 换打印机")


PATHS = (
    "/",
    "/alerts",
    "/devices",
    "/disputes",
    "/notices",
    f"/places/{PLACES[0].id}",
    "/users",
    "/users/main",
    "/audit",
    "/tokens",
    "/account",
    "/account/factor",
)


def test_nothing_wider_than_a_phone(centre: Centre, chromium: Chromium) -> None:
    with chromium.browser(centre.staff, width=390, height=844) as phone:
        for path in PATHS:
            phone.open(centre.url + path)
            phone.see("退出")
            assert phone.run("document.documentElement.scrollWidth <= innerWidth"), path


def test_old_figures_are_called_old(tmp_path: Path, chromium: Chromium) -> None:
    """The broker goes and comes back; the page says so by itself."""
    with (
        Broker(tmp_path) as broker,
        Centre(tmp_path, broker) as centre,
        chromium.browser(centre.staff) as browser,
    ):
        browser.open(centre.url)
        browser.see("数据接收正常")
        broker.stop()
        browser.see("数据接收中断，以下为旧数据")
        broker.start()
        browser.see("数据接收正常")


def test_words_of_a_kiosk_are_never_markup(centre: Centre, device: Device, browser: Browser) -> None:
    attack = "<img src=x onerror=\"document.title='owned'\">"
    device.tell(birth(printer(Condition.OK)), heartbeat(printer(Condition.DOWN, attack)))
    browser.open(f"{centre.url}/places/{device.place.id}")
    browser.see(attack)
    assert "owned" not in str(browser.run("document.title"))


def test_a_place_that_does_not_exist(centre: Centre, chromium: Chromium) -> None:
    with chromium.browser(centre.staff) as visitor:
        visitor.open(f"{centre.url}/places/nowhere")
        visitor.see("没有编号为 nowhere 的网点，请从总览中选择。")


# -- signing in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("登录", "账号或密码不正确。", "总览", "审计记录", "我的账号")),
        ("en", ("Sign in", "Account or password is not correct.", "Overview", "Audit log", "My account")),
    ],
)
def test_in_over_the_pages_and_out(
    centre: Centre, language: str, words: tuple[str, str, str, str, str], chromium: Chromium
) -> None:
    sign_in, wrong, overview, audit, _ = words
    with chromium.browser() as browser:
        page = browser.page
        browser.open(f"{centre.url}/language/{language}?to=/audit")
        browser.see(sign_in)
        assert browser.run("document.documentElement.lang") == language
        page.fill("[name=name]", NAME)
        page.fill("[name=password]", "not the password")
        browser.click("button.main")
        browser.see(wrong)
        page.fill("[name=password]", PASSWORD)
        browser.click("button.main")
        browser.see(audit)  # where one wanted to go
        browser.click("nav.sections a[href='/']")
        browser.see("104")
        assert page.locator("nav.sections [aria-current]").inner_text() == overview
        other = browser.tab()
        other.goto(f"{centre.url}/places/{PLACES[0].id}")
        browser.click(".sign-out button")
        browser.see(sign_in)
        other.wait_for_url("**/login")  # the tab that was left open goes too
        other.goto(centre.url)
        assert other.url.endswith("/login")


def test_whoever_is_signed_out_elsewhere_leaves_every_tab(centre: Centre, chromium: Chromium) -> None:
    """As when an account is disabled or reset: no click, no reload."""
    own = Staff(centre.url)
    own.sign_in()
    with chromium.browser(own) as browser:
        browser.open(centre.url)
        browser.see("麻章")
        own.send("/account/sign-out-everywhere", page="/account")
        browser.page.wait_for_url("**/login")
        browser.see("请使用总馆分配的账号登录")
    centre.staff.sign_in()


def test_clicks_after_signing_out_do_nothing_but_ask(centre: Centre, chromium: Chromium) -> None:
    """Who acts is asked anew at every click, whatever the page still shows. Clicks go on meanwhile."""
    own = Staff(centre.url)
    own.sign_in()
    with chromium.browser(own) as browser:
        browser.open(centre.url)
        browser.see("麻章")
        browser.run("setInterval(() => document.querySelector('.stat.is-ok')?.click(), 20)")
        own.send("/account/sign-out-everywhere", page="/account")
        browser.page.wait_for_url("**/login")
    centre.staff.sign_in()


def test_a_socket_without_a_session_is_refused(centre: Centre, chromium: Chromium) -> None:
    with chromium.browser() as browser:
        browser.open(f"{centre.url}/login")
        browser.see("登录")
        outcome = browser.run(
            "new Promise(done => { const s = new WebSocket(location.origin.replace('http', 'ws')"
            " + '/_nicegui_ws/socket.io/?EIO=4&transport=websocket');"
            " s.onopen = () => done('open'); s.onerror = () => done('refused'); })"
        )
    assert outcome == "refused"
