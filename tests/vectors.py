"""Bytes and captures made by others, with their provenance (`tests/captures/README.md`)."""

import ast
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "captures"


def load_rfid() -> dict[str, Any]:
    """The RFID vectors by family: iso28560_2, iso28560_3, feig_obid, rl866, mmm_210_810, uhf."""
    return json.loads((FOLDER / "rfid.json").read_text(encoding="utf-8"))


def sip2_lines() -> list[tuple[str, bytes]]:
    """The captured Koha traffic in order, as ('>' or '<', bytes); an end of stream is ('<', b'')."""
    lines = []
    for line in (FOLDER / "sip2-koha.txt").read_text(encoding="utf-8").splitlines():
        if line[:2] in ("> ", "< "):
            literal = line[2:].removeprefix("EOF ")
            lines.append((line[0], ast.literal_eval(literal)))
    return lines
