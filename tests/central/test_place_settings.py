"""What people type about a place's settings, and what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_config.from_centre import Settings
from central.place_settings import (
    BOUNDS,
    NAMES,
    POLICIES,
    Bounds,
    chosen,
    merged,
    mistakes,
    read_typed,
    typed,
    without,
)
from central.web.words import TEXTS


def test_what_can_be_set_and_within_which_bounds_is_the_promise_to_kiosks() -> None:
    assert NAMES == ("open", "closed_days", "offline", "offline_loans", "idle_s", "warning_s")
    assert POLICIES == ("off", "finish", "returns", "loans")
    assert {
        "offline_loans": Bounds(0, 50, True),
        "idle_s": Bounds(20, 600, False),
        "warning_s": Bounds(10, 120, False),
    } == BOUNDS


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-12:00 14:30-17:30", ("09:00-12:00", "14:30-17:30")),
        ("9：00－12：00、14：30～17：30", ("09:00-12:00", "14:30-17:30")),
        ("9:00 - 12:00，14:30——24:00", ("09:00-12:00", "14:30-24:00")),
        ("09:00至17:30；", ("09:00-17:30",)),
    ],
)
def test_hours_as_people_type_them(text: str, hours: tuple[str, ...]) -> None:
    assert read_typed({"open": text}) == (Settings(open=hours), [])


SEVEN = " ".join(f"{hour:02}:00-{hour:02}:30" for hour in range(7))
BAD_IDLE = ("settings_bad_number", "idle_s")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"open": "9点到12点"}, [("settings_bad_open", "open")]),
        ({"open": "09:00-25:00"}, [("settings_bad_open", "open")]),
        ({"open": "12:00-09:00"}, [("settings_bad_open", "open")]),
        ({"open": "14:00-17:00 09:00-12:00"}, [("settings_bad_order", "open")]),
        ({"open": "09:00-12:00 11:00-13:00"}, [("settings_bad_order", "open")]),
        ({"open": SEVEN}, [("settings_bad_spans", "open")]),
        ({"open": "、"}, [("settings_bad_spans", "open")]),
        ({"closed_days": "0 1"}, [("settings_bad_days", "closed_days")]),
        ({"closed_days": "8"}, [("settings_bad_days", "closed_days")]),
        ({"closed_days": "1 2 3 4 5 6 7"}, [("settings_bad_all_closed", "closed_days")]),
        ({"offline": "sometimes"}, [("settings_bad_offline", "offline")]),
        ({"offline_loans": "2.5"}, [("settings_bad_whole", "offline_loans")]),
        ({"offline_loans": "51"}, [("settings_bad_whole", "offline_loans")]),
        ({"idle_s": "19"}, [("settings_bad_number", "idle_s")]),
        ({"idle_s": "nan"}, [("settings_bad_number", "idle_s")]),
        ({"idle_s": "一分钟"}, [("settings_bad_number", "idle_s")]),
        ({"idle_s": "30", "warning_s": "30"}, [("settings_bad_warning", "warning_s")]),
        ({"idle_s": "5", "offline": "x"}, [("settings_bad_offline", "offline"), BAD_IDLE]),
    ],
)
def test_every_mistake_has_its_own_sentence(fields: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    _, found = read_typed(fields)
    assert [(one.words, one.name) for one in found] == wrong
    for one in found:
        for text in TEXTS[one.words]:
            assert text.format(name="x", **one.values), "its values fill it"


HOURS = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=12, unique=True).map(sorted).map(
    lambda cuts: tuple(
        f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
        for start, end in zip(cuts[::2], cuts[1::2], strict=False)
    )
)  # fmt: skip
CLOSED = st.sets(st.integers(1, 7), max_size=6).map(sorted).map(tuple)
SETTINGS = st.builds(
    Settings,
    open=st.none() | HOURS,
    closed_days=st.none() | CLOSED,
    offline=st.none() | st.sampled_from(POLICIES),
    offline_loans=st.none() | st.integers(0, 50),
    idle_s=st.none() | st.integers(121, 600).map(float),
    warning_s=st.none() | st.integers(10, 120).map(float),
)


@given(SETTINGS)
def test_what_the_form_shows_is_read_as_the_same(settings: Settings) -> None:
    assert read_typed(typed(settings)) == (settings, [])
    assert mistakes(settings) == []


@given(SETTINGS, SETTINGS)
def test_more_goes_before_what_was_and_nothing_is_lost(settings: Settings, more: Settings) -> None:
    assert chosen(merged(settings, more)) == chosen(settings) | chosen(more)
    for name in NAMES:
        assert set(chosen(settings)) - set(chosen(without(settings, name))) <= {name}


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_explained(fields: dict[str, str]) -> None:
    settings, found = read_typed(fields)
    filled = {name for name, text in fields.items() if text.strip()}
    assert {one.name for one in found} | set(chosen(settings)) >= filled
    assert found or mistakes(settings) == []
