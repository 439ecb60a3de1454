"""`python -m hardware_sim run` as people use it; clients of others are in `test_run_clients.py`."""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.registry import open_device
from devices.tag_data import TagContent, decode
from hardware_sim.__main__ import main
from hardware_sim.control import Hands
from hardware_sim.faults import FAULTS, Faults
from hardware_sim.place_state import Paper
from hardware_sim.registry import MODELS
from hardware_sim.rig import UHF_MODELS, rig_world
from hardware_sim.run import add_run_arguments, faults_from, world_from
from hardware_sim.verbs import VERBS, BadWords
from tests import vectors
from tests.waiting import wait_for

ANNEX = vectors.load_rfid()["iso28560_2"][0]["hex"]


class Rig:
    """A device in a process of its own; `lines` is what it said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None and process.stdin is not None
        self._out, self._in = process.stdout, process.stdin
        self.lines: list[str] = [self._out.readline().rstrip("\n")]

    def type(self, words: str) -> None:
        self._in.write(words + "\n")
        self._in.flush()

    def hear(self, text: str) -> str:
        """The next line, which must hold that; pytest's own time limit ends the waiting."""
        self.lines.append(self._out.readline().rstrip("\n"))
        assert text in self.lines[-1], self.lines
        return self.lines[-1]

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._process.send_signal(number)
        _, complaint = self._process.communicate(timeout=30)
        assert (self._process.returncode, complaint) == (0, "")


@contextmanager
def rig(model: str, link: Path, *options: str) -> Iterator[Rig]:
    command = [sys.executable, "-m", "hardware_sim", "run", model, "--link", str(link), *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield Rig(process)
        finally:
            process.kill()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_takes_its_name_away(end: signal.Signals, tmp_path: Path) -> None:
    link = tmp_path / "pad"
    with rig("feig_obid", link, "--fault", "byte_by_byte") as running:
        assert running.lines[0].startswith(f"feig_obid at {link}, control port ")
        reader = open_device("feig_obid", str(link))
        assert len(reader.inventory()) == 2
        reader.close()
        running.end(end)
    assert not link.is_symlink()


def test_hands_are_typed_or_come_through_the_control_port(tmp_path: Path) -> None:
    link = tmp_path / "pad"
    with rig("feig_obid", link, "--tag", ANNEX, "--card", "type2:04112233445566") as running:
        running.type("lift B1")
        running.hear("off the pad: B1")
        running.type("place B1")
        running.hear("on the pad: B1")
        running.type("take-card")
        running.hear("card gone: C1")
        running.type("fly")
        running.hear("no such verb: 'fly'")
        with Hands(int(running.lines[0].split()[-1])) as hands:
            hands.walk_in(2)
        running.hear("people in and out: 3, 0")
        running.type("help")
        for name in VERBS:
            running.hear(name)
        running.end()


def test_what_happens_as_json(tmp_path: Path) -> None:
    link = tmp_path / "pad"
    with rig("feig_obid", link, "--tag", ANNEX, "--json") as running:
        assert json.loads(running.lines[0])["link"] == str(link)
        reader = open_device("feig_obid", str(link))
        (tag,) = reader.inventory()
        reader.write_afi(tag.uid, 0xC2)
        reader.close()
        told = json.loads(running.hear("tag_security"))
        assert told == {"what": "tag_security", "about": "B1 AFI C2h EAS off"}
        running.end()


# -- arguments ---------------------------------------------------------------------------------------------


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    return parser.parse_args([*words, "--link", "x"])


def test_every_fault_is_an_option_and_adds_to_a_usual_one() -> None:
    args = parsed("feig_obid", "--fault", "noisy", "--garbled", "--late-s", "0.5", "--seed", "7")
    assert faults_from(args) == Faults(noise_bytes=7, garbled=True, late_s=0.5, seed=7)
    for name, faults in FAULTS.items():
        assert faults_from(parsed("feig_obid", "--fault", name)) == faults


@pytest.mark.parametrize("model", MODELS)
def test_without_a_word_there_is_something_to_see(model: str) -> None:
    world = world_from(parsed(model))
    contents = [
        decode(bytes(chip.memory), None if model in UHF_MODELS else chip.dsfid)
        for chip in world.chips_on_pad()
    ]
    assert [content.primary_item_id for content in contents if isinstance(content, TagContent)] == [
        "30000000000012",
        "30000000000020",
    ]
    assert world.card is not None and world.door.entries == 1
    assert (world.card.technology == "resident_id") == (model == "sdt_idcard")


def test_a_resident_id_card_by_its_number_right_or_wrong() -> None:
    for number in ("11010519491231002X", "110105194912310020", "110105491231002"):
        card = rig_world("sdt_idcard", cards=[f"resident_id:{number}"]).card
        assert card is not None and number.encode("utf-16-le") in card.id_text


@pytest.mark.parametrize("technology", ["mifare", "resident_id", ["type2"], None])
def test_a_kind_of_card_that_does_not_exist_is_said_in_one_sentence(
    technology: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, link = tmp_path / "seed.json", tmp_path / "nfc"
    card = {"label": "C1", "uid": "04A1B2C3", "technology": technology}
    seed.write_text(json.dumps({"cards": [card]}), encoding="utf-8")
    assert main(["run", "pn532", "--link", str(link), "--tags", str(seed)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"{seed}: 卡 / card 'C1': 没有这种卡 / no such technology {technology!r}")
    assert "mifare_classic" in printed.err
    assert (printed.out, len(printed.err.splitlines()), link.is_symlink()) == ("", 1, False)


def test_tags_from_a_file_one_a_line_or_as_a_seed(tmp_path: Path) -> None:
    lines, seed = tmp_path / "tags.txt", tmp_path / "seed.json"
    lines.write_text(f"# a crate\n{ANNEX}\n\n{ANNEX} # again\n", encoding="utf-8")
    assert rig_world("feig_obid", file=lines).pad == ["B1", "B2"]
    tag = {"label": "book", "uid": "E004010012345678", "memory": ANNEX}
    seed.write_text(json.dumps({"tags": [tag]}), encoding="utf-8")
    world = rig_world("feig_obid", file=seed, tags=[ANNEX], paper=Paper.OUT)
    assert (world.pad, world.card, world.printer.paper_mm) == (["book", "B2"], None, 0.0)


@pytest.mark.parametrize(
    "words",
    [
        ("--tag", "xyz"),
        ("--card", "type2"),
        ("--card", "gold:04A1"),
        ("--card", "type2:xy"),
        ("--card", "mifare_classic:0102"),
        ("--card", "felica:04A1B2C3"),
        ("--serial", "xyz"),
        ("--card", "resident_id:1101051949"),
        ("--tags", "/no"),
    ],
)
def test_what_cannot_lie_there_is_said_in_one_sentence(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "feig_obid", "--link", str(tmp_path / "pad"), *words]) == 1
    printed = capsys.readouterr()
    assert (printed.out, len(printed.err.splitlines())) == ("", 1)
    assert not (tmp_path / "pad").is_symlink()


@pytest.mark.parametrize(
    "words",
    [
        ("abacus",),
        ("feig_obid", "--count", "many"),
        ("feig_obid", "--fault", "x"),
        ("feig_obid", "--control-port", "65536"),
        ("feig_obid", "--control-port", "any"),
    ],
)
def test_unknown_models_and_options_are_one_sentence(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["run", *words, "--link", "x"])
    assert exit_.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_sentence_of_bad_words_says_what_would_do() -> None:
    with pytest.raises(BadWords, match="mifare_classic, type2"):
        rig_world("pn532", cards=["gold:04A1"])


def test_a_wire_that_is_pulled_and_put_back(tmp_path: Path) -> None:
    link = tmp_path / "pad"
    with rig("feig_obid", link) as running:
        running.type("unplug")
        running.hear("unplugged: pad")
        wait_for(lambda: not link.is_symlink(), "the name is gone")
        running.type("plug")
        running.hear("plugged in: pad")
        running.type("fault noisy")
        running.hear("wire: pad noisy")
        running.end()
