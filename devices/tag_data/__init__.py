"""What is written on book tags: pure codecs from tag memory to values and back."""

from devices.tag_data.content import Model, SetInfo, TagContent, Unreadable
from devices.tag_data.models import bytes_needed, decode, dsfid_of, encode

__all__ = ["Model", "SetInfo", "TagContent", "Unreadable", "bytes_needed", "decode", "dsfid_of", "encode"]
