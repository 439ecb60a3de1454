"""A house of the centre's web, and a browser, once for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.browser import Chromium
from tests.central.web.inside import House, house


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that change nothing that others look at."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One for all tests of a module."""
    with Chromium() as running:
        yield running
