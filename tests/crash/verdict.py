"""The judge of a crash: rules about what may be true at rest, written from DESIGN §4 and not from the flow.

Pure: evidence in, findings out. Evidence is what the ILS did and has, what the tags bear, and what stands in
the kiosk's database and at the centre.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

IN_LIBRARY, ON_LOAN = 0x07, 0xC2
ACT_OF_REPORT = {"loan/1": "checkout", "return/1": "checkin", "renewal/1": "renewal"}
REPORTS_OF_KIND = {"borrow": "loan/1", "return": "return/1", "renew": "renewal/1"}
REFUSAL = "refusal/1"
DISPUTE = "dispute/1"
"""Done offline, refused by the ILS afterwards: people decide what is right."""


@dataclass(frozen=True)
class Tag:
    uid: str
    afi: int
    on_pad: bool


@dataclass(frozen=True)
class ItemTruth:
    """`lent`: the ILS has it on loan. `acts` are what the ILS did with it in this story, in order."""

    item_id: str
    lent: bool
    acts: tuple[str, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class OperationRow:
    """A row of the journal: `kind` borrow, return, renew or repair."""

    op_id: int
    kind: str
    item_id: str
    done: bool
    reader_kept: bool


@dataclass(frozen=True)
class Evidence:
    """`events` by number: all that the centre has stored; `last_seq` is the last number given out."""

    items: tuple[ItemTruth, ...]
    operations: tuple[OperationRow, ...]
    repairs: frozenset[str]
    events: Mapping[int, Mapping[str, Any]]
    last_seq: int


def findings(evidence: Evidence, rules: tuple[str, ...] | None = None) -> list[str]:
    """Everything that must not be; empty when all agree. `rules` names those to judge by (default: all)."""
    chosen = rules or tuple(RULES)
    return [f"{name}: {finding}" for name in chosen for finding in RULES[name](evidence)]


def _settled(evidence: Evidence) -> Iterator[str]:
    for op in evidence.operations:
        if not op.done:
            yield f"operation {op.op_id} ({op.kind} {op.item_id}) is not done"


def _reader_forgotten(evidence: Evidence) -> Iterator[str]:
    for op in evidence.operations:
        if op.done and op.reader_kept:
            yield f"operation {op.op_id} is done and still names its reader"


def _tags_agree(evidence: Evidence) -> Iterator[str]:
    """On the pad: right. Elsewhere: right, or on the list of tags to be put right."""
    for item in _undisputed(evidence):
        wanted = ON_LOAN if item.lent else IN_LIBRARY
        for tag in item.tags:
            if tag.afi == wanted:
                continue
            where = "on the pad" if tag.on_pad else "away from the pad"
            listed = tag.uid in evidence.repairs
            if tag.on_pad or not listed:
                yield (
                    f"tag {tag.uid} of {item.item_id}, {where}, bears {tag.afi:02X}, the ILS calls for"
                    f" {wanted:02X}{', it is listed for repair' if listed else ', nobody knows'}"
                )


def _list_is_needed(evidence: Evidence) -> Iterator[str]:
    """Tags on the pad have been put right, so nothing is left to do about them."""
    for item in evidence.items:
        for tag in item.tags:
            if tag.on_pad and tag.uid in evidence.repairs:
                yield f"tag {tag.uid} of {item.item_id} lies on the pad and is still listed for repair"


def _one_report_each(evidence: Evidence) -> Iterator[str]:
    reports = _reports(evidence)
    for op in evidence.operations:
        told = [event["type"] for event in reports if event["op_id"] == str(op.op_id)]
        expected = 0 if op.kind == "repair" else 1
        if len(told) != expected:
            yield f"operation {op.op_id} ({op.kind} {op.item_id}) has {len(told)} reports: {told}"
        if any(kind not in (REPORTS_OF_KIND.get(op.kind), REFUSAL, DISPUTE) for kind in told):
            yield f"operation {op.op_id} ({op.kind}) was reported as {told}"
    known = {str(op.op_id) for op in evidence.operations}
    for event in reports:
        if event["op_id"] not in known:
            yield f"event {event['seq']} reports operation {event['op_id']}, which the journal does not have"


def _numbers_without_gap(evidence: Evidence) -> Iterator[str]:
    missing = sorted(set(range(1, evidence.last_seq + 1)) - set(evidence.events))
    if missing or len(evidence.events) != evidence.last_seq:
        yield f"events up to {evidence.last_seq}: {missing} are missing of {sorted(evidence.events)}"


def _ils_did_what_was_reported(evidence: Evidence) -> Iterator[str]:
    """In the same order, each once: nothing lost, nothing doubled, no loan turned into a renewal."""
    kinds = {str(op.op_id): op.item_id for op in evidence.operations}
    for item in evidence.items:
        reported = [
            ACT_OF_REPORT[event["type"]]
            for event in sorted(_reports(evidence), key=lambda event: int(event["op_id"]))
            if event["type"] in ACT_OF_REPORT and kinds.get(event["op_id"]) == item.item_id
        ]
        if list(item.acts) != reported:
            yield f"item {item.item_id}: the ILS did {list(item.acts)}, the kiosk reported {reported}"


def _undisputed(evidence: Evidence) -> list[ItemTruth]:
    disputed = {event["op_id"] for event in _reports(evidence) if event["type"] == DISPUTE}
    items = {op.item_id for op in evidence.operations if str(op.op_id) in disputed}
    return [item for item in evidence.items if item.item_id not in items]


def _reports(evidence: Evidence) -> list[Mapping[str, Any]]:
    return [event for event in evidence.events.values() if "op_id" in event]


RULES: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "settled": _settled,
    "reader forgotten": _reader_forgotten,
    "tags agree": _tags_agree,
    "repair list": _list_is_needed,
    "one report each": _one_report_each,
    "numbers": _numbers_without_gap,
    "ILS agrees": _ils_did_what_was_reported,
}
