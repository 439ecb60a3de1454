"""`make demo`: a village for some minutes, one scripted visit, and an honest comparison at the end.

What is in the summary is asked afterwards: the ILS which items are on loan to whom, the simulated tags what
they bear, the centre's REST what it has counted.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware_sim.panel.server import Panel
from hardware_sim.panel.stage import Refused, Stage
from hardware_sim.processes import NotReady, wait_until
from hardware_sim.scenario import ALL_VERBS, SCENARIOS, Player
from hardware_sim.screen import NotSeen
from hardware_sim.staff import SIGN_IN
from hardware_sim.village import PLACE, UPS, Village
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN

READER = "陈演练"
BORROWED = ("警世通言", "水浒传", "呐喊")
RETURNED = ("子夜", "家")
VISITS = 5

HELP = """\
The village stays up. Open the panel in a browser to be the readers' hands:
    {panel}
The kiosk's window is on {display}; the centre's pages are at
    {centre}
Or type a step and Enter, for example:
    put 活着, 边城        lay books on the pad (titles in hardware_sim/ils/catalogue.tsv)
    tap 张样例           hold a reader's card to the reader (names in hardware_sim/ils/readers.tsv)
    touch confirm        touch the screen; now there: {targets}
    unplug pad, plug pad, paper out, paper new, ils down, ils up, walk-in 1, lift all, mains off, see idle
All verbs: {verbs}.
On a screen of your own you can click in the window as well. Ctrl-C or Ctrl-D ends everything."""


def main(arguments: argparse.Namespace) -> int:
    """0 when everything agrees; 1 when something does not or did not start, with the reason."""
    output: Path = arguments.output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    own_screen = "DISPLAY" not in os.environ
    try:
        with Village(output / "run", own_screen=own_screen, physics=True, power=UPS) as village:
            summary = _visit(village, output)
            if arguments.keep:
                _play_with(village)
    except (AssertionError, NotReady) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    (output / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(summary))
    return 0 if all(summary[key] for key in ("ils_agrees", "tags_agree", "centre_agrees")) else 1


def _visit(village: Village, output: Path) -> dict[str, Any]:
    player = _Timed(village, pictures=output)
    player.play(SCENARIOS / "village_visit.txt")
    _centre_hears_all(village)
    village.picture_of_centre("/", output / "centre-overview.png")
    village.picture_of_centre(f"/places/{PLACE}", output / "centre-place.png")
    for receipt in village.hands.receipts():
        shutil.copy(receipt, output)
    counted = village.centre(f"/api/v1/places/{PLACE}")["summary"]["today"]
    return {
        "loans": sum(_on_loan_to_reader(village, title) for title in BORROWED),
        "returns": sum(village.ils.item(_id(village, title))["loan"] is None for title in RETURNED),
        "visits": counted["visits"],
        "ils_agrees": _ils_agrees(village),
        "tags_agree": _tags_agree(village),
        "centre_agrees": counted == _expected_counts(),
        "seconds_to_borrow": round(player.seconds_to_borrow, 2),
    }


class _Timed(Player):
    """Measures from the touch on "borrow" to the result on the screen."""

    seconds_to_borrow = 0.0
    _confirmed_s = 0.0

    def do(self, words: str) -> None:
        super().do(words)
        if words == "touch confirm":
            self._confirmed_s = time.monotonic()
        elif words.startswith("see result") and not self.seconds_to_borrow:
            self.seconds_to_borrow = time.monotonic() - self._confirmed_s


# -- asking afterwards -----------------------------------------------------------------------------------


def _expected_counts() -> dict[str, int]:
    return {"loans": len(BORROWED), "returns": len(RETURNED), "visits": VISITS}


def _centre_hears_all(village: Village) -> None:
    """Give the last event the time it takes; what has come then is what is compared."""
    today: Callable[[], Any] = lambda: village.centre(f"/api/v1/places/{PLACE}")["summary"]["today"]  # noqa: E731
    try:
        wait_until("the centre has counted everything", lambda: today() == _expected_counts())
    except AssertionError:
        print(f"demo: the centre has counted {today()}, expected {_expected_counts()}", file=sys.stderr)


def _id(village: Village, title: str) -> str:
    return village.items[title].item_id


def _on_loan_to_reader(village: Village, title: str) -> bool:
    loan = village.ils.item(_id(village, title))["loan"]
    return loan is not None and loan["reader_id"] == village.readers[READER].reader_id


def _ils_agrees(village: Village) -> bool:
    lent = all(_on_loan_to_reader(village, title) for title in BORROWED)
    return lent and all(village.ils.item(_id(village, title))["loan"] is None for title in RETURNED)


def _tags_agree(village: Village) -> bool:
    wanted = dict.fromkeys(BORROWED, AFI_ON_LOAN) | dict.fromkeys(RETURNED, AFI_IN_LIBRARY)
    return all(village.hands.tag_state(_id(village, title)).afi == afi for title, afi in wanted.items())


# -- KEEP=1 ----------------------------------------------------------------------------------------------


def _play_with(village: Village) -> None:
    """Steps from the browser's panel, and from the keyboard until that ends."""
    stage = Stage(Player(village, pictures=village.folder))
    targets = ", ".join(village.screen.targets())
    display = os.environ.get(
        "DISPLAY", "a virtual screen: see it with `picture NAME`, written to " + str(village.folder)
    )
    with Panel(stage) as panel:
        words = {
            "display": display,
            "panel": panel.url,
            "centre": f"{village.centre_url}  {SIGN_IN}",
            "targets": targets,
        }
        print(HELP.format(**words, verbs=", ".join(ALL_VERBS)), flush=True)
        try:
            for line in filter(None, map(str.strip, sys.stdin)):
                print(f"  {_step(stage, line)}", flush=True)
        except KeyboardInterrupt:
            print()


def _step(stage: Stage, words: str) -> str:
    """What came of it: the screen now, or why it could not be done."""
    try:
        stage.say(words, watching=True)
        screen = stage.village.screen
        return f"{screen.name()}: {' / '.join(screen.texts())}"
    except (Refused, NotSeen, OSError) as refused:
        return str(refused)
