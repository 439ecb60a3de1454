"""What a reader and the library see when the kiosk's disk is full, failing or slow: nothing half done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash import kill
from tests.crash.scene import Kiosk, KioskServer, Scene
from tests.crash.story import READER, lendable

ITEM = lendable()[0]
AFI_IN_LIBRARY, AFI_ON_LOAN = 0x07, 0xC2
WAIT_S = 10.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskServer]:
    with KioskServer(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def scene(server: KioskServer, tmp_path: Path) -> Iterator[Scene]:
    with Scene(tmp_path / "scene", server, [ITEM], {}) as scene:
        yield scene


def about_to_confirm(scene: Scene) -> Kiosk:
    kiosk = scene.start_kiosk()
    assert kiosk.wait(lambda: kiosk.screen["screen"] == "idle", WAIT_S)
    scene.world.put(*scene.labels[ITEM.item_id])
    kiosk.do(scan=READER)
    assert kiosk.wait(lambda: bool(kiosk.can_touch("confirm")), WAIT_S)
    return kiosk


def closes(kiosk: Kiosk) -> bool:
    return kiosk.wait(lambda: kiosk.screen["title"] == "暂停服务", WAIT_S)


def agrees_after_the_next_start(scene: Scene) -> bool:
    scene.kill_kiosk()
    kiosk = scene.start_kiosk()
    assert kiosk.wait(lambda: kill._at_rest(scene), WAIT_S)
    return kill.verdict.findings(kill._evidence(scene)) == []


@pytest.mark.parametrize("state", ["full", "broken"])
def test_a_bad_disk_closes_the_kiosk_before_anything_is_asked(scene: Scene, state: str) -> None:
    kiosk = about_to_confirm(scene)
    kiosk.do(disk=state)
    kiosk.do(touch="confirm")
    assert closes(kiosk)
    assert scene.new_acts(ITEM.item_id) == [] and scene.journal("SELECT * FROM operations") == []
    assert {chip.afi for chip in scene.chips(ITEM.item_id)} == {AFI_IN_LIBRARY}
    assert agrees_after_the_next_start(scene)


@pytest.mark.parametrize("state", ["full", "broken"])
def test_a_disk_that_goes_bad_while_the_ils_thinks_leaves_a_loan_for_the_next_start(
    scene: Scene, state: str
) -> None:
    kiosk = about_to_confirm(scene)
    scene.admin.do("delay_ms", ms=300)
    kiosk.do(touch="confirm")
    assert kiosk.wait(lambda: scene.journal("SELECT step FROM operations") == [("sent",)], WAIT_S)
    kiosk.do(disk=state)
    assert closes(kiosk)
    assert {chip.afi for chip in scene.chips(ITEM.item_id)} == {AFI_IN_LIBRARY}, "no act without its step"
    assert agrees_after_the_next_start(scene)
    assert {chip.afi for chip in scene.chips(ITEM.item_id)} == {AFI_ON_LOAN}


def test_a_slow_disk_only_takes_longer(scene: Scene) -> None:
    kiosk = about_to_confirm(scene)
    kiosk.do(disk="slow")
    kiosk.do(touch="confirm")
    assert kiosk.wait(lambda: kiosk.screen["screen"] == "result", WAIT_S)
    assert [act["act"] for act in scene.new_acts(ITEM.item_id)] == ["checkout"]
    assert {chip.afi for chip in scene.chips(ITEM.item_id)} == {AFI_ON_LOAN}


def test_a_journal_that_cannot_be_opened_is_said_and_nothing_is_served(scene: Scene) -> None:
    (scene.folder / "journal.db").mkdir()
    kiosk = scene.start_kiosk()
    assert kiosk.wait(lambda: kiosk.screen["screen"] == "none", WAIT_S)
    assert "cannot open the journal" in kiosk.screen["title"]
