"""Readers return, without a card."""

from tests.stories.teller import Story


def test_two_books_are_returned_without_a_card(story: Story) -> None:
    assert story.borrower("子夜") == "曾逾期" and story.released("子夜")
    story.tell("""
        touch start_return
        put 子夜, 家
        see stack 还这 2 本
        touch confirm
        see result 成功归还 2 本
        touch print_receipt
        see message 谢谢
    """)
    for title in ("子夜", "家"):
        assert story.borrower(title) is None and story.secured(title)
    story.centre_counts(loans=0, returns=2)


def test_the_connection_breaks_after_the_return_was_recorded(story: Story) -> None:
    story.tell("""
        put 子夜
        touch start_return
        see stack 还这 1 本
        ils close_after_doing 09
        touch confirm
        see result 成功归还 1 本
    """)
    assert story.acts_at_ils("子夜").count("checkin") == 1
    assert story.borrower("子夜") is None and story.secured("子夜")


def test_the_ils_vanishes_during_the_return_and_the_tag_gets_its_value_back(story: Story) -> None:
    story.tell("""
        put 子夜
        touch start_return
        see stack 还这 1 本
        ils down
        touch confirm
        see result 没有归还
        ils up
    """)
    assert story.borrower("子夜") == "曾逾期" and story.released("子夜")
