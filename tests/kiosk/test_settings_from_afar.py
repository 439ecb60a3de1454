"""A librarian sets something on the page of a place, a whole kiosk takes it up over a real broker, and the
page says so by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware_sim.ils import IlsServer
from tests.broker import Broker
from tests.browser import Browser, Chromium
from tests.centre import Centre
from tests.kiosk.place import place
from tests.kiosk.test_app import IDENTITY, Point
from tests.waiting import wait_for

PLACE = IDENTITY.partition(".")[0]
PAGE, REST = f"/places/{PLACE}", f"/api/v1/places/{PLACE}/settings"


class District:
    """A point whose kiosk runs, its centre, and a librarian's browser."""

    def __init__(self, point: Point, centre: Centre, browser: Browser) -> None:
        self.point, self.centre, self.browser = point, centre, browser

    def goes_by(self, idle_s: float, warning_s: float) -> bool:
        rules = self.point.kiosk._session.rules
        return (rules.idle_s, rules.warning_s) == (idle_s, warning_s)

    def uptake(self) -> list[tuple[str, str]]:
        return [(one["kiosk"], one["uptake"]) for one in self.centre.get(REST)["kiosks"]]


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    with (
        place(tmp_path / "wires") as here,
        IlsServer(tmp_path / "ils.sqlite") as ils,
        Broker(tmp_path) as broker,
    ):
        point = Point(tmp_path, here, ils, broker)
        point.centre.close()  # one name has one connection: it is the centre's now
        with Centre(tmp_path, broker) as centre, Chromium() as chromium:
            point.start()
            with chromium.browser(centre.staff) as browser:
                yield District(point, centre, browser)
        point.kiosk.stop()


@pytest.mark.timeout(240)
def test_set_on_the_page_taken_up_by_the_kiosk_and_told_by_the_page(district: District) -> None:
    browser, url = district.browser, district.centre.url
    before = district.point.kiosk._session.rules
    wait_for(
        lambda: district.uptake() == [("kiosk-1", "in_force")], "the kiosk goes by nothing but its file", 60
    )
    looking = browser.page
    browser.open(f"{url}{PAGE}")
    browser.see("没有远程设置，自助机按本机的配置文件运行。")

    browser.page = browser.tab()
    browser.open(f"{url}{PAGE}/settings")
    browser.see("未设置，用本机的")
    browser.page.fill("[name=idle_s]", "125")
    browser.page.fill("[name=warning_s]", "45")
    browser.page.click("#settings button.main")
    browser.see("已保存")

    wait_for(lambda: district.goes_by(125, 45), "the kiosk goes by it", 60)
    browser.page = looking
    browser.see("已生效", 60)
    assert browser.run("document.querySelectorAll('.settings dd:not(.quiet)').length") == 2
    told = district.centre.get(REST)
    assert (told["idle_s"], told["warning_s"], told["open"]) == (125, 45, None)
    assert district.uptake() == [("kiosk-1", "in_force")]

    district.centre.staff.send(f"{PAGE}/settings/idle_s/clear", f"{PAGE}/settings")
    wait_for(lambda: district.goes_by(before.idle_s, 45), "what is cleared is as its file says", 60)
    wait_for(lambda: district.uptake() == [("kiosk-1", "in_force")], "and the centre knows", 60)
    assert browser.errors == []


@pytest.mark.timeout(240)
def test_what_contradicts_the_kiosks_own_file_is_never_told_to_be_in_force(
    district: District, caplog: pytest.LogCaptureFixture
) -> None:
    """Its file says 60 s of idleness: a warning 90 s before that the centre cannot know to be nonsense."""
    wait_for(lambda: district.uptake() == [("kiosk-1", "in_force")], "the first version is taken up", 60)
    district.centre.staff.send(f"{PAGE}/settings", warning_s="90")
    wait_for(lambda: "settings not taken: the centre's warning_s" in caplog.text, "the kiosk refuses it", 60)
    assert district.uptake() == [("kiosk-1", "waiting")]
    assert not district.goes_by(60, 90)
