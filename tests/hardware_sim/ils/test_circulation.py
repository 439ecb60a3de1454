"""The rules of lending, one case a test, on the sample library."""

from datetime import datetime

import pytest

from hardware_sim.ils.circulation import Block, Circulation, Refusal
from hardware_sim.ils.store import Reader
from tests.hardware_sim.ils.sample import ITEM, READER

SHELF = ITEM["镜花缘"]
SOMEBODY = READER["张样例"]


def reader(circulation: Circulation, name: str) -> Reader:
    found = circulation.store.reader(READER[name])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("title", "due"),
    [("镜花缘", datetime(2026, 12, 22, 23, 59)), ("呐喊", datetime(2026, 12, 12, 23, 59))],
)
def test_the_period_follows_the_level_of_the_items_home(
    circulation: Circulation, title: str, due: datetime
) -> None:
    lending = circulation.checkout(SOMEBODY, ITEM[title])
    assert lending.loan is not None and lending.loan.due == due
    assert circulation.store.loan(ITEM[title]) == lending.loan


@pytest.mark.parametrize(
    ("who", "what", "refusal"),
    [
        ("郑停用", "镜花缘", Refusal.BLOCKED),
        ("何过期", "镜花缘", Refusal.BLOCKED),
        ("彭挂失", "镜花缘", Refusal.BLOCKED),
        ("谢大欠费", "镜花缘", Refusal.BLOCKED),
        ("叶某某", "镜花缘", Refusal.BLOCKED),
        ("梁欠费", "镜花缘", Refusal.FEE),
        ("罗借满", "镜花缘", Refusal.TOO_MANY),
        ("张样例", "红楼梦", Refusal.ON_LOAN),
        ("张样例", "辞海", Refusal.NOT_FOR_LOAN),
        ("张样例", "湛江市志", Refusal.NOT_FOR_LOAN),
        ("张样例", "活着", Refusal.ON_HOLD),
    ],
)
def test_who_may_not_borrow_what(circulation: Circulation, who: str, what: str, refusal: Refusal) -> None:
    before = circulation.store.loan(ITEM[what])
    assert circulation.checkout(READER[who], ITEM[what]).refusal is refusal
    assert circulation.store.loan(ITEM[what]) == before


def test_unknown_readers_and_items(circulation: Circulation) -> None:
    assert circulation.checkout("nobody", SHELF).refusal is Refusal.UNKNOWN_READER
    assert circulation.checkout(SOMEBODY, "nothing").refusal is Refusal.UNKNOWN_ITEM
    assert circulation.renew("nobody", SHELF).refusal is Refusal.UNKNOWN_READER
    assert circulation.checkin("nothing", "mz-main").item is None


def test_a_fee_is_lent_upon_with_consent(circulation: Circulation) -> None:
    assert circulation.checkout(READER["梁欠费"], SHELF, fee_acknowledged=True).loan is not None


def test_paying_lifts_the_block(circulation: Circulation) -> None:
    debtor = reader(circulation, "谢大欠费")
    assert circulation.blocks(debtor) == (Block.OWES,)
    assert not circulation.pay(debtor, 6801) and not circulation.pay(debtor, 0)
    assert circulation.pay(debtor, 6800)
    assert circulation.checkout(debtor.reader_id, SHELF).loan is not None


def test_a_repeated_checkout_renews_and_then_no_more(circulation: Circulation) -> None:
    first = circulation.checkout(SOMEBODY, SHELF)
    second, third, fourth = (circulation.checkout(SOMEBODY, SHELF) for _ in range(3))
    assert first.loan and second.loan and third.loan
    assert (first.renewed, second.renewed) == (False, True)
    assert first.loan.due < second.loan.due < third.loan.due
    assert fourth.refusal is Refusal.RENEWALS
    assert circulation.store.loan(SHELF) == third.loan


def test_an_overdue_loan_renewed_may_still_be_overdue(circulation: Circulation) -> None:
    late, recent = (circulation.renew(READER["曾逾期"], ITEM[title]) for title in ("骆驼祥子", "子夜"))
    assert late.loan and late.loan.due == datetime(2026, 11, 17, 23, 59)
    assert circulation.overdue(late.loan)
    assert recent.loan and recent.loan.due == datetime(2026, 12, 5, 23, 59)
    assert not circulation.overdue(recent.loan)


def test_too_much_overdue_stops_renewals_too(circulation: Circulation) -> None:
    assert circulation.renew(READER["叶某某"], ITEM["边城"]).refusal is Refusal.BLOCKED


def test_an_awaited_item_is_not_renewed(circulation: Circulation) -> None:
    assert circulation.renew(READER["蔡测试"], ITEM["三体"]).refusal is Refusal.AWAITED


def test_only_the_borrower_renews(circulation: Circulation) -> None:
    assert circulation.renew(SOMEBODY, ITEM["红楼梦"]).refusal is Refusal.NOT_BORROWED
    assert circulation.renew(SOMEBODY, SHELF).refusal is Refusal.NOT_BORROWED


def test_anybody_returns_anywhere(circulation: Circulation) -> None:
    back = circulation.checkin(ITEM["红楼梦"], "mz-huguang-04")
    assert back.reader is not None and back.reader.name == "罗借满"
    item = circulation.store.item(ITEM["红楼梦"])
    assert item is not None and (item.at, item.home) == ("mz-huguang-04", "mz-taiping-05")
    again = circulation.checkin(ITEM["红楼梦"], "")
    assert again.item is not None and again.reader is None
    assert circulation.checkout(READER["罗借满"], SHELF).loan is not None


def test_a_held_item_waits_at_its_pickup_place_for_its_reader(circulation: Circulation) -> None:
    elsewhere = circulation.checkin(ITEM["三体"], "mz-main")
    assert elsewhere.hold and not elsewhere.hold.ready
    here = circulation.checkin(ITEM["三体"], "mz-taiping-03")
    assert here.hold and here.hold.ready and here.hold.reader_id == READER["萧预约"]
    assert circulation.checkout(SOMEBODY, ITEM["三体"]).refusal is Refusal.ON_HOLD
    assert circulation.checkout(READER["萧预约"], ITEM["三体"]).loan is not None
    assert circulation.store.holds_on(ITEM["三体"]) == []


def test_holds_are_counted_and_not_doubled(circulation: Circulation) -> None:
    titles = ("镜花缘", "呐喊", "彷徨", "野草", "长河")
    for title in (*titles, titles[0]):
        assert circulation.place_hold(SOMEBODY, ITEM[title], "mz-main") is None
    assert len(circulation.store.holds_of(SOMEBODY)) == 5
    assert circulation.place_hold(SOMEBODY, ITEM["二马"], "mz-main") is Refusal.TOO_MANY
    assert circulation.place_hold("nobody", SHELF, "mz-main") is Refusal.UNKNOWN_READER
    assert circulation.place_hold(SOMEBODY, "nothing", "mz-main") is Refusal.UNKNOWN_ITEM


def test_history_remembers_every_act(circulation: Circulation) -> None:
    circulation.checkout(SOMEBODY, SHELF)
    circulation.checkout(SOMEBODY, SHELF)
    circulation.checkin(SHELF, "mz-main")
    acts = [(act, who) for _, act, who in circulation.store.history_of(SHELF)]
    assert acts == [("checkout", SOMEBODY), ("renewal", SOMEBODY), ("checkin", SOMEBODY)]


def test_a_failed_transaction_leaves_nothing(circulation: Circulation) -> None:
    with pytest.raises(RuntimeError), circulation.store.transaction():
        circulation.checkout(SOMEBODY, SHELF)
        raise RuntimeError("power cut")
    assert circulation.store.loan(SHELF) is None
