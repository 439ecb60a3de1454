"""Prints what a live page answers while it cannot be made, as JSON: {"store zh-CN": [status, text], …}.

A process of its own, since NiceGUI keeps its pages in one place:
python -m tests.central.web.broken_page FOLDER
"""

import asyncio
import json
import sys
from pathlib import Path
from unittest.mock import patch

import httpx
from fastapi import FastAPI
from nicegui import core

from central.board import Board
from central.store import StoreError
from central.web.app import make_app
from tests.central.web.inside import URL, Person, house

ERRORS = {"store": StoreError("/secret/centre.db: disk I/O error"), "fault": KeyError("/secret")}


async def opened(app: FastAPI, person: Person, language: str) -> httpx.Response:
    core.loop = asyncio.get_running_loop()  # what NiceGUI's start would do
    transport = httpx.ASGITransport(app=app, client=(person.address, 40000))
    cookies = {**dict(person.cookies), "language": language}
    async with httpx.AsyncClient(transport=transport, base_url=URL, cookies=cookies) as client:
        return await client.get("/")


def main(folder: Path) -> None:
    answers = {}
    with house(folder) as made:
        app, person = make_app(made.shell, ["127.0.0.1"]), made.person("boss")
        for name, error in ERRORS.items():
            for language in ("zh-CN", "en"):
                with patch.object(Board, "overview", side_effect=error):
                    answer = asyncio.run(opened(app, person, language))
                answers[f"{name} {language}"] = [answer.status_code, answer.text]
    print(json.dumps(answers))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
