"""Options of ECharts for the statistics: pure values. What is unknown is a gap in the line and no bar."""

from collections.abc import Mapping, Sequence
from typing import Any

from central.statistics.compare import ordered
from central.statistics.daily import Daily
from central.statistics.figures import Item
from central.statistics.report import Report, Row
from central.web.charts import INK, QUIET, RULE
from central.web.statistics_words import PARTIAL, item_name
from central.web.texts import Words

SERIES = ((Item.LOANS, "bar", "#0f6b66"), (Item.RETURNS, "bar", "#c9963c"), (Item.VISITS, "line", "#44598f"))
RANKED = 15
LIKELIEST = Item.LOANS
"""What is ranked when the table is sorted by something that has no order."""


def days_chart(days: Sequence[Daily], words: Words) -> dict[str, Any]:
    labels = [f"{day.day.day}{PARTIAL if day.partial else ''}" for day in days]
    amounts = {item: [day.amounts[item] for day in days] for item, _, _ in SERIES}
    return _chart(labels, amounts, words)


def months_chart(
    year: Sequence[Report], totals: Sequence[Mapping[Item, float | None]], words: Words
) -> dict[str, Any]:
    labels = [str(report.month.number) for report in year]
    return _chart(labels, {item: [each[item] for each in totals] for item, _, _ in SERIES}, words)


def _chart(labels: list[str], amounts: Mapping[Item, list[Any]], words: Words) -> dict[str, Any]:
    return {
        **_frame(),
        "color": [colour for _, _, colour in SERIES],
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "left": 0, "itemGap": 22, "textStyle": {"color": INK}},
        "grid": {"left": 4, "right": 8, "top": 44, "bottom": 4, "containLabel": True},
        "xAxis": {**_axis("category"), "data": labels, "axisTick": {"show": False}},
        "yAxis": {**_axis("value"), "minInterval": 1},
        "series": [
            {
                "name": item_name(words, item),
                "type": kind,
                "data": amounts[item],
                "barMaxWidth": 14,
                "symbol": "circle",
                "symbolSize": 6,
                "connectNulls": False,
            }
            for item, kind, _ in SERIES
        ],
    }


def ranking_chart(rows: Sequence[Row], item: Item, words: Words) -> dict[str, Any]:
    """The first of those whose figure is known, the most on top."""
    known = [row for row in rows if row.figures[item].amount is not None]
    best = ordered(known, lambda row: row.figures[item].amount, descending=True)[:RANKED]
    best.reverse()
    names = [words.short(row.place) + PARTIAL * row.figures[item].partial for row in best]
    return {
        **_frame(),
        "color": ["#0f6b66"],
        "tooltip": {"trigger": "item"},
        "grid": {"left": 4, "right": 44, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": {**_axis("value"), "minInterval": 1},
        "yAxis": {**_axis("category"), "data": names, "axisTick": {"show": False}},
        "series": [
            {
                "name": item_name(words, item),
                "type": "bar",
                "data": [round(row.figures[item].amount or 0, 1) for row in best],
                "barMaxWidth": 14,
                "label": {"show": True, "position": "right", "color": INK},
            }
        ],
    }


def ranked_item(sort: str) -> Item:
    return Item(sort) if sort in {item.value for item in Item} else LIKELIEST


def _frame() -> dict[str, Any]:
    return {"animation": False, "textStyle": {"fontFamily": "inherit", "color": INK}}


def _axis(kind: str) -> dict[str, Any]:
    return {
        "type": kind,
        "axisLine": {"lineStyle": {"color": RULE}},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": RULE}},
        "axisLabel": {"color": QUIET},
    }
