"""The UHF model of China's university consortium (高校联盟), as the open dp2 programs read and write it.

Bank 01's content: byte 0 security bit, reserved and sorting bits; byte 1 item identifier code and version;
bytes 2–3 content parameter; then the item identifier. Bank 11: elements of `[OID << 2 | length >> 8]
[length][data]`, ended by 00. Both banks in one piece (see `uhf`). Tried with four tags of three suppliers:
one swaps the bytes of the content parameter, one misuses it, so it is not believed.
"""

from devices.tag_data import uhf
from devices.tag_data.content import BadTag, Model, SetInfo, TagContent
from devices.tag_data.gaoxiao_id import IdCode, decode_id, encode_id
from devices.tag_data.oid import LAST_OID, Oid, elements_to_write, fitted, trusted

DSFID = 0x00

_HEAD_SIZE = 4
_VERSION_4 = 3
_SMALLEST_CONTENT = 12
"""Bytes of a 96-bit bank 01: shorter content is filled up to it."""
_LISTED = (3, 4, 5, 6, 11, 12, 14, 15, 16, 24, 26, 27, 28, 29, 30, 31)
"""The elements of bank 11; the content parameter has a bit for each, the lowest first."""
_INSTITUTIONS = (Oid.OWNER, Oid.ILL_BORROWING_INSTITUTION)
_MAX_LENGTH = 0x3FF


def decode(memory: bytes) -> TagContent:
    """`memory` is a UHF tag's banks (`uhf`); BadTag for whatever is not of this model."""
    banks = uhf.split(memory)
    if banks.afi is not None or len(banks.content) <= _HEAD_SIZE:
        raise BadTag("bank 01 is not that of a university consortium tag")
    if banks.content[0] == uhf.CHIP_NUMBER:
        raise BadTag("bank 01 bears the chip's own number, as from the factory")
    code = banks.content[1] >> 6
    if code > max(IdCode):
        raise BadTag(f"the item identifier has code {code}, 0 to {max(IdCode)} are known")
    item_id = decode_id(IdCode(code), banks.content[_HEAD_SIZE:])
    return trusted(Model.GAOXIAO, {Oid.PRIMARY_ITEM_ID: item_id} | _read_user(banks.user))


def encode(content: TagContent, memory_size: int) -> bytes:
    """Bank 01 with security bit 0 (in the library), then bank 11, elements in the order of OIDs as on
    the samples, filled up to `memory_size` in all."""
    elements = elements_to_write(content)
    code, written_id = encode_id(elements.pop(Oid.PRIMARY_ITEM_ID))
    if unknown := elements.keys() - set(_LISTED):
        raise ValueError(f"OID {min(unknown)} has no place in the university consortium's model")
    parameter = sum(1 << _LISTED.index(oid) for oid in elements)
    head = bytes([0, code << 6 | _VERSION_4]) + parameter.to_bytes(2, "big")
    user = b"".join(_user_element(oid, value) for oid, value in sorted(elements.items()))
    banks = uhf.Banks((head + written_id).ljust(_SMALLEST_CONTENT, b"\0"), user, afi=None)
    return fitted(uhf.join(banks), memory_size)


def _read_user(user: bytes) -> dict[int, object]:
    elements: dict[int, object] = {}
    at = 0
    while at < len(user) and user[at]:
        oid = user[at] >> 2
        start = at + 2
        length = int.from_bytes(user[at:start], "big") & _MAX_LENGTH
        at = start + length
        if at > len(user) or not 1 <= oid <= LAST_OID or oid in elements:
            raise BadTag(f"the element OID {oid} of bank 11 is there twice, unknown or cut off")
        elements[oid] = _value(oid, user[start:at])
    return elements


def _value(oid: int, data: bytes) -> str:
    """Text, except institutions (a number of five digits), set information and usage; empty is empty."""
    if not data:
        return ""
    if oid in _INSTITUTIONS:
        return _institution(_sized(oid, data, 2))
    if oid == Oid.SET_INFORMATION:
        total, part = (int.from_bytes(half, "big") for half in (_sized(oid, data, 4)[:2], data[2:]))
        return SetInfo(part, total).digits
    if oid == Oid.TYPE_OF_USAGE or oid not in _LISTED:
        return data.hex().upper()
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadTag(f"OID {oid} of bank 11 is not UTF-8") from None


def _sized(oid: int, data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise BadTag(f"OID {oid} of bank 11 has {len(data)} bytes, not {size}")
    return data


def _institution(data: bytes) -> str:
    """A code of the ministry of education. Those that begin with 9 exceed two bytes: 6 stands for the 9."""
    code = f"{int.from_bytes(data, 'big'):05}"
    return "9" + code[1:] if code[0] == "6" else code


def _user_element(oid: int, value: str) -> bytes:
    data = _user_data(oid, value) if value else b""
    if len(data) > _MAX_LENGTH:
        raise ValueError(f"OID {oid} takes {len(data)} bytes, {_MAX_LENGTH} at most")
    return (oid << 10 | len(data)).to_bytes(2, "big") + data


def _user_data(oid: int, value: str) -> bytes:
    if oid in _INSTITUTIONS:
        return _institution_bytes(oid, value)
    if oid == Oid.SET_INFORMATION:
        return _set_bytes(SetInfo.from_digits(value) or SetInfo(0, 0))
    if oid == Oid.TYPE_OF_USAGE:
        return _usage_bytes(value)
    return value.encode()


def _set_bytes(set_info: SetInfo) -> bytes:
    if set_info.total > 0xFFFF:
        raise ValueError(f"OID 4: {set_info.total} parts are more than this model counts")
    return set_info.total.to_bytes(2, "big") + set_info.part.to_bytes(2, "big")


def _institution_bytes(oid: int, code: str) -> bytes:
    if not (code.isascii() and code.isdigit() and len(code) == 5 and code[0] not in "678"):
        raise ValueError(f"OID {oid} is a university's code of five digits such as 10248, not {code!r}")
    number = int("6" + code[1:] if code[0] == "9" else code)
    if number > 0xFFFF:
        raise ValueError(f"OID {oid}: the code {code} is too large for this model")
    return number.to_bytes(2, "big")


def _usage_bytes(value: str) -> bytes:
    try:
        data = bytes.fromhex(value)
    except ValueError:
        data = b""
    if len(data) != 2:
        raise ValueError(f"OID 5 is four hexadecimal digits (kind, then state) in this model, not {value!r}")
    return data
