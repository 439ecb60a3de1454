"""The words of the flow's tables are their names: journals, stories and automation are built on them."""

from enum import Enum, IntEnum
from types import ModuleType

import pytest

from kiosk.flow import events, operation, refusals, session, stack, touch

MODULES = (events, operation, refusals, session, stack, touch)


def enums(module: ModuleType) -> list[type[Enum]]:
    own = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Enum)]
    return [enum for enum in own if enum.__module__ == module.__name__ and not issubclass(enum, IntEnum)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_word_is_its_own_name(module: ModuleType) -> None:
    found = [member for enum in enums(module) if enum is not session.Language for member in enum]
    assert found and all(member.value == member.name.lower() for member in found)


def test_languages_are_the_names_of_their_catalogues() -> None:
    assert [language.value for language in session.Language] == ["zh_CN", "en"]


def test_each_offline_policy_allows_more_than_the_one_before() -> None:
    policies = [session.Policy.OFF, session.Policy.FINISH, session.Policy.RETURNS, session.Policy.LOANS]
    assert policies == sorted(session.Policy) and [int(policy) for policy in policies] == [0, 1, 2, 3]
