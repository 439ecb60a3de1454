"""Which reader is at a port: the one named, or the first model of tag reader that answers there."""

from typing import Any, cast

from devices.errors import DeviceError
from devices.kinds import Kind, TagReader
from devices.port import LineSettings, Port
from devices.registry import MODELS, open_device
from devices.tag_tools.tags import Refusal

UHF_READERS = frozenset({"uhf_reader18"})
TAG_READERS = tuple(name for name, model in MODELS.items() if model.kind is Kind.TAG_READER)


def open_reader(port: str, model: str | None, access_password: int = 0) -> TagReader:
    """The reader, opened and asked for a sign of life; DeviceError when it is not there as `model`, Refusal
    when no model answers. `access_password` opens locked UHF tags."""
    if model is not None:
        return _opened(model, port, access_password)
    Port(port, LineSettings(9600)).close()
    for name in TAG_READERS:
        try:
            return _opened(name, port, access_password)
        except DeviceError:
            continue
    raise Refusal(
        f"{port}: 没有读写器应答，请检查线和电源 / no tag reader answered, check cable and power "
        f"(asked as {', '.join(TAG_READERS)})"
    )


def _opened(model: str, port: str, access_password: int) -> TagReader:
    options: dict[str, Any] = {"access_password": access_password} if model in UHF_READERS else {}
    reader = cast(TagReader, open_device(model, port, **options))
    answers = MODELS[model].answers
    try:
        if answers:
            answers(reader)
    except BaseException:
        reader.close()
        raise
    return reader
