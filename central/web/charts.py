"""Options for ECharts: pure values from the board's hours."""

from collections.abc import Sequence
from typing import Any

from central.views import Hour
from central.web.texts import Words

INK = "#24323a"
QUIET = "#66757d"
RULE = "#e4e8e6"
SERIES = (("loans", "bar", "#0f6b66"), ("returns", "bar", "#c9963c"), ("visits", "line", "#44598f"))


def hours_chart(hours: Sequence[Hour], words: Words) -> dict[str, Any]:
    """Loans and returns as bars, visits as a line; an unknown hour is a gap and not a zero."""
    return {
        "animation": False,
        "color": [colour for _, _, colour in SERIES],
        "textStyle": {"fontFamily": "inherit", "color": INK},
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "left": 0, "itemGap": 22, "textStyle": {"color": INK}},
        "grid": {"left": 4, "right": 8, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "data": [f"{hour.hour:02d}{'*' if hour.visits_partial else ''}" for hour in hours],
            "axisLine": {"lineStyle": {"color": RULE}},
            "axisTick": {"show": False},
            "axisLabel": {"color": QUIET},
        },
        "yAxis": {
            "type": "value",
            "minInterval": 1,
            "splitLine": {"lineStyle": {"color": RULE}},
            "axisLabel": {"color": QUIET},
        },
        "series": [
            {
                "name": words(key),
                "type": kind,
                "data": [getattr(hour, key) for hour in hours],
                "barMaxWidth": 14,
                "symbol": "circle",
                "symbolSize": 6,
                "connectNulls": False,
            }
            for key, kind, _ in SERIES
        ],
    }
