"""`python -m kiosk --config FILE`: the kiosk, until SIGTERM. Exits 2 with a sentence if it cannot start.

`python -m kiosk ils check …` and the like are tools for staff.
"""

import argparse
import importlib
import logging
import sys
from pathlib import Path

from broker_config.toml import ConfigError
from kiosk import config as configuration
from kiosk.copy import CopyError
from kiosk.journal import JournalError
from kiosk.log_ring import LogRing
from kiosk.watchdog import Notifier

TOOLS = {
    "ils": "kiosk.ils_check",
    "journal": "kiosk.journal_cli",
    "staff": "kiosk.staff_cli",
    "enrol": "kiosk.enrol",
}
"""First word → the module whose `main` takes the others and returns the exit status."""


def main() -> int:
    if sys.argv[1:2] and sys.argv[1] in TOOLS:
        status: int = importlib.import_module(TOOLS[sys.argv[1]]).main(sys.argv[2:])
        return status
    parser = argparse.ArgumentParser(prog="kiosk", description="Self-service borrowing and returning.")
    parser.add_argument("--config", type=Path, required=True, help="the kiosk's TOML file")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return _serve(configuration.load(arguments.config))
    except (ConfigError, JournalError, CopyError) as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return 2


def _serve(config: configuration.Config) -> int:
    # Kivy reads its environment and takes the window when imported: only now, with a good configuration
    from kiosk.app import Kiosk
    from kiosk.mains import open_mains, shut_down
    from kiosk.ui.window import ScreenSettings, ScreenUnavailable, run

    try:
        screen = ScreenSettings(
            width_px=config.screen.width_px,
            height_px=config.screen.height_px,
            width_mm=config.screen.width_mm,
            show_cursor=config.screen.show_cursor,
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error
    ring = LogRing()
    logging.getLogger().addHandler(ring)
    mains = open_mains(config.power)
    kiosk = Kiosk(config, Notifier.from_environment(), ring, mains)
    try:
        run(kiosk.first_view(), screen, kiosk.post, config.screen.automation_port, kiosk.start)
    except ScreenUnavailable as error:
        raise ConfigError(str(error)) from error
    finally:
        kiosk.stop()
    if kiosk.shuts_down and config.power and mains:
        return 0 if shut_down(config.power.command, mains) else 1
    return 1 if kiosk.failed else 0


if __name__ == "__main__":
    sys.exit(main())
