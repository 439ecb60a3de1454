"""The link to the library system is dead: what the place's policy allows, and the verdicts afterwards."""

from pathlib import Path

from hardware_sim.processes import wait_until
from tests.stories.teller import Story


def test_books_come_back_while_the_ils_is_away_and_it_learns_of_them_in_order(tmp_path: Path) -> None:
    with Story(tmp_path, offline="returns") as story:
        story.tell("""
            ils down
            touch start_return
            put 子夜, 家
            see stack 还这 2 本
            see stack 可以还书
            touch confirm
            see result 成功归还 2 本
            see result 待登记
            touch no_receipt
        """)
        assert story.secured("子夜") and story.borrower("子夜") == "曾逾期", "the ILS does not know yet"
        story.tell("ils up")
        wait_until("the ILS was told", lambda: not story.borrower("家") and not story.borrower("子夜"), 30.0)
        assert story.acts_at_ils("子夜").count("checkin") == 1
        story.centre_counts(returns=2)


def test_the_power_fails_while_the_ils_is_away(tmp_path: Path) -> None:
    with Story(tmp_path, offline="returns") as story:
        story.tell("""
            ils down
            touch start_return
            put 子夜
            see stack 还这 1 本
            touch confirm
            see result 成功归还 1 本
        """)
        story.village.kill_kiosk()
        story.tell("ils up")
        story.village.start_kiosk()
        story.tell("see idle")
        assert story.borrower("子夜") is None and story.secured("子夜")
        story.centre_counts(returns=1)
