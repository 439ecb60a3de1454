"""Runs on MicroPython: littlefs on a flash of RAM, whose power goes at every single write and erase.

Prints one JSON object: how many cuts there were, and what was found after each.
"""

import json
import sys

import keeping
import vfs

BLOCK = 512
BLOCKS = 64


class PowerCut(Exception):
    pass


class Flash:
    """A block device with the extended interface. `left` operations until the power goes; the one that it
    cuts is half done when `torn`."""

    def __init__(self, image=None):
        self.image = bytearray(image) if image else bytearray(b"\xff" * (BLOCK * BLOCKS))
        self.left = -1
        self.torn = False
        self.done = 0

    def _spend(self):
        if self.left == 0:
            raise PowerCut
        self.left -= 1
        self.done += 1
        return self.left == 0

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = self.image[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        last = self._spend()
        at = block * BLOCK + offset
        size = len(buffer) // 2 if last and self.torn else len(buffer)
        self.image[at : at + size] = buffer[:size]
        if last:
            raise PowerCut

    def ioctl(self, what, value):
        if what == 4:
            return BLOCKS
        if what == 5:
            return BLOCK
        if what == 6:
            last = self._spend()
            size = BLOCK // 2 if last and self.torn else BLOCK
            self.image[value * BLOCK : value * BLOCK + size] = b"\xff" * size
            if last:
                raise PowerCut
        return 0


def mounted(flash):
    vfs.mount(vfs.VfsLfs2(flash), "/flash")


def unmounted():
    try:
        vfs.umount("/flash")
    except (OSError, PowerCut):
        pass


def kept(number):
    """As large as the node's memory with some events waiting, so that it takes several blocks."""
    return {"number": number, "outbox": [{"seq": n, "entries": number} for n in range(40)]}


def cut_at(image, number, left, torn):
    """What is there after the power went at that operation: (whether it went, what a new start reads)."""
    flash = Flash(image)
    mounted(flash)
    flash.left, flash.torn = left, torn
    went = False
    try:
        keeping.save("/flash/counts.json", kept(number))
    except (OSError, PowerCut):
        went = True
    flash = Flash(flash.image)  # only the flash outlives it, as it was at that moment
    unmounted()
    mounted(flash)
    found = keeping.load("/flash/counts.json")
    if found is not None:
        keeping.save("/flash/counts.json", kept(number + 1))  # and it can go on
        assert keeping.load("/flash/counts.json") == kept(number + 1)
    unmounted()
    return went, found


def main():
    flash = Flash()
    vfs.VfsLfs2.mkfs(flash)
    mounted(flash)
    for number in range(1, 4):
        keeping.save("/flash/counts.json", kept(number))
    unmounted()
    outcomes = {"old": 0, "new": 0, "garbage": 0}
    cuts = 0
    for torn in (False, True):
        left = 1
        while True:
            went, found = cut_at(flash.image, 10, left, torn)
            name = "old" if found == kept(3) else "new" if found == kept(10) else "garbage"
            outcomes[name] += 1
            if not went:
                break
            cuts += 1
            left += 1
    print(json.dumps({"cuts": cuts, "outcomes": outcomes}))


if len(sys.argv) > 1:
    main()
