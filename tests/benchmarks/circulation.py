"""What the software adds to each loan, beyond the ILS's own answer and one fsync.

From the moment one checkout is handed to the thread that asks the ILS to the moment the next one is, less
what the ILS (with its wire) took for its answer and less one fsync of this disk. In between lie the answer's
way through queue, step, journal and screen, and the other book's tag, which is written meanwhile. In the same
way for renewals, which have no tag.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from hardware_sim.ils.catalogue import load_readers
from kiosk.flow.effects import SendCheckout, SendRenew
from kiosk.flow.touch import Action
from kiosk.ils import IlsWorker
from kiosk.sip2.client import Sip2Client
from tests.benchmarks.headless import Headless, Stack, stacks
from tests.benchmarks.table import Findings, Row

VISITS = 10
MEDIAN_MS, P99_MS = 5.0, 20.0
FSYNCS = 200
PAGE = b"\0" * 4096


def measure() -> Findings:
    owing = {reader.reader_id for reader in load_readers() if reader.owes_yuan}
    handed: dict[type, list[float]] = {SendCheckout: [], SendRenew: []}
    with tempfile.TemporaryDirectory() as folder:
        fsync_s = _fsync_s(Path(folder) / "page")
        with _timed(handed), Headless(Path(folder)) as kiosk:
            for stack in stacks()[: VISITS + len(owing)]:
                if stack.reader_id not in owing:
                    _visit(kiosk, stack)
    rows = [_row("loan", handed[SendCheckout], fsync_s), _row("renewal", handed[SendRenew], fsync_s)]
    remarks = (
        f"targets: median {MEDIAN_MS} ms, p99 {P99_MS} ms; ms beyond the ILS's answer and one fsync",
        f"one fsync of this disk: {1000 * fsync_s:.2f} ms (median of {FSYNCS}); feig_obid with physics on",
    )
    return Findings("circulation: software time added per operation", rows, remarks)


def _visit(kiosk: Headless, stack: Stack) -> None:
    """Borrows the stack, then renews all of it."""
    kiosk.borrow(stack)
    kiosk.touch(Action.SHOW_ACCOUNT)
    kiosk.wait_for(lambda screen: screen.name == "account" and _offers(screen, Action.RENEW_ALL))
    kiosk.touch(Action.RENEW_ALL)
    kiosk.wait_for(lambda screen: screen.name == "result")
    kiosk.lift(stack)
    kiosk.touch(Action.NO_RECEIPT)
    kiosk.wait_for(lambda screen: screen.name == "message")
    kiosk.touch(Action.END)
    kiosk.wait_for(lambda screen: screen.name == "idle")


def _offers(screen: Any, action: Action) -> bool:
    return any(button.touch.action is action and button.enabled for button in screen.buttons)


@contextmanager
def _timed(added: dict[type, list[float]]) -> Iterator[None]:
    """Collects the seconds from one request's handing over to the next one's, less the answer, by kind."""
    put = IlsWorker.put
    answers: dict[str, float] = {}
    last: list[tuple[Any, float]] = []

    def timed_put(worker: IlsWorker, question: Any) -> None:
        now = time.perf_counter()
        if last and type(question) is type(last[0][0]) and last[0][0].op_id + 1 == question.op_id:
            added[type(question)].append(now - last[0][1] - answers[last[0][0].item_id])
        last[:] = [(question, now)] if type(question) in added else []
        put(worker, question)

    def timed(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(client: Sip2Client, reader_id: str, item_id: str, **rest: Any) -> Any:
            began = time.perf_counter()
            reply = ask(client, reader_id, item_id, **rest)
            answers[item_id] = time.perf_counter() - began
            return reply

        return asked

    with (
        mock.patch.object(IlsWorker, "put", timed_put),
        mock.patch.object(Sip2Client, "checkout", timed(Sip2Client.checkout)),
        mock.patch.object(Sip2Client, "renew", timed(Sip2Client.renew)),
    ):
        yield


def _fsync_s(path: Path) -> float:
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(FSYNCS):
            file.write(PAGE)
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took)


def _row(kind: str, added_s: list[float], fsync_s: float) -> Row:
    ms = sorted(1000 * (each - fsync_s) for each in added_s)
    percent = statistics.quantiles(ms, n=100, method="inclusive")
    shown = {f"p{n}": round(percent[n - 1], 2) for n in (10, 50, 90, 99)}
    return {"operation": kind, "count": len(ms), **shown, "most": round(ms[-1], 2)}
