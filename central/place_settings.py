"""What may be set at a place from afar, and whether it makes sense: typed words to `Settings` and back. Pure.

Keeping wishes and sending them is `central/wanted.py`'s. The level, which kiosks are told with them, is the
places file's and nobody's wish. What a kiosk's own file says besides only that kiosk knows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import msgspec
from msgspec import inspect

from broker_config.from_centre import Settings
from broker_config.opening_hours import BadHours, span, spans

NAMES = tuple(name for name in Settings.__struct_fields__ if name != "level")
"""Of what can be set, as people are shown it."""
DAYS = range(1, 8)
"""Monday to Sunday."""
EVERY_DAY = "0"
"""Typed as the only closed day: open every day, which is not the same as saying nothing."""
_PLAIN = str.maketrans({**dict.fromkeys("－—–~～至", "-"), **dict.fromkeys("、，,；;", " "), "：": ":"})
"""As people type hours, also with a Chinese keyboard."""
_ONE_DIGIT = re.compile(r"(?<!\d)(\d):")
_DASH = re.compile(r"\s*-+\s*")


@dataclass(frozen=True)
class Bounds:
    """From `least` to `most`, both included."""

    least: float
    most: float
    whole: bool


@dataclass(frozen=True)
class Mistake:
    """`words`: the key of the sentence that says what is wrong with setting `name` and what to do; `values`
    go into it."""

    words: str
    name: str
    values: Mapping[str, str]


def _bounds() -> dict[str, Bounds]:
    """Of the numbers, as the promise to kiosks has them."""
    info = inspect.type_info(Settings)
    assert isinstance(info, inspect.StructType)
    found = {}
    for field in info.fields:
        kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        for kind in kinds:
            if isinstance(kind, inspect.IntType | inspect.FloatType):
                assert kind.ge is not None and kind.le is not None, field.name
                found[field.name] = Bounds(kind.ge, kind.le, isinstance(kind, inspect.IntType))
    return found


def _most_spans() -> int:
    info = inspect.type_info(Settings)
    assert isinstance(info, inspect.StructType)
    (hours,) = [field.type for field in info.fields if field.name == "open"]
    assert isinstance(hours, inspect.UnionType)
    (most,) = [kind.max_length for kind in hours.types if isinstance(kind, inspect.VarTupleType)]
    assert most is not None
    return most


BOUNDS: Mapping[str, Bounds] = _bounds()
MOST_SPANS = _most_spans()
POLICIES: tuple[str, ...] = get_args(get_args(Settings.__annotations__["offline"])[0])


# -- sense -------------------------------------------------------------------------------------------------


def mistakes(settings: Settings) -> list[Mistake]:
    """What kiosks would refuse, or nobody can have meant; each within the bounds of its type."""
    found = _hours(settings.open) if settings.open is not None else []
    if settings.closed_days is not None and set(settings.closed_days) == set(DAYS):
        found.append(Mistake("settings_bad_all_closed", "closed_days", {}))
    idle, warning = settings.idle_s, settings.warning_s
    if idle is not None and warning is not None and warning >= idle:
        values = {"warning": f"{warning:g}", "idle": f"{idle:g}"}
        found.append(Mistake("settings_bad_warning", "warning_s", values))
    return found


def _hours(hours: Sequence[str]) -> list[Mistake]:
    if not 1 <= len(hours) <= MOST_SPANS:
        return [Mistake("settings_bad_spans", "open", {"most": str(MOST_SPANS)})]
    for one in hours:
        try:
            span(one)
        except BadHours:
            return [Mistake("settings_bad_open", "open", {"value": one[:40]})]
    try:
        spans(" ".join(hours))
    except BadHours:
        return [Mistake("settings_bad_order", "open", {"value": " ".join(hours)})]
    return []


# -- what people type --------------------------------------------------------------------------------------


class _Unreadable(Exception):
    """Not what the setting can be."""


def _read_open(text: str) -> tuple[str, ...]:
    plain = _DASH.sub("-", text.translate(_PLAIN))
    return tuple(_ONE_DIGIT.sub(r"0\1:", plain).split())


def _read_days(text: str) -> tuple[int, ...]:
    days = sorted(set(text.split()))
    if days == [EVERY_DAY]:
        return ()
    if not set(days) <= {str(day) for day in DAYS}:
        raise _Unreadable
    return tuple(int(day) for day in days)


def _read_policy(text: str) -> str:
    if text not in POLICIES:
        raise _Unreadable
    return text


def _number_of(name: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        bounds = BOUNDS[name]
        try:
            number = int(text) if bounds.whole else float(text)
        except ValueError as error:
            raise _Unreadable from error
        if not bounds.least <= number <= bounds.most:
            raise _Unreadable
        return number

    return read


_READ: Mapping[str, Callable[[str], Any]] = {
    "open": _read_open,
    "closed_days": _read_days,
    "offline": _read_policy,
    **{name: _number_of(name) for name in BOUNDS},
}
_UNREADABLE: Mapping[str, str] = {
    "closed_days": "settings_bad_days",
    "offline": "settings_bad_offline",
    **{
        name: "settings_bad_whole" if bounds.whole else "settings_bad_number"
        for name, bounds in BOUNDS.items()
    },
}
"""What is said of a setting that cannot be read; hours are read as they are and judged with the rest."""


def read_typed(typed: Mapping[str, str]) -> tuple[Settings, list[Mistake]]:
    """Of a form's fields, by name; what is empty is not set. With mistakes the settings are of no use."""
    values, found = dict[str, Any](), list[Mistake]()
    for name in NAMES:
        text = typed.get(name, "").strip()
        if not text:
            continue
        try:
            values[name] = _READ[name](text)
        except _Unreadable:
            bounds = BOUNDS.get(name)
            limits = {"least": f"{bounds.least:g}", "most": f"{bounds.most:g}"} if bounds else {}
            found.append(Mistake(_UNREADABLE[name], name, {"value": text[:40], **limits}))
    settings = Settings(**values)
    return settings, found + mistakes(settings)


def typed(settings: Settings) -> dict[str, str]:
    """As `read_typed` reads it."""
    days = settings.closed_days
    texts = {
        "open": " ".join(settings.open or ()),
        "closed_days": "" if days is None else " ".join(map(str, days)) or EVERY_DAY,
        "offline": settings.offline or "",
    }
    numbers = {name: getattr(settings, name) for name in BOUNDS}
    return texts | {name: "" if number is None else f"{number:g}" for name, number in numbers.items()}


# -- one and the other -------------------------------------------------------------------------------------


def chosen(settings: Settings) -> dict[str, Any]:
    """Those that are set, by name, as JSON has them."""
    values = msgspec.to_builtins(settings)
    return {name: values[name] for name in NAMES if values[name] is not None}


def merged(settings: Settings, more: Settings) -> Settings:
    """`settings` where `more` says nothing."""
    return msgspec.structs.replace(
        settings, **{name: getattr(more, name) for name in NAMES if getattr(more, name) is not None}
    )


def without(settings: Settings, name: str) -> Settings:
    return msgspec.structs.replace(settings, **{name: None})
