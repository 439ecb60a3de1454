"""What a card bears beside its number, through nfcpy: a Mifare Classic block, or an NDEF message's texts.

nfcpy reads NDEF from every kind of card, but cannot authenticate: that goes through its chipset object as
InDataExchange (60h or 61h, then 30h; NXP UM0701-02). The card must have been sensed by the frontend just now.
"""

from typing import Any

import ndef
import nfc
import nfc.clf
import nfc.clf.pn532
import nfc.tag
from nfc.clf import RemoteTarget

from devices.kinds import CardContent, CardRead, CardUnread, NdefTexts, SectorBlock, SectorRead

_AUTHENTICATE = {False: 0x60, True: 0x61}
_READ = 0x30
_BLOCKS_OF_A_SECTOR, _BLOCK_BYTES = 4, 16
_EXCHANGE_S = 0.1
_AUTHENTICATION_FAILED = 0x14

_ChipRefused = nfc.clf.pn532.Chipset.Error


def read_card(frontend: Any, target: RemoteTarget, wanted: CardRead) -> CardContent:
    """UNREADABLE when it stops answering; nfcpy's own errors when the chip does."""
    if isinstance(wanted, SectorRead):
        return _sector_block(frontend.device.chipset, bytes(target.sdd_res), wanted)
    return _ndef_texts(frontend, target)


def _sector_block(chipset: Any, uid: bytes, wanted: SectorRead) -> CardContent:
    # listed once more: nfcpy switches the CRC off for what may be a type 2 tag, the chip's own Mifare
    # commands need it
    if chipset.in_list_passive_target(1, 0, _cascaded(uid)) is None:
        return CardUnread.UNREADABLE
    block = wanted.sector * _BLOCKS_OF_A_SECTOR + wanted.block
    try:
        command = bytes([_AUTHENTICATE[wanted.key_b], block]) + wanted.key + uid[-4:]
        chipset.in_data_exchange(command, _EXCHANGE_S)
        data, _ = chipset.in_data_exchange(bytes([_READ, block]), _EXCHANGE_S)
    except _ChipRefused as error:
        if error.errno == _AUTHENTICATION_FAILED:
            return CardUnread.WRONG_KEY
        return CardUnread.UNREADABLE
    return SectorBlock(bytes(data)) if len(data) == _BLOCK_BYTES else CardUnread.UNREADABLE


def _cascaded(uid: bytes) -> bytes:
    """As the chip wants a longer UID: a cascade tag 88h before each part but the last."""
    if len(uid) <= 4:
        return uid
    return b"\x88" + (uid if len(uid) == 7 else uid[:3] + b"\x88" + uid[3:])


def _ndef_texts(frontend: Any, target: RemoteTarget) -> CardContent:
    try:
        tag = nfc.tag.activate(frontend, target)
        message = tag.ndef if tag is not None else None
        octets = message.octets if message is not None else None
    except (nfc.tag.TagCommandError, nfc.clf.CommunicationError):
        return CardUnread.UNREADABLE
    return CardUnread.NOTHING_THERE if octets is None else _texts(octets)


def _texts(octets: bytes) -> CardContent:
    try:
        records = list(ndef.message_decoder(octets))
    except (ndef.DecodeError, ValueError):
        return CardUnread.NOTHING_THERE
    texts = [getattr(record, _SAYS[record.type]) for record in records if record.type in _SAYS]
    return NdefTexts(tuple(texts)) if texts else CardUnread.NOTHING_THERE


_SAYS = {"urn:nfc:wkt:T": "text", "urn:nfc:wkt:U": "iri"}
"""Where a record of that type holds its words."""
