"""Readers borrow: the real kiosk, its wires, the ILS, the broker and the centre."""

from tests.stories.teller import Story


def test_three_books_are_borrowed_with_a_receipt(story: Story) -> None:
    story.tell("""
        put 警世通言, 水浒传, 呐喊
        tap 陈演练
        see stack 借这 3 本
        touch confirm
        see result 成功借出 3 本
        touch print_receipt
        receipts 1
        see message 谢谢
    """)
    for title in ("警世通言", "水浒传", "呐喊"):
        assert story.borrower(title) == "陈演练" and story.released(title)
        assert story.acts_at_ils(title) == ["checkout"]
    story.centre_counts(loans=3, returns=0)
    paper = story.village.hands.receipts()[0].with_suffix(".txt").read_text(encoding="utf-8")
    assert "《水浒传》" in paper and "陈*练" in paper
    assert "陈演练" not in paper and story.village.readers["陈演练"].reader_id not in paper


def test_card_first_then_books_one_by_one(story: Story) -> None:
    story.tell("""
        tap 李示范
        see stack 请把书一起放到感应区上
        put 警世通言
        see stack 借这 1 本
        put 彷徨
        see stack 借这 2 本
        touch confirm
        see result 成功借出 2 本
    """)
    assert story.borrower("彷徨") == "李示范" and story.released("彷徨")


def test_card_and_books_at_once(story: Story) -> None:
    story.tell("""
        tap 李示范
        put 警世通言, 彷徨
        see stack 借这 2 本
    """)


def test_a_book_taken_away_just_before_confirming_is_never_half_lent(story: Story) -> None:
    story.tell("""
        put 警世通言, 彷徨
        tap 李示范
        see stack 借这 2 本
        lift 彷徨
        touch confirm
    """)
    if story.village.screen.name() == "stack":
        # the pad had noticed: the touch was for another stack than the one lying there
        story.tell("see stack 借这 1 本\n touch confirm")
    story.tell("see result")
    to_repair = {item_id for (item_id,) in story.journal("SELECT item_id FROM repairs")}
    for title in ("警世通言", "彷徨"):
        lent = story.borrower(title) is not None
        assert story.released(title) == (lent and story.item_id(title) not in to_repair)
    assert story.secured("彷徨"), "a book that is not on the pad cannot have been released"


def test_two_cards_the_second_changes_nothing(story: Story) -> None:
    story.tell("""
        tap 李示范
        see stack 李*范
        tap 张样例
        see stack 刷了另一张卡
        put 彷徨
        touch confirm
        see result 成功借出 1 本
    """)
    assert story.borrower("彷徨") == "李示范"


def test_a_card_bound_to_nobody(story: Story) -> None:
    story.tell("""
        tap 0102030405060708
        see message 这张卡没有登记
        touch end
        see idle
    """)


def test_an_unknown_tag_among_the_books_is_shown_and_left_out(story: Story) -> None:
    story.tell("""
        put 警世通言, strange tag
        tap 李示范
        see stack 无法识别的标签
        see stack 其中 1 本不能办理
        touch confirm
        see result 成功借出 1 本
    """)
    assert story.village.hands.tag_state("strange tag").afi == 0x00
    story.centre_counts(loans=1)


def test_a_blocked_reader_is_told_why_and_may_return(story: Story) -> None:
    story.tell("""
        tap 谢大欠费
        see message 您有未缴的费用
        touch show_return
        put 子夜
        see stack 还这 1 本
        touch confirm
        see result 成功归还 1 本
    """)
    assert story.borrower("子夜") is None and story.secured("子夜")


def test_the_ils_is_down_when_the_card_is_tapped(story: Story) -> None:
    story.tell("""
        ils down
        put 警世通言
        tap 李示范
        see message 暂时连不上图书馆系统
        see message 没有借出也没有归还
        ils up
    """)
    assert story.secured("警世通言") and not story.acts_at_ils("警世通言")


def test_the_ils_goes_down_before_confirming_and_nothing_is_half_done(story: Story) -> None:
    story.tell("""
        put 警世通言, 彷徨
        tap 李示范
        see stack 借这 2 本
        ils down
        touch confirm
        see result 连不上图书馆系统
        touch no_receipt
        ils up
    """)
    for title in ("警世通言", "彷徨"):
        assert story.secured(title) and story.borrower(title) is None and not story.acts_at_ils(title)
    assert story.journal("SELECT DISTINCT ils, done FROM operations") == [("refused", 1)]


def test_the_ils_does_it_and_never_answers(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        ils hang_after 11
        touch confirm
        see result 成功借出 1 本
    """)
    assert story.acts_at_ils("警世通言") == ["checkout"], "asked, never sent again"
    assert story.borrower("警世通言") == "李示范" and story.released("警世通言")


def test_the_printer_is_out_of_paper_and_the_loan_stands(story: Story) -> None:
    story.tell("""
        paper out
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        touch confirm
        see result 打印机没有纸了
        see result 不受影响
        touch no_receipt
        see message 谢谢
    """)
    assert story.borrower("警世通言") == "李示范" and story.released("警世通言")
    assert story.village.hands.receipts() == []


def test_paper_ends_while_a_receipt_is_offered(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        touch confirm
        see result 需要凭条吗
    """)
    screen = story.village.screen
    offered = screen.targets()
    x, y, *_ = offered.pop("print_receipt")
    story.tell(f"""
        paper out
        see result 打印机没有纸了
        see result 没有纸了
        touch-at {x} {y}
        see result 您的办理已经登记
    """)
    assert screen.targets() == offered, "no button took the place of another"
    story.tell("""
        touch no_receipt
        see message 谢谢
    """)
    assert story.borrower("警世通言") == "李示范" and story.released("警世通言")
    assert story.village.hands.receipts() == []


def test_paper_that_is_put_in_again_is_offered_again(story: Story) -> None:
    story.tell("""
        paper out
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        touch confirm
        see result 没有纸了
        paper new
        touch print_receipt
        receipts 1
        see message 谢谢
    """)


def test_nobody_touches_and_the_visit_ends_with_a_warning(story: Story) -> None:
    story.tell("""
        tap 李示范
        see stack 李*范
        see stack 您还在吗
        touch stay
    """)
    assert "您还在吗？" not in story.village.screen.texts()
    story.tell("""
        see stack 您还在吗
        see idle
    """)
    assert not any("李" in text for text in story.village.screen.texts())
