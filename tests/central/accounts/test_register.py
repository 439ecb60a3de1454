"""Accounts: the first one, roles, places, and what is refused."""

import pytest

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.entrance import Entrance, Welcome
from central.accounts.register import Profile, Refusal, Refused, Register
from central.accounts.roles import Principal, Role
from central.accounts.sessions import Limits, Sessions
from central.office import Office
from tests.central.accounts.people import GOOD, by, later
from tests.central.heard import NOW

BRANCH = Profile("陈馆员", Role.BRANCH, frozenset({"mz-taiping"}))


def acts(office: Office) -> list[tuple[str, str]]:
    return [(entry.action, entry.subject) for entry in audit.entries(office, Wanted(), 99)]


def test_the_first_start_makes_one_account_once(register: Register, office: Office) -> None:
    password = register.first_start(NOW)
    assert password is not None
    (account,) = register.accounts()
    assert (account.name, account.role, account.places, account.one_time) == ("main", Role.MAIN, None, True)
    assert register.first_start(NOW) is None
    assert acts(office) == [("account.add", "main")]
    assert password not in str([tuple(row) for row in office.rows("SELECT * FROM accounts")])


def test_an_account_sees_its_places(register: Register) -> None:
    register.add(by(), "chen", BRANCH)
    account = register.find("chen")
    assert account is not None
    assert account.principal == Principal("chen", Role.BRANCH, frozenset({"mz-taiping"}))
    assert register.find("li") is None


@pytest.mark.parametrize(
    ("name", "profile", "why"),
    [
        ("c", BRANCH, Refusal.BAD_NAME),
        ("陈馆员", BRANCH, Refusal.BAD_NAME),
        ("a b", BRANCH, Refusal.BAD_NAME),
        ("token:x", BRANCH, Refusal.BAD_NAME),
        ("chen\n", BRANCH, Refusal.BAD_NAME),
        ("main", BRANCH, Refusal.NAME_TAKEN),
        ("chen", Profile("  ", Role.MAIN), Refusal.BAD_DISPLAY_NAME),
        ("chen", Profile("陈" * 41, Role.MAIN), Refusal.BAD_DISPLAY_NAME),
        ("chen", Profile("陈", Role.BRANCH), Refusal.PLACES_NEEDED),
        ("chen", Profile("陈", Role.BRANCH, frozenset({"mz-main", "x"})), Refusal.UNKNOWN_PLACE),
    ],
)
def test_what_is_no_account(register: Register, name: str, profile: Profile, why: Refusal) -> None:
    register.first_start(NOW)
    with pytest.raises(Refused) as refused:
        register.add(by(), name, profile)
    assert refused.value.reason is why
    assert [account.name for account in register.accounts()] == ["main"]


def test_a_main_account_has_every_place(register: Register) -> None:
    register.add(by(), "chen", Profile("陈", Role.MAIN, frozenset({"mz-main"})))
    account = register.find("chen")
    assert account is not None and account.places is None


def test_one_of_the_main_library_always_remains(register: Register) -> None:
    register.first_start(NOW)
    for act in (
        lambda: register.change(by(), "main", BRANCH),
        lambda: register.set_disabled(by(), "main", True),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is Refusal.LAST_MAIN
    register.add(by(), "chen", Profile("陈", Role.MAIN))
    register.set_disabled(by(), "main", True)
    with pytest.raises(Refused):
        register.change(by(), "chen", BRANCH)
    main = register.find("main")
    assert main is not None and main.disabled


def test_nobody_can_be_changed_who_is_not_there(register: Register) -> None:
    register.first_start(NOW)
    for act in (
        lambda: register.change(by(), "li", BRANCH),
        lambda: register.reset(by(), "li"),
        lambda: register.set_disabled(by(), "li", False),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is Refusal.NO_SUCH_ACCOUNT


def test_a_changed_role_signs_out_a_changed_name_does_not(
    register: Register, entrance: Entrance, office: Office
) -> None:
    sessions = Sessions(office, Limits())
    password = register.add(by(), "chen", BRANCH)

    def signed_in() -> bool:
        return sessions.find(welcome.cookie, NOW) is not None

    welcome = entrance.sign_in("chen", password, by("chen"))
    assert isinstance(welcome, Welcome) and signed_in()
    register.change(by(), "chen", Profile("陈先生", Role.BRANCH, BRANCH.places))
    assert signed_in()
    register.change(by(), "chen", Profile("陈先生", Role.VIEWER))
    assert not signed_in()


def test_a_reset_turns_everything_back(register: Register, entrance: Entrance, office: Office) -> None:
    old = register.add(by(), "chen", BRANCH)
    for _ in range(7):
        entrance.sign_in("chen", GOOD, by("chen"))
    new = register.reset(by(), "chen")
    assert new != old
    assert not isinstance(entrance.sign_in("chen", old, by("chen")), Welcome)
    assert isinstance(entrance.sign_in("chen", new, by("chen", at=later(seconds=1))), Welcome)
    assert ("account.reset", "chen") in acts(office)


def test_who_is_disabled_cannot_sign_in(register: Register, entrance: Entrance, office: Office) -> None:
    password = register.add(by(), "chen", BRANCH)
    register.set_disabled(by(), "chen", True)
    assert not isinstance(entrance.sign_in("chen", password, by("chen")), Welcome)
    register.set_disabled(by(), "chen", False)
    assert isinstance(entrance.sign_in("chen", password, by("chen")), Welcome)
    assert [act for act, _ in acts(office)].count("account.disable") == 1
