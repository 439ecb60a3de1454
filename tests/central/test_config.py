"""The centre's two files: the examples load, and a mistake is one sentence."""

from collections import Counter
from pathlib import Path

import pytest

import central
from broker_config.toml import ConfigError
from central.__main__ import main
from central.config import load
from central.places import Level, load_places

GOOD = """
[web]
port = 8080
[broker]
host = "127.0.0.1"
port = 8883
ca = "ca.crt"
cert = "centre.crt"
key = "centre.key"
[store]
url = "sqlite:data/centre.db"
[places]
file = "places.toml"
"""
EXAMPLE = Path(central.__file__).with_name("places.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.crt", "centre.crt", "centre.key"):
        (tmp_path / name).touch()
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "centre.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_start_from_the_files_folder(folder: Path) -> None:
    config = load(written(folder, GOOD))
    assert config.store.url == f"sqlite:{folder / 'data' / 'centre.db'}"
    assert config.broker.key == str(folder / "centre.key")
    assert (config.web.port, config.broker.client_id, config.zone) == (8080, "centre", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[web]", "[web]\nprot = 1", "web.prot: unknown key, expected one of: port, hosts"),
        ("[web]", "[wed]", "wed: unknown key, expected one of: broker, store, places, web, zone"),
        ("port = 8080", 'port = "8080"', "web.port: expected `int`, got `str`"),
        ("port = 8080", "port = 70000", "web.port: expected `int` <= 65535"),
        ('host = "127.0.0.1"\n', "", "broker.host: missing"),
        ('ca = "ca.crt"', 'ca = "nowhere.crt"', "nowhere.crt is not there, expected a PEM file"),
        ("[web]", 'zone = "Mars/Olympus"\n[web]', "zone: 'Mars/Olympus' is no time zone"),
        ("[web]", "[web", "is not TOML"),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_key(
    folder: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(folder, GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert main(["--config", str(path)]) == 2
    assert capsys.readouterr().err.strip() == str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml: cannot be read: No such file or directory" in capsys.readouterr().err


def test_the_example_has_the_districts_shape() -> None:
    """The plan: one main library, three branches, a hundred points, named as the plan demands."""
    places = load_places(EXAMPLE)
    assert Counter(place.level for place in places.place) == {
        Level.MAIN: 1,
        Level.BRANCH: 3,
        Level.POINT: 100,
    }
    for field in ("id", "name", "short", "name_en"):
        assert len({getattr(place, field) for place in places.place}) == 104
    ends = {Level.MAIN: "图书馆", Level.BRANCH: "分馆", Level.POINT: "服务点"}
    for place in places.place:
        assert place.name.startswith("麻章区图书馆")
        assert place.name.endswith(ends[place.level])
    assert places.find("mz-taiping-03") is not None
    assert places.find("nowhere") is None


TOWN = '[[town]]\nid = "t"\nname = "镇"\nname_en = "Town"\n'
PLACE = """[[place]]
id = "a"
name = "甲"
short = "甲"
name_en = "A"
short_en = "A"
level = "point"
town = "t"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TOWN + PLACE + PLACE, "place.id 'a' is there 2 times, expected once"),
        (TOWN + PLACE.replace('town = "t"', 'town = "u"'), "place a: town 'u': expected one of t"),
        (TOWN + PLACE.replace('id = "a"', 'id = "A b"'), "place.id: place 'A b': expected"),
        (TOWN + PLACE.replace('"point"', '"shop"'), "invalid enum value 'shop'"),
        (TOWN + PLACE + "x = 1\n", "x: unknown key, expected one of: id, name, short"),
    ],
)
def test_a_mistake_in_the_places_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "places.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_places(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
