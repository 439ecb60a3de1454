"""What runs beside the web begins after it: see `central.service._Beside` for why."""

import threading
from typing import Any

import pytest
import uvicorn

from central import service


class Threads:
    """Who was running when the web started, and an application that looks (or that cannot start)."""

    def __init__(self, broken: bool = False) -> None:
        self.at_start: set[str] = set()
        self.ran = threading.Event()
        self._broken = broken

    async def app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "lifespan"
        await receive()
        self.at_start = {thread.name for thread in threading.enumerate()}
        if self._broken:
            await send({"type": "lifespan.startup.failed", "message": "no"})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


def served(threads: Threads) -> None:
    """Serve until the thread beside has run once."""
    over = threading.Event()
    beside = service._Beside()
    config = uvicorn.Config(threads.app, port=0, log_level="critical", lifespan="on", interface="asgi3")
    server = service._Server(config, ready="it answers", beside=beside)

    def run() -> None:
        threads.ran.set()
        server.should_exit = True
        assert over.wait(20)

    beside.add("the one beside", run, over.set)
    try:
        server.run()
    except SystemExit:  # how uvicorn says that an application could not start
        pass
    finally:
        beside.end()


def test_nothing_runs_beside_the_web_before_it_answers(capsys: pytest.CaptureFixture[str]) -> None:
    threads = Threads()
    served(threads)
    assert threads.at_start and "the one beside" not in threads.at_start
    assert threads.ran.is_set() and capsys.readouterr().out == "it answers\n"
    assert "the one beside" not in {thread.name for thread in threading.enumerate()}


def test_a_web_that_cannot_start_begins_nothing_and_is_not_said_to_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    threads = Threads(broken=True)
    served(threads)
    assert threads.at_start and not threads.ran.is_set()
    assert capsys.readouterr().out == ""
