"""The judge of crashes must find what is planted, and nothing in a world where all agree."""

from dataclasses import replace
from typing import Any

import pytest

from tests.crash.verdict import RULES, Evidence, ItemTruth, OperationRow, Tag, findings

BORROWED = ItemTruth("A", lent=True, acts=("checkout",), tags=(Tag("01", 0xC2, on_pad=True),))
RETURNED = ItemTruth("B", lent=False, acts=("checkin",), tags=(Tag("02", 0x07, on_pad=True),))
LISTED = ItemTruth("C", lent=True, acts=("checkout",), tags=(Tag("03", 0x07, on_pad=False),))
GOOD = Evidence(
    items=(BORROWED, RETURNED, LISTED),
    operations=(
        OperationRow(1, "borrow", "A", done=True, reader_kept=False),
        OperationRow(2, "return", "B", done=True, reader_kept=False),
        OperationRow(3, "borrow", "C", done=True, reader_kept=False),
        OperationRow(4, "borrow", "B", done=True, reader_kept=False),
        OperationRow(5, "repair", "A", done=True, reader_kept=False),
    ),
    repairs=frozenset({"03"}),
    events={
        1: {"seq": 1, "type": "loan/1", "op_id": "1"},
        2: {"seq": 2, "type": "return/1", "op_id": "2"},
        3: {"seq": 3, "type": "visits/1"},
        4: {"seq": 4, "type": "loan/1", "op_id": "3"},
        5: {"seq": 5, "type": "refusal/1", "op_id": "4"},
    },
    last_seq=5,
)


def operation(number: int, **changes: Any) -> Evidence:
    rows = [replace(op, **changes) if op.op_id == number else op for op in GOOD.operations]
    return replace(GOOD, operations=tuple(rows))


def events(changes: dict[int, Any], last_seq: int = 5) -> Evidence:
    kept = {seq: event for seq, event in (dict(GOOD.events) | changes).items() if event}
    return replace(GOOD, events=kept, last_seq=last_seq)


def items(*changed: ItemTruth) -> Evidence:
    new = {item.item_id: item for item in changed}
    return replace(GOOD, items=tuple(new.get(item.item_id, item) for item in GOOD.items))


PLANTED: dict[str, tuple[str, Evidence]] = {
    "an operation left open": ("settled", operation(1, done=False)),
    "a reader remembered": ("reader forgotten", operation(1, reader_kept=True)),
    "a tag on the pad not released": ("tags agree", items(replace(BORROWED, tags=(Tag("01", 7, True),)))),
    "a tag on the pad not secured": ("tags agree", items(replace(RETURNED, tags=(Tag("02", 0xC2, True),)))),
    "a tag away that nobody knows of": ("tags agree", replace(GOOD, repairs=frozenset())),
    "a listed tag lying on the pad": ("repair list", replace(GOOD, repairs=frozenset({"03", "01"}))),
    "a report lost": ("one report each", events({1: {"seq": 1, "type": "visits/1"}})),
    "a report doubled": ("one report each", events({6: {"seq": 6, "type": "loan/1", "op_id": "1"}}, 6)),
    "a loan reported as a return": (
        "one report each",
        events({1: {"seq": 1, "type": "return/1", "op_id": "1"}}),
    ),
    "a report of nothing": ("one report each", events({6: {"seq": 6, "type": "loan/1", "op_id": "9"}}, 6)),
    "a repair reported": ("one report each", events({6: {"seq": 6, "type": "loan/1", "op_id": "5"}}, 6)),
    "an event lost": ("numbers", events({3: None})),
    "an event without a number": ("numbers", events({}, last_seq=6)),
    "a loan turned into a renewal": ("ILS agrees", items(replace(BORROWED, acts=("checkout", "renewal")))),
    "a loan the kiosk does not know": ("ILS agrees", items(replace(RETURNED, acts=("checkin", "checkout")))),
    "a loan reported and not made": ("ILS agrees", items(replace(BORROWED, acts=()))),
}


def test_where_all_agree_nothing_is_found() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_found_by_its_rule(planted: str) -> None:
    rule, evidence = PLANTED[planted]
    assert rule in {finding.split(":")[0] for finding in findings(evidence)}


def test_every_rule_has_something_planted_against_it() -> None:
    assert {rule for rule, _ in PLANTED.values()} == set(RULES)
