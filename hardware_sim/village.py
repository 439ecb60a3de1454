"""A whole village on one machine: broker, ILS, simulated devices, centre and kiosk, a process each.

Everything is started as its users start it, from the command line with a configuration file, on free
ports of loopback. The kiosk is given port paths and cannot tell the wires from hardware. Used by the demo
and by the stories alike; what to do in the village is in `scenario.py`.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware_sim.chromium import picture
from hardware_sim.control import Hands
from hardware_sim.ils.admin import IlsAdmin
from hardware_sim.ils.catalogue import load_catalogue, load_readers
from hardware_sim.ils.tags import chips_for
from hardware_sim.place import MAINS
from hardware_sim.processes import NotReady, Program, free_port, wait_for_port, wait_until
from hardware_sim.screen import Screen
from hardware_sim.staff import ONE_TIME, Staff
from hardware_sim.village_files import CENTRE_TOML, KIOSK_TOML, POWER_TOML

PLACE = "mz-taiping-03"
IDENTITY = f"{PLACE}.kiosk-1"
STAFF_CODE = "246810"
"""As its hash stands in the configuration (`village_files.py`)."""
PLACE_NAME = "麻章区图书馆东黄村服务点"
PLACE_NAME_SHORT = "东黄村"
PACKAGES = Path(__file__).resolve().parent.parent

SHUT_DOWN = "shut-down"
"""The file that the kiosk's command to shut down makes in the village's folder."""
UPS = {"ride_through_s": 5.0, "shut_down_after_s": 30.0}
"""For people who play: they do not wait as long as a battery does."""


class Village:
    """`with Village(folder) as village:` has everything running; leaving it ends everything."""

    def __init__(
        self,
        folder: Path,
        *,
        width_px: int = 1280,
        height_px: int = 800,
        width_mm: float = 217.0,
        visit: Mapping[str, float] | None = None,
        reply_timeout_s: float = 4.0,
        offline: str = "off",
        pin_required: bool = False,
        power: Mapping[str, float] | None = None,
        own_screen: bool = True,
        physics: bool = False,
    ) -> None:
        """`visit` overrides waiting times; `own_screen` starts an Xvfb, else DISPLAY is used. `power`: there
        is a UPS, with these waiting times, and SHUT_DOWN appears instead of the board's end.
        `physics`: the pad takes the time of a real one."""
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.programs: list[Program] = []
        """What runs, in the order it was started."""
        self._own_screen = own_screen
        self._physics = physics
        self._display = os.environ.get("DISPLAY", "")
        self.broker_port, self.web_port, self.automation_port = free_port(), free_port(), free_port()
        self.staff = Staff(self.centre_url)
        self._size = {"width_px": width_px, "height_px": height_px, "width_mm": width_mm}
        self._visit = "\n".join(f"{key} = {value}" for key, value in (visit or {}).items())
        self._power = power
        self._policy = {
            "reply_timeout_s": reply_timeout_s,
            "offline": offline,
            "pin_required": str(pin_required).lower(),
        }
        self.ils_port = 0
        self.kiosk: Program | None = None
        self.readers = {reader.name: reader for reader in load_readers()}
        # the first copy of each title, and every copy by its number
        copies = load_catalogue()
        self.items = {item.title: item for item in reversed(copies)}
        self.items |= {item.item_id: item for item in copies}

    def __enter__(self) -> Self:
        try:
            self._make_certificates()
            self._start_broker()
            self._start_ils()
            self._start_place()
            self._start_centre()
            self._start_display()
            self.start_kiosk()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()
        self.programs.clear()

    # -- starting, in order ------------------------------------------------------------------------------

    def _make_certificates(self) -> None:
        folder = str(self.folder / "certificates")
        self._once("central", "ca", "init", "--folder", folder)
        self._once("central", "ca", "issue", "--folder", folder, "broker", "--server", "--host", "127.0.0.1")
        for name in ("centre", IDENTITY):
            self._once("central", "ca", "issue", "--folder", folder, name)

    def _start_broker(self) -> None:
        folder, certificates = self.folder / "broker", self.folder / "certificates"
        self._once(
            "broker_config", "render", "--folder", str(folder), "--port", str(self.broker_port),
            "--certificates", str(certificates),
        )  # fmt: skip
        self.start_broker()

    def start_broker(self) -> Program:
        mosquitto = next(p for p in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(p).exists())
        broker = self._run("broker", [mosquitto, "-c", str(self.folder / "broker" / "mosquitto.conf")])
        wait_for_port(self.broker_port)
        return broker

    def _start_ils(self) -> None:
        program = self._module(
            "ils", "hardware_sim.ils", "--database", str(self.folder / "ils.db"), "--port", "0"
        )
        self.ils_port = _port_in(program.wait_for_line(lambda line: line.startswith("ILS listening on")))
        self.ils = IlsAdmin(_port_in(program.wait_for_line(lambda line: line.startswith("ILS admin on"))))

    def _start_place(self) -> None:
        self.wires = self.folder / "wires"
        pace = ["--physics"] if self._physics else []
        program = self._module("devices", "hardware_sim", "place", "--folder", str(self.wires), *pace)
        self.hands = Hands(_port_in(program.wait_for_line(lambda line: line.startswith("control port"))))
        for item in load_catalogue():
            for chip in chips_for(item, on_loan=self.ils.item(item.item_id)["loan"] is not None):
                self.hands.add_tag(chip.label, chip.uid, bytes(chip.memory), chip.dsfid, chip.afi)
        for reader in self.readers.values():
            self.hands.add_card(reader.name, reader.card_uid, reader.technology)
        if self._power is not None:
            self.hands.mains(True)

    def _start_centre(self) -> None:
        config = self.folder / "centre.toml"
        places = PACKAGES / "central" / "places.toml"
        config.write_text(
            CENTRE_TOML.format(web_port=self.web_port, broker_port=self.broker_port, places=places),
            encoding="utf-8",
        )
        self.start_centre()

    def start_centre(self) -> Program:
        first = not (self.folder / "centre.office.db").exists()
        program = self._module("centre", "central", "--config", str(self.folder / "centre.toml"))
        program.wait_for_line(lambda line: line.startswith("centre ready"))
        if first:
            told = ONE_TIME.search(program.wait_for_line(lambda line: bool(ONE_TIME.search(line))))
            assert told is not None
            self.staff.start(told[2])
        return program

    def _start_display(self) -> None:
        if not self._own_screen:
            return
        size = f"{self._size['width_px']}x{self._size['height_px']}x24"
        xvfb = self._run("xvfb", ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"])
        number = xvfb.wait_for_line(lambda line: line.strip().isdecimal()).strip()
        self._display = f":{number}"

    def start_kiosk(self) -> None:
        """Also again after `kill_kiosk`: same configuration, same journal."""
        config = self.folder / "kiosk.toml"
        config.write_text(
            KIOSK_TOML.format(
                identity=IDENTITY,
                place=PLACE,
                name=PLACE_NAME,
                visit=self._visit,
                ils_port=self.ils_port,
                broker_port=self.broker_port,
                automation_port=self.automation_port,
                **self._policy,
                power=self._power_table(),
                wires=self.wires,
                **self._size,
            ),
            encoding="utf-8",
        )
        environment = {"DISPLAY": self._display, "KIVY_HOME": str(self.folder / "kivy")}
        self.kiosk = self._module("kiosk", "kiosk", "--config", str(config), environment=environment)
        wait_for_port(self.automation_port, timeout_s=30.0)
        self.screen = Screen(self.automation_port, self._display)

    def _power_table(self) -> str:
        if self._power is None:
            return ""
        times = "\n".join(f"{key} = {value}" for key, value in self._power.items())
        said = self.folder / SHUT_DOWN
        return POWER_TOML.format(wires=self.wires, mains=MAINS, python=sys.executable, said=said, times=times)

    def kill_kiosk(self) -> None:
        """As a power cut does: no goodbye."""
        if self.kiosk is None:
            raise NotReady("the kiosk is not running")
        self.screen.close()
        self.kiosk.kill()
        self.programs.remove(self.kiosk)
        self.kiosk = None

    # -- asking ------------------------------------------------------------------------------------------

    def centre(self, path: str) -> Any:
        """What the centre's REST answers to the library's staff."""
        return self.staff.get(path)

    def picture_of_centre(self, page: str, path: Path) -> None:
        """A PNG of a page of the centre, as staff see it."""
        profile = self.folder / "chromium"
        picture(f"{self.centre_url}{page}", path, profile, self.staff.cookies, shows=PLACE_NAME_SHORT)

    @property
    def centre_url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    # -- below -------------------------------------------------------------------------------------------

    def _once(self, module: str, *arguments: str) -> None:
        """Run a command to its end; NotReady with its words when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            capture_output=True,
            text=True,
            cwd=PACKAGES,
            check=False,
        )
        if done.returncode:
            raise NotReady(f"{module} {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")

    def _module(self, name: str, module: str, *arguments: str, environment: Any = None) -> Program:
        return self._run(name, [sys.executable, "-u", "-m", module, *arguments], environment)

    def _run(self, name: str, command: list[str], environment: Any = None) -> Program:
        program = Program(name, command, self.folder / f"{name}.log", environment)
        self.programs.append(program)
        return program


def _port_in(line: str) -> int:
    """The number a ready-line ends with: `… 127.0.0.1:4711` or `… 4711`."""
    return int(line.replace(":", " ").split()[-1])


__all__ = ["IDENTITY", "PLACE", "Village", "wait_until"]
