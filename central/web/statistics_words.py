"""Says what a report means: figures, causes, standings, changes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from central.places import Place, Places
from central.statistics.closing import shown
from central.statistics.entries import MOST, BadEntry
from central.statistics.figures import BY_HAND, DECIMALS, Cause, Figure, Item, Note, Total
from central.statistics.form import Cell
from central.statistics.opening import Standing, Week
from central.statistics.periods import Month
from central.statistics.report import Group, Row, Scope
from central.web.texts import Language, Words
from central.web.words import TEXTS

SIGNS = {
    Standing.MET: "✓",
    Standing.NOT_MET: "✗",
    Standing.UNSURE: "?",
    Standing.ONGOING: "…",
    Standing.NO_STANDARD: "·",
}
PARTIAL, ESTIMATED, CORRECTED = "*", "≈", "†"


def item_name(words: Words, item: Item) -> str:
    return words(f"statistics_{item.value}")


def month_name(words: Words, month: Month) -> str:
    return words("statistics_month_name", year=month.year, month=month.number)


def sentence(words: Words, note: Note) -> str:
    """Why, in one sentence without a full stop."""
    why = f"cause_{note.why}"
    return words(
        f"statistics_cause_{note.cause.value}",
        since=words.at(note.since),
        until=words.at(note.until),
        count=f"{note.count or 0:,}",
        why=words(why) if why in TEXTS else words("down"),
    )


def number(item: Item, amount: float | None, words: Words) -> str:
    decimals = DECIMALS.get(item, 0)
    return words("statistics_no_data") if amount is None else f"{amount:,.{decimals}f}"


# -- cells of forms and tables ------------------------------------------------------------------------------


def cell(words: Words, row: Row, item: Item) -> Cell:
    figure, correction = row.figures[item], row.corrections.get(item)
    made = figure_cell(words, item, figure)
    if correction is None:
        return made
    was = words("statistics_corrected", was=number(item, correction.was, words))
    note = "\n".join(filter(None, [was, made.note]))
    return Cell(made.value, made.decimals, made.mark + CORRECTED, note, made.missing)


def figure_cell(words: Words, item: Item, figure: Figure) -> Cell:
    note = "\n".join(
        sentence(words, one) for one in (*figure.notes, *figure.remarks) if one.cause not in SILENT
    )
    amount = shown(item, figure)
    if amount is None:
        entered = any(one.cause is Cause.NOT_ENTERED for one in figure.notes)
        key = "statistics_not_entered" if entered else "statistics_no_data"
        return Cell(words(key), note=note, missing=True)
    mark = PARTIAL * figure.partial + ESTIMATED * figure.estimated
    return Cell(amount, DECIMALS.get(item, 0), mark, note)


SILENT = frozenset({Cause.NOT_ENTERED})
"""The cell itself says so."""


def total_cell(words: Words, item: Item, total: Total) -> Cell:
    made = figure_cell(words, item, total.figure)
    rests = words("statistics_rests_on", known=total.known, places=total.places)
    basis = f" ({total.known}/{total.places})" if total.known < total.places and not made.missing else ""
    note = "\n".join(filter(None, [rests, made.note]))
    return replace(_by_hand(words, item, made), mark=made.mark + basis, note=note)


def sum_cell(words: Words, item: Item, figure: Figure) -> Cell:
    """Of several months."""
    return _by_hand(words, item, figure_cell(words, item, figure))


def _by_hand(words: Words, item: Item, made: Cell) -> Cell:
    """A sum that lacks what nobody entered says so."""
    lacking = made.missing and item in BY_HAND
    return replace(made, value=words("statistics_not_entered")) if lacking else made


def met_text(met: int, judged: int) -> str:
    """How many of those of which it can be said."""
    return f"✓ {met}/{judged}" if judged else "—"


def standing_text(words: Words, row: Row) -> str:
    if not row.weeks:
        return words("statistics_no_data")
    over = [week for week in row.weeks if week.standing is not Standing.ONGOING]
    said = f"{SIGNS[row.standing]} {words(f'statistics_{row.standing.value}')}"
    if row.standing is Standing.NO_STANDARD or not over:
        return said
    met = sum(week.standing is Standing.MET for week in over)
    return f"{said} {words('statistics_weeks_met', met=met, weeks=len(over))}"


def week_text(words: Words, week: Week) -> str:
    said = f"{SIGNS[week.standing]} {words('statistics_week_hours', open=f'{week.open_h:.1f}')}"
    if round(week.unknown_h, 1):
        said += f" · {words('statistics_week_unknown', hours=f'{week.unknown_h:.1f}')}"
    return said


def group_name(words: Words, places: Places, group: Group) -> str:
    match group.scope:
        case Scope.LEVEL:
            return words(f"level_{group.key}")
        case Scope.TOWN:
            return words.name(next(town for town in places.town if town.id == group.key))
    return words("statistics_district")


def bad_entry(words: Words, error: BadEntry) -> str:
    return words("statistics_bad_entry", item=item_name(words, error.item), most=f"{MOST:,}")


# -- why, place by place -----------------------------------------------------------------------------------


def reasons(words: Words, row: Row) -> list[tuple[str, str]]:
    """(figures, sentence) of one place, each sentence once."""
    found: dict[str, list[Item]] = {}
    for item in Item:
        figure = row.figures[item]
        for note in (*figure.notes, *figure.remarks):
            if note.cause not in SILENT:
                found.setdefault(sentence(words, note), []).append(item)
    told = [(_names(words, items), said) for said, items in found.items()]
    for item, correction in row.corrections.items():
        was = words("statistics_corrected", was=number(item, correction.was, words))
        told.append((item_name(words, item), was))
    return told


ALL_OF_THEM = 6


def _names(words: Words, items: Sequence[Item]) -> str:
    if len(items) >= ALL_OF_THEM:
        return words("statistics_everything_counted")
    return joined(words, (item_name(words, item) for item in items))


def joined(words: Words, parts: Iterable[str]) -> str:
    return ("、" if words.language is Language.CHINESE else ", ").join(parts)


def one_after_another(words: Words, sentences: Iterable[str]) -> str:
    return ("；" if words.language is Language.CHINESE else "; ").join(sentences)


def scope_name(words: Words, places: Sequence[Place], whole: Places, town: str, level: str) -> str:
    """What the places of a report are together."""
    if len(places) == 1:
        return words.name(places[0])
    main = next((place for place in whole.place if place.level.value == "main"), None)
    network = words("statistics_network", name=words.name(main)) if main else words("statistics_own")
    if level:
        return f"{network} · {words(f'level_{level}')}"
    found = next((one for one in whole.town if one.id == town), None)
    return f"{network} · {words.name(found)}" if found else network
