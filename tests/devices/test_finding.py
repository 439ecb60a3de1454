"""Where a device is: by name, USB numbers or socket; what is taken when another unit was plugged in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.finding import BadAddress, ByIds, ByPath, ByUsbPath, SerialPort, by_ids, by_usb_path, locate

FTDI = SerialPort("/dev/ttyUSB0", ("/dev/kiosk-pad",), 0x0403, 0x6001, "A50285BI", "1-1.1:1.0")
OTHER_FTDI = SerialPort("/dev/ttyUSB0", (), 0x0403, 0x6001, "A9ZZ0001", "1-1.1:1.0")
CH340 = SerialPort("/dev/ttyUSB1", (), 0x1A86, 0x7523, None, "1-1.2:1.0")
SECOND_CH340 = SerialPort("/dev/ttyUSB2", (), 0x1A86, 0x7523, None, "1-1.3:1.0")
BUILT_IN = SerialPort("/dev/ttyS0")


def test_addresses_are_read_as_people_write_them() -> None:
    assert by_ids("0403:6001:A50285BI") == ByIds(0x0403, 0x6001, "A50285BI")
    assert by_ids("1a86:7523") == ByIds(0x1A86, 0x7523)
    assert by_usb_path("1-1.2:1.0") == ByUsbPath("1-1.2:1.0")


@pytest.mark.parametrize("text", ["", "1A86", "1A86:75", "1A86:7523:", "1A86:7523:a b", "/dev/ttyUSB0"])
def test_what_is_no_pair_of_usb_numbers_says_what_is_expected(text: str) -> None:
    with pytest.raises(BadAddress, match="VID:PID"):
        by_ids(text)


@pytest.mark.parametrize("text", ["", "1", "1-", "usb1", "1-1.2:1"])
def test_what_is_no_usb_socket_says_what_is_expected(text: str) -> None:
    with pytest.raises(BadAddress, match=r"such as 1-1\.2:1\.0"):
        by_usb_path(text)


def test_each_finds_its_own() -> None:
    wanted = {
        "pad": ByIds(0x0403, 0x6001, "A50285BI"),
        "cards": ByUsbPath("1-1.2:1.0"),
        "door": ByPath("/dev/kiosk-counter"),
    }
    found = locate(wanted, (SECOND_CH340, CH340, FTDI, BUILT_IN))
    assert found == {"pad": "/dev/ttyUSB0", "cards": "/dev/ttyUSB1", "door": "/dev/kiosk-counter"}


def test_another_unit_with_another_serial_number_is_taken_in_its_place() -> None:
    assert locate({"pad": ByIds(0x0403, 0x6001, "A50285BI")}, (OTHER_FTDI, CH340)) == {"pad": "/dev/ttyUSB0"}


def test_the_only_adapter_that_nobody_claims_is_tried_for_another_model() -> None:
    wanted = {"pad": ByIds(0x0403, 0x6001, "A50285BI"), "cards": ByUsbPath("1-1.2:1.0")}
    assert locate(wanted, (CH340, SECOND_CH340))["pad"] == "/dev/ttyUSB2"


def test_what_cannot_be_told_apart_is_not_guessed() -> None:
    assert locate({"cards": ByIds(0x1A86, 0x7523)}, (CH340, SECOND_CH340)) == {}
    two = {"pad": ByIds(0x0403, 0x6001, "GONE"), "cards": ByIds(0x067B, 0x2303)}
    assert locate(two, (CH340,)) == {}


def test_a_port_that_goes_by_a_name_is_nobody_elses() -> None:
    wanted = {"pad": ByPath("/dev/kiosk-pad"), "cards": ByIds(0x0403, 0x6001)}
    assert locate(wanted, (FTDI,)) == {"pad": "/dev/kiosk-pad"}


def test_a_port_that_is_no_usb_is_never_tried() -> None:
    assert locate({"pad": ByIds(0x0403, 0x6001)}, (BUILT_IN,)) == {}


PORTS = st.lists(
    st.builds(
        SerialPort,
        st.integers(0, 9).map("/dev/ttyUSB{}".format),
        vid=st.sampled_from([0x0403, 0x1A86, None]),
        pid=st.sampled_from([0x6001, 0x7523]),
        serial=st.sampled_from([None, "A", "B"]),
        usb_path=st.sampled_from([None, "1-1:1.0", "1-2:1.0"]),
    ),
    unique_by=lambda port: port.path,
)
ADDRESSES = st.one_of(
    st.builds(
        ByIds,
        st.sampled_from([0x0403, 0x1A86]),
        st.sampled_from([0x6001, 0x7523]),
        st.sampled_from([None, "A"]),
    ),
    st.sampled_from([ByUsbPath("1-1:1.0"), ByUsbPath("1-2:1.0")]),
)


@given(st.dictionaries(st.sampled_from("abcde"), ADDRESSES), PORTS)
def test_no_port_is_given_to_two_devices_and_none_is_invented(wanted: dict, ports: list) -> None:
    found = locate(wanted, ports)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(wanted)
    assert set(found.values()) <= {port.path for port in ports}
