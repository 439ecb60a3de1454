from collections.abc import Iterator

import pytest

from tests.central.web.inside import House, house


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that change nothing that others look at."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made
