"""A door counter on RS-485: a Modbus RTU slave with two 32-bit counters and nothing else.

People are the world's; what it has counted is its own affair and gone after `power_cycle`.
"""

from devices.modbus_counter.protocol import (
    DEFAULT,
    MAX_REGISTERS,
    Decoder,
    ExceptionCode,
    ReadFunction,
    RegisterMap,
    Request,
    exception_reply,
    read_reply,
)
from hardware_sim.world import World


class ModbusCounter:
    """Implements `hardware_sim.simulator.Simulator`. Both read functions show the same registers."""

    def __init__(self, world: World, device_id: int = 1, register_map: RegisterMap = DEFAULT) -> None:
        self._world = world
        self._device_id = device_id
        self._map = register_map
        self._decoder = Decoder()
        self._started_at = (0, 0)

    def receive(self, data: bytes) -> bytes:
        """A frame with a wrong CRC is none, and one for another device is not ours: silence."""
        mine = (r for r in self._decoder.feed(data) if r.device_id == self._device_id)
        return b"".join(self._answer(request) for request in mine)

    def tick(self, now: float) -> bytes:
        """A slave never speaks first."""
        return b""

    def power_cycle(self) -> None:
        """Count from zero again, as models without a battery do."""
        self._started_at = self._people()

    def _answer(self, request: Request) -> bytes:
        if request.function not in tuple(ReadFunction):
            return self._exception(request, ExceptionCode.ILLEGAL_FUNCTION)
        first, count = (int.from_bytes(request.data[at : at + 2], "big") for at in (0, 2))
        if not 1 <= count <= MAX_REGISTERS:
            return self._exception(request, ExceptionCode.ILLEGAL_DATA_VALUE)
        registers, at = self._registers(), first - self._map.first
        if at < 0 or at + count > len(registers):
            return self._exception(request, ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return read_reply(self._device_id, request.function, registers[at : at + count])

    def _exception(self, request: Request, code: ExceptionCode) -> bytes:
        return exception_reply(self._device_id, request.function, code)

    def _people(self) -> tuple[int, int]:
        with self._world.lock:
            return self._world.door.entries, self._world.door.exits

    def _registers(self) -> list[int]:
        entries, exits = self._people()
        entries_before, exits_before = self._started_at
        return self._map.encode(entries - entries_before, exits - exits_before)
