import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI

import central
from central.board import Board
from central.places import load_places
from central.store.sqlite import SqliteStore
from central.web.app import make_api
from tests.central.heard import NOW, Kiosk, ago

PLACES = load_places(Path(central.__file__).with_name("places.toml"))


class Client:
    """One request at a time, straight into the application."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._request("GET", path, more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._request("POST", path, more))

    async def _request(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            return await client.request(method, path, **more)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    store = SqliteStore(tmp_path / "centre.db")
    kiosk = Kiosk()
    store.take([kiosk.birth(), kiosk.heartbeat(), kiosk.loan(ago(minutes=20)), kiosk.visits(6, ago(hours=1))])
    board = Board(store, PLACES, ZoneInfo("Asia/Shanghai"), lambda: NOW)
    yield Client(make_api(board, ["127.0.0.1"]))
    store.close()


def test_every_place(client: Client) -> None:
    places = client.get("/api/places").json()
    assert len(places) == 104
    known = next(place for place in places if place["id"] == "mz-taiping-03")
    assert (known["condition"], known["today"]) == ("ok", {"loans": 1, "returns": 0, "visits": 6})
    unknown = next(place for place in places if place["id"] == "mz-main")
    assert (unknown["condition"], unknown["today"]["loans"]) == ("unknown", None)


def test_one_place(client: Client) -> None:
    detail = client.get("/api/places/mz-taiping-03").json()
    assert [device["serial"] for device in detail["kiosks"][0]["devices"]] == ["FE1", None]
    assert [event["kind"] for event in detail["recent"]] == ["loan", "visits"]


def test_hours_of_a_day(client: Client) -> None:
    hours = client.get("/api/places/mz-taiping-03/hours").json()
    assert [hour["visits"] for hour in hours if hour["visits"]] == [6]
    yesterday = client.get("/api/places/mz-taiping-03/hours?day=2026-11-21").json()
    assert {hour["visits"] for hour in yesterday} == {None}


def test_devices_and_counts(client: Client) -> None:
    assert {d["kind"] for d in client.get("/api/devices").json()} == {"tag_reader", "door_counter"}
    assert client.get("/api/devices?place=mz-main").json() == []
    assert client.get("/api/events/count").json() == {"count": 2}
    assert client.get("/api/events/count?place=mz-taiping-03&kind=loan").json() == {"count": 1}
    assert client.get("/api/events/count?kind=rotation").json() == {"count": 0}


@pytest.mark.parametrize("path", ["/api/places/nowhere", "/api/places/nowhere/hours", "/api/devices?place=x"])
def test_a_place_that_does_not_exist(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "GET /api/places lists them" in response.json()["detail"]


def test_a_day_that_is_none(client: Client) -> None:
    assert client.get("/api/places/mz-main/hours?day=2026-02-31").status_code == 422


def test_the_description_names_every_route_and_loads_nothing(client: Client) -> None:
    description = client.get("/api/openapi.json").json()
    assert set(description["paths"]) == {
        "/api/places",
        "/api/places/{place_id}",
        "/api/places/{place_id}/hours",
        "/api/devices",
        "/api/events/count",
    }
    assert "https://" not in json.dumps(description)
    for path in ("/docs", "/redoc"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({"origin": "http://127.0.0.1:9090"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": ""}, 403),
    ],
)
def test_other_sites_are_kept_out(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.get("/api/places", headers=headers).status_code == status


def test_what_could_change_something_names_its_origin(client: Client) -> None:
    assert client.post("/api/places").status_code == 403
    assert client.post("/api/places", headers={"origin": "http://127.0.0.1:8080"}).status_code == 405


def test_security_headers(client: Client) -> None:
    headers = client.get("/api/places").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/places/mz-main", "/places/mz-main"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
    ],
)
def test_language_switch_stays_with_us(client: Client, to: str, location: str) -> None:
    response = client.get("/language/en", params={"to": to})
    assert (response.status_code, response.headers["location"]) == (303, location)
    assert "language=en" in response.headers["set-cookie"]
    assert client.get("/language/xx").status_code == 422
