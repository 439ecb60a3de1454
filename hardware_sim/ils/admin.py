"""The hands on the simulated ILS: one JSON object a line, each answered with one.

    {"do": "down"}                                           → {"ok": true}
    {"do": "hang_after", "count": 1, "code": "11"}           → {"ok": true}
    {"do": "query", "item": "35240000000019"}                → {"ok": true, "loan": {…}, …}

    {"do": "limit", "connections": 2}                        → {"ok": true}
    {"do": "heard"}                                          → {"ok": true, "heard": {"93": 1, "11": 2}}

Faults are named in `faults.py`; `query` lets a test see for itself what is on loan to whom, `heard` how often
each message came.
"""

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hardware_sim.ils.faults import Fault, Faults
from hardware_sim.ils.store import Store

Answer = dict[str, Any]

HISTORY = ("at", "act", "reader")


class AdminDesk:
    """The server's side."""

    def __init__(
        self, faults: Faults, store: Store, up: Callable[[], None], down: Callable[[], None]
    ) -> None:
        self._faults = faults
        self._store = store
        self._commands: dict[str, Callable[[Answer], Answer | None]] = {
            "down": lambda _: down(),
            "up": lambda _: up(),
            "clear": lambda _: faults.clear(),
            "delay_ms": self._set_delay,
            "full": self._set_full,
            "limit": self._set_limit,
            "heard": lambda _: {"heard": dict(faults.heard)},
            "query": self._query,
        }

    def serve(self, connection: socket.socket) -> None:
        with connection.makefile("rw", encoding="utf-8") as lines:
            for line in lines:
                lines.write(json.dumps(self._answer(line), ensure_ascii=False) + "\n")
                lines.flush()

    def _answer(self, line: str) -> Answer:
        try:
            return {"ok": True} | (self._do(json.loads(line)) or {})
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            return {"ok": False, "error": f"cannot do this ({type(error).__name__}: {error}); see admin.py"}

    def _do(self, command: Answer) -> Answer | None:
        name = command["do"]
        if name in self._commands:
            return self._commands[name](command)
        self._faults.plan(Fault(name), int(command.get("count", 1)), str(command.get("code", "")))
        return None

    def _set_delay(self, command: Answer) -> None:
        self._faults.delay_ms = int(command["ms"])

    def _set_full(self, command: Answer) -> None:
        self._faults.limit = 0 if command.get("on", True) else None

    def _set_limit(self, command: Answer) -> None:
        self._faults.limit = int(command["connections"])

    def _query(self, command: Answer) -> Answer:
        return self._reader(command["reader"]) if "reader" in command else self._item(command["item"])

    def _item(self, item_id: str) -> Answer:
        item, loan = self._store.item(item_id), self._store.loan(item_id)
        return {
            "item": item_id,
            "known": item is not None,
            "at": item.at if item else None,
            "loan": _plain(loan) if loan else None,
            "holds": [_plain(hold) for hold in self._store.holds_on(item_id)],
            "history": [dict(zip(HISTORY, row, strict=True)) for row in self._store.history_of(item_id)],
        }

    def _reader(self, key: str) -> Answer:
        reader = self._store.reader(key)
        reader_id = reader.reader_id if reader else ""
        return {
            "reader": reader_id or None,
            "owes_fen": reader.owes_fen if reader else None,
            "loans": [_plain(loan) for loan in self._store.loans_of(reader_id)],
            "holds": [_plain(hold) for hold in self._store.holds_of(reader_id)],
        }


class IlsAdmin:
    """The hands' side: what tests, scenarios and the demo call."""

    def __init__(self, port: int, timeout_s: float = 10.0) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout_s)
        self._lines = self._connection.makefile("rw", encoding="utf-8")

    def do(self, command: str, **arguments: object) -> Answer:
        """ValueError with the server's words when it cannot."""
        self._lines.write(json.dumps({"do": command, **arguments}) + "\n")
        self._lines.flush()
        answer: Answer = json.loads(self._lines.readline())
        if not answer["ok"]:
            raise ValueError(answer["error"])
        return answer

    def item(self, item_id: str) -> Answer:
        """What is known of an item: `loan` (or None), `holds`, `history`, `at`."""
        return self.do("query", item=item_id)

    def reader(self, key: str) -> Answer:
        """A reader's `loans` and `holds`, by number or card uid."""
        return self.do("query", reader=key)

    def heard(self, code: str) -> int:
        """How many messages of that code have come, on all connections together."""
        return int(self.do("heard")["heard"].get(code, 0))

    def close(self) -> None:
        self._lines.close()
        self._connection.close()


def _plain(value: Any) -> Answer:
    """A dataclass as JSON can say it."""
    return {name: str(each) if isinstance(each, datetime) else each for name, each in asdict(value).items()}
