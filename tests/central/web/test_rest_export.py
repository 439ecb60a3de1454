"""The download of events: for the main library alone, and written down."""

import csv
import io

import pytest
from pyarrow import parquet

from central.accounts import audit
from central.accounts.audit import Wanted
from central.accounts.tokens import Scope
from tests.central.web.inside import OWN, House, Person

PATH = "/api/v1/export?from=2026-11-01&to=2026-11-30"


@pytest.fixture(scope="module")
def client(inside: House) -> Person:
    return inside.program(Scope.MANAGE)


def test_csv(inside: House, client: Person) -> None:
    answer = client.get(PATH)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="shuzhan-2026-11-01-2026-11-30.csv"'
    )
    assert answer.headers["cache-control"] == "no-store"
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["kind"] for row in found] == ["visits", "loan"]
    assert len(found) == client.get("/api/v1/events/count").json()["count"]
    entry = audit.entries(inside.shell.office, Wanted(action="export.make"), 1)[0]
    assert (entry.actor, entry.details["from"]) == ("token:manage", "2026-11-01")


def test_parquet(client: Person) -> None:
    answer = client.get(f"{PATH}&format=parquet&kind=loan&place={OWN}&reader_tokens=true")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    read = parquet.read_table(io.BytesIO(answer.content))
    assert read.column("kind").to_pylist() == ["loan"]
    assert "reader_token" in read.column_names


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("from=2026-11-02&to=2026-11-01", 422, "from 必须早于 to，且相差不超过 3660 天。"),
        ("from=2026-11-01&to=2026-11-02&kind=loans", 422, "请检查：kind (loan, return"),
        ("from=2026-11-01&to=2026-11-02&place=nowhere", 404, "没有网点 nowhere"),
        ("from=2026-11-01&to=2026-11-02&format=pdf", 422, "请检查：format 应为 'csv' or 'parquet'"),
    ],
)
def test_what_cannot_be_exported(client: Person, query: str, status: int, sentence: str) -> None:
    answer = client.get(f"/api/v1/export?{query}")
    assert answer.status_code == status
    assert answer.json()["detail"].startswith(sentence)
