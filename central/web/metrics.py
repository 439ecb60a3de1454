"""`/metrics` for Prometheus: how places, kiosks, the collector, the store and the web are at this moment.

Nothing personal and no free text is in a label; how many series there may be is bounded by the places, the
rules of alerts and the table of paths. Asked by a program of this machine, or with a token. The rules that
make alerts of it are in packaging/prometheus. Tried with Prometheus 2.42.
"""

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker_config.values import Condition
from central.alerts.rules import RULES
from central.alerts.tables import Tables
from central.office import OfficeError
from central.store import Kiosk, StoreError
from central.web.shell import Shell
from central.work import Work

MOST_KIOSKS = 2000
"""Beyond so many, kiosks are no longer told one by one: those longest silent are, the others are counted."""
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE"})
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LABELS = ("place", "kiosk")


class Metrics:
    """One for each application. `durations` is fed by `Timed`."""

    def __init__(self, shell: Shell) -> None:
        self._registry = CollectorRegistry()
        self.durations = Histogram(
            "shuzhan_http_request_duration_seconds",
            "Until an answer begins, by the table of paths",
            ["method", "path", "status"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(Centre(shell))

    def make_router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/metrics")
        def metrics() -> Response:
            return Response(
                generate_latest(self._registry),
                headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"},
            )

        return router


class Timed:
    """ASGI middleware, before all others: how long answers take to begin."""

    def __init__(self, app: ASGIApp, durations: Histogram) -> None:
        self._app, self._durations = app, durations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"], time.perf_counter() - began_s)
            await send(message)

        await self._app(scope, receive, timed)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """Paths as they are written in the table of paths, never as they were asked for."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        path = scope.get("shuzhan.path") or "other"
        self._durations.labels(method, path, f"{status // 100}xx").observe(seconds)


class Centre(Collector):
    """Asks the centre whenever Prometheus does."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._tables = shell, Tables(shell.office)

    def describe(self) -> list[Metric]:
        """Nothing is asked at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "shuzhan_receiving", "1: messages come from the broker and are kept", self._shell.receiving()
        )
        yield from _work(self._shell.work())
        try:
            told = [*self._places(), *self._kiosks(), *self._store(), *self._alerts()]
        except (StoreError, OfficeError):
            told = []
        yield _gauge("shuzhan_store_answers", "1: the store can be read", bool(told))
        yield from told

    def _places(self) -> Iterator[Metric]:
        counts = Counter(place.condition for place in self._shell.board.overview())
        family = GaugeMetricFamily("shuzhan_places", "Places by condition", labels=["condition"])
        for condition in Condition:
            family.add_metric([condition.value], counts[condition])
        yield family

    def _kiosks(self) -> Iterator[Metric]:
        kiosks, now = self._shell.board.store.kiosks(), self._shell.board.now()
        yield _gauge("shuzhan_kiosks", "Kiosks that were ever heard of", len(kiosks))
        yield _gauge("shuzhan_kiosks_online", "Kiosks that the broker has", sum(k.online for k in kiosks))
        shown = sorted(kiosks, key=lambda kiosk: _urgency(kiosk, now))[:MOST_KIOSKS]
        yield _gauge(
            "shuzhan_kiosks_not_shown", "Kiosks without a line of their own", len(kiosks) - len(shown)
        )
        ages = GaugeMetricFamily(
            "shuzhan_kiosk_heard_age_seconds", "Since a kiosk's last sign of life", labels=LABELS
        )
        depths = GaugeMetricFamily(
            "shuzhan_kiosk_outbox_depth", "Events a kiosk has not yet been confirmed", labels=LABELS
        )
        for kiosk in shown:
            names = [kiosk.identity.place, kiosk.identity.device]
            if kiosk.heard_at is not None:
                ages.add_metric(names, (now - kiosk.heard_at).total_seconds())
            if kiosk.health is not None and kiosk.health.outbox_depth is not None:
                depths.add_metric(names, kiosk.health.outbox_depth)
        yield from (ages, depths)

    def _store(self) -> Iterator[Metric]:
        store = self._shell.board.store
        missing = sum(gap.last - gap.first + 1 for gap in store.gaps())
        yield _gauge("shuzhan_missing_events", "Events that are missing while later ones are there", missing)
        yield _gauge("shuzhan_rejects", "Messages kept unread", store.reject_count())
        yield _gauge("shuzhan_store_size_bytes", "Size of the centre's database", store.size_bytes())
        free = shutil.disk_usage(self._shell.office.path.parent).free
        yield _gauge("shuzhan_disk_free_bytes", "Free on the disk of the office's database", free)

    def _alerts(self) -> Iterator[Metric]:
        counts = Counter(one.rule for one in self._tables.state(self._shell.board.now()).open.values())
        family = GaugeMetricFamily("shuzhan_alerts_open", "Open alerts", labels=["rule", "severity"])
        for rule in RULES.values():
            family.add_metric([rule.name, rule.severity.value], counts[rule.name])
        yield family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


WORK = {
    "messages": "Messages kept",
    "batches": "Transactions of messages",
    "acknowledged": "Messages acknowledged to the broker",
    "rejected": "Messages kept unread",
    "failures": "Batches that the store refused",
}
"""Counters of `Work`."""


def _work(work: Work) -> Iterator[Metric]:
    for name, text in WORK.items():
        yield CounterMetricFamily(f"shuzhan_collector_{name}", text, value=getattr(work, name))
    yield _gauge("shuzhan_collector_lag_seconds", "From receiving the last batch to its commit", work.lag_s)


def _urgency(kiosk: Kiosk, now: datetime) -> tuple[bool, float]:
    """Those silent for longest first; the never heard have nothing to tell."""
    age_s = (now - kiosk.heard_at).total_seconds() if kiosk.heard_at else 0.0
    return kiosk.heard_at is None, -age_s
