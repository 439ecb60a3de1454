"""Figures for Prometheus, as Debian's promtool reads them, and the alert rules made of them."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from central.accounts.tokens import Scope
from central.alerts.incident import Incident, Member
from central.alerts.rules import RULES
from central.alerts.signs import Key
from central.alerts.tables import Tables
from central.intake import understand
from central.web import metrics
from central.web.access import ACCESS
from central.work import Work
from tests.central.heard import NOW, Kiosk, ago
from tests.central.web.inside import OTHER, OWN, House, Person, house

PROMETHEUS = Path(__file__).parents[3] / "packaging" / "prometheus"
HERE = "127.0.0.1"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def promtool(*arguments: object, told: str | None = None) -> str:
    command = ["/usr/bin/promtool", *map(str, arguments)]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def scraped(made: House) -> Samples:
    answer = made.nobody(HERE).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, frozenset(labels.items())))


def test_what_is_told(own: House) -> None:
    store = own.shell.board.store
    store.take([Kiosk(f"{OTHER}.kiosk-1", "i-2").heartbeat(ago(minutes=10), outbox_depth=250)])
    store.take([Kiosk(install_id="i-9").loan(seq=5)])
    store.take([understand("shuzhan/v1/x.y/nonsense", b"?", NOW)])
    members = (Member(Key("paper_out", OWN, "kiosk-1"), NOW),)
    Tables(own.shell.office).save([Incident(1, "paper_out", NOW, NOW, members)], [], NOW)
    samples = scraped(own)
    conditions = {c: value(samples, "shuzhan_places", condition=c) for c in ("ok", "unknown", "down")}
    assert conditions == {"ok": 1, "unknown": 103, "down": 0}
    at = {"place": OTHER, "kiosk": "kiosk-1"}
    assert value(samples, "shuzhan_kiosk_heard_age_seconds", **at) == 600
    assert value(samples, "shuzhan_kiosk_outbox_depth", **at) == 250
    assert value(samples, "shuzhan_kiosk_outbox_depth", place=OWN, kiosk="kiosk-1") is None
    assert value(samples, "shuzhan_missing_events") == 4
    assert value(samples, "shuzhan_rejects") == 1
    assert (value(samples, "shuzhan_receiving"), value(samples, "shuzhan_store_answers")) == (1, 1)
    severity = RULES["paper_out"].severity.value
    assert value(samples, "shuzhan_alerts_open", rule="paper_out", severity=severity) == 1
    size, free = value(samples, "shuzhan_store_size_bytes"), value(samples, "shuzhan_disk_free_bytes")
    assert size is not None and free is not None
    assert 10_000 < size < 10_000_000 and free > 1_000_000


def test_what_the_collector_did() -> None:
    kiosk = Kiosk()
    batch = [kiosk.loan(ago(seconds=3)), kiosk.heartbeat(), understand("shuzhan/v1/x.y/what", b"?", NOW)]
    work = (
        Work().kept(batch, 2, NOW).kept([], 0, NOW).kept([kiosk.heartbeat(ago(seconds=2))], 0, NOW).failed()
    )
    assert work == Work(messages=4, batches=2, acknowledged=2, rejected=1, failures=1, lag_s=2.0)
    told = {family.name: family.samples[0].value for family in metrics._work(work)}
    assert told["shuzhan_collector_messages"] == 4
    assert told["shuzhan_collector_lag_seconds"] == 2.0


def test_how_long_answers_took_by_the_table_of_paths(own: House) -> None:
    boss = own.person("boss")
    for path in (f"/api/v1/places/{OWN}", f"/api/v1/places/{OTHER}", "/api/v1/places/x?y=z", "/wp-login.php"):
        boss.get(path)
    boss.ask("GREET", "/api/v1/places", headers={"origin": "http://127.0.0.1:8080"})
    name = "shuzhan_http_request_duration_seconds_count"
    samples = scraped(own)
    paths = {dict(labels)["path"] for found, labels in samples if found == name}
    assert paths <= {access.path for access in ACCESS} | {"other"}
    one = {"method": "GET", "path": "/api/v1/places/{place_id}"}
    assert value(samples, name, **one, status="2xx") == 2
    assert value(samples, name, **one, status="4xx") == 1
    assert value(samples, name, method="GET", path="other", status="4xx") == 1
    assert value(samples, name, method="other", path="/api/v1/places", status="4xx") == 1


def test_nobody_from_elsewhere_without_a_token(own: House) -> None:
    assert own.nobody().get("/metrics").status_code == 303
    forwarded = {"x-forwarded-for": "192.0.2.7"}
    assert own.nobody(HERE).get("/metrics", headers=forwarded).status_code == 303
    assert own.nobody("::1").get("/metrics").status_code == 200
    assert own.program(Scope.READ).get("/metrics").status_code == 200
    wrong = Person(own.app, HERE, {"authorization": "Bearer x"})
    assert wrong.get("/metrics").status_code == 200  # a token is not needed here, so a wrong one does no harm
    assert own.nobody(HERE).post("/metrics").status_code == 405


def test_nothing_personal_and_no_more_than_so_many(own: House, monkeypatch: pytest.MonkeyPatch) -> None:
    store = own.shell.board.store
    for number in range(4):
        store.take([Kiosk(f"mz-new-{number}.kiosk-1", f"n-{number}").heartbeat(ago(minutes=number))])
    monkeypatch.setattr(metrics, "MOST_KIOSKS", 2)
    samples = scraped(own)
    shown = {dict(labels)["place"] for name, labels in samples if name == "shuzhan_kiosk_heard_age_seconds"}
    assert shown == {"mz-new-3", "mz-new-2"}
    assert value(samples, "shuzhan_kiosks") == 5
    assert value(samples, "shuzhan_kiosks_not_shown") == 3
    allowed = {"condition", "place", "kiosk", "rule", "severity", "method", "path", "status", "le"}
    assert {label for _, labels in samples for label, _ in labels} <= allowed


def test_a_store_that_fails_is_a_figure_too(own: House) -> None:
    own.shell.board.store.close()
    samples = scraped(own)
    assert value(samples, "shuzhan_store_answers") == 0
    assert value(samples, "shuzhan_receiving") == 1
    assert value(samples, "shuzhan_kiosks") is None


def test_promtool_likes_what_is_told(own: House) -> None:
    own.person("boss").get("/api/v1/places")
    assert promtool("check", "metrics", told=own.nobody(HERE).get("/metrics").text) == ""


def test_promtool_likes_the_rules_and_their_tests() -> None:
    assert "12 rules found" in promtool("check", "rules", PROMETHEUS / "shuzhan.rules.yml")
    assert "SUCCESS" in promtool("test", "rules", PROMETHEUS / "shuzhan.test.yml")
    assert "SUCCESS" in promtool("check", "config", PROMETHEUS / "prometheus.example.yml")


def test_rules_speak_of_figures_there_are(own: House) -> None:
    own.person("boss").get("/api/v1/places")
    known = {name for name, _ in scraped(own)} | {"shuzhan_kiosk_outbox_depth"}
    rules = (PROMETHEUS / "shuzhan.rules.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"\bshuzhan_[a-z_]+", rules))
    assert len(used) > 8
    assert used <= known
