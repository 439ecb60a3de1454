"""Which tag bears what in bank 01."""

from devices.uhf_reader18.names import MOST_KNOWN, Names


def test_both_ways() -> None:
    names = Names()
    names.remember(b"tag", b"content")
    assert (names.uid_of(b"content"), names.content_of(b"tag")) == (b"tag", b"content")


def test_a_renamed_tag_leaves_its_old_name_to_nobody() -> None:
    names = Names()
    names.remember(b"tag", b"old")
    names.forget(b"tag")
    names.remember(b"tag", b"new")
    assert (names.uid_of(b"old"), names.content_of(b"tag")) == (None, b"new")


def test_those_not_seen_for_longest_are_forgotten() -> None:
    names = Names()
    for number in range(MOST_KNOWN):
        names.remember(b"tag %d" % number, b"content %d" % number)
    names.remember(b"tag 0", b"content 0")
    names.remember(b"one more", b"its content")
    assert names.uid_of(b"content 0") == b"tag 0"
    assert names.uid_of(b"content 1") is None
    assert names.content_of(b"tag 1") is None
