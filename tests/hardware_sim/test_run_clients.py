"""`python -m hardware_sim run MODEL --link PATH` as others use it: clients and bytes that are not ours.

The bytes are the reference pages' and `tests/captures/rfid.json`'s: manuals, captures, published samples.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import minimalmodbus
import nfc
import nfc.clf.pn532
import pytest
import serial
from escpos.printer import Serial as EscposClient
from nfc.clf import RemoteTarget
from nfc.clf.transport import TTY
from pymodbus.client import ModbusSerialClient

from hardware_sim.registry import MODELS
from tests.hardware_sim.test_run import Rig, rig
from tests.waiting import wait_for

CODE = "9787302511625"
SCAN = f"scan {CODE}"
SDT = "AA AA AA 96 69"
ATTEMPTS = 9


@dataclass(frozen=True)
class Words:
    """What goes over the line as bytes, and what must come back; `typed` are hands at the rig."""

    baud: int
    question: str
    answer: str
    typed: str = ""
    options: tuple[str, ...] = ()
    parity: str = "N"


WORDS: dict[str, Words] = {
    "feig_obid": Words(38400, "06 FF 52 00 0F 6E", "06 00 52 00 FC A8", parity="E"),
    "rl866": Words(38400, "FA 05 FF C0 42 39", "FA 05 01 E0 58 FE", parity="E"),
    "mmm_810": Words(19200, "D6 00 03 11 64 20", "D6 00 08 11 00 0A 03 02 06 35 17"),
    "uhf_reader18": Words(57600, "04 FF 21 19 95", "0D 00 21 00"),
    "pn532": Words(
        115_200,
        "55 55 00 00 00 00 00 FF 02 FE D4 02 2A 00",
        "00 00 FF 00 FF 00 00 00 FF 06 FA D5 03 32 01 06 07 E8 00",
    ),
    "sdt_idcard": Words(115_200, f"{SDT} 00 03 11 FF ED", f"{SDT} 00 04 00 00 90 94"),
    "serial_scanner": Words(9600, "", CODE.encode().hex() + "0D", typed=SCAN),
    "honeywell_scanner": Words(115_200, "16 54 0D", CODE.encode().hex() + "0D", typed=SCAN),
    "newland_scanner": Words(
        9600,
        "7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03",
        "02 01 30 30 30 30 23 53 43 4E 54 52 47 31 06 3B 03",
    ),
    "gm65": Words(9600, "7E 00 08 01 00 02 01 AB CD", "02 00 00 01 00 33 31"),
    "zebra_ssi": Words(9600, "04 E4 04 00 FF 14", "04 D0 00 00 FF 2C"),
    "wedge_scanner": Words(9600, "", "01 00 0A 00 01 00 00 00", typed=SCAN),  # key down: 9
    "escpos": Words(19200, "10 04 01", "12"),
    "modbus_counter": Words(
        9600,
        "01 04 00 00 00 04 F1 C9",
        "01 04 08 00 01 86 A0 00 00 00 2A 2A AD",
        options=("--count", "100000,42"),
    ),
}


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_answered_byte_for_byte_over_plain_pyserial(model: str, tmp_path: Path) -> None:
    link, words = tmp_path / "device", WORDS[model]
    answer, heard = bytes.fromhex(words.answer), bytearray()
    with rig(model, link, *words.options) as running:
        assert running.lines[0].startswith(f"{model} at {link}, control port ")
        with serial.Serial(str(link), words.baud, parity=words.parity, timeout=0.05) as port:
            port.write(bytes.fromhex(words.question))
            if words.typed:
                running.type(words.typed)
            wait_for(lambda: heard.extend(port.read(4096)) or answer in heard, f"{answer.hex(' ')}")
        running.end()
    assert not link.is_symlink()


def test_a_resident_id_card_by_the_published_bytes(tmp_path: Path) -> None:
    link = tmp_path / "idcard"
    with rig("sdt_idcard", link) as running, serial.Serial(str(link), 115_200, timeout=20) as port:

        def asked(command: str, size: int) -> bytes:
            port.write(bytes.fromhex(f"{SDT} {command}"))
            answer: bytes = port.read(size)
            assert answer.startswith(bytes.fromhex(SDT)), answer
            return answer[5:]

        find, select, read = "00 03 20 01 22", "00 03 20 02 21", "00 03 30 01 32"
        assert asked(find, 15) == bytes.fromhex("00 08 00 00 9F 00 00 00 00 97")
        assert asked(select, 19) == bytes.fromhex("00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
        card = asked(read, 1295)
        assert card.startswith(bytes.fromhex("05 08 00 00 90 01 00 04 00"))
        assert card[9 + 122 : 9 + 122 + 36].decode("utf-16-le") == "11010519491231002X"
        assert asked(find, 11) == bytes.fromhex("00 04 00 00 80 84"), "read once, it must be lifted first"
        running.type("take-card")
        running.hear("card gone: C1")
        running.type("hold C1")
        running.hear("C1")
        assert asked(find, 15) == bytes.fromhex("00 08 00 00 9F 00 00 00 00 97")
        running.end()


def patiently(act: Callable[[], str], running: Rig, wanted: str) -> None:
    """`act` until it says what is wanted. Clients of the PN532 wait a tenth of a second for an answer, and a
    busy machine may take longer: then the plug is pulled and put back, as people do."""
    said = []
    for _ in range(ATTEMPTS):
        try:
            said.append(act())
        except (OSError, subprocess.CalledProcessError) as error:
            said.append(str(error))
        if wanted in said[-1]:
            return
        for word in ("unplug", "plug"):
            running.type(word)
            running.hear("plug")
    raise AssertionError(f"never {wanted!r}: {said}")


def test_unmodified_nfcpy_reads_the_card_that_lies_there(tmp_path: Path) -> None:
    link = tmp_path / "nfc"

    def sensed() -> str:
        frontend = nfc.ContactlessFrontend()
        frontend.device = nfc.clf.pn532.init(TTY(str(link)))
        try:
            return str(nfc.tag.activate(frontend, frontend.sense(RemoteTarget("106A"))))
        finally:
            frontend.close()

    with rig("pn532", link, "--card", "type2:04112233445566") as running:
        patiently(sensed, running, "Type2Tag 'NXP NTAG213' ID=04112233445566")
        running.end()


def test_nfc_list_shows_the_card_that_lies_there(tmp_path: Path) -> None:
    link = tmp_path / "nfc"
    environment = os.environ | {"LIBNFC_DEVICE": f"pn532_uart:{link}"}

    def listed() -> str:
        done = subprocess.run(
            ["nfc-list"], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        return " ".join(done.stdout.split())

    with rig("pn532", link, "--card", "type2:04112233445566") as running:
        patiently(listed, running, "04 11 22 33 44 55 66")
        running.end()


def test_two_modbus_clients_read_the_counter_that_started_so(tmp_path: Path) -> None:
    link = tmp_path / "counter"
    with rig("modbus_counter", link, "--count", "70000,42") as running:
        one = minimalmodbus.Instrument(str(link), 1)
        one.serial.baudrate, one.serial.timeout = 9600, 10
        assert one.read_long(0, functioncode=4) == 70000
        running.type("walk in")
        running.hear("70001, 42")
        assert one.read_long(0, functioncode=4) == 70001
        one.serial.close()
        other = ModbusSerialClient(str(link), baudrate=9600, timeout=10)
        assert other.connect()
        assert other.read_input_registers(0, count=4).registers == [1, 70001 - 65536, 0, 42]
        other.close()
        running.end()


def test_python_escpos_prints_and_the_receipt_is_named(tmp_path: Path) -> None:
    link, folder = tmp_path / "printer", tmp_path / "paper"
    with rig("escpos", link, "--output", str(folder), "--paper", "low") as running:
        client = EscposClient(str(link), baudrate=19200)
        client.text("hello\n")
        client.cut()
        path = Path(running.hear("receipt printed to").rpartition(" ")[2])
        client.close()
        assert path.parent == folder and path.read_bytes().startswith(b"\x89PNG")
        running.type("paper out")
        running.hear("paper: out")
        running.end()
