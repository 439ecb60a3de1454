"""The `[cards]` tables: what they become, and that every mistake is one sentence with its key."""

from pathlib import Path

import pytest

from broker_config.toml import ConfigError
from devices.kinds import CardTapped, CardTechnology, NdefRead, NdefTexts, SectorBlock, SectorRead
from kiosk.config import load
from kiosk.credentials import CardRules, Refused
from tests.kiosk.test_config import GOOD, written

CARDS = """
[cards]
qr_numbers = true
clock_skew_s = 30
[cards.mifare_classic]
way = "sector"
sector = 3
block = 1
key = "A0A1A2A3A4A5"
key_b = true
encoding = "bcd"
length = 7
pattern = "2[0-9]{13}"
check = "library"
[cards.type2]
way = "ndef"
before = "https://lib.example/r/"
[cards.type4a]
form = "decimal10"
reverse = true
[cards.felica]
way = "refuse"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ca.crt", "kiosk.crt", "kiosk.key"):
        (tmp_path / name).touch()
    return tmp_path


def test_without_tables_cards_are_known_by_uid_and_id_number(folder: Path) -> None:
    rules = load(written(folder, GOOD)).rules.cards
    assert rules.card(CardTapped(bytes.fromhex("04A1B2C3"), CardTechnology.TYPE2)) == "04A1B2C3"
    assert all(rules.wanted(technology) is None for technology in CardTechnology)
    assert (rules.barcode_numbers, rules.qr_numbers) == (True, False)


def test_a_table_for_each_kind_of_card(folder: Path) -> None:
    config = load(written(folder, GOOD + CARDS))
    rules: CardRules = config.rules.cards
    assert config.cards.clock_skew_s == 30 and rules.qr_numbers
    assert rules.wanted(CardTechnology.MIFARE_CLASSIC) == SectorRead(
        3, 1, bytes.fromhex("A0A1A2A3A4A5"), True
    )
    assert rules.wanted(CardTechnology.TYPE2) == NdefRead()
    block = SectorBlock(bytes.fromhex("21234000000018") + bytes(9))
    assert rules.card(CardTapped(b"1234", CardTechnology.MIFARE_CLASSIC, block)) == "21234000000018"
    texts = NdefTexts(("https://lib.example/r/17",))
    assert rules.card(CardTapped(b"1234567", CardTechnology.TYPE2, texts)) == "17"
    assert rules.card(CardTapped(bytes.fromhex("00BC614E"), CardTechnology.TYPE4A)) == "1315027968"
    assert isinstance(rules.card(CardTapped(bytes(8), CardTechnology.FELICA)), Refused)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ('[cards.mifare_classic]\nway = "sectors"', "cards.mifare_classic.way: .*uid"),
        ('[cards.mifare_classic]\nway = "sector"\nkey = "A0A1"', "cards.mifare_classic.key"),
        ('[cards.mifare_classic]\nway = "sector"\nsector = 16', "cards.mifare_classic.sector"),
        ('[cards.mifare_classic]\nway = "sector"\noffset = 8\nlength = 9', "length: expected at most 8"),
        ('[cards.type2]\nway = "sector"', "cards.type2.way: 'sector' is for mifare_classic only"),
        ('[cards.type2]\nway = "id_number"', "cards.type2.way: 'id_number' is for resident_id only"),
        ('[cards.resident_id]\nway = "uid"', "cards.resident_id.way: expected 'id_number' or 'refuse'"),
        ('[cards.type4b]\npattern = "[0-9"', "cards.type4b.pattern: is no regular expression"),
        ("[cards.ntag]", "cards.ntag: unknown key, expected one of: .*type2"),
        ("[cards]\nclock_skew_s = 3600", "cards.clock_skew_s"),
        ('[cards.type2]\nprefix = "M|Z"', "cards.type2.prefix"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_key(folder: Path, lines: str, where: str) -> None:
    with pytest.raises(ConfigError, match=where) as mistake:
        load(written(folder, f"{GOOD}\n{lines}\n"))
    assert "kiosk.toml" in str(mistake.value) and "\n" not in str(mistake.value)
