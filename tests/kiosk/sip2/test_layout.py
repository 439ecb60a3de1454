"""How a message's class is read as its layout on the wire, on a message that no standard has."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from kiosk.sip2.message import Message, layout_of, when_absent
from kiosk.sip2.values import (
    Circulation,
    Count,
    Date,
    Ok,
    PatronStatus14,
    Variable,
    Version,
    flag,
    repeated,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Inherited(Message):
    words: Annotated[tuple[str, ...], repeated("AF")] = ()


@dataclass(frozen=True, kw_only=True, repr=False)
class Example(Inherited):
    code = "79"
    ok: Ok
    status: PatronStatus14
    place: Circulation
    date: Date
    count: Count
    version: Version
    item: Annotated[str, Variable("AB")]
    valid: Annotated[bool | None, flag("BL")] = None


LAYOUT = layout_of(Example)


def test_fields_stand_in_the_order_of_the_class_and_inherited_ones_last() -> None:
    layout = layout_of(Example)
    assert [name for name, _ in layout.fixed] == ["ok", "status", "place", "date", "count", "version"]
    assert [place.width for _, place in layout.fixed] == [1, 14, 2, 18, 4, 4]
    assert [(name, field.id, field.repeated) for name, field in layout.variable] == [
        ("item", "AB", False), ("valid", "BL", False), ("words", "AF", True),
    ]  # fmt: skip


def test_what_is_absent_reads_by_the_kind_of_its_field() -> None:
    absent = {name: when_absent(Example, name, field) for name, field in LAYOUT.variable}
    assert absent == {"item": "", "valid": None, "words": ()}


@pytest.mark.parametrize(
    ("line", "places"),
    [
        (
            "1YN            0420261122    07514900072.00AB",
            ("1", "YN            ", "04", "20261122    075149", "0007", "2.00"),
        ),
        ("1YN0420261122    0751490007AB", ("1", "YN", "04", "20261122    075149", "0007", "")),
        ("104" + " " * 18 + "    2.0EU1", ("1", "", "04", " " * 18, "    ", "2.0E")),
        ("1 0420261122\n0751490007AB", ("1", " ", "04", "20261122\n075149", "0007", "")),
        ("10420261122    0751490007ab", None),
        ("1XX0420261122    0751490007AB", None),
        ("10420261122     0751490007AB", None),
        ("104" + " " * 17 + "0007AB", None),
        ("10420261122    075149007AB", None),
    ],
)
def test_places_that_a_server_wrote_too_short_are_found(line: str, places: tuple[str, ...] | None) -> None:
    found = layout_of(Example).places.match(line)
    assert (found and found.groups()) == places
    assert found is None or line[found.end() :] in ("AB", "U1")


def test_a_flag_is_y_or_n_and_nothing_else() -> None:
    field = flag("BL")
    assert (field.id, field.repeated) == ("BL", False)
    assert [field.read(text) for text in ("Y", "N", "1", "0", "U", "", "y")] == [
        True, False, True, False, None, None, None,
    ]  # fmt: skip
    assert [field.write(value) for value in (True, False)] == ["Y", "N"]


def test_a_repeated_field_is_text() -> None:
    field = repeated("AU")
    assert (field.id, field.repeated, field.read("x"), field.write("x")) == ("AU", True, "x", "x")
