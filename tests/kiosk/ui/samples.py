"""Realistic view data for every screen, in the kiosk's own words: what tests and the gallery paint."""

from dataclasses import replace
from datetime import date

from kiosk import texts
from kiosk.flow.session import Language
from kiosk.flow.touch import Action, Touch
from kiosk.view_data import (
    Button,
    Header,
    IdleScreen,
    Line,
    MessageScreen,
    Overlay,
    Picture,
    Rank,
    ResultScreen,
    Row,
    StackScreen,
    Tone,
    ViewData,
    WorkingScreen,
)
from tests.kiosk.ui import account_samples, receipt_samples, staff_samples

TITLES = (
    "红楼梦",
    "三体",
    "新编农作物病虫害防治技术手册：水稻、甘蔗与热带果树（第三版）",
    "A Handbook of Pest and Disease Control for Rice, Sugar Cane and Tropical Fruit Trees",
    "小猪唏哩呼噜",
    "活着",
    "湛江海岸带鸟类图鉴",
    "Charlotte's Web",
    "鲁迅全集·第一卷：坟 热风 呐喊",
    "高血压病人怎么吃",
    "平凡的世界（全三册）",
    "现代汉语词典",
)
PHONE = "0759-2700000"
DUE = date(2025, 12, 22)


class Samples:
    """The views of one language; its words are looked up in the kiosk's catalogue by their English."""

    titles = TITLES

    def __init__(self, language: Language) -> None:
        self.say = texts.load()[language]
        self.other = "English" if language is Language.ZH else "中文"

    def header(self, reader: bool = True) -> Header:
        return Header(
            place="麻章区图书馆太平镇王村服务点",
            clock="14:05",
            date="11月22日 星期六" if self.other == "English" else "Sat 22 Nov",
            language=Button(self.other, Touch(Action.LANGUAGE), Rank.QUIET),
            larger=Button(self.say("A+"), Touch(Action.LARGE_TYPE), Rank.QUIET),
            reader="张*三" if reader else None,
        )

    def button(self, text: str, action: Action, rank: Rank = Rank.SECONDARY) -> Button:
        return Button(self.say(text), Touch(action), rank)

    def line(self, text: str, tone: Tone = Tone.WARN, **values: str) -> Line:
        return Line(self.say(text, **values), tone)

    def rows(self, count: int, tone: Tone, mark: str) -> tuple[Row, ...]:
        """`count` books that all have the same mark."""
        mark = self.say(mark, date=DUE)
        return tuple(
            Row(
                key=f"{number:016x}",
                title=self.say("{title}", title=title),
                detail=self.say("No. {number}", number=f"MZ{1_004_217 + 37 * number}"),
                mark=mark,
                tone=tone,
            )
            for number, title in enumerate(TITLES[:count])
        )

    # -- the screens

    def idle(self, pad: bool = False, notice: Line | None = None) -> ViewData:
        many = "{n} books on the pad: tap your card to borrow them, or touch Return."
        return ViewData(
            IdleScreen(
                self.header(reader=False),
                self.say("Borrow and return here"),
                (
                    self.say("Tap your reader card"),
                    self.say("Put your books on the pad"),
                    self.say("Confirm, and take them home"),
                ),
                (self.button("Return books", Action.START_RETURN, Rank.PRIMARY),),
                Line(self.say(many, n=2)) if pad else None,
                notice,
            )
        )

    def stack(
        self, rows: tuple[Row, ...], notice: Line | None = None, left_out: int = 0, usable: bool = True
    ) -> ViewData:
        count, ready = len(rows), len(rows) - left_out
        seen = frozenset(bytes.fromhex(row.key) for row in rows[:ready])
        note = "{n} of them cannot be included" if left_out else "Is that all of them?"
        confirm = (
            self.say.many("Borrow {n} book", "Borrow {n} books", n=ready) if ready else self.say("Borrow")
        )
        return ViewData(
            StackScreen(
                self.header(),
                self.say("Borrow books"),
                (
                    Button(self.say("Borrow"), Touch(Action.SHOW_BORROW), chosen=True),
                    Button(self.say("Return"), Touch(Action.SHOW_RETURN)),
                    Button(self.say("My account"), Touch(Action.SHOW_ACCOUNT)),
                ),
                str(count),
                self.say.many("book", "books", n=count),
                self.say(note, n=left_out) if rows else "",
                rows,
                self.say("Put your books on the pad, all together."),
                (
                    self.button("End", Action.END),
                    Button(confirm, Touch(Action.CONFIRM, seen), Rank.PRIMARY, enabled=usable and ready > 0),
                ),
                notice,
            )
        )

    def left_out(self) -> tuple[Row, ...]:
        say = self.say
        no_book = say("A tag that is no book of ours")
        hand_over = say("Please take it off the pad and hand it to the staff.")
        return (
            Row("a", no_book, hand_over, say("Tag unreadable"), Tone.BAD),
            Row("b", say("{title}", title="活着"), say("No. {number}", number="MZ1004402"),
                say("On loan already"), Tone.WARN),
            Row("c", say("{title}", title=TITLES[10]),
                say("Set: {here} of {total} parts on the pad", here=2, total=3),
                say("A part is missing"), Tone.WARN),
        )  # fmt: skip

    def working(self, done: int, total: int, notice: Line | None = None) -> ViewData:
        finished = self.rows(total, Tone.GOOD, "Due {date}")[:done]
        waiting = self.rows(total, Tone.BUSY, "Under way…")[done:]
        title = self.say("Borrowing: leave the books on the pad")
        return ViewData(WorkingScreen(self.header(), title, done, total, finished + waiting, notice))

    def result(
        self, title: str, tone: Tone, rows: tuple[Row, ...], notice: Line | None = None, receipt: bool = True
    ) -> ViewData:
        good = sum(row.tone is Tone.GOOD for row in rows)
        ways = (
            self.button("Print receipt", Action.PRINT_RECEIPT, Rank.PRIMARY),
            self.button("To my phone", Action.TAKE_BY_PHONE),
        )
        return ViewData(
            ResultScreen(
                self.header(),
                self.say(title),
                tone,
                self.say.many("{n} book borrowed", "{n} books borrowed", n=good),
                rows,
                self.say("Would you like a receipt?") if receipt else "",
                ways if receipt else (),
                (
                    self.button("More books", Action.SHOW_BORROW, Rank.QUIET),
                    self.button("Finish", Action.NO_RECEIPT, Rank.QUIET if receipt else Rank.PRIMARY),
                ),
                notice,
            )
        )

    def refused(self) -> Row:
        say = self.say
        mark = say("Not borrowed")
        detail = " ".join(
            map(say, ("Another reader has reserved it.", "Please leave it on the return shelf."))
        )
        return Row("refused", say("{title}", title=TITLES[-1]), detail, mark, Tone.BAD)

    def unwritten(self) -> Row:
        say = self.say
        detail = say("The security tag was not switched: the gate may ring, please tell the staff.")
        return Row("unwritten", say("{title}", title="活着"), detail, say("Due {date}", date=DUE), Tone.WARN)

    def message(
        self, picture: Picture, tone: Tone, title: str, text: str, advice: str = "", *buttons: Button
    ) -> ViewData:
        phone = self.say("Library phone: {phone}", phone=PHONE)
        advice = f"{self.say(advice)} {phone}" if advice else ""
        header = self.header(reader=False)
        return ViewData(
            MessageScreen(header, picture, tone, self.say(title), self.say(text), advice, buttons)
        )

    def overlaid(self) -> ViewData:
        return ViewData(
            self.stack(self.rows(3, Tone.GOOD, "Can be borrowed")).screen,
            Overlay(
                self.say("Are you still there?"),
                self.say("Without a touch the visit ends and the screen is cleared."),
                18,
                (
                    self.button("End", Action.END),
                    self.button("I am still here", Action.STAY, Rank.PRIMARY),
                ),
            ),
        )

    def every(self) -> dict[str, ViewData]:
        """All of them by name; each name begins with its screen's."""
        can = self.rows(12, Tone.GOOD, "Can be borrowed")
        asking = self.rows(3, Tone.BUSY, "Looking it up…")
        borrowed = self.rows(12, Tone.GOOD, "Due {date}")
        ils_away = self.line(
            "The library system cannot be reached. Borrowing and returning must wait.", Tone.BAD
        )
        not_a_code = self.line("That is not a reader code. For books, just put them on the pad.")
        changed = self.line("The books on the pad changed. Please look again and confirm.")
        no_answer = self.line(
            "The library system did not answer. It is asked until it does; please leave these books here."
        )
        put_back = self.line("Please put {title} back on the pad.", title="《三体》")
        back = self.button("Back", Action.END, Rank.PRIMARY)
        return {
            "idle": self.idle(),
            "idle-books": self.idle(pad=True),
            "idle-warning": self.idle(notice=ils_away),
            "idle-both": self.idle(pad=True, notice=not_a_code),
            "stack-empty": self.stack(()),
            "stack-1": self.stack(can[:1]),
            "stack-3": self.stack(can[:3]),
            "stack-12": self.stack(can),
            "stack-asking": self.stack(asking, usable=False),
            "stack-changed": self.stack(can[:2], notice=changed),
            "stack-left-out": self.stack((*can[:2], *self.left_out()), left_out=3),
            "stack-ils-away": self.stack(can[:3], notice=ils_away, usable=False),
            "working-0": self.working(0, 3),
            "working-2": self.working(2, 5),
            "working-11": self.working(11, 12, put_back),
            "result-good": self.result("Done", Tone.GOOD, borrowed[:3]),
            "result-mixed": self.result(
                "Not all was done", Tone.WARN, (self.refused(), self.unwritten(), *borrowed[:2])
            ),
            "result-unknown": self.result(
                "Not confirmed yet",
                Tone.WARN,
                (*self.rows(1, Tone.WARN, "Not confirmed yet"), *borrowed[:1]),
                no_answer,
                receipt=False,
            ),
            "message-goodbye": self.message(
                Picture.DONE, Tone.GOOD, "Thank you, enjoy reading!", "See you again soon."
            ),
            "message-card": self.message(
                Picture.TAP_CARD, Tone.BUSY, "One moment", "Looking up your card…"
            ),
            "message-starting": self.message(
                Picture.WAIT,
                Tone.BUSY,
                "One moment",
                "The last visit was cut short. Checking that every book is in order…",
            ),
            "message-unknown": self.message(
                Picture.STOP,
                Tone.WARN,
                "This card is not known",
                "It belongs to no reader of this library.",
                "Try another card, or get a reader card at any branch: one card is good everywhere.",
                back,
            ),
            "message-blocked": self.message(
                Picture.STOP,
                Tone.WARN,
                "You cannot borrow now",
                "You have borrowed as many books as your card allows.",
                "Return a book and you can borrow again.",
                self.button("Back", Action.END),
                self.button("Return books", Action.SHOW_RETURN, Rank.PRIMARY),
            ),
            "message-unplugged": self.message(
                Picture.UNPLUGGED,
                Tone.WARN,
                "The book pad is away",
                "The book pad is not connected. Your loans stand; please leave the books where they are.",
                "It goes on by itself as soon as the pad is back.",
                self.button("End", Action.END),
            ),
            "message-out-of-service": self.message(
                Picture.STOP,
                Tone.BAD,
                "Out of service",
                "This kiosk needs the staff. The library has been told.",
            ),
            "overlay": self.overlaid(),
        }  # fmt: skip


LANGUAGES = {"zh": Samples(Language.ZH), "en": Samples(Language.EN)}
EVERY = {
    f"{name}-{language}": view
    for language, samples in LANGUAGES.items()
    for name, view in (
        samples.every()
        | account_samples.every(samples)
        | receipt_samples.every(samples)
        | staff_samples.every(samples)
    ).items()
}
LARGE = {
    f"{name}-large": replace(view, large_type=True)
    for name, view in EVERY.items()
    if view.screen.header.larger
}
