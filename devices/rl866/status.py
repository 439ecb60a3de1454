"""The RL866 family's status words, as Lainuri lists them from the maker's manual, and what they say."""

from enum import IntEnum


class Status(IntEnum):
    """A reply's status word, and the reason of a failed access."""

    OK = 0x0000
    UNKNOWN = 0x0001
    ARGUMENT = 0x0002
    NOT_SUPPORTED = 0x0003
    TIMEOUT = 0x0004
    NO_MEMORY = 0x0005
    ARGUMENT_SIZE = 0x000B
    CHECKSUM = 0x0101
    MESSAGE_SIZE = 0x0102
    UNKNOWN_COMMAND = 0x0103
    SEQUENCE_ERROR = 0x0104
    PARAMETER = 0x0105
    AIR_PROTOCOL = 0x0122
    AIR_WRONG_DATA = 0x0400
    AIR_WRITE = 0x0401
    AIR_COLLISION = 0x0404
    AIR_CHECKSUM = 0x0405
    AIR_PROTOCOL_ERROR = 0x0407
    AIR_NO_DATA = 0x0408
    WRONG_HANDLE = 0x0415
    TAGS_COLLIDE = 0x0419
    BLOCK_LOCKED = 0x041B
    NO_SUCH_BLOCK = 0x041C
    PASSWORD = 0x041E
    NO_TAG = 0x0420
    UNKNOWN_TAG_TYPE = 0x0421
    TAG_REFUSES = 0x0422
    TAG_WRONG_DATA = 0x0423
    TAG_WRONG_UID = 0x0424


MEANINGS: dict[int, str] = {
    Status.OK: "done",
    Status.UNKNOWN: "unknown error",
    Status.ARGUMENT: "parameter out of range",
    Status.NOT_SUPPORTED: "the reader cannot do that",
    Status.TIMEOUT: "the tag does not answer in time",
    Status.NO_MEMORY: "the reader is out of memory",
    Status.ARGUMENT_SIZE: "parameter of a wrong length",
    Status.CHECKSUM: "the reader got the command garbled",
    Status.MESSAGE_SIZE: "command of a wrong length",
    Status.UNKNOWN_COMMAND: "the reader does not know this command",
    Status.SEQUENCE_ERROR: "reader and driver are out of step",
    Status.PARAMETER: "parameter out of range",
    Status.AIR_PROTOCOL: "the reader does not speak ISO 15693",
    Status.AIR_WRONG_DATA: "the tag's data came garbled",
    Status.AIR_WRITE: "the tag does not answer over the air",
    Status.AIR_COLLISION: "tags collide: spread the books out",
    Status.AIR_CHECKSUM: "the tag's data came garbled",
    Status.AIR_PROTOCOL_ERROR: "the tag's answer is no ISO 15693",
    Status.AIR_NO_DATA: "the tag does not answer over the air",
    Status.WRONG_HANDLE: "the reader forgot its connection to the tag",
    Status.TAGS_COLLIDE: "tags collide: spread the books out",
    Status.BLOCK_LOCKED: "the block is locked or does not exist",
    Status.NO_SUCH_BLOCK: "the block does not exist",
    Status.PASSWORD: "the tag wants a password",
    Status.NO_TAG: "no such tag in the field",
    Status.UNKNOWN_TAG_TYPE: "the reader does not know this kind of tag",
    Status.TAG_REFUSES: "the tag refuses",
    Status.TAG_WRONG_DATA: "the tag's data came garbled",
    Status.TAG_WRONG_UID: "another tag answered",
}


def meaning(status: int) -> str:
    return MEANINGS.get(status, "unknown status")
