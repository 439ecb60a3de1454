"""Signing in and out as a browser does it: forms, cookies, lock-out, second factor, CSRF, headers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from central.accounts.register import Profile
from central.accounts.roles import Role
from central.listening import SecondFactor, Web
from tests.central.accounts.people import GOOD, by
from tests.central.web.inside import FORM_TOKEN, URL, House, Person, house

SESSION = "shuzhan"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """For tests that lock people out."""
    with house(tmp_path) as made:
        yield made


def where(person: Person, path: str = "/account") -> str:
    """The page one ends on."""
    answer = person.get(path)
    return answer.headers["location"] if answer.status_code == 303 else path


def test_in_and_out(inside: House) -> None:
    person = inside.nobody()
    assert where(person, "/users") == "/login?to=/users"
    answer = person.fill_in("/login?to=/users", "/login", name=" Boss ", password=GOOD, to="/users")
    assert (answer.status_code, answer.headers["location"]) == (303, "/users")
    assert where(person) == "/account"
    answer = person.fill_in("/account", "/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "cache" in answer.headers["clear-site-data"]
    assert where(person) == "/login?to=/account"


def test_after_signing_in_one_stays_with_us(inside: House) -> None:
    for to in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x=1"):
        answer = inside.nobody().fill_in("/login", name="boss", password=GOOD, to=to)
        assert answer.headers["location"] == "/"


def test_the_cookie(inside: House) -> None:
    cookie = inside.nobody().sign_in("boss").headers["set-cookie"]
    assert cookie.startswith("shuzhan=")
    for word in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie and "boss" not in cookie


def test_the_cookie_over_tls(tmp_path: Path) -> None:
    with house(tmp_path, Web(behind_proxy=True)) as made:
        answer = made.nobody().get("/login")
        assert answer.headers["set-cookie"].startswith("__Host-shuzhan-form=")
        assert "Secure" in answer.headers["set-cookie"]


def test_a_planted_session_is_not_taken_over(inside: House) -> None:
    """Session fixation: neither an invented id nor somebody else's becomes ours by signing in."""
    planted = inside.person("reader").cookies[SESSION]
    for cookie in ("invented", planted):
        victim = inside.nobody()
        victim.cookies.set(SESSION, cookie, domain="127.0.0.1")
        assert victim.sign_in("boss").status_code == 303
        thief = inside.nobody()
        thief.cookies.set(SESSION, cookie, domain="127.0.0.1")
        assert where(thief) == "/login?to=/account"


def test_wrong_passwords_lock_out_for_a_while(own: House) -> None:
    person = own.nobody()
    answers = [person.sign_in("reader", "wrong") for _ in range(6)]
    assert ["账号或密码不正确" in answer.text for answer in answers] == [True] * 5 + [False]
    assert "请在 30 秒 后再试" in answers[5].text
    assert answers[5].status_code == 403
    assert "30 秒" in person.sign_in("reader").text
    assert own.nobody("192.0.2.8").sign_in("boss").status_code == 303  # somebody else, somewhere else
    own.clock.now += timedelta(seconds=31)
    assert person.sign_in("reader").status_code == 303


def test_nothing_tells_which_accounts_exist(own: House) -> None:
    known, unknown = own.nobody(), own.nobody()
    for _ in range(7):
        answers = [known.sign_in("reader", "wrong"), unknown.sign_in("no-such", "wrong")]
        said = [FORM_TOKEN.sub("", a.text).replace("no-such", "reader") for a in answers]
        assert said[0] == said[1]
        assert answers[0].status_code == answers[1].status_code


def test_the_first_sign_in_asks_for_a_new_password(own: House) -> None:
    one_time = own.shell.accounts.register.add(by(), "new", Profile("新人", Role.VIEWER))
    person = own.nobody()
    assert person.sign_in("new", one_time).headers["location"] == "/login/password"
    assert where(person, "/") == "/login/password"
    assert person.get("/api/v1/places").status_code == 401
    answer = person.fill_in("/login/password", new="short", repeated="short")
    assert "新密码太短" in answer.text
    before = person.cookies[SESSION]
    assert person.fill_in("/login/password", new=GOOD, repeated=GOOD).headers["location"] == "/"
    assert person.cookies[SESSION] != before
    assert where(person, "/login/password") == "/"
    assert person.get("/api/v1/places").status_code == 200


def test_a_second_factor_from_the_account_page(own: House) -> None:
    person = own.person("reader")
    page = person.get("/account/factor").text
    assert "<svg" in page and "</svg>" in page
    secret = page.partition('mono key">')[2].partition("<")[0].replace(" ", "")
    code = pyotp.TOTP(secret).at(own.clock.now)
    assert "账号或密码不正确" in person.fill_in("/account/factor", password="wrong", code=code).text
    answer = person.fill_in("/account/factor", password=GOOD, code=code)
    recovery = answer.text.partition("<li>")[2].partition("</li>")[0]
    assert where(person) == "/account"
    own.clock.now += timedelta(minutes=2)
    again = own.nobody()
    assert again.sign_in("reader").headers["location"] == "/login/code"
    assert where(again, "/") == "/login/code"
    assert "验证码不正确" in again.fill_in("/login/code", code="000000").text
    code = pyotp.TOTP(secret).at(own.clock.now)
    assert again.fill_in("/login/code", code=code, to="/account").headers["location"] == "/account"
    with_paper = own.nobody()
    with_paper.sign_in("reader")
    assert with_paper.fill_in("/login/code", code=recovery.upper()).headers["location"] == "/"
    assert "还剩 7 个恢复码" in with_paper.get("/account").text


def test_administrators_enrol_first_where_it_is_required(tmp_path: Path) -> None:
    with house(tmp_path, Web(second_factor=SecondFactor.REQUIRED)) as made:
        boss = made.nobody()
        assert boss.sign_in("boss").headers["location"] == "/login/factor"
        assert boss.get("/api/v1/places").status_code == 401
        secret = boss.get("/login/factor").text.partition('mono key">')[2].partition("<")[0]
        code = pyotp.TOTP(secret.replace(" ", "")).at(made.clock.now)
        assert "恢复码" in boss.fill_in("/login/factor", code=code).text
        assert where(boss, "/users") == "/users"
        assert made.person("reader").get("/account").status_code == 200


def test_an_idle_session_ends_and_a_used_one_lives(own: House) -> None:
    person = own.person("reader")
    for _ in range(3):
        own.clock.now += timedelta(minutes=50)
        assert where(person) == "/account"
    own.clock.now += timedelta(minutes=61)
    assert where(person) == "/login?to=/account"


def test_a_page_left_open_keeps_nobody_signed_in(own: House) -> None:
    """What NiceGUI fetches by itself does not count as use."""
    person = own.person("reader")
    own.clock.now += timedelta(minutes=50)
    person.get("/_nicegui/3/components/x")
    own.clock.now += timedelta(minutes=20)
    assert where(person) == "/login?to=/account"


def test_signing_out_everywhere(own: House) -> None:
    here, there = own.person("reader"), own.person("reader", "192.0.2.8")
    assert "192.0.2.8" in here.get("/account").text
    here.fill_in("/account", "/account/sign-out-everywhere")
    assert where(here) == where(there) == "/login?to=/account"


def test_changing_the_password(own: House) -> None:
    here, there = own.person("reader"), own.person("reader")
    new = "another-good-one-4"
    answer = here.fill_in("/account", "/account/password", old="wrong", new=new, repeated=new)
    assert "账号或密码不正确" in answer.text
    answer = here.fill_in("/account", "/account/password", old=GOOD, new=new, repeated=new)
    assert "密码已修改" in answer.text
    assert (where(here), where(there)) == ("/account", "/login?to=/account")
    assert own.nobody().sign_in("reader", new).status_code == 303


FORMS = (
    "/login",
    "/logout",
    "/account/password",
    "/account/factor",
    "/account/sign-out-everywhere",
    "/users/add",
    "/users/reader",
    "/users/reader/reset",
    "/users/reader/disable",
    "/tokens",
    "/tokens/1/revoke",
)


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_its_token(inside: House, path: str) -> None:
    boss, reader = inside.person("boss"), inside.person("reader")
    theirs = FORM_TOKEN.search(reader.get("/account").text)
    assert theirs is not None
    for token in ("", "x", theirs[1], "令牌"):
        answer = boss.post(path, data={"form_token": token, "name": "boss", "password": GOOD, "role": "main"})
        assert answer.status_code == 403
        assert "表单已过期" in answer.text
    assert where(boss) == "/account"  # and nothing happened
    assert inside.shell.accounts.tokens.all() == []


def test_a_login_form_is_bound_to_its_browser(inside: House) -> None:
    token = FORM_TOKEN.search(inside.nobody().get("/login").text)
    assert token is not None
    form = {"form_token": token[1], "name": "boss", "password": GOOD}
    assert inside.nobody().post("/login", data=form).status_code == 403


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:9"])
def test_forms_from_elsewhere(inside: House, origin: str | None) -> None:
    boss = inside.person("boss")
    headers = {"origin": origin} if origin else {}
    assert boss.ask("POST", "/logout", headers=headers).status_code == 403
    assert where(boss) == "/account"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"name=%ff&password=x", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 60, "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 403),
        (b'{"name": "boss"}', "application/json", 415),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x", 415),
        (b"name=boss", "", 415),
    ],
)
def test_malformed_bodies(inside: House, body: bytes, kind: str, status: int) -> None:
    answer = inside.nobody().post("/login", content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "表单已过期" in answer.text


def test_oversized_bodies_are_not_read(inside: House) -> None:
    """Announced: nothing is read. Not announced: no more than the limit and one piece."""
    read: list[int] = []

    async def endless() -> object:
        for number in range(1000):
            read.append(number)
            yield b"x" * 8192

    nobody, kind = inside.nobody(), {"content-type": "application/x-www-form-urlencoded"}
    answer = nobody.post("/login", content=endless(), headers={**kind, "content-length": "8192000"})
    assert (answer.status_code, read) == (413, [])
    assert "提交的内容太大" in answer.text
    answer = nobody.post("/login", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert len(read) <= 64 // 8 + 2
    for length in ("-1", "x", "9" * 50):
        assert nobody.post("/login", headers={"content-length": length}, content=b"").status_code == 413


@pytest.mark.parametrize("path", ["/login", "/users", "/api/v1/places", "/static/centre.css", "/nowhere"])
def test_security_headers(inside: House, path: str) -> None:
    headers = inside.person("boss").get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert rule in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_pages_with_secrets_are_kept_nowhere(inside: House) -> None:
    for path in ("/login", "/account", "/users", "/audit"):
        assert inside.person("boss").get(path).headers["cache-control"] == "no-store"


def test_the_office_in_trouble_is_one_sentence(own: House) -> None:
    person = own.person("boss")
    with own.shell.office.writing() as db:
        db.execute("ALTER TABLE tokens RENAME TO gone")
    answer = person.get("/tokens")
    assert answer.status_code == 503
    assert "中心暂时无法保存" in answer.text
    assert URL not in answer.text
