"""The NDEF application of a type 4 card (NFC Forum Type 4 Tag 2.0): commands in, answers with status out."""

APPLICATION = bytes.fromhex("D2760000850101")
CONTAINER_FILE, MESSAGE_FILE = bytes.fromhex("E103"), bytes.fromhex("E104")
# 15 bytes, version 2.0, at most 59 bytes read and 52 written at once; the message file: 1024 bytes, read-only
CONTAINER = bytes.fromhex("000F 20 003B 0034 0406 E104 0400 00 FF")

DONE, NOT_FOUND, NOT_SELECTED = b"\x90\x00", b"\x6a\x82", b"\x69\x86"
UNKNOWN_COMMAND, WRONG_PLACE = b"\x6d\x00", b"\x6b\x00"


class NdefApplication:
    """`message` empty: the card has no such application."""

    def __init__(self, message: bytes) -> None:
        self._files = {CONTAINER_FILE: CONTAINER, MESSAGE_FILE: len(message).to_bytes(2) + message}
        self._exists = bool(message)
        self._selected: bytes | None = None

    def obey(self, command: bytes) -> bytes:
        match command[:2]:
            case b"\x00\xa4":
                return self._select(command[2:4], command[5 : 5 + sum(command[4:5])])
            case b"\x00\xb0" if len(command) >= 5:
                return self._read(int.from_bytes(command[2:4]), command[4])
        return UNKNOWN_COMMAND

    def _select(self, how: bytes, name: bytes) -> bytes:
        if self._exists and how == b"\x04\x00" and name == APPLICATION:
            self._selected = b""
            return DONE
        if self._exists and how == b"\x00\x0c" and name in self._files:
            self._selected = self._files[name]
            return DONE
        return NOT_FOUND

    def _read(self, at: int, size: int) -> bytes:
        if not self._selected:
            return NOT_SELECTED
        return self._selected[at : at + size] + DONE if at < len(self._selected) else WRONG_PLACE
