"""A whole library point without hardware: one world, and a device of each kind on its wire."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hardware_sim.contactless_cards import AIR_CARDS
from hardware_sim.registry import SimulatedDevice
from hardware_sim.world import AFI_IN_LIBRARY, Card, Chip, World

DEVICES: dict[str, str] = {
    "kiosk-pad": "feig_obid",
    "kiosk-nfc": "pn532",
    "kiosk-idcard": "sdt_idcard",
    "kiosk-scanner": "serial_scanner",
    "kiosk-printer": "escpos",
    "kiosk-counter": "modbus_counter",
}
"""The wire's name, as udev gives it on a real kiosk, and the model behind it."""


MAINS = "mains-online"
"""The file that stands for /sys/class/power_supply/…/online, once anybody has cut the power or given it."""


class BadSeed(ValueError):
    """A seed file that makes no world; the message says where and why."""


class SimulatedPlace:
    """`folder` holds the wires by name, what a UPS says of the mains (MAINS), and `receipts/` what was
    printed."""

    def __init__(
        self,
        folder: Path,
        world: World | None = None,
        physics: bool = False,
        models: Mapping[str, str] = DEVICES,
        receipts: Path | None = None,
    ) -> None:
        """`physics`: the pad takes the time of a real one. `models`: the wires there are, by name.
        `receipts`: where paper goes instead."""
        self.folder = folder
        self.world = world or World()
        self._receipts = receipts or folder / "receipts"
        self.devices = {
            name: SimulatedDevice(model, self.world, folder / name, self._receipts, physics=physics)
            for name, model in models.items()
        }

    def start(self) -> None:
        for device in self.devices.values():
            device.plug()

    def stop(self) -> None:
        for device in self.devices.values():
            device.unplug()
        (self.folder / MAINS).unlink(missing_ok=True)

    def set_mains(self, is_there: bool) -> None:
        """As the kernel does: who reads it sees the one or the other, never half of it."""
        new = self.folder / f".{MAINS}"
        new.write_text(f"{is_there:d}\n", encoding="ascii")
        new.replace(self.folder / MAINS)

    def receipts(self) -> list[Path]:
        """Pictures of what was printed, oldest first."""
        return sorted(self._receipts.glob("*.png"))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def load_seed(file: Path) -> World:
    """The world that a JSON file describes:

    {"tags": [{"label", "uid", "memory", "dsfid", "afi"}], "cards": [{"label", "uid", "technology"}]}

    with bytes in hexadecimal, registers as numbers. BadSeed when it does not.
    """
    try:
        seed = json.loads(file.read_text(encoding="utf-8"))
        return seeded(seed.get("tags", []), seed.get("cards", []))
    except BadSeed as error:
        raise BadSeed(f"{file}: {error}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSeed(f"{file}: {type(error).__name__}: {error}; see hardware_sim.place.load_seed") from error


def seeded(tags: Iterable[dict[str, Any]], cards: Iterable[dict[str, Any]]) -> World:
    """A world with these tags and cards, each under its label; nothing lies on the pad yet."""
    world = World()
    for tag in tags:
        world.tags[tag["label"]] = chip(**tag)
    for card in cards:
        technology = known_technology(card["label"], card.get("technology", "mifare_classic"))
        world.cards[card["label"]] = Card(bytes.fromhex(card["uid"]), technology, card["label"])
    return world


def known_technology(label: str, technology: object) -> str:
    """`technology`; BadSeed for a kind of card that nobody would ever sense."""
    for known in AIR_CARDS:
        if technology == known:
            return known
    raise BadSeed(
        f"卡 / card {label!r}: 没有这种卡 / no such technology {technology!r}, "
        f"请选 / choose one of {', '.join(AIR_CARDS)}"
    )


def chip(label: str, uid: str, memory: str, dsfid: int = 0x06, afi: int = AFI_IN_LIBRARY) -> Chip:
    """A book tag from hexadecimal text; ValueError when it is none."""
    number = bytes.fromhex(uid)
    if len(number) != 8:
        raise ValueError(f"tag {label!r}: a UID has 8 bytes, not {len(number)}")
    return Chip(number, bytearray.fromhex(memory), dsfid, afi, label=label)
