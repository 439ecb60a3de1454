"""Receipt printers' statuses, door counters' registers, pulses and nodes; and what is printed of any text."""

import json
import struct
from typing import Any

import msgspec

from devices import registry
from devices.escpos import protocol as escpos
from devices.kinds import Emphasis, PrinterStatus, ReceiptLine
from devices.modbus_counter import protocol as modbus
from devices.pulse_counter.passage import WRAP, Judge, Rules
from kiosk.receipts.papers import NAMES, Paper
from kiosk.receipts.template import TemplateError, parse
from tests.devices.door_counter.test_ledger import firmware
from tests.fuzz.engine import Target
from tests.fuzz.inputs import chance_of, mutations_of, pieces

# -- printers ----------------------------------------------------------------------------------------------


def _status(answers: bytes) -> bool:
    """Four bytes, each of which may be what a printer answers; what hinders printing has words for staff."""
    four = answers[:4].ljust(4, b"\x12")
    if not all(map(escpos.is_status, four)):
        return False
    status = escpos.decode_status((four[0], four[1], four[2], four[3]))
    assert isinstance(status, PrinterStatus)
    assert status.can_print or (status.trouble is not None and status.trouble.value)
    return True


def _paper(data: bytes) -> bool:
    """No text of an ILS becomes a command of the printer, none runs over the margin."""
    text, chance = data.decode("utf-8", "replace"), chance_of(data)
    columns = chance.choice((32, 42, 48))
    line = ReceiptLine(text[: len(text) // 2], text[len(text) // 2 :], chance.choice(tuple(Emphasis)))
    rows = [row for row in escpos.lay_out((line,), columns) if isinstance(row, escpos.Row)]
    assert all(escpos.cells(row.text) <= columns for row in rows)
    printable = [row for row in rows if not row.needs_image()]
    for row in printable:
        sent = escpos.encode_text(row.text)
        for mode in (escpos.CHINESE_ON, escpos.CHINESE_OFF):
            sent = sent.replace(mode, b"")
        assert not any(byte < 0x20 or byte == 0x7F for byte in sent)
    return bool(printable)


def _template(data: bytes) -> bool:
    parse(data.decode("utf-8", "replace"), NAMES[Paper.BORROW], "fuzz.txt")
    return True


# -- Modbus ------------------------------------------------------------------------------------------------

_MAPS = (
    modbus.DEFAULT,
    modbus.RegisterMap(100, 101, width=modbus.Width.U16, forgets=True),
    modbus.RegisterMap(6, 0, word_order=modbus.WordOrder.LOW_FIRST),
    modbus.RegisterMap(passages_address=9),
)


def _registers(data: bytes) -> bool:
    """What a block of registers says can be told, and is what these registers say."""
    for register_map in _MAPS:
        block = data[: 2 * register_map.count].ljust(2 * register_map.count, b"\0")
        count = register_map.decode(struct.unpack(f">{register_map.count}H", block))
        assert max(count.entries, count.exits, count.passages) < register_map.width.modulus
        again = register_map.encode(count.entries + count.passages, count.exits)
        assert register_map.decode(again) == count
    return any(data)


def _questions(data: bytes) -> bool:
    decoder = modbus.Decoder()
    return bool([request for piece in pieces(data) for request in decoder.feed(piece)])


def _options(data: bytes) -> bool:
    """[device.options] of a counter, as a file has them; what is taken can be asked for in one question."""
    try:
        options: Any = msgspec.toml.decode(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return False
    taken = registry.arguments("modbus_counter", options)
    register_map = taken.get("register_map", modbus.DEFAULT)
    assert 0 < register_map.count <= modbus.MAX_REGISTERS
    modbus.read_request(taken.get("device_id", 1), register_map)
    return bool(taken)


_OPTIONS = b"""baud = 9600
device_id = 7
[register_map]
function = 3
entries_address = 100
exits_address = 101
width = "u16"
word_order = "low_first"
forgets = true
"""

# -- beams -------------------------------------------------------------------------------------------------


def _edges(data: bytes) -> bool:
    """Each byte an edge: which beam, its level, how much later. Totals never go back."""
    chance, now_ms = chance_of(data), 0
    judge = Judge(Rules(beams=chance.choice((1, 2)), settle_ms=chance.choice((1, 10)), stuck_ms=5000))
    beams = judge.rules.beams
    before = (0, 0, 0)
    for byte in data:
        now_ms += (byte >> 2) ** 2
        judge.feed((byte & 1) % beams, bool(byte & 2), now_ms)
        judge.tick(now_ms)
        told = (judge.totals.entries, judge.totals.exits, judge.totals.undirected)
        assert all(old <= new <= WRAP for old, new in zip(before, told, strict=True))
        before = told
    return any(before)


_ONE_IN = bytes((0b00111010, 0b00101011, 0b01000000, 0b00101001, 0b11111100))
"""Beam 0, beam 1, beam 0 clear, beam 1 clear, and time."""

# -- the counter node --------------------------------------------------------------------------------------

mqtt, ledger, keeping = firmware("mqtt"), firmware("ledger"), firmware("keeping")
_LINE_LOST = (OSError, EOFError, ValueError, struct.error, mqtt.MqttError)
"""What the node takes as a lost line; MicroPython's struct says ValueError where CPython has its own."""


class _Line:
    """The node's end of a line on which all has come, and then the end; what it says goes nowhere."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def readexactly(self, size: int) -> bytes:
        if len(self._data) < size:
            raise EOFError
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def write(self, data: bytes) -> None:
        return

    async def drain(self) -> None:
        return


def _node_hears(data: bytes) -> bool:
    """It never has to wait, so it needs no loop."""
    line, heard = _Line(data), []
    try:
        mqtt.Connection(line, line, lambda *said: heard.append(said)).run().send(None)
    except _LINE_LOST:
        return bool(heard)
    raise AssertionError("a conversation that goes on beyond the line's end")


def _confirmed(payload: bytes) -> bool:
    """Only what confirms this node's events lets it forget some."""
    books = ledger.Ledger(None, "00ff")
    books.note([3, 1, 0, 0])
    books.freeze("2026-11-22T03:04:05.000Z", "2026-11-22T03:00:00.000Z", True)
    forgets = books.heard(payload)
    assert forgets == (not books.outbox)
    return bool(forgets)


_CONFIRMED = json.dumps({"type": "confirmed/1", "install_id": "00ff", "seq": 1}).encode()
_PACKETS = (
    mqtt.publish("shuzhan/v1/mz-taiping-03.door-1/confirmed", _CONFIRMED, 0, False),
    mqtt.publish("shuzhan/v1/mz-taiping-03.door-1/confirmed", _CONFIRMED, 7, False),
    mqtt.packet(mqtt.PUBACK, 0, b"\x00\x07"),
    mqtt.packet(mqtt.SUBACK, 0, b"\x00\x01\x01"),
)

TARGETS = (
    Target(
        "ESC/POS statuses",
        mutations_of(b"\x12\x12\x12\x12", b"\x1a\x32\x12\x7e", b"\x16\x12\x1a\x1e"),
        _status,
    ),
    Target(
        "paper of any text",
        mutations_of("《三体》 2026-12-20 ￥0.50".encode(), b"\x1bp\x00\x10\x04\x01"),
        _paper,
    ),
    Target(
        "receipt templates",
        mutations_of(b"= {place}\n{each book}\n{title} | {due}\n{end}\n{if due}\nqr: {account_url}\n{end}"),
        _template,
        (TemplateError,),
    ),
    Target("Modbus registers", mutations_of(bytes.fromhex("00 01 86 A0 00 00 00 2A")), _registers),
    Target("Modbus questions", mutations_of(bytes.fromhex("01 04 00 00 00 04 F1 C9")), _questions),
    Target(
        "options of a counter",
        mutations_of(_OPTIONS),
        _options,
        (registry.BadOption,),
    ),
    Target("pulse edges", mutations_of(_ONE_IN, _ONE_IN * 2, _ONE_IN[::-1]), _edges),
    Target("MQTT at the node", mutations_of(*_PACKETS), _node_hears),
    Target("confirmed to the node", mutations_of(_CONFIRMED), _confirmed),
)
