"""The 16-bit check values of tags and wires: two polynomials, forwards and reflected; all start at FFFFh."""

from binascii import crc_hqx

START = 0xFFFF


def crc16(data: bytes) -> int:
    """Polynomial 1021h: ISO 28560-3's, "RFID tag data model" gives 1AEEh."""
    return crc_hqx(data, START)


def crc16_inverted(data: bytes) -> int:
    """1021h with a final xor: a UHF chip's own (ISO/IEC 18000-63), and the 3M readers' frames."""
    return crc16(data) ^ 0xFFFF


def crc16_reflected(data: bytes) -> int:
    """Reflected 1021h (8408h): frames of FEIG OBID, RL866 and UHFReader18; travels low byte first."""
    return _reflected(data, _8408)


def crc16_modbus(data: bytes) -> int:
    """Reflected 8005h (A001h): Modbus RTU; travels low byte first."""
    return _reflected(data, _A001)


def _reflected(data: bytes, of_bytes: tuple[int, ...]) -> int:
    value = START
    for byte in data:
        value = value >> 8 ^ of_bytes[(value ^ byte) & 0xFF]
    return value


def _of_bytes(polynomial: int) -> tuple[int, ...]:
    """What each byte does, worked out once: a noisy line has a check value tried at every byte of it."""
    return tuple(_of_byte(byte, polynomial) for byte in range(256))


def _of_byte(value: int, polynomial: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (polynomial if value & 1 else 0)
    return value


_8408, _A001 = _of_bytes(0x8408), _of_bytes(0xA001)
