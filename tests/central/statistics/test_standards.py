"""What the plan demands, in the places file."""

from pathlib import Path

import pytest

from broker_config.toml import ConfigError
from central.places import Level, Standard, load_places
from central.statistics.gather import gather
from central.store import Store
from tests.central.statistics.world import OCTOBER, PLACES, WELL, ZONE, place


def test_the_example_holds_the_plan() -> None:
    """The district's plan: 42 and 35 hours a week, 2000 and 100 new volumes and 3 and 1 activities a year, a
    crate every quarter and every month."""
    assert PLACES.standards == {
        Level.BRANCH: Standard(42, 2000, 3, 3),
        Level.POINT: Standard(35, 100, 1, 1),
    }
    assert PLACES.standard(place("mz-main")) == Standard()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("open_h_week = 200", "standards"),
        (
            "open_hours = 35",
            "unknown key, expected one of: open_h_week, added_year, activities_year, rotation_months",
        ),
        ("rotation_months = 0", "expected `int` >= 1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "places.toml"
    path.write_text(f"town = []\nplace = []\n[standards.point]\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_places(path)
    assert said in str(caught.value) and "places.toml" in str(caught.value)


def test_many_places_at_once_are_read_as_each_alone(store: Store) -> None:
    together = gather(store, PLACES.place, OCTOBER, ZONE)
    assert together == [gather(store, [one], OCTOBER, ZONE)[0] for one in PLACES.place]
    assert gather(store, [place(WELL)], OCTOBER, ZONE)[0].sums
