"""Words of the page of one place."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "by_hour_of": ("每小时借还与进馆", "Loans, returns and visits by hour"),
    "as_table": ("以表格显示", "Show as a table"),
    "hour": ("时段", "Hour"),
    "previous_day": ("前一天", "Previous day"),
    "next_day": ("后一天", "Next day"),
    "partial_note": ("带 * 的时段计数器曾中断，人次不完整。", "* The counter missed part of this hour."),
    "estimated_note": (
        "人次为估计值：计数器不分进出，取总数的一半。",
        "Visits are estimated as half of all passages.",
    ),
    "devices": ("设备", "Devices"),
    "figures": ("运行数据", "Figures"),
    "software": ("软件", "Software"),
    "recent": ("最近记录", "Recent events"),
    "recent_none": ("还没有记录。", "Nothing yet."),
    "rejects": ("条消息无法识别，已留存", "messages could not be read and are kept"),
    "no_kiosk": ("这个网点还没有接入自助机。", "No kiosk of this place has connected yet."),
    # figures of a heartbeat
    "ils_up": ("业务系统", "Library system"),
    "ils_round_trip_ms": ("业务系统应答", "Library system reply"),
    "outbox_depth": ("待上报", "Reports waiting"),
    "unsettled": ("未定操作", "Unsettled"),
    "disk_free_mb": ("剩余磁盘", "Free disk"),
    "memory_mb": ("内存占用", "Memory"),
    "temperature_c": ("主板温度", "Board temperature"),
    "clock_offset_s": ("时钟偏差", "Clock offset"),
    "ui_stall_ms": ("屏幕最长停顿", "Longest screen stall"),
}

FIGURE_UNITS = {
    "ils_up": "",
    "ils_round_trip_ms": "ms",
    "outbox_depth": "",
    "unsettled": "",
    "disk_free_mb": "MB",
    "memory_mb": "MB",
    "temperature_c": "°C",
    "clock_offset_s": "s",
    "ui_stall_ms": "ms",
}
