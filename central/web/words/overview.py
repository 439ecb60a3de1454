"""Words of the page of all places."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "overview": ("全部网点", "All places"),
    "attention": ("需要处理", "Needs action"),
    "attention_none": ("已接入的网点都正常。", "Every connected place is working."),
    "search": ("查找网点", "Find a place"),
    "reporting": ("个网点今日有数据", "places reported today"),
}
