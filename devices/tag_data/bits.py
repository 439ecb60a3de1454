"""Bytes as text of 0s and 1s, which makes packed characters short to write and to check."""

from collections.abc import Iterable


def bits_of(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)


def packed(codes: Iterable[tuple[int, int]], padding: str) -> bytes:
    """(code, width) pairs, most significant bit first, filled to a whole byte with the start of `padding`."""
    bits = "".join(f"{code:0{width}b}" for code, width in codes)
    bits += padding[: -len(bits) % 8]
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
