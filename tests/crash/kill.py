"""Kills the kiosk at random instants of random stories, and judges what is left: `make crash N=2000`.

python -m tests.crash.kill --kills 2000        as many kills, from a random seed on
python -m tests.crash.kill --seed 4711         that story again, with its beats printed
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import Any

from tests.crash import verdict
from tests.crash.scene import KioskServer, Scene
from tests.crash.story import READER, Life, Story, tell

SIDE_BY_SIDE = 4
BATCH = 12
SETTLE_S = 10.0
LIFE_S = 4.0
"""No life is longer: a kill that waits for a beat that never comes would kill nothing."""


@dataclass(frozen=True)
class Outcome:
    seed: int
    kills: int
    operations: int
    findings: list[str]
    cut_short: list[str]
    """Kind and last durable step of every operation that a kill interrupted."""
    account: list[str]
    """What stood where at the end, for people to find out why."""


def play(
    story: Story, server: KioskServer, folder: Path, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """The whole story, and what the judge finds."""
    lent = dict.fromkeys(story.lent, READER)
    with Scene(folder, server, list(story.items), lent, story.offline) as scene:
        for life in story.lives:
            _live(scene, life, say)
        found = _rest(scene, story, say)
        operations = len(_evidence(scene).operations)
        account = _account(scene) if found else []
        return Outcome(story.seed, scene.kills, operations, found, scene.cut_short, account)


def _live(scene: Scene, life: Life, say: Callable[[str], None]) -> None:
    """One life, ended by a power cut whatever is going on."""
    kiosk = scene.start_kiosk()
    kiosk.wait(lambda: kiosk.screen["screen"] == "idle" or scene.kiosk is None, LIFE_S / 2)
    over = threading.Event()
    ends_at = time.monotonic() + LIFE_S

    def cut_power() -> None:
        kiosk.kill()
        over.set()

    for number, beat in enumerate(life.beats):
        if over.is_set() or time.monotonic() > ends_at:
            break
        say(f"{kiosk.screen['screen']:8} {beat}")
        VERBS[beat.verb](scene, *beat.what)
        if number == life.kill_at:
            threading.Timer(life.kill_delay_s, cut_power).start()
    over.wait(timeout=max(0.0, life.kill_delay_s))
    scene.kill_kiosk()
    cut = scene.journal("SELECT kind, step FROM operations WHERE done = 0")
    scene.cut_short += [f"{kind} {step}" for kind, step in cut]
    say("power cut")
    for beat in life.dark:
        say(f"(dark) {beat}")
        VERBS[beat.verb](scene, *beat.what)


def _rest(scene: Scene, story: Story, say: Callable[[str], None]) -> list[str]:
    """The last start: everything works again and must come to agree; then the missing books come back."""
    scene.admin.do("up")
    scene.admin.do("clear")
    scene.pad.plug()
    scene.network.mend()
    with scene.world.lock:
        for chip in scene.world.tags.values():
            chip.write_fails = 0
    for beat in story.last:
        VERBS[beat.verb](scene, *beat.what)
    kiosk = scene.start_kiosk()
    kiosk.wait(lambda: kiosk.screen["screen"] == "idle", SETTLE_S)
    early = scene.journal("SELECT op_id FROM operations WHERE done = 0 AND kind != 'repair'")
    if early and not story.last:
        return [f"it invites readers before operation {early[0][0]} is settled", *_judged(scene)]
    if not kiosk.wait(lambda: _at_rest(scene), SETTLE_S):
        say(f"the screens since the last start: {kiosk.screens}")
        return ["it never came to rest", *_judged(scene)]
    found = _judged(scene)
    listed = {bytes.fromhex(uid) for (uid,) in scene.journal("SELECT uid FROM repairs")}
    back = [label for label, chip in scene.world.tags.items() if chip.uid in listed]
    say(f"brought back: {back}")
    scene.world.put(*back)
    if not kiosk.wait(lambda: _at_rest(scene), SETTLE_S):
        found.append("it never came to rest after the listed books came back")
    return list(dict.fromkeys(found + _judged(scene)))


def _judged(scene: Scene) -> list[str]:
    return verdict.findings(_evidence(scene))


def _at_rest(scene: Scene) -> bool:
    if scene.kiosk is None or scene.kiosk.screen["screen"] != "idle":
        return False
    if scene.journal("SELECT 1 FROM operations WHERE done = 0 LIMIT 1"):
        return False
    if scene.journal("SELECT 1 FROM outbox LIMIT 1"):
        return False  # the centre has not confirmed everything
    listed = {bytes.fromhex(uid) for (uid,) in scene.journal("SELECT uid FROM repairs")}
    return not any(chip.uid in listed for chip in scene.world.chips_on_pad())


def _evidence(scene: Scene) -> verdict.Evidence:
    rows = scene.journal("SELECT op_id, kind, item_id, done, reader IS NOT NULL FROM operations")
    last = scene.journal("SELECT value FROM facts WHERE name = 'last_seq'")
    items = tuple(
        verdict.ItemTruth(
            item_id,
            lent=scene.loan(item_id) is not None,
            acts=tuple(act["act"] for act in scene.new_acts(item_id)),
            tags=tuple(
                verdict.Tag(chip.uid.hex(), chip.afi, scene.on_pad(chip)) for chip in scene.chips(item_id)
            ),
        )
        for item_id in scene.labels
    )
    return verdict.Evidence(
        items=items,
        operations=tuple(verdict.OperationRow(*row) for row in rows),
        repairs=frozenset(uid for (uid,) in scene.journal("SELECT uid FROM repairs")),
        events=scene.events(),
        last_seq=int(last[0][0]) if last else 0,
    )


def _account(scene: Scene) -> list[str]:
    """Every operation with its steps, and every act of the ILS, with times."""
    lines = []
    for op_id, kind, item_id, ils, why, tags in scene.journal(
        "SELECT op_id, kind, item_id, ils, why, tags FROM operations ORDER BY op_id"
    ):
        lines.append(f"  operation {op_id}: {kind} {item_id}, {ils} {why or ''}, tags {tags}")
        steps = scene.journal("SELECT at, step FROM steps WHERE op_id = ? ORDER BY id", op_id)
        lines.append("    " + ", ".join(f"{at[14:-1]} {step}" for at, step in steps))
    for item_id in scene.labels:
        acts = ", ".join(f"{act['at'][14:]} {act['act']}" for act in scene.new_acts(item_id))
        lines.append(f"  ILS, {item_id}: {acts or 'nothing'}")
    return lines


# -- what happens in a story ---------------------------------------------------------------------------------


def _put(scene: Scene, *item_ids: str) -> None:
    scene.world.put(*(label for item_id in item_ids for label in scene.labels[item_id]))


def _lift(scene: Scene, *item_ids: str) -> None:
    scene.world.lift(*(label for item_id in item_ids for label in scene.labels[item_id]))


def _hands(scene: Scene, **words: Any) -> None:
    if scene.kiosk is not None:
        scene.kiosk.do(**words)


def _touch(scene: Scene, action: str) -> None:
    """A finger that waits a moment for its button."""
    kiosk = scene.kiosk
    if kiosk is not None:
        kiosk.wait(lambda: not kiosk.alive or kiosk.can_touch(action) is not None, 0.4)
        kiosk.do(touch=action)


def _ready(scene: Scene, mode: str) -> None:
    """Until the screen counts every book that lies there and can be dealt with; a second at most."""
    kiosk = scene.kiosk
    if kiosk is None:
        return
    wanted = [
        chip.uid.hex()
        for item_id in scene.labels
        if (scene.loan(item_id) is not None) == (mode == "return")
        for chip in scene.chips(item_id)
        if scene.on_pad(chip)
    ]
    kiosk.wait(
        lambda: not kiosk.alive or kiosk.can_touch("confirm") == sorted(wanted), 1.0 if wanted else 0.1
    )


def _result(scene: Scene) -> None:
    kiosk = scene.kiosk
    if kiosk is not None:
        kiosk.wait(lambda: not kiosk.alive or kiosk.screen["screen"] in ("result", "idle", "message"), 2.0)


def _weak(scene: Scene, times: int) -> None:
    """The first tag on the pad spoils its next writes."""
    for chip in scene.world.chips_on_pad()[:1]:
        chip.write_fails = times


def _ils(scene: Scene, command: str, value: Any = None) -> None:
    if command == "delay_ms":
        scene.admin.do(command, ms=value)
    elif value is None:
        scene.admin.do(command)
    else:
        scene.admin.do(command, code=value)


VERBS: dict[str, Callable[..., None]] = {
    "put": _put,
    "lift": _lift,
    "scan": lambda scene, text: _hands(scene, scan=text),
    "touch": _touch,
    "ready": _ready,
    "result": _result,
    "pause": lambda scene, seconds: time.sleep(seconds),
    "ils": _ils,
    "weak": _weak,
    "unplug": lambda scene: scene.pad.unplug(),
    "plug": lambda scene: scene.pad.plug(),
    "disk": lambda scene, state: _hands(scene, disk=state),
    "network": lambda scene, act: getattr(scene.network, act)(),
}


# -- the run -----------------------------------------------------------------------------------------------


def outcomes(kills: int, first_seed: int, *options: str) -> Iterator[Outcome]:
    """Stories from `first_seed` on, until so many kills are done; side by side, since they mostly wait."""
    with ExitStack() as stack:
        fast = "/dev/shm" if Path("/dev/shm").is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=fast)))
        server = stack.enter_context(KioskServer(folder, *options))
        pool = stack.enter_context(ThreadPoolExecutor(SIDE_BY_SIDE))
        done, seed = 0, first_seed
        while done < kills:
            seeds = range(seed, seed + BATCH)
            for outcome in pool.map(lambda n: play(tell(n), server, folder / str(n)), seeds):
                done += outcome.kills
                yield outcome
            seed += BATCH


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--first", type=int, help="the first story's seed; random without it")
    parser.add_argument("--seed", type=int, help="only this story")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        return _replay(chosen.seed)
    first = SystemRandom().randrange(10**6) if chosen.first is None else chosen.first
    begun, stories, kills, operations, bad = time.monotonic(), 0, 0, 0, []
    cut_short: Counter[str] = Counter()
    for outcome in outcomes(chosen.kills, first):
        stories, kills, operations = stories + 1, kills + outcome.kills, operations + outcome.operations
        cut_short.update(outcome.cut_short)
        if outcome.findings:
            bad.append(outcome)
            print(tell(outcome.seed), *outcome.account, *outcome.findings, sep="\n")
            print(f"again: make crash SEED={outcome.seed}", flush=True)
        if stories % 50 == 0:
            print(f"{kills} kills in {stories} stories, {len(bad)} bad", flush=True)
    print("cut short:", ", ".join(f"{what} {count}" for what, count in cut_short.most_common()))
    print(
        f"kills: {kills} in {stories} stories from seed {first}, {operations} operations,"
        f" {len(bad)} stories with a disagreement, {time.monotonic() - begun:.0f} s"
    )
    return 1 if bad else 0


def _replay(seed: int) -> int:
    story = tell(seed)
    print(story)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, KioskServer(Path(name)) as server:
        outcome = play(
            story,
            server,
            Path(name) / "story",
            say=lambda words: print(f"{time.monotonic() - begun:7.3f}  {words}"),
        )
        log = (Path(name) / "kiosk.log").read_text(encoding="utf-8", errors="replace")
    print(log, *outcome.account, *(outcome.findings or ["everything agrees"]), sep="\n")
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
