"""What to ask an ILS to learn what it can do, and what its answers mean: one function a step.

Only questions are asked (93, 99, 63, 17, and one message that does not exist): nothing changes at the ILS.
What is personal in the answers stays here: findings bear masked names and counts.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from kiosk.sip2 import protocol as sip
from kiosk.sip2 import verdicts
from kiosk.sip2.connection import WireLost, WireSilent
from kiosk.sip2.probe import Failed, Probe, described

R = TypeVar("R", bound=sip.Message)

ROUND_TRIPS = 5
SHORT_WAIT_S = 2.0
UNKNOWN_REQUEST = b"77"
VERSIONS = ("1.00", "2.00")
NO_SUCH_ITEM = "NO-SUCH-ITEM-0"
MESSAGES = {
    "93": "login", "99": "status", "23": "patron status", "63": "patron information",
    "17": "item information", "11": "checkout", "09": "checkin", "29": "renew", "65": "renew all",
    "15": "hold", "37": "fee paid", "35": "end session", "25": "patron enable", "01": "block patron",
    "19": "item status update", "97": "resend",
}  # fmt: skip


@dataclass(frozen=True)
class Subjects:
    """On whom and what to try; empty: not tried."""

    reader: str = ""
    pin: str | None = None
    item: str = ""


@dataclass(frozen=True)
class Finding:
    """`skipped` where nothing was given to try; `facts` are for machines, `detail` is for people."""

    detail: str
    facts: dict[str, Any] = field(default_factory=dict)
    skipped: bool = False


class Examination:
    """The state of one: what was found so far."""

    def __init__(self, probe: Probe, subjects: Subjects, checks_encoding: bool) -> None:
        self.probe = probe
        self.subjects = subjects
        self.policy = probe.dialect.checksum
        self.unknown_answer = ""
        self.version = ""
        self._checks_encoding = checks_encoding
        self._borrowed = ""
        self._round_trips: list[float] = []

    # -- connection and login ----------------------------------------------------------------------------

    def connect(self) -> Finding:
        self.probe.close()
        peer, _port = self.probe.connection.peer
        return Finding(f"{self.probe.server.name} answers", {"address": peer})

    def tls(self) -> Finding:
        wire = self.probe.connection.tls
        if wire is None:
            return Finding("not asked for, nothing is encrypted: give --tls to try", skipped=True)
        certificate: dict[str, Any] = dict(wire.getpeercert() or {})
        names = dict(entry for part in certificate.get("subject", ()) for entry in part)
        facts = {
            "version": wire.version(),
            "cipher": (wire.cipher() or ("",))[0],
            "certificate": names.get("commonName", ""),
            "expires": verdicts.expiry(certificate.get("notAfter", "")),
        }
        detail = f"{facts['version']}, certificate of {facts['certificate']} until {facts['expires']}"
        return Finding(detail, facts)

    def login(self) -> Finding:
        self.probe.log_in()
        style = self.probe.dialect.login.value
        words = {"sip": "message 93", "telnet": "at prompts", "none": "none needed"}
        return Finding(words[style], {"style": style})

    def status(self) -> Finding:
        reply = self._first_status()
        if not reply.online:
            raise Failed("it says that it is off line: ask its staff to start circulation")
        supports = {code: reply.supports(code) for code in MESSAGES}
        lacking = [f"{code} {MESSAGES[code]}" for code, taken in supports.items() if taken is False]
        offset_s = verdicts.offset_s(reply.date_time_sync)
        facts = {
            "version": reply.protocol_version,
            "institution": reply.institution_id,
            "library": reply.library_name or "",
            "checkout": reply.checkout_ok,
            "checkin": reply.checkin_ok,
            "renewal": reply.renewal_policy,
            "timeout_s": None if reply.timeout_period is None else reply.timeout_period / 10,
            "retries": reply.retries_allowed,
            "clock_offset_s": offset_s,
            "supports": supports,
        }
        says = f"lacks {', '.join(lacking)}" if lacking else "supports all messages"
        if not reply.supported_messages:
            says = "does not say which messages it supports"
        clock = "" if offset_s is None else f", its clock is {round(offset_s):+d} s from ours"
        return Finding(f"protocol {reply.protocol_version.strip() or '?'}, {says}{clock}", facts)

    def _first_status(self) -> sip.AcsStatus:
        dialect = self.probe.dialect
        try:
            reply = self._asked(sip.ScStatus(protocol_version=dialect.protocol_version), sip.AcsStatus)
        except WireLost as error:
            if dialect.login is not sip.LoginStyle.NONE:
                raise
            raise Failed(f"no answer without a login ({error}): give --login and --password") from error
        # one that the kiosk's configuration would not take is an accident of the server's
        self.version = reply.protocol_version if reply.protocol_version in VERSIONS else ""
        return reply

    def round_trip(self) -> Finding:
        request = sip.ScStatus(protocol_version=self.probe.dialect.protocol_version)
        times = [self.probe.ask(request).took_ms for _ in range(ROUND_TRIPS)]
        facts = {"min_ms": min(times), "median_ms": statistics.median(times), "max_ms": max(times)}
        rounded = {name: round(value, 2) for name, value in facts.items()}
        return Finding(
            "{min_ms} / {median_ms} / {max_ms} ms at least / median / most".format(**rounded), rounded
        )

    # -- readers and items -------------------------------------------------------------------------------

    def reader(self) -> Finding:
        if not self.subjects.reader:
            return Finding("give --reader to try", skipped=True)
        reply = self._patron(None)
        if reply.valid_patron is False or not reply.patron_id:
            raise Failed("this ILS does not know the reader: check --reader")
        if self.subjects.pin is not None and reply.valid_patron_password is not True:
            wrong = reply.valid_patron_password is False
            raise Failed("it says that the PIN is wrong" if wrong else "it does not judge the PIN (no CQ)")
        charged = self._patron(sip.Summary.CHARGED)
        listed = charged.entries(sip.Summary.CHARGED)
        self._borrowed = listed[0] if listed else ""
        lists_loans = bool(listed) if reply.charged_count else None
        facts = {
            "name": verdicts.masked(reply.personal_name),
            "blocked": sip.Denied.CHARGE in reply.patron_status,
            "pin_judged": reply.valid_patron_password is not None,
            "holds": reply.hold_count,
            "loans": reply.charged_count,
            "lists_loans": lists_loans,
            "loan_limit": reply.charged_limit,
            "owes": bool(reply.fee_amount),
        }
        loans = {True: "it lists them", False: "it does not list them", None: "nothing to list"}[lists_loans]
        return Finding(f"{facts['name']}, {reply.charged_count} on loan ({loans})", facts)

    def item(self) -> Finding:
        item_id = self.subjects.item or self._borrowed
        if not item_id:
            return Finding("give --item to try", skipped=True)
        reply = self._item(item_id)
        if not reply.title_id.strip() and reply.circulation_status is sip.CirculationStatus.OTHER:
            raise Failed("this ILS does not know the item: check --item")
        due = sip.read_due(reply.due_date)
        facts = {
            "title": reply.title_id.strip(),
            "status": reply.circulation_status.name.lower(),
            "due": due.isoformat() if due else None,
            "due_as_written": reply.due_date,
            "unknown_item": self._unknown_item(),
        }
        facts["tells_of_loans"] = verdicts.told_of_loan(reply)
        return Finding(f"{facts['title']}: {facts['status']}; {facts['tells_of_loans']}", facts)

    def _unknown_item(self) -> str:
        """How a number is answered that stands for nothing."""
        try:
            reply = self._item(NO_SUCH_ITEM)
        except WireLost:
            self.probe.again()
            return "hangs up"
        except Failed:
            return "no message 18"
        return f"status {reply.circulation_status.value}, {'a' if reply.title_id.strip() else 'no'} title"

    def _item(self, item_id: str) -> sip.ItemInformation:
        return self._asked(sip.ItemInformationRequest(**self._common, item_id=item_id), sip.ItemInformation)

    def _patron(self, summary: sip.Summary | None) -> sip.PatronInformation:
        request = sip.PatronInformationRequest(
            **self._common,
            language=self.probe.dialect.language,
            summary=summary,
            patron_id=self.subjects.reader,
            patron_password=self.subjects.pin,
        )
        return self._asked(request, sip.PatronInformation)

    # -- how it writes -----------------------------------------------------------------------------------

    def encoding(self) -> Finding:
        found, dialect = self.probe.found_encoding, self.probe.dialect
        if found is None:
            return Finding(
                "only ASCII was seen: give --reader or --item with a Chinese name", {"found": None}
            )
        if self._checks_encoding and found is not dialect.encoding:
            raise Failed(f"its text is {found.value}, not {dialect.encoding.value}: correct the encoding")
        return Finding(found.value, {"found": found.value})

    def terminator(self) -> Finding:
        answers = self.probe.line_end
        takes = self.probe.dialect.terminator.name
        return Finding(f"takes {takes}, answers with {answers}", {"takes": takes, "answers": answers})

    def checksum(self) -> Finding:
        """The answers so far, then what becomes of a line without trailer and of one with a wrong sum."""
        returned = sorted({verdicts.trailer_word(answer) for answer in self.probe.answers})
        bare = self._reaction(sip.encode(sip.ScStatus(), self.probe.dialect))
        wrong = self._reaction(b"9900302.00AY1AZ0000" + self._line_end)
        if self.policy is sip.ChecksumPolicy.STRICT and not set(returned) <= {"right", "absent"}:
            raise Failed(f"its trailers are {' and '.join(returned)}: strict would refuse them, use log")
        self.policy = self._suiting_policy(returned, takes_bare=bare == "message 98")
        facts = {"returned": returned, "without": bare, "wrong": wrong}
        return Finding(
            f"its own are {' and '.join(returned)}; without: {bare}; wrong: {wrong}",
            {**facts, "suits": self.policy.value},
        )

    def _suiting_policy(self, returned: list[str], takes_bare: bool) -> sip.ChecksumPolicy:
        """Strict only once sums over Chinese were right: some servers count characters, not bytes. Off only
        where nothing comes back: a number tells a late answer from the right one, with or without a sum."""
        if returned == ["right"] and self.probe.found_encoding:
            return sip.ChecksumPolicy.STRICT
        if takes_bare and returned == ["absent"] and not self.probe.numbers_answers:
            return sip.ChecksumPolicy.OFF
        return sip.ChecksumPolicy.LOG

    def unknown_message(self) -> Finding:
        self.unknown_answer = self._reaction(UNKNOWN_REQUEST + self._line_end)
        return Finding(self.unknown_answer, {"answer": self.unknown_answer})

    def _reaction(self, line: bytes) -> str:
        """In a word; the connection is as new afterwards."""
        timeout_s = min(SHORT_WAIT_S, self.probe.server.reply_timeout_s)
        try:
            answer = self.probe.send(line, timeout_s=timeout_s)
        except WireSilent:
            word = "silence"
        except WireLost:
            word = "hangs up"
        else:
            return described(answer)
        self.probe.again()
        return word

    # -- below -------------------------------------------------------------------------------------------

    @property
    def _line_end(self) -> bytes:
        return self.probe.dialect.terminator.value.encode("ascii")

    @property
    def _common(self) -> dict[str, Any]:
        dialect = self.probe.dialect
        return {
            "transaction_date": datetime.now(),
            "institution_id": dialect.institution_id,
            "terminal_password": dialect.terminal_password,
        }

    def _asked(self, request: sip.Request, kind: type[R]) -> R:
        answer = self.probe.ask(request)
        message = answer.received.message if answer.received else None
        if isinstance(message, kind):
            return message
        raise Failed(f"message {request.code} was answered with {described(answer)}, expected {kind.code}")


Step = Callable[[Examination], Finding]
"""Raises Failed, WireLost, IlsError or ValueError when the ILS does not do it."""

STEPS: dict[str, tuple[str, Step]] = {
    "connect": ("连接", Examination.connect),
    "tls": ("加密", Examination.tls),
    "login": ("登录", Examination.login),
    "status": ("状态", Examination.status),
    "round_trip": ("往返时间", Examination.round_trip),
    "reader": ("读者信息", Examination.reader),
    "item": ("图书信息", Examination.item),
    "encoding": ("字符编码", Examination.encoding),
    "terminator": ("行结束符", Examination.terminator),
    "checksum": ("校验和", Examination.checksum),
    "unknown_message": ("未知消息", Examination.unknown_message),
}
"""In this order; without a vital one there is nothing more to ask."""
VITAL = frozenset({"connect", "tls", "login", "status"})
