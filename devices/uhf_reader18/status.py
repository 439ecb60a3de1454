"""The UHFReader18 family's status bytes, as its makers' SDK lists them, and what they say."""

from enum import IntEnum


class Status(IntEnum):
    """The byte after the command in every reply."""

    OK = 0x00
    INVENTORY_DONE = 0x01
    INVENTORY_TIMEOUT = 0x02
    MORE_FOLLOWS = 0x03
    READER_FULL = 0x04
    WRONG_PASSWORD = 0x05
    NOT_SUPPORTED_BY_TAG = 0x0B
    PASSWORD_NEEDED = 0x0C
    BYTES_LOCKED = 0x10
    SAVING_FAILED = 0x13
    REFUSED_OR_PASSWORD_NEEDED = 0x19
    FAILED = 0xF9
    POOR_COMMUNICATION = 0xFA
    NO_TAG = 0xFB
    TAG_ERROR = 0xFC
    WRONG_LENGTH = 0xFD
    UNKNOWN_COMMAND = 0xFE
    PARAMETER = 0xFF


class TagError(IntEnum):
    """The byte after `Status.TAG_ERROR`: what the tag itself said (ISO/IEC 18000-63)."""

    OTHER = 0x00
    NO_SUCH_MEMORY = 0x03
    LOCKED = 0x04
    NO_POWER = 0x0B
    UNSPECIFIC = 0x0F


INVENTORY_ANSWERS = frozenset(
    {Status.INVENTORY_DONE, Status.INVENTORY_TIMEOUT, Status.MORE_FOLLOWS, Status.READER_FULL}
)
"""Statuses that a list of tags comes with."""

MEANINGS: dict[int, str] = {
    Status.OK: "done",
    Status.INVENTORY_DONE: "all tags are listed",
    Status.INVENTORY_TIMEOUT: "time was over before all tags were listed",
    Status.MORE_FOLLOWS: "more follows",
    Status.READER_FULL: "more tags than the reader can keep",
    Status.WRONG_PASSWORD: "the access password is wrong",
    Status.NOT_SUPPORTED_BY_TAG: "this kind of tag cannot do that",
    Status.PASSWORD_NEEDED: "this needs an access password that is not zero",
    Status.BYTES_LOCKED: "some of the memory is locked",
    Status.SAVING_FAILED: "the reader's own memory fails",
    Status.REFUSED_OR_PASSWORD_NEEDED: "this kind of tag cannot do that, or not without a password",
    Status.FAILED: "the reader could not do it",
    Status.POOR_COMMUNICATION: "the tag does not answer well enough over the air",
    Status.NO_TAG: "no such tag in the field",
    Status.TAG_ERROR: "the tag refuses",
    Status.WRONG_LENGTH: "command of a wrong length",
    Status.UNKNOWN_COMMAND: "the reader does not know this command",
    Status.PARAMETER: "parameter out of range",
}
TAG_ERROR_MEANINGS: dict[int, str] = {
    TagError.OTHER: "for a reason it does not tell",
    TagError.NO_SUCH_MEMORY: "it has no such memory",
    TagError.LOCKED: "that memory is locked",
    TagError.NO_POWER: "it gets too little power to write",
    TagError.UNSPECIFIC: "for a reason it does not tell",
}
