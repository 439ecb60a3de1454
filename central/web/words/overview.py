"""Words of the page of all places."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "overview": ("全部网点", "All places"),
    "attention": ("需要处理", "Needs action"),
    "attention_none": ("已接入的网点都正常。", "Every connected place is working."),
    "board": ("各镇网点", "Places by town"),
    "board_count": ("格中数字为今日借出", "Numbers are today's loans"),
    "search": ("查找网点", "Find a place"),
    "reporting": ("个网点今日有数据", "places reported today"),
}
