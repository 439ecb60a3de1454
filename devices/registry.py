"""Every device model we can drive: the one list that configuration, probing and tests go by.

A driver's module, and the library under it, is imported only when a device of that model is opened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devices.kinds import Device, DeviceInfo, Kind
from devices.port import LineSettings


class UnknownModel(LookupError):
    """A model that no driver is for; the message names those that exist."""


@dataclass(frozen=True)
class Model:
    """`open` takes the port's path and the driver's options; raises DeviceError.

    `answers` asks the opened device something harmless that it must answer, DeviceError when it does not;
    None for a model that never answers anything.
    """

    kind: Kind
    line: LineSettings
    """As the device comes from its maker, and as `open` takes it to be unless told otherwise."""
    open: Callable[..., Device]
    answers: Callable[[Any], object] | None


def _feig_obid(path: str, **options: Any) -> Device:
    from devices.feig_obid.driver import FeigObid

    return FeigObid(path, **options)


def _rl866(path: str, **options: Any) -> Device:
    from devices.rl866.driver import Rl866

    return Rl866(path, **options)


def _mmm_810(path: str, **options: Any) -> Device:
    from devices.mmm_810.driver import Mmm810

    return Mmm810(path, **options)


def _uhf_reader18(path: str, **options: Any) -> Device:
    from devices.uhf_reader18.driver import UhfReader18

    return UhfReader18(path, **options)


def _pn532(path: str, **options: Any) -> Device:
    from devices.pn532.driver import Pn532

    return Pn532(path, **options)


def _serial_scanner(path: str, **options: Any) -> Device:
    from devices.serial_scanner.driver import SerialScanner

    return SerialScanner(path, **options)


def _escpos(path: str, **options: Any) -> Device:
    from devices.escpos.driver import EscposPrinter

    return EscposPrinter(path, **options)


def _modbus_counter(path: str, **options: Any) -> Device:
    from devices.modbus_counter.driver import ModbusCounter

    return ModbusCounter(path, **options)


MODELS: dict[str, Model] = {
    # probed in this order: a printer first, since it would print the others' questions
    "escpos": Model(Kind.RECEIPT_PRINTER, LineSettings(19200), _escpos, lambda printer: printer.status()),
    "feig_obid": Model(Kind.TAG_READER, LineSettings(38400, "E"), _feig_obid, lambda reader: reader.info),
    "rl866": Model(Kind.TAG_READER, LineSettings(38400, "E"), _rl866, lambda reader: reader.info),
    "mmm_810": Model(Kind.TAG_READER, LineSettings(19200), _mmm_810, lambda reader: reader.info),
    "uhf_reader18": Model(Kind.TAG_READER, LineSettings(57600), _uhf_reader18, lambda reader: reader.info),
    "pn532": Model(Kind.CARD_READER, LineSettings(115_200), _pn532, lambda reader: reader.info),
    "modbus_counter": Model(
        Kind.DOOR_COUNTER, LineSettings(9600), _modbus_counter, lambda counter: counter.read()
    ),
    "serial_scanner": Model(Kind.SCANNER, LineSettings(9600), _serial_scanner, None),
}


def open_device(model: str, path: str, **options: Any) -> Device:
    """The device of `model` at `path`; UnknownModel, or DeviceError when it is not there."""
    if model not in MODELS:
        raise UnknownModel(f"no driver for {model!r}: choose one of {', '.join(sorted(MODELS))}")
    return MODELS[model].open(path, **options)


def probe(model: str, path: str) -> DeviceInfo:
    """Who answers at `path` when asked as `model`; DeviceError when nothing does or it is another."""
    entry = MODELS[model]
    device = entry.open(path)
    try:
        if entry.answers:
            entry.answers(device)
        return device.info
    finally:
        device.close()
