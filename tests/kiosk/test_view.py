"""What stands on the screen: something for every state, in both languages, and nobody's name in full."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

import pytest

from devices.kinds import DeviceInfo, Kind, PaperState, PrinterStatus
from kiosk import texts, wording
from kiosk.flow.ils_values import Account, Block, Item, ItemStatus, LoanEntry, Reader
from kiosk.flow.operation import Hold, Ils, Operation, OpKind, SecurityValues, TagSide, Why
from kiosk.flow.session import (
    DeviceCondition,
    Hint,
    Language,
    Message,
    Mode,
    Receipt,
    Rules,
    Session,
    Stage,
)
from kiosk.flow.stack import Standing
from kiosk.flow.touch import Action, Touch
from kiosk.view import view
from kiosk.view_data import Header, Overlay, ReceiptScreen, ResultScreen, StackScreen, Tone, ViewData
from tests.kiosk.flow.table import book, stranger, uid

TEXTS = texts.load()
NAME, NUMBER = "王小明", "23024000000017"
PLACE = "麻章区图书馆太平村服务点"
TITLES = {"B1": "警世通言", "B2": "Charlotte's Web", "B3": "呐喊"}
STATUSES = {"B1": ItemStatus.AVAILABLE, "B2": ItemStatus.ON_LOAN, "B3": ItemStatus.AVAILABLE}
KINDS = {Mode.BORROW: OpKind.BORROW, Mode.RETURN: OpKind.RETURN, Mode.RENEW: OpKind.RENEW}
UP = {
    kind.value: DeviceCondition(kind, True, "model", "port", info=DeviceInfo(kind, "model", "port"))
    for kind in Kind
}


def operation(kind: OpKind = OpKind.BORROW, **more: Any) -> Operation:
    tags = (TagSide(uid(1), 0x07),) if kind is not OpKind.RENEW else ()
    return Operation(1, kind, "B1", TITLES["B1"], tags, SecurityValues(), reader_id=NUMBER, **more)


def visit(**more: Any) -> Session:
    """A reader with three books and a stranger on the pad, and everything working."""
    values: dict[str, Any] = {
        "stage": Stage.STACK,
        "local": datetime(2026, 11, 22, 14, 5),
        "now_s": 100.0,
        "touched_s": 100.0,
        "credential": NUMBER,
        "reader": Reader(NUMBER, NAME),
        "blocked": Block.FEES,
        "message": Message.CARD_UNKNOWN,
        "account": Account((LoanEntry("B1", TITLES["B1"], "2026-12-22"),), fees=("¥3.50",)),
        "pad": (book(1), book(2), book(3), stranger(9)),
        "pad_seen": True,
        "items": {i: Item(i, title, STATUSES[i]) for i, title in TITLES.items()},
        "ops": (operation(),),
        "visit": (1,),
        "devices": UP,
        "printer": PrinterStatus(PaperState.OK),
        "ils_up": True,
        "recovered": True,
    }
    return Session(Rules(PLACE, "0759-2700000"), **(values | more))


def stack(**more: Any) -> Session:
    """The same before anything was begun."""
    return visit(ops=(), visit=(), **more)


def shown(session: Session) -> ViewData:
    return view(session, TEXTS)


def words(value: Any) -> Iterator[str]:
    """Every text a reader sees, whatever it stands in; not the keys and touches behind it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from words(one)
    elif is_dataclass(value) and not isinstance(value, Touch):
        for field in fields(value):
            if field.name != "key":
                yield from words(getattr(value, field.name))


# -- every state -----------------------------------------------------------------------------------------

FROM_THE_PAD = {Stage.IDLE, Stage.STACK}
"""Where books on the pad are shown: no renewal begins there."""
STATES = [
    (stage, mode, language)
    for stage, mode, language in product(Stage, Mode, Language)
    if not (stage in FROM_THE_PAD and mode is Mode.RENEW)
]


@pytest.mark.parametrize(("stage", "mode", "language"), STATES)
def test_every_state_has_a_screen_in_its_language_that_names_nobody(
    stage: Stage, mode: Mode, language: Language
) -> None:
    session = visit(stage=stage, mode=mode, language=language, ops=(operation(KINDS[mode]),))
    seen = shown(session)
    everything = list(words(seen))
    assert isinstance(seen.screen.header, Header) and seen.screen.header.reader == "王*明"
    assert any(everything) and not [text for text in everything if re.search(r"[{}]", text)]
    assert NAME not in repr(seen) and NUMBER not in repr(seen), "not even out of sight"
    foreign = [text for text in everything if not speaks(language, text)]
    assert foreign == []


def speaks(language: Language, text: str) -> bool:
    """Apart from names and titles, Chinese stands on a Chinese screen and none on an English one."""
    for given in (*TITLES.values(), PLACE, "王*明", "English", "中文"):
        text = text.replace(given, "")
    text = re.sub(r"\bB\d\b", "", text)
    if language is Language.ZH:
        return not re.search(r"[A-Za-z]", text)
    return not re.search(r"[\u4e00-\u9fff]", text)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("message", Message)
def test_every_message_has_words(message: Message, language: Language) -> None:
    seen = shown(visit(stage=Stage.MESSAGE, message=message, language=language, reader=None))
    assert seen.screen.title and seen.screen.text and seen.screen.buttons
    assert all(speaks(language, text) for text in words(seen))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("block", Block)
def test_every_reason_of_a_block_says_what_to_do(block: Block, language: Language) -> None:
    seen = shown(visit(stage=Stage.MESSAGE, message=Message.READER_BLOCKED, blocked=block, language=language))
    assert seen.screen.text and "0759-2700000" in seen.screen.advice
    assert all(speaks(language, text) for text in words(seen))


@pytest.mark.parametrize("hint", Hint)
def test_every_hint_stands_on_the_stack(hint: Hint) -> None:
    notice = shown(visit(hint=hint)).screen.notice
    assert notice is not None and notice.text == TEXTS[Language.ZH](wording.HINT[hint][0])


def test_nothing_of_a_visit_stands_on_the_idle_screen() -> None:
    seen = shown(
        visit(stage=Stage.IDLE, reader=None, credential="", account=None, items={}, visit=(), ops=())
    )
    assert seen.screen.header.reader is None
    assert not [title for title in TITLES.values() if title in repr(seen)]


def test_out_of_service_shows_no_reason_of_the_software() -> None:
    seen = shown(visit(stage=Stage.OUT_OF_SERVICE, fault="journal.db: disk I/O error", reader=None))
    assert "journal" not in repr(seen) and "0759-2700000" in repr(seen)


# -- the stack -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "agreed"), [(Mode.BORROW, {uid(1), uid(3)}), (Mode.RETURN, {uid(2)})], ids=["borrow", "return"]
)
def test_confirm_carries_exactly_the_tags_shown_as_ready(mode: Mode, agreed: set[bytes]) -> None:
    screen = shown(stack(mode=mode)).screen
    assert isinstance(screen, StackScreen)
    [confirm] = [button for button in screen.buttons if button.touch.action is Action.CONFIRM]
    assert confirm.touch.seen == agreed and confirm.enabled
    assert screen.count == "4" and len([row for row in screen.rows if row.tone is Tone.GOOD]) == len(agreed)


@pytest.mark.parametrize(
    ("why", "session"),
    {
        "nothing on the pad": stack(pad=(), items={}),
        "a title is being looked up": stack(items={"B1": None, "B2": None, "B3": None}),
        "one title is being looked up": stack(items=dict(stack().items) | {"B3": None}),
        "the ILS is away": stack(ils_up=False),
        "no book can be included": stack(pad=(stranger(9),)),
    }.items(),
)
def test_confirm_waits(why: str, session: Session) -> None:
    [confirm] = [b for b in shown(session).screen.buttons if b.touch.action is Action.CONFIRM]
    assert not confirm.enabled, why


def test_what_must_wait_is_not_marked_as_ready() -> None:
    """No green mark beside a button out of use."""
    screen = shown(stack(ils_up=False)).screen
    assert Tone.GOOD not in {row.tone for row in screen.rows} and screen.count_note == ""
    assert "暂时不能办" in {row.mark for row in screen.rows}


def test_every_standing_has_words_in_chinese() -> None:
    assert set(wording.STANDING) == set(Standing) - {Standing.READY}
    say = TEXTS[Language.ZH]
    assert [words for words, _ in wording.STANDING.values() if say(words) == words] == []


# -- the pad away ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.IDLE, Stage.SIGNING_IN, Stage.STACK, Stage.WORKING])
def test_without_a_pad_nobody_is_asked_to_use_it(stage: Stage) -> None:
    away = dict(UP) | {"tag_reader": replace(UP["tag_reader"], up=False, reason="unplugged")}
    seen = shown(visit(stage=stage, devices=away, pad=()))
    assert seen.screen.name == "message" and "感应区" in seen.screen.title
    assert not [text for text in words(seen) if "unplugged" in text], "reasons are for staff"


# -- the result ------------------------------------------------------------------------------------------

DONE = {"ils": Ils.ACCEPTED, "done": True}
TO_REPAIR = (TagSide(uid(1), 0x07, to_repair=True),)
OUTCOMES: dict[str, tuple[Mode, dict[str, Any], str, Tone]] = {
    "lent": (Mode.BORROW, DONE | {"due": "2026-12-22"}, "12月22日", Tone.GOOD),
    "lent without a date": (Mode.BORROW, DONE, "借", Tone.GOOD),
    "lent until no date at all": (Mode.BORROW, DONE | {"due": "下个月"}, "下个月", Tone.GOOD),
    "lent, tag left to repair": (Mode.BORROW, DONE | {"tags": TO_REPAIR}, "借", Tone.WARN),
    "given back": (Mode.RETURN, DONE, "已归还", Tone.GOOD),
    "given back, somebody waits": (Mode.RETURN, DONE | {"hold": Hold("", "0017")}, "已归还", Tone.WARN),
    "renewed": (Mode.RENEW, DONE | {"due": "2027-01-22"}, "2027", Tone.GOOD),
    "under way": (Mode.BORROW, {"ils": Ils.SENT}, "正在", Tone.BUSY),
    "unknown": (Mode.BORROW, {"ils": Ils.UNKNOWN}, "确认", Tone.WARN),
} | {
    f"{mode.value} refused {why.value}": (
        mode,
        {"ils": Ils.REFUSED, "why": why, "done": True},
        "没有",
        Tone.BAD,
    )
    for mode in Mode
    for why in Why
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_each_outcome_has_its_mark(name: str) -> None:
    mode, outcome, mark, tone = OUTCOMES[name]
    session = visit(stage=Stage.RESULT, mode=mode, ops=(replace(operation(KINDS[mode]), **outcome),))
    screen = shown(session).screen
    assert isinstance(screen, ResultScreen)
    [row] = screen.rows
    assert mark in row.mark and row.tone is tone
    assert TITLES["B1"] in row.title and row.detail
    assert (screen.tone is Tone.GOOD) == (outcome.get("ils") is Ils.ACCEPTED)


@pytest.mark.parametrize("language", Language)
def test_a_refusal_shows_words_nobody_has_met_yet_as_they_came(language: Language) -> None:
    op = operation(ils=Ils.REFUSED, why=Why.BY_ILS, message="Zxqv 7", done=True)
    screen = shown(visit(stage=Stage.RESULT, ops=(op,), language=language)).screen
    assert "Zxqv 7" in screen.rows[0].detail and len(screen.rows[0].detail) > len("Zxqv 7 ")


def test_one_of_two_is_not_all() -> None:
    lent = replace(operation(), **DONE)
    refused = replace(operation(), op_id=2, ils=Ils.REFUSED, why=Why.BY_ILS, done=True)
    screen = shown(visit(stage=Stage.RESULT, ops=(lent, refused), visit=(1, 2))).screen
    assert screen.tone is Tone.WARN and "1" in screen.summary


@pytest.mark.parametrize(
    ("printer", "receipt", "usable", "notice"),
    [
        (PrinterStatus(PaperState.OK), Receipt.NOT_ASKED, True, ""),
        (PrinterStatus(PaperState.NEAR_END), Receipt.NOT_ASKED, True, ""),
        (PrinterStatus(PaperState.OUT), Receipt.NOT_ASKED, False, "没有纸"),
        (PrinterStatus(PaperState.OK, cover_open=True), Receipt.NOT_ASKED, False, "打印机"),
        (None, Receipt.NOT_ASKED, False, "打印机"),
        (PrinterStatus(PaperState.OK), Receipt.FAILED, True, "没有打印出来"),
        (PrinterStatus(PaperState.OK), Receipt.PRINTING, False, "正在打印"),
    ],
)
def test_paper_is_offered_in_its_place_whether_it_can_be_had_or_not(
    printer: PrinterStatus | None, receipt: Receipt, usable: bool, notice: str
) -> None:
    done = replace(operation(), **DONE)
    screen = shown(visit(stage=Stage.RESULT, ops=(done,), printer=printer, receipt=receipt)).screen
    assert isinstance(screen, ResultScreen) and screen.question
    paper, phone = screen.ways
    assert paper.touch.action is Action.PRINT_RECEIPT and paper.enabled == usable
    assert bool(paper.note) != usable, "a reason where it cannot be had"
    assert (notice in screen.notice.text) if notice else screen.notice is None
    idle = [button for button in (phone, *screen.buttons) if not button.enabled]
    assert bool(idle) == (receipt is Receipt.PRINTING), "nothing to touch while it prints"


def test_out_of_paper_is_said_on_the_button() -> None:
    done, out = replace(operation(), **DONE), PrinterStatus(PaperState.OUT)
    for language, words in ((Language.ZH, "没有纸了"), (Language.EN, "No paper")):
        session = visit(stage=Stage.RESULT, ops=(done,), printer=out, language=language)
        assert shown(session).screen.ways[0].note == words


def test_a_place_without_a_printer_does_not_speak_of_paper() -> None:
    done = replace(operation(), **DONE)
    devices = {name: device for name, device in UP.items() if device.kind is not Kind.RECEIPT_PRINTER}
    screen = shown(visit(stage=Stage.RESULT, ops=(done,), devices=devices, printer=None)).screen
    assert [way.touch.action for way in screen.ways] == [Action.TAKE_BY_PHONE]
    account = shown(visit(stage=Stage.ACCOUNT, mode=Mode.RENEW, devices=devices, printer=None)).screen
    assert Action.PRINT_ACCOUNT not in {button.touch.action for button in account.buttons}


def test_where_nothing_was_done_there_is_nothing_to_print() -> None:
    refused = replace(operation(), ils=Ils.REFUSED, why=Why.BY_ILS, done=True)
    screen = shown(visit(stage=Stage.RESULT, ops=(refused,))).screen
    assert screen.ways == () and "0" not in screen.summary
    assert all(button.enabled for button in screen.buttons)


# -- time running out ------------------------------------------------------------------------------------


def test_the_warning_counts_down_and_offers_to_stay() -> None:
    assert shown(visit(now_s=139.9)).overlay is None
    overlay = shown(visit(now_s=140.5)).overlay
    assert isinstance(overlay, Overlay) and overlay.seconds == 20
    assert Action.STAY in {button.touch.action for button in overlay.buttons}
    assert shown(visit(now_s=200.0)).overlay.seconds == 0


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小三", "张*三"),
        ("李四", "李*"),
        ("张", "张*"),
        ("欧阳修远", "欧**远"),
        ("Ann Smith", "A*******h"),
        ("", ""),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert wording.masked(name) == masked


# -- wording ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.IDLE, Stage.STACK, Stage.ACCOUNT, Stage.RESULT, Stage.PIN])
def test_type_can_be_made_larger_and_smaller_on_every_screen_of_a_reader(stage: Stage) -> None:
    for large, words in ((False, "大字"), (True, "小字")):
        seen = shown(visit(stage=stage, large_type=large))
        larger = seen.screen.header.larger
        assert larger is not None and larger.touch.action is Action.LARGE_TYPE
        assert (larger.text, seen.large_type) == (words, large)


def test_staff_read_the_usual_size() -> None:
    seen = shown(visit(stage=Stage.STAFF, large_type=True))
    assert seen.screen.header.larger is None and not seen.large_type


@pytest.mark.parametrize("language", Language)
def test_sentences_are_joined_as_their_language_does(language: Language) -> None:
    op = operation(ils=Ils.REFUSED, why=Why.BY_ILS, message="Item is on hold", done=True)
    detail = shown(visit(stage=Stage.RESULT, ops=(op,), language=language)).screen.rows[0].detail
    assert ("。 " in detail, ". " in detail) == (False, language is Language.EN)


def test_a_reason_follows_a_chinese_colon() -> None:
    op = operation(ils=Ils.REFUSED, why=Why.STACK_CHANGED, done=True)
    assert shown(visit(stage=Stage.RESULT, ops=(op,))).screen.rows[0].mark == "没有借出：感应区上的书有变动"


@pytest.mark.parametrize(
    ("given", "language", "said"),
    [
        ("1.20 CNY", Language.ZH, "1.20 元"),
        ("1.20 CNY", Language.EN, "1.20 yuan"),
        ("3.00 EUR", Language.ZH, "3.00 EUR"),
        ("¥3.50", Language.ZH, "¥3.50"),
        ("", Language.ZH, ""),
    ],
)
def test_our_own_money_is_called_by_its_name(given: str, language: Language, said: str) -> None:
    assert wording.money(given, language) == said


# -- paper, telephone or neither ---------------------------------------------------------------------------


def choices(**more: Any) -> list[Action]:
    done = operation(ils=Ils.ACCEPTED, done=True, due="2026-12-22")
    screen = shown(visit(stage=Stage.RESULT, ops=(done,), **more)).screen
    assert isinstance(screen, ResultScreen)
    usable = [button.touch.action for button in (*screen.ways, *screen.buttons) if button.enabled]
    return [action for action in usable if action is not Action.SHOW_BORROW]


def test_a_receipt_is_on_paper_in_a_telephone_or_not_at_all() -> None:
    phone, none, paper = Action.TAKE_BY_PHONE, Action.NO_RECEIPT, Action.PRINT_RECEIPT
    assert set(choices()) == {phone, none, paper}
    assert set(choices(receipt=Receipt.DOUBTFUL)) == {phone, none, paper}
    assert set(choices(printer=PrinterStatus(PaperState.OUT))) == {phone, none}
    assert choices(receipt=Receipt.PRINTING) == []


def test_a_doubtful_receipt_is_told_as_one() -> None:
    done = operation(ils=Ils.ACCEPTED, done=True)
    screen = shown(visit(stage=Stage.RESULT, ops=(done,), receipt=Receipt.DOUBTFUL)).screen
    assert isinstance(screen, ResultScreen) and screen.notice is not None
    assert "可能没有打完整" in screen.notice.text and screen.question == "要再打一份吗？"


def test_the_code_holds_the_receipt_as_it_was_composed() -> None:
    done = operation(ils=Ils.ACCEPTED, done=True)
    session = visit(stage=Stage.RESULT, ops=(done,), receipt=Receipt.SHOWN, receipt_text="借书凭条")
    screen = shown(session).screen
    assert isinstance(screen, ReceiptScreen) and screen.code == "借书凭条"
    assert [button.touch.action for button in screen.buttons] == [Action.SHOW_RESULT, Action.NO_RECEIPT]
