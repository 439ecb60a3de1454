"""What must have come of a day at a flapping link, by the printed rules of `tests.hardware_sim.ils.model`.

In which order the ILS heard of the operations, and which were done offline, is taken from the journal's
steps; what it must have made of each, and so what is a loan, a refusal or a dispute, is the model's to say.
Then the reports, the ILS's own history and the tags are compared with that.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hardware_sim.ils.catalogue import CatalogueItem
from hardware_sim.ils.server import IlsServer
from hardware_sim.ils.tags import chips_for
from hardware_sim.world import AFI_ON_LOAN, World
from tests.hardware_sim.ils.model import Library

PLACE = "mz-taiping-03"
ACT = {"lent": "checkout", "renewed": "renewal"}
TOLD = {"loan/1", "return/1", "refusal/1", "dispute/1"}

Rows = list[dict[str, Any]]
Steps = dict[int, list[tuple[int, str]]]
"""Of each operation, in order: (number of the step, its name)."""


@dataclass(frozen=True)
class Evidence:
    """`rows` asks the journal; `who` is the reader of each operation, `before` how long each item's history
    at the ILS was in the morning."""

    rows: Callable[[str], Rows]
    items: Mapping[str, CatalogueItem]
    who: Mapping[int, str]
    model: Library
    ils: IlsServer
    before: Mapping[str, int]
    world: World
    flaps: int


@dataclass
class Outcome:
    operations: int
    offline: int
    flaps: int
    unanswered: int
    disputes: int
    findings: list[str] = field(default_factory=list)


def judge(evidence: Evidence) -> Outcome:
    steps: Steps = {}
    for row in evidence.rows("SELECT id, op_id, step FROM steps ORDER BY id"):
        steps.setdefault(row["op_id"], []).append((row["id"], row["step"]))
    ops = evidence.rows("SELECT * FROM operations WHERE kind IN ('borrow', 'return') ORDER BY op_id")
    events = [json.loads(row["payload"]) for row in evidence.rows("SELECT payload FROM outbox ORDER BY seq")]
    told = [(int(event["op_id"]), event["type"]) for event in events if event["type"] in TOLD]
    expected, acts = _predicted(evidence, ops, steps)
    disputed = {op["item_id"] for op in ops if expected[op["op_id"]] == "dispute/1"}
    return Outcome(
        operations=len(ops),
        offline=sum(_has(steps, op, "queued") for op in ops),
        flaps=evidence.flaps,
        unanswered=sum(_has(steps, op, "unknown") for op in ops),
        disputes=sum(kind == "dispute/1" for _, kind in told),
        findings=[
            *_differences(Counter(told), Counter(expected.items())),
            *_at_the_ils(evidence, acts),
            *_on_tags(evidence, disputed),
            *_overtaken(ops, steps),
        ],
    )


def _has(steps: Steps, op: dict[str, Any], name: str) -> bool:
    return any(step == name for _, step in steps[op["op_id"]])


def _predicted(evidence: Evidence, ops: Rows, steps: Steps) -> tuple[dict[int, str], dict[str, list[str]]]:
    """What is to be reported of each operation, and what the ILS is to have done with each item."""
    expected: dict[int, str] = {}
    acts: dict[str, list[str]] = {item_id: [] for item_id in evidence.items}
    heard = {
        op_id: max((n for n, step in each if step == "sent"), default=0) for op_id, each in steps.items()
    }
    for op in sorted(ops, key=lambda op: heard[op["op_id"]]):
        op_id, item_id = op["op_id"], op["item_id"]
        no = "dispute/1" if _has(steps, op, "queued") else "refusal/1"
        if not heard[op_id] or op["why"] == "interrupted":
            # never sent, or lost each time it was: the ILS has not heard of it
            expected[op_id] = no
        elif op["kind"] == "return":
            evidence.model.give_back(item_id, PLACE)
            acts[item_id].append("checkin")
            expected[op_id] = "return/1"
        else:
            says = evidence.model.borrow(evidence.who[op_id], item_id, _has(steps, op, "fee_asked"))
            acts[item_id] += [ACT[says]] if says in ACT else []
            expected[op_id] = "loan/1" if says in ACT else no
    return expected, acts


def _differences(told: Counter[Any], expected: Counter[Any]) -> Iterator[str]:
    for each in told - expected:
        yield f"reported, and not by the model: {each}"
    for each in expected - told:
        yield f"not reported, but by the model: {each}"


def _at_the_ils(evidence: Evidence, acts: dict[str, list[str]]) -> Iterator[str]:
    for item_id, predicted in acts.items():
        history = evidence.ils.store.history_of(item_id)[evidence.before[item_id] :]
        done = [act for _, act, _ in history]
        if done != predicted:
            yield f"{item_id}: the ILS did {done}, the model {predicted}"


def _on_tags(evidence: Evidence, disputed: set[str]) -> Iterator[str]:
    listed = {row["uid"] for row in evidence.rows("SELECT uid FROM repairs")}
    for item_id, item in evidence.items.items():
        lent = evidence.ils.store.loan(item_id) is not None
        for chip in chips_for(item):
            released = evidence.world.tags[chip.label].afi == AFI_ON_LOAN
            if released != lent and item_id not in disputed and chip.uid.hex() not in listed:
                yield f"{item_id}: on loan {lent}, its tag released {released}, and nobody knows"


def _overtaken(ops: Rows, steps: Steps) -> Iterator[str]:
    """The ILS is told of what was done offline in its order. Only what follows an operation on the same item
    whose answer was lost may be passed by others."""
    unanswered: set[str] = set()
    last = 0
    for op in ops:
        each = steps[op["op_id"]]
        queued = min((n for n, step in each if step == "queued"), default=None)
        sent = [n for n, step in each if step == "sent" and queued is not None and n > queued]
        if sent and op["item_id"] not in unanswered:
            if sent[0] < last:
                yield f"operation {op['op_id']} was told before an earlier one"
            last = sent[0]
        if _has(steps, op, "unknown"):
            unanswered.add(op["item_id"])
