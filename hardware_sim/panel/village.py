"""`python -m hardware_sim village`: a whole village to play with in a browser, until Ctrl-C.

python -m hardware_sim village --panel 8600
"""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hardware_sim.panel.server import Panel
from hardware_sim.panel.stage import Stage
from hardware_sim.processes import NotReady
from hardware_sim.run import ended
from hardware_sim.scenario import Player
from hardware_sim.village import UPS, Village


def main(args: argparse.Namespace) -> int:
    """0 when it was ended; 1 when something did not start, with the reason."""
    end = ended()
    with ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="village-")))
        try:
            village = stack.enter_context(
                Village(folder, own_screen="DISPLAY" not in os.environ, physics=True, power=UPS)
            )
        except NotReady as error:
            print(f"没有起来 / did not start: {error}", file=sys.stderr)
            return 1
        panel = stack.enter_context(Panel(Stage(Player(village)), args.panel))
        print(f"面板 / panel {panel.url}\n中心 / centre {village.centre_url}", flush=True)
        end.wait()
    return 0
