"""A door counter on RS-485 that speaks Modbus RTU.

    [[device]]
    model = "modbus_counter"
    port = "/dev/kiosk-counter"

Options: `baud` (9600), `device_id` (1 to 247; 1) and `register_map`, since every vendor has its own:

    [device.options.register_map]
    function = 3                 # 3 holding registers, 4 input registers
    entries_address = 100        # on the wire: 40101 is 100
    exits_address = 101          # or passages_address, for one that cannot tell in from out
    width = "u16"                # or "u32", in word_order "high_first" or "low_first"
    forgets = true               # counts from 0 after a loss of power

pymodbus opens the port and does the asking. Telling a restart from people is the caller's.
Tried with this project's simulator and pymodbus 3.16; no vendor's counter yet.
"""

import logging
from typing import Annotated

import msgspec
from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from devices.errors import BadFrame, DeviceLost, DeviceRefused
from devices.kinds import DeviceInfo, DoorCount, Kind
from devices.modbus_counter.protocol import DEFAULT, ReadFunction, RegisterMap
from devices.port import WIRE_ERRORS

ANSWER_TIMEOUT_S = 0.5
DeviceId = Annotated[int, msgspec.Meta(ge=1, le=247)]
_COMMAND = "read counters"

_REFUSALS = {1: "no such function", 2: "no such registers", 3: "so many registers at once"}


class ModbusCounter:
    """Implements `devices.kinds.DoorCounter` for the counter that answers to `device_id` (1–247)."""

    def __init__(
        self, path: str, baud: int = 9600, device_id: DeviceId = 1, register_map: RegisterMap = DEFAULT
    ) -> None:
        """Open `path`; DeviceLost when it does not exist or cannot be opened."""
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # it logs what we raise, with every frame
        self._path = path
        self._device_id = device_id
        self._map = register_map
        self._heard = False
        self._client = ModbusSerialClient(
            path, baudrate=baud, timeout=ANSWER_TIMEOUT_S, retries=0, trace_packet=self._listen
        )
        if not self._client.connect():
            raise DeviceLost(path, "open", "it does not exist or is in use; check cable and port name")

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(Kind.DOOR_COUNTER, "modbus_counter", self._path)

    def read(self) -> DoorCount:
        """DeviceLost when it is silent; BadFrame when what comes is no answer to this question."""
        reply = self._ask()
        if isinstance(reply, ExceptionResponse):
            code = reply.exception_code
            raise DeviceRefused(self._path, _COMMAND, _REFUSALS.get(code, "it cannot now"), code)
        if reply.isError() or len(reply.registers) != self._map.count:
            raise BadFrame(self._path, _COMMAND, f"not the {self._map.count} registers asked for")
        return self._map.decode(reply.registers)

    def close(self) -> None:
        try:
            self._client.close()  # type: ignore[no-untyped-call]
        except WIRE_ERRORS:
            return

    def _ask(self) -> ModbusPDU:
        if not self._client.connected:  # pymodbus would open it again by itself
            raise DeviceLost(self._path, _COMMAND, "the port is closed")
        ask = {
            ReadFunction.HOLDING_REGISTERS: self._client.read_holding_registers,
            ReadFunction.INPUT_REGISTERS: self._client.read_input_registers,
        }[self._map.function]
        self._heard = False
        try:
            return ask(self._map.first, count=self._map.count, device_id=self._device_id)
        except (ConnectionException, *WIRE_ERRORS) as error:
            raise DeviceLost(self._path, _COMMAND, "the line is gone; check cable and adapter") from error
        except ModbusException as error:
            if self._heard:
                raise BadFrame(self._path, _COMMAND, "noise; check baud, wires A and B") from error
            raise DeviceLost(self._path, _COMMAND, "no answer; check power, wires, device_id") from error

    def _listen(self, sending: bool, data: bytes) -> bytes:
        """pymodbus calls a wrong CRC silence; remember that something came."""
        self._heard = self._heard or not sending
        return data
