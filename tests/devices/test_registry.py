"""Options of a driver as a configuration file has them."""

import pytest

from devices import registry
from devices.modbus_counter.protocol import RegisterMap, WordOrder
from devices.port import LineSettings
from devices.registry import BadOption, arguments


def test_tables_and_words_become_what_the_driver_takes() -> None:
    given = {
        "baud": 19200,
        "register_map": {"entries_address": 4, "exits_address": 6, "word_order": "low_first"},
    }
    expected = RegisterMap(4, 6, word_order=WordOrder.LOW_FIRST)
    assert arguments("modbus_counter", given) == {"baud": 19200, "register_map": expected}
    assert arguments("feig_obid", {"line": {"baud": 9600}}) == {"line": LineSettings(9600)}


@pytest.mark.parametrize(
    ("model", "options", "sentence"),
    [
        ("serial_scanner", {"bauds": 9600}, "bauds: unknown option, expected one of: baud"),
        ("modbus_counter", {"baud": "fast"}, "baud: expected `int`, got `str`"),
        ("modbus_counter", {"register_map": {"entries": 3}}, "register_map.entries: unknown key"),
        (
            "modbus_counter",
            {"register_map": {"entries_address": 1}},
            "register_map: register map: entries at 1",
        ),
        ("feig_obid", {"line": {"baud": 9600, "parity": "X"}}, "line: invalid enum value"),
    ],
)
def test_what_a_driver_does_not_take_is_one_sentence(model: str, options: dict, sentence: str) -> None:
    with pytest.raises(BadOption) as error:
        arguments(model, options)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize("model", registry.MODELS)
def test_every_model_tells_its_options(model: str) -> None:
    assert arguments(model, {}) == {}
    with pytest.raises(BadOption, match="no_such_option"):
        arguments(model, {"no_such_option": 1})
