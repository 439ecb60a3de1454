"""What every SIP2 message is, and how its class is read as the table of its wire layout.

A message class lists its fields in wire order; the mark in each annotation says whether a field stands at a
fixed place or under a two-letter id. A variable field with a default is optional.
"""

import re
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar, get_type_hints

from kiosk.sip2.values import Fixed, Variable

FIELD_ID = "[A-Z][A-Z0-9]"
"""Letters by the standard; Polaris has `U1` and its like of its own."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Message:
    """Base of all. `extra` holds (id, value) of fields that the layout does not know, in wire order."""

    code: ClassVar[str]
    extra: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        """The code alone: a message in a log or a traceback must not tell who borrows what."""
        return f"<{type(self).__name__} {self.code}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Request(Message):
    """What a kiosk sends. A `question` changes nothing in the ILS and may be asked again."""

    question: ClassVar[bool] = False


@dataclass(frozen=True)
class Layout:
    """Attribute names with their marks, in wire order. `places` fits the fixed ones up to the first field,
    also where a server writes some too short: a date without zone, a status without blanks, no version."""

    fixed: tuple[tuple[str, Fixed], ...]
    variable: tuple[tuple[str, Variable], ...]
    places: re.Pattern[str]


def layout_of(kind: type[Message]) -> Layout:
    """A class's own fields come before those it inherits: what all replies share stands last."""
    hints = get_type_hints(kind, include_extras=True)
    names = [name for part in kind.__mro__ for name in get_annotations(part)]
    marks = [(name, getattr(hints.get(name), "__metadata__", (None,))[0]) for name in names]
    fixed = tuple((name, mark) for name, mark in marks if isinstance(mark, Fixed))
    places = "".join(f"({place.loose or '.' * place.width})" for _, place in fixed)
    return Layout(
        fixed=fixed,
        variable=tuple((name, mark) for name, mark in marks if isinstance(mark, Variable)),
        places=re.compile(f"{places}(?={FIELD_ID})", re.DOTALL),
    )


def when_absent(kind: type[Message], name: str, field: Variable) -> Any:
    """What an absent field reads as: required ones go missing on real servers, so they read as empty."""
    if field.repeated:
        return ()
    return None if hasattr(kind, name) else ""
