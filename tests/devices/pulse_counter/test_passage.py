"""Edges to passages: written by hand from how a body crosses two beams, then 10,000 generated walks."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.pulse_counter import passage as judged
from devices.pulse_counter.passage import A, B, Judge, Rules, Totals
from hardware_sim.passages import Edge, Passage, Walk, passage, passages
from tests.benchmarks.doors import EXACT, MARKED, judge_of

IN = [(A, True, 100), (B, True, 200), (A, False, 500), (B, False, 600)]
OUT = [(1 - beam, broken, at_ms) for beam, broken, at_ms in IN]
MICROPYTHON = Path(sys.executable).with_name("micropython")

BY_HAND: dict[str, tuple[list[tuple[int, bool, int]], list[str]]] = {
    "in": (IN, ["entry"]),
    "out": (OUT, ["exit"]),
    "in, and out again later": (IN + [(b, x, t + 5000) for b, x, t in OUT], ["entry", "exit"]),
    "looks in and goes": ([(A, True, 100), (A, False, 900)], ["turn_back"]),
    "goes back from between the beams": (
        [(A, True, 100), (B, True, 200), (B, False, 1500), (A, False, 1700)],
        ["turn_back", "doubt"],
    ),
    "a spider for 5 ms": ([(A, True, 100), (A, False, 105)], []),
    "both beams chatter at every edge": (
        [
            (b, level, t + later)
            for b, x, t in IN
            for later, level in ((0, x), (2, not x), (4, x), (5, not x), (7, x))
        ],
        ["entry"],
    ),
    "faster than anybody runs": ([(A, True, 0), (B, True, 20), (A, False, 60), (B, False, 80)], ["entry"]),
    "stands in the door for 50 s": (
        [(A, True, 0), (B, True, 100), (A, False, 50_100), (B, False, 50_200)],
        ["entry", "doubt"],
    ),
    "the next one at 5 cm": (
        # A 350, B 350, 50 mm behind: 350, 350 at 1 m/s, beams 80 mm apart
        [
            *((A, True, 0), (B, True, 80), (A, False, 350), (A, True, 400)),
            *((B, False, 430), (B, True, 480), (A, False, 750), (B, False, 830)),
        ],
        ["entry", "entry", "doubt"],
    ),
    "one who dithers": (
        [
            *((A, True, 0), (B, True, 80), (A, False, 350), (A, True, 1400)),
            *((B, False, 1500), (B, True, 2600), (A, False, 2900), (B, False, 3000)),
        ],
        ["entry", "doubt"],
    ),
    "a pram": ([(A, True, 0), (B, True, 80), (A, False, 1000), (B, False, 1080)], ["entry", "doubt"]),
}


def told(edges: list[tuple[int, bool, int]], rules: Rules | None = None, until_ms: int = 0) -> list[str]:
    judge = Judge(rules or Rules())
    events = []
    now_ms = 0
    for beam, broken, at_ms in edges:
        while now_ms + 500 < at_ms:
            now_ms += 500
            events += judge.tick(now_ms)
        events += judge.feed(beam, broken, at_ms)
        now_ms = max(now_ms, at_ms)
    for at_ms in range(now_ms + 100, max(until_ms, now_ms + 101) + 1000, 500):
        events += judge.tick(at_ms)
    return [what for what, _ in events]


@pytest.mark.parametrize(("edges", "expected"), BY_HAND.values(), ids=BY_HAND)
def test_by_hand(edges: list[tuple[int, bool, int]], expected: list[str]) -> None:
    assert told(edges) == expected


@pytest.mark.parametrize(("edges", "expected"), BY_HAND.values(), ids=BY_HAND)
def test_outwards_it_is_the_same_the_other_way_round(
    edges: list[tuple[int, bool, int]], expected: list[str]
) -> None:
    swapped = {"entry": "exit", "exit": "entry"}
    mirrored = [(1 - beam, broken, at_ms) for beam, broken, at_ms in edges]
    assert told(mirrored) == [swapped.get(what, what) for what in expected]


def test_a_stuck_beam_is_told_and_the_other_one_counts_alone() -> None:
    coat = [(A, True, 0)]
    people = [
        (B, level, at)
        for n in range(3)
        for at, level in ((20_000 * n + 5000, True), (20_000 * n + 5600, False))
    ]
    late = [(B, True, 90_000), (B, False, 90_500), (A, False, 120_000)]
    events = told(coat + people + late + [(b, x, t + 130_000) for b, x, t in IN])
    assert events == ["stuck_a", *["undirected", "doubt"] * 3, "undirected", "doubt", "free_a", "entry"]


def test_somebody_who_stands_in_both_beams_for_long_is_still_one_person() -> None:
    edges = [(A, True, 0), (B, True, 100), (A, False, 90_000), (B, False, 90_100)]
    events = told(edges)
    assert [what for what in events if what in ("entry", "exit", "undirected")] == ["entry"]
    assert events[:2] == ["stuck_a", "stuck_b"]


def test_a_beam_that_never_settles_is_stuck_until_it_does() -> None:
    loose = [(A, n % 2 == 0, 4 * n) for n in range(400)]
    judge = Judge(Rules(stuck_ms=1000))
    events = []
    for edge in loose:
        events += judge.feed(*edge) + judge.tick(edge[2])
    assert ("stuck_a" in dict(events), judge.stuck) == (True, (True, False))
    events += judge.tick(loose[-1][2] + 500)
    assert (events[-1][0], judge.stuck) == ("free_a", (False, False))


def test_one_beam_counts_passages_and_knows_no_direction() -> None:
    single = Rules(beams=1)
    assert (
        told([(A, True, 100), (A, False, 400), (A, True, 3000), (A, False, 3300)], single)
        == ["undirected"] * 2
    )
    assert told([(A, True, 100), (A, False, 140)], single) == []
    assert told([(A, True, 100), (A, False, 90_000)], single) == ["stuck_a", "free_a"]


def test_totals_roll_over_as_u32() -> None:
    judge = Judge(Rules(), Totals(entries=2**32 - 1))
    for edge in IN:
        judge.feed(*edge)
    judge.tick(1000)
    assert judge.totals.entries == 0


@pytest.mark.parametrize("measures", [{"beams": 3}, {"settle_ms": 0}, {"stuck_ms": 5}, {"spacing_mm": -80}])
def test_measures_that_make_no_door(measures: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Rules(**measures)


EDGES = st.lists(st.tuples(st.sampled_from((A, B)), st.booleans(), st.integers(0, 90_000)), max_size=60)


@given(EDGES)
def test_whatever_the_beams_say_nobody_is_invented(edges: list[tuple[int, bool, int]]) -> None:
    """However it ends: no more people than times that a beam was broken, and nothing while it is clear."""
    now_ms = 0
    timed = []
    for beam, broken, later_ms in edges:
        now_ms += later_ms
        timed.append((beam, broken, now_ms))
    events = Counter(told(timed))
    people = events["entry"] + events["exit"] + events["undirected"]
    assert people <= sum(broken for _, broken, _ in edges)
    assert events["free_a"] <= events["stuck_a"]
    assert events["free_b"] <= events["stuck_b"]


@given(st.sampled_from(list(EXACT)), st.integers(0, 2**32))
def test_where_physics_allows_the_count_is_exact(walk: Walk, seed: int) -> None:
    seen = passage(walk, Random(seed))
    judge = judge_of(seen)
    assert (judge.totals.entries, judge.totals.exits) == (seen.entries, seen.exits)


def test_ten_thousand_passages() -> None:
    """Exact where physics allows, else wrong by no more than is marked. Two people in step, or meeting in the
    door, are one shape: of each such pair at most one is lost each way, and that cannot be marked."""
    for seen in passages(10_000, Random(2026)):
        totals = judge_of(seen).totals
        wrong = max(abs(totals.entries - seen.entries), abs(totals.exits - seen.exits))
        if seen.walk in EXACT:
            assert wrong == 0, seen
        elif seen.walk is Walk.STUCK:
            assert totals.entries + totals.exits + totals.undirected == seen.entries + seen.exits, seen
            assert totals.doubts >= totals.undirected > 0
        elif seen.walk in MARKED:
            assert wrong <= totals.doubts, seen
        else:
            assert wrong <= 1, seen


def test_the_very_file_runs_on_micropython(tmp_path: Path) -> None:
    """The same edges give the same events, to the millisecond."""
    walks = [passage(walk, Random(seed)) for seed in range(12) for walk in Walk]
    edges = [[(edge.beam, edge.broken, edge.at_ms) for edge in walk.edges] for walk in walks]
    (tmp_path / "edges.json").write_text(json.dumps(edges), encoding="utf-8")
    (tmp_path / "passage.py").write_bytes(Path(judged.__file__).read_bytes())
    program = (
        "import json\nfrom passage import *\n"
        "for edges in json.load(open('edges.json')):\n"
        "    judge, events = Judge(Rules()), []\n"
        "    for beam, broken, at_ms in edges:\n"
        "        events += judge.tick(at_ms) + judge.feed(beam, broken, at_ms)\n"
        "    print(json.dumps(events + judge.tick(at_ms + 20000)))\n"
    )
    (tmp_path / "run.py").write_text(program, encoding="utf-8")
    ran = subprocess.run(
        [MICROPYTHON, "run.py"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    theirs = [[tuple(event) for event in json.loads(line)] for line in ran.stdout.splitlines()]
    assert theirs == [events_here(walk) for walk in walks]


def events_here(walk: Passage) -> list[tuple[str, int]]:
    judge = Judge(Rules())
    events: list[tuple[str, int]] = []
    for edge in walk.edges:
        events += judge.tick(edge.at_ms) + judge.feed(edge.beam, edge.broken, edge.at_ms)
    return events + judge.tick(walk.edges[-1].at_ms + 20_000)


def test_the_model_itself() -> None:
    """A body of 300 mm at 1 m/s: the edges that a ruler gives."""
    seen = passage(Walk.IN, Random(3))
    assert [(edge.beam, edge.broken) for edge in settled(seen)] == [
        (A, True),
        (B, True),
        (A, False),
        (B, False),
    ]
    stuck = passage(Walk.STUCK, Random(3))
    assert (stuck.entries + stuck.exits) * 2 + 2 == len(settled(stuck))


def settled(seen: Passage) -> list[Edge]:
    """Without the chatter: edges after which the beam stays for 20 ms."""
    edges = seen.edges
    return [
        edge
        for n, edge in enumerate(edges)
        if not any(e.beam == edge.beam and abs(e.at_ms - edge.at_ms) < 9 for e in edges[:n])
    ]
