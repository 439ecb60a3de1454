"""The simulated ILS and the printed rules (`model.py`) live through the same days and must agree on them all.

Everything goes over the wire, in SIP2, so that what the server says is compared and not only what it stores.
"""

import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hardware_sim.ils.answers import Answers
from hardware_sim.ils.catalogue import CardStatus, Category, Kind
from hardware_sim.ils.circulation import Circulation
from hardware_sim.ils.dialects import DIALECTS
from hardware_sim.ils.store import Item, Reader, Store
from kiosk.sip2 import protocol as sip
from tests.hardware_sim.ils.model import Book, Library, Person

PLACES = ("mz-main", "mz-taiping", "mz-taiping-03")
BOOKS = {
    "1": ("mz-main", "general"),
    "2": ("mz-taiping", "children"),
    "3": ("mz-taiping-03", "general"),
    "4": ("mz-taiping-03", "general"),
    "5": ("mz-main", "local"),
    "6": ("mz-taiping", "general"),
}
PEOPLE = {
    "A": ("ok", 10, 0),
    "B": ("ok", 2, 350),
    "C": ("ok", 10, 2500),
    "D": ("lost", 10, 0),
}
REFUSALS = {
    "Patron Blocked": "stopped",
    "Item checked out to another patron": "on loan",
    "Issue failed : NOT_FOR_LOAN": "in the house only",
    "Item is on hold shelf for another patron.": "awaited",
    "Item unavailable due to outstanding holds": "awaited",
    "Issue failed : TOO_MANY": "too many",
    "Item has reached maximum renewals": "renewed twice",
    "": "fee",
}
ALERTS = {
    None: "stays",
    "01": "is kept here",
    "02": "is wanted at {}",
    "04": "travels to {}",
}

books, people, places = (
    st.sampled_from(sorted(BOOKS)),
    st.sampled_from("AAABBBCD"),
    st.sampled_from(PLACES),
)


class Days(RuleBasedStateMachine):
    """Evergreen's dialect, for it always answers."""

    @initialize()
    def open(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.now = datetime(2026, 11, 22, 9, 30)
        self.store = Store(Path(self._folder.name) / "ils.sqlite")
        with self.store.transaction():
            self.store.create_tables()
            for item_id, (home, kind) in BOOKS.items():
                self.store.add_item(Item(item_id, f"书{item_id}", "I/1", Kind(kind), home, home))
            for reader_id, (status, limit, fen) in PEOPLE.items():
                standing = CardStatus(status), fen, limit
                self.store.add_reader(
                    Reader(reader_id, f"04{reader_id}", "某", "1", Category.ADULT, *standing)
                )
        circulation = Circulation(self.store, lambda: self.now)
        self.answers = Answers(circulation, lambda: self.now, DIALECTS["evergreen"])
        self.library = Library(
            {item_id: Book(home, kind, at=home) for item_id, (home, kind) in BOOKS.items()},
            {reader_id: Person(*standing) for reader_id, standing in PEOPLE.items()},
            self.now.date(),
        )

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self._folder.cleanup()

    def ask(self, request: sip.Request) -> sip.Message:
        """Through the codec both ways."""
        sent = sip.parse(sip.encode(request, sip.Dialect()).rstrip(b"\r"), sip.Dialect())
        answer = self.answers.answer(sent.message)
        assert answer is not None
        return sip.parse(sip.encode(answer, sip.Dialect()).rstrip(b"\r"), sip.Dialect()).message

    @property
    def common(self) -> dict[str, object]:
        return {"transaction_date": self.now, "institution_id": "MZ", "terminal_password": ""}

    # -- what people do ----------------------------------------------------------------------------------

    @rule(who=people, what=books, agrees=st.booleans())
    def borrow(self, who: str, what: str, agrees: bool) -> None:
        had_it = self.library.books[what].borrower == who
        answer = self.ask(
            sip.Checkout(
                **self.common,
                sc_renewal_policy=False,
                no_block=False,
                nb_due_date=None,
                patron_id=who,
                item_id=what,
                fee_acknowledged=agrees,
            )
        )
        assert isinstance(answer, sip.CheckoutReply)
        self.compare_lending(answer, self.library.borrow(who, what, agrees), what)
        assert not answer.ok or answer.renewal_ok is had_it

    @rule(what=books)
    def keep_longer(self, what: str) -> None:
        """Who has it renews it: chance alone seldom finds them."""
        self.renew(self.library.books[what].borrower or "A", what)

    @rule(who=people, what=books)
    def renew(self, who: str, what: str) -> None:
        answer = self.ask(
            sip.Renew(
                **self.common,
                third_party_allowed=False,
                no_block=False,
                nb_due_date=None,
                patron_id=who,
                item_id=what,
            )
        )
        assert isinstance(answer, sip.RenewReply)
        self.compare_lending(answer, self.library.renew(who, what), what)

    def compare_lending(self, answer: sip.LoanReply, expected: str, what: str) -> None:
        if expected in ("lent", "renewed"):
            due = sip.read_due(answer.due_date)
            assert answer.ok and due is not None and due.date() == self.library.books[what].due
            return
        words = " ".join(answer.screen_message)
        said = "not theirs" if words.startswith("Item not checked out to") else REFUSALS.get(words, words)
        assert (answer.ok, said) == (False, expected)

    @rule(where=places, days=st.sampled_from([0, 40, 150]))
    def give_everything_back(self, where: str, days: int) -> None:
        self.days_pass(days)
        for what in [what for what, book in self.library.books.items() if book.borrower]:
            self.give_back(what, where)

    @rule(what=books, where=places)
    def give_back(self, what: str, where: str) -> None:
        borrower = self.library.books[what].borrower
        answer = self.ask(
            sip.Checkin(
                **self.common, no_block=False, return_date=self.now, current_location=where, item_id=what
            )
        )
        assert isinstance(answer, sip.CheckinReply) and answer.ok
        said = ALERTS[answer.alert_type].format(answer.destination_location)
        assert (said, answer.patron_id or "") == (self.library.give_back(what, where), borrower)

    @rule(who=people, what=books, where=places)
    def await_it(self, who: str, what: str, where: str) -> None:
        expected = self.library.await_it(who, what, where)
        assert self.hold(sip.HoldMode.ADD, who, what, where) is (expected == "waits")

    @precondition(lambda self: not self.library.waits("A"))
    @rule(where=places)
    def await_everything_and_nothing(self, where: str) -> None:
        """Past the limit, and back, so that other readers' wishes are not all in vain."""
        for what in BOOKS:
            self.await_it("A", what, where)
        for what in BOOKS:
            self.give_up("A", what)

    @rule(who=people, what=books)
    def give_up(self, who: str, what: str) -> None:
        expected = self.library.give_up(who, what)
        assert self.hold(sip.HoldMode.DELETE, who, what, None) is (expected == "given up")

    def hold(self, mode: sip.HoldMode, who: str, what: str, where: str | None) -> bool:
        request = sip.Hold(**self.common, mode=mode, pickup_location=where, patron_id=who, item_id=what)
        answer = self.ask(request)
        assert isinstance(answer, sip.HoldReply)
        return answer.ok

    @rule(who=people, fen=st.sampled_from([0, 10, 350, 500, 2500, 9999]))
    def pay(self, who: str, fen: int) -> None:
        answer = self.ask(
            sip.FeePaid(
                **self.common,
                fee_type="04",
                payment_type="00",
                currency="CNY",
                fee_amount=f"{fen / 100:.2f}",
                patron_id=who,
            )
        )
        assert isinstance(answer, sip.FeePaidReply)
        assert answer.payment_accepted is (self.library.pay(who, fen) == "paid")

    @rule()
    def pay_all(self) -> None:
        """So that not everybody ends in debt and stopped."""
        for who, person in self.library.people.items():
            self.pay(who, person.fen)

    @rule(days=st.sampled_from([1, 19, 25, 60]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.library.today = self.now.date()

    # -- what must then be so ----------------------------------------------------------------------------

    @invariant()
    def readers_agree(self) -> None:
        for who in PEOPLE if hasattr(self, "library") else ():
            stopped = self.library.stopped(who)
            request = sip.PatronInformationRequest(
                **self.common, language="019", summary=sip.Summary.CHARGED, patron_id=who
            )
            answer = self.ask(request)
            assert isinstance(answer, sip.PatronInformation)
            assert set(answer.entries(sip.Summary.CHARGED)) == self.library.loans(who)
            assert answer.hold_count == len(self.library.waits(who))
            assert (sip.Denied.CHARGE in answer.patron_status) is stopped
            fen = self.library.people[who].fen
            assert (answer.fee_amount or "") == (f"{fen / 100:.2f}" if fen else "")

    @invariant()
    def items_agree(self) -> None:
        for what, book in self.library.books.items() if hasattr(self, "library") else ():
            request = sip.ItemInformationRequest(**self.common, item_id=what)
            answer = self.ask(request)
            assert isinstance(answer, sip.ItemInformation)
            assert answer.circulation_status is expected_status(book)
            due = sip.read_due(answer.due_date)
            assert (due.date() if due else None) == (book.due if book.borrower else None)
            assert answer.current_location == book.at


def expected_status(book: Book) -> sip.CirculationStatus:
    if book.borrower:
        return sip.CirculationStatus.CHARGED
    if book.kept_for:
        return sip.CirculationStatus.ON_HOLD_SHELF
    if book.at != book.home:
        return sip.CirculationStatus.IN_TRANSIT
    in_the_house = book.kind in ("reference", "local")
    return sip.CirculationStatus.OTHER if in_the_house else sip.CirculationStatus.AVAILABLE


def test_some_long_years() -> None:
    """Far more of the same by plain chance: rare meetings of rules need many acts in one life."""
    chance = random.Random(4)
    days = Days()
    days.open()

    def who() -> str:
        return chance.choice("AAAAAABCD")

    def what() -> str:
        return chance.choice(sorted(BOOKS))

    def where() -> str:
        return chance.choice(PLACES)

    acts = (
        (30, lambda: days.borrow(who(), what(), chance.random() < 0.5)),
        (20, lambda: days.keep_longer(what())),
        (15, lambda: days.give_back(what(), where())),
        (8, lambda: days.await_it(who(), what(), where())),
        (8, lambda: days.give_up(who(), what())),
        (3, lambda: days.pay(who(), chance.choice([10, 350, 2500]))),
        (12, lambda: days.days_pass(chance.choice([1, 5, 20]))),
        (2, lambda: days.give_everything_back(where(), chance.choice([0, 150]))),
        (2, days.pay_all),
    )
    weights, deeds = zip(*acts, strict=True)
    for number, deed in enumerate(chance.choices(deeds, weights, k=2500)):
        deed()
        if number % 10 == 0:
            days.readers_agree()
            days.items_agree()
    days.teardown()


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=25, stateful_step_count=30)
