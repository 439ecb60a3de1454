"""Every device model we can drive: the one list that configuration, probing and tests go by.

A driver's module, and the library under it, is imported only when a device of that model is opened.
"""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

import msgspec

from devices.kinds import Device, DeviceInfo, Kind
from devices.port import LineSettings


class UnknownModel(LookupError):
    """A model that no driver is for; the message names those that exist."""


class BadOption(ValueError):
    """An option that this model's driver does not have, or a value of the wrong type; `key` is its name."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(f"{key}: {detail}")
        self.key = key
        self.detail = detail


@dataclass(frozen=True)
class Driver:
    """The class of a driver, imported when it is needed: `devices.<model>.driver` and its name there."""

    model: str
    name: str

    def __call__(self, path: str, **options: Any) -> Device:
        device: Device = self.load()(path, **options)
        return device

    def load(self) -> type[Any]:
        found: type[Any] = getattr(importlib.import_module(f"devices.{self.model}.driver"), self.name)
        return found


@dataclass(frozen=True)
class Model:
    """`open` takes the port's path and the driver's options; raises DeviceError.

    `answers` asks the opened device something harmless that it must answer, DeviceError when it does not;
    None for a model that never answers anything.
    """

    kind: Kind
    line: LineSettings | None
    """As the device comes from its maker, and as `open` takes it to be unless told otherwise; None for one on
    the board's own pins."""
    open: Driver
    answers: Callable[[Any], object] | None


MODELS: dict[str, Model] = {
    # probed in this order: a printer first, since it would print the others' questions
    "escpos": Model(
        Kind.RECEIPT_PRINTER,
        LineSettings(19200),
        Driver("escpos", "EscposPrinter"),
        lambda printer: printer.status(),
    ),
    "feig_obid": Model(
        Kind.TAG_READER, LineSettings(38400, "E"), Driver("feig_obid", "FeigObid"), lambda reader: reader.info
    ),
    "rl866": Model(
        Kind.TAG_READER, LineSettings(38400, "E"), Driver("rl866", "Rl866"), lambda reader: reader.info
    ),
    "mmm_810": Model(
        Kind.TAG_READER, LineSettings(19200), Driver("mmm_810", "Mmm810"), lambda reader: reader.info
    ),
    "uhf_reader18": Model(
        Kind.TAG_READER,
        LineSettings(57600),
        Driver("uhf_reader18", "UhfReader18"),
        lambda reader: reader.info,
    ),
    "pn532": Model(
        Kind.CARD_READER, LineSettings(115_200), Driver("pn532", "Pn532"), lambda reader: reader.info
    ),
    "sdt_idcard": Model(
        Kind.CARD_READER, LineSettings(115_200), Driver("sdt_idcard", "SdtIdcard"), lambda reader: reader.info
    ),
    "modbus_counter": Model(
        Kind.DOOR_COUNTER,
        LineSettings(9600),
        Driver("modbus_counter", "ModbusCounter"),
        lambda counter: counter.read(),
    ),
    "pulse_counter": Model(
        Kind.DOOR_COUNTER, None, Driver("pulse_counter", "PulseCounter"), lambda counter: counter.read()
    ),
    "honeywell_scanner": Model(
        Kind.SCANNER,
        LineSettings(115_200),
        Driver("honeywell_scanner", "HoneywellScanner"),
        lambda scanner: scanner.check(),
    ),
    "newland_scanner": Model(
        Kind.SCANNER,
        LineSettings(9600),
        Driver("newland_scanner", "NewlandScanner"),
        lambda scanner: scanner.check(),
    ),
    "gm65": Model(Kind.SCANNER, LineSettings(9600), Driver("gm65", "Gm65"), lambda scanner: scanner.check()),
    "zebra_ssi": Model(
        Kind.SCANNER, LineSettings(9600), Driver("zebra_ssi", "ZebraSsi"), lambda scanner: scanner.check()
    ),
    "serial_scanner": Model(
        Kind.SCANNER, LineSettings(9600), Driver("serial_scanner", "SerialScanner"), None
    ),
    "wedge_scanner": Model(Kind.SCANNER, None, Driver("wedge_scanner", "WedgeScanner"), None),
}


def arguments(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """`options` as a configuration file has them, turned into what the driver of `model` takes; BadOption."""
    constructor = MODELS[model].open.load().__init__
    types = get_type_hints(constructor, include_extras=True)
    known = [name for name in inspect.signature(constructor).parameters if name not in ("self", "path")]
    taken = {}
    for key, value in options.items():
        if key not in known:
            there_are = f"expected one of: {', '.join(known)}" if known else f"{model} has none"
            raise BadOption(key, f"unknown option, {there_are}")
        taken[key] = _converted(key, value, types[key])
    return taken


def _converted(key: str, value: Any, wanted: Any) -> Any:
    """A table becomes the value that has its keys as fields, and no others."""
    if isinstance(value, dict) and is_dataclass(wanted):
        there_are = [field.name for field in fields(wanted)]
        for name in value.keys() - set(there_are):
            raise BadOption(f"{key}.{name}", f"unknown key, expected one of: {', '.join(there_are)}")
    try:
        return msgspec.convert(value, wanted)
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise BadOption(key, f"{str(error)[:1].lower()}{str(error)[1:]}") from error


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
