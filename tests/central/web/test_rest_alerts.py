"""Alerts over REST: whose they are, and who may do what about them."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.tokens import Scope
from central.alerts.incident import Incident, Member
from central.alerts.signs import Key
from central.alerts.tables import Tables
from tests.central.heard import NOW, ago
from tests.central.web.inside import OTHER, OWN, House, Person, house


def incident(number: int, rule: str, *places: str, cleared_at: datetime | None = None) -> Incident:
    members = tuple(Member(Key(rule, place, "kiosk-1"), ago(minutes=9), "缺纸") for place in places)
    return Incident(number, rule, ago(minutes=9), ago(minutes=9), members, cleared_at=cleared_at)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("alerts")) as made:
        found = [
            incident(1, "paper_low", OWN, cleared_at=ago(minutes=1)),
            incident(2, "paper_out", OWN),
            incident(3, "kiosk_offline", OWN, OTHER),
            incident(4, "not_receiving", ""),
        ]
        Tables(made.shell.office).save(found, [], NOW)
        yield made


def ids(person: Person, query: str = "") -> list[int]:
    return [alert["id"] for alert in person.get(f"/api/v1/alerts{query}").json()]


def test_one_sees_ones_own(own: House) -> None:
    assert ids(own.person("boss")) == [4, 3, 2]
    assert ids(own.person("reader"), "?state=all") == [4, 3, 2, 1]
    assert ids(own.person("taiping")) == [3, 2]
    assert ids(own.person("huguang")) == [3]
    (shared,) = own.person("huguang").get("/api/v1/alerts").json()
    assert [where["place"] for where in shared["where"]] == [OTHER]
    assert own.person("huguang").get("/api/v1/alerts/2").status_code == 404
    assert own.person("huguang").get("/api/v1/alerts/99").status_code == 404


def test_what_an_alert_says(own: House) -> None:
    alert = own.program(Scope.READ).get("/api/v1/alerts/2").json()
    assert (alert["rule"], alert["needs"], alert["severity"]) == ("paper_out", "staff", alert["severity"])
    assert alert["text_zh"] and alert["act_en"]
    assert alert["opened_at"] == "2026-11-22T02:55:05Z"
    assert alert["where"][0]["detail"] == "缺纸"


def test_pages_follow_one_another(own: House) -> None:
    boss = own.person("boss")
    first = boss.get("/api/v1/alerts?state=all&limit=3")
    assert first.headers["link"] == '</api/v1/alerts?state=all&limit=3&before=2>; rel="next"'
    assert ids(boss, "?state=all&limit=3&before=2") == [1]


def test_acknowledging_is_for_those_who_handle_all_of_it(own: House) -> None:
    taiping, boss = own.person("taiping"), own.person("boss")
    assert taiping.post("/api/v1/alerts/2/acknowledgement").status_code == 204
    assert boss.get("/api/v1/alerts/2").json()["acknowledged_by"] == "taiping"
    refused = taiping.post("/api/v1/alerts/3/acknowledgement")
    assert (refused.status_code, refused.json()["detail"]) == (403, "这个网点不在您的范围内。")
    over = boss.post("/api/v1/alerts/1/acknowledgement", headers={"accept-language": "en"})
    assert over.status_code == 422
    assert over.json()["detail"] == "Not possible: incident 1: expected one that is open"
    (entry,) = audit.entries(own.shell.office, Wanted(action="alert.acknowledge"), 9)
    assert (entry.actor, entry.subject) == ("taiping", "2")


UNTIL = "2026-11-23T08:00:00+08:00"


def test_silencing_and_ending_it(own: House) -> None:
    taiping = own.person("taiping")
    made = taiping.post("/api/v1/silences", json={"place": OWN, "until": UNTIL, "reason": "换纸"})
    assert made.status_code == 201
    assert made.json() | {"id": 0} == {
        "id": 0,
        "rule": "",
        "town": "",
        "place": OWN,
        "kiosk": "",
        "until": made.json()["until"],
        "by": "taiping",
        "reason": "换纸",
    }
    number = made.json()["id"]
    assert [one["id"] for one in taiping.get("/api/v1/silences").json()] == [number]
    assert own.person("huguang").get("/api/v1/silences").json() == []
    origin = {"origin": "http://127.0.0.1:8080"}
    path = f"/api/v1/silences/{number}"
    assert own.person("huguang").ask("DELETE", path, headers=origin).status_code == 404
    assert taiping.ask("DELETE", path, headers=origin).status_code == 204
    assert taiping.get("/api/v1/silences").json() == []


@pytest.mark.parametrize(
    ("who", "asked", "status"),
    [
        ("taiping", {"rule": "paper_low"}, 403),
        ("taiping", {"town": "taiping"}, 403),
        ("taiping", {"place": OTHER}, 403),
        ("boss", {"place": "nowhere"}, 404),
        ("boss", {"rule": "no_such_rule"}, 422),
        ("boss", {}, 422),
        ("boss", {"place": OWN, "until": "2028-01-01T00:00:00Z"}, 422),
        ("boss", {"place": OWN, "until": "2026-11-23T08:00:00"}, 422),
        ("boss", {"place": OWN, "reason": " "}, 422),
        ("boss", {"place": OWN, "colour": "red"}, 422),
    ],
)
def test_silences_that_cannot_be(own: House, who: str, asked: dict[str, str], status: int) -> None:
    answer = own.person(who).post("/api/v1/silences", json={"until": UNTIL, "reason": "换纸", **asked})
    assert answer.status_code == status
    assert answer.json()["detail"]
