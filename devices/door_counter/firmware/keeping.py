"""The node's memory over a power cut: one small file, replaced whole or not at all.

Written beside the old one and renamed over it, which littlefs does in one step; a checksum catches what no
file system promises. A cut at any moment leaves the old file or the new one.
"""

import binascii
import json
import os


def save(path: str, kept: dict[str, object]) -> None:
    """OSError when the flash cannot take it: the old file is still there then."""
    text = json.dumps(kept)
    with open(path + ".new", "w") as file:
        file.write(f"{binascii.crc32(text.encode()):08x}{text}")
    os.rename(path + ".new", path)


def load(path: str) -> dict[str, object] | None:
    """What was saved last; None where nothing is, or nothing that can be trusted."""
    try:
        with open(path) as file:
            text = file.read()
        if int(text[:8], 16) != binascii.crc32(text[8:].encode()):
            return None
        kept: dict[str, object] = json.loads(text[8:])
    except (OSError, ValueError):
        return None
    return kept
