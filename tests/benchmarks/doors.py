"""10,000 walks through a door with two beams against what is true: `make bench SECTION=doors`."""

from collections.abc import Iterable
from random import Random

from devices.pulse_counter.passage import Judge, Rules
from hardware_sim.passages import Passage, Walk, passages
from tests.benchmarks.table import Findings, Row

COUNT = 10_000
SEED = 2026
EXACT = (Walk.IN, Walk.OUT, Walk.TURN_BACK, Walk.PAUSE, Walk.DITHER, Walk.FOLLOW)
"""Here two beams see all there is to see."""
MARKED = (Walk.CLOSE, Walk.PRAM, Walk.STAGGERED, Walk.STUCK)
"""Here they may be wrong, and know it."""


def judge_of(seen: Passage, rules: Rules | None = None) -> Judge:
    """A judge who saw this walk and nothing else, and a minute after it."""
    judge = Judge(rules or Rules())
    now_ms = 0
    for edge in seen.edges:
        while now_ms + 1000 < edge.at_ms:
            now_ms += 1000
            judge.tick(now_ms)
        judge.feed(edge.beam, edge.broken, edge.at_ms)
        now_ms = max(now_ms, edge.at_ms)
    judge.tick(seen.lasts_ms)
    return judge


def measure() -> Findings:
    by_walk: dict[Walk, list[Passage]] = {walk: [] for walk in Walk}
    for seen in passages(COUNT, Random(SEED)):
        by_walk[seen.walk].append(seen)
    rows = [_row(walk, seen) for walk, seen in by_walk.items()]
    return Findings(
        f"door: {COUNT} walks, beams 80 mm apart, 0.25 to 2.2 m/s, contacts that chatter for 7 ms",
        rows,
        (
            "true, counted: people in and out together; undirected: nobody knows which way.",
            "wrong: walks whose entries or exits are not the true ones; unmarked: by more than their doubts.",
        ),
    )


def _row(walk: Walk, walks: Iterable[Passage]) -> Row:
    row: dict[str, int] = dict.fromkeys(
        ("walks", "true", "counted", "undirected", "doubts", "wrong", "unmarked"), 0
    )
    for seen in walks:
        totals = judge_of(seen).totals
        wrong = max(abs(totals.entries - seen.entries), abs(totals.exits - seen.exits))
        row["walks"] += 1
        row["true"] += seen.entries + seen.exits
        row["counted"] += totals.entries + totals.exits
        row["undirected"] += totals.undirected
        row["doubts"] += totals.doubts
        row["wrong"] += wrong > 0
        row["unmarked"] += wrong > totals.doubts
    return {"walk": walk.value, **row}
