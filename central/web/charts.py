"""Options for ECharts: pure values from the board's counts and figures."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from central.store import Sample
from central.views import DayFigures, Hour
from central.web.texts import Words
from central.web.words.place import FIGURE_UNITS

INK = "#24323a"
QUIET = "#58676f"
RULE = "#e4e8e6"
SERIES = (("loans", "bar", "#0f6b66"), ("returns", "bar", "#c9963c"), ("visits", "line", "#44598f"))
FIGURES = ("ils_round_trip_ms", "temperature_c", "disk_free_mb", "outbox_depth")
"""Those of a heartbeat that are drawn over time."""
MOST_POINTS = 240
HOLE = timedelta(minutes=16)
"""Longer than three samples: the line breaks off."""


def hours_chart(hours: Sequence[Hour], words: Words) -> dict[str, Any]:
    """Loans and returns as bars, visits as a line; an unknown hour is a gap and not a zero."""
    return _counts([f"{hour.hour:02d}{'*' if hour.visits_partial else ''}" for hour in hours], hours, words)


def days_chart(days: Sequence[DayFigures], words: Words) -> dict[str, Any]:
    return _counts([f"{day.day:%m-%d}{'*' if day.visits_partial else ''}" for day in days], days, words)


def _counts(names: list[str], counts: Sequence[Hour] | Sequence[DayFigures], words: Words) -> dict[str, Any]:
    return {
        **_base(),
        "color": [colour for _, _, colour in SERIES],
        "legend": {"top": 0, "left": 0, "itemGap": 22, "textStyle": {"color": INK}},
        "grid": {"left": 4, "right": 8, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": names, **_axis()},
        "yAxis": {"type": "value", "minInterval": 1, **_scale()},
        "series": [
            {
                "name": words(key),
                "type": kind,
                "data": [getattr(count, key) for count in counts],
                "barMaxWidth": 14,
                "symbol": "circle",
                "symbolSize": 6,
                "connectNulls": False,
            }
            for key, kind, _ in SERIES
        ],
    }


def figure_chart(key: str, samples: Sequence[Sample], words: Words, zone: ZoneInfo) -> dict[str, Any]:
    """One figure over time; where the kiosk was not heard the line breaks off."""
    unit = FIGURE_UNITS[key]
    return {
        **_base(),
        "color": ["#0f6b66"],
        "title": {
            "text": f"{words(key)}{f' ({unit})' if unit else ''}",
            "left": 0,
            "top": 0,
            "textStyle": {"fontSize": 13, "fontWeight": 600, "color": INK},
        },
        "grid": {"left": 4, "right": 10, "top": 30, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "time", "splitNumber": 4, **_axis()},
        "yAxis": {"type": "value", "scale": key == "disk_free_mb", "splitNumber": 3, **_scale()},
        "series": [
            {
                "name": words(key),
                "type": "line",
                "showSymbol": False,
                "lineStyle": {"width": 1.8},
                "areaStyle": {"opacity": 0.08},
                "connectNulls": False,
                "data": _points(key, samples, zone),
            }
        ],
    }


def _points(key: str, samples: Sequence[Sample], zone: ZoneInfo) -> list[list[Any]]:
    """Of many samples the highest of each group: a peak is what one looks for."""
    step = max(1, -(-len(samples) // MOST_POINTS))
    points: list[list[Any]] = []
    before = None
    for start in range(0, len(samples), step):
        group = samples[start : start + step]
        at = group[0].at
        if before is not None and at - before > HOLE * step:
            points.append([_local(before + HOLE, zone), None])
        known = [sample.figures[key] for sample in group if key in sample.figures]
        points.append([_local(at, zone), max(known) if known else None])
        before = group[-1].at
    return points


def _local(at: datetime, zone: ZoneInfo) -> str:
    """Without its zone: the browser's own is not the library's."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _base() -> dict[str, Any]:
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit", "color": INK},
        "tooltip": {"trigger": "axis"},
    }


def _axis() -> dict[str, Any]:
    return {
        "axisLine": {"lineStyle": {"color": RULE}},
        "axisTick": {"show": False},
        "axisLabel": {"color": QUIET, "hideOverlap": True},
    }


def _scale() -> dict[str, Any]:
    return {"splitLine": {"lineStyle": {"color": RULE}}, "axisLabel": {"color": QUIET}}
