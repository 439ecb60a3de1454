"""The two check values of library tags: both are CRC-16 with polynomial 1021h, start FFFFh, not reflected."""

from binascii import crc_hqx


def crc16(data: bytes) -> int:
    """ISO 28560-3's: "RFID tag data model" gives 1AEEh."""
    return crc_hqx(data, 0xFFFF)


def crc16_inverted(data: bytes) -> int:
    """The one a UHF chip keeps before its protocol control word (ISO/IEC 18000-63)."""
    return crc16(data) ^ 0xFFFF
