"""Every simulated device by model, under the same name as its driver."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hardware_sim.escpos import Escpos
from hardware_sim.faults import GOOD_WIRE, Faults
from hardware_sim.feig_obid import FeigObid
from hardware_sim.gm65 import Gm65
from hardware_sim.honeywell_scanner import HoneywellScanner
from hardware_sim.mmm_810 import Mmm810
from hardware_sim.modbus_counter import ModbusCounter
from hardware_sim.newland_scanner import NewlandScanner
from hardware_sim.pace import Pace
from hardware_sim.pn532 import Pn532
from hardware_sim.pty_link import LineSpeed, PtyLink
from hardware_sim.rl866 import Rl866
from hardware_sim.sdt_idcard import SdtIdcard
from hardware_sim.serial_scanner import SerialScanner
from hardware_sim.simulator import Simulator
from hardware_sim.uhf_reader18 import UhfReader18
from hardware_sim.wedge_scanner import WedgeScanner
from hardware_sim.world import World
from hardware_sim.zebra_ssi import ZebraSsi


class UnknownModel(LookupError):
    """A model that nobody simulates; the message names those that exist."""


@dataclass(frozen=True)
class SimulatedModel:
    """`build` takes the world and the folder for what comes out (receipts)."""

    build: Callable[[World, Path], Simulator]
    line: LineSpeed | None
    """What the device hears when it was just switched on; None for one that hears at any speed."""
    fed_by_its_plug: bool = True
    """Without the plug it has no power, and starts afresh when it is put back."""
    numbered: Callable[[World, str], Simulator] | None = None
    """Builds a unit with this serial number; None for a model that tells none."""
    own_s: float | None = None
    """What it takes for itself after each answer; None for one that is no pad and answers at once."""


READER_S = 0.005
"""FEIG's least pause between commands; taken for the other pads too, of which nothing is known."""

MODELS: dict[str, SimulatedModel] = {
    "feig_obid": SimulatedModel(
        lambda world, _: FeigObid(world), LineSpeed((38400,), "E"), numbered=FeigObid, own_s=READER_S
    ),
    "rl866": SimulatedModel(lambda world, _: Rl866(world), LineSpeed((38400,), "E"), own_s=READER_S),
    "mmm_810": SimulatedModel(lambda world, _: Mmm810(world), LineSpeed((19200,)), own_s=READER_S),
    "uhf_reader18": SimulatedModel(lambda world, _: UhfReader18(world), LineSpeed((57600,)), own_s=READER_S),
    "pn532": SimulatedModel(lambda world, _: Pn532(world), LineSpeed((115_200,))),
    "sdt_idcard": SimulatedModel(lambda world, _: SdtIdcard(world), LineSpeed((115_200,))),
    "serial_scanner": SimulatedModel(lambda world, _: SerialScanner(world), LineSpeed((9600,))),
    "honeywell_scanner": SimulatedModel(lambda world, _: HoneywellScanner(world), LineSpeed((115_200,))),
    "newland_scanner": SimulatedModel(lambda world, _: NewlandScanner(world), LineSpeed((9600,))),
    "gm65": SimulatedModel(lambda world, _: Gm65(world), LineSpeed((9600,))),
    "zebra_ssi": SimulatedModel(lambda world, _: ZebraSsi(world), LineSpeed((9600,))),
    "wedge_scanner": SimulatedModel(lambda world, _: WedgeScanner(world), None),
    "escpos": SimulatedModel(Escpos, LineSpeed((19200,)), fed_by_its_plug=False),
    "modbus_counter": SimulatedModel(
        lambda world, _: ModbusCounter(world), LineSpeed((9600,)), fed_by_its_plug=False
    ),
}


class SimulatedDevice:
    """A device of `model` in `world`, on a wire called `path`."""

    def __init__(
        self,
        model: str,
        world: World,
        path: Path,
        output_folder: Path,
        faults: Faults = GOOD_WIRE,
        *,
        physics: bool = False,
    ) -> None:
        """Nothing is plugged in yet; UnknownModel when there is no such model. `physics`: a pad takes as long
        as a real one, for air, memory and line; without it everything is answered at once."""
        if model not in MODELS:
            raise UnknownModel(f"nobody simulates {model!r}: choose one of {', '.join(sorted(MODELS))}")
        self.model_name = model
        self._model = MODELS[model]
        self._world = world
        self._output_folder = output_folder
        self._serial = ""
        own_s = self._model.own_s
        pace = Pace(own_s) if physics and own_s is not None else None
        self.link = PtyLink(self._switched_on(), path, faults, self._model.line, pace)
        self._follow_speed()

    def plug(self) -> None:
        """Put the plug in; a device that is fed by it starts as new. Does nothing when it is in."""
        if self.link.plugged:
            return
        if self._model.fed_by_its_plug:
            self.link.simulator = self._switched_on()
            self.link.line = self._model.line
            self._follow_speed()
        self.link.plug()

    def unplug(self) -> None:
        self.link.unplug()

    def swap(self, model: str = "", serial: str = "") -> None:
        """Put another unit in this one's place: of another model, or with another serial number.
        UnknownModel, or ValueError for a number that the model cannot have."""
        model = model or self.model_name
        if model not in MODELS:
            raise UnknownModel(f"nobody simulates {model!r}: choose one of {', '.join(sorted(MODELS))}")
        if serial and MODELS[model].numbered is None:
            raise ValueError(f"a {model} tells no serial number")
        self.model_name, self._model, self._serial = model, MODELS[model], serial
        fresh = self._switched_on()
        plugged = self.link.plugged
        self.unplug()
        self.link.simulator, self.link.line = fresh, self._model.line
        self._follow_speed()
        if plugged:
            self.plug()

    def _switched_on(self) -> Simulator:
        if self._serial and self._model.numbered:
            return self._model.numbered(self._world, self._serial)
        return self._model.build(self._world, self._output_folder)

    def _follow_speed(self) -> None:
        """A card reader that is told to change its speed is mute at the old one from then on."""
        if isinstance(self.link.simulator, Pn532 | SdtIdcard):
            self.link.simulator.on_baud = self.link.set_baud
