"""Rules for what is plugged in: by serial number, by socket, and what is left to people."""

import pytest

from devices import udev_rules
from devices.__main__ import main
from devices.finding import SerialPort
from devices.kinds import Kind
from devices.udev_rules import rule, rules

FTDI = SerialPort("/dev/ttyUSB0", (), 0x0403, 0x6001, "A50285BI", "1-1.1:1.0", "FT232R")
CH340 = SerialPort("/dev/ttyUSB1", (), 0x1A86, 0x7523, None, "1-1.2:1.0")


def test_by_serial_number_where_there_is_one() -> None:
    assert rule(FTDI, "kiosk-pad") == (
        'SUBSYSTEM=="tty", ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", ATTRS{serial}=="A50285BI", '
        'SYMLINK+="kiosk-pad", GROUP="dialout", MODE="0660"'
    )


def test_by_socket_where_there_is_none_or_it_is_not_its_own() -> None:
    expected = 'SUBSYSTEM=="tty", KERNELS=="1-1.2:1.0", SYMLINK+="kiosk-nfc", GROUP="dialout", MODE="0660"'
    assert rule(CH340, "kiosk-nfc") == expected
    assert 'KERNELS=="1-1.1:1.0"' in rule(FTDI, "kiosk-pad", shared_serial=True)
    odd = SerialPort("/dev/ttyUSB2", (), 0x0403, 0x6001, 'A"*', "1-1.4:1.0")
    assert 'KERNELS=="1-1.4:1.0"' in rule(odd, "kiosk-pad")


def test_what_nothing_tells_apart_gets_no_rule() -> None:
    with pytest.raises(ValueError, match="/dev/ttyS0"):
        rule(SerialPort("/dev/ttyS0"), "kiosk-pad")


def test_named_for_what_answers_there_or_as_people_say() -> None:
    third = SerialPort("/dev/ttyUSB2", (), 0x1A86, 0x7523, None, "1-1.3:1.0")
    kinds = {"/dev/ttyUSB0": Kind.TAG_READER, "/dev/ttyUSB2": Kind.TAG_READER}
    lines = rules((FTDI, CH340, third), {"/dev/ttyUSB1": "kiosk-scanner"}, kinds.get)
    text = "\n".join(lines)
    assert [name in text for name in ('"kiosk-pad"', '"kiosk-scanner"', '"kiosk-pad-2"')] == [True] * 3
    silent = rules((CH340,), {}, lambda path: None)
    assert silent == [
        "# /dev/ttyUSB1: unknown adapter, silent; if it is a scanner: --name /dev/ttyUSB1=kiosk-scanner"
    ]


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(udev_rules, "serial_ports", lambda: (FTDI, SerialPort("/dev/ttyS0")))
    monkeypatch.setattr(udev_rules, "ask_port", lambda path: Kind.CARD_READER)
    assert main(["udev"]) == 0
    assert 'SYMLINK+="kiosk-nfc"' in capsys.readouterr().out
    assert main(["udev", "--name", "/dev/ttyUSB0=no/slash"]) == 2
    assert "letters, digits and hyphens" in capsys.readouterr().err
    monkeypatch.setattr(udev_rules, "serial_ports", tuple)
    assert main(["udev"]) == 1
    assert "no serial port on USB" in capsys.readouterr().err
