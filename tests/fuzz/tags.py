"""What is written on book tags: every data model, and all that a pad or a tool asks of a memory."""

import json

from devices.tag_data import Model, TagContent, bytes_needed, decode
from devices.tag_data.content import BadTag
from devices.tag_data.models import CODECS
from devices.tag_tools.tags import Image
from devices.uhf_reader18 import memory as uhf_memory
from tests.devices.tag_data.fuzz import memories
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import mutations_of

_DSFIDS = (0x00, 0x06, 0x3E, None)


def _by_model(model: Model) -> Act:
    return lambda memory: isinstance(CODECS[model].decode(memory), TagContent)


def _by_any_model(memory: bytes) -> bool:
    dsfid = _DSFIDS[sum(memory) % len(_DSFIDS)]
    needed = bytes_needed(memory, dsfid, extensions=True)
    assert needed is None or needed > len(memory)
    return isinstance(decode(memory, dsfid), TagContent)


def _by_its_security(bank_01: bytes) -> bool:
    """A tag with a security byte has a place for it."""
    known = uhf_memory.security_byte(bank_01) != uhf_memory.NO_SECURITY_BYTE
    if known:
        uhf_memory.security_change(bank_01, uhf_memory.ON_LOAN)
    return known


def _image(text: bytes) -> bool:
    image = Image.from_json(json.loads(text))
    assert Image.from_json(image.as_json()) == image
    return True


TARGETS = (
    *(Target(f"tag {model.value}", memories, _by_model(model), (BadTag,)) for model in Model),
    Target("tag, any model", memories, _by_any_model),
    Target("tag, UHF security", memories, _by_its_security),
    Target(
        "tag image in a log",
        mutations_of(b'{"hex": "E0040100", "dsfid": "06", "afi": "c2"}'),
        _image,
        (KeyError, TypeError, ValueError, RecursionError),
    ),
)
