"""Commands and notices over REST: who may order what, and what comes of it."""

from collections.abc import Iterator

import pytest

from broker_config.commands import CommandResult
from central.accounts.tokens import Scope
from tests.central.heard import NOW, Kiosk
from tests.central.web.inside import OTHER, OWN, House, Person, house

PATH = f"/api/v1/places/{OWN}/kiosks/kiosk-1/commands"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("commands")) as made:
        yield made


@pytest.fixture(scope="module")
def taiping(own: House) -> Person:
    return own.person("taiping")


def test_ordered_sent_and_answered(own: House, taiping: Person) -> None:
    issued = taiping.post(PATH, json={"name": "logs", "minutes": 5, "fields": {"lines": 20}})
    assert issued.status_code == 201
    command_id = issued.json()["id"]
    path = f"/api/v1/commands/{command_id}"
    told = taiping.get(path).json()
    assert (told["status"], told["fields"], told["issued_by"]) == ("waiting", {"lines": 20}, "taiping")
    assert (told["issued_at"], told["expires_at"]) == ("2026-11-22T03:04:05Z", "2026-11-22T03:09:05Z")
    assert taiping.get(f"{path}/attachment").status_code == 404
    commands = own.shell.dispatch.commands
    (sent,) = [one for one in commands.answers((), NOW) if command_id.encode() in one.payload]
    assert sent.topic.endswith(f"/{OWN}.kiosk-1/cmd/logs")
    answer = Kiosk().event(
        CommandResult, command_id=command_id, outcome="done", media_type="text/plain", attachment=b"a log"
    )
    commands.answers([answer], NOW)
    (told,) = [one for one in taiping.get("/api/v1/commands").json() if one["id"] == command_id]
    assert (told["status"], told["attachment"]) == ("done", True)
    attachment = taiping.get(f"{path}/attachment")
    assert attachment.content == b"a log"
    assert attachment.headers["content-disposition"].startswith("attachment;")
    assert attachment.headers["content-type"] == "application/octet-stream"


def test_others_see_nothing_of_it(own: House, taiping: Person) -> None:
    command_id = taiping.post(PATH, json={"name": "restart"}).json()["id"]
    huguang = own.person("huguang")
    assert huguang.get("/api/v1/commands").json() == []
    assert huguang.get(f"/api/v1/commands/{command_id}").status_code == 404
    assert huguang.get(f"/api/v1/commands/{command_id}/attachment").status_code == 404


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        (PATH, {"name": "explode"}, 422),
        (PATH, {"name": "out_of_service"}, 422),
        (PATH, {"name": "restart", "fields": {"reason": "x"}}, 422),
        (PATH, {"name": "restart", "minutes": 0}, 422),
        (PATH, {"name": "logs", "fields": {"lines": 100_000}}, 422),
        (PATH.replace("kiosk-1", "kiosk-9"), {"name": "restart"}, 404),
        (PATH.replace(OWN, OTHER), {"name": "restart"}, 403),
    ],
)
def test_what_cannot_be_ordered(taiping: Person, path: str, asked: dict[str, object], status: int) -> None:
    answer = taiping.post(path, json=asked)
    assert answer.status_code == status
    assert answer.json()["detail"]


NOTICE = {
    "audience": "point",
    "title_zh": "周六闭馆",
    "start": "2026-11-22T00:00:00+08:00",
    "end": "2026-11-29T00:00:00+08:00",
}


def test_notices_from_beginning_to_end(own: House) -> None:
    boss = own.program(Scope.MANAGE)
    made = boss.post("/api/v1/notices", json=NOTICE)
    assert made.status_code == 201
    number = made.json()["id"]
    assert (
        boss.ask("PUT", f"/api/v1/notices/{number}", json=NOTICE | {"title_en": "Closed"}).status_code == 204
    )
    (told,) = own.program(Scope.READ).get("/api/v1/notices").json()
    assert (told["title_zh"], told["title_en"], told["made_by"]) == ("周六闭馆", "Closed", "token:manage")
    assert boss.ask("DELETE", f"/api/v1/notices/{number}").status_code == 204
    assert boss.ask("DELETE", f"/api/v1/notices/{number}").status_code == 404
    assert boss.ask("PUT", f"/api/v1/notices/{number}", json=NOTICE).status_code == 404
    assert boss.get("/api/v1/notices").json() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"audience": "nowhere"}, "请选择网点或级别"),
        ({"end": "2026-11-21T00:00:00Z"}, ""),
        ({"title_zh": " "}, "中文标题应为 1 至 200 字"),
        ({"start": "2026-11-22T00:00:00"}, "请检查：start 应为带时区的时间"),
        ({"title_zh": "长" * 201}, "请检查：title_zh 应不多于 200 个字符"),
    ],
)
def test_notices_that_cannot_be(own: House, change: dict[str, str], sentence: str) -> None:
    answer = own.program(Scope.MANAGE).post("/api/v1/notices", json=NOTICE | change)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(sentence)
