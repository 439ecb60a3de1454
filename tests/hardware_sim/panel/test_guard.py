"""Who may ask the panel."""

import pytest

from hardware_sim.panel.guard import refusal

OURS = {"Host": "127.0.0.1:8600", "Origin": "http://127.0.0.1:8600", "Content-Type": "application/json"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_its_own_page_may(method: str) -> None:
    assert refusal(method, OURS, 8600) is None
    assert refusal("GET", {"Host": "localhost:8600"}, 8600) is None


FOREIGN = [
    ("GET", {"Host": "books.example:8600"}),
    ("GET", {}),
    ("POST", {"Host": "books.example:8600"}),
    ("POST", {"Origin": "http://books.example"}),
    ("POST", {"Origin": "null"}),
    ("POST", {"Origin": "http://127.0.0.1:8601"}),
    ("POST", {"Content-Type": "text/plain"}),
]


@pytest.mark.parametrize(("method", "changed"), FOREIGN)
def test_others_may_not(method: str, changed: dict[str, str]) -> None:
    assert refusal(method, OURS | changed if changed else {}, 8600)
    without = {name: value for name, value in OURS.items() if name != "Origin"}
    assert refusal("POST", without, 8600)
