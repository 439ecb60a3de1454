"""docs/api.md: every command on the page, as a shell would read it, and what it prints.

"…" stands for anything. White space between the lines of an answer is the page's own.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute

from central.accounts.tokens import Scope
from central.alerts.incident import Incident, Member
from central.alerts.signs import Key
from central.alerts.tables import Tables
from central.reader_cards import ReaderCardKeys
from central.web.access import ACCESS
from central.web.app import ROUTERS, make_api
from tests.central.heard import NOW
from tests.central.web.inside import OWN, House, Person, house

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("docs")
    keys = ReaderCardKeys(folder / "cards")
    keys.rotate(NOW)
    with house(folder) as made:
        members = (Member(Key("paper_out", OWN, "kiosk-1"), NOW, "缺纸"),)
        Tables(made.shell.office).save([Incident(1, "paper_out", NOW, NOW, members)], [], NOW)
        shell = replace(made.shell, cards=keys)
        yield House(shell, make_api(shell, ["127.0.0.1"]), made.clock)


def test_every_command_prints_what_the_page_says(own: House) -> None:
    tokens = {scope.name: own.program(scope).headers["authorization"].split()[1] for scope in Scope}
    commands = [found for block in BLOCK.findall(PAGE) for found in COMMAND.findall(block)]
    assert len(commands) > 12
    for command, expected in commands:
        for name, token in tokens.items():
            command = command.replace(f"${name}", token)
        printed = curl(own, shlex.split(command))
        pattern = ".*".join(re.escape(bare(part)) for part in expected.split("…"))
        assert re.fullmatch(pattern, bare(printed), re.DOTALL), f"{command}\n{printed}"


def bare(text: str) -> str:
    return re.sub(r"\s", "", text).removeprefix("\ufeff")


def curl(own: House, words: list[str]) -> str:
    """What `curl` prints, for the options the page uses."""
    program, *rest = words
    assert program == "curl"
    method, headers, body, url = "GET", {}, None, ""
    while rest:
        word = rest.pop(0)
        match word:
            case "-s":
                pass
            case "-X":
                method = rest.pop(0)
            case "-H":
                name, _, value = rest.pop(0).partition(": ")
                headers[name.lower()] = value
            case "-d":
                body = rest.pop(0)
                method = "POST" if method == "GET" else method
            case _:
                url = word
    parts = urlsplit(url)
    assert parts.netloc == "127.0.0.1:8080"
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    content = {"content": body} if body is not None else {}
    return Person(own.app).ask(method, path, headers=headers, **content).text


def test_the_page_names_every_path(own: House) -> None:
    """By its first part: places, alerts …"""
    paths = {
        route.path
        for make_router in ROUTERS
        for route in make_router(own.shell).routes
        if isinstance(route, APIRoute) and route.include_in_schema
    }
    assert len(paths) > 25
    parts = {path.removeprefix("/api/v1/").partition("/")[0] for path in paths}
    missing = {part for part in parts if f"/api/v1/{part}" not in PAGE}
    assert missing <= {
        "enrolment",
        "kiosks",
        "replacements",
    }  # a kiosk's own affair, and what follows a claim
    assert paths <= {access.path for access in ACCESS}
