"""Whole reports of `python -m kiosk ils check`, as committed in `tests/captures/ils_check`.

python -m tests.kiosk.ils_check_reports        writes them anew: read what changed before committing it
"""

import contextlib
import io
import json
import re
import ssl
import tempfile
from pathlib import Path
from typing import Any

from hardware_sim.ils import DIALECTS, IlsServer, load_catalogue, load_readers
from kiosk.ils_check import main
from tests.kiosk.sip2.certificate import self_signed

FOLDER = Path(__file__).parent.parent / "captures" / "ils_check"
READER = next(reader for reader in load_readers() if reader.name == "罗借满")
ITEM = next(item.item_id for item in load_catalogue() if item.title == "镜花缘")
CHANGING = (
    (re.compile(r"\b20\d\d-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?"), "DAY"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST:PORT"),
    (re.compile(r"/tmp/\S+"), "FILE"),
    (re.compile(r"([-+]?\d+(\.\d+)? / )*[-+]?\d+(\.\d+)? ?(ms|s)\b"), "TIME"),
)
CASES = (*((name, False) for name in sorted(DIALECTS)), ("koha", True))


def name_of(dialect: str, tls: bool) -> str:
    return f"{dialect}-tls" if tls else dialect


def reported(dialect: str, tls: bool, folder: Path) -> dict[str, str]:
    """File name → the report with what changes from run to run masked: as JSON, as lines, and what is said
    when the door is shut."""
    context: ssl.SSLContext | None = None
    more: list[str] = []
    if tls:
        certificate, key = self_signed(folder)
        context, more = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ["--tls-ca", str(certificate)]
        context.load_cert_chain(certificate, key)
    with IlsServer(folder / "ils.sqlite", dialect=DIALECTS[dialect], tls=context) as ils:
        where = ["--host", "127.0.0.1", "--port", str(ils.port), "--login", "kiosk", "--timeout", "1", *more]
        whom = ["--reader", READER.reader_id, "--pin", READER.pin, "--item", ITEM]
        right, wrong = ["--password", "mazhang"], ["--password", "wrong"]
        texts = {
            "json": _said(*where, *right, *whom, "--json"),
            "txt": _said(*where, *right, *whom),
            "refused.txt": _said(*where, *wrong),
        }
    texts["gone.txt"] = _said(*where, *right)
    name = name_of(dialect, tls)
    return {f"{name}.{kind}": text for kind, text in texts.items()}


def _said(*arguments: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        status = main(["check", *arguments])
    text = out.getvalue()
    if "--json" in arguments:
        text = json.dumps(_timeless(json.loads(text)), ensure_ascii=False, indent=1, sort_keys=True)
    for changing, mask in CHANGING:
        text = changing.sub(mask, text)
    return f"exit {status}\n{text.rstrip()}\n"


def _timeless(part: Any, key: str = "") -> Any:
    match part:
        case dict():
            return {name: _timeless(value, name) for name, value in part.items()}
        case list():
            return [_timeless(each) for each in part]
        case float() | int() if key == "ms" or key.endswith(("_ms", "_s")):
            return "TIME"
    return part


if __name__ == "__main__":
    for case in CASES:
        with tempfile.TemporaryDirectory() as scratch:
            for file, text in reported(*case, Path(scratch)).items():
                (FOLDER / file).write_text(text, encoding="utf-8")
