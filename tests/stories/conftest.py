"""A village for each story: every process real, the kiosk's window under Xvfb, touches by xdotool."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.teller import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with Story(tmp_path) as told:
        yield told
