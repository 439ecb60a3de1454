"""python -m tests.benchmarks.place FOLDER [--physics]: a simulated place, with or without its time.

Prints its control port; ends on SIGTERM.
"""

import signal
import sys
from pathlib import Path

from hardware_sim.control_server import ControlServer
from hardware_sim.place import SimulatedPlace


def main() -> None:
    folder, physics = Path(sys.argv[1]), "--physics" in sys.argv
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    with SimulatedPlace(folder, physics=physics) as place, ControlServer(place, 0) as control:
        print(f"control port {control.port}", flush=True)
        signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    main()
