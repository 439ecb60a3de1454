"""`make demo`: a village for some minutes, one scripted visit, and an honest comparison at the end.

What is in the summary is asked afterwards: the ILS which items are on loan to whom, the simulated tags what
they bear, the centre's REST what it has counted.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware_sim.control import HandsError
from hardware_sim.processes import NotReady, wait_until
from hardware_sim.scenario import SCENARIOS, VERBS, BadScenario, Player
from hardware_sim.village import PLACE, Village
from hardware_sim.world import AFI_IN_LIBRARY, AFI_ON_LOAN

READER = "陈演练"
BORROWED = ("警世通言", "水浒传", "呐喊")
RETURNED = ("子夜", "家")
VISITS = 5
CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--virtual-time-budget=8000",
)  # fmt: skip

HELP = """\
The village stays up. The kiosk's window is on {display}; the centre's pages are at
    {centre}
You are the readers' hands. Type a step and Enter, for example:
    put 活着, 边城        lay books on the pad (titles in hardware_sim/ils/catalogue.tsv)
    tap 张样例           hold a reader's card to the reader (names in hardware_sim/ils/readers.tsv)
    touch confirm        touch the screen; now there: {targets}
    unplug pad, plug pad, paper out, paper new, ils down, ils up, walk-in 1, lift all, see idle
All verbs: {verbs}.
On a screen of your own you can click in the window as well. Ctrl-C or Ctrl-D ends everything."""


def main(arguments: argparse.Namespace) -> int:
    """0 when everything agrees; 1 when something does not or did not start, with the reason."""
    output: Path = arguments.output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    own_screen = "DISPLAY" not in os.environ
    try:
        with Village(output / "run", own_screen=own_screen, physics=True) as village:
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
    _picture_of(village.centre_url, output / "centre-overview.png")
    _picture_of(f"{village.centre_url}/places/{PLACE}", output / "centre-place.png")
    for receipt in village.hands.receipts():
        shutil.copy(receipt, output)
    counted = village.centre(f"/api/places/{PLACE}")["summary"]["today"]
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
    today: Callable[[], Any] = lambda: village.centre(f"/api/places/{PLACE}")["summary"]["today"]  # noqa: E731
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


def _picture_of(url: str, path: Path) -> None:
    """A page of the centre as Debian's Chromium shows it; NotReady when there is no picture."""
    profile = path.parent / "run" / "chromium"
    command = [
        *CHROMIUM,
        f"--user-data-dir={profile}",
        f"--screenshot={path}",
        "--window-size=1440,1100",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if not path.exists():
        raise NotReady(f"Chromium took no picture of {url}: {done.stderr.strip().splitlines()[-1:]}")


# -- KEEP=1 ----------------------------------------------------------------------------------------------


def _play_with(village: Village) -> None:
    """Steps from the keyboard until it ends."""
    player = Player(village, pictures=village.folder)
    targets = ", ".join(village.screen.targets())
    display = os.environ.get(
        "DISPLAY", "a virtual screen: see it with `picture NAME`, written to " + str(village.folder)
    )
    print(HELP.format(display=display, centre=village.centre_url, targets=targets, verbs=", ".join(VERBS)))
    try:
        for line in sys.stdin:
            if line.strip():
                _step(player, line.strip())
    except KeyboardInterrupt:
        print()


def _step(player: Player, words: str) -> None:
    try:
        player.do(words)
    except (AssertionError, BadScenario, HandsError, KeyError, RuntimeError, ValueError) as error:
        print(f"  {type(error).__name__}: {error}")
    else:
        texts = " / ".join(player.village.screen.texts())
        print(f"  {player.village.screen.name()}: {texts}")
