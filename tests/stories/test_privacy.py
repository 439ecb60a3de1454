"""Who read what is known to the ILS alone: afterwards no other file of the village tells it (DESIGN §5)."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.stories.teller import Story

MAY_KNOW = ("ils", "devices", "wires")
"""The library's own system, and the simulated books, cards and paper themselves."""


def test_no_log_database_or_message_names_a_reader_or_a_title(story: Story) -> None:
    story.tell("""
        put 警世通言, 水浒传
        tap 李示范
        see stack 借这 2 本
        ils hang_after 11
        touch confirm
        see result
        touch print_receipt
        see message 谢谢
        see idle
        lift all
        tap 谢大欠费
        see message 您有未缴的费用
        touch end
        scan 25240000010044
        see stack 陈*练
        put 子夜
        unplug pad
        see message 感应区暂时不能用
        plug pad
        touch show_return
        see stack 还这 1 本
        touch confirm
        see result 成功归还 1 本
    """)
    story.centre_counts(
        loans=story.journal("SELECT COUNT(*) FROM operations WHERE ils = 'accepted'")[0][0] - 1
    )
    known = {
        "a reader's name": list(story.village.readers),
        "a reader's number": [reader.reader_id for reader in story.village.readers.values()],
        "a reader's card": [reader.card_uid.hex() for reader in story.village.readers.values()],
        # a title of one character may stand in any random bytes
        "a title": [item.title for item in story.village.items.values() if len(item.title) > 1],
    }
    story.village.stop()
    searched = [file for file in files(story.village.folder) if file.stat().st_size]
    names = {file.name for file in searched}
    assert {"kiosk.log", "journal.db", "mosquitto.db", "centre.db", "centre.log"} <= names, names
    found = [
        f"{what} ({secret}) in {file.relative_to(story.village.folder)}"
        for file in searched
        for what, secrets in known.items()
        for secret in secrets
        if contains(file.read_bytes(), secret)
    ]
    assert found == []


def files(folder: Path) -> Iterator[Path]:
    """Everything the village wrote but what may know."""
    for path in sorted(folder.rglob("*")):
        top = path.relative_to(folder).parts[0].split(".")[0]
        if path.is_file() and top not in MAY_KNOW:
            yield path


def contains(data: bytes, text: str) -> bool:
    """As it stands, in capitals (a card's number), or as JSON writes it for ASCII."""
    spellings = {text.encode(), text.upper().encode(), json.dumps(text)[1:-1].encode()}
    return any(spelling in data for spelling in spellings)
