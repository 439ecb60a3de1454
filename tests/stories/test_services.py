"""The reader's account, a fee, a PIN, a hold: the real kiosk against the ILS."""

from pathlib import Path

from tests.stories.teller import Story


def test_a_reader_looks_at_the_account_and_renews_all(story: Story) -> None:
    before = story.village.ils.reader(story.village.readers["吴爷爷样"].reader_id)["loans"]
    story.tell("""
        tap 吴爷爷样
        see stack 吴**样
        touch show_account
        see account 三国演义
        touch renew_all
        see result 成功续借 2 本
    """)
    after = story.village.ils.reader(story.village.readers["吴爷爷样"].reader_id)["loans"]
    assert len(before) == len(after) == 2
    assert all(new["due"] > old["due"] for old, new in zip(before, after, strict=True))
    assert story.acts_at_ils("三国演义").count("renewal") == 1


def test_a_fee_is_agreed_to_before_anything_is_lent(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 梁欠费
        see stack 借这 1 本
        touch confirm
        see working 需要费用
        touch consent
        see result 成功借出 1 本
    """)
    assert story.borrower("警世通言") == "梁欠费" and story.released("警世通言")


def test_a_fee_is_declined_and_the_book_stays(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 梁欠费
        see stack 借这 1 本
        touch confirm
        see working 需要费用
        touch decline
        see result 没有借出
    """)
    assert story.borrower("警世通言") is None and story.secured("警世通言")


def test_a_book_somebody_waits_for_gets_a_slip(story: Story) -> None:
    story.tell("""
        put 35240000001785  # 小王子, lent to 李示范
        touch start_return
        see stack 还这 1 本
        touch confirm
        see result 有读者预约
        receipts 1
    """)
    slip = story.village.hands.receipts()[0].with_suffix(".txt").read_text(encoding="utf-8")
    waiting = story.village.readers["潘等书"]
    assert "预约图书" in slip and waiting.reader_id[-4:] in slip
    assert waiting.reader_id not in slip and waiting.name not in slip


def test_a_pin_is_wanted(tmp_path: Path) -> None:
    with Story(tmp_path, pin_required=True) as story:
        pin = story.village.readers["李示范"].pin
        story.tell("""
            tap 李示范
            see pin 请输入密码
            touch digit 9
            touch enter
            see pin 密码不对
        """)
        for figure in pin:
            story.tell(f"touch digit {figure}")
        story.tell("""
            touch enter
            see stack 李*范
        """)
