"""Tokens of programs: what each may do, and when it ends."""

import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.register import Profile, Register
from central.accounts.roles import Principal, Role
from central.accounts.tokens import BadToken, Scope, Tokens
from central.office import Office
from tests.central.accounts.people import by, later
from tests.central.heard import NOW


@pytest.fixture
def tokens(office: Office, register: Register) -> Tokens:
    register.first_start(NOW)
    return Tokens(office)


def made(tokens: Tokens, scope: Scope = Scope.READ, days: int = 30) -> str:
    text = tokens.make(by(), "统计平台", scope, days)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(("scope", "role"), [(Scope.READ, Role.VIEWER), (Scope.MANAGE, Role.MAIN)])
def test_a_token_says_who_asks(tokens: Tokens, scope: Scope, role: Role) -> None:
    assert tokens.principal(made(tokens, scope), NOW) == Principal("token:统计平台", role)


def test_a_token_ends(tokens: Tokens) -> None:
    text = made(tokens)
    assert tokens.principal(text, later(days=29)) is not None
    assert tokens.principal(text, later(days=31)) is None
    tokens.revoke(by(), tokens.all()[0].id)
    tokens.revoke(by(), 1)
    assert tokens.principal(text, NOW) is None
    assert tokens.all() == []


def test_a_token_ends_with_its_makers_account(tokens: Tokens, register: Register) -> None:
    text = made(tokens, Scope.MANAGE)
    register.add(by(), "chen", Profile("陈", Role.MAIN))
    register.set_disabled(by(), "main", True)
    assert tokens.principal(text, NOW) is None
    register.set_disabled(by(), "main", False)
    assert tokens.principal(text, NOW) is not None
    register.change(by(), "main", Profile("总", Role.VIEWER))
    assert tokens.principal(text, NOW) is None


@pytest.mark.parametrize(
    ("name", "days", "why"),
    [
        ("", 30, BadToken.NAME),
        ("x" * 41, 30, BadToken.NAME),
        ("x", 0, BadToken.DAYS),
        ("x", 731, BadToken.DAYS),
    ],
)
def test_what_is_no_token(tokens: Tokens, name: str, days: int, why: BadToken) -> None:
    assert tokens.make(by(), name, Scope.READ, days) is why


@pytest.mark.parametrize("text", ["", "shuzhan_", "x" * 5000, "\ud800", "令牌"])
def test_what_nobody_was_given(tokens: Tokens, text: str) -> None:
    assert tokens.principal(text, NOW) is None


def test_only_its_use_is_kept(tokens: Tokens, office: Office) -> None:
    text = made(tokens)
    assert text not in str([tuple(row) for row in office.rows("SELECT * FROM tokens")])
    tokens.principal(text, later(minutes=1))
    tokens.principal(text, later(minutes=2))
    assert tokens.all()[0].used_at == later(minutes=1)
    told = audit.entries(office, Wanted(action="token.make"), 9)
    assert [entry.subject for entry in told] == ["统计平台"]
    assert text not in str(told)
