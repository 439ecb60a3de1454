"""Whole blocks of a tag on a reader: which ones have to be written, and whether they were."""

from collections.abc import Iterator

from devices.errors import DeviceRefused
from devices.kinds import TagReader


def write_changes(reader: TagReader, uid: bytes, now: bytes, wanted: bytes, size: int) -> None:
    """Write every block of `size` bytes where `wanted` differs from `now`; half a block is filled with 00."""
    room = -(-len(wanted) // size) * size
    for first, data in _changes(now.ljust(room, b"\0"), wanted.ljust(room, b"\0"), size):
        reader.write_blocks(uid, first, data)


def not_as_written(reader: TagReader, uid: bytes) -> DeviceRefused:
    return DeviceRefused(
        reader.info.port, f"read back {uid.hex()}", "the tag bears other bytes than were written"
    )


def _changes(now: bytes, wanted: bytes, size: int) -> Iterator[tuple[int, bytes]]:
    """First block and bytes of what differs: the first block by itself, then runs of the others."""
    differing = [
        at // size for at in range(0, len(now), size) if now[at : at + size] != wanted[at : at + size]
    ]
    run: list[int] = []
    for block in [*differing, -1]:
        if run and (run[0] == 0 or block != run[-1] + 1):
            yield run[0], wanted[run[0] * size : (run[-1] + 1) * size]
            run = []
        run.append(block)
