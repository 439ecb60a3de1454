"""What is written on book tags: pure codecs from tag memory to values and back."""

from devices.tag_data.content import Model, SetInfo, TagContent, Unreadable

__all__ = ["Model", "SetInfo", "TagContent", "Unreadable"]
