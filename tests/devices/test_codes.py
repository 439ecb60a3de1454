"""Check digits. The library numbers and their digits are those of the reference page on codes."""

import pytest

from devices.codes import (
    CodeKind,
    LibraryCode,
    LibraryCodeKind,
    isbn13,
    library_check_digit,
    library_code,
    what_is,
    without_guards,
)


@pytest.mark.parametrize(("first_13", "digit"), [("3023400051786", "1"), ("3319100010586", "4")])
def test_check_digits_of_published_barcodes(first_13, digit):
    assert library_check_digit(first_13) == digit


@pytest.mark.parametrize("wrong", ["", "302340005178", "30234000517861", "302340005178x", "302340005178６"])
def test_only_13_digits_have_a_check_digit(wrong):
    with pytest.raises(ValueError, match="13 digits"):
        library_check_digit(wrong)


@pytest.mark.parametrize("text", ["33191000105864", "A33191000105864B", "d33191000105864a"])
def test_an_item_with_and_without_start_and_stop_letters(text):
    assert library_code(text) == LibraryCode(LibraryCodeKind.ITEM, "3191", "33191000105864")


def test_a_reader():
    number = "2319100010586" + library_check_digit("2319100010586")
    assert library_code(number) == LibraryCode(LibraryCodeKind.READER, "3191", number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "33191000105865",  # check digit
        "43191000105864",  # neither reader nor item
        "3319100010586",
        "A33191000105864",  # start without stop
        "3319100010586４",
    ],
)
def test_what_is_no_library_barcode(text):
    assert library_code(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("978-0-306-40615-7", "9780306406157"),  # the ISBN manual's own example
        ("0-306-40615-2", "9780306406157"),
        ("9780306406158", None),
        ("6901234567892", None),  # an EAN, but not of a book
        ("33191000105864", None),
        ("", None),
    ],
)
def test_isbn(text, number):
    assert isbn13(text) == number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("30234000517861", CodeKind.ITEM),
        ("A30234000517861B", CodeKind.ITEM),
        ("2319100010586" + library_check_digit("2319100010586"), CodeKind.READER),
        ("9780306406157", CodeKind.ISBN),
        ("6901234567892", CodeKind.OTHER),
        ("", CodeKind.OTHER),
    ],
)
def test_what_a_scanned_code_is(text, kind):
    assert what_is(text) is kind


@pytest.mark.parametrize(
    ("text", "number"), [("A33191000105864B", "33191000105864"), ("ABCD", "ABCD"), ("", "")]
)
def test_start_and_stop_letters_come_off(text, number):
    assert without_guards(text) == number
