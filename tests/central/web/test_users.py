"""The pages of the main library's administrators: users, tokens, audit log."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.accounts.roles import Actor, Role
from tests.central.accounts.people import GOOD
from tests.central.web.inside import OTHER, OWN, House, Person, house

SECRET = re.compile(r'class="once mono">([^<]+)<')


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def boss(own: House) -> Person:
    return own.person("boss")


def secret(text: str) -> str:
    found = SECRET.search(text)
    assert found is not None, text
    return found[1]


def test_adding_a_user_who_then_signs_in(own: House, boss: Person) -> None:
    form = {"name": "Chen", "display_name": "陈馆员", "role": "branch", "places": f"{OWN}，{OTHER}"}
    one_time = secret(boss.fill_in("/users", "/users/add", **form).text)
    assert one_time not in boss.get("/users").text
    assert "陈馆员" in boss.get("/users").text
    account = own.shell.accounts.register.find("chen")
    assert account is not None and account.role is Role.BRANCH and account.places == {OWN, OTHER}
    chen = own.nobody()
    assert chen.sign_in("chen", one_time).headers["location"] == "/login/password"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": "boss", "display_name": "x", "role": "main"}, "这个账号名已经有人使用"),
        ({"name": "陈", "display_name": "x", "role": "main"}, "账号名只能用小写字母"),
        ({"name": "chen", "display_name": "", "role": "main"}, "请填写姓名"),
        ({"name": "chen", "display_name": "x", "role": "branch"}, "分馆角色至少要有一个网点"),
        (
            {"name": "chen", "display_name": "x", "role": "viewer", "places": "nowhere"},
            "没有这个网点编号：nowhere",
        ),
        ({"name": "chen", "display_name": "x", "role": "king"}, "填写的内容有误，请返回检查：role"),
        ({}, "填写的内容有误"),
    ],
)
def test_what_is_filled_in_wrong_is_told(boss: Person, form: dict[str, str], sentence: str) -> None:
    answer = boss.fill_in("/users", "/users/add", **form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_what_was_typed_stays_in_the_form_and_is_never_markup(boss: Person) -> None:
    form = {"name": "x", "display_name": '"><script>alert(1)</script>', "role": "branch", "places": OWN}
    text = boss.fill_in("/users", "/users/add", **form).text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text and OWN in text


def test_changing_resetting_disabling(own: House, boss: Person) -> None:
    reader = own.person("reader")
    form = {"display_name": "阅览员", "role": "branch", "places": OWN}
    assert boss.fill_in("/users/reader", **form).headers["location"] == "/users"
    assert reader.get("/api/v1/places").status_code == 401  # may do other things now: signs in again
    reader = own.person("reader")
    assert len(reader.get("/api/v1/places").json()) == 1
    one_time = secret(boss.fill_in("/users/reader", "/users/reader/reset").text)
    assert reader.get("/api/v1/places").status_code == 401
    assert reader.sign_in("reader").status_code == 403
    assert reader.sign_in("reader", one_time).status_code == 303
    boss.fill_in("/users/reader", "/users/reader/disable")
    assert own.nobody().sign_in("reader", one_time).status_code == 403
    assert "停用账号" in boss.get("/users/reader").text
    boss.fill_in("/users/reader", "/users/reader/enable")
    assert own.nobody().sign_in("reader", one_time).status_code == 303


def test_the_last_administrator_stays(boss: Person) -> None:
    answer = boss.fill_in("/users/boss", "/users/boss/disable")
    assert "至少要保留一个启用的总馆管理账号" in answer.text
    assert boss.get("/users").status_code == 200


@pytest.mark.parametrize("path", ["/users/nobody", "/users/reader/promote"])
def test_what_is_not_there(boss: Person, path: str) -> None:
    assert boss.fill_in("/users", path, display_name="x", role="main").status_code in (404, 422)


def test_a_token_from_making_to_revoking(own: House, boss: Person) -> None:
    assert "还没有令牌" in boss.get("/tokens").text
    for form, sentence in (
        ({"name": "", "scope": "read", "days": "30"}, "请填写用途"),
        ({"name": "x", "scope": "read", "days": "99999999999"}, "有效天数为 1 到 730"),
        ({"name": "x", "scope": "all", "days": "30"}, "请返回检查：scope"),
    ):
        assert sentence in boss.fill_in("/tokens", **form).text
    text = secret(boss.fill_in("/tokens", name="统计平台", scope="read", days="30").text)
    assert text not in boss.get("/tokens").text
    program = Person(own.app, headers={"authorization": f"Bearer {text}"})
    assert len(program.get("/api/v1/places").json()) == 104
    assert program.get("/users").status_code == 403
    assert program.ask("POST", "/tokens").status_code == 403  # no origin needed, yet not for tokens
    boss.fill_in("/tokens", "/tokens/1/revoke")
    assert program.get("/api/v1/places").status_code == 401


def test_the_audit_log_shows_and_filters(own: House, boss: Person) -> None:
    own.nobody("192.0.2.66").sign_in("reader", "wrong")
    boss.fill_in("/users/reader", "/users/reader/reset")
    page = boss.get("/audit").text
    assert "记录完整" in page and "192.0.2.66" in page and "重置密码" in page
    rows = re.compile(r"<tr><th><time").findall
    assert len(rows(boss.get("/audit?action=account.reset").text)) == 1
    assert len(rows(boss.get("/audit?actor=boss&subject=reader").text)) == 1
    assert len(rows(boss.get("/audit?since=2026-11-22&until=2026-11-22").text)) > 5
    for empty in ("since=2026-11-23", "until=2026-11-21", "actor=x", "before=1"):
        assert "没有符合条件的记录" in boss.get(f"/audit?{empty}").text
    assert boss.get("/audit?since=x&until=&before=99999").status_code == 200
    assert boss.get("/audit?before=x").status_code == 422
    assert GOOD not in page


def test_a_long_log_has_pages(own: House, boss: Person) -> None:
    for _ in range(60):
        own.shell.accounts.register.reset(own_actor(own), "reader")
    first = boss.get("/audit").text
    older = re.search(r'href="(/audit\?[^"]+before=\d+)"', first)
    assert older is not None
    second = boss.get(older[1].replace("&amp;", "&")).text
    assert "添加账号" in second and "添加账号" not in first.partition("<table")[2]


def own_actor(own: House) -> Actor:
    return Actor("boss", "192.0.2.7", own.clock.now)


def test_a_tampered_log_is_told(own: House, boss: Person) -> None:
    with own.shell.office.writing() as db:
        db.execute("DROP TRIGGER audit_stays")
        db.execute("UPDATE audit SET actor = 'x' WHERE seq = 2")
    assert "第 2 条起记录被改动过" in boss.get("/audit").text


def test_both_languages(own: House, boss: Person) -> None:
    boss.get("/language/en")
    for path, title in (
        ("/users", "Users"),
        ("/audit", "Audit log"),
        ("/tokens", "API tokens"),
        ("/account", "boss"),
    ):
        text = boss.get(path).text
        assert f"<h1>{title}" in text and '<html lang="en">' in text
        assert not re.search(
            "[\u4e00-\u9fff]", re.sub(r"书|中文", "", re.sub(r"<details.*?</details>", "", text, flags=re.S))
        )
