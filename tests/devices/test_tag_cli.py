"""The command line, on the captured tags (tests/captures/rfid.json)."""

import argparse
import json

import pytest

from devices.tag_cli import add_tag_parser
from tests import vectors

RFID = vectors.load_rfid()
ANNEX = RFID["iso28560_2"][0]["hex"]
DANISH = RFID["iso28560_3"][1]["hex"]
REJECTED = [vector["hex"] for vector in RFID["iso28560_2"] if "expect" in vector]


@pytest.fixture
def tag(capsys):
    """Run `tag …`; gives exit status, standard output and standard error."""

    def run(*words):
        parser = argparse.ArgumentParser(prog="devices")
        add_tag_parser(parser.add_subparsers(required=True))
        args = parser.parse_args(["tag", *words])
        status = args.run(args)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_decode_says_everything_as_json(tag):
    status, out, err = tag("decode", ANNEX)
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "model": "iso28560-2",
        "primary_item_id": "123456789012",
        "owner": "US-InU-Mu",
        "set": [3, 12],
        "elements": {"1": "123456789012", "2": [3, 4, 6], "3": "US-InU-Mu", "4": "1203", "6": "QA268.L55"},
    }


@pytest.mark.parametrize("vector", RFID["iso28560_2"], ids=lambda vector: vector["name"])
def test_every_captured_28560_2_tag(tag, vector):
    status, out, _ = tag("decode", vector["hex"])
    answer = json.loads(out)
    if "expect" in vector:
        assert status == 1
        assert "reason" in answer
    else:
        assert status == 0
        assert answer["elements"] == {str(element["oid"]): element["value"] for element in vector["elements"]}


@pytest.mark.parametrize("vector", RFID["iso28560_3"], ids=lambda vector: vector["name"])
def test_every_captured_28560_3_tag(tag, vector):
    status, out, _ = tag("decode", "--dsfid", "3E", vector["hex"])
    answer, decoded = json.loads(out), vector["decoded"]
    if decoded["crc_ok"]:
        assert status == 0
        assert (answer["primary_item_id"], answer["owner"]) == (decoded["primary_item_id"], decoded["owner"])
        assert answer["set"] == [decoded["part_number"], decoded["parts_in_item"]]
    else:
        assert status == 1
        assert answer["blank"] is True


UHF_TAGS = [vector["epc"] + vector["user"] for vector in RFID["uhf"] if "epc" in vector]


@pytest.mark.parametrize(
    ("number", "item_id"), list(enumerate(["32103179", "32103177", "01557071", "000055377"]))
)
def test_every_captured_uhf_tag(tag, number, item_id):
    status, out, _ = tag("decode", UHF_TAGS[number])
    answer = json.loads(out)
    assert (status, answer["model"], answer["primary_item_id"]) == (0, "gaoxiao", item_id)


def test_hex_may_be_spaced(tag):
    spaced = [DANISH[at : at + 8] for at in range(0, len(DANISH), 8)]
    assert tag("decode", *spaced) == tag("decode", DANISH)


def test_a_pinned_model_excludes_the_others(tag):
    status, out, _ = tag("decode", "--model", "iso28560-2", DANISH)
    assert status == 1
    assert set(json.loads(out)) == {"reason", "blank"}


@pytest.mark.parametrize("between", [":", "-", ", ", " 0x", ", 0x"])
def test_hex_as_manuals_and_logs_write_it(tag, between):
    pairs = [ANNEX[at : at + 2] for at in range(0, len(ANNEX), 2)]
    assert tag("decode", "--dsfid", "0x06", "0x" + between.join(pairs).upper()) == tag("decode", ANNEX)


ISO_28560_4_WORKED_EXAMPLE = "45C2 141C C04F C70B ADB5 C6E2 DA1D ED4D D319"
"""Bank 01 without its CRC: ISO/TS 28560-4:2014, page 49, as the tests of DigitalPlatform/dp2 cite it."""


@pytest.mark.parametrize("before", ["", "0000", "D6A1"])
def test_a_uhf_tag_as_readers_print_it(tag, before):
    """Without the chip's CRC, with zeros in its place; a wrong CRC is another matter."""
    status, out, _ = tag("decode", before + ISO_28560_4_WORKED_EXAMPLE)
    answer = json.loads(out)
    if before == "D6A1":
        assert status == 1
        return
    assert (status, answer["model"]) == (0, "iso28560-4")
    assert (answer["primary_item_id"], answer["owner"]) == ("12345678.31", "CH-000134-1")


def test_a_university_tag_without_its_crc_must_be_called_one(tag):
    without_crc = UHF_TAGS[0][4:]
    assert tag("decode", without_crc)[0] == 1
    status, out, _ = tag("decode", "--model", "gaoxiao", without_crc)
    assert (status, json.loads(out)) == (0, json.loads(tag("decode", UHF_TAGS[0])[1]))


@pytest.mark.parametrize(
    "words",
    [
        ["xyz"],
        ["123"],
        ["91 0"],
        ["--dsfid", "0600", ANNEX],
        ["--dsfid", "zz", ANNEX],
        ["--dsfid", "6", ANNEX],
    ],
)
def test_malformed_hexadecimal_is_one_sentence(tag, words):
    status, out, err = tag("decode", *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "hexadecimal digits" in err


def test_encode_makes_what_decode_reads(tag):
    status, out, _ = tag(
        "encode", "--id", "33191000105864", "--owner", "CN-440811-ZJ", "--set", "1/2",
        "--element", "6=I247.5/123", "--element", "17=红楼梦", "--size", "112",
    )  # fmt: skip
    made = json.loads(out)
    assert status == 0
    assert (made["model"], made["dsfid"], len(made["hex"])) == ("iso28560-2", "06", 224)
    answer = json.loads(tag("decode", "--dsfid", made["dsfid"], made["hex"])[1])
    assert answer["primary_item_id"] == "33191000105864"
    assert answer["owner"] == "CN-440811-ZJ"
    assert answer["set"] == [1, 2]
    assert (answer["elements"]["6"], answer["elements"]["17"]) == ("I247.5/123", "红楼梦")


def test_encode_gives_the_captured_bytes(tag):
    _, out, _ = tag(
        "encode", "--model", "iso28560-3", "--id", "1000000056", "--owner", "DK718500", "--set", "1/1",
        "--size", "34",
    )  # fmt: skip
    made = json.loads(out)
    assert (made["hex"], made["dsfid"], made["model"]) == (DANISH, "3e", "iso28560-3")
    assert (made["primary_item_id"], made["owner"], made["set"]) == ("1000000056", "DK718500", [1, 1])


@pytest.mark.parametrize("model", ["iso28560-2", "iso28560-3", "3m", "iso28560-4", "gaoxiao"])
def test_every_model_can_be_made(tag, model):
    status, out, _ = tag("encode", "--model", model, "--id", "12345678")
    assert status == 0
    answer = json.loads(tag("decode", "--model", model, json.loads(out)["hex"])[1])
    assert (answer["model"], answer["primary_item_id"]) == (model, "12345678")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "3"], "PART/TOTAL"),
        (["--set", "3/2"], "PART/TOTAL"),
        (["--element", "6"], "OID=VALUE"),
        (["--element", "title=x"], "OID=VALUE"),
        (["--element", "99=x"], "OID 99"),
        (["--size", "4"], "the tag holds 4"),
        (["--size", "-1"], "--size -1"),
        (["--model", "3m", "--owner", "CN-1"], "LIBRARY/BRANCH"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(tag, words, says):
    status, out, err = tag("encode", "--id", "12345678", *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert says in err


def test_an_unknown_model_is_refused(tag):
    with pytest.raises(SystemExit) as stopped:
        tag("decode", "--model", "morse", ANNEX)
    assert stopped.value.code == 2
