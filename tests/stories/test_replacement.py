"""A device is changed by somebody who is no technician, and the library knows which unit it is now."""

import json
from pathlib import Path
from typing import Any

from hardware_sim.processes import wait_until
from hardware_sim.village import PLACE, STAFF_CODE
from tests.stories.teller import Story

OLD, NEW = "0C1A77D3", "0C1A99E0"


def enter_code(story: Story) -> None:
    story.tell("touch staff")
    story.tell("see pin")
    for digit in STAFF_CODE:
        story.tell(f"touch digit {digit}")
    story.tell("touch enter")
    story.tell("see staff")


def events(story: Story, kind: str) -> list[dict[str, Any]]:
    """What the centre shows of the latest events of this kind, newest first."""
    recent = story.village.centre(f"/api/v1/places/{PLACE}")["recent"]
    return [event["details"] for event in recent if event["kind"] == kind]


def unit_changes(story: Story) -> list[tuple[str, str, str | None, str | None]]:
    """Old model, new model, old and new serial, as the centre has them."""
    return [
        (event["old_model"], event["model"], event.get("old_serial"), event.get("new_serial"))
        for event in events(story, "device_changed")
        if event.get("old_model")
    ]


def test_another_pad_with_another_number_and_then_of_another_model(tmp_path: Path) -> None:
    with Story(tmp_path) as story:
        wait_until("the centre knows the pad", lambda: story.device("tag_reader").get("serial") == OLD)
        # like for like: the pad is pulled, a new unit is plugged in, and nothing is typed but the code
        story.tell("unplug pad")
        story.tell("see message")
        enter_code(story)
        story.tell(
            """
            touch staff_device tag_reader
            see staff_step
            touch staff_replace
            see staff_step
            """
        )
        story.tell(f"swap pad {NEW}")
        story.tell(
            """
            plug pad
            see staff_step 请放一本书在感应板上
            put 警世通言
            """
        )
        story.tell(f"see staff_step {NEW}")
        story.tell(
            """
            touch staff_devices
            lift all
            touch end
            see idle
            tap 陈演练
            see stack
            put 警世通言
            see stack 1
            touch confirm
            see result
            touch no_receipt
            """
        )
        assert story.borrower("警世通言") == "陈演练"
        assert story.released("警世通言")
        wait_until(
            f"the centre lists both numbers {events(story, 'device_changed')}",
            lambda: ("feig_obid", "feig_obid", OLD, NEW) in unit_changes(story),
        )
        wait_until(
            "the centre heard of the test",
            lambda: any("self-test passed" in event["what"] for event in events(story, "staff_action")),
        )
        # another model, and nobody there but the hand that changes it: the kiosk goes on by itself
        story.tell("lift all")
        story.tell("unplug pad")
        story.tell("swap pad rl866")
        story.tell("plug pad")
        wait_until(
            "the centre knows the other model",
            lambda: (
                (story.device("tag_reader")["model"], story.device("tag_reader")["condition"])
                == ("rl866", "ok")
            ),
        )
        assert ("feig_obid", "rl866", NEW, None) in unit_changes(story)
        story.tell(
            """
            see idle
            tap 陈演练
            see stack
            put 呐喊
            see stack 1
            touch confirm
            see result
            """
        )
        assert story.borrower("呐喊") == "陈演练"
        kept = json.loads((story.village.folder / "kiosk" / "kept.json").read_text(encoding="utf-8"))
        assert kept["bindings"]["tag_reader"]["model"] == "rl866"
