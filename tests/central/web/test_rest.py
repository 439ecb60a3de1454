"""REST about places, as programs ask it."""

import json

import pytest

from central.accounts.tokens import Scope
from tests.central.web.inside import URL, House, Person


@pytest.fixture(scope="module")
def client(inside: House) -> Person:
    """A program with a token; cookies and origins are browsers' affairs."""
    return inside.program(Scope.READ)


def test_every_place(client: Person) -> None:
    places = client.get("/api/v1/places").json()
    assert len(places) == 104
    known = next(place for place in places if place["id"] == "mz-taiping-03")
    assert (known["condition"], known["today"]) == ("ok", {"loans": 1, "returns": 0, "visits": 6})
    unknown = next(place for place in places if place["id"] == "mz-main")
    assert (unknown["condition"], unknown["today"]["loans"]) == ("unknown", None)


def test_one_place(client: Person) -> None:
    detail = client.get("/api/v1/places/mz-taiping-03").json()
    assert [device["serial"] for device in detail["kiosks"][0]["devices"]] == ["FE1", None]
    assert [event["kind"] for event in detail["recent"]] == ["loan", "visits"]


def test_hours_of_a_day(client: Person) -> None:
    hours = client.get("/api/v1/places/mz-taiping-03/hours").json()
    assert [hour["visits"] for hour in hours if hour["visits"]] == [6]
    yesterday = client.get("/api/v1/places/mz-taiping-03/hours?day=2026-11-21").json()
    assert {hour["visits"] for hour in yesterday} == {None}


def test_places_are_filtered_and_follow_one_another(client: Person) -> None:
    assert [p["id"] for p in client.get("/api/v1/places?condition=ok").json()] == ["mz-taiping-03"]
    assert {p["town"] for p in client.get("/api/v1/places?town=taiping").json()} == {"taiping"}
    seen, path = [], "/api/v1/places?limit=40"
    while path:
        answer = client.get(path)
        seen += [place["id"] for place in answer.json()]
        path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert len(seen) == len(set(seen)) == 104


def test_days_up_to_one(client: Person) -> None:
    days = client.get("/api/v1/places/mz-taiping-03/days?count=3").json()
    assert [(day["day"], day["loans"], day["visits"]) for day in days] == [
        ("2026-11-20", None, None),
        ("2026-11-21", None, None),
        ("2026-11-22", 1, 6),
    ]
    assert client.get("/api/v1/places/mz-taiping-03/days?last=0001-01-02&count=5").status_code == 422


def test_a_week(client: Person) -> None:
    week = client.get("/api/v1/places/mz-taiping-03/week").json()
    assert [band["day"] for band in week["bands"]][-1] == "2026-11-22"
    assert {segment["condition"] for band in week["bands"] for segment in band["segments"]} == {"unknown"}


def test_events_page_by_page(client: Person) -> None:
    first = client.get("/api/v1/places/mz-taiping-03/events?limit=1")
    assert [event["kind"] for event in first.json()] == ["loan"]
    assert first.json()[0]["happened_at"] == "2026-11-22T02:44:05Z"
    path = first.headers["link"].partition(">")[0].removeprefix("<")
    second = client.get(path)
    assert [event["kind"] for event in second.json()] == ["visits"]
    assert "link" not in second.headers
    assert client.get("/api/v1/places/mz-taiping-03/events?kind=return").json() == []
    wrong = client.get("/api/v1/places/mz-taiping-03/events?before=yesterday")
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "before：应为上一页 Link 头中给出的值。")


def test_what_has_not_changed_is_not_sent_again(client: Person) -> None:
    first = client.get("/api/v1/places")
    tag = first.headers["etag"]
    again = client.get("/api/v1/places", headers={"if-none-match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/v1/places?town=taiping").headers["etag"] != tag
    assert client.get("/api/v1/places", headers={"if-none-match": '"x"'}).status_code == 200


def test_which_unit_was_where(client: Person) -> None:
    history = client.get("/api/v1/devices/history").json()
    assert {(seen["place"], seen["kind"], seen["serial"]) for seen in history} == {
        ("mz-taiping-03", "tag_reader", "FE1"),
        ("mz-taiping-03", "door_counter", None),
    }
    assert client.get("/api/v1/devices/history?place=mz-main").json() == []
    assert client.get("/api/v1/devices/swaps").json() == []


def test_devices_and_counts(client: Person) -> None:
    assert {d["kind"] for d in client.get("/api/v1/devices").json()} == {"tag_reader", "door_counter"}
    assert client.get("/api/v1/devices?place=mz-main").json() == []
    assert client.get("/api/v1/events/count").json() == {"count": 2}
    assert client.get("/api/v1/events/count?place=mz-taiping-03&kind=loan").json() == {"count": 1}
    assert client.get("/api/v1/events/count?kind=rotation").json() == {"count": 0}


@pytest.mark.parametrize(
    "path", [f"/api/v1/{path}" for path in ("places/nowhere", "places/nowhere/hours", "devices?place=x")]
)
def test_a_place_that_does_not_exist(client: Person, path: str) -> None:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "GET /api/v1/places lists them" in response.json()["detail"]


def test_a_day_that_is_none(client: Person) -> None:
    assert client.get("/api/v1/places/mz-main/hours?day=2026-02-31").status_code == 422


def test_the_description_names_every_route_and_loads_nothing(client: Person) -> None:
    description = client.get("/api/v1/openapi.json").json()
    assert set(description["paths"]) >= {
        "/api/v1/places",
        "/api/v1/places/{place_id}",
        "/api/v1/places/{place_id}/hours",
        "/api/v1/devices",
        "/api/v1/events/count",
    }
    assert all(path.startswith("/api/") for path in description["paths"])
    assert set(description["components"]["securitySchemes"]) == {"token", "session"}
    assert description["security"] == [{"token": []}, {"session": []}]
    for path in description["paths"].values():
        assert all({"401", "403"} <= set(operation["responses"]) for operation in path.values())
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
def test_other_sites_are_kept_out(client: Person, headers: dict[str, str], status: int) -> None:
    assert client.get("/api/v1/places", headers=headers).status_code == status


def test_what_a_browser_could_change_names_its_origin(inside: House, client: Person) -> None:
    boss = inside.person("boss")
    assert boss.ask("POST", "/api/v1/places").status_code == 403
    assert boss.ask("POST", "/api/v1/places", headers={"origin": URL}).status_code == 405
    assert client.ask("POST", "/api/v1/places").status_code == 405  # no browser sends a token by itself
    assert client.ask("POST", "/api/v1/places", headers={"origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/places/mz-main", "/places/mz-main"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
    ],
)
def test_language_switch_stays_with_us(client: Person, to: str, location: str) -> None:
    response = client.get("/language/en", params={"to": to})
    assert (response.status_code, response.headers["location"]) == (303, location)
    assert "language=en" in response.headers["set-cookie"]
    assert client.get("/language/xx").status_code == 422
