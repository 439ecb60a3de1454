"""The village's power is cut and the kiosk hangs on a UPS."""

from pathlib import Path

from hardware_sim.processes import wait_until
from hardware_sim.village import SHUT_DOWN
from tests.stories.teller import Story

THREE = ("警世通言", "呐喊", "彷徨")
UPS = {"ride_through_s": 0.5, "shut_down_after_s": 8.0, "at_latest_s": 60.0}


def open_alerts(story: Story) -> list[str]:
    """The rules of what the centre's staff see now."""
    return [alert["rule"] for alert in story.village.centre("/api/v1/alerts")]


def test_cut_while_a_reader_confirms_three_books_all_are_finished_and_it_shuts_down(tmp_path: Path) -> None:
    """And when the power is back it serves again, as if nothing had been."""
    with Story(tmp_path, power=UPS) as story:
        story.tell("""
            put 警世通言, 呐喊, 彷徨
            tap 李示范
            see stack 借这 3 本
            ils delay_ms 700
            touch confirm
            mains off
            see result 成功借出 3 本
            ils delay_ms 0
            touch no_receipt
            see message 停电了
            tap 张样例
            see message 暂停服务
        """)
        wait_until("the centre is told", lambda: "on_battery" in open_alerts(story), 30.0)
        kiosk, said = story.village.kiosk, story.village.folder / SHUT_DOWN
        assert kiosk is not None
        wait_until("the kiosk has ended", lambda: not kiosk.running, 60.0)
        assert said.exists(), "its command was run"
        for title in THREE:
            assert story.released(title) and story.borrower(title) == "李示范"
            assert story.acts_at_ils(title) == ["checkout"]
        assert story.journal("SELECT step, reader FROM operations") == [("done", None)] * 3

        story.tell("""
            mains on
            see idle
            lift all
            put 水浒传
            tap 张样例
            see stack 借这 1 本
            touch confirm
            see result 成功借出 1 本
        """)
        story.centre_counts(loans=4)
        wait_until("the centre is told that it is over", lambda: "on_battery" not in open_alerts(story), 40.0)


def test_the_mains_is_back_in_time_and_service_goes_on(tmp_path: Path) -> None:
    with Story(tmp_path, power=UPS | {"shut_down_after_s": 55.0, "at_latest_s": 300.0}) as story:
        story.tell("""
            mains off
            see message 停电了
            mains on
            see idle
            put 警世通言
            tap 李示范
            see stack 借这 1 本
        """)
        assert not (story.village.folder / SHUT_DOWN).exists()
