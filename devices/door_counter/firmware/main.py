"""Starts the node: reads config.json, counts until the power goes.

On the chip lie these files, `passage.py` (the kiosk's own, from devices/pulse_counter), config.json (made
from config.example.json) and the node's certificate as DER. `python -m devices.door_counter` makes the
folder, mpremote copies it.
"""

import asyncio
import json

from board import Board
from node import Node

NEEDED = ("identity", "host", "port", "pins")


def main() -> None:
    with open("config.json") as file:
        config = json.load(file)
    missing = [key for key in NEEDED if key not in config]
    if missing:
        raise SystemExit("config.json: 缺少 / missing: " + ", ".join(missing) + "; see config.example.json")
    asyncio.run(Node(config, Board(), config.get("memory", "counts.json")).run())


main()
