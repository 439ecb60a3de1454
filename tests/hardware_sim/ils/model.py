"""The rules of lending once more, as a library would print them: a second opinion on `circulation.py`.

Written from these sentences and kept apart from the simulator's code, so that both cannot be wrong alike.

 1. A book of a village point is lent for 20 days, every other book for 30, to the end of the day.
 2. Works of reference and local documents stay in the house.
 3. Who is expired, stopped, has reported the card lost, owes more than 20 yuan or has three overdue loans
    gets nothing and renews nothing.
 4. Nobody has more loans than the limit on the card. Who owes anything is asked to agree first.
 5. A book that waits or is awaited goes to the first in its queue only; lending it to them ends that hold.
 6. Asking for a book one already has renews it: 15 days on top of the old due day, twice at most, not when
    somebody else awaits it.
 7. Anybody returns anything anywhere. If somebody awaits it, it is kept for the first of them when this is
    the place where they fetch it. Else it travels home when this is another place.
 8. Each day late costs 0.10 yuan at the return, 10 yuan at most.
 9. One reader awaits five books at most, each once. Payments are of what is owed, never more.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

KEPT_IN_THE_HOUSE = {"reference", "local"}
STOPPED = {"expired", "blocked", "lost"}


@dataclass
class Book:
    home: str
    kind: str
    at: str = ""
    borrower: str = ""
    due: date = date.min
    renewals: int = 0
    queue: list[tuple[str, str]] = field(default_factory=list)
    """(reader, where they fetch it), the first first."""
    kept_for: set[str] = field(default_factory=set)

    @property
    def days(self) -> int:
        return 20 if self.home[-2:].isdigit() else 30


@dataclass
class Person:
    status: str
    limit: int
    fen: int = 0


class Library:
    """What is on loan to whom; every method says in a word what became of the wish."""

    def __init__(self, books: dict[str, Book], people: dict[str, Person], today: date) -> None:
        self.books = books
        self.people = people
        self.today = today

    def loans(self, who: str) -> set[str]:
        return {name for name, book in self.books.items() if book.borrower == who}

    def waits(self, who: str) -> list[str]:
        return [name for name, book in self.books.items() if who in dict(book.queue)]

    def stopped(self, who: str) -> bool:
        person = self.people[who]
        late = [name for name in self.loans(who) if self.books[name].due < self.today]
        return person.status in STOPPED or person.fen > 2000 or len(late) >= 3

    def borrow(self, who: str, what: str, agrees: bool = False) -> str:
        book, person = self.books[what], self.people[who]
        if book.borrower == who:
            return self.renew(who, what)
        if self.stopped(who):
            return "stopped"
        if book.borrower:
            return "on loan"
        if book.kind in KEPT_IN_THE_HOUSE:
            return "in the house only"
        if book.queue and book.queue[0][0] != who:
            return "awaited"
        if len(self.loans(who)) >= person.limit:
            return "too many"
        if person.fen and not agrees:
            return "fee"
        if book.queue:
            book.kept_for.discard(who)
            del book.queue[0]
        book.borrower, book.renewals = who, 0
        book.due = self.today + timedelta(days=book.days)
        return "lent"

    def renew(self, who: str, what: str) -> str:
        book = self.books[what]
        if book.borrower != who:
            return "not theirs"
        if self.stopped(who):
            return "stopped"
        if book.queue and book.queue[0][0] != who:
            return "awaited"
        if book.renewals == 2:
            return "renewed twice"
        book.due += timedelta(days=15)
        book.renewals += 1
        return "renewed"

    def give_back(self, what: str, where: str) -> str:
        book = self.books[what]
        if book.borrower:
            late = max(0, (self.today - book.due).days)
            self.people[book.borrower].fen += min(10 * late, 1000)
        book.borrower, book.at = "", where
        if not book.queue:
            return "stays" if where == book.home else f"travels to {book.home}"
        first, pickup = book.queue[0]
        book.kept_for.discard(first)
        if pickup != where:
            return f"is wanted at {pickup}"
        book.kept_for.add(first)
        return "is kept here"

    def await_it(self, who: str, what: str, where: str) -> str:
        book = self.books[what]
        if who in dict(book.queue):
            return "waits"
        if len(self.waits(who)) >= 5:
            return "too many"
        book.queue.append((who, where))
        return "waits"

    def give_up(self, who: str, what: str) -> str:
        book = self.books[what]
        waited = who in dict(book.queue)
        book.queue = [(reader, where) for reader, where in book.queue if reader != who]
        book.kept_for.discard(who)
        return "given up" if waited else "did not wait"

    def pay(self, who: str, fen: int) -> str:
        person = self.people[who]
        if not 0 < fen <= person.fen:
            return "not taken"
        person.fen -= fen
        return "paid"
