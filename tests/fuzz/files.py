"""What is read from files that people write or move: configurations, lists, crates, logs, backups."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from broker_config import lists as promised
from broker_config.toml import ConfigError
from central import backup, lists
from central.config import load as load_centre
from central.enrolment.authority import EnrolError
from central.enrolment.kept import without_broker
from central.places import load_places
from devices.tag_data import Model
from devices.tag_tools.crate import read_crate
from devices.tag_tools.tags import Refusal
from devices.tag_tools.undo_log import UndoLog
from devices.watching import BadConfig, devices_in
from kiosk.config import load as load_kiosk
from tests.central.test_config import GOOD as CENTRE
from tests.fuzz.engine import Act, Target
from tests.fuzz.inputs import mutations_of
from tests.fuzz.messages import IDENTITY
from tests.kiosk.test_config import GOOD as KIOSK


def in_a_file(name: str, read: Callable[[Path], object], *beside: str) -> Act:
    """`read` of a file of that name, with empty ones `beside` it."""

    def act(data: bytes) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            for other in beside:
                (Path(folder) / other).touch()
            path = Path(folder) / name
            path.write_bytes(data)
            return bool(read(path))

    return act


# -- configurations ----------------------------------------------------------------------------------------

_PLACES = """
[hours.point]
mon = "15:00-20:00"
[[holiday]]
name = "春节"
first = 2027-02-05
last = 2027-02-11
places = ["mz-taiping-03"]
[[town]]
id = "taiping"
name = "太平镇"
name_en = "Taiping"
[[place]]
id = "mz-taiping-03"
name = "麻章区图书馆太平村服务点"
short = "太平"
name_en = "Taiping Village"
short_en = "Taiping"
level = "point"
town = "taiping"
""".encode()
_CARDS = """
[cards.mifare_classic]
way = "sector"
key = "A0A1A2A3A4A5"
encoding = "bcd"
length = 7
pattern = "2[0-9]{13}"
check = "library"
[door]
open = ["09:00-12:00", "14:30-17:30"]
closed_days = [1]
[[device]]
model = "modbus_counter"
port = "/dev/kiosk-counter"
options = { device_id = 7, register_map = { entries_address = 100, exits_address = 102 } }
"""


def _kiosk(path: Path) -> bool:
    """What is accepted can be used: rules, hours, dialect, and what the journal is told of it."""
    config = load_kiosk(path)
    used = (config.rules, config.tag_models, config.opening_hours, config.digest, config.ils.dialect)
    return bool(used and config.identity)


def _kept_configuration(data: bytes) -> bool:
    return bool(without_broker(IDENTITY, data.decode("utf-8", "replace")))


# -- lists and logs ----------------------------------------------------------------------------------------


def _csv(*rows: tuple[str, ...]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


_ITEMS = _csv(("item_id", "title"), ("35240000000019", "三体, 《地球往事》"), ("35240000000027", "边城"))
_READERS = _csv(
    ("number", "credentials", "blocked", "loan_limit", "expires"),
    ("25240000010010", "04A1B2C3 0102", "overdue", "5", "2027-12-31"),
    ("25240000010028", "", "", "", ""),
)
_CRATE = _csv(
    ("item_id", "owner", "part", "total"),
    ("35240000000019", "CN-440800", "1", "2"),
    ("35240000000027",) + ("",) * 3,
)
_IMAGE = {"hex": "E0040100", "dsfid": "06", "afi": "07"}
_LOG = b"".join(
    json.dumps(line).encode() + b"\n"
    for line in (
        {"act": "write", "uid": "e0040100", "item_id": "B1", "part": 1, "before": _IMAGE, "after": _IMAGE},
        {"act": "written", "uid": "e0040100"},
    )
)


def _undo_log(path: Path) -> bool:
    """What was cut off in the middle of its last line is as it was before, and can be read again."""
    log = UndoLog.open(path)
    assert UndoLog.open(path).entries == log.entries
    return bool(log.entries)


def _backup(path: Path) -> bool:
    return bool(backup._read_index(path.parent))


_AT = "2026-11-22T03:04:05.678Z"
_INDEX = json.dumps({"at": _AT, "zone": "Asia/Shanghai", "authority": "00ff", "files": {"a": "aa"}}).encode()

TARGETS = (
    Target(
        "kiosk.toml",
        mutations_of(KIOSK.encode(), (KIOSK + _CARDS).encode()),
        in_a_file("kiosk.toml", _kiosk, "ca.crt", "kiosk.crt", "kiosk.key"),
        (ConfigError,),
    ),
    Target(
        "centre.toml",
        mutations_of(CENTRE.encode()),
        in_a_file("centre.toml", load_centre, "ca.crt", "centre.crt", "centre.key"),
        (ConfigError,),
    ),
    Target("places.toml", mutations_of(_PLACES), in_a_file("p.toml", load_places), (ConfigError,)),
    Target("devices of a file", mutations_of(KIOSK.encode()), in_a_file("k.toml", devices_in), (BadConfig,)),
    Target("kept configuration", mutations_of(KIOSK.encode()), _kept_configuration, (EnrolError,)),
    *(
        Target(
            f"CSV of {name.value}",
            mutations_of(text),
            in_a_file("list.csv", partial(lists.read_list, name)),
            (lists.ListError,),
        )
        for name, text in ((promised.ListName.ITEMS, _ITEMS), (promised.ListName.READERS, _READERS))
    ),
    Target(
        "CSV of a crate",
        mutations_of(_CRATE),
        in_a_file("crate.csv", lambda path: read_crate(path, Model.ISO_28560_2)),
        (Refusal,),
    ),
    Target("undo log", mutations_of(_LOG), in_a_file("undo.jsonl", _undo_log), (Refusal,)),
    Target(
        "index of a backup", mutations_of(_INDEX), in_a_file(backup.INDEX, _backup), (backup.BackupError,)
    ),
)
