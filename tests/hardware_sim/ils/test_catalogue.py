"""The sample library keeps to its own rules."""

import re
from collections import Counter
from pathlib import Path

import pytest
from stdnum import luhn

from devices.kinds import CardTechnology
from devices.tag_data import Model
from hardware_sim.ils import catalogue
from hardware_sim.ils.catalogue import Category, Kind, Level, load_catalogue, load_readers, load_start

ITEMS = load_catalogue()
READERS = load_readers()


def test_numbers_are_library_codabar_with_a_check_digit() -> None:
    """The rule first on published numbers (cards-and-ids reference), then on ours."""
    assert luhn.is_valid("30234000517861") and luhn.is_valid("33191000105864")
    for number, first in [(item.item_id, "3") for item in ITEMS] + [(r.reader_id, "2") for r in READERS]:
        assert len(number) == 14 and number[0] == first and luhn.is_valid(number)


def test_nothing_is_there_twice() -> None:
    uids = [uid for item in ITEMS for uid in item.tag_uids]
    for values in ([item.item_id for item in ITEMS], uids, [reader.card_uid for reader in READERS]):
        assert len(set(values)) == len(values)


def test_titles_are_chinese_first_with_some_english() -> None:
    english = [item for item in ITEMS if item.title.isascii()]
    assert len(ITEMS) - len(english) >= 220
    assert 30 <= len(english) <= 40
    assert all(item.author for item in ITEMS)
    assert all(re.fullmatch(r"[A-Z][A-Z]?\d*[\d.-]*/\d+", item.call_number) for item in ITEMS)


def test_every_level_and_kind_has_items() -> None:
    levels = Counter(item.level for item in ITEMS)
    assert min(levels[level] for level in Level) >= 40
    assert {item.kind for item in ITEMS} == set(Kind)
    assert all(re.fullmatch(r"mz-(main|mazhang|huguang|taiping)(-\d\d)?", item.home) for item in ITEMS)


def test_tags_are_of_both_models_and_some_are_blank_or_missing() -> None:
    models = Counter(item.tag_model for item in ITEMS if item.tag_uids)
    assert models[Model.ISO_28560_2] > 200
    assert 0.15 < models[Model.ISO_28560_3] / len(ITEMS) < 0.25
    assert models[None] >= 3
    assert any(not item.tag_uids for item in ITEMS)
    assert all(uid.startswith(b"\xe0\x04\x01") and len(uid) == 8 for item in ITEMS for uid in item.tag_uids)


def test_sets_have_a_tag_on_each_part_or_one_for_all() -> None:
    tags = {len(item.tag_uids) == item.parts for item in ITEMS if item.parts > 1 and item.tag_uids}
    assert tags == {True, False}


def test_readers_are_of_every_sort() -> None:
    assert len(READERS) == 30
    assert {reader.category for reader in READERS} == set(Category)
    assert {reader.status.value for reader in READERS} == {"ok", "blocked", "expired", "lost"}
    technologies = {technology.value for technology in CardTechnology}
    assert all(reader.technology in technologies and len(reader.card_uid) in (4, 7) for reader in READERS)


def test_open_loans_are_of_known_readers_and_items() -> None:
    items, readers = {item.item_id for item in ITEMS}, {reader.reader_id for reader in READERS}
    entries = load_start()
    assert all(entry.item_id in items and entry.reader_id in readers for entry in entries)
    assert any(entry.due_in_days < 0 for entry in entries)


def test_a_bad_row_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head, first = (catalogue.FOLDER / "readers.tsv").read_text(encoding="utf-8").splitlines()[:2]
    (tmp_path / "readers.tsv").write_text(f"{head}\n{first.replace('adult', 'ghost')}\n", encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"readers\.tsv line 2"):
        load_readers()
